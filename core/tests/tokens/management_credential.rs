//! The management token: kept, renewed early, once for all threads, and again when it is refused.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use genauth_core::protocol::management_token::{ManagementCredential, NextStep};
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

    fn client(&self) -> AuthenticationClient {
        let service = self.clone();
        AuthenticationClient::new(app(), move |request: http::Request<Vec<u8>>| service.answer(&request))
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
    App::new("https://api.genauth.ai", "").unwrap()
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
    Setup {
        client: service.client(),
        service,
        clock: Clock::default(),
        credential: ManagementCredential::new("KEY", "S3CRET"),
    }
}

impl Setup {
    fn token(&self) -> Result<String, Error> {
        let token = self.credential.token(&self.client, &self.clock)?;
        Ok(token.secret().expose().to_owned())
    }
}

#[test]
fn the_token_is_kept_and_names_the_user_pool() {
    let it = setup(json!(7200));
    let token = it.credential.token(&it.client, &it.clock).unwrap();
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
    assert_ne!(it.token().unwrap(), first);
}

#[test]
fn a_refused_token_is_renewed_once() {
    let call = Operation::<(), (), genauth_core::access::Public>::new("x", Verb::Get, "/x");
    let refusals = [
        http::Response::builder().status(401).body("{}".to_owned()).unwrap(),
        http::Response::new(r#"{"statusCode":401,"message":""}"#.to_owned()),
        http::Response::new(r#"{"statusCode":403,"apiCode":2020,"message":""}"#.to_owned()),
    ];
    for refusal in refusals {
        let it = setup(json!(7200));
        let first = it.token().unwrap();
        let mut seen = Vec::new();
        let result = it.credential.with_token(&it.client, &it.clock, |token| {
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
        let result = it.credential.with_token(&it.client, &it.clock, |_| {
            calls += 1;
            call.reply(&refusal)
        });
        assert!(ManagementCredential::is_refused(&result.unwrap_err()));
        assert_eq!((calls, it.service.asked()), (2, 3));
    }
    // Another failure is not the token's.
    let it = setup(json!(7200));
    let mut calls = 0;
    let result = it.credential.with_token(&it.client, &it.clock, |_| {
        calls += 1;
        call.reply(&http::Response::new(r#"{"statusCode":404,"message":""}"#))
    });
    assert!(result.unwrap_err().is_not_found());
    assert_eq!((calls, it.service.asked()), (1, 1));
}

#[test]
fn rejecting_an_old_token_changes_nothing() {
    let it = setup(json!(7200));
    let first = it.credential.token(&it.client, &it.clock).unwrap();
    it.credential.reject(&first);
    let second = it.token().unwrap();
    it.credential.reject(&first);
    assert_eq!(it.token().unwrap(), second);
    assert_eq!(it.service.asked(), 2);
}

#[test]
fn step_by_step_one_renews_and_others_wait() {
    let credential = ManagementCredential::new("KEY", "S3CRET");
    let now = Duration::from_secs(1);
    let NextStep::Renew(renewal) = credential.next_step(now) else {
        panic!()
    };
    assert!(matches!(credential.clone().next_step(now), NextStep::Wait));
    // One that is given up lets others go on.
    drop(renewal);
    let NextStep::Renew(renewal) = credential.next_step(now) else {
        panic!()
    };
    assert_eq!(
        renewal.request(&app()).unwrap().uri(),
        "https://api.genauth.ai/api/v3/get-management-token"
    );
    let answer = r#"{"statusCode":200,"data":{"access_token":"T1","expires_in":100}}"#;
    let token = renewal.reply(&http::Response::new(answer), now).unwrap();
    assert_eq!((token.secret().expose(), token.user_pool_id()), ("T1", None));
    assert!(matches!(
        credential.next_step(Duration::from_secs(90)),
        NextStep::Use(_)
    ));
    let NextStep::Renew(renewal) = credential.next_step(Duration::from_secs(91)) else {
        panic!()
    };
    let down = || TransportError::new(TransportErrorKind::Connect, "down").into();
    renewal.fail(down(), Duration::from_secs(91)).unwrap();
    let NextStep::Renew(renewal) = credential.next_step(Duration::from_secs(101)) else {
        panic!()
    };
    renewal.fail(down(), Duration::from_secs(101)).unwrap_err();
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
        let NextStep::Renew(renewal) = credential.next_step(Duration::ZERO) else {
            panic!()
        };
        let error = renewal.reply(&http::Response::new(answer), Duration::ZERO).unwrap_err();
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
        // Eight look what to do, and the one who asks looks again for when that was.
        while looks.load(Ordering::SeqCst) < 9 {
            std::thread::yield_now();
        }
        answering.answer(&request)
    });
    let tokens: Vec<String> = std::thread::scope(|scope| {
        let wanted = || credential.token(&client, &clock).unwrap().secret().expose().to_owned();
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(wanted)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(tokens.iter().all(|token| *token == tokens[0]));
    assert_eq!(service.asked(), 1);
}

#[test]
fn nothing_shows_the_secret() {
    let it = setup(json!(7200));
    let token = it.credential.token(&it.client, &it.clock).unwrap();
    for shown in [format!("{:?}", it.credential), format!("{token:?}")] {
        assert!(
            !shown.contains("S3CRET") && !shown.contains(token.secret().expose()),
            "{shown}"
        );
    }
}
