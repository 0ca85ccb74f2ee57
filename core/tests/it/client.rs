//! The blocking client, with a transport and a clock that do as they are told: nothing here waits.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use genauth_core::access::SignedIn;
use genauth_core::authentication::messages::{
    CodeToCheck, EmailChannel, PreCheckCodeDto, PreCheckEmailCodeDto, SendEmailDto,
};
use genauth_core::authentication::profile::{BIND_EMAIL, BindEmailDto, GET_PROFILE, GetProfileDto};
use genauth_core::client::{RetryPolicy, System};
use genauth_core::http::header::{AUTHORIZATION, RETRY_AFTER};
use genauth_core::http::{Request, Response};
use genauth_core::transport::{Timeout, Transport, TransportError, TransportErrorKind};
use genauth_core::{App, AuthenticationClient, Error, OperationInfo, Secret, Verb};

const OK: &str = r#"{"statusCode":200,"message":"","data":{}}"#;

/// A clock that only sleeping moves on (and the transport, which takes its time).
#[derive(Default)]
struct Fake {
    now: Mutex<Duration>,
    slept: Mutex<Vec<Duration>>,
    /// What the random source gives; nothing when it fails.
    chance: Option<u8>,
    /// How much longer a sleep takes than it should.
    oversleeps: Duration,
}

impl Fake {
    fn passes(&self, time: Duration) {
        *self.now.lock().unwrap() += time;
    }

    fn slept(&self) -> Vec<u64> {
        self.slept
            .lock()
            .unwrap()
            .iter()
            .map(|time| u64::try_from(time.as_millis()).unwrap())
            .collect()
    }
}

impl System for Fake {
    fn now(&self) -> Duration {
        *self.now.lock().unwrap()
    }

    fn unix_time(&self) -> Duration {
        self.now()
    }

    fn sleep(&self, time: Duration) {
        self.slept.lock().unwrap().push(time);
        self.passes(time + self.oversleeps);
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), Error> {
        match self.chance {
            Some(chance) => bytes.fill(chance),
            None => return Err(TransportError::new(TransportErrorKind::Other, "no randomness").into()),
        }
        Ok(())
    }
}

enum Step {
    Answer(u16, &'static str),
    RetryAfter(&'static str),
    Fail(TransportErrorKind),
    /// Answers after this time.
    Slow(Duration, u16, &'static str),
}

/// A request, and the time it had.
type Seen = (Request<Vec<u8>>, Option<Duration>);

/// A transport that goes through its steps, and what it was asked.
#[derive(Default)]
struct Script {
    steps: Mutex<VecDeque<Step>>,
    seen: Mutex<Vec<Seen>>,
    system: Option<Arc<Fake>>,
}

impl Script {
    fn calls(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    fn timeouts(&self) -> Vec<Option<u64>> {
        let seen = self.seen.lock().unwrap();
        seen.iter()
            .map(|(_, timeout)| timeout.map(|time| u64::try_from(time.as_millis()).unwrap()))
            .collect()
    }
}

impl Transport for Script {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, TransportError> {
        let timeout = request.extensions().get::<Timeout>().map(|timeout| timeout.0);
        self.seen.lock().unwrap().push((request, timeout));
        let step = self
            .steps
            .lock()
            .unwrap()
            .pop_front()
            .expect("no further call was expected");
        let answer = |status: u16, body: &str| Response::builder().status(status).body(body.into()).unwrap();
        match step {
            Step::Answer(status, body) => Ok(answer(status, body)),
            Step::RetryAfter(seconds) => {
                let mut response = answer(429, r#"{"statusCode":429,"message":"slow down"}"#);
                response.headers_mut().insert(RETRY_AFTER, seconds.parse().unwrap());
                Ok(response)
            }
            Step::Fail(kind) => Err(TransportError::new(kind, "as told")),
            Step::Slow(time, status, body) => {
                self.system.as_ref().expect("a clock").passes(time);
                Ok(answer(status, body))
            }
        }
    }
}

fn app() -> App {
    App::new("https://example.genauth.ai", "app-1").unwrap()
}

struct Setup {
    client: AuthenticationClient<SignedIn>,
    script: Arc<Script>,
    system: Arc<Fake>,
}

fn setup(steps: impl IntoIterator<Item = Step>, policy: RetryPolicy, fake: Fake) -> Setup {
    let system = Arc::new(fake);
    let script = Arc::new(Script {
        steps: Mutex::new(steps.into_iter().collect()),
        system: Some(Arc::clone(&system)),
        ..Script::default()
    });
    let client = AuthenticationClient::new(app(), Arc::clone(&script))
        .with_system(Arc::clone(&system))
        .with_retry(policy)
        .signed_in("token-1")
        .unwrap();
    Setup { client, script, system }
}

/// The longest waits that chance allows: 200 ms, 400 ms, ...
fn longest() -> Fake {
    Fake {
        chance: Some(0xFF),
        ..Fake::default()
    }
}

fn check_code() -> PreCheckCodeDto {
    let payload = PreCheckEmailCodeDto::new("a@example.com", "code-1", EmailChannel::Login);
    PreCheckCodeDto::new(CodeToCheck::Email(payload))
}

#[test]
fn what_passes_is_tried_again() {
    let passing = [
        Step::RetryAfter("1"),
        Step::Answer(429, r#"{"statusCode":429,"message":""}"#),
        Step::Answer(200, r#"{"statusCode":429,"message":""}"#),
        Step::Answer(502, "<html>Bad Gateway</html>"),
        Step::Answer(503, ""),
        Step::Answer(504, r#"{"statusCode":504,"message":""}"#),
        Step::Answer(200, r#"{"statusCode":503,"message":""}"#),
        Step::Fail(TransportErrorKind::Connect),
        Step::Fail(TransportErrorKind::Timeout),
        Step::Fail(TransportErrorKind::Other),
    ];
    for step in passing {
        let Setup { client, script, system } = setup([step, Step::Answer(200, OK)], RetryPolicy::default(), longest());
        client.get_profile(&GetProfileDto::new()).unwrap();
        assert_eq!(script.calls(), 2);
        assert_eq!(system.slept().len(), 1);
        let seen = script.seen.lock().unwrap();
        assert_eq!(seen[0].0.uri(), seen[1].0.uri());
        assert_eq!(seen[0].0.headers(), seen[1].0.headers());
    }
}

#[test]
fn what_stays_wrong_is_not_tried_again() {
    for step in [
        Step::Answer(200, r#"{"statusCode":400,"message":""}"#),
        Step::Answer(401, r#"{"statusCode":401,"message":""}"#),
        Step::Answer(404, r#"{"statusCode":404,"message":""}"#),
        Step::Answer(500, r#"{"statusCode":500,"message":""}"#),
        Step::Answer(200, r#"{"statusCode":200,"data":7}"#),
        Step::Answer(200, "<html></html>"),
        Step::Answer(200, ""),
        Step::Fail(TransportErrorKind::Tls),
        Step::Fail(TransportErrorKind::BodyTooLarge),
        Step::Fail(TransportErrorKind::Cancelled),
    ] {
        let Setup { client, script, system } = setup([step], RetryPolicy::default(), longest());
        client.get_profile(&GetProfileDto::new()).unwrap_err();
        assert_eq!((script.calls(), system.slept().len()), (1, 0));
    }
}

#[test]
fn only_what_does_no_harm_is_repeated() {
    let failing = || [Step::Answer(503, "")];
    // A POST that changes something, and one that sends a message.
    let Setup { client, script, .. } = setup(failing(), RetryPolicy::default(), longest());
    client
        .bind_email(&BindEmailDto::new("a@example.com", "code-1"))
        .unwrap_err();
    assert_eq!(script.calls(), 1);
    let Setup { client, script, .. } = setup(failing(), RetryPolicy::default(), longest());
    client
        .send_email(&SendEmailDto::new("a@example.com", EmailChannel::Login))
        .unwrap_err();
    assert_eq!(script.calls(), 1);
    // A POST that only looks, with its body each time.
    let steps = [
        Step::Answer(503, ""),
        Step::Fail(TransportErrorKind::Other),
        Step::Answer(200, OK),
    ];
    let Setup { client, script, .. } = setup(steps, RetryPolicy::default(), longest());
    client.pre_check_code(&check_code()).unwrap();
    assert_eq!(script.calls(), 3);
    let seen = script.seen.lock().unwrap();
    assert!(!seen[0].0.body().is_empty());
    assert!(seen.iter().all(|(request, _)| request.body() == seen[0].0.body()));
}

#[test]
fn no_message_no_sign_in_and_no_change_is_marked_repeatable() {
    // Everything that is repeated although it is no GET. Whoever adds one has thought about it.
    let looks_only = [
        "checkAppIdSecret",
        "checkPermissionByArrayResource",
        "checkPermissionByStringResource",
        "checkPermissionByTreeResource",
        "checkValidCredentialsByCredIds",
        "getPushLoginRelationApps",
        "getUserAuthResourcePermissionList",
        "getUserAuthResourceStruct",
        "getWechatMpAccessTokenInfo",
        "listCredentialsByPage",
        "preCheckCode",
        "validatePassword",
        "verifyMfaToken",
        // What a token is worth, whose it is, and that it is worth nothing any more.
        "introspectToken",
        "oauthIntrospectToken",
        "oauthRevokeToken",
        "oauthUserInfoPost",
        "revokeToken",
        "userInfoPost",
    ];
    // A GET that hands out something once.
    let once = [
        "signInByExtIdp",
        "linkExtIdp",
        "casValidateV1",
        "casValidateV2",
        "validateTicketV1",
        "validateTicketV2",
    ];
    for info in genauth_core::all_operations() {
        let (client, name) = info.name.split_once('.').unwrap();
        if client != "AuthenticationClient" {
            continue;
        }
        let expected = if info.verb == Verb::Get {
            !once.contains(&name)
        } else {
            looks_only.contains(&name)
        };
        assert_eq!(info.repeatable, expected, "{name}");
    }
}

#[test]
fn without_a_policy_each_call_is_made_once() {
    let script = Arc::new(Script::default());
    script.steps.lock().unwrap().push_back(Step::Answer(503, ""));
    let client = AuthenticationClient::new(app(), Arc::clone(&script))
        .signed_in("token-1")
        .unwrap();
    client.get_profile(&GetProfileDto::new()).unwrap_err();
    assert_eq!(script.timeouts(), [None]);
}

#[test]
fn attempts_are_counted() {
    let failing = || std::iter::repeat_with(|| Step::Answer(503, "")).take(20);
    for (policy, calls) in [
        (RetryPolicy::default(), 3),
        (RetryPolicy::default().with_attempts(0), 1),
        (RetryPolicy::default().with_attempts(1), 1),
        (RetryPolicy::default().with_attempts(2), 2),
        (RetryPolicy::default().with_attempts(7), 7),
    ] {
        let Setup { client, script, system } = setup(failing(), policy, longest());
        let error = client.get_profile(&GetProfileDto::new()).unwrap_err();
        assert_eq!(error.http_status().unwrap(), 503, "the last failure is the answer");
        assert_eq!(script.calls(), calls);
        assert_eq!(system.slept().len(), calls - 1);
    }
}

#[test]
fn waits_double_up_to_the_longest_and_chance_shortens_them_by_half_at_most() {
    let policy = RetryPolicy::default()
        .with_attempts(8)
        .with_first_wait(Duration::from_millis(100))
        .with_longest_wait(Duration::from_millis(1_000));
    let failing = || std::iter::repeat_with(|| Step::Answer(503, "")).take(8);
    for (chance, expected) in [
        (Some(0xFF), vec![100, 200, 400, 800, 1_000, 1_000, 1_000]),
        (Some(0), vec![50, 100, 200, 400, 500, 500, 500]),
        // Without randomness as short as chance could make it.
        (None, vec![50, 100, 200, 400, 500, 500, 500]),
    ] {
        let Setup { client, system, .. } = setup(
            failing(),
            policy,
            Fake {
                chance,
                ..Fake::default()
            },
        );
        client.get_profile(&GetProfileDto::new()).unwrap_err();
        assert_eq!(system.slept(), expected);
    }
    for chance in 0..=0xFF {
        let Setup { client, system, .. } = setup(
            failing(),
            policy,
            Fake {
                chance: Some(chance),
                ..Fake::default()
            },
        );
        client.get_profile(&GetProfileDto::new()).unwrap_err();
        assert!(
            (50..=100).contains(&system.slept()[0]),
            "{chance}: {:?}",
            system.slept()
        );
    }
}

#[test]
fn no_policy_overflows() {
    let failing = || std::iter::repeat_with(|| Step::Answer(503, "")).take(50);
    let endless = RetryPolicy::default()
        .with_attempts(50)
        .with_first_wait(Duration::MAX)
        .with_longest_wait(Duration::MAX);
    struct Numb;
    impl System for Numb {
        fn now(&self) -> Duration {
            Duration::ZERO
        }
        fn unix_time(&self) -> Duration {
            Duration::ZERO
        }
        fn sleep(&self, _: Duration) {}
        fn random(&self, bytes: &mut [u8]) -> Result<(), Error> {
            bytes.fill(0xFF);
            Ok(())
        }
    }
    let script = Arc::new(Script {
        steps: Mutex::new(failing().collect()),
        ..Script::default()
    });
    let client = AuthenticationClient::new(app(), Arc::clone(&script))
        .with_system(Numb)
        .with_retry(endless)
        .signed_in("t")
        .unwrap();
    client.get_profile(&GetProfileDto::new()).unwrap_err();
    assert_eq!(script.calls(), 50);
    // A clock that ends at the end of time.
    let Setup { client, system, .. } = setup(
        [Step::Answer(503, ""), Step::Answer(200, OK)],
        RetryPolicy::default(),
        longest(),
    );
    system.passes(Duration::MAX.saturating_sub(Duration::from_secs(1)));
    client
        .with_timeout(Duration::MAX)
        .get_profile(&GetProfileDto::new())
        .unwrap();
}

#[test]
fn the_service_may_ask_for_more_time() {
    // More than the back-off: as long as it asks. Less: as long as the back-off.
    for (asked, slept) in [("1", 1_000), ("30", 30_000), ("0", 200)] {
        let steps = [Step::RetryAfter(asked), Step::Answer(200, OK)];
        let Setup { client, system, .. } = setup(steps, RetryPolicy::default(), longest());
        client.get_profile(&GetProfileDto::new()).unwrap();
        assert_eq!(system.slept(), [slept], "{asked}");
    }
    // Longer than anybody waits: the error comes back at once, and says how long.
    for asked in ["31", "3600", "18446744073709551615"] {
        let Setup { client, script, system } = setup([Step::RetryAfter(asked)], RetryPolicy::default(), longest());
        let error = client.get_profile(&GetProfileDto::new()).unwrap_err();
        assert!(error.is_rate_limited());
        assert_eq!(error.retry_after(), asked.parse().ok());
        assert_eq!((script.calls(), system.slept().len()), (1, 0));
    }
}

#[test]
fn the_time_is_for_all_attempts_together() {
    let slow = || Step::Slow(Duration::from_millis(300), 503, "");
    let Setup { client, script, system } = setup([slow(), slow(), slow()], RetryPolicy::default(), longest());
    let client = client.with_timeout(Duration::from_millis(1_000));
    client.get_profile(&GetProfileDto::new()).unwrap_err();
    // 1000, then 300 + 200 later; the next wait of 400 would end at 1200.
    assert_eq!(script.timeouts(), [Some(1_000), Some(500)]);
    assert_eq!(system.slept(), [200]);

    let Setup { client, script, .. } = setup([slow(), slow(), slow()], RetryPolicy::default(), longest());
    let client = client.with_timeout(Duration::from_millis(5_000));
    client.get_profile(&GetProfileDto::new()).unwrap_err();
    assert_eq!(script.timeouts(), [Some(5_000), Some(4_500), Some(3_800)]);

    // `Retry-After` beyond the end: the error at once.
    let Setup { client, script, system } = setup([Step::RetryAfter("2")], RetryPolicy::default(), longest());
    let error = client
        .with_timeout(Duration::from_secs(2))
        .get_profile(&GetProfileDto::new())
        .unwrap_err();
    assert!(error.is_rate_limited());
    assert_eq!((script.calls(), system.slept().len()), (1, 0));
}

#[test]
fn a_sleep_that_takes_too_long_does_not_hide_what_happened() {
    let fake = Fake {
        chance: Some(0xFF),
        oversleeps: Duration::from_secs(60),
        ..Fake::default()
    };
    let steps = [Step::Fail(TransportErrorKind::Other)];
    let Setup { client, script, .. } = setup(steps, RetryPolicy::default(), fake);
    let error = client
        .with_timeout(Duration::from_secs(5))
        .get_profile(&GetProfileDto::new())
        .unwrap_err();
    assert_eq!(script.calls(), 1);
    // A request was sent, so it must not look as if none had been.
    assert!(error.may_have_taken_effect(), "{error}");
}

#[test]
fn a_timeout_travels_with_the_request() {
    let Setup { client, script, .. } = setup([Step::Answer(200, OK)], RetryPolicy::default(), longest());
    client
        .with_timeout(Duration::from_secs(7))
        .bind_email(&BindEmailDto::new("a@example.com", "code-1"))
        .unwrap();
    assert_eq!(script.timeouts(), [Some(7_000)]);

    let script = Arc::new(Script {
        steps: Mutex::new([Step::Answer(200, OK)].into()),
        ..Script::default()
    });
    let client = AuthenticationClient::new(app(), Arc::clone(&script)).with_timeout(Duration::from_secs(3));
    client
        .send_email(&SendEmailDto::new("a@example.com", EmailChannel::Login))
        .unwrap();
    assert_eq!(script.timeouts(), [Some(3_000)]);

    // No time at all: nothing is sent.
    let Setup { client, script, .. } = setup([], RetryPolicy::default(), longest());
    let error = client
        .with_timeout(Duration::ZERO)
        .get_profile(&GetProfileDto::new())
        .unwrap_err();
    assert!(!error.may_have_taken_effect());
    assert_eq!(script.calls(), 0);
}

#[test]
fn settings_make_another_client() {
    let Setup { client, script, .. } = setup(
        [Step::Answer(200, OK), Step::Answer(200, OK)],
        RetryPolicy::default(),
        longest(),
    );
    let hasty = client.with_timeout(Duration::from_secs(1));
    client.get_profile(&GetProfileDto::new()).unwrap();
    hasty.get_profile(&GetProfileDto::new()).unwrap();
    assert_eq!(script.timeouts(), [None, Some(1_000)]);
}

#[test]
fn the_request_carries_what_is_called() {
    let Setup { client, script, .. } = setup([Step::Answer(200, OK)], RetryPolicy::default(), longest());
    let reply = client.call_for_reply(&GET_PROFILE, &GetProfileDto::new()).unwrap();
    assert_eq!(reply.status_code, Some(200));
    let seen = script.seen.lock().unwrap();
    let info: &OperationInfo = seen[0].0.extensions().get().unwrap();
    assert_eq!(info.name, "AuthenticationClient.getProfile");
    assert!(seen[0].0.headers()[AUTHORIZATION].is_sensitive());
}

/// Answers a request with the token it came with.
fn echo(request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
    let token = request.headers()[AUTHORIZATION]
        .to_str()
        .unwrap()
        .trim_start_matches("Bearer ");
    let body = serde_json::json!({"statusCode": 200, "message": "", "data": {"userId": token}});
    Response::new(body.to_string().into_bytes())
}

#[test]
fn two_users_never_swap_tokens() {
    const THREADS: usize = 8;
    const CALLS: usize = 250;
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let client = AuthenticationClient::new(app(), move |request: Request<Vec<u8>>| {
        counter.fetch_add(1, Ordering::Relaxed);
        Ok(echo(&request))
    });
    let users = ["token-of-ann", "token-of-bob"].map(|token| (token, client.signed_in(token).unwrap()));
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (users, client) = (&users, &client);
            scope.spawn(move || {
                for call in 0..CALLS {
                    let (token, user) = &users[(thread + call) % 2];
                    let shared = user.get_profile(&GetProfileDto::new()).unwrap();
                    assert_eq!(shared.user_id.as_deref(), Some(*token));
                    let own = client.signed_in(*token).unwrap().clone();
                    let own = own
                        .with_timeout(Duration::from_secs(1))
                        .get_profile(&GetProfileDto::new())
                        .unwrap();
                    assert_eq!(own.user_id.as_deref(), Some(*token));
                }
            });
        }
    });
    assert_eq!(calls.load(Ordering::Relaxed), THREADS * CALLS * 2);
}

#[test]
fn everything_can_be_shared_and_stored() {
    fn shared<T: Send + Sync + 'static>() {}
    fn cloned<T: Clone>() {}
    shared::<App>();
    shared::<SignedIn>();
    shared::<AuthenticationClient>();
    shared::<AuthenticationClient<SignedIn>>();
    shared::<Error>();
    shared::<Secret>();
    shared::<TransportError>();
    shared::<Arc<dyn Transport>>();
    shared::<Arc<dyn System>>();
    shared::<genauth_core::Operation<BindEmailDto, (), genauth_core::access::User>>();
    cloned::<App>();
    cloned::<SignedIn>();
    cloned::<AuthenticationClient>();
    cloned::<AuthenticationClient<SignedIn>>();
    cloned::<Secret>();

    // No type parameter comes up where a client is stored.
    struct Service {
        client: AuthenticationClient,
        user: Option<AuthenticationClient<SignedIn>>,
    }
    let boxed: Arc<dyn Transport> = Arc::new(|request: Request<Vec<u8>>| Ok(echo(&request)));
    let mut service = Service {
        client: AuthenticationClient::new(app(), boxed),
        user: None,
    };
    service.user = Some(service.client.signed_in("token-1").unwrap());
    let user = service.user.as_ref().unwrap();
    assert_eq!(
        user.get_profile(&GetProfileDto::new()).unwrap().user_id.as_deref(),
        Some("token-1")
    );
    assert_eq!(user.app().id(), service.client.app().id());
}

#[test]
fn a_token_that_is_none_is_refused() {
    for token in ["", "a\nb", "a\r\nx-admin: 1", "a\0b", "\u{7f}"] {
        let error = app().signed_in(token).unwrap_err();
        assert!(matches!(error, Error::Request(_)), "{token:?}");
        assert!(token.is_empty() || !error.to_string().contains(token), "{error}");
    }
    app().signed_in("\u{e9} any text").unwrap();
}

#[test]
fn an_answer_may_have_other_types() {
    #[derive(serde::Deserialize)]
    struct Mine {
        #[serde(rename = "userId")]
        id: String,
    }
    let client = AuthenticationClient::new(app(), |request: Request<Vec<u8>>| Ok(echo(&request)));
    let user = client.signed_in("token-1").unwrap();
    let mine = user
        .call(&GET_PROFILE.reply_as::<Mine>(), &GetProfileDto::new())
        .unwrap();
    assert_eq!(mine.id, "token-1");
    let raw = user
        .call(&GET_PROFILE.reply_as::<serde_json::Value>(), &GetProfileDto::new())
        .unwrap();
    assert_eq!(raw, serde_json::json!({"userId": "token-1"}));
    let input = serde_json::json!({"email": "a@example.com", "passCode": "code-1", "more": true});
    let request = BIND_EMAIL
        .input_as::<serde_json::Value>()
        .request(user.caller(), &input)
        .unwrap();
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(request.body()).unwrap(),
        input
    );
}
