//! The credential of the management API: an access key that is exchanged for a token, shared and kept fresh.
//!
//! A [`ManagementCredential`] is a handle: all its clones share the same token. Whoever asks for it when it is about to end
//! renews it, once for all: others who ask meanwhile wait for that. With a client that is
//! [`ManagementCredential::token`]; without I/O of its own it goes step by step, with [`ManagementCredential::next_step`].
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
//! #     let body = r#"{"statusCode":200,"data":{"access_token":"e30.eyJzY29wZWRfdXNlcnBvb2xfaWQiOiJQT09MIn0.x","expires_in":7200}}"#;
//! #     Ok(http::Response::new(body.as_bytes().to_vec()))
//! # };
//! # let system = Clock;
//! use genauth_core::protocol::management_token::ManagementCredential;
//! use genauth_core::{App, AuthenticationClient};
//!
//! // The host of the management API; there is no application here.
//! let client = AuthenticationClient::new(App::new("https://api.genauth.ai", "")?, transport);
//! let credential = ManagementCredential::new("ACCESS_KEY_ID", "ACCESS_KEY_SECRET");
//!
//! let token = credential.token(&client, &system)?;
//! assert_eq!(token.user_pool_id(), Some("POOL"));
//! # Ok::<(), genauth_core::Error>(())
//! ```

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Request, Response, StatusCode};
use serde::Deserialize;

use super::tokens::{GET_MANAGEMENT_TOKEN, GetManagementAccessTokenDto};
use crate::app::App;
use crate::app::access::{Anyone, Grants};
use crate::client::{AuthenticationClient, System};
use crate::error::Error;
use crate::operation::Operation;
use crate::value::secret::Secret;

/// [`GET_MANAGEMENT_TOKEN`], whose answer is none without a token.
const ASK: Operation<GetManagementAccessTokenDto, Answer, Anyone> = GET_MANAGEMENT_TOKEN.reply_as();

#[derive(Deserialize)]
struct Answer {
    access_token: Secret,
    expires_in: Option<i64>,
}

/// How long before its end a token is renewed, at the most; one of a short life, a tenth of it.
const EARLY: Duration = Duration::from_secs(600);
/// How long a failed renewal is not tried again, where the present token is still good.
const COOL_DOWN: Duration = Duration::from_secs(10);
/// The life of a token that does not say how long it is.
const LIFETIME: Duration = Duration::from_secs(7200);

/// An access token for the management API. Cheap to clone.
#[derive(Clone)]
pub struct ManagementToken(Arc<Token>);

struct Token {
    secret: Secret,
    user_pool_id: Option<String>,
}

impl ManagementToken {
    fn new(secret: Secret) -> Self {
        let user_pool_id = user_pool_of(secret.expose());
        Self(Arc::new(Token { secret, user_pool_id }))
    }

    /// The token itself.
    pub fn secret(&self) -> &Secret {
        &self.0.secret
    }

    /// The id of the user pool that it is for, as its claim `scoped_userpool_id` says. The signature is not checked: the
    /// token comes straight from the service, and the service will check it.
    pub fn user_pool_id(&self) -> Option<&str> {
        self.0.user_pool_id.as_deref()
    }
}

impl fmt::Debug for ManagementToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManagementToken")
            .field("secret", &self.0.secret)
            .field("user_pool_id", &self.0.user_pool_id)
            .finish()
    }
}

fn user_pool_of(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Claims {
        scoped_userpool_id: Option<String>,
    }

    let claims = token.split('.').nth(1)?.trim_end_matches('=');
    let claims = URL_SAFE_NO_PAD.decode(claims).ok()?;
    serde_json::from_slice::<Claims>(&claims).ok()?.scoped_userpool_id
}

/// An access key of the management API, and the token it was exchanged for, shared by all clones of this handle. See the
/// [module](self).
#[derive(Clone)]
pub struct ManagementCredential(Arc<Shared>);

struct Shared {
    key: GetManagementAccessTokenDto,
    state: Mutex<State>,
    /// Told whenever a renewal has ended.
    ended: Condvar,
}

#[derive(Default)]
struct State {
    kept: Option<Kept>,
    /// Somebody is renewing.
    renewing: bool,
    /// How many renewals have ended.
    renewals: u64,
    failure: Option<Failure>,
}

struct Kept {
    token: ManagementToken,
    /// From when on it is renewed.
    due: Duration,
    /// When it ends.
    end: Duration,
}

struct Failure {
    error: Error,
    at: Duration,
}

/// What to do to get a token.
#[derive(Debug)]
#[non_exhaustive]
pub enum NextStep {
    /// Use this one.
    Use(ManagementToken),
    /// Get a new one: it is yours alone to do. Send the [request](Renewal::request) and apply the
    /// [reply](Renewal::reply).
    Renew(Renewal),
    /// Somebody else is getting a new one. Ask again when that has ended.
    Wait,
}

impl ManagementCredential {
    /// An access key by its id and secret: those of the user pool, or of one of its administrators.
    pub fn new(access_key_id: impl Into<String>, access_key_secret: impl Into<Secret>) -> Self {
        Self(Arc::new(Shared {
            key: GetManagementAccessTokenDto::new(access_key_id, access_key_secret),
            state: Mutex::default(),
            ended: Condvar::new(),
        }))
    }

    /// The id of the access key.
    pub fn access_key_id(&self) -> &str {
        &self.0.key.access_key_id
    }

    /// A good token: the present one, or a new one where there is none or that is about to end (10 minutes before, or a
    /// tenth of its life where that is shorter).
    ///
    /// Of many threads that ask at once, one asks the service and the others wait for it. Where that fails, the present
    /// token is used as long as it is good; else all who waited get the error.
    pub fn token<C: Grants<Anyone>>(
        &self,
        client: &AuthenticationClient<C>,
        system: &impl System,
    ) -> Result<ManagementToken, Error> {
        self.fresh(system, &mut |key| client.call(&ASK, key))
    }

    /// Makes a call with a token, and once more with a new one where the service says that the token is not good
    /// ([`is_refused`](Self::is_refused)).
    pub fn with_token<C: Grants<Anyone>, R>(
        &self,
        client: &AuthenticationClient<C>,
        system: &impl System,
        mut call: impl FnMut(&ManagementToken) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let token = self.token(client, system)?;
        match call(&token) {
            Err(error) if Self::is_refused(&error) => {
                self.reject(&token);
                call(&self.token(client, system)?)
            }
            result => result,
        }
    }

    /// Whether an error says that the token is not good: 401, as the HTTP status or in the body, or the code 2020.
    pub fn is_refused(error: &Error) -> bool {
        error.http_status() == Some(StatusCode::UNAUTHORIZED) || error.needs_sign_in()
    }

    /// Says that this token is not good, although its time may not be over. The next who asks gets a new one. Has no effect
    /// where it has been renewed already.
    pub fn reject(&self, token: &ManagementToken) {
        let mut state = self.0.state();
        if state
            .kept
            .as_ref()
            .is_some_and(|kept| Arc::ptr_eq(&kept.token.0, &token.0))
        {
            state.kept = None;
            state.failure = None;
        }
    }

    /// What to do to get a token, at a time of a clock that never goes backwards ([`System::now`]).
    pub fn next_step(&self, now: Duration) -> NextStep {
        let mut state = self.0.state();
        if let Some(kept) = &state.kept {
            let cooling = |failure: &Failure| now.saturating_sub(failure.at) < COOL_DOWN;
            if now < kept.due || (now < kept.end && state.failure.as_ref().is_some_and(cooling)) {
                return NextStep::Use(kept.token.clone());
            }
        }
        if state.renewing {
            return NextStep::Wait;
        }
        state.renewing = true;
        NextStep::Renew(Renewal {
            shared: Arc::clone(&self.0),
        })
    }

    /// Not generic over the client, so that it is compiled once.
    fn fresh(
        &self,
        system: &dyn System,
        ask: &mut dyn FnMut(&GetManagementAccessTokenDto) -> Result<Answer, Error>,
    ) -> Result<ManagementToken, Error> {
        let mut waited = None;
        loop {
            let renewals = self.0.state().renewals;
            match self.next_step(system.now()) {
                NextStep::Use(token) => return Ok(token),
                NextStep::Renew(renewal) => {
                    // If the one that this thread waited for has failed, it has failed for all who waited.
                    if let Some(failure) =
                        waited.and(self.0.state().failure.as_ref().map(|failure| failure.error.echo()))
                    {
                        return Err(failure);
                    }
                    let asked = system.now();
                    let reply = ask(&self.0.key);
                    return renewal.end(reply, asked);
                }
                NextStep::Wait => {
                    let state = self
                        .0
                        .ended
                        .wait_while(self.0.state(), |state| state.renewing && state.renewals == renewals)
                        .unwrap_or_else(PoisonError::into_inner);
                    drop(state);
                    waited = Some(());
                }
            }
        }
    }
}

impl fmt::Debug for ManagementCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManagementCredential")
            .field("key", &self.0.key)
            .finish_non_exhaustive()
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that runs under the lock can stop half-way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A renewal that has begun. Only one is under way at a time: until this one has ended, or was dropped, others are told to
/// wait.
#[must_use = "others wait until it has ended"]
pub struct Renewal {
    shared: Arc<Shared>,
}

impl Renewal {
    /// The request for a token.
    pub fn request(&self, app: &App) -> Result<Request<Vec<u8>>, Error> {
        ASK.request(app, &self.shared.key)
    }

    /// Takes the token from the reply. The time is the one at which the request was sent, of the same clock as that of
    /// [`next_step`](ManagementCredential::next_step).
    ///
    /// Where the reply is an error, the present token is given as long as it is good.
    pub fn reply<B: AsRef<[u8]>>(self, response: &Response<B>, asked: Duration) -> Result<ManagementToken, Error> {
        let reply = ASK.reply(response);
        self.end(reply, asked)
    }

    /// Ends the renewal with the error that kept the reply from coming.
    ///
    /// The present token is given as long as it is good.
    pub fn fail(self, error: Error, asked: Duration) -> Result<ManagementToken, Error> {
        self.end(Err(error), asked)
    }

    fn end(self, reply: Result<Answer, Error>, asked: Duration) -> Result<ManagementToken, Error> {
        let mut state = self.shared.state();
        match reply {
            Ok(answer) => {
                let token = ManagementToken::new(answer.access_token);
                let seconds = answer.expires_in.and_then(|seconds| u64::try_from(seconds).ok());
                let lifetime = seconds.map_or(LIFETIME, Duration::from_secs);
                let end = asked.saturating_add(lifetime);
                state.kept = Some(Kept {
                    token: token.clone(),
                    due: end.saturating_sub(EARLY.min(lifetime / 10)),
                    end,
                });
                state.failure = None;
                Ok(token)
            }
            Err(error) => {
                state.failure = Some(Failure {
                    error: error.echo(),
                    at: asked,
                });
                match &state.kept {
                    Some(kept) if asked < kept.end => Ok(kept.token.clone()),
                    _ => Err(error),
                }
            }
        }
    }
}

/// However it ends, others may go on.
impl Drop for Renewal {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.renewing = false;
        state.renewals += 1;
        drop(state);
        self.shared.ended.notify_all();
    }
}

impl fmt::Debug for Renewal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Renewal").finish_non_exhaustive()
    }
}
