//! The tokens of one user, shared and kept fresh.
//!
//! A [`TokenSet`] is a handle: all its clones share the same tokens. Whoever asks for the access token when it is about to
//! end renews it, once for all: others who ask meanwhile wait for that. With a client that is
//! [`TokenSet::access_token`]; without I/O of its own it goes step by step, with [`TokenSet::next_step`].
//!
//! ```
//! # use std::time::Duration;
//! # use genauth_core::transport::TransportError;
//! # struct Clock;
//! # impl genauth_core::client::System for Clock {
//! #     fn now(&self) -> Duration { Duration::ZERO }
//! #     fn unix_time(&self) -> Duration { Duration::from_secs(1_700_000_000) }
//! #     fn sleep(&self, _: Duration) {}
//! #     fn random(&self, _: &mut [u8]) -> Result<(), genauth_core::Error> { Ok(()) }
//! # }
//! # let transport = |_: http::Request<Vec<u8>>| -> Result<_, TransportError> {
//! #     Ok(http::Response::new(br#"{"access_token":"NEW","expires_in":3600}"#.to_vec()))
//! # };
//! # let system = Clock;
//! use genauth_core::protocol::token_set::{TokenSet, Tokens};
//! use genauth_core::{App, AuthenticationClient};
//!
//! let client = AuthenticationClient::new(App::new("https://example.genauth.ai", "APP_ID")?, transport);
//!
//! // Tokens that were kept since yesterday.
//! let tokens = Tokens::new("OLD").with_refresh_token("REFRESH").with_expires_at(1_699_999_999);
//! let tokens = TokenSet::new(tokens);
//!
//! let user = tokens.signed_in(&client, &system)?;
//! assert_eq!(tokens.tokens().access_token.expose(), "NEW");
//! # Ok::<(), genauth_core::Error>(())
//! ```

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::{Request, Response, StatusCode};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::app::access::{Anyone, Grants, SignedIn};
use crate::client::{AuthenticationClient, System};
use crate::error::{Error, ReplyError, RequestError};
use crate::model::tokens::LoginTokenResponseDataDto;
use crate::operation::Operation;
use crate::protocol::oauth::OAUTH_EXCHANGE_TOKEN;
use crate::protocol::oidc::{
    GET_NEW_ACCESS_TOKEN_BY_REFRESH_TOKEN, GetNewAccessTokenByRefreshToken, OidcTokenResponse,
};
use crate::value::secret::Secret;

/// The tokens of one user, with the time at which they end. Serialisable, secrets included, to be kept between two runs of
/// a program.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Tokens {
    /// Access token, to call APIs with.
    pub access_token: Secret,
    /// Token to get new access tokens with; only when the scope held `offline_access`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<Secret>,
    /// ID token. After a renewal it is the newest one and unchecked: for signing out (`id_token_hint`), not for reading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token: Option<Secret>,
    /// When the access token ends, in seconds since 1970. Without it, the access token is taken for good until it is
    /// [rejected](TokenSet::reject).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<u64>,
    /// How long the access token lives from its beginning, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifetime: Option<u64>,
    /// Scopes granted to the access token, separated by blanks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

impl Tokens {
    /// With an access token and nothing else.
    pub fn new(access_token: impl Into<Secret>) -> Self {
        Self {
            access_token: access_token.into(),
            refresh_token: None,
            id_token: None,
            expires_at: None,
            lifetime: None,
            scope: None,
        }
    }

    /// Those of the token endpoint, at a time given in seconds since 1970.
    pub fn from_reply(reply: &OidcTokenResponse, now_unix: u64) -> Result<Self, Error> {
        Self::read(reply, reply.lifetime(), now_unix)
    }

    /// Those of a sign-in with credentials, at a time given in seconds since 1970.
    pub fn from_sign_in(reply: &LoginTokenResponseDataDto, now_unix: u64) -> Result<Self, Error> {
        let tokens = OidcTokenResponse {
            access_token: reply.access_token.clone(),
            refresh_token: reply.refresh_token.clone(),
            id_token: reply.id_token.clone(),
            scope: reply.scope.clone(),
            ..OidcTokenResponse::default()
        };
        Self::read(&tokens, reply.lifetime(), now_unix)
    }

    fn read(reply: &OidcTokenResponse, lifetime: Option<Duration>, now_unix: u64) -> Result<Self, Error> {
        let access_token = reply.access_token.clone().filter(|token| !token.expose().is_empty());
        let lifetime = lifetime.map(|lifetime| lifetime.as_secs());
        Ok(Self {
            access_token: access_token.ok_or_else(without_access_token)?,
            refresh_token: reply.refresh_token.clone().filter(|token| !token.expose().is_empty()),
            id_token: reply.id_token.clone(),
            expires_at: lifetime.map(|lifetime| now_unix.saturating_add(lifetime)),
            lifetime,
            scope: reply.scope.clone(),
        })
    }

    /// Sets [`refresh_token`](Self::refresh_token).
    pub fn with_refresh_token(mut self, refresh_token: impl Into<Secret>) -> Self {
        self.refresh_token = Some(refresh_token.into());
        self
    }

    /// Sets [`id_token`](Self::id_token).
    pub fn with_id_token(mut self, id_token: impl Into<Secret>) -> Self {
        self.id_token = Some(id_token.into());
        self
    }

    /// Sets [`expires_at`](Self::expires_at).
    pub fn with_expires_at(mut self, expires_at: u64) -> Self {
        self.expires_at = Some(expires_at);
        self
    }

    /// Whether the access token has not ended yet.
    pub fn is_valid(&self, now_unix: u64) -> bool {
        self.expires_at.is_none_or(|end| now_unix < end)
    }

    /// Takes the new tokens, and keeps what they do not replace: a refresh token stays good until another one comes.
    fn renew(&mut self, new: Self) {
        let old = std::mem::replace(self, new);
        self.refresh_token = self.refresh_token.take().or(old.refresh_token);
        self.id_token = self.id_token.take().or(old.id_token);
        self.scope = self.scope.take().or(old.scope);
    }
}

fn without_access_token() -> Error {
    ReplyError {
        operation: GET_NEW_ACCESS_TOKEN_BY_REFRESH_TOKEN.info().name,
        host: None,
        problem: "the answer has no access token".to_owned(),
        path: "access_token".to_owned(),
        http_status: StatusCode::OK,
        content_type: None,
        length: 0,
        excerpt: String::new(),
        request_id: None,
        retry_after: None,
        source: None,
    }
    .into()
}

/// How long a failed renewal is not tried again.
const COOL_DOWN: u64 = 10;
/// How long before its end an access token is renewed, at the most; one of a short life, a tenth of it.
const EARLY: u64 = 60;

/// The tokens of one user, shared by all clones of this handle. See the [module](self).
#[derive(Clone)]
pub struct TokenSet {
    shared: Arc<Shared>,
    early: Option<Duration>,
    oauth: bool,
}

struct Shared {
    state: Mutex<State>,
    /// Told whenever a renewal has ended.
    ended: Condvar,
}

struct State {
    tokens: Tokens,
    /// Counts the changes.
    version: u64,
    /// Somebody was told that the access token is not good, whatever its time.
    rejected: bool,
    /// Somebody is renewing.
    renewing: bool,
    failure: Option<Failure>,
}

struct Failure {
    error: Error,
    at: u64,
    /// How long it keeps others from trying; for good where the service has refused the refresh token.
    cool_down: Option<u64>,
}

/// What to do to get an access token.
#[derive(Debug)]
#[non_exhaustive]
pub enum NextStep {
    /// Use this one.
    Use(Secret),
    /// Renew it: it is yours alone to do. Send the [request](Renewal::request) and apply the [reply](Renewal::reply).
    Renew(Renewal),
    /// Somebody else is renewing it. Ask again when that has ended.
    Wait,
}

impl TokenSet {
    /// Shares these tokens.
    pub fn new(tokens: Tokens) -> Self {
        Self {
            shared: Arc::new(Shared {
                state: Mutex::new(State {
                    tokens,
                    version: 0,
                    rejected: false,
                    renewing: false,
                    failure: None,
                }),
                ended: Condvar::new(),
            }),
            early: None,
            oauth: false,
        }
    }

    /// The same tokens, renewed this long before they end: by this handle and the clones that are made of it. Otherwise it
    /// is 60 s, or a tenth of the token's life where that is shorter.
    pub fn with_early_renewal(mut self, early: Duration) -> Self {
        self.early = Some(early);
        self
    }

    /// The same tokens, of an application whose protocol is OAuth 2.0.
    pub fn with_oauth(mut self) -> Self {
        self.oauth = true;
        self
    }

    /// The tokens as they are now, for keeping.
    pub fn tokens(&self) -> Tokens {
        self.state().tokens.clone()
    }

    /// How often they have been changed: whoever keeps them outside sees by it when to do so again.
    pub fn version(&self) -> u64 {
        self.state().version
    }

    /// Replaces the tokens: the user has signed in again.
    pub fn replace(&self, tokens: Tokens) {
        let mut state = self.state();
        state.tokens = tokens;
        state.changed();
    }

    /// Says that this access token is not good, although its time may not be over: a call was answered with 401. The next
    /// who asks renews it. Has no effect where it has been renewed already.
    pub fn reject(&self, access_token: &Secret) {
        let mut state = self.state();
        if state.tokens.access_token.expose() == access_token.expose() {
            state.rejected = true;
        }
    }

    /// A good access token: the present one, or a new one where that is about to end.
    ///
    /// Of many threads that ask at once, one renews and the others wait for it. Where the renewal fails, the present token
    /// is used as long as it is good; then all of them get the error, and none tries again for ten seconds (or as long as
    /// the service asks for), or at all where the refresh token is not good any more (`invalid_grant`). Without a refresh
    /// token, the user has to sign in again.
    pub fn access_token<C: Grants<Anyone>>(
        &self,
        client: &AuthenticationClient<C>,
        system: &impl System,
    ) -> Result<Secret, Error> {
        self.fresh(system, &mut |renewal| {
            client.call(renewal.operation(), &renewal.input())
        })
    }

    /// The client of this user, with a good access token. It keeps this token: get another client for a later call.
    pub fn signed_in(
        &self,
        client: &AuthenticationClient,
        system: &impl System,
    ) -> Result<AuthenticationClient<SignedIn>, Error> {
        client.signed_in(self.access_token(client, system)?)
    }

    /// Not generic over the client, so that it is compiled once.
    fn fresh(
        &self,
        system: &dyn System,
        renew: &mut dyn FnMut(&Renewal) -> Result<OidcTokenResponse, Error>,
    ) -> Result<Secret, Error> {
        loop {
            match self.next_step(system.unix_time().as_secs())? {
                NextStep::Use(token) => return Ok(token),
                NextStep::Renew(renewal) => {
                    let reply = renew(&renewal);
                    return renewal.end(reply, system.unix_time().as_secs());
                }
                NextStep::Wait => {
                    let state = self
                        .shared
                        .ended
                        .wait_while(self.state(), |state| state.renewing)
                        .unwrap_or_else(PoisonError::into_inner);
                    drop(state);
                }
            }
        }
    }

    /// What to do to get an access token, at a time given in seconds since 1970.
    ///
    /// Fails where the present one is not good and cannot be renewed: there is no refresh token, or the last renewal has
    /// failed (see [`access_token`](Self::access_token)).
    pub fn next_step(&self, now_unix: u64) -> Result<NextStep, Error> {
        let mut state = self.state();
        if !state.is_due(self.early, now_unix) {
            return Ok(NextStep::Use(state.tokens.access_token.clone()));
        }
        if state.renewing {
            return Ok(NextStep::Wait);
        }
        let refresh_token = match (&state.failure, &state.tokens.refresh_token) {
            (Some(failure), _) if failure.holds(now_unix) => {
                return state.present(now_unix, failure.error.echo()).map(NextStep::Use);
            }
            (_, Some(token)) => token.clone(),
            (_, None) => {
                let error =
                    RequestError::new("the access token has ended and there is no refresh token: sign in again");
                return state.present(now_unix, error.into()).map(NextStep::Use);
            }
        };
        state.renewing = true;
        Ok(NextStep::Renew(Renewal {
            tokens: self.clone(),
            version: state.version,
            refresh_token,
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that runs under the lock can stop half-way.
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for TokenSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSet")
            .field("tokens", &self.tokens())
            .finish_non_exhaustive()
    }
}

impl State {
    /// Whether it is time to renew.
    fn is_due(&self, early: Option<Duration>, now: u64) -> bool {
        let early = early.map_or_else(
            || {
                self.tokens
                    .lifetime
                    .map_or(EARLY, |lifetime| (lifetime / 10).min(EARLY))
            },
            |early| early.as_secs(),
        );
        self.rejected || !self.tokens.is_valid(now.saturating_add(early))
    }

    /// The present token while it is good, else the reason why there is no other.
    fn present(&self, now: u64, error: Error) -> Result<Secret, Error> {
        if self.rejected || !self.tokens.is_valid(now) {
            return Err(error);
        }
        Ok(self.tokens.access_token.clone())
    }

    fn changed(&mut self) {
        self.version = self.version.wrapping_add(1);
        self.rejected = false;
        self.failure = None;
    }
}

impl Failure {
    /// Whether it still keeps others from trying. A clock that was set back does not make it last.
    fn holds(&self, now: u64) -> bool {
        self.cool_down
            .is_none_or(|time| (self.at..self.at.saturating_add(time)).contains(&now))
    }
}

/// A renewal that has begun. Only one is under way at a time: until this one has ended, or was dropped, others are told to
/// wait.
#[must_use = "others wait until it has ended"]
pub struct Renewal {
    tokens: TokenSet,
    /// What is renewed. Tokens that replaced it meanwhile are newer than the reply.
    version: u64,
    refresh_token: Secret,
}

impl Renewal {
    /// The request for new tokens. Send it once: a refresh token may be good for one use only.
    pub fn request(&self, app: &App) -> Result<Request<Vec<u8>>, Error> {
        self.operation().request(app, &self.input())
    }

    /// Takes the new tokens from the reply, at a time given in seconds since 1970, and gives the access token.
    ///
    /// Where the reply is an error, that is kept for the others; the present access token is given as long as it is good.
    pub fn reply<B: AsRef<[u8]>>(self, response: &Response<B>, now_unix: u64) -> Result<Secret, Error> {
        let reply = self.operation().reply(response);
        self.end(reply, now_unix)
    }

    /// Ends the renewal with the error that kept the reply from coming.
    ///
    /// The present access token is given as long as it is good.
    pub fn fail(self, error: Error, now_unix: u64) -> Result<Secret, Error> {
        self.end(Err(error), now_unix)
    }

    fn operation(&self) -> &'static Operation<GetNewAccessTokenByRefreshToken, OidcTokenResponse, Anyone> {
        const OAUTH: Operation<GetNewAccessTokenByRefreshToken, OidcTokenResponse, Anyone> =
            OAUTH_EXCHANGE_TOKEN.input_as();
        if self.tokens.oauth {
            &OAUTH
        } else {
            &GET_NEW_ACCESS_TOKEN_BY_REFRESH_TOKEN
        }
    }

    fn input(&self) -> GetNewAccessTokenByRefreshToken {
        GetNewAccessTokenByRefreshToken::new(&self.refresh_token)
    }

    fn end(self, reply: Result<OidcTokenResponse, Error>, now: u64) -> Result<Secret, Error> {
        let new = reply.and_then(|reply| Tokens::from_reply(&reply, now));
        let mut state = self.tokens.state();
        match new {
            // The user has signed in again meanwhile.
            _ if state.version != self.version => {}
            Ok(new) => {
                state.tokens.renew(new);
                state.changed();
            }
            Err(error) => {
                let void = matches!(&error, Error::OAuth(error) if error.error == "invalid_grant");
                let asked = error.retry_after().unwrap_or_default();
                state.failure = Some(Failure {
                    error: error.echo(),
                    at: now,
                    cool_down: (!void).then_some(asked.max(COOL_DOWN)),
                });
                return state.present(now, error);
            }
        }
        Ok(state.tokens.access_token.clone())
    }
}

/// However it ends, others may go on.
impl Drop for Renewal {
    fn drop(&mut self) {
        self.tokens.state().renewing = false;
        self.tokens.shared.ended.notify_all();
    }
}

impl fmt::Debug for Renewal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Renewal").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
    use std::sync::mpsc;

    use super::*;
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

    fn answer(body: &str) -> Response<Vec<u8>> {
        Response::new(body.as_bytes().to_vec())
    }

    fn client(
        send: impl Fn(Request<Vec<u8>>) -> Result<Response<Vec<u8>>, TransportError> + Send + Sync + 'static,
    ) -> AuthenticationClient {
        AuthenticationClient::new(app(), send)
    }

    /// Answers a new token each time, and counts.
    fn counting(body: &'static str) -> (AuthenticationClient, Arc<AtomicUsize>) {
        let calls = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&calls);
        let client = client(move |_| {
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
            set.early = early;
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

    #[test]
    fn a_refresh_token_stays_until_another_one_comes() {
        let set = TokenSet::new(hour(NOW));
        let renew = |set: &TokenSet, now, body: &str| {
            let NextStep::Renew(renewal) = set.next_step(now).unwrap() else {
                panic!("it is time to renew");
            };
            let request = renewal.request(&app()).unwrap();
            let form = String::from_utf8(request.into_body()).unwrap();
            (form, renewal.reply(&answer(body), now).unwrap())
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
        assert!(form.ends_with("refresh_token=R2"));
        assert_eq!(set.tokens().refresh_token.unwrap().expose(), "R2");
        assert_eq!(set.tokens().expires_at, None);
    }

    #[test]
    fn eight_threads_renew_once() {
        let set = TokenSet::new(hour(NOW));
        let (started, go) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
        let calls = Arc::new(AtomicUsize::new(0));
        let client = client({
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
            let ask = || set.access_token(&client, &Clock::new()).unwrap().expose().to_owned();
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
        let client = client({
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
            let ask = || set.access_token(&client, &clock).unwrap_err();
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
        clock.set(NOW + COOL_DOWN - 1);
        assert!(set.access_token(&client, &clock).unwrap_err().is_timeout());
        clock.set(NOW + COOL_DOWN);
        assert_eq!(set.access_token(&client, &clock).unwrap().expose(), "NEW");
        assert_eq!(calls.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn a_failure_holds_for_its_time_and_no_clock_makes_it_longer() {
        let holds = |cool_down, now| {
            let error = RequestError::new("").into();
            let failure = Failure {
                error,
                at: 100,
                cool_down,
            };
            failure.holds(now)
        };
        for (now, expected) in [(99, false), (100, true), (109, true), (110, false)] {
            assert_eq!(holds(Some(10), now), expected, "{now}");
        }
        assert!(holds(None, 0) && holds(None, u64::MAX));
    }

    #[test]
    fn a_token_that_is_good_outlives_a_failed_renewal() {
        let set = TokenSet::new(hour(NOW + 30));
        let clock = Clock::new();
        let (client, calls) = counting("<html>down</html>");
        for _ in 0..3 {
            assert_eq!(set.access_token(&client, &clock).unwrap().expose(), "OLD");
        }
        assert_eq!(calls.load(Ordering::SeqCst), 1);
        clock.set(NOW + 29);
        assert_eq!(set.access_token(&client, &clock).unwrap().expose(), "OLD");
        assert_eq!(calls.load(Ordering::SeqCst), 2);
        clock.set(NOW + 30);
        assert!(matches!(set.access_token(&client, &clock), Err(Error::Reply(_))));
        assert_eq!(calls.load(Ordering::SeqCst), 2, "it has just failed");
    }

    #[test]
    fn a_refresh_token_that_is_void_is_not_tried_again() {
        let set = TokenSet::new(hour(NOW));
        let clock = Clock::new();
        let (void, calls) = counting(r#"{"error":"invalid_grant"}"#);
        for time in [NOW, NOW + 1, NOW + 1_000_000] {
            clock.set(time);
            assert!(matches!(set.access_token(&void, &clock), Err(Error::OAuth(_))));
        }
        assert_eq!(calls.load(Ordering::SeqCst), 1);
        // Until the user signs in again.
        set.replace(hour(NOW + 1_003_600));
        assert_eq!(set.access_token(&void, &clock).unwrap().expose(), "OLD");
        clock.set(NOW + 1_003_600);
        assert!(set.access_token(&void, &clock).is_err());
        assert_eq!(calls.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn without_a_refresh_token_somebody_has_to_sign_in() {
        let set = TokenSet::new(Tokens::new("OLD").with_expires_at(NOW + 30));
        let (client, calls) = counting(RENEWED);
        let clock = Clock::new();
        assert_eq!(set.access_token(&client, &clock).unwrap().expose(), "OLD");
        clock.set(NOW + 30);
        assert!(matches!(set.access_token(&client, &clock), Err(Error::Request(_))));
        assert_eq!(calls.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn a_rejected_token_is_renewed_whatever_its_time() {
        let set = TokenSet::new(hour(NOW + 3600));
        let (client, calls) = counting(RENEWED);
        let clock = Clock::new();
        set.reject(&Secret::from("SOME_OTHER"));
        let old = set.access_token(&client, &clock).unwrap();
        assert_eq!(old.expose(), "OLD");
        set.reject(&old);
        assert_eq!(set.access_token(&client, &clock).unwrap().expose(), "NEW");
        // Somebody else's late complaint about the old one.
        set.reject(&old);
        assert_eq!(set.access_token(&client, &clock).unwrap().expose(), "NEW");
        assert_eq!(calls.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn a_renewal_that_is_given_up_lets_the_next_one_try() {
        let set = TokenSet::new(hour(NOW));
        let NextStep::Renew(renewal) = set.next_step(NOW).unwrap() else {
            panic!("it is time to renew");
        };
        let (sender, receiver) = mpsc::channel();
        let (client, _) = counting(RENEWED);
        std::thread::scope(|scope| {
            let waiting = set.clone();
            scope.spawn(move || sender.send(waiting.access_token(&client, &Clock::new()).unwrap()));
            assert!(matches!(set.next_step(NOW), Ok(NextStep::Wait)));
            drop(renewal);
            assert_eq!(receiver.recv().unwrap().expose(), "NEW");
        });
    }

    #[test]
    fn a_panic_on_the_way_lets_the_next_one_try() {
        let set = TokenSet::new(hour(NOW));
        let broken = client(|_| panic!("broken"));
        let asked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            set.access_token(&broken, &Clock::new())
        }));
        assert!(asked.is_err());
        let (client, _) = counting(RENEWED);
        assert_eq!(set.access_token(&client, &Clock::new()).unwrap().expose(), "NEW");
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
        for body in ["{}", r#"{"access_token":""}"#] {
            let set = TokenSet::new(hour(NOW));
            let (client, _) = counting(body);
            assert!(
                matches!(set.access_token(&client, &Clock::new()), Err(Error::Reply(_))),
                "{body}"
            );
        }
        assert!(Tokens::from_sign_in(&LoginTokenResponseDataDto::default(), NOW).is_err());
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
}
