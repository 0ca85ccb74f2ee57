//! Webhooks, at the receiving end.

use genauth_core::model::user::UserDto;
use genauth_core::protocol::webhooks::{Delivery, WebhookError, WebhookEvent, WebhookReceiver};
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    let pair = |(name, value): &(&'static str, &str)| (http::HeaderName::from_static(name), value.parse().unwrap());
    pairs.iter().map(pair).collect()
}

fn json_headers() -> HeaderMap {
    headers(&[
        ("content-type", "application/json; charset=utf-8"),
        ("x-authing-userpool-id", "POOL"),
    ])
}

fn read(body: &Value) -> Delivery {
    Delivery::read(&json_headers(), body.to_string().as_bytes()).unwrap()
}

/// A user as the service describes one to webhooks.
fn user() -> Value {
    json!({
        "id": "6064925fb31803716a9df11f",
        "_id": "6064925fb31803716a9df11f",
        "status": "Activated",
        "email": "test@test.com",
        "phone": null,
        "password": "HASH-1",
        "salt": "SALT-1",
        "token": "SESSION-1",
        "tokenExpiredAt": "2021-06-14T02:31:35.285Z",
        "encryptedPassword": "CIPHER-1",
        "secretInfo": { "a": "INFO-1" },
        "loginsCount": 5,
        "lastIp": "192.0.2.1",
        "gender": "U",
        "registerSource": ["basic:email"],
        "source": null,
        "identities": [{ "accessToken": "IDP-1", "refreshToken": "IDP-2" }],
        "customData": "{\"password\":\"NESTED-1\"}",
    })
}

#[test]
fn the_secret_is_checked_under_each_of_its_names() {
    let receiver = WebhookReceiver::new("SECRET");
    for name in [
        "x-authing-webhook-secret",
        "x-authing-token",
        "x-genauth-webhook-secret",
        "x-genauth-token",
    ] {
        receiver.check(&headers(&[(name, "SECRET")])).unwrap();
        for wrong in ["secret", "SECRE", "SECRETS", "", "SECRET "] {
            let wrong = headers(&[(name, wrong.trim_end())]);
            if wrong[name] != "SECRET" {
                assert_eq!(receiver.check(&wrong), Err(WebhookError::WrongSecret));
            }
        }
    }
    receiver
        .check(&headers(&[("x-authing-token", "other"), ("x-genauth-token", "SECRET")]))
        .unwrap();
    for none in [
        headers(&[]),
        headers(&[("authorization", "SECRET"), ("x-secret", "SECRET")]),
    ] {
        assert_eq!(receiver.check(&none), Err(WebhookError::MissingSecret));
    }
    let mut odd = HeaderMap::new();
    odd.insert("x-authing-token", HeaderValue::from_bytes(b"SECRET\xff").unwrap());
    assert_eq!(receiver.check(&odd), Err(WebhookError::WrongSecret));
    // The body is not looked at before.
    assert_eq!(
        receiver.receive(&headers(&[]), b"{").unwrap_err(),
        WebhookError::MissingSecret
    );
    assert_eq!(
        receiver
            .receive(&headers(&[("x-authing-token", "SECRET")]), b"{")
            .unwrap_err(),
        WebhookError::Malformed
    );
}

#[test]
fn an_empty_secret_accepts_nothing() {
    let receiver = WebhookReceiver::new("");
    assert_eq!(
        receiver.check(&headers(&[("x-authing-token", "")])),
        Err(WebhookError::WrongSecret)
    );
    assert_eq!(receiver.check(&headers(&[])), Err(WebhookError::MissingSecret));
}

#[test]
fn deliveries_are_read_in_json() {
    let delivery = read(&json!({ "eventName": "register", "data": user() }));
    assert!(matches!(delivery.event, Some(WebhookEvent::Register)));
    assert_eq!(delivery.user_pool_id.as_deref(), Some("POOL"));
    assert_eq!(delivery.data.user_id(), Some("6064925fb31803716a9df11f"));
    assert_eq!(delivery.data.expose()["password"], "HASH-1");
    assert!(!delivery.is_test());

    // Signing in has no wrapper.
    let delivery = read(&user());
    assert!(delivery.event.is_none() && !delivery.is_test());
    assert_eq!(delivery.data.user_id(), Some("6064925fb31803716a9df11f"));

    let delivery =
        read(&json!({ "eventName": "user:udv-changed", "data": { "user": { "id": "U" }, "udv": { "id": "X" } } }));
    assert!(matches!(delivery.event, Some(WebhookEvent::UserUdvChanged)));
    assert_eq!(delivery.data.user_id(), Some("U"));
    let delivery = read(&json!({ "eventName": "mfa:verified", "data": { "userId": "U", "isValid": false } }));
    assert_eq!(delivery.data.user_id(), Some("U"));
    let delivery = read(&json!({ "eventName": "organization:created", "data": { "organization": { "id": "O" } } }));
    assert_eq!(delivery.data.user_id(), None);

    let delivery = read(&json!({ "eventName": "something:new", "data": [1] }));
    assert_eq!(delivery.event.as_ref().map(WebhookEvent::as_str), Some("something:new"));
    assert_eq!(delivery.data.expose(), &json!([1]));
    let delivery = read(&json!({ "eventName": "kick" }));
    assert!(delivery.data.expose().is_null());
}

#[test]
fn trials_are_recognised() {
    assert!(read(&json!({ "description": "A test from GenAuth Webhook" })).is_test());
    assert!(read(&json!({ "eventName": "test", "data": { "description": "A test from authing" } })).is_test());
    assert!(!read(&json!({ "eventName": "user:created", "data": { "description": "x" } })).is_test());
    assert!(!read(&json!({ "description": "x", "id": "U" })).is_test());
    assert!(!read(&json!({})).is_test());
}

#[test]
fn deliveries_are_read_as_forms() {
    let headers = headers(&[("content-type", "Application/X-WWW-Form-Urlencoded")]);
    let read = |body: &str| Delivery::read(&headers, body.as_bytes());
    let delivery = read("eventName=user%3Acreated&data=%7B%22id%22%3A%22U%22%2C%22name%22%3A%22a%2Bb+c%22%7D").unwrap();
    assert!(matches!(delivery.event, Some(WebhookEvent::UserCreated)));
    assert_eq!(delivery.data.expose(), &json!({ "id": "U", "name": "a+b c" }));

    let delivery =
        read("eventName=login&data[user][id]=U&data[user][loginsCount]=5&data[user][name]=%C3%A9&data[x]").unwrap();
    assert_eq!(
        delivery.data.expose(),
        &json!({ "user": { "id": "U", "loginsCount": 5, "name": "\u{e9}" }, "x": "" })
    );
    assert!(read("description=A+test").unwrap().is_test());
    for odd in [
        "data[=1",
        "data[[[]]]=1&data=2&data[a]=3",
        "[a]=1",
        "=",
        "a=1&a[b]=2&a=3",
        "data]=1",
        "%5B=1",
    ] {
        read(odd).unwrap();
    }
    let deep = format!("data{}=1", "[a]".repeat(100_000));
    read(&deep).unwrap();
    for refused in ["", "   ", "&&", "a=%ff"] {
        assert_eq!(read(refused).unwrap_err(), WebhookError::Malformed, "{refused}");
    }
}

#[test]
fn what_is_no_delivery_is_refused() {
    for body in ["", "null", "[]", "5", "\"x\"", "{", "eventName=login", "\u{feff}{}"] {
        assert_eq!(
            Delivery::read(&json_headers(), body.as_bytes()).unwrap_err(),
            WebhookError::Malformed,
            "{body}"
        );
    }
    Delivery::read(&HeaderMap::new(), b"{}").unwrap();
}

#[test]
fn a_user_can_be_read_as_one() {
    let user: UserDto = read(&user()).data.parse().unwrap();
    assert_eq!(user.email.as_deref(), Some("test@test.com"));
    assert_eq!(user.logins_count, Some(5));
    assert!(read(&json!({ "loginsCount": {} })).data.parse::<UserDto>().is_none());
}

#[test]
fn nothing_shows_secrets() {
    let delivery = read(&json!({ "eventName": "register", "data": { "user": user(), "list": [user()] } }));
    let shown = format!("{delivery:?} {:#?} {:?}", delivery, WebhookReceiver::new("RECEIVER-1"));
    for secret in [
        "HASH-1",
        "SALT-1",
        "SESSION-1",
        "CIPHER-1",
        "INFO-1",
        "IDP-1",
        "IDP-2",
        "NESTED-1",
        "RECEIVER-1",
    ] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
    for open in ["test@test.com", "192.0.2.1", "2021-06-14T02:31:35.285Z"] {
        assert!(shown.contains(open), "{open}: {shown}");
    }
}
