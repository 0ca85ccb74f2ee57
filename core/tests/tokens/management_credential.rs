//! The management token: kept, renewed early, once for all threads, and again when it is refused.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use genauth_core::client::System;
use genauth_core::protocol::management_token::{ManagementCredential, ManagementToken, NextStep};
use genauth_core::transport::{TransportError, TransportErrorKind};
use genauth_core::{App, AuthenticationClient, Error, Operation, Verb};
use serde_json::{Value, json};

use crate::support::{Clock, Counting, base64url};

/// A service that hands out numbered tokens for the right key, and can be down.
#[derive(Clone, Default)]
struct Service(Arc<State>);

#[derive(Default)]
struct State {
    asked: AtomicUsize,
    down: AtomicBool,
    lifetime: Mutex<Value>,
    bodies: Mutex<Vec<String>>,
}

impl Service {
    fn asked(&self) -> usize {
        self.0.asked.load(Ordering::SeqCst)
    }

    fn go_down(&self, down: bool) {
        self.0.down.store(down, Ordering::SeqCst);
    }

    fn client(&self, clock: &Clock) -> AuthenticationClient {
        let service = self.clone();
        AuthenticationClient::new(app(), move |request: http::Request<Vec<u8>>| service.answer(&request))
            .with_system(clock.clone())
    }

    fn answer(&self, request: &http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, TransportError> {
        let state = &*self.0;
        let number = state.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let body = String::from_utf8(request.body().clone()).unwrap();
        state.bodies.lock().unwrap().push(body);
        if state.down.load(Ordering::SeqCst) {
            return Err(TransportError::new(TransportErrorKind::Connect, "down"));
        }
        let claims = json!({ "scoped_userpool_id": "POOL", "number": number }).to_string();
        let body = json!({
            "statusCode": 200,
            "message": "",
            "data": {
                "access_token": format!("{}.{}.x", base64url(b"{}"), base64url(claims.as_bytes())),
                "expires_in": *state.lifetime.lock().unwrap(),
            },
        });
        Ok(http::Response::new(body.to_string().into_bytes()))
    }
}

fn app() -> App {
    App::without_id("https://api.genauth.ai").unwrap()
}

struct Setup {
    service: Service,
    clock: Clock,
    client: AuthenticationClient,
    credential: ManagementCredential,
}

fn setup(lifetime: Value) -> Setup {
    let service = Service::default();
    *service.0.lifetime.lock().unwrap() = lifetime;
    let clock = Clock::default();
    Setup {
        client: service.client(&clock),
        service,
        clock,
        credential: ManagementCredential::new("KEY", "S3CRET"),
    }
}

impl Setup {
    fn token(&self) -> Result<String, Error> {
        let token = self.credential.token(&self.client)?;
        Ok(token.secret().expose().to_owned())
    }
}

#[test]
fn the_token_is_kept_and_names_the_user_pool() {
    let it = setup(json!(7200));
    let token = it.credential.token(&it.client).unwrap();
    assert_eq!(token.user_pool_id(), Some("POOL"));
    for _ in 0..5 {
        assert_eq!(it.token().unwrap(), token.secret().expose());
    }
    assert_eq!(it.service.asked(), 1);
    let sent: Value = serde_json::from_str(&it.service.0.bodies.lock().unwrap()[0]).unwrap();
    assert_eq!(sent, json!({ "accessKeyId": "KEY", "accessKeySecret": "S3CRET" }));
}

#[test]
fn it_is_renewed_before_it_ends() {
    for (lifetime, life) in [(json!(7200), 6600), (json!(100), 90), (Value::Null, 6600)] {
        let it = setup(lifetime);
        let first = it.token().unwrap();
        it.clock.advance(life - 1);
        assert_eq!(it.token().unwrap(), first);
        it.clock.advance(1);
        assert_ne!(it.token().unwrap(), first);
        assert_eq!(it.service.asked(), 2);
    }
}

#[test]
fn while_it_cannot_be_renewed_it_is_used_to_its_end() {
    let it = setup(json!(7200));
    let first = it.token().unwrap();
    it.service.go_down(true);
    it.clock.advance(6600);
    for _ in 0..5 {
        assert_eq!(it.token().unwrap(), first);
    }
    assert_eq!(it.service.asked(), 2);
    it.clock.advance(10);
    assert_eq!(it.token().unwrap(), first);
    assert_eq!(it.service.asked(), 3);
    it.clock.advance(590);
    assert!(matches!(it.token(), Err(Error::Transport(_))));
    it.service.go_down(false);
    it.clock.advance(10);
    assert_ne!(it.token().unwrap(), first);
}

#[test]
fn a_refused_token_is_renewed_once() {
    let call = Operation::<(), (), genauth_core::access::Anyone>::new("x", Verb::Get, "/x");
    let refusals = [
        http::Response::builder().status(401).body("{}".to_owned()).unwrap(),
        http::Response::new(r#"{"statusCode":401,"message":""}"#.to_owned()),
        http::Response::new(r#"{"statusCode":403,"apiCode":2020,"message":""}"#.to_owned()),
    ];
    for refusal in refusals {
        let it = setup(json!(7200));
        let first = it.token().unwrap();
        let mut seen = Vec::new();
        let result = it.credential.with_token(&it.client, |token| {
            let token = token.secret().expose().to_owned();
            let is_first = token == first;
            seen.push(token);
            if is_first { call.reply(&refusal) } else { Ok(()) }
        });
        result.unwrap();
        assert_eq!(seen.len(), 2);
        assert_eq!(it.service.asked(), 2);
        // And not again and again.
        let mut calls = 0;
        let result = it.credential.with_token(&it.client, |_| {
            calls += 1;
            call.reply(&refusal)
        });
        let error = result.unwrap_err();
        assert!(ManagementCredential::is_refused(&error));
        assert!(error.to_string().contains("access key `KEY`"), "{error}");
        assert_eq!((calls, it.service.asked()), (2, 3));
    }
    // Another failure is not the token's.
    let it = setup(json!(7200));
    let mut calls = 0;
    let result = it.credential.with_token(&it.client, |_| {
        calls += 1;
        call.reply(&http::Response::new(r#"{"statusCode":404,"message":""}"#))
    });
    assert!(result.unwrap_err().is_not_found());
    assert_eq!((calls, it.service.asked()), (1, 1));
}

#[test]
fn rejecting_an_old_token_changes_nothing() {
    let it = setup(json!(7200));
    let first = it.credential.token(&it.client).unwrap();
    it.credential.reject(&first);
    let second = it.token().unwrap();
    it.credential.reject(&first);
    assert_eq!(it.token().unwrap(), second);
    assert_eq!(it.service.asked(), 2);
}

#[test]
fn step_by_step_one_renews_and_others_wait() {
    let credential = ManagementCredential::new("KEY", "S3CRET");
    let renewal = |now| match credential.next_step(now).unwrap() {
        NextStep::Renew(renewal) => renewal,
        other => panic!("at {now}: {other:?}"),
    };
    let given_up = renewal(1);
    assert!(matches!(credential.clone().next_step(1), Ok(NextStep::Wait)));
    // One that is given up lets others go on.
    drop(given_up);
    let first = renewal(1);
    assert_eq!(
        first.request(&app()).unwrap().uri(),
        "https://api.genauth.ai/api/v3/get-management-token"
    );
    let answer = r#"{"statusCode":200,"data":{"access_token":"T1","expires_in":200}}"#;
    // The answer took five seconds, which are part of the token's life.
    let token = first.reply(&http::Response::new(answer), 6).unwrap();
    assert_eq!((token.secret().expose(), token.user_pool_id()), ("T1", None));
    assert!(matches!(credential.next_step(180), Ok(NextStep::Use(_))));
    let early = renewal(181);
    assert!(
        matches!(credential.next_step(181), Ok(NextStep::Use(_))),
        "the others go on with what is good"
    );
    let down = || TransportError::new(TransportErrorKind::Connect, "down").into();
    early.fail(down(), 181).unwrap();
    assert!(matches!(credential.next_step(190), Ok(NextStep::Use(_))));
    // A slow one fails after the end of the token: that is not handed out.
    renewal(191).fail(down(), 201).unwrap_err();
    credential.next_step(210).unwrap_err();
    drop(renewal(211));
}

#[test]
fn the_token_endpoint_is_not_asked_before_its_cool_down_is_over() {
    let it = setup(json!(7200));
    it.service.go_down(true);
    for _ in 0..100 {
        it.token().unwrap_err();
    }
    it.clock.advance(9);
    it.token().unwrap_err();
    assert_eq!(it.service.asked(), 1);
    it.clock.advance(1);
    it.token().unwrap_err();
    assert_eq!(it.service.asked(), 2);

    // Or for as long as it says.
    let credential = ManagementCredential::new("KEY", "S3CRET");
    let Ok(NextStep::Renew(renewal)) = credential.next_step(1000) else {
        panic!()
    };
    let busy = http::Response::builder().status(429).header("retry-after", "60");
    let error = renewal.reply(&busy.body(r#"{"statusCode":429,"message":""}"#).unwrap(), 1000);
    assert!(error.unwrap_err().to_string().contains("getManagementToken"));
    credential.next_step(1059).unwrap_err();
    assert!(matches!(credential.next_step(1060), Ok(NextStep::Renew(_))));
}

#[test]
fn one_credential_serves_clients_with_clocks_of_their_own() {
    let service = Service::default();
    *service.0.lifetime.lock().unwrap() = json!(100);
    let credential = ManagementCredential::new("KEY", "S3CRET");
    let time = Clock::default();
    let mut seen = Vec::new();
    for _ in 0..3 {
        // A clock that has just started, at the time of day.
        let client = service.client(&time).with_system(Fresh(time.clone()));
        seen.push(credential.token(&client).unwrap().secret().expose().to_owned());
        time.advance(91);
    }
    assert_eq!(service.asked(), 3, "{seen:?}");
}

/// A clock whose own time has just begun, as that of a new client.
struct Fresh(Clock);

impl System for Fresh {
    fn now(&self) -> Duration {
        Duration::ZERO
    }

    fn unix_time(&self) -> Duration {
        self.0.unix_time()
    }

    fn sleep(&self, _: Duration) {}

    fn random(&self, _: &mut [u8]) -> Result<(), Error> {
        Ok(())
    }
}

#[test]
fn lives_that_are_none_do_not_last_and_do_not_hammer() {
    for (lifetime, asked) in [(json!(-5), 11), (json!(0), 11), (json!(i64::MAX), 1)] {
        let it = setup(lifetime.clone());
        for _ in 0..10 {
            it.token().unwrap();
            it.token().unwrap();
            it.clock.advance(1);
        }
        it.token().unwrap();
        assert_eq!(it.service.asked(), asked, "{lifetime}");
    }
}

#[test]
fn a_token_of_somebody_else_is_taken_as_it_is() {
    let claims = base64url(json!({ "scoped_userpool_id": "POOL" }).to_string().as_bytes());
    let token = ManagementToken::new(format!("e30.{claims}.x"));
    assert_eq!(token.user_pool_id(), Some("POOL"));
    let opaque = ManagementToken::new("opaque");
    assert_eq!(opaque.user_pool_id(), None);
    assert_eq!(opaque.with_user_pool_id("OTHER").user_pool_id(), Some("OTHER"));
}

#[test]
fn an_answer_without_a_token_is_an_error() {
    for (answer, what) in [
        (r#"{"statusCode":200,"data":{}}"#, "reply"),
        (r#"{"statusCode":200}"#, "reply"),
        (r#"{"statusCode":200,"data":{"access_token":null}}"#, "reply"),
        (r#"{"statusCode":403,"message":"no"}"#, "api"),
        ("<html>", "reply"),
    ] {
        let credential = ManagementCredential::new("KEY", "S3CRET");
        let Ok(NextStep::Renew(renewal)) = credential.next_step(0) else {
            panic!()
        };
        let error = renewal.reply(&http::Response::new(answer), 0).unwrap_err();
        assert!(error.to_string().contains("getManagementToken"), "{error}");
        let found = match error {
            Error::Reply(_) => "reply",
            Error::Api(_) => "api",
            _ => "other",
        };
        assert_eq!(found, what, "{answer}");
    }
}

#[test]
fn many_threads_ask_once() {
    let service = Service::default();
    let credential = ManagementCredential::new("KEY", "S3CRET");
    let looks = Arc::new(AtomicUsize::new(0));
    let clock = Counting(Arc::clone(&looks));
    let answering = service.clone();
    let client = AuthenticationClient::new(app(), move |request: http::Request<Vec<u8>>| {
        // Until eight have looked at the clock.
        while looks.load(Ordering::SeqCst) < 8 {
            std::thread::yield_now();
        }
        answering.answer(&request)
    })
    .with_system(clock);
    let tokens: Vec<String> = std::thread::scope(|scope| {
        let wanted = || credential.token(&client).unwrap().secret().expose().to_owned();
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(wanted)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(tokens.iter().all(|token| *token == tokens[0]));
    assert_eq!(service.asked(), 1);
}

#[test]
fn nothing_shows_the_secret() {
    let it = setup(json!(7200));
    let token = it.credential.token(&it.client).unwrap();
    for shown in [format!("{:?}", it.credential), format!("{token:?}")] {
        assert!(
            !shown.contains("S3CRET") && !shown.contains(token.secret().expose()),
            "{shown}"
        );
    }
}
