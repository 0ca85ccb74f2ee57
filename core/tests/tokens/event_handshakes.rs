//! The handshakes that subscribe to events, and when they are tried again.

use std::time::Duration;

use genauth_core::protocol::events::{Event, EventHost, Handshake, ReconnectPolicy};
use genauth_core::protocol::signature::RequestSigner;
use genauth_core::transport::{TransportError, TransportErrorKind};
use genauth_core::{App, Error};
use http::Response;

const KEY: [u8; 16] = *b"the sample nonce";

fn host() -> EventHost {
    EventHost::new("wss://openevent.genauth.ai").unwrap()
}

#[test]
fn a_user_subscribes_with_a_token() {
    let handshake = Handshake::of_user(&host(), "a b&c=\u{e9}", "T+/=&x", KEY).unwrap();
    let request = handshake.request();
    assert_eq!(
        request.uri(),
        "wss://openevent.genauth.ai/events/v1/authentication/sub?code=a%20b%26c%3D%C3%A9&token=T%2B%2F%3D%26x"
    );
    assert_eq!(request.method(), http::Method::GET);
    for (name, value) in [
        ("host", "openevent.genauth.ai"),
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        // The example of RFC 6455.
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ] {
        assert_eq!(request.headers()[name], value);
    }
    assert!(!request.headers().contains_key("authorization"));
    let shown = format!("{handshake:?}");
    assert!(!shown.contains("T%2B") && !shown.contains("T+"), "{shown}");
}

#[test]
fn an_administrator_subscribes_with_a_signature() {
    let signer = RequestSigner::new("id", "secret");
    let handshake = Handshake::of_user_pool(&host(), "x", &signer, KEY).unwrap();
    let request = handshake.into_request();
    assert_eq!(
        request.uri(),
        "wss://openevent.genauth.ai/events/v1/management/sub?code=x"
    );
    let authorization = &request.headers()["authorization"];
    // HMAC-SHA1 of "websocket\n" with the key "secret", by OpenSSL.
    assert_eq!(authorization, "authing id:lzk14Eap1P6AoXLY7TUTjG3rMBI=");
    assert!(authorization.is_sensitive());
}

#[test]
fn what_cannot_be_asked_for_is_refused() {
    for (event, token) in [("", "T"), ("x", "")] {
        assert!(matches!(
            Handshake::of_user(&host(), event, token, KEY),
            Err(Error::Request(_))
        ));
    }
    let signer = RequestSigner::new("id\n", "secret");
    assert!(Handshake::of_user_pool(&host(), "x", &signer, KEY).is_err());
    assert!(Handshake::of_user_pool(&host(), "", &RequestSigner::new("id", "s"), KEY).is_err());
    for url in [
        "ws://events.example.com",
        "ftp://x",
        "",
        "wss://",
        "wss://a@b",
        "wss://x?y",
        "wss://x y",
    ] {
        assert!(matches!(EventHost::new(url), Err(Error::Request(_))), "{url}");
    }
}

#[test]
fn hosts_are_taken_apart() {
    for (url, secure, name, port) in [
        ("wss://events.example.com", true, "events.example.com", 443),
        ("https://events.example.com:8443/", true, "events.example.com", 8443),
        ("events.example.com", true, "events.example.com", 443),
        ("ws://127.0.0.1:3000", false, "127.0.0.1", 3000),
        ("http://localhost", false, "localhost", 80),
        ("ws://[::1]:3000/x", false, "::1", 3000),
        ("wss://[2001:db8::1]", true, "2001:db8::1", 443),
    ] {
        let host = EventHost::new(url).unwrap();
        assert_eq!(
            (host.is_secure(), host.name(), host.port()),
            (secure, name, port),
            "{url}"
        );
    }
    let app = App::new("http://127.0.0.1:3000/identity", "APP_ID").unwrap();
    let handshake = Handshake::of_user(&EventHost::of(&app), "x", "T", KEY).unwrap();
    assert_eq!(
        handshake.request().uri(),
        "ws://127.0.0.1:3000/identity/events/v1/authentication/sub?code=x&token=T"
    );
}

#[test]
fn a_refusal_tells_its_status() {
    let refusal = |status: u16| Handshake::refusal(&Response::builder().status(status).body(()).unwrap());
    assert!(refusal(401).needs_sign_in());
    assert!(refusal(429).is_rate_limited());
    assert_eq!(refusal(503).http_status().map(|status| status.as_u16()), Some(503));
}

#[test]
fn waits_double_and_start_anew() {
    let policy = ReconnectPolicy::default();
    let down: Error = TransportError::new(TransportErrorKind::Connect, "down").into();
    let waits = |chance| [1, 2, 3, 7, 100].map(|failures| policy.wait(failures, &down, chance).unwrap().as_millis());
    assert_eq!(waits(u32::MAX), [1000, 2000, 4000, 60_000, 60_000]);
    assert_eq!(waits(0), [500, 1000, 2000, 30_000, 30_000]);

    let few = policy.with_attempts(2).with_first_wait(Duration::from_millis(10));
    assert_eq!(few.wait(2, &down, u32::MAX), Some(Duration::from_millis(20)));
    assert_eq!(few.wait(3, &down, 0), None);
    assert_eq!(few.with_attempts(0).wait(1, &down, 0), None);
    let short = policy.with_longest_wait(Duration::from_millis(1500));
    assert_eq!(short.wait(9, &down, u32::MAX), Some(Duration::from_millis(1500)));
}

#[test]
fn what_will_not_pass_is_not_tried_again() {
    let policy = ReconnectPolicy::default();
    let wait = |status: u16, retry_after: &str| {
        let response = Response::builder()
            .status(status)
            .header("retry-after", retry_after)
            .body(())
            .unwrap();
        policy.wait(1, &Handshake::refusal(&response), 0)
    };
    for status in [400, 401, 403, 404, 200] {
        assert_eq!(wait(status, ""), None, "{status}");
    }
    for status in [408, 429, 500, 503] {
        assert_eq!(wait(status, ""), Some(Duration::from_millis(500)), "{status}");
    }
    assert_eq!(wait(503, "7"), Some(Duration::from_secs(7)));
    assert_eq!(wait(503, "7000"), Some(Duration::from_secs(60)));
    let wrong = EventHost::new("ftp://x").unwrap_err();
    assert_eq!(policy.wait(1, &wrong, 0), None);
}

#[test]
fn events_are_read_and_not_shown() {
    let event = Event::new(r#"{"eventType":"x","eventData":{"secret":"S3CRET"}}"#);
    assert_eq!(event.parse::<serde_json::Value>().unwrap()["eventType"], "x");
    assert_eq!(Event::new("no JSON").parse::<serde_json::Value>(), None);
    assert!(!format!("{event:?}").contains("S3CRET"));
}
