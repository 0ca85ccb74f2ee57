//! Second factors, passkeys, and signing in with another device.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::time::Duration;

use common::{Caller, fails, ok};
use data_encoding::BASE64URL_NOPAD;
use genauth_emulator::{Channel, Emulator, UserSeed};
use serde_json::{Value, json};

fn bob() -> UserSeed {
    UserSeed::new().username("bob").password("passw0rd")
}

#[test]
fn enrols_and_verifies_one_time_passwords() {
    let emulator = Emulator::start().unwrap();
    let id = emulator.add_user(bob()).unwrap();
    let caller = Caller::new(&emulator).with_token(emulator.access_token(&id).unwrap());
    let verify = |code: &str| caller.post("/api/v3/mfa-totp-verify", &json!({ "totp": code }));
    fails(&verify("123456"), 422, 0);

    let begun = ok(&caller.post("/api/v3/send-enroll-factor-request", &json!({ "factorType": "OTP" })));
    let uri = begun["otpData"]["qrCodeUri"].as_str().unwrap();
    assert!(uri.starts_with("otpauth://totp/") && uri.contains("period=30&digits=6&algorithm=SHA1"));
    assert_eq!(begun["otpData"]["recoveryCode"].as_str().unwrap().len(), 29);
    let enrol = |code: &str| {
        caller.post(
            "/api/v3/enroll-factor",
            &json!({
                "factorType": "OTP",
                "enrollmentToken": begun["enrollmentToken"],
                "enrollmentData": { "passCode": code },
            }),
        )
    };
    fails(&enrol(""), 400, 6003);
    fails(&enrol("none"), 400, 6001);
    ok(&enrol(&emulator.totp_code(uri).unwrap()));
    fails(&enrol(&emulator.totp_code(uri).unwrap()), 400, 0);

    emulator.advance(Duration::from_secs(3000));
    assert_eq!(emulator.totp_code(uri), emulator.totp_code_of(&id));
    assert_eq!(ok(&verify(&emulator.totp_code_of(&id).unwrap()))["verified"], true);
    fails(&verify("none"), 400, 6001);
    fails(&caller.post("/api/v3/mfa-totp-verify", &json!({})), 400, 6003);
    assert_eq!(ok(&caller.get("/api/v3/get-security-info"))["mfaEnrolled"], true);
    fails(
        &caller.post("/api/v3/send-enroll-factor-request", &json!({ "factorType": "OTP" })),
        409,
        0,
    );

    let factors = ok(&caller.get("/api/v3/list-enrolled-factors"));
    assert_eq!(factors[0]["factorType"], "OTP");
    let factor_id = factors[0]["factorId"].as_str().unwrap();
    assert_eq!(
        ok(&caller.get(&format!("/api/v3/get-factor?factorId={factor_id}"))),
        factors[0]
    );
    let open = ok(&caller.get("/api/v3/list-factors-to-enroll"));
    assert_eq!(
        open,
        json!([{ "factorType": "SMS" }, { "factorType": "EMAIL" }, { "factorType": "FACE" }])
    );
    ok(&caller.post("/api/v3/reset-factor", &json!({ "factorId": factor_id })));
    fails(
        &caller.post("/api/v3/reset-factor", &json!({ "factorId": factor_id })),
        404,
        0,
    );
}

#[test]
fn enrols_addresses_and_faces() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::signed_in(&emulator, bob());
    let begin = |kind: &str, profile: Value| {
        caller.post(
            "/api/v3/send-enroll-factor-request",
            &json!({ "factorType": kind, "profile": profile }),
        )
    };
    let enrol = |kind: &str, token: &Value, data: Value| {
        let body = json!({ "factorType": kind, "enrollmentToken": token, "enrollmentData": data });
        caller.post("/api/v3/enroll-factor", &body)
    };
    fails(&begin("SMS", json!({})), 400, 0);
    let token = ok(&begin("SMS", json!({ "phoneNumber": "18800000000" })))["enrollmentToken"].clone();
    fails(&begin("SMS", json!({ "phoneNumber": "18800000000" })), 422, 4004);
    let code = emulator.last_code("18800000000", Channel::BindMfa).unwrap();
    fails(&enrol("EMAIL", &token, json!({ "passCode": code })), 400, 0);
    ok(&enrol("SMS", &token, json!({ "passCode": code })));

    let token = ok(&begin("EMAIL", json!({ "email": "bob@example.com" })))["enrollmentToken"].clone();
    emulator.advance(Duration::from_secs(60));
    let code = emulator.last_code("bob@example.com", Channel::BindMfa).unwrap();
    fails(&enrol("EMAIL", &token, json!({ "passCode": code })), 400, 0);

    let token = ok(&begin("FACE", json!({})))["enrollmentToken"].clone();
    fails(&enrol("FACE", &token, json!({ "photo": "x" })), 422, 1703);
    let caller = Caller::signed_in(&emulator, UserSeed::new().email("eve@example.com"));
    let token = ok(&caller.post("/api/v3/send-enroll-factor-request", &json!({ "factorType": "FACE" })));
    let token = &token["enrollmentToken"];
    let body = |data: Value| json!({ "factorType": "FACE", "enrollmentToken": token, "enrollmentData": data });
    fails(&caller.post("/api/v3/enroll-factor", &body(json!({}))), 400, 1700);
    ok(&caller.post("/api/v3/enroll-factor", &body(json!({ "photo": "x" }))));
    fails(
        &caller.post("/api/v3/send-enroll-factor-request", &json!({ "factorType": "FACE" })),
        409,
        1706,
    );
}

#[test]
fn introspects_tokens_of_the_second_factor() {
    let emulator = Emulator::start().unwrap();
    let id = emulator.add_user(bob()).unwrap();
    let caller = Caller::new(&emulator);
    let token = emulator.mfa_token(&id).unwrap();
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let body = format!("token={token}");
    let introspect = || {
        caller
            .send("POST", "/mfa/token/introspection", &form, body.as_bytes())
            .unwrap()
            .json()
    };
    let answer = introspect();
    assert_eq!((&answer["active"], &answer["userId"]), (&json!(true), &json!(id)));
    assert_eq!(
        caller.post("/mfa/token/introspection", &json!({ "token": token })),
        answer
    );
    emulator.advance(Duration::from_secs(60));
    assert_eq!(introspect(), json!({ "active": false }));
}

#[test]
fn signs_in_by_scanning() {
    let emulator = Emulator::start().unwrap();
    let web = Caller::new(&emulator);
    let mobile = Caller::signed_in(&emulator, bob());
    let begin = || ok(&web.post("/api/v3/gene-qrcode", &json!({ "type": "MOBILE_APP" })))["qrcodeId"].clone();
    let change = |id: &Value, action: &str| {
        mobile.post(
            "/api/v3/change-qrcode-status",
            &json!({ "qrcodeId": id, "action": action }),
        )
    };
    let status = |id: &Value| {
        ok(&web.get(&format!(
            "/api/v3/check-qrcode-status?qrcodeId={}",
            id.as_str().unwrap()
        )))
    };

    let id = begin();
    assert_eq!(status(&id), json!({ "status": "PENDING" }));
    fails(&change(&id, "CONFIRM"), 422, 0);
    ok(&change(&id, "SCAN"));
    let scanned = status(&id);
    assert_eq!(
        (&scanned["status"], &scanned["briefUserInfo"]["displayName"]),
        (&json!("SCANNED"), &json!("bob"))
    );
    let eve = Caller::signed_in(&emulator, UserSeed::new().username("eve"));
    fails(
        &eve.post(
            "/api/v3/set-qrcode-status",
            &json!({ "qrcodeId": id, "action": "CONFIRM" }),
        ),
        403,
        0,
    );
    ok(&change(&id, "CONFIRM"));
    fails(&change(&id, "CANCEL"), 422, 0);
    let authorized = status(&id);
    assert_eq!(authorized["status"], "AUTHORIZED");
    assert!(authorized.get("tokenSet").is_none());
    let exchange = || {
        let mut body = web.credentials("", "");
        body["ticket"] = authorized["ticket"].clone();
        web.post("/api/v3/exchange-tokenset-with-qrcode-ticket", &body)
    };
    let set = ok(&exchange());
    fails(&exchange(), 400, 0);
    let entered = Caller::new(&emulator).with_token(set["access_token"].as_str().unwrap());
    assert_eq!(ok(&entered.get("/api/v3/get-profile"))["username"], "bob");

    let id = begin();
    ok(&change(&id, "SCAN"));
    ok(&mobile.post(
        "/api/v3/set-qrcode-status",
        &json!({ "qrcodeId": id, "action": "CANCEL" }),
    ));
    assert_eq!(status(&id)["status"], "CANCELLED");
    let id = begin();
    emulator.advance(Duration::from_secs(120));
    assert_eq!(status(&id)["status"], "EXPIRED");
    fails(&change(&id, "SCAN"), 422, 0);
    assert_eq!(status(&json!("unknown"))["status"], "ERROR");

    // The ticket lives for five minutes.
    let id = begin();
    ok(&change(&id, "SCAN"));
    ok(&change(&id, "CONFIRM"));
    let ticket = status(&id)["ticket"].clone();
    emulator.advance(Duration::from_secs(300));
    let mut body = web.credentials("", "");
    body["ticket"] = ticket;
    fails(&web.post("/api/v3/exchange-tokenset-with-qrcode-ticket", &body), 400, 0);
}

#[test]
fn lets_a_mobile_application_in() {
    let emulator = Emulator::start().unwrap();
    let web = Caller::signed_in(&emulator, bob());
    let mobile = Caller::new(&emulator);
    let info = ok(&web.post("/api/v3/gene-fastpass-qrcode-info", &json!({})));
    let id = info["qrcodeId"].as_str().unwrap();
    let status = || ok(&web.get(&format!("/api/v3/get-app-login-qrcode-status?qrcodeId={id}")))["status"].clone();
    assert_eq!(status(), "PENDING");
    let apps = format!(
        "/api/v3/get-fastpass-client-apps?qrcodeId={id}&appId={}",
        emulator.app_id()
    );
    assert_eq!(
        ok(&mobile.get(&apps))["relationApps"][0]["id"],
        json!(emulator.app_id())
    );
    assert_eq!(status(), "SCANNED");
    let body = json!({ "qrcodeId": id, "action": "APP_LOGIN" });
    assert!(ok(&mobile.post("/api/v3/qrcode-app-login", &body))["access_token"].is_string());
    assert_eq!(status(), "AUTHORIZED");
    fails(&mobile.post("/api/v3/qrcode-app-login", &body), 422, 0);
}

#[test]
fn shows_tokens_of_a_scanned_code_if_told_to() {
    let emulator = Emulator::builder().qr_code_tokens(true).start().unwrap();
    let caller = Caller::signed_in(&emulator, bob());
    let id = ok(&caller.post("/api/v3/gene-qrcode", &json!({ "type": "MOBILE_APP" })))["qrcodeId"].clone();
    for action in ["SCAN", "CONFIRM"] {
        ok(&caller.post(
            "/api/v3/change-qrcode-status",
            &json!({ "qrcodeId": id, "action": action }),
        ));
    }
    let status = ok(&caller.get(&format!("/api/v3/get-qrcode-status?qrcodeId={}", id.as_str().unwrap())));
    assert!(status["tokenSet"]["access_token"].is_string());
}

#[test]
fn signs_in_by_push() {
    let emulator = Emulator::start().unwrap();
    let web = Caller::new(&emulator);
    let mobile = Caller::signed_in(&emulator, bob());
    let push = || {
        let data = ok(&web.post("/api/v3/signin-by-push", &json!({ "account": "bob" })));
        assert_eq!(data["expireTime"], 120);
        data["pushCodeId"].as_str().unwrap().to_owned()
    };
    let status = |id: &str| ok(&web.get(&format!("/api/v3/check-pushcode-status?pushCodeId={id}")));
    let change = |caller: &Caller<'_>, id: &str, action: &str| {
        caller.post(
            "/api/v3/change-pushcode-status",
            &json!({ "pushCodeId": id, "action": action }),
        )
    };
    fails(
        &web.post("/api/v3/signin-by-push", &json!({ "account": "nobody" })),
        404,
        2004,
    );
    let id = push();
    assert_eq!(status(&id), json!({ "status": "PUSHED" }));
    let apps = json!({ "pushCodeId": id, "appId": emulator.app_id() });
    assert_eq!(
        ok(&web.post("/api/v3/get-pushlogin-relation-apps", &apps))["appIds"],
        json!([emulator.app_id()])
    );
    let eve = Caller::signed_in(&emulator, UserSeed::new().username("eve"));
    fails(&change(&eve, &id, "CONFIRM"), 403, 0);
    ok(&change(&mobile, &id, "CONFIRM"));
    assert!(status(&id)["tokenSet"]["access_token"].is_string());
    fails(&change(&mobile, &id, "CANCEL"), 422, 0);
    let id = push();
    ok(&mobile.post(
        "/api/v3/set-pushcode-status",
        &json!({ "pushCodeId": id, "action": "CANCEL" }),
    ));
    assert_eq!(status(&id), json!({ "status": "CANCELLED" }));
    let id = push();
    emulator.advance(Duration::from_secs(120));
    assert_eq!(status(&id), json!({ "status": "EXPIRED" }));
    fails(&change(&mobile, &id, "CONFIRM"), 422, 0);
    assert_eq!(status("unknown"), json!({ "status": "ERROR" }));
}

fn client_data(purpose: &str, challenge: &Value) -> String {
    let data = json!({ "type": purpose, "challenge": challenge, "origin": "http://127.0.0.1" });
    BASE64URL_NOPAD.encode(data.to_string().as_bytes())
}

#[test]
fn keeps_passkeys() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::signed_in(&emulator, bob());
    let register = |id: &str, purpose: &str| {
        let begun = ok(&caller.get("/api/v3/webauthn/registration"));
        let data = client_data(purpose, &begun["registrationOptions"]["challenge"]);
        let body = json!({
            "registrationCredential": {
                "id": id,
                "rawId": id,
                "type": "public-key",
                "response": { "attestationObject": "AA", "clientDataJSON": data },
            },
            "ticket": begun["ticket"],
            "authenticatorCode": "fingerprint",
        });
        (
            ok(&caller.post("/api/v3/webauthn/registration", &body))["verified"].clone(),
            body,
        )
    };
    assert_eq!(register("one", "webauthn.get").0, false);
    let (verified, body) = register("one", "webauthn.create");
    assert_eq!(verified, true);
    fails(&caller.post("/api/v3/webauthn/registration", &body), 400, 0);
    assert_eq!(register("one", "webauthn.create").0, false);
    assert_eq!(register("two", "webauthn.create").0, true);
    let begun = ok(&caller.post("/api/v3/webauthn/registration/initialize", &json!({})));
    assert_eq!(
        begun["registrationOptions"]["excludeCredentials"]
            .as_array()
            .unwrap()
            .len(),
        2
    );

    let sign_in = |id: &str| {
        let begun = ok(&Caller::new(&emulator).get("/api/v3/webauthn/authentication"));
        let data = client_data("webauthn.get", &begun["authenticationOptions"]["challenge"]);
        let response =
            json!({ "authenticatorData": "AA", "clientDataJSON": data, "signature": "AA", "userHandle": "" });
        let credential = json!({ "id": id, "rawId": id, "type": "public-key", "response": response });
        let body = json!({ "authenticationCredential": credential, "ticket": begun["ticket"] });
        ok(&Caller::new(&emulator).post("/api/v3/webauthn/authentication", &body))
    };
    assert_eq!(sign_in("unknown"), json!({ "verified": false }));
    assert!(sign_in("one")["tokenSet"]["access_token"].is_string());

    let put = |id: &str| {
        caller
            .send(
                "PUT",
                &format!("/api/v3/webauthn/credentials/{id}"),
                &[],
                br#"{"name":"key"}"#,
            )
            .unwrap()
            .json()
    };
    ok(&put("one"));
    fails(&put("three"), 404, 0);
    let list = ok(&caller.get("/api/v3/webauthn/credentials?page=1&limit=1"));
    assert_eq!(
        (&list["totalCount"], &list["list"][0]["name"]),
        (&json!(2), &json!("key"))
    );
    let known = caller.post(
        "/api/v3/webauthn/check-valid-credentials-by-credIds",
        &json!({ "credentialIds": ["one", "three"] }),
    );
    assert_eq!(ok(&known).as_array().unwrap().len(), 1);
    ok(&caller
        .send("DELETE", "/api/v3/webauthn/credentials/one", &[], b"")
        .unwrap()
        .json());
    ok(&caller.post("/api/v3/webauthn/remove-credential/two", &json!({})));
    assert_eq!(
        ok(&caller.post("/api/v3/webauthn/page-authenticator-device", &json!({})))["totalCount"],
        0
    );
}
