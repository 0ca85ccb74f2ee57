use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde_json::json;

use super::*;
use crate::client::System;
use crate::transport::{TransportError, TransportErrorKind};

const NOW: u64 = 1_700_000_000;

/// A clock that is set by hand.
#[derive(Clone)]
struct Clock(Arc<AtomicU64>);

impl Clock {
    fn new() -> Self {
        Self(Arc::new(AtomicU64::new(NOW)))
    }

    fn set(&self, time: u64) {
        self.0.store(time, Ordering::SeqCst);
    }
}

impl System for Clock {
    fn now(&self) -> Duration {
        self.unix_time()
    }

    fn unix_time(&self) -> Duration {
        Duration::from_secs(self.0.load(Ordering::SeqCst))
    }

    fn sleep(&self, _: Duration) {}

    fn random(&self, _: &mut [u8]) -> Result<(), Error> {
        Ok(())
    }
}

fn app() -> App {
    App::new("https://example.genauth.ai", "APP_ID").unwrap()
}

/// A token of an hour that ends at `end`.
fn hour(end: u64) -> Tokens {
    let mut tokens = Tokens::new("OLD")
        .with_refresh_token("R1")
        .with_id_token("ID1")
        .with_expires_at(end);
    tokens.lifetime = Some(3600);
    tokens
}

/// A token that nobody has signed.
fn token(claims: &Value) -> String {
    format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

fn answer(body: &str) -> Response<Vec<u8>> {
    Response::new(body.as_bytes().to_vec())
}

fn client(
    clock: &Clock,
    send: impl Fn(Request<Vec<u8>>) -> Result<Response<Vec<u8>>, TransportError> + Send + Sync + 'static,
) -> AuthenticationClient {
    AuthenticationClient::new(app(), send).with_system(clock.clone())
}

/// Answers a new token each time, and counts.
fn counting(clock: &Clock, body: &'static str) -> (AuthenticationClient, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let client = client(clock, move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
        Ok(answer(body))
    });
    (client, calls)
}

const RENEWED: &str = r#"{"access_token":"NEW","expires_in":3600}"#;

#[test]
fn a_token_is_renewed_a_little_before_it_ends() {
    let minute_before = |tokens: Tokens, early: Option<Duration>, now| {
        let mut set = TokenSet::new(tokens);
        if let Some(early) = early {
            set = set.with_early_renewal(early);
        }
        matches!(set.next_step(now).unwrap(), NextStep::Renew(_))
    };
    assert!(!minute_before(hour(NOW + 61), None, NOW));
    assert!(minute_before(hour(NOW + 60), None, NOW));
    // One that lives for 100 s is renewed 10 s before its end.
    let mut short = hour(NOW + 11);
    short.lifetime = Some(100);
    assert!(!minute_before(short.clone(), None, NOW));
    assert!(minute_before(short, None, NOW + 1));
    assert!(minute_before(hour(NOW + 300), Some(Duration::from_secs(300)), NOW));
    assert!(!minute_before(hour(NOW + 301), Some(Duration::from_secs(300)), NOW));
    // Without a time there is nothing to renew by.
    assert!(!minute_before(
        Tokens::new("OLD").with_refresh_token("R1"),
        None,
        u64::MAX
    ));
}

/// The fields of a form, in the order of their names.
fn form(request: &Request<Vec<u8>>) -> String {
    let mut fields: Vec<&str> = std::str::from_utf8(request.body()).unwrap().split('&').collect();
    fields.sort_unstable();
    fields.join("&")
}

#[test]
fn a_refresh_token_stays_until_another_one_comes() {
    let set = TokenSet::new(hour(NOW));
    let renew = |set: &TokenSet, now, body: &str| {
        let NextStep::Renew(renewal) = set.next_step(now).unwrap() else {
            panic!("it is time to renew");
        };
        let request = renewal.request(&app()).unwrap();
        (form(&request), renewal.reply(&answer(body), now).unwrap())
    };
    let (form, token) = renew(&set, NOW, RENEWED);
    assert_eq!(form, "client_id=APP_ID&grant_type=refresh_token&refresh_token=R1");
    assert_eq!(token.expose(), "NEW");
    let tokens = set.tokens();
    assert_eq!(tokens.refresh_token.unwrap().expose(), "R1");
    assert_eq!(tokens.id_token.unwrap().expose(), "ID1");
    assert_eq!(tokens.expires_at, Some(NOW + 3600));
    assert_eq!(set.version(), 1);

    let rotated = r#"{"access_token":"NEWER","refresh_token":"R2","id_token":"ID2","expires_in":"60"}"#;
    renew(&set, NOW + 3600, rotated);
    assert_eq!(set.tokens().id_token.unwrap().expose(), "ID2");
    let (form, _) = renew(
        &set.clone(),
        NOW + 3660,
        r#"{"access_token":"LAST","refresh_token":""}"#,
    );
    assert!(form.contains("refresh_token=R2"));
    assert_eq!(set.tokens().refresh_token.unwrap().expose(), "R2");
    assert_eq!(set.tokens().expires_at, None);
}

#[test]
fn eight_threads_renew_once() {
    let clock = Clock::new();
    let set = TokenSet::new(hour(NOW));
    let (started, go) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    let calls = Arc::new(AtomicUsize::new(0));
    let client = client(&clock, {
        let (started, go, calls) = (Arc::clone(&started), Arc::clone(&go), Arc::clone(&calls));
        move |_| {
            if calls.fetch_add(1, Ordering::SeqCst) == 0 {
                started.wait();
                go.wait();
            }
            Ok(answer(RENEWED))
        }
    });
    std::thread::scope(|scope| {
        let ask = || set.access_token(&client).unwrap().expose().to_owned();
        let first = scope.spawn(ask);
        started.wait();
        // The renewal is under way, and stays so until `go`: the others find it.
        let found = set.next_step(NOW);
        let others: Vec<_> = (0..7).map(|_| scope.spawn(ask)).collect();
        go.wait();
        assert!(matches!(found, Ok(NextStep::Wait)));
        assert_eq!(first.join().unwrap(), "NEW");
        for other in others {
            assert_eq!(other.join().unwrap(), "NEW");
        }
    });
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    assert_eq!(set.version(), 1);
}

#[test]
fn a_failure_reaches_all_who_wait_and_is_not_repeated() {
    let set = TokenSet::new(hour(NOW));
    let clock = Clock::new();
    let (started, go) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    let calls = Arc::new(AtomicUsize::new(0));
    let client = client(&clock, {
        let (started, go, calls) = (Arc::clone(&started), Arc::clone(&go), Arc::clone(&calls));
        move |_| {
            if calls.fetch_add(1, Ordering::SeqCst) > 0 {
                return Ok(answer(RENEWED));
            }
            started.wait();
            go.wait();
            Err(TransportError::new(TransportErrorKind::Timeout, "too slow"))
        }
    });
    std::thread::scope(|scope| {
        let ask = || set.access_token(&client).unwrap_err();
        let first = scope.spawn(ask);
        started.wait();
        let others: Vec<_> = (0..7).map(|_| scope.spawn(ask)).collect();
        go.wait();
        let first = first.join().unwrap();
        assert!(first.is_timeout());
        for other in others {
            assert_eq!(other.join().unwrap().to_string(), first.to_string());
        }
    });
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    clock.set(NOW + 9);
    assert!(set.access_token(&client).unwrap_err().is_timeout());
    clock.set(NOW + 10);
    assert_eq!(set.access_token(&client).unwrap().expose(), "NEW");
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}

#[test]
fn a_token_that_is_good_outlives_a_failed_renewal() {
    let set = TokenSet::new(hour(NOW + 30));
    let clock = Clock::new();
    let (client, calls) = counting(&clock, "<html>down</html>");
    for _ in 0..3 {
        assert_eq!(set.access_token(&client).unwrap().expose(), "OLD");
    }
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    clock.set(NOW + 29);
    assert_eq!(set.access_token(&client).unwrap().expose(), "OLD");
    assert_eq!(calls.load(Ordering::SeqCst), 2);
    clock.set(NOW + 30);
    assert!(matches!(set.access_token(&client), Err(Error::Reply(_))));
    assert_eq!(calls.load(Ordering::SeqCst), 2, "it has just failed");
}

#[test]
fn a_refresh_token_that_is_void_is_not_tried_again() {
    let set = TokenSet::new(hour(NOW));
    let clock = Clock::new();
    let (void, calls) = counting(&clock, r#"{"error":"invalid_grant"}"#);
    for time in [NOW, NOW + 1, NOW + 1_000_000] {
        clock.set(time);
        assert!(matches!(set.access_token(&void), Err(Error::OAuth(_))));
    }
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    // Until the user signs in again.
    set.replace(hour(NOW + 1_003_600));
    assert_eq!(set.access_token(&void).unwrap().expose(), "OLD");
    clock.set(NOW + 1_003_600);
    assert!(set.access_token(&void).is_err());
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}

#[test]
fn without_a_refresh_token_somebody_has_to_sign_in() {
    let set = TokenSet::new(Tokens::new("OLD").with_expires_at(NOW + 30));
    let clock = Clock::new();
    let (client, calls) = counting(&clock, RENEWED);
    assert_eq!(set.access_token(&client).unwrap().expose(), "OLD");
    clock.set(NOW + 30);
    let error = set.access_token(&client).unwrap_err();
    assert!(matches!(error, Error::Request(_)) && error.needs_sign_in());
    assert_eq!(calls.load(Ordering::SeqCst), 0);
}

#[test]
fn a_rejected_token_is_renewed_whatever_its_time() {
    let set = TokenSet::new(hour(NOW + 3600));
    let clock = Clock::new();
    let (client, calls) = counting(&clock, RENEWED);
    set.reject(&Secret::from("SOME_OTHER"));
    let old = set.access_token(&client).unwrap();
    assert_eq!(old.expose(), "OLD");
    set.reject(&old);
    assert_eq!(set.access_token(&client).unwrap().expose(), "NEW");
    // Somebody else's late complaint about the old one.
    set.reject(&old);
    assert_eq!(set.access_token(&client).unwrap().expose(), "NEW");
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[test]
fn a_renewal_that_is_given_up_lets_the_next_one_try() {
    let clock = Clock::new();
    let set = TokenSet::new(hour(NOW));
    let NextStep::Renew(renewal) = set.next_step(NOW).unwrap() else {
        panic!("it is time to renew");
    };
    let (sender, receiver) = mpsc::channel();
    let (client, _) = counting(&clock, RENEWED);
    std::thread::scope(|scope| {
        let waiting = set.clone();
        scope.spawn(move || sender.send(waiting.access_token(&client).unwrap()));
        assert!(matches!(set.next_step(NOW), Ok(NextStep::Wait)));
        drop(renewal);
        assert_eq!(receiver.recv().unwrap().expose(), "NEW");
    });
}

#[test]
fn a_panic_on_the_way_lets_the_next_one_try() {
    let clock = Clock::new();
    let set = TokenSet::new(hour(NOW));
    let broken = client(&clock, |_| panic!("broken"));
    let asked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| set.access_token(&broken)));
    assert!(asked.is_err());
    let (client, _) = counting(&clock, RENEWED);
    assert_eq!(set.access_token(&client).unwrap().expose(), "NEW");
}

#[test]
fn tokens_of_a_new_sign_in_are_not_overwritten_by_an_old_renewal() {
    let set = TokenSet::new(hour(NOW));
    let NextStep::Renew(renewal) = set.next_step(NOW).unwrap() else {
        panic!("it is time to renew");
    };
    set.replace(Tokens::new("OTHER_USER").with_expires_at(NOW + 3600));
    assert_eq!(renewal.reply(&answer(RENEWED), NOW).unwrap().expose(), "OTHER_USER");
    assert_eq!(set.tokens().refresh_token.map(|token| token.expose().to_owned()), None);
}

#[test]
fn an_answer_without_a_token_is_a_failure() {
    let clock = Clock::new();
    for body in ["{}", r#"{"access_token":""}"#] {
        let set = TokenSet::new(hour(NOW));
        let (client, _) = counting(&clock, body);
        assert!(matches!(set.access_token(&client), Err(Error::Reply(_))), "{body}");
    }
    assert!(Tokens::from_sign_in(&LoginTokenResponseDataDto::default(), NOW).is_err());
}

#[test]
fn an_early_renewal_longer_than_the_life_does_not_renew_at_each_call() {
    let clock = Clock::new();
    let (client, calls) = counting(&clock, RENEWED);
    let set = TokenSet::new(hour(NOW)).with_early_renewal(Duration::from_secs(7200));
    for _ in 0..5 {
        set.access_token(&client).unwrap();
    }
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    clock.set(NOW + 360);
    set.access_token(&client).unwrap();
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}

#[test]
fn the_token_endpoint_is_asked_again_when_it_wants_to_be() {
    let clock = Clock::new();
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let client = client(&clock, move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
        let busy = Response::builder().status(429).header("retry-after", "600");
        Ok(busy.body(b"<html>busy</html>".to_vec()).unwrap())
    });
    let set = TokenSet::new(hour(NOW));
    for second in 0..600 {
        clock.set(NOW + second);
        assert!(set.access_token(&client).unwrap_err().is_rate_limited());
    }
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    clock.set(NOW + 600);
    set.access_token(&client).unwrap_err();
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}

#[test]
fn a_slow_failed_renewal_hands_out_nothing_that_ended_meanwhile() {
    let clock = Clock::new();
    let slow = clock.clone();
    let client = client(&clock, move |_| {
        slow.set(NOW + 30);
        Err(TransportError::new(TransportErrorKind::Timeout, "too slow"))
    });
    let set = TokenSet::new(hour(NOW + 30));
    assert!(set.access_token(&client).unwrap_err().is_timeout());
}

#[test]
fn a_waiter_gives_up_when_its_own_time_is_up() {
    let clock = Clock::new();
    let set = TokenSet::new(hour(NOW));
    let Ok(NextStep::Renew(_slow)) = set.next_step(NOW) else {
        panic!("it is time to renew");
    };
    let (client, calls) = counting(&clock, RENEWED);
    let hasty = client.with_timeout(Duration::from_millis(1));
    assert!(set.access_token(&hasty).unwrap_err().is_timeout());
    assert_eq!(calls.load(Ordering::SeqCst), 0);
}

#[test]
fn a_life_that_is_none_is_not_endless_and_a_huge_one_is_none_of_our_trouble() {
    let expires = |expires_in| {
        let reply = OidcTokenResponse {
            access_token: Some("T".into()),
            expires_in: Some(expires_in),
            ..OidcTokenResponse::default()
        };
        Tokens::from_reply(&reply, NOW).unwrap().expires_at
    };
    assert_eq!(expires(-1), Some(NOW));
    assert_eq!(expires(i64::MIN), Some(NOW));
    assert_eq!(expires(i64::MAX), Some(NOW + u64::try_from(i64::MAX).unwrap()));
}

#[test]
fn a_call_that_is_refused_is_made_again_with_a_renewed_token() {
    let clock = Clock::new();
    let paths = Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = Arc::clone(&paths);
    // Takes new tokens alone; renews with `R1`.
    let client = client(&clock, move |request| {
        let bearer = request.headers().get("authorization");
        let bearer = bearer.and_then(|value| value.to_str().ok()).unwrap_or_default();
        seen.lock().unwrap().push(format!("{} {bearer}", request.uri().path()));
        Ok(match (request.uri().path(), bearer) {
            ("/oidc/token", _) => answer(RENEWED),
            (_, "Bearer NEW") => answer(r#"{"sub":"user"}"#),
            _ => {
                let mut refused = answer(r#"{"error":"invalid_token"}"#);
                *refused.status_mut() = StatusCode::UNAUTHORIZED;
                refused
            }
        })
    });
    let set = TokenSet::new(hour(NOW + 3600));
    let info = set.call_signed_in(&client, AuthenticationClient::user_info).unwrap();
    assert_eq!(info.sub.as_deref(), Some("user"));
    assert_eq!(
        *paths.lock().unwrap(),
        ["/oidc/me Bearer OLD", "/oidc/token ", "/oidc/me Bearer NEW"]
    );
    // Another failure is not repeated, and nothing that cannot be renewed.
    let mut calls = 0;
    let refused = set.call_signed_in(&client, |_| -> Result<(), Error> {
        calls += 1;
        Err(RequestError::new("no").into())
    });
    assert!(refused.is_err() && calls == 1);
    // Nor what may have been carried out before a token was looked at.
    #[cfg(feature = "oidc")]
    {
        let ended = set.call_signed_in(&client, |_| -> Result<(), Error> {
            calls += 1;
            Err(crate::error::VerifyError::Expired { exp: 1, now: 2 }.into())
        });
        assert!(ended.unwrap_err().needs_sign_in() && calls == 2);
    }
    let lonely = TokenSet::new(Tokens::new("LONELY"));
    let refused = lonely
        .call_signed_in(&client, AuthenticationClient::user_info)
        .unwrap_err();
    assert_eq!(refused.http_status(), Some(StatusCode::UNAUTHORIZED));
}

#[test]
fn the_id_token_of_a_renewal_is_about_the_same_user() {
    let id_token = |claims: Value| token(&claims);
    let first = json!({"iss": "I", "sub": "ada", "aud": ["A", "B"], "iat": 1});
    let renewed = |id_token: &str| {
        let mut tokens = hour(NOW);
        tokens.id_token = Some(Secret::from(token(&first)));
        let set = TokenSet::new(tokens);
        let body = json!({"access_token": "NEW", "id_token": id_token, "expires_in": 60}).to_string();
        let clock = Clock::new();
        let client = client(&clock, move |_| Ok(answer(&body)));
        let result = set.access_token(&client).map(|token| token.expose().to_owned());
        clock.set(NOW + 1_000_000);
        (result, set.access_token(&client).is_ok())
    };
    for same in [
        json!({"iss": "I", "sub": "ada", "aud": ["A", "B"], "iat": 2}),
        json!({"iss": "I", "sub": "ada", "aud": ["B", "A"], "nonce": "x"}),
    ] {
        assert_eq!(renewed(&id_token(same)).0.unwrap(), "NEW");
    }
    for other in [
        id_token(json!({"iss": "I", "sub": "eve", "aud": ["A", "B"]})),
        id_token(json!({"iss": "J", "sub": "ada", "aud": ["A", "B"]})),
        id_token(json!({"iss": "I", "sub": "ada", "aud": "A"})),
        id_token(json!({"iss": "I", "aud": ["A", "B"]})),
        "no token".to_owned(),
    ] {
        let (refused, later) = renewed(&other);
        assert!(matches!(refused, Err(Error::Reply(_))), "{other}");
        assert!(!later, "nobody asks again with this refresh token");
    }
}

#[test]
fn a_token_of_another_type_is_not_taken_by_a_renewal() {
    for token_type in ["DPoP", "mac"] {
        let clock = Clock::new();
        let body = json!({"access_token": "NEW", "token_type": token_type, "expires_in": 60}).to_string();
        let client = client(&clock, move |_| Ok(answer(&body)));
        let refused = TokenSet::new(hour(NOW)).access_token(&client);
        assert!(matches!(refused, Err(Error::Reply(error)) if error.path == "token_type"));
    }
    let sign_in = LoginTokenResponseDataDto {
        access_token: Some("T".into()),
        token_type: Some("DPoP".to_owned()),
        ..LoginTokenResponseDataDto::default()
    };
    assert!(Tokens::from_sign_in(&sign_in, NOW).is_err());
}

#[test]
fn a_renewal_takes_more_parameters_and_none_of_its_own() {
    let sent = |set: TokenSet| {
        let NextStep::Renew(renewal) = set.next_step(NOW).unwrap() else {
            panic!("it is time to renew");
        };
        Ok::<_, Error>(form(&renewal.request(&app())?))
    };
    let fresh = || TokenSet::new(hour(NOW));
    assert_eq!(
        sent(fresh().with_parameter("resource", "a").with_parameter("resource", "b")).unwrap(),
        "client_id=APP_ID&grant_type=refresh_token&refresh_token=R1&resource=a&resource=b"
    );
    for own in ["refresh_token", "grant_type", "client_id", "Client_Secret"] {
        assert!(
            matches!(sent(fresh().with_parameter(own, "x")), Err(Error::Request(_))),
            "{own}"
        );
    }
}

#[test]
fn an_oauth_application_renews_at_its_own_endpoint() {
    let set = TokenSet::new(hour(NOW)).with_oauth();
    let NextStep::Renew(renewal) = set.next_step(NOW).unwrap() else {
        panic!("it is time to renew");
    };
    assert_eq!(renewal.request(&app()).unwrap().uri().path(), "/oauth/token");
}

#[test]
fn tokens_can_be_kept_and_are_not_shown() {
    let kept = serde_json::to_string(&hour(NOW)).unwrap();
    let back: Tokens = serde_json::from_str(&kept).unwrap();
    assert_eq!(serde_json::to_string(&back).unwrap(), kept);
    let shown = format!("{:?}", TokenSet::new(back));
    for secret in ["OLD", "R1", "ID1"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
