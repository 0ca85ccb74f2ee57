//! The control endpoints, and what Rust can do: the clock, the record, reset and snapshots, seeds, faults.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use common::{Answer, Caller, fails, ok};
use genauth_emulator::{Channel, Emulator, Fault, Seed, SetupError, UserSeed};
use serde_json::{Value, json};

const PATH: &str = "/api/v3/get-country-list";

fn control(caller: &Caller<'_>, method: &str, path: &str, body: &Value) -> Answer {
    let text = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let headers = [("content-type", "application/json")];
    caller
        .send(method, &format!("/_emulator{path}"), &headers, text.as_bytes())
        .unwrap()
}

#[track_caller]
fn good(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

// Starting, and the first sign-in.

#[test]
fn starts_and_signs_in_within_a_moment() {
    let begun = Instant::now();
    let emulator = Emulator::start().unwrap();
    emulator
        .add_user(UserSeed::new().username("bob").password("passw0rd"))
        .unwrap();
    ok(&Caller::new(&emulator).sign_in("bob", "passw0rd"));
    for _ in 0..3 {
        emulator.rotate_keys().unwrap();
    }
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(1), "{took:?}");
}

#[test]
fn refuses_settings_that_do_not_fit() {
    for builder in [
        Emulator::builder().code_length(0),
        Emulator::builder().code_length(33),
        Emulator::builder().signing_key_pem("no key"),
        Emulator::builder().seed(Seed::from_json(r#"{"users":[{"username":"bob"},{"username":"bob"}]}"#).unwrap()),
    ] {
        assert_eq!(builder.start().unwrap_err().kind(), std::io::ErrorKind::InvalidInput);
    }
}

#[test]
fn ids_and_keys_can_be_fixed() {
    let start = || Emulator::builder().fixed().start().unwrap();
    let (one, other) = (start(), start());
    let kid = |emulator: &Emulator| {
        let caller = Caller::new(emulator);
        caller.get("/oidc/.well-known/jwks.json")["keys"][0]["kid"].clone()
    };
    assert_eq!(
        (one.app_id(), one.app_secret(), one.access_key_secret(), kid(&one)),
        (
            other.app_id(),
            other.app_secret(),
            other.access_key_secret(),
            kid(&other)
        )
    );
    // Otherwise they differ, although the keys are the same.
    let (one, other) = (Emulator::start().unwrap(), Emulator::start().unwrap());
    assert_ne!((one.app_id(), kid(&one)), (other.app_id(), kid(&other)));
}

// Users.

#[test]
fn seeds_are_taken_as_meant_or_refused() {
    let emulator = Emulator::start().unwrap();
    emulator
        .add_user(
            UserSeed::new()
                .username("bob")
                .email("bob@example.com")
                .phone("18800000000"),
        )
        .unwrap();
    let taken = |seed: UserSeed| match emulator.add_user(seed) {
        Err(SetupError::Taken { member, .. }) => member,
        other => format!("{other:?}"),
    };
    assert_eq!(taken(UserSeed::new().username("bob")), "username");
    assert_eq!(taken(UserSeed::new().email("Bob@Example.com")), "email");
    assert_eq!(taken(UserSeed::new().phone("18800000000")), "phone");
    assert_eq!(
        emulator.add_user(UserSeed::new().field("user_name", "eve")),
        Err(SetupError::UnknownMember("user_name".to_owned()))
    );
    assert!(matches!(
        emulator.add_user(UserSeed::new().field("username", 7)),
        Err(SetupError::Malformed(_))
    ));
    assert_eq!(emulator.user_ids().len(), 1);
    // A number abroad is another one.
    let id = emulator
        .add_user(UserSeed::new().id("my-id").phone_abroad("+1", "18800000000"))
        .unwrap();
    assert_eq!(id, "my-id");
    assert_eq!(taken(UserSeed::new().id("my-id")), "userId");
    assert!(matches!(
        emulator.set_user_field("my-id", "username", "bob"),
        Err(SetupError::Taken { .. })
    ));
    assert!(emulator.set_user_field("my-id", "usernam", "eve").is_err());
}

#[test]
fn errors_are_http_errors() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::new(&emulator);
    let status = |method: &str, path: &str, body: Value| {
        let answer = control(&caller, method, path, &body);
        if answer.status != 404 || answer.text.contains("requestId") {
            assert!(answer.json()["message"].as_str().is_some_and(|text| !text.is_empty()));
        }
        answer.status
    };
    good(&control(
        &caller,
        "POST",
        "/users",
        &json!({ "username": "bob", "password": "passw0rd" }),
    ));
    assert_eq!(status("POST", "/users", json!({ "username": "bob" })), 409);
    assert_eq!(status("POST", "/users", json!({ "user": "eve" })), 400);
    assert_eq!(status("POST", "/users", json!({ "fields": { "user": "eve" } })), 400);
    assert_eq!(status("POST", "/users", json!({ "username": 7 })), 400);
    assert_eq!(status("GET", "/users/nobody", Value::Null), 404);
    assert_eq!(status("POST", "/advance", json!({ "second": 60 })), 400);
    assert_eq!(status("POST", "/advance", json!({ "seconds": -1 })), 400);
    assert_eq!(status("POST", "/advance", json!({})), 400);
    assert_eq!(status("POST", "/faults", json!({ "fault": "magic" })), 400);
    assert_eq!(
        status("POST", "/faults", json!({ "fault": "status", "status": 99 })),
        400
    );
    assert_eq!(status("POST", "/faults", json!({ "fault": "delay" })), 400);
    assert_eq!(status("POST", "/rules", json!({ "captcha": "sometimes" })), 400);
    assert_eq!(status("POST", "/clock", json!({ "now": "tomorrow" })), 400);
    assert_eq!(status("POST", "/snapshots/none/restore", Value::Null), 404);
    assert_eq!(status("POST", "/approvals/1", json!({ "agreed": true })), 404);
    assert_eq!(status("GET", "/outbox?channel=CHANNEL_MAGIC", Value::Null), 400);
    let no_json = caller.send("POST", "/_emulator/advance", &[], b"sixty").unwrap();
    assert_eq!(no_json.status, 400);
    assert_eq!(emulator.user_ids().len(), 1);
}

#[test]
fn a_seed_is_there_from_the_beginning_and_after_a_reset() {
    let text = json!({
        "users": [{
            "userId": "bob", "username": "bob", "password": "passw0rd", "customData": { "age": 7 },
            "roles": ["shop:seller", "editor"], "groups": ["friends"], "departments": ["sales"], "tenants": ["acme"],
            "identities": [{ "extIdp": "my-github", "userIdInIdp": "octocat" }],
        }],
        "roles": [{
            "namespace": "shop", "code": "seller",
            "permissions": [{ "resource": "motto", "text": "be brief", "actions": ["read"] }],
        }],
        "extIdps": [{ "identifier": "my-github", "provider": "github" }],
    });
    let emulator = Emulator::builder()
        .seed(Seed::from_json(&text.to_string()).unwrap())
        .start()
        .unwrap();
    let is_seeded = || {
        let caller = Caller::new(&emulator).with_token(emulator.access_token("bob").unwrap());
        let profile = ok(&caller.get("/api/v3/get-profile?withCustomData=true&withIdentities=true"));
        assert_eq!(
            (&profile["username"], &profile["customData"]["age"]),
            (&json!("bob"), &json!(7))
        );
        assert_eq!(profile["identities"][0]["userIdInIdp"], "octocat");
        assert_eq!(ok(&caller.get("/api/v3/get-my-role-list")).as_array().unwrap().len(), 2);
        let resources = ok(&caller.get("/api/v3/get-my-authorized-resources"));
        assert_eq!(resources["list"][0]["resourceCode"], "motto");
        assert_eq!(ok(&caller.get("/api/v3/get-my-tenant-list"))[0]["tenantName"], "acme");
    };
    is_seeded();
    emulator.add_user(UserSeed::new().username("eve")).unwrap();
    emulator.set_user_field("bob", "username", "robert").unwrap();
    emulator.advance(Duration::from_secs(3600));
    emulator.rate_limit(true);
    emulator.reset().unwrap();
    is_seeded();
    assert_eq!(emulator.user_ids(), ["bob"]);

    for bad in [
        "[]",
        "{",
        r#"{"user":[]}"#,
        r#"{"users":{}}"#,
        r#"{"users":[{"usernam":"bob"}]}"#,
        r#"{"users":[{"roles":"editor"}]}"#,
        r#"{"roles":[{"code":"a","permissions":[{"resource":"x","actions":[]}]}]}"#,
        r#"{"extIdps":[{"identifier":"a"}]}"#,
    ] {
        assert!(Seed::from_json(bad).is_err(), "{bad}");
    }
    // All of it, or nothing.
    let caller = Caller::new(&emulator);
    let half = json!({ "users": [{ "username": "eve" }, { "username": "bob" }] });
    assert_eq!(control(&caller, "POST", "/seed", &half).status, 409);
    assert_eq!(emulator.user_ids(), ["bob"]);
    good(&control(
        &caller,
        "POST",
        "/seed",
        &json!({ "users": [{ "username": "eve" }] }),
    ));
    assert_eq!(emulator.user_ids().len(), 2);
}

// Time.

#[test]
fn a_huge_advance_ends_at_the_end_of_time() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::new(&emulator);
    let answer = control(&caller, "POST", "/advance", &json!({ "seconds": u64::MAX }));
    assert!(good(&answer)["now"].as_str().unwrap().starts_with("9999-12-31T"));
    emulator.advance(Duration::MAX);
    emulator
        .add_user(UserSeed::new().username("bob").password("passw0rd"))
        .unwrap();
    let set = ok(&caller.sign_in("bob", "passw0rd"));
    let caller = Caller::new(&emulator).with_token(set["access_token"].as_str().unwrap());
    assert!(
        ok(&caller.get("/api/v3/get-profile"))["createdAt"]
            .as_str()
            .unwrap()
            .starts_with("9999-")
    );
}

#[test]
fn the_clock_can_be_held_and_set() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::new(&emulator);
    let body = json!({ "hold": true, "now": "2022-07-03T02:20:30.000Z", "advanceMilliseconds": 500 });
    let shown = good(&control(&caller, "POST", "/clock", &body));
    assert_eq!(
        shown,
        json!({ "now": "2022-07-03T02:20:30.500Z", "unixMilliseconds": 1_656_814_830_500_u64, "held": true })
    );
    assert_eq!(emulator.now(), Duration::from_millis(1_656_814_830_500));
    let clock = emulator.clock();
    clock.advance(Duration::from_millis(500));
    // Answers are dated by it, and so are tokens.
    let answer = caller.send("GET", PATH, &[], b"").unwrap();
    assert_eq!(answer.header("date"), "Sun, 03 Jul 2022 02:20:31 GMT");
    let id = emulator.add_user(UserSeed::new()).unwrap();
    let token = emulator.access_token(&id).unwrap();
    let claims = token.split('.').nth(1).unwrap();
    let claims: Value =
        serde_json::from_slice(&data_encoding::BASE64URL_NOPAD.decode(claims.as_bytes()).unwrap()).unwrap();
    assert_eq!(claims["iat"], 1_656_814_831);
    clock.release();
    assert_eq!(good(&control(&caller, "GET", "/clock", &Value::Null))["held"], false);
    assert!(emulator.now() < Duration::from_secs(1_656_814_831 + 3600));
}

// The record.

#[test]
fn the_record_is_bounded() {
    let emulator = Emulator::builder().record_limit(3).start().unwrap();
    let caller = Caller::new(&emulator);
    for n in 0..5 {
        caller.send("GET", &format!("/n/{n}"), &[], b"").unwrap();
    }
    let paths: Vec<_> = emulator.requests().into_iter().map(|request| request.path).collect();
    assert_eq!(paths, ["/n/2", "/n/3", "/n/4"]);
    assert_eq!(emulator.request_count(), 5);
    assert_eq!(emulator.requests_to("/n/3").len(), 1);
    assert_eq!(emulator.take_requests_to("/n/3").len(), 1);
    let shown = good(&control(&caller, "GET", "/requests?path=/n/4", &Value::Null));
    assert_eq!(
        (&shown["totalCount"], &shown["list"][0]["path"]),
        (&json!(5), &json!("/n/4"))
    );
    let taken = good(&control(&caller, "DELETE", "/requests?path=/n/4", &Value::Null));
    assert_eq!(taken["list"].as_array().unwrap().len(), 1);
    assert_eq!(emulator.take_requests().len(), 1);
    assert!(emulator.requests().is_empty());

    // A long body is cut, and many of them push each other out.
    let emulator = Emulator::start().unwrap();
    let caller = Caller::new(&emulator);
    let body = vec![b' '; 2 * 1024 * 1024];
    for _ in 0..20 {
        caller.send("POST", "/api/v3/send-email", &[], &body).unwrap();
    }
    let kept = emulator.requests();
    assert!((10..20).contains(&kept.len()));
    assert!(
        kept.iter()
            .all(|request| request.body.len() == 1024 * 1024 && request.body_length == body.len())
    );
    assert_eq!(emulator.request_count(), 20);
}

#[test]
fn uploads_are_kept_within_bounds() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::new(&emulator);
    let mut body = b"--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\r\n".to_vec();
    body.resize(body.len() + 30 * 1024 * 1024, b'a');
    body.extend_from_slice(b"\r\n--x--\r\n");
    let headers = [("content-type", "multipart/form-data; boundary=x")];
    for _ in 0..3 {
        let answer = caller.send("POST", "/api/v2/upload", &headers, &body).unwrap();
        assert_eq!(answer.json()["code"], 200);
    }
    assert_eq!(emulator.uploads().len(), 2);
    let shown = good(&control(&caller, "GET", "/uploads", &Value::Null));
    assert_eq!(shown[0]["size"], 30 * 1024 * 1024);
}

#[test]
fn a_body_over_the_limit_is_a_413() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::new(&emulator);
    let body = vec![b'a'; 33 * 1024 * 1024];
    let answer = caller.send("POST", "/api/v2/upload", &[], &body).unwrap();
    assert_eq!((answer.status, &answer.json()["statusCode"]), (413, &json!(413)));
    // Also one that is only announced, and one that has no end.
    let address = emulator.url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .write_all(b"POST /api/v2/upload HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999\r\n\r\n")
        .unwrap();
    let mut head = [0; 12];
    stream.read_exact(&mut head).unwrap();
    assert_eq!(&head, b"HTTP/1.1 413");
    ok(&caller.get(PATH));
}

// Faults.

#[test]
fn faults_can_be_for_one_path() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::new(&emulator);
    let status = |path: &str| caller.send("GET", path, &[], b"").unwrap().status;
    emulator.fail_next_at(PATH, 1, Fault::Status(503));
    emulator.fail_always_at("/oidc/*", Fault::Status(502));
    assert_eq!(status("/api/v3/system"), 200);
    assert_eq!(status(PATH), 503);
    assert_eq!(status(PATH), 200);
    for _ in 0..2 {
        assert_eq!(status("/oidc/.well-known/jwks.json"), 502);
    }
    let shown = good(&control(&caller, "GET", "/faults", &Value::Null));
    assert_eq!(
        shown["waiting"],
        json!([{ "fault": "status", "path": "/oidc/*", "left": null }])
    );
    emulator.clear_faults();
    assert_eq!(status("/oidc/.well-known/jwks.json"), 200);

    let body = json!({ "fault": "status", "status": 500, "path": PATH, "always": true });
    good(&control(&caller, "POST", "/faults", &body));
    assert_eq!((status(PATH), status(PATH), status("/api/v3/system")), (500, 500, 200));
    good(&control(&caller, "POST", "/faults", &json!({ "clear": true })));
    assert_eq!(status(PATH), 200);
}

#[test]
fn answers_can_be_late_or_never_come() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::new(&emulator);
    emulator.fail_next_at(PATH, 1, Fault::Delay(Duration::from_millis(200)));
    let begun = Instant::now();
    ok(&caller.get(PATH));
    assert!(begun.elapsed() >= Duration::from_millis(200));

    emulator.fail_next_at(PATH, 1, Fault::Hang);
    let address = emulator.url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .write_all(format!("GET {PATH} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes())
        .unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let nothing = stream.read(&mut [0; 1]).unwrap_err();
    assert!(matches!(
        nothing.kind(),
        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
    ));
    // Others are served meanwhile, and the emulator stops all the same.
    ok(&caller.get(PATH));
    drop(emulator);
    assert_eq!(stream.read(&mut [0; 1]).unwrap_or_default(), 0);
}

// The whole.

#[test]
fn a_snapshot_brings_everything_back() {
    let emulator = Emulator::start().unwrap();
    let id = emulator
        .add_user(UserSeed::new().username("bob").password("passw0rd"))
        .unwrap();
    let token = emulator.access_token(&id).unwrap();
    let caller = Caller::new(&emulator).with_token(&token);
    let code = caller.email_code("bob@example.com", "BIND_EMAIL");
    let snapshot = emulator.snapshot();

    let bind = || {
        caller.post(
            "/api/v3/bind-email",
            &json!({ "email": "bob@example.com", "passCode": code }),
        )
    };
    ok(&bind());
    emulator.advance(Duration::from_secs(3600));
    emulator.revoke_tokens(&id).unwrap();
    fails(&caller.get("/api/v3/get-profile"), 401, 2020);
    // As often as wanted.
    for _ in 0..2 {
        emulator.restore(&snapshot).unwrap();
        assert_eq!(ok(&caller.get("/api/v3/get-profile"))["email"], Value::Null);
        ok(&bind());
    }
    let elsewhere = Emulator::start().unwrap();
    assert!(elsewhere.restore(&snapshot).is_err());

    let snapshot_id = good(&control(&caller, "POST", "/snapshots", &Value::Null))["id"]
        .as_str()
        .unwrap()
        .to_owned();
    good(&control(&caller, "POST", "/reset", &Value::Null));
    assert!(emulator.user_ids().is_empty());
    good(&control(
        &caller,
        "POST",
        &format!("/snapshots/{snapshot_id}/restore"),
        &Value::Null,
    ));
    assert_eq!(emulator.user_ids(), [id]);
    assert_eq!(
        good(&control(&caller, "GET", "/snapshots", &Value::Null)),
        json!([snapshot_id])
    );
    good(&control(
        &caller,
        "DELETE",
        &format!("/snapshots/{snapshot_id}"),
        &Value::Null,
    ));
    assert_eq!(good(&control(&caller, "GET", "/snapshots", &Value::Null)), json!([]));
}

/// One call of each endpoint that does something, as somebody in another language would make it.
#[test]
fn http_can_do_what_rust_can() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::new(&emulator);
    let post = |path: &str, body: Value| good(&control(&caller, "POST", path, &body));
    let get = |path: &str| good(&control(&caller, "GET", path, &Value::Null));
    let delete = |path: &str| good(&control(&caller, "DELETE", path, &Value::Null));

    let id = post("/users", json!({ "username": "bob", "password": "passw0rd" }))["userId"].clone();
    let id = id.as_str().unwrap();
    let of = |what: &str| format!("/users/{id}{what}");
    assert_eq!(get("/users").as_array().unwrap().len(), 1);
    assert_eq!(post(&of(""), json!({ "nickname": "Bobby" }))["nickname"], "Bobby");
    assert_eq!(get(&of(""))["nickname"], "Bobby");

    let token = post(&of("/access-token"), json!({ "scope": "openid email" }))["accessToken"].clone();
    let signed_in = Caller::new(&emulator).with_token(token.as_str().unwrap());
    ok(&signed_in.get("/api/v3/get-profile"));

    let role = post(&of("/roles"), json!({ "namespace": "shop", "code": "seller" }));
    let again = post(
        "/roles",
        json!({
            "namespace": "shop", "code": "seller",
            "permissions": [{ "resource": "colours", "list": ["red"], "actions": ["paint"] }],
        }),
    );
    assert_eq!(role["id"], again["id"]);
    post(&of("/groups"), json!({ "code": "friends" }));
    post(&of("/departments"), json!({ "name": "sales" }));
    post(&of("/tenants"), json!({ "name": "acme" }));
    post("/ext-idps", json!({ "identifier": "my-github", "provider": "github" }));
    post(
        &of("/identities"),
        json!({ "extIdp": "my-github", "userIdInIdp": "octocat" }),
    );
    let other = post("/users", json!({ "username": "shop" }))["userId"].clone();
    post(&of("/public-accounts"), json!({ "accountId": other }));
    assert_eq!(ok(&signed_in.get("/api/v3/get-my-group-list"))[0]["code"], "friends");
    assert_eq!(
        ok(&signed_in.get("/api/v3/get-my-authorized-resources"))["list"][0]["resourceCode"],
        "colours"
    );

    let approval = ok(&signed_in.post(
        "/api/v3/approval",
        &json!({ "objectType": "APP_PERMISSION_APPLY", "objectId": emulator.app_id() }),
    ));
    let number = approval["number"].as_str().unwrap();
    post(&format!("/approvals/{number}"), json!({ "agreed": true }));

    let begun = ok(&signed_in.post("/api/v3/send-enroll-factor-request", &json!({ "factorType": "OTP" })));
    let code = post("/totp", json!({ "secret": begun["otpData"]["qrCodeUri"] }))["totp"].clone();
    ok(&signed_in.post(
        "/api/v3/enroll-factor",
        &json!({
            "factorType": "OTP",
            "enrollmentToken": begun["enrollmentToken"],
            "enrollmentData": { "passCode": code },
        }),
    ));
    assert_eq!(get(&of("/totp"))["totp"].as_str().unwrap().len(), 6);
    assert!(post(&of("/mfa-token"), json!({}))["mfaToken"].is_string());
    post(&of("/unlock"), json!({}));

    let link = format!(
        "{}/oidc/auth?response_type=code&scope=openid&client_id={}&redirect_uri=http://127.0.0.1/back",
        emulator.url(),
        emulator.app_id()
    );
    let location = post("/authorize", json!({ "url": link, "userId": id }))["location"].clone();
    assert!(location.as_str().unwrap().starts_with("http://127.0.0.1/back?code="));

    assert!(post("/invitations", json!({ "email": "joe@example.com" }))["signature"].is_string());
    post("/keys", json!({ "forget": true }));
    assert_eq!(
        post("/events", json!({ "eventType": "mine.happened" }))["subscribers"],
        0
    );
    assert_eq!(get("/events")["connections"], 0);
    delete("/events");
    delete("/management-tokens");
    assert_eq!(post("/rules", json!({ "captcha": "always" }))["captcha"], "always");
    assert_eq!(get("/rules")["captcha"], "always");

    caller.email_code("bob@example.com", "LOGIN");
    caller.email_code("eve@example.com", "LOGIN");
    let sent = get("/outbox?to=bob@example.com&channel=LOGIN");
    assert_eq!(sent.as_array().unwrap().len(), 1);
    assert_eq!(
        sent[0]["passCode"],
        json!(emulator.last_code("bob@example.com", Channel::Login))
    );

    delete(&of("/tokens"));
    fails(&signed_in.get("/api/v3/get-profile"), 401, 2020);

    // The emulator delivers a webhook to itself here, and goes on meanwhile.
    let hook = json!({ "url": format!("{}/hook", emulator.url()), "eventName": "user:created", "data": { "id": 1 } });
    assert_eq!(post("/webhooks", hook)["status"], 404);
    let delivered = emulator.requests_to("/hook").remove(0);
    assert_eq!(
        delivered.json(),
        json!({ "eventName": "user:created", "data": { "id": 1 } })
    );
    assert_eq!(
        delivered.header("x-authing-webhook-secret"),
        Some(emulator.webhook_secret())
    );
}

#[test]
fn one_page_lists_all_of_it() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::new(&emulator);
    let list = good(&control(&caller, "GET", "", &Value::Null));
    let endpoints = list["endpoints"].as_array().unwrap();
    let known: BTreeSet<_> = endpoints
        .iter()
        .map(|one| format!("{} {}", one["method"].as_str().unwrap(), one["path"].as_str().unwrap()))
        .collect();
    assert_eq!(known.len(), endpoints.len());
    assert!(known.contains("POST /_emulator/faults") && known.contains("GET /_emulator"));
    for endpoint in endpoints {
        assert!(endpoint["about"].as_str().unwrap().ends_with('.'), "{endpoint}");
    }
    assert_eq!(list["appId"], emulator.app_id());
}

#[test]
fn people_get_a_page() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::new(&emulator);
    emulator.add_user(UserSeed::new().username("<b>bob</b>")).unwrap();
    caller.email_code("bob@example.com", "LOGIN");
    emulator.fail_always_at("/oidc/*", Fault::Html);
    let html = [("accept", "text/html,application/xhtml+xml")];
    let page = caller.send("GET", "/_emulator", &html, b"").unwrap();
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(
        page.header("content-security-policy")
            .contains("frame-ancestors 'none'")
    );
    for shown in [
        "&lt;b&gt;bob&lt;/b&gt;",
        &emulator.last_code("bob@example.com", Channel::Login).unwrap(),
        "/api/v3/send-email",
        "/oidc/*",
    ] {
        assert!(page.text.contains(shown), "{shown}");
    }
    assert!(!page.text.contains("<b>bob"));

    // A form leads back to the page, or says what is wrong.
    let form = [html[0], ("content-type", "application/x-www-form-urlencoded")];
    let done = caller.send("POST", "/_emulator/advance", &form, b"seconds=60").unwrap();
    assert_eq!((done.status, done.header("location")), (303, "/_emulator"));
    let refused = caller.send("POST", "/_emulator/advance", &form, b"seconds=x").unwrap();
    assert_eq!(refused.status, 400);
    assert!(refused.text.contains("role=\"alert\""));
}

#[test]
fn other_sites_cannot_steer_it() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::new(&emulator);
    let reset = |origin: &str| {
        caller
            .send("POST", "/_emulator/reset", &[("origin", origin)], b"")
            .unwrap()
            .status
    };
    emulator.add_user(UserSeed::new()).unwrap();
    assert_eq!(reset("https://evil.example.com"), 403);
    assert_eq!(reset("null"), 403);
    assert_eq!(emulator.user_ids().len(), 1);
    assert_eq!(reset(emulator.url()), 200);
    assert!(emulator.user_ids().is_empty());
}

// What was dropped before.

#[test]
fn custom_data_of_a_sign_in_is_kept() {
    let emulator = Emulator::start().unwrap();
    let id = emulator
        .add_user(UserSeed::new().username("bob").password("passw0rd").custom("age", 7))
        .unwrap();
    let web = Caller::new(&emulator);
    let mobile = Caller::new(&emulator).with_token(emulator.access_token(&id).unwrap());
    let custom = || ok(&mobile.get("/api/v3/get-profile?withCustomData=true"))["customData"].clone();

    let mut body = web.credentials("bob", "passw0rd");
    body["options"] = json!({ "customData": { "school": "pku" } });
    ok(&web.post("/api/v3/signin", &body));
    assert_eq!(custom(), json!({ "age": 7, "school": "pku" }));
    body["options"] = json!({ "customData": { "long": "x".repeat(1024) } });
    fails(&web.post("/api/v3/signin", &body), 400, 0);

    let made = ok(&web.post(
        "/api/v3/gene-qrcode",
        &json!({ "type": "MOBILE_APP", "customData": { "school": "hust" } }),
    ));
    for action in ["SCAN", "CONFIRM"] {
        assert_eq!(custom()["school"], "pku");
        ok(&mobile.post(
            "/api/v3/change-qrcode-status",
            &json!({ "qrcodeId": made["qrcodeId"], "action": action }),
        ));
    }
    assert_eq!(custom(), json!({ "age": 7, "school": "hust" }));

    // And the picture is there.
    let path = made["url"].as_str().unwrap().strip_prefix(emulator.url()).unwrap();
    let picture = web.send("GET", path, &[], b"").unwrap();
    assert_eq!(picture.header("content-type"), "image/svg+xml");
    assert!(picture.text.contains("<svg"));
    fails(&web.get("/qrcode/none.svg"), 404, 0);
}

#[test]
fn the_address_behind_a_proxy_is_noted() {
    let emulator = Emulator::start().unwrap();
    emulator
        .add_user(UserSeed::new().username("bob").password("passw0rd"))
        .unwrap();
    let caller = Caller::new(&emulator);
    let sign_in = |body: &Value| {
        let headers = [("content-type", "application/json"), ("x-real-ip", "203.0.113.7")];
        caller
            .send("POST", "/api/v3/signin", &headers, body.to_string().as_bytes())
            .unwrap()
            .json()
    };
    let mut body = caller.credentials("bob", "passw0rd");
    let set = ok(&sign_in(&body));
    // What the request itself says comes first.
    body["options"] = json!({ "clientIp": "198.51.100.1" });
    ok(&sign_in(&body));
    let signed_in = Caller::new(&emulator).with_token(set["access_token"].as_str().unwrap());
    let history = ok(&signed_in.get("/api/v3/get-my-login-history"));
    let ips: Vec<_> = history["list"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["clientIp"].clone())
        .collect();
    assert_eq!(ips, ["198.51.100.1", "203.0.113.7"]);
}

/// The work of one call does not grow with the users: ten times as many may not take four times as long.
#[test]
fn many_users_cost_no_time() {
    let emulator = Emulator::start().unwrap();
    let round = |first: usize| {
        let begun = Instant::now();
        for n in first..first + 100 {
            let name = format!("user-{n}");
            emulator
                .add_user(
                    UserSeed::new()
                        .username(&name)
                        .password("passw0rd")
                        .email(&format!("{name}@x.y")),
                )
                .unwrap();
            let caller = Caller::new(&emulator);
            let set = ok(&caller.sign_in(&format!("{name}@x.y"), "passw0rd"));
            let caller = caller.with_token(set["access_token"].as_str().unwrap());
            ok(&caller.get("/api/v3/get-profile"));
            ok(&caller.get("/api/v3/get-my-login-history"));
        }
        begun.elapsed()
    };
    round(0);
    let few = round(100);
    for n in 1000..3000 {
        let name = format!("user-{n}");
        let id = emulator
            .add_user(UserSeed::new().username(&name).email(&format!("{name}@x.y")))
            .unwrap();
        emulator.access_token(&id).unwrap();
    }
    let many = round(10_000);
    assert!(many < few * 4 + Duration::from_millis(500), "{few:?} and {many:?}");
}
