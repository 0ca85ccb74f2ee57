//! The check of a service that is called with access tokens: RFC 6750, and what it leaves to be decided.

use std::sync::{Arc, Mutex};

use genauth_core::protocol::bearer::{BearerCheck, Refusal, RefusalKind};
use genauth_core::protocol::keys::{JwksSource, KeySet};
use genauth_core::protocol::verify::{AccessToken, AccessTokenVerifier, VerifyError};
use genauth_core::transport::{TransportError, TransportErrorKind};
use genauth_core::{App, AuthenticationClient, Error};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use serde_json::{Value, json};

use crate::support::{APP_ID, Clock, ISSUER, NOW, RSA_A, SECRET, access_claims, app, jwks, with};

fn headers(value: &str) -> HeaderMap {
    [(AUTHORIZATION, HeaderValue::from_str(value).unwrap())]
        .into_iter()
        .collect()
}

fn token(changes: &Value) -> String {
    RSA_A.token(Some("a"), &with(access_claims(), changes))
}

fn bearer(changes: &Value) -> HeaderMap {
    headers(&format!("Bearer {}", token(changes)))
}

fn rules() -> BearerCheck {
    BearerCheck::new(AccessTokenVerifier::new(&app()))
}

fn check(rules: &BearerCheck, headers: &HeaderMap) -> Result<AccessToken, Refusal> {
    let keys = KeySet::from_value(jwks(&[RSA_A.jwk("a")])).unwrap();
    rules.check(headers, &keys, NOW)
}

/// What is sent back.
fn refused<T>(result: Result<T, Refusal>) -> (u16, Option<String>) {
    let Err(refusal) = result else {
        panic!("that was let in")
    };
    let response: Response<String> = refusal.response();
    assert_eq!((response.status(), response.body().as_str()), (refusal.status(), ""));
    assert_eq!(response.headers()["cache-control"], "no-store");
    let challenge = response.headers().get("www-authenticate");
    let challenge = challenge.map(|value| value.to_str().unwrap().to_owned());
    (response.status().as_u16(), challenge)
}

fn says(status: u16, challenge: &str) -> (u16, Option<String>) {
    (status, Some(challenge.to_owned()))
}

#[test]
fn a_good_token_lets_in() {
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let headers = headers(&format!("{scheme}  {}", token(&json!({}))));
        let token = check(&rules().with_scope("profile"), &headers).unwrap();
        assert_eq!(token.claims().iss, ISSUER);
    }
}

#[test]
fn who_brings_no_token_is_told_which_one_is_wanted() {
    let rules = rules().with_realm("orders \"and\" \\more\u{e9}\n");
    let challenge = r#"Bearer realm="orders \"and\" \\more??""#;
    assert_eq!(refused(check(&rules, &HeaderMap::new())), says(401, challenge));
    assert_eq!(refused(check(&rules, &headers("Basic QTpC"))), says(401, challenge));
    assert_eq!(
        refused(check(&rules.with_scope("a b").with_scope("c"), &HeaderMap::new())),
        says(401, &format!("{challenge}, scope=\"a b c\""))
    );
}

#[test]
fn a_header_that_cannot_be_understood_is_the_callers_fault() {
    let good = token(&json!({}));
    let twice: HeaderMap = [
        (AUTHORIZATION, format!("Bearer {good}")),
        (AUTHORIZATION, "Bearer x".to_owned()),
    ]
    .into_iter()
    .map(|(name, value)| (name, HeaderValue::from_str(&value).unwrap()))
    .fold(HeaderMap::new(), |mut all, (name, value)| {
        all.append(name, value);
        all
    });
    let foreign: HeaderMap = [(AUTHORIZATION, HeaderValue::from_bytes(b"Bearer \xe9").unwrap())]
        .into_iter()
        .collect();
    let mut bad = vec![twice, foreign];
    for value in [
        "Bearer",
        "Bearer ",
        "Bearer =",
        "Bearer a b",
        "Bearer a,b",
        "Bearer a, Bearer b",
        "Bearer \"a\"",
        "Bearer a=b",
        &format!("Bearer {good} {good}"),
    ] {
        bad.push(headers(value));
    }
    for headers in bad {
        assert_eq!(
            refused(check(&rules(), &headers)),
            says(400, r#"Bearer error="invalid_request""#),
            "{headers:?}"
        );
    }
}

#[test]
fn a_bad_token_is_refused_without_telling_the_caller_why() {
    for changes in [
        json!({ "iss": "https://evil.example/oidc" }),
        json!({ "aud": "another" }),
        json!({ "nonce": "x" }),
        json!({ "scope": null, "jti": null }),
        json!({ "nbf": NOW + 61 }),
    ] {
        assert_eq!(
            refused(check(&rules().with_scope("profile"), &bearer(&changes))),
            says(401, r#"Bearer error="invalid_token""#),
            "{changes}"
        );
    }
    let ended = check(&rules(), &bearer(&json!({ "exp": NOW - 60 })));
    assert_eq!(
        refused(ended),
        says(
            401,
            r#"Bearer error="invalid_token", error_description="The token has ended""#
        )
    );
    let opaque = check(&rules(), &headers("Bearer opaque~token+of/oauth==")).unwrap_err();
    assert_eq!(opaque.kind(), RefusalKind::InvalidToken);
    // The log gets to know.
    let refusal = check(&rules(), &bearer(&json!({ "aud": "another" }))).unwrap_err();
    assert!(
        matches!(refusal.error(), Some(Error::Verify(error)) if matches!(**error, VerifyError::WrongAudience { .. }))
    );
    assert!(refusal.to_string().contains(APP_ID));
}

#[test]
fn a_token_has_to_allow_what_is_asked_for() {
    let held = json!({ "scope": "openid orders.read" });
    check(&rules().with_scope("orders.read openid"), &bearer(&held)).unwrap();
    let insufficient = check(&rules().with_scope("orders.read orders.write"), &bearer(&held));
    assert_eq!(
        refused(insufficient),
        says(
            403,
            r#"Bearer error="insufficient_scope", scope="orders.read orders.write""#
        )
    );
    // No part of a name, and no other spelling.
    for other in ["orders", "orders.rea", "ORDERS.READ", "orders.read.all"] {
        assert_eq!(
            refused(check(&rules().with_scope(other), &bearer(&held))).0,
            403,
            "{other}"
        );
    }
    let rules = rules().with_scope("openid");
    let token = check(&rules, &bearer(&held)).unwrap();
    rules.require_scope(&token, "orders.read").unwrap();
    assert_eq!(
        refused(rules.require_scope(&token, "orders.write orders.read")),
        says(
            403,
            r#"Bearer error="insufficient_scope", scope="openid orders.write orders.read""#
        )
    );
}

type Requests = Arc<Mutex<Vec<Request<Vec<u8>>>>>;

/// A client of a service that answers so, and what it was asked.
fn service(
    answer: impl Fn() -> Result<Response<Vec<u8>>, TransportError> + Send + Sync + 'static,
) -> (AuthenticationClient, Requests) {
    let requests = Requests::default();
    let seen = Arc::clone(&requests);
    let transport = move |request: Request<Vec<u8>>| {
        seen.lock().unwrap().push(request);
        answer()
    };
    let app = app().with_secret(SECRET).unwrap();
    (
        AuthenticationClient::new(app, transport).with_system(Clock::default()),
        requests,
    )
}

fn answers(json: &Value) -> (AuthenticationClient, Requests) {
    let body = json.to_string().into_bytes();
    service(move || Ok(Response::new(body.clone())))
}

#[test]
fn keys_are_fetched_for_good_tokens_only() {
    let (client, requests) = answers(&jwks(&[RSA_A.jwk("a")]));
    let keys = JwksSource::new(&client);
    for bad in [HeaderMap::new(), headers("Bearer a.b.c"), bearer(&json!({ "exp": 1 }))] {
        assert!(rules().check_with(&bad, &keys).is_err());
    }
    assert_eq!(requests.lock().unwrap().len(), 0);
    rules().check_with(&bearer(&json!({})), &keys).unwrap();
    assert_eq!(requests.lock().unwrap().len(), 1);
}

#[test]
fn what_cannot_be_checked_is_refused() {
    let (client, _) = service(|| Err(TransportError::new(TransportErrorKind::Connect, "down")));
    let (busy, _) = service(|| {
        let response = Response::builder().status(503).header("retry-after", "7");
        Ok(response.body(b"busy".to_vec()).unwrap())
    });
    let good = bearer(&json!({}));
    for client in [&client, &busy] {
        let keys = JwksSource::new(client);
        for result in [rules().check_with(&good, &keys), rules().introspect(&good, client)] {
            let refusal = result.unwrap_err();
            assert_eq!(refusal.kind(), RefusalKind::Unavailable);
            assert!(refusal.error().is_some());
            assert_eq!(refused::<()>(Err(refusal)), (503, None));
        }
    }
    let refusal = rules().introspect(&good, &busy).unwrap_err();
    assert_eq!(refusal.headers()["retry-after"], "7");
    let introspection = rules().introspection(&good).unwrap();
    let broken = Response::builder().status(StatusCode::OK).body("[]").unwrap();
    assert_eq!(
        introspection.reply(&broken, NOW).unwrap_err().kind(),
        RefusalKind::Unavailable
    );
}

/// As the service answers.
fn active() -> Value {
    json!({
        "active": true, "sub": "60097f4d5bc08f75da104d18", "client_id": APP_ID, "exp": NOW + 60, "iat": NOW - 60,
        "iss": ISSUER, "jti": "TV4J0gAbe4KR4-8CtYcOa", "scope": "openid profile", "token_type": "Bearer",
    })
}

#[test]
fn the_service_is_asked_about_a_token() {
    let (client, requests) = answers(&active());
    let rules = rules().with_scope("profile");
    let token = rules.introspect(&headers("Bearer opaque"), &client).unwrap();
    assert_eq!(token.token().expose(), "opaque");
    assert_eq!(token.claims().sub.as_deref(), Some("60097f4d5bc08f75da104d18"));
    assert!(token.claims().custom.is_empty());
    let request = requests.lock().unwrap().pop().unwrap();
    assert_eq!(request.uri().path(), "/oidc/token/introspection");
    let form = String::from_utf8(request.into_body()).unwrap();
    for part in ["token=opaque", "token_type_hint=access_token", "client_secret="] {
        assert!(form.contains(part), "{form}");
    }
    assert!(!form.contains("strict"));
    let strict = rules.clone().with_strict_introspection();
    strict.introspect(&headers("Bearer opaque"), &client).unwrap();
    let request = requests.lock().unwrap().pop().unwrap();
    assert!(String::from_utf8(request.into_body()).unwrap().contains("strict=true"));
    assert_eq!(
        refused(
            rules
                .with_scope("orders")
                .introspect(&headers("Bearer opaque"), &client)
        )
        .0,
        403
    );
    // What is no token, or too long to be one, is not asked about.
    let before = requests.lock().unwrap().len();
    let long = headers(&format!("Bearer {}", "a".repeat(16 * 1024 + 1)));
    for bad in [&HeaderMap::new(), &headers("Bearer a b"), &long] {
        assert!(self::rules().introspect(bad, &client).is_err());
    }
    assert_eq!(requests.lock().unwrap().len(), before);
}

#[test]
fn an_oauth_application_asks_at_its_own_endpoint() {
    let issuer = "https://example.genauth.ai/oauth";
    let (client, requests) = answers(&with(active(), &json!({ "iss": issuer })));
    let rules = BearerCheck::new(AccessTokenVerifier::new(&app()).with_issuer(issuer)).with_oauth();
    rules.introspect(&headers("Bearer opaque"), &client).unwrap();
    assert_eq!(requests.lock().unwrap()[0].uri().path(), "/oauth/token/introspection");
}

#[test]
fn only_an_active_access_token_for_this_service_is_good() {
    let answer = |rules: &BearerCheck, changes: &Value| {
        let introspection = rules.introspection(&headers("Bearer opaque")).unwrap();
        let response = Response::new(with(active(), changes).to_string());
        introspection.reply(&response, NOW).map(drop)
    };
    for changes in [
        json!({}),
        json!({ "iss": null, "exp": null, "iat": null, "sub": null, "jti": null }),
        json!({ "token_type": "bearer" }),
        json!({ "aud": APP_ID, "client_id": "another" }),
        json!({ "aud": ["x", APP_ID] }),
        json!({ "exp": NOW - 59 }),
    ] {
        answer(&rules(), &changes).unwrap_or_else(|refusal| panic!("{changes}: {refusal}"));
    }
    for changes in [
        json!({ "active": false }),
        json!({ "active": "true" }),
        json!({ "active": 1 }),
        json!({ "active": null }),
        // A refresh token, and one that is bound to a key.
        json!({ "token_type": null }),
        json!({ "token_type": "DPoP" }),
        json!({ "token_type": ["Bearer"] }),
        json!({ "client_id": "another" }),
        json!({ "client_id": null }),
        json!({ "client_id": 5 }),
        json!({ "aud": "another" }),
        json!({ "aud": [] }),
        json!({ "aud": 5 }),
        json!({ "iss": "https://evil.example/oidc" }),
        json!({ "iss": 5 }),
        json!({ "exp": NOW - 60 }),
        json!({ "exp": "never" }),
        json!({ "nbf": NOW + 61 }),
        json!({ "nbf": NOW + 61, "exp": null }),
        json!({ "sub": 5 }),
    ] {
        assert_eq!(refused(answer(&rules(), &changes)).0, 401, "{changes}");
    }
    // A machine's token was asked for by its access key.
    let machine = BearerCheck::new(AccessTokenVerifier::new(&app()).with_authorized_party("KEY"));
    answer(&machine, &json!({ "client_id": "KEY" })).unwrap();
    answer(&machine, &json!({ "client_id": APP_ID, "azp": "KEY" })).unwrap();
    assert_eq!(refused(answer(&machine, &json!({ "client_id": APP_ID }))).0, 401);
    assert_eq!(
        refused(answer(&machine, &json!({ "client_id": "KEY", "aud": "another" }))).0,
        401
    );
}

#[test]
fn nothing_shows_the_token() {
    let secret = token(&json!({}));
    let headers = headers(&format!("Bearer {secret}"));
    let introspection = rules().introspection(&headers).unwrap();
    let (client, _) = service(|| Err(TransportError::new(TransportErrorKind::Connect, "down")));
    let refusal = rules().introspect(&headers, &client).unwrap_err();
    for shown in [
        format!("{introspection:?}"),
        format!("{refusal:?}"),
        refusal.to_string(),
    ] {
        assert!(!shown.contains(&secret), "{shown}");
    }
    let public = App::new("https://example.genauth.ai", APP_ID).unwrap();
    assert!(!format!("{:?}", introspection.request(&public).unwrap().headers()).contains(&secret));
    assert_eq!(introspection.request(&public).unwrap().uri().query(), None);
}
