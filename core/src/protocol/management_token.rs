//! The credential of the management API: an access key that is exchanged for a token, shared and kept fresh.
//!
//! A [`ManagementCredential`] is a handle: all its clones share the same token. Whoever asks for it when it is about to end
//! renews it, once for all: others who ask meanwhile go on with the present one while it is good, and wait otherwise. With a
//! client that is [`ManagementCredential::token`]; without I/O of its own it goes step by step, with
//! [`ManagementCredential::next_step`].
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
//! let app = App::without_id("https://api.genauth.ai")?;
//! let client = AuthenticationClient::new(app, transport).with_system(system);
//! let credential = ManagementCredential::new("ACCESS_KEY_ID", "ACCESS_KEY_SECRET");
//!
//! let token = credential.token(&client)?;
//! assert_eq!(token.user_pool_id(), Some("POOL"));
//! # Ok::<(), genauth_core::Error>(())
//! ```

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response, StatusCode};
use serde_json::Value;

use super::token_answer::{unchecked_claims, unusable};
use super::tokens::{AccessTokenResDto, GET_MANAGEMENT_TOKEN, GetManagementAccessTokenDto};
use crate::app::App;
use crate::app::access::{Anyone, Grants};
use crate::client::AuthenticationClient;
use crate::client::refreshing::{Patience, Refreshing, Step, Ticket, Validity};
use crate::error::Error;
use crate::value::secret::Secret;

/// How long before its end a token is renewed, at the most; one of a short life, a tenth of it.
const EARLY: Duration = Duration::from_secs(600);
/// How long a failed renewal is not tried again.
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
    /// A token that somebody else got. Nobody renews it.
    pub fn new(secret: impl Into<Secret>) -> Self {
        let secret = secret.into();
        let user_pool_id =
            unchecked_claims(secret.expose()).and_then(|mut claims| match claims.remove("scoped_userpool_id") {
                Some(Value::String(id)) => Some(id),
                _ => None,
            });
        Self(Arc::new(Token { secret, user_pool_id }))
    }

    /// The same token for a user pool that its claims do not name.
    pub fn with_user_pool_id(&self, user_pool_id: impl Into<String>) -> Self {
        Self(Arc::new(Token {
            secret: self.0.secret.clone(),
            user_pool_id: Some(user_pool_id.into()),
        }))
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

/// An access key of the management API, and the token it was exchanged for, shared by all clones of this handle. See the
/// [module](self).
#[derive(Clone)]
pub struct ManagementCredential {
    key: Arc<GetManagementAccessTokenDto>,
    refreshing: Refreshing<ManagementToken>,
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
        Self {
            key: Arc::new(GetManagementAccessTokenDto::new(access_key_id, access_key_secret)),
            refreshing: Refreshing::empty(),
        }
    }

    /// The id of the access key.
    pub fn access_key_id(&self) -> &str {
        &self.key.access_key_id
    }

    /// A good token: the present one, or a new one where there is none or that is about to end (10 minutes before, or a
    /// tenth of its life where that is shorter). Needs a client with a [clock](AuthenticationClient::with_system).
    ///
    /// Of many threads that ask at once, one asks the service. The others go on with the present token while it is good, and
    /// wait otherwise, for as long as a call of theirs may take. Where that fails, the present token is used as long as it is
    /// good; then all of them get the error, and none tries again for ten seconds, or as long as the service asks for.
    pub fn token<C: Grants<Anyone>>(&self, client: &AuthenticationClient<C>) -> Result<ManagementToken, Error> {
        self.fresh_token(client.patience()?, client.app(), &mut |request, read| {
            client.send(request, GET_MANAGEMENT_TOKEN.info(), read)
        })
    }

    /// Makes a call with a token, and once more with a new one where the service says that the token is not good
    /// ([`is_refused`](Self::is_refused)). Where it says so of the new one, too, the error names the access key.
    pub fn with_token<C: Grants<Anyone>, R>(
        &self,
        client: &AuthenticationClient<C>,
        mut call: impl FnMut(&ManagementToken) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let token = self.token(client)?;
        match call(&token) {
            Err(error) if Self::is_refused(&error) => {
                self.reject(&token);
                call(&self.token(client)?).map_err(|error| self.refused_again(error))
            }
            result => result,
        }
    }

    /// Whether an error says that the token is not good: 401, as the HTTP status or in the body, or the code 2020.
    pub fn is_refused(error: &Error) -> bool {
        error.http_status() == Some(StatusCode::UNAUTHORIZED) || error.needs_sign_in()
    }

    /// The error of the second call in a row whose token was refused: the same, and it names the access key.
    pub(crate) fn refused_again(&self, mut error: Error) -> Error {
        if !Self::is_refused(&error) {
            return error;
        }
        let key = format!(
            "a new token of the access key `{}` is refused, too",
            self.access_key_id()
        );
        let said = match &mut error {
            Error::Api(error) => &mut error.message,
            Error::Reply(error) => &mut error.problem,
            Error::OAuth(error) => error.error_description.get_or_insert_default(),
            _ => return error,
        };
        *said = if said.is_empty() { key } else { format!("{said}: {key}") };
        error
    }

    /// Says that this token is not good, although its time may not be over. The next who asks gets a new one. Has no effect
    /// where it has been renewed already.
    pub fn reject(&self, token: &ManagementToken) {
        self.refreshing.reject(|kept| Arc::ptr_eq(&kept.0, &token.0));
    }

    /// What to do to get a token, at a time given in seconds since 1970.
    ///
    /// Fails where there is none, the last attempt to get one has failed, and it is too early for another (see
    /// [`token`](Self::token)).
    pub fn next_step(&self, now_unix: u64) -> Result<NextStep, Error> {
        Ok(match self.refreshing.step(Duration::from_secs(now_unix)) {
            Step::Use(token) => NextStep::Use(token),
            Step::Wait(_) => NextStep::Wait,
            Step::Failed(error) => return Err(error),
            Step::Fetch(ticket) => NextStep::Renew(Renewal {
                key: Arc::clone(&self.key),
                ticket,
            }),
        })
    }

    /// A good token for the host of this application, got by `send`, which sends a request and shows the answer.
    pub(crate) fn fresh_token(
        &self,
        patience: Patience<'_>,
        app: &App,
        send: Send<'_>,
    ) -> Result<ManagementToken, Error> {
        let system = patience.system;
        self.refreshing.get(patience, &mut |ticket| {
            let mut answer = None;
            let outcome = GET_MANAGEMENT_TOKEN.request(app, &self.key).and_then(|request| {
                send(request, &mut |response| {
                    answer = Some(GET_MANAGEMENT_TOKEN.reply(response)?);
                    Ok(())
                })
            });
            // Whoever sent it without showing the answer has none.
            end(ticket, outcome.map(|()| answer.unwrap_or_default()), system.unix_time())
        })
    }
}

/// Sends a request, and shows the answer to the second argument.
pub(crate) type Send<'a> =
    &'a mut dyn FnMut(Request<Vec<u8>>, &mut dyn FnMut(&Response<Vec<u8>>) -> Result<(), Error>) -> Result<(), Error>;

impl fmt::Debug for ManagementCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManagementCredential")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// A renewal that has begun. Only one is under way at a time: until this one has ended, or was dropped, others are told to
/// use the present token or to wait.
#[must_use = "others wait until it has ended"]
pub struct Renewal {
    key: Arc<GetManagementAccessTokenDto>,
    ticket: Ticket<ManagementToken>,
}

impl Renewal {
    /// The request for a token.
    pub fn request(&self, app: &App) -> Result<Request<Vec<u8>>, Error> {
        GET_MANAGEMENT_TOKEN.request(app, &self.key)
    }

    /// Takes the token from the reply, at a time given in seconds since 1970.
    ///
    /// Where the reply is an error, the present token is given as long as it is good.
    pub fn reply<B: AsRef<[u8]>>(self, response: &Response<B>, now_unix: u64) -> Result<ManagementToken, Error> {
        let reply = GET_MANAGEMENT_TOKEN.reply(response);
        end(self.ticket, reply, Duration::from_secs(now_unix))
    }

    /// Ends the renewal with the error that kept the reply from coming, at a time given in seconds since 1970.
    ///
    /// The present token is given as long as it is good.
    pub fn fail(self, error: Error, now_unix: u64) -> Result<ManagementToken, Error> {
        end(self.ticket, Err(error), Duration::from_secs(now_unix))
    }
}

fn end(
    ticket: Ticket<ManagementToken>,
    reply: Result<AccessTokenResDto, Error>,
    now: Duration,
) -> Result<ManagementToken, Error> {
    let missing = || {
        unusable(
            GET_MANAGEMENT_TOKEN.info(),
            "data.access_token",
            "the answer has no access token",
        )
    };
    let token = reply.and_then(|reply| {
        let secret = reply.access_token.filter(|token| !token.expose().is_empty());
        Ok((secret.ok_or_else(missing)?, reply.expires_in))
    });
    match token {
        Ok((secret, seconds)) => {
            // A life that is over before it began is none.
            let life = seconds.map_or(LIFETIME, |seconds| {
                Duration::from_secs(u64::try_from(seconds).unwrap_or_default())
            });
            // It began after it was asked for.
            let validity = Validity::lifetime(ticket.begun(), life, EARLY.min(life / 10));
            Ok(ticket.fetched(ManagementToken::new(secret), validity))
        }
        Err(error) => {
            let asked = Duration::from_secs(error.retry_after().unwrap_or_default());
            ticket.failed(error, now, Some(asked.max(COOL_DOWN)))
        }
    }
}

impl fmt::Debug for Renewal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Renewal").finish_non_exhaustive()
    }
}
