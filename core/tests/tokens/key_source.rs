//! Keys: how long they are kept, when they are fetched, and from where.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::time::Duration;

use genauth_core::protocol::keys::{JwksSource, KeyCache, KeyLocation, KeySet, NextStep};
use genauth_core::protocol::verify::{AccessTokenVerifier, Expected, IdTokenVerifier, VerifyError};
use genauth_core::transport::{TransportError, TransportErrorKind};
use genauth_core::{AuthenticationClient, Error};
use serde_json::{Value, json};

use crate::support::{
    APP_ID, Clock, Counting, ISSUER, NOW, RSA_A, RSA_B, access_claims, app, app_secret, base64url, id_claims, jwks,
};

/// A service that hands out keys, counts how often, and can be down.
#[derive(Clone, Default)]
struct Service(Arc<State>);

#[derive(Default)]
struct State {
    keys: Mutex<Option<Value>>,
    paths: Mutex<Vec<String>>,
    jwks_uri: Mutex<String>,
    issuer: Mutex<String>,
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

    fn client(&self, clock: &Clock) -> AuthenticationClient {
        let service = self.clone();
        let client = AuthenticationClient::new(app(), move |request: http::Request<Vec<u8>>| {
            service.0.paths.lock().unwrap().push(request.uri().to_string());
            if request.uri().path().ends_with("/openid-configuration") {
                let body = json!({ "issuer": *service.0.issuer.lock().unwrap(), "jwks_uri": *service.0.jwks_uri.lock().unwrap() });
                return Ok(http::Response::new(body.to_string().into_bytes()));
            }
            match &*service.0.keys.lock().unwrap() {
                Some(keys) => Ok(http::Response::new(keys.to_string().into_bytes())),
                None => Err(TransportError::new(TransportErrorKind::Connect, "down")),
            }
        });
        client.with_system(clock.clone())
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
    let source = JwksSource::new(&service.client(&clock));
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
fn a_flood_of_unknown_keys_is_a_few_fetches_a_minute() {
    let it = setup();
    let good = token("a");
    it.check(&good).unwrap();
    // Nobody gets to look at these signatures.
    let claims = base64url(access_claims().to_string().as_bytes());
    let signature = base64url(&[1; 256]);
    let mut fetched_at = Vec::new();
    for second in 0..120 {
        let before = it.service.fetches();
        for number in 0..20 {
            let header = json!({ "alg": "RS256", "kid": format!("forged-{second}-{number}") });
            let forged = format!("{}.{claims}.{signature}", base64url(header.to_string().as_bytes()));
            assert!(is_unknown_key(&it.check(&forged)));
        }
        match it.service.fetches() - before {
            0 => {}
            1 => fetched_at.push(second),
            many => panic!("{many} fetches in a second"),
        }
        it.check(&good).unwrap();
        it.clock.advance(1);
    }
    assert_eq!(fetched_at, [0, 5, 15, 30, 45, 60, 75, 90, 105]);
}

#[test]
fn a_stranger_does_not_keep_a_new_key_from_being_found() {
    let it = setup();
    it.check(&token("a")).unwrap();
    assert!(is_unknown_key(&it.check(&token("forged"))));
    it.service.publish(&[RSA_B.jwk("b")]);
    it.clock.advance(5);
    it.check(&token("b")).unwrap();
    // Nor do many of them, for long.
    it.service.publish(&[RSA_A.jwk("c")]);
    let mut seconds = 0;
    while it.check(&RSA_A.token(Some("c"), &access_claims())).is_err() {
        assert!(is_unknown_key(&it.check(&token("forged"))));
        it.clock.advance(1);
        seconds += 1;
    }
    assert!(seconds <= 15, "{seconds}");
}

#[test]
fn a_key_that_changed_under_its_id_is_found() {
    let it = setup();
    it.check(&token("a")).unwrap();
    it.service.publish(&[RSA_B.jwk("a")]);
    let newer = RSA_B.token(Some("a"), &access_claims());
    // Not at once: a wrong signature is more often a forgery.
    it.check(&newer).unwrap_err();
    assert_eq!(it.service.fetches(), 1);
    it.clock.advance(5);
    it.check(&newer).unwrap();
    assert_eq!(it.service.fetches(), 2);
    // The other way round: a key that was withdrawn under its id.
    it.check(&token("a")).unwrap_err();
}

#[test]
fn forged_signatures_bring_few_fetches_and_stay_forged_while_no_keys_can_be_had() {
    let it = setup();
    it.check(&token("a")).unwrap();
    let forged = RSA_B.token(Some("a"), &access_claims());
    for _ in 0..60 {
        let refused = it.check(&forged);
        assert!(matches!(refused, Err(Error::Verify(error)) if *error == VerifyError::SignatureInvalid));
        it.clock.advance(1);
    }
    assert!(it.service.fetches() <= 6, "{}", it.service.fetches());
    it.service.go_down();
    it.clock.advance(60);
    let refused = it.check(&forged);
    assert!(matches!(refused, Err(Error::Verify(error)) if *error == VerifyError::SignatureInvalid));
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
    it.clock.advance(10);
    it.check(&token("a")).unwrap();
}

#[test]
fn without_keys_a_failed_fetch_has_a_cool_down_too() {
    let it = setup();
    it.service.go_down();
    for _ in 0..100 {
        assert!(matches!(it.check(&token("a")), Err(Error::Transport(_))));
    }
    assert_eq!(it.service.fetches(), 1);
    it.service.publish(&[RSA_A.jwk("a")]);
    it.clock.advance(9);
    it.check(&token("a")).unwrap_err();
    it.clock.advance(1);
    it.check(&token("a")).unwrap();
    assert_eq!(it.service.fetches(), 2);
}

#[test]
fn while_one_fetches_the_others_go_on_with_the_old_keys() {
    let (started, go) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    let calls = Arc::new(AtomicUsize::new(0));
    let clock = Clock::default();
    let client = AuthenticationClient::new(app(), {
        let (started, go, calls) = (Arc::clone(&started), Arc::clone(&go), Arc::clone(&calls));
        move |_: http::Request<Vec<u8>>| -> Result<_, TransportError> {
            if calls.fetch_add(1, Ordering::SeqCst) == 1 {
                started.wait();
                go.wait();
            }
            Ok(http::Response::new(jwks(&[RSA_A.jwk("a")]).to_string().into_bytes()))
        }
    });
    let source = JwksSource::new(&client.with_system(clock.clone()));
    let old = source.keys().unwrap();
    clock.advance(15 * 60);
    std::thread::scope(|scope| {
        let fetching = scope.spawn(|| source.keys().unwrap());
        started.wait();
        // It is under way, and stays so until `go`.
        assert!(Arc::ptr_eq(&source.keys().unwrap(), &old));
        go.wait();
        assert!(!Arc::ptr_eq(&fetching.join().unwrap(), &old));
    });
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}

#[test]
fn a_discovery_document_of_another_issuer_is_refused() {
    let it = setup();
    for issuer in ["https://evil.example/oidc", "", "https://example.genauth.ai/oidc/"] {
        issuer.clone_into(&mut it.service.0.issuer.lock().unwrap());
        "https://example.genauth.ai/jwks".clone_into(&mut it.service.0.jwks_uri.lock().unwrap());
        let client = it.service.client(&it.clock);
        let source = JwksSource::with_settings(&client, KeyLocation::Discovery, KeyCache::default());
        let refused = source.keys();
        assert!(
            matches!(&refused, Err(Error::Verify(error)) if matches!(**error, VerifyError::WrongIssuer { .. })),
            "{refused:?}"
        );
    }
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
    it.clock.advance(10);
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
    let source = JwksSource::new(&client.with_system(Counting(looks)));
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
        ISSUER.clone_into(&mut it.service.0.issuer.lock().unwrap());
        let client = it.service.client(&it.clock);
        let source = JwksSource::with_settings(&client, location, KeyCache::default());
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
    let cache = KeyCache::default()
        .with_lifetime(at(100))
        .with_cool_down(at(60))
        .with_longest_stale(at(1000));
    let fetch = |now| match cache.clone().next_step(now).unwrap() {
        NextStep::Fetch(fetch) => fetch,
        other => panic!("at {now}: {other:?}"),
    };
    let down = || TransportError::new(TransportErrorKind::Connect, "down").into();
    fetch(NOW).failed(down(), NOW).unwrap_err();
    cache.next_step(NOW + 9).unwrap_err();
    let first = fetch(NOW + 10);
    assert!(matches!(cache.next_step(NOW + 10), Ok(NextStep::Wait)));
    let keys = first.fetched(KeySet::default());
    assert!(matches!(cache.next_step(NOW + 109), Ok(NextStep::Use(_))));
    let second = fetch(NOW + 110);
    assert!(
        matches!(cache.next_step(NOW + 110), Ok(NextStep::Use(_))),
        "the old ones"
    );
    assert!(Arc::ptr_eq(&second.failed(down(), NOW + 110).unwrap(), &keys));
    assert!(matches!(cache.next_step(NOW + 169), Ok(NextStep::Use(_))));
    drop(fetch(NOW + 170));
    // A slow failure does not bring keys back that have ended meanwhile.
    fetch(NOW + 1109).failed(down(), NOW + 1110).unwrap_err();

    let keys = fetch(NOW + 1170).fetched(KeySet::default());
    let unknown = VerifyError::UnknownKey { kid: None };
    let Some(NextStep::Fetch(newer)) = cache.next_step_past(&keys, &unknown, NOW + 1170) else {
        panic!("the key may be new")
    };
    assert!(matches!(
        cache.next_step_past(&keys, &unknown, NOW + 1170),
        Some(NextStep::Wait)
    ));
    newer.fetched(KeySet::default());
    assert!(matches!(
        cache.next_step_past(&keys, &unknown, NOW + 1170),
        Some(NextStep::Use(_))
    ));
    // What is bad in itself brings nothing.
    assert!(
        cache
            .next_step_past(&keys, &VerifyError::WrongType, NOW + 1200)
            .is_none()
    );
}
