//! Pass codes.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::time::Duration;

use common::{Caller, fails, ok};
use genauth_emulator::{Emulator, UserSeed};
use serde_json::json;

fn bob() -> UserSeed {
    UserSeed::new().username("bob").password("passw0rd")
}

fn bind(caller: &Caller<'_>, code: &str) -> serde_json::Value {
    caller.post(
        "/api/v3/bind-email",
        &json!({ "email": "bob@example.com", "passCode": code }),
    )
}

#[test]
fn are_good_for_one_use() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::signed_in(&emulator, bob());
    let code = caller.email_code("bob@example.com", "BIND_EMAIL");
    assert_eq!(code.len(), 6);
    ok(&bind(&caller, &code));
    // Unbinding needs a code of another channel; then the first code would fit again, were it not used.
    let other = caller.email_code("bob@example.com", "UNBIND_EMAIL");
    ok(&caller.post("/api/v3/unbind-email", &json!({ "passCode": other })));
    fails(&bind(&caller, &code), 400, 2001);
}

#[test]
fn are_bound_to_their_channel_and_address() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::signed_in(&emulator, bob());
    let code = caller.email_code("bob@example.com", "LOGIN");
    fails(&bind(&caller, &code), 400, 2001);
    let code = caller.email_code("alice@example.com", "BIND_EMAIL");
    fails(&bind(&caller, &code), 400, 2001);
    // E-mail addresses have no case.
    let code = caller.email_code("Bob@Example.com", "BIND_EMAIL");
    ok(&bind(&caller, &code));
}

#[test]
fn expire() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::signed_in(&emulator, bob());
    let code = caller.email_code("bob@example.com", "BIND_EMAIL");
    emulator.advance(Duration::from_secs(300));
    fails(&bind(&caller, &code), 400, 2300);

    let code = caller.sms_code("18800000000", "BIND_PHONE");
    emulator.advance(Duration::from_secs(60));
    let late = caller.post(
        "/api/v3/bind-phone",
        &json!({ "phoneNumber": "18800000000", "passCode": code }),
    );
    fails(&late, 400, 2300);
}

#[test]
fn are_sent_once_a_minute_for_each_channel() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::new(&emulator);
    let email = json!({ "email": "bob@example.com", "channel": "CHANNEL_LOGIN" });
    let sms = json!({ "phoneNumber": "18800000000", "channel": "CHANNEL_LOGIN" });
    ok(&caller.post("/api/v3/send-email", &email));
    ok(&caller.post("/api/v3/send-sms", &sms));
    fails(&caller.post("/api/v3/send-email", &email), 422, 2080);
    fails(&caller.post("/api/v3/send-sms", &sms), 422, 4004);
    let abroad = json!({ "phoneNumber": "18800000000", "phoneCountryCode": "+1", "channel": "CHANNEL_LOGIN" });
    ok(&caller.post("/api/v3/send-sms", &abroad));
    let other_channel = json!({ "email": "bob@example.com", "channel": "CHANNEL_REGISTER" });
    ok(&caller.post("/api/v3/send-email", &other_channel));
    emulator.advance(Duration::from_secs(60));
    ok(&caller.post("/api/v3/send-email", &email));
    ok(&caller.post("/api/v3/send-sms", &sms));
    let outbox = emulator.outbox();
    assert_eq!(outbox.len(), 6);
    assert_eq!(
        (outbox[0].to.as_str(), outbox[0].channel.as_str()),
        ("bob@example.com", "CHANNEL_LOGIN")
    );
    assert!(outbox[5].sent_at.duration_since(outbox[0].sent_at).unwrap() >= Duration::from_secs(60));
}

#[test]
fn become_void_after_a_wrong_try() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::signed_in(&emulator, bob());
    let code = caller.email_code("bob@example.com", "BIND_EMAIL");
    fails(&bind(&caller, "none"), 400, 2001);
    fails(&bind(&caller, &code), 400, 2001);

    let patient = Emulator::builder().code_attempts(2).code_length(4).start().unwrap();
    let caller = Caller::signed_in(&patient, bob());
    let code = caller.email_code("bob@example.com", "BIND_EMAIL");
    assert_eq!(code.len(), 4);
    fails(&bind(&caller, "none"), 400, 2001);
    ok(&bind(&caller, &code));
}

#[test]
fn can_be_looked_at_without_being_used() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::signed_in(&emulator, bob());
    let code = caller.email_code("bob@example.com", "BIND_EMAIL");
    let check = |code: &str| {
        caller.post(
            "/api/v3/pre-check-code",
            &json!({
                "codeType": "EMAIL",
                "emailCodePayload": { "email": "bob@example.com", "passCode": code, "channel": "CHANNEL_BIND_EMAIL" },
            }),
        )
    };
    assert_eq!(ok(&check("none"))["isValid"], false);
    assert_eq!(ok(&check(&code))["isValid"], true);
    assert_eq!(ok(&check(&code))["isValid"], true);
    ok(&bind(&caller, &code));
    assert_eq!(ok(&check(&code))["isValid"], false);
}

#[test]
fn need_a_known_channel_and_a_plausible_address() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::new(&emulator);
    let send =
        |email: &str, channel: &str| caller.post("/api/v3/send-email", &json!({ "email": email, "channel": channel }));
    let answer = send("bob@example.com", "CHANNEL_BIND_PHONE");
    fails(&answer, 400, 0);
    assert_eq!(answer["message"], "channel must be a valid enum value");
    fails(&send("bob", "CHANNEL_LOGIN"), 400, 2204);
    let answer = caller.post("/api/v3/send-email", &json!({}));
    assert_eq!(
        answer["message"],
        "email should not be empty,channel should not be empty"
    );
}
