//! Keys: how long they are kept, when they are fetched, and from where.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use genauth_core::protocol::keys::{JwksSource, KeyCache, KeyLocation, KeySet};
use genauth_core::protocol::verify::{AccessTokenVerifier, Expected, IdTokenVerifier, VerifyError};
use genauth_core::transport::{TransportError, TransportErrorKind};
use genauth_core::{AuthenticationClient, Error};
use serde_json::{Value, json};

use crate::support::{APP_ID, Clock, Counting, NOW, RSA_A, RSA_B, access_claims, app, app_secret, id_claims, jwks};

/// A service that hands out keys, counts how often, and can be down.
#[derive(Clone, Default)]
struct Service(Arc<State>);

#[derive(Default)]
struct State {
    keys: Mutex<Option<Value>>,
    paths: Mutex<Vec<String>>,
    jwks_uri: Mutex<String>,
}

impl Service {
    fn publish(&self, keys: &[Value]) {
        *self.0.keys.lock().unwrap() = Some(jwks(keys));
    }

    fn go_down(&self) {
        *self.0.keys.lock().unwrap() = None;
    }

    fn paths(&self) -> Vec<String> {
        self.0.paths.lock().unwrap().clone()
    }

    fn fetches(&self) -> usize {
        self.paths().len()
    }

    fn client(&self) -> AuthenticationClient {
        let service = self.clone();
        AuthenticationClient::new(app(), move |request: http::Request<Vec<u8>>| {
            service.0.paths.lock().unwrap().push(request.uri().to_string());
            if request.uri().path().ends_with("/openid-configuration") {
                let body = json!({ "issuer": "x", "jwks_uri": *service.0.jwks_uri.lock().unwrap() });
                return Ok(http::Response::new(body.to_string().into_bytes()));
            }
            match &*service.0.keys.lock().unwrap() {
                Some(keys) => Ok(http::Response::new(keys.to_string().into_bytes())),
                None => Err(TransportError::new(TransportErrorKind::Connect, "down")),
            }
        })
    }
}

struct Setup {
    service: Service,
    clock: Clock,
    source: JwksSource,
    verifier: AccessTokenVerifier,
}

fn setup() -> Setup {
    let (service, clock) = (Service::default(), Clock::default());
    service.publish(&[RSA_A.jwk("a")]);
    let source = JwksSource::new(&service.client(), clock.clone());
    Setup {
        service,
        clock,
        source,
        verifier: AccessTokenVerifier::new(&app()).with_leeway(Duration::from_secs(1_000_000)),
    }
}

impl Setup {
    fn check(&self, token: &str) -> Result<(), Error> {
        self.source.verify_access_token(&self.verifier, token).map(drop)
    }
}

fn token(kid: &str) -> String {
    match kid {
        "b" => RSA_B.token(Some(kid), &access_claims()),
        _ => RSA_A.token(Some(kid), &access_claims()),
    }
}

fn is_unknown_key(result: &Result<(), Error>) -> bool {
    matches!(result, Err(Error::Verify(error)) if matches!(**error, VerifyError::UnknownKey { .. }))
}

#[test]
fn keys_are_fetched_once_and_again_after_their_lifetime() {
    let it = setup();
    for _ in 0..5 {
        it.check(&token("a")).unwrap();
    }
    it.clock.advance(15 * 60 - 1);
    it.check(&token("a")).unwrap();
    assert_eq!(it.service.fetches(), 1);
    it.clock.advance(1);
    it.check(&token("a")).unwrap();
    assert_eq!(it.service.fetches(), 2);
}

#[test]
fn a_new_key_is_found_at_once() {
    let it = setup();
    it.check(&token("a")).unwrap();
    it.service.publish(&[RSA_B.jwk("b")]);
    it.check(&token("b")).unwrap();
    assert_eq!(it.service.fetches(), 2);
    // And the old one is gone.
    assert!(is_unknown_key(&it.check(&token("a"))));
}

#[test]
fn a_flood_of_unknown_keys_is_one_fetch_per_cool_down() {
    let it = setup();
    it.check(&token("a")).unwrap();
    for round in 0..3 {
        for number in 0..50 {
            assert!(is_unknown_key(&it.check(&token(&format!("forged-{round}-{number}")))));
        }
        assert_eq!(it.service.fetches(), 2 + round);
        it.check(&token("a")).unwrap();
        it.clock.advance(59);
        assert!(is_unknown_key(&it.check(&token("forged"))));
        assert_eq!(it.service.fetches(), 2 + round);
        it.clock.advance(1);
    }
    // Wrong signatures and claims never bring a fetch.
    let before = it.service.fetches();
    for forged in [
        RSA_B.token(Some("a"), &access_claims()),
        RSA_A.token(Some("a"), &json!({})),
    ] {
        it.check(&forged).unwrap_err();
    }
    assert_eq!(it.service.fetches(), before);
}

#[test]
fn old_keys_are_used_while_new_ones_cannot_be_had() {
    let it = setup();
    it.check(&token("a")).unwrap();
    it.service.go_down();
    it.clock.advance(15 * 60);
    for _ in 0..5 {
        it.check(&token("a")).unwrap();
    }
    assert_eq!(it.service.fetches(), 2);
    it.clock.advance(60);
    it.check(&token("a")).unwrap();
    assert_eq!(it.service.fetches(), 3);
    it.clock.advance(24 * 60 * 60);
    assert!(matches!(it.check(&token("a")), Err(Error::Transport(_))));
    it.service.publish(&[RSA_A.jwk("a")]);
    it.check(&token("a")).unwrap();
}

#[test]
fn without_keys_each_call_tries() {
    let it = setup();
    it.service.go_down();
    for _ in 0..2 {
        assert!(matches!(it.check(&token("a")), Err(Error::Transport(_))));
    }
    assert_eq!(it.service.fetches(), 2);
    it.service.publish(&[RSA_A.jwk("a")]);
    it.check(&token("a")).unwrap();
}

#[test]
fn a_failed_fetch_for_an_unknown_key_says_so() {
    let it = setup();
    it.check(&token("a")).unwrap();
    it.service.go_down();
    assert!(matches!(it.check(&token("b")), Err(Error::Transport(_))));
    assert!(is_unknown_key(&it.check(&token("b"))));
    it.check(&token("a")).unwrap();
    assert_eq!(it.service.fetches(), 2);
}

#[test]
fn what_is_no_jwks_is_no_key_set() {
    let it = setup();
    *it.service.0.keys.lock().unwrap() = Some(json!({ "statusCode": 500, "message": "down" }));
    assert!(matches!(it.check(&token("a")), Err(Error::Api(_))));
    *it.service.0.keys.lock().unwrap() = Some(json!({ "nothing": 1 }));
    assert!(it.check(&token("a")).is_err());
}

/// What eight threads get that want keys at the same time, and how often the service is asked. The answer is held back until
/// each of them has looked at the clock, and so has found that it needs keys.
fn eight_at_once(answer: Option<Value>) -> (Vec<Result<usize, Error>>, usize) {
    let (looks, calls) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (looked, counted) = (Arc::clone(&looks), Arc::clone(&calls));
    let client = AuthenticationClient::new(app(), move |_: http::Request<Vec<u8>>| {
        counted.fetch_add(1, Ordering::SeqCst);
        while looked.load(Ordering::SeqCst) < 8 {
            std::thread::yield_now();
        }
        match &answer {
            Some(keys) => Ok(http::Response::new(keys.to_string().into_bytes())),
            None => Err(TransportError::new(TransportErrorKind::Connect, "down")),
        }
    });
    let source = JwksSource::new(&client, Counting(looks));
    let results = std::thread::scope(|scope| {
        let wanted = || source.keys().map(|keys| keys.len());
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(wanted)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    (results, calls.load(Ordering::SeqCst))
}

#[test]
fn many_threads_fetch_once() {
    let (results, calls) = eight_at_once(Some(jwks(&[RSA_A.jwk("a")])));
    assert!(results.iter().all(|result| matches!(result, Ok(1))), "{results:?}");
    assert_eq!(calls, 1);
}

#[test]
fn waiting_threads_share_a_failure() {
    let (results, calls) = eight_at_once(None);
    assert!(
        results.iter().all(|result| matches!(result, Err(Error::Transport(_)))),
        "{results:?}"
    );
    assert_eq!(calls, 1);
}

#[test]
fn the_secret_needs_no_keys() {
    let it = setup();
    let verifier = IdTokenVerifier::new(&app());
    let token = app_secret().token(None, &id_claims());
    let expected = Expected::default().nonce("NONCE");
    it.source.verify_id_token(&verifier, &token, &expected).unwrap();
    assert_eq!(it.service.fetches(), 0);
    let token = RSA_A.token(Some("a"), &id_claims());
    it.source.verify_id_token(&verifier.rs256(), &token, &expected).unwrap();
    assert_eq!(it.service.fetches(), 1);
}

#[test]
fn keys_come_from_the_place_that_is_set() {
    let fetched = |location: KeyLocation, jwks_uri: &str| {
        let it = setup();
        *it.service.0.jwks_uri.lock().unwrap() = jwks_uri.to_owned();
        let source = JwksSource::with_settings(&it.service.client(), it.clock.clone(), location, KeyCache::default());
        (source.keys().map(|keys| keys.len()), it.service.paths())
    };
    let host = "https://example.genauth.ai";
    let (keys, paths) = fetched(KeyLocation::Issuer, "");
    assert_eq!(
        (keys.unwrap(), paths),
        (1, vec![format!("{host}/oidc/.well-known/jwks.json")])
    );
    let (keys, paths) = fetched(KeyLocation::Application, "");
    assert_eq!(
        (keys.unwrap(), paths),
        (1, vec![format!("{host}/{APP_ID}/oidc/.well-known/jwks.json")])
    );
    for own in [
        format!("{host}/some/jwks?x=1"),
        "https://EXAMPLE.genauth.ai/some/jwks?x=1".to_owned(),
    ] {
        let (keys, paths) = fetched(KeyLocation::Discovery, &own);
        assert_eq!(keys.unwrap(), 1);
        assert_eq!(paths[0], format!("{host}/oidc/.well-known/openid-configuration"));
        assert!(paths[1].ends_with("/some/jwks?x=1"));
    }
    for elsewhere in [
        "https://evil.example/jwks",
        "http://example.genauth.ai/jwks",
        "https://example.genauth.ai:8443/jwks",
        "https://example.genauth.ai@evil.example/jwks",
        "https://example.genauth.ai.evil.example/jwks",
        "/jwks",
        "",
        "no url",
    ] {
        let (keys, paths) = fetched(KeyLocation::Discovery, elsewhere);
        assert!(matches!(keys, Err(Error::Request(_))), "{elsewhere}");
        assert_eq!(paths.len(), 1);
    }
}

#[test]
fn the_rules_need_no_source() {
    let at = Duration::from_secs;
    let mut cache = KeyCache::default()
        .with_lifetime(at(100))
        .with_cool_down(at(10))
        .with_longest_stale(at(1000));
    assert!(cache.keys(at(NOW)).is_none());
    assert!(cache.failed(at(0)).is_none());
    assert!(cache.keys(at(1)).is_none());
    cache.fetched(KeySet::default(), at(1));
    assert!(cache.keys(at(100)).is_some());
    assert!(cache.keys(at(101)).is_none());
    assert!(cache.failed(at(101)).is_some());
    assert!(cache.keys(at(110)).is_some());
    assert!(cache.keys(at(111)).is_none());
    assert!(cache.failed(at(1100)).is_some());
    assert!(cache.failed(at(1101)).is_none());
    assert!(cache.ask_again(at(0)));
    assert!(!cache.ask_again(at(9)));
    assert!(cache.ask_again(at(10)));
    // A clock that goes backwards does not make keys older than they are.
    cache.fetched(KeySet::default(), at(500));
    assert!(cache.keys(at(0)).is_some());
}
