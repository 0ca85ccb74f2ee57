//! The flows of the signed-in user's own profile.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::time::Duration;

use common::{Caller, fails, ok};
use genauth_emulator::{Emulator, UserSeed};
use serde_json::{Value, json};

fn bob() -> UserSeed {
    UserSeed::new().username("bob").password("passw0rd")
}

#[test]
fn shows_and_changes_the_profile() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::signed_in(&emulator, bob().custom("school", "one"));
    let profile = ok(&caller.get("/api/v3/get-profile"));
    assert_eq!(profile["username"], "bob");
    assert_eq!(profile["gender"], "U");
    assert_eq!(profile["email"], Value::Null);
    assert_eq!(profile["emailVerified"], false);
    assert!(profile["createdAt"].as_str().unwrap().ends_with('Z'));
    assert!(profile.get("customData").is_none());

    let change = json!({ "nickname": "Bobby", "gender": "M", "customData": { "age": 7 } });
    ok(&caller.post("/api/v3/update-profile", &change));
    let profile = ok(&caller.get("/api/v3/get-profile?withCustomData=true&withIdentities=True&withDepartmentIds=true"));
    assert_eq!(profile["nickname"], "Bobby");
    assert_eq!(profile["customData"], json!({ "school": "one", "age": 7 }));
    assert_eq!(profile["identities"], json!([]));
    assert_eq!(profile["departmentIds"], json!([]));

    ok(&caller.post("/api/v3/update-profile", &json!({ "nickname": null })));
    assert_eq!(ok(&caller.get("/api/v3/get-profile"))["nickname"], Value::Null);

    emulator.add_user(UserSeed::new().username("alice")).unwrap();
    fails(
        &caller.post("/api/v3/update-profile", &json!({ "username": "alice" })),
        409,
        2034,
    );
    fails(
        &caller.post("/api/v3/update-profile", &json!({ "gender": "X" })),
        400,
        0,
    );
    let long = json!({ "customData": { "text": "x".repeat(1024) } });
    fails(&caller.post("/api/v3/update-profile", &long), 400, 0);
}

#[test]
fn binds_and_unbinds_an_email() {
    let emulator = Emulator::start().unwrap();
    emulator.add_user(UserSeed::new().email("taken@example.com")).unwrap();
    let caller = Caller::signed_in(&emulator, bob());
    let bind =
        |email: &str, code: &str| caller.post("/api/v3/bind-email", &json!({ "email": email, "passCode": code }));
    let code = caller.email_code("taken@example.com", "BIND_EMAIL");
    fails(&bind("taken@example.com", &code), 409, 2200);
    let code = caller.email_code("bob@example.com", "BIND_EMAIL");
    let bound = bind("bob@example.com", &code);
    ok(&bound);
    assert!(bound.get("data").is_none());
    let code = caller.email_code("bobby@example.com", "BIND_EMAIL");
    fails(&bind("bobby@example.com", &code), 409, 2200);
    assert_eq!(ok(&caller.get("/api/v3/get-security-info"))["emailBinded"], true);

    let code = caller.email_code("bob@example.com", "UNBIND_EMAIL");
    ok(&caller.post("/api/v3/unbind-email", &json!({ "passCode": code })));
    assert_eq!(ok(&caller.get("/api/v3/get-profile"))["email"], Value::Null);
}

#[test]
fn keeps_the_only_way_to_sign_in() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::signed_in(&emulator, UserSeed::new().email("bob@example.com"));
    let code = caller.email_code("bob@example.com", "UNBIND_EMAIL");
    fails(
        &caller.post("/api/v3/unbind-email", &json!({ "passCode": code })),
        422,
        1_320_009,
    );
    let caller = Caller::signed_in(&emulator, UserSeed::new().phone("18800000000"));
    let code = caller.sms_code("18800000000", "UNBIND_PHONE");
    fails(
        &caller.post("/api/v3/unbind-phone", &json!({ "passCode": code })),
        422,
        1_320_005,
    );
}

#[test]
fn changes_an_email() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::signed_in(&emulator, bob().email("old@example.com"));
    let verify = |spelling: &str, payload: Value| {
        let body = json!({ "verifyMethod": "EMAIL_PASSCODE", spelling: payload });
        caller.post("/api/v3/verify-update-email-request", &body)
    };
    let new_code = caller.email_code("new@example.com", "UPDATE_EMAIL");
    let without_old = json!({ "newEmail": "new@example.com", "newEmailPassCode": new_code });
    fails(&verify("emailPassCodePayload", without_old), 400, 0);
    let old_code = caller.email_code("old@example.com", "UPDATE_EMAIL");
    let payload = |new: &str, old: &str| {
        json!({
            "newEmail": new,
            "newEmailPassCode": new_code,
            "oldEmail": old,
            "oldEmailPassCode": old_code,
        })
    };
    fails(
        &verify("emailPassCodePayload", payload("old@example.com", "old@example.com")),
        400,
        2229,
    );
    fails(
        &verify("emailPassCodePayload", payload("new@example.com", "other@example.com")),
        400,
        2037,
    );
    // The older spelling of the payload is understood as well.
    let proof = ok(&verify(
        "emailPasscodePayload",
        payload("new@example.com", "old@example.com"),
    ));
    assert_eq!(proof["tokenExpiresIn"], 60);
    let token = &proof["updateEmailToken"];
    assert_eq!(
        ok(&caller.post("/api/v3/update-email", &json!({ "updateEmailToken": token })))["success"],
        true
    );
    assert_eq!(ok(&caller.get("/api/v3/get-profile"))["email"], "new@example.com");
    fails(
        &caller.post("/api/v3/update-email", &json!({ "updateEmailToken": token })),
        400,
        0,
    );
}

#[test]
fn a_proof_lives_for_a_minute_and_belongs_to_its_user() {
    let emulator = Emulator::builder().verify_old_contact(false).start().unwrap();
    let caller = Caller::signed_in(&emulator, bob().email("old@example.com"));
    let prove = |email: &str| {
        let code = caller.email_code(email, "UPDATE_EMAIL");
        let payload = json!({ "newEmail": email, "newEmailPassCode": code });
        let body = json!({ "verifyMethod": "EMAIL_PASSCODE", "emailPassCodePayload": payload });
        ok(&caller.post("/api/v3/verify-update-email-request", &body))["updateEmailToken"].clone()
    };
    let token = prove("one@example.com");
    let other = Caller::signed_in(&emulator, UserSeed::new().username("alice"));
    fails(
        &other.post("/api/v3/update-email", &json!({ "updateEmailToken": token })),
        400,
        0,
    );
    fails(
        &caller.post("/api/v3/update-phone", &json!({ "updatePhoneToken": token })),
        400,
        0,
    );
    ok(&caller.post("/api/v3/update-email", &json!({ "updateEmailToken": token })));

    let token = prove("two@example.com");
    emulator.advance(Duration::from_secs(60));
    fails(
        &caller.post("/api/v3/update-email", &json!({ "updateEmailToken": token })),
        400,
        0,
    );
}

#[test]
fn changes_a_phone_number() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::signed_in(&emulator, bob());
    let code = caller.sms_code("18800000000", "BIND_PHONE");
    ok(&caller.post(
        "/api/v3/bind-phone",
        &json!({ "phoneNumber": "18800000000", "passCode": code }),
    ));
    let old_code = caller.sms_code("18800000000", "UNBIND_PHONE");
    let new_code = caller.sms_code("18811111111", "BIND_PHONE");
    let verify = |old: &str| {
        let payload = json!({
            "newPhoneNumber": "18811111111",
            "newPhonePassCode": new_code,
            "oldPhoneNumber": old,
            "oldPhonePassCode": old_code,
            "oldPhoneCountryCode": "+86",
        });
        let body = json!({ "verifyMethod": "PHONE_PASSCODE", "phonePassCodePayload": payload });
        caller.post("/api/v3/verify-update-phone-request", &body)
    };
    fails(&verify("18822222222"), 400, 2038);
    let proof = ok(&verify("18800000000"));
    ok(&caller.post(
        "/api/v3/update-phone",
        &json!({ "updatePhoneToken": proof["updatePhoneToken"] }),
    ));
    let profile = ok(&caller.get("/api/v3/get-profile"));
    assert_eq!(
        (&profile["phone"], &profile["phoneCountryCode"]),
        (&json!("18811111111"), &json!("+86"))
    );
    emulator.advance(Duration::from_secs(60));
    let code = caller.sms_code("18811111111", "UNBIND_PHONE");
    ok(&caller.post("/api/v3/unbind-phone", &json!({ "passCode": code })));
    assert_eq!(ok(&caller.get("/api/v3/get-profile"))["phone"], Value::Null);
}

#[test]
fn changes_and_resets_the_password() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::signed_in(&emulator, bob().email("bob@example.com"));
    let update = |old: &str, new: &str| {
        caller.post(
            "/api/v3/update-password",
            &json!({ "oldPassword": old, "newPassword": new }),
        )
    };
    fails(
        &caller.post("/api/v3/update-password", &json!({ "newPassword": "second1" })),
        400,
        0,
    );
    fails(&update("wrong", "second1"), 403, 2203);
    fails(&update("passw0rd", "short"), 400, 2029);
    fails(&update("passw0rd", "passw0rd"), 400, 2059);
    ok(&update("passw0rd", "second1"));
    fails(&caller.sign_in("bob", "passw0rd"), 403, 2006);
    ok(&caller.sign_in("bob", "second1"));

    let prove = || {
        let code = caller.email_code("bob@example.com", "RESET_PASSWORD");
        let payload = json!({ "email": "bob@example.com", "passCode": code });
        let body = json!({ "verifyMethod": "EMAIL_PASSCODE", "emailPassCodePayload": payload });
        ok(&caller.post("/api/v3/verify-reset-password-request", &body))["passwordResetToken"].clone()
    };
    let body = json!({ "passwordResetToken": prove(), "password": "third-1" });
    // The token alone says whose password it is.
    let mut reset = common::agent()
        .post(format!("{}/api/v3/reset-password", emulator.url()))
        .send(body.to_string())
        .unwrap();
    ok(&serde_json::from_str(&reset.body_mut().read_to_string().unwrap()).unwrap());
    ok(&caller.sign_in("bob", "third-1"));
    let again = caller.post("/api/v3/reset-password", &body);
    fails(&again, 400, 0);
    assert_eq!(again["message"], "reset password token expire");

    emulator.advance(Duration::from_secs(60));
    let body = json!({ "passwordResetToken": prove(), "newPassword": "fourth-1" });
    ok(&Caller::new(&emulator).post("/api/v3/update-password", &body));
    ok(&caller.sign_in("bob", "fourth-1"));
    fails(
        &Caller::new(&emulator).post("/api/v3/update-password", &json!({ "newPassword": "fifth-1" })),
        401,
        2020,
    );
}

#[test]
fn deletes_the_account() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::signed_in(&emulator, bob().email("bob@example.com"));
    let verify = |method: &str, name: &str, payload: Value| {
        caller.post(
            "/api/v3/verify-delete-account-request",
            &json!({ "verifyMethod": method, name: payload }),
        )
    };
    // The password is enough only while nothing else is bound.
    fails(
        &verify("PASSWORD", "passwordPayload", json!({ "password": "passw0rd" })),
        422,
        0,
    );
    let code = caller.email_code("bob@example.com", "DELETE_ACCOUNT");
    let proof = ok(&verify(
        "EMAIL_PASSCODE",
        "emailPassCodePayload",
        json!({ "passCode": code }),
    ));
    assert_eq!(proof["tokenExpiresIn"], 60);
    let body = json!({ "deleteAccountToken": proof["deleteAccountToken"] });
    assert_eq!(ok(&caller.post("/api/v3/delete-account", &body))["success"], true);
    fails(&caller.get("/api/v3/get-profile"), 401, 2020);
    fails(&caller.sign_in("bob", "passw0rd"), 404, 2004);

    let caller = Caller::signed_in(&emulator, bob());
    let verify = |password: &str| {
        let body = json!({ "verifyMethod": "PASSWORD", "passwordPayload": { "password": password } });
        caller.post("/api/v3/verify-delete-account-request", &body)
    };
    fails(&verify("wrong1"), 403, 2006);
    let token = ok(&verify("passw0rd"))["deleteAccountToken"].clone();
    emulator.advance(Duration::from_secs(60));
    fails(
        &caller.post("/api/v3/delete-account", &json!({ "deleteAccountToken": token })),
        400,
        0,
    );
}

#[test]
fn switches_to_a_public_account() {
    let emulator = Emulator::start().unwrap();
    let bob = emulator.add_user(bob()).unwrap();
    let shop = emulator.add_user(UserSeed::new().username("shop")).unwrap();
    emulator.add_public_account(&bob, &shop).unwrap();
    let caller = Caller::new(&emulator).with_token(emulator.access_token(&bob).unwrap());
    let accounts = ok(&caller.get("/api/v3/get-user-select-login-public-accounts?withOriginUser=true"));
    assert_eq!(accounts[0]["publicAccounts"][0]["userId"], json!(shop));
    assert_eq!(accounts[0]["originUser"]["userId"], json!(bob));
    let set = ok(&caller.post("/api/v3/switch-login-by-user", &json!({ "targetUserId": shop })));
    let switched = Caller::new(&emulator).with_token(set["access_token"].as_str().unwrap());
    assert_eq!(ok(&switched.get("/api/v3/get-profile"))["username"], "shop");
    let stranger = emulator.add_user(UserSeed::new().username("eve")).unwrap();
    fails(
        &caller.post("/api/v3/switch-login-by-user", &json!({ "targetUserId": stranger })),
        403,
        0,
    );
}
