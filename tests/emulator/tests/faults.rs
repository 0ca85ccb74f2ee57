//! Faults, the record of requests, and the control endpoints.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use common::{Caller, fails, ok};
use genauth_emulator::{Channel, Emulator, Fault};
use serde_json::{Value, json};

const PATH: &str = "/api/v3/get-country-list";

#[test]
fn limits_the_rate() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::new(&emulator);
    emulator.rate_limit(true);
    for _ in 0..2 {
        let answer = caller.send("GET", PATH, &[], b"").unwrap();
        assert_eq!((answer.status, answer.header("retry-after")), (429, "1"));
        assert_eq!(answer.json()["statusCode"], 429);
        assert!(answer.json().get("apiCode").is_none());
    }
    emulator.rate_limit(false);
    ok(&caller.get(PATH));
}

#[test]
fn fails_as_often_as_told() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::new(&emulator);
    emulator.fail_next(1, Fault::RateLimited);
    emulator.fail_next(2, Fault::Status(503));
    assert_eq!(caller.send("GET", PATH, &[], b"").unwrap().status, 429);
    for _ in 0..2 {
        let answer = caller.send("GET", PATH, &[], b"").unwrap();
        assert_eq!((answer.status, &answer.json()["statusCode"]), (503, &json!(503)));
    }
    ok(&caller.get(PATH));
}

#[test]
fn breaks_answers() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::new(&emulator);
    emulator.fail_next(1, Fault::Html);
    let answer = caller.send("GET", PATH, &[], b"").unwrap();
    assert_eq!((answer.status, answer.header("content-type")), (502, "text/html"));
    assert!(answer.text.contains("Bad Gateway"));

    emulator.fail_next(1, Fault::Truncated);
    let answer = caller.send("GET", PATH, &[], b"").unwrap();
    assert_eq!(answer.status, 200);
    assert!(answer.text.starts_with(r#"{"statusCode":200"#));
    assert!(serde_json::from_str::<Value>(&answer.text).is_err());

    emulator.fail_next(1, Fault::Empty);
    let answer = caller.send("GET", PATH, &[], b"").unwrap();
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));

    emulator.fail_next(
        1,
        Fault::Business {
            status_code: 403,
            api_code: Some(1636),
        },
    );
    fails(&caller.get(PATH), 403, 1636);

    emulator.fail_next(1, Fault::Reset);
    assert!(caller.send("GET", PATH, &[], b"").is_err());
    ok(&caller.get(PATH));
}

#[test]
fn records_what_came_in() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::new(&emulator).with_token("Bearer none");
    emulator.fail_next(1, Fault::Empty);
    caller
        .send(
            "GET",
            "/api/v3/get-profile?withCustomData=true&x=%20",
            &[("x-odd", "1")],
            b"",
        )
        .unwrap();
    caller.post(
        "/api/v3/send-email",
        &json!({ "email": "a@b.c", "channel": "CHANNEL_LOGIN" }),
    );
    let requests = emulator.requests();
    assert_eq!(requests.len(), 2);
    let first = &requests[0];
    assert_eq!(
        (first.method.as_str(), first.path.as_str()),
        ("GET", "/api/v3/get-profile")
    );
    assert_eq!(first.query, "withCustomData=true&x=%20");
    assert_eq!(
        (first.header("X-Odd"), first.header("authorization")),
        (Some("1"), Some("Bearer none"))
    );
    assert_eq!(requests[1].json()["email"], "a@b.c");
    assert_eq!(requests[1].header("x-genauth-app-id"), Some(emulator.app_id()));
}

#[test]
fn can_be_steered_from_outside() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::new(&emulator);
    let user = caller.post(
        "/_emulator/users",
        &json!({ "password": "passw0rd", "fields": { "username": "bob" }, "customData": { "age": 7 } }),
    );
    assert_eq!(
        emulator.user(user["userId"].as_str().unwrap()).unwrap()["username"],
        "bob"
    );
    caller.email_code("bob@example.com", "LOGIN");
    let outbox = caller.get("/_emulator/outbox");
    assert_eq!(outbox[0]["channel"], "CHANNEL_LOGIN");
    assert_eq!(outbox[0]["to"], "bob@example.com");
    assert_eq!(
        outbox[0]["passCode"],
        json!(emulator.last_code("bob@example.com", Channel::Login))
    );
    assert!(outbox[0]["sentAt"].as_str().unwrap().ends_with('Z'));
    caller.post("/_emulator/advance", &json!({ "seconds": 60 }));
    caller.email_code("bob@example.com", "LOGIN");

    caller.post(
        "/_emulator/faults",
        &json!({ "fault": "status", "status": 500, "count": 5, "rateLimit": true }),
    );
    assert_eq!(caller.send("GET", PATH, &[], b"").unwrap().status, 500);
    caller.post("/_emulator/faults", &json!({ "clear": true }));
    ok(&caller.get(PATH));
    // The control endpoints are no part of the record.
    assert!(
        emulator
            .requests()
            .iter()
            .all(|request| !request.path.starts_with("/_emulator"))
    );
}

#[test]
fn answers_nonsense_without_falling_over() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::new(&emulator);
    for body in ["", "{", "[]", "null", "7", "\u{0}", r#"{"email":[],"channel":{}}"#] {
        fails(
            &caller
                .send("POST", "/api/v3/send-email", &[], body.as_bytes())
                .unwrap()
                .json(),
            400,
            0,
        );
    }
    let unknown = caller.send("GET", "/api/v3/no-such-thing", &[], b"").unwrap();
    assert_eq!((unknown.status, &unknown.json()["statusCode"]), (404, &json!(404)));
    assert_eq!(caller.send("GET", "/api/v3/send-email", &[], b"").unwrap().status, 404);
    ok(&caller.get(PATH));
}

#[test]
fn stops_when_dropped() {
    let emulator = Emulator::start().unwrap();
    let url = emulator.url().to_owned();
    assert!(common::agent().get(format!("{url}{PATH}")).call().is_ok());
    drop(emulator);
    assert!(common::agent().get(format!("{url}{PATH}")).call().is_err());
}
