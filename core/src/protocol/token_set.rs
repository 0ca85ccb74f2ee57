//! The tokens of one user, shared and kept fresh.
//!
//! A [`TokenSet`] is a handle: all its clones share the same tokens. Whoever asks for the access token when it is about to
//! end renews it, once for all: others who ask meanwhile go on with the present one while it is good, and wait otherwise.
//! With a client that is [`TokenSet::access_token`]; without I/O of its own it goes step by step, with
//! [`TokenSet::next_step`].
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
//! // `system` is the operating system's clock; the ready-made clients have it.
//! let app = App::new("https://example.genauth.ai", "APP_ID")?;
//! let client = AuthenticationClient::new(app, transport).with_system(system);
//!
//! // Tokens that were kept since yesterday.
//! let tokens = Tokens::new("OLD").with_refresh_token("REFRESH").with_expires_at(1_699_999_999);
//! let tokens = TokenSet::new(tokens);
//!
//! let user = tokens.signed_in(&client)?;
//! assert_eq!(tokens.tokens().access_token.expose(), "NEW");
//! # Ok::<(), genauth_core::Error>(())
//! ```

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Request, Response, StatusCode};
use serde_json::Value;

use crate::app::App;
use crate::app::access::{Anyone, Grants, SignedIn};
use crate::client::AuthenticationClient;
use crate::client::refreshing::{Patience, Refreshing, Step, Ticket, Validity};
use crate::dto::wire::JsonObject;
use crate::error::{Error, ReplyError, RequestError};
use crate::model::tokens::LoginTokenResponseDataDto;
use crate::operation::{Operation, OperationInfo};
use crate::protocol::kept::kept;
use crate::protocol::oauth::OAUTH_EXCHANGE_TOKEN;
use crate::protocol::oidc::{
    GET_NEW_ACCESS_TOKEN_BY_REFRESH_TOKEN, GetNewAccessTokenByRefreshToken, OidcTokenResponse,
};
use crate::value::secret::Secret;

/// The tokens of one user, with the time at which they end. Serialisable, secrets included, to be kept between two runs of
/// a program or in a session: on the server, or encrypted, where the user can neither read nor change them.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Tokens {
    /// Access token, to call APIs with.
    pub access_token: Secret,
    /// Token to get new access tokens with; only when the scope held `offline_access`.
    pub refresh_token: Option<Secret>,
    /// ID token: for signing out (`id_token_hint`), not for reading. After a renewal it is the newest one.
    pub id_token: Option<Secret>,
    /// When the access token ends, in seconds since 1970. Without it, the access token is taken for good until it is
    /// [rejected](TokenSet::reject).
    pub expires_at: Option<u64>,
    /// How long the access token lives from its beginning, in seconds.
    pub lifetime: Option<u64>,
    /// Scopes granted to the access token, separated by blanks.
    pub scope: Option<String>,
}

kept!(Tokens {
    access_token,
    refresh_token,
    id_token,
    expires_at,
    lifetime,
    scope,
});

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
        let access_token = reply.access_token.clone().filter(|token| !token.expose().is_empty());
        // A life that is over before it began is none, not an endless one.
        let lifetime = reply.expires_in.or(reply.expire_in);
        let lifetime = lifetime.map(|seconds| u64::try_from(seconds).unwrap_or_default());
        Ok(Self {
            access_token: access_token.ok_or_else(without_access_token)?,
            refresh_token: reply.refresh_token.clone().filter(|token| !token.expose().is_empty()),
            id_token: reply.id_token.clone(),
            expires_at: lifetime.map(|lifetime| now_unix.saturating_add(lifetime)),
            lifetime,
            scope: reply.scope.clone(),
        })
    }

    /// Those of a sign-in with credentials, at a time given in seconds since 1970.
    pub fn from_sign_in(reply: &LoginTokenResponseDataDto, now_unix: u64) -> Result<Self, Error> {
        let tokens = OidcTokenResponse {
            access_token: reply.access_token.clone(),
            refresh_token: reply.refresh_token.clone(),
            id_token: reply.id_token.clone(),
            expires_in: reply.expires_in.or(reply.expire_in),
            token_type: reply.token_type.clone(),
            scope: reply.scope.clone(),
            ..OidcTokenResponse::default()
        };
        Self::from_reply(&tokens, now_unix)
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

    /// Keeps of the old tokens what the new ones do not replace: a refresh token stays good until another one comes.
    ///
    /// Refuses an ID token that is about somebody else than the old one, or by or for somebody else (`OpenID` Connect Core
    /// 12.2).
    fn renewing(mut self, old: &Self) -> Result<Self, Error> {
        if let (Some(new), Some(first)) = (&self.id_token, old.id_token.as_ref().and_then(Identity::of))
            && Identity::of(new).is_none_or(|new| new != first)
        {
            return Err(unusable(
                GET_NEW_ACCESS_TOKEN_BY_REFRESH_TOKEN.info(),
                "id_token",
                "the ID token of the renewal is about another user (`sub`, `iss`, `aud`)",
            ));
        }
        self.refresh_token = self.refresh_token.or_else(|| old.refresh_token.clone());
        self.id_token = self.id_token.or_else(|| old.id_token.clone());
        self.scope = self.scope.or_else(|| old.scope.clone());
        Ok(self)
    }

    /// For how long the access token is good, when it is to be renewed so long before its end.
    fn validity(&self, early: Option<Duration>) -> Validity {
        let Some(end) = self.expires_at.map(Duration::from_secs) else {
            return Validity::UNLIMITED;
        };
        match self.lifetime.map(Duration::from_secs) {
            Some(life) => {
                let early = early.unwrap_or_else(|| EARLY.min(life / 10));
                Validity::lifetime(end.saturating_sub(life), life, early)
            }
            None => Validity::until(end, early.unwrap_or(EARLY)),
        }
    }
}

fn without_access_token() -> Error {
    unusable(
        GET_NEW_ACCESS_TOKEN_BY_REFRESH_TOKEN.info(),
        "access_token",
        "the answer has no access token",
    )
}

/// An answer of the token endpoint that was understood and is not good.
pub(super) fn unusable(operation: &OperationInfo, path: &str, problem: &str) -> Error {
    ReplyError {
        operation: operation.name,
        problem: problem.to_owned(),
        path: path.to_owned(),
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
const COOL_DOWN: Duration = Duration::from_secs(10);
/// How long before its end an access token is renewed, at the most; one of a short life, a tenth of it.
const EARLY: Duration = Duration::from_secs(60);
/// No setting of one's own.
const BY_LIFE: u64 = u64::MAX;

/// The tokens of one user, shared by all clones of this handle. See the [module](self).
#[derive(Clone)]
pub struct TokenSet {
    refreshing: Refreshing<Arc<Tokens>>,
    /// How long before its end an access token is renewed, in seconds.
    early: Arc<AtomicU64>,
    oauth: bool,
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
        let validity = tokens.validity(None);
        Self {
            refreshing: Refreshing::holding(Arc::new(tokens), validity),
            early: Arc::new(AtomicU64::new(BY_LIFE)),
            oauth: false,
        }
    }

    /// Sets how long before they end these tokens are renewed, in whole seconds, by whichever handle of them. Otherwise it
    /// is 60 s, or a tenth of the token's life where that is shorter. Of a longer time than nine tenths of the life, only
    /// that much counts.
    pub fn with_early_renewal(self, early: Duration) -> Self {
        self.early.store(early.as_secs().min(BY_LIFE - 1), Ordering::Relaxed);
        self.refreshing.revalue(|tokens| tokens.validity(self.early()));
        self
    }

    /// The same tokens, of an application whose protocol is OAuth 2.0.
    pub fn with_oauth(mut self) -> Self {
        self.oauth = true;
        self
    }

    /// The tokens as they are now, for keeping.
    pub fn tokens(&self) -> Tokens {
        let kept = self.refreshing.kept();
        kept.map_or_else(|| Tokens::new(""), |tokens| Tokens::clone(&tokens))
    }

    fn early(&self) -> Option<Duration> {
        let early = self.early.load(Ordering::Relaxed);
        (early != BY_LIFE).then_some(Duration::from_secs(early))
    }

    /// How often they have been changed: whoever keeps them outside sees by it when to do so again.
    pub fn version(&self) -> u64 {
        self.refreshing.version()
    }

    /// Replaces the tokens: the user has signed in again.
    pub fn replace(&self, tokens: Tokens) {
        let validity = tokens.validity(self.early());
        self.refreshing.replace(Arc::new(tokens), validity);
    }

    /// Says that this access token is not good, although its time may not be over: a call was answered with 401. The next
    /// who asks renews it. Has no effect where it has been renewed already.
    pub fn reject(&self, access_token: &Secret) {
        self.refreshing
            .reject(|tokens| tokens.access_token.expose() == access_token.expose());
    }

    /// A good access token: the present one, or a new one where that is about to end. Needs a client with a
    /// [clock](AuthenticationClient::with_system).
    ///
    /// Of many threads that ask at once, one renews. The others go on with the present token while it is good, and wait
    /// otherwise, for as long as a call of theirs may take ([`with_timeout`](AuthenticationClient::with_timeout)). Where the
    /// renewal fails, the present token is used as long as it is good; then all of them get the error, and none tries again
    /// for ten seconds (or as long as the service asks for), or at all where the refresh token is not good any more
    /// (`invalid_grant`). Without a refresh token, the user has to sign in again.
    pub fn access_token<C: Grants<Anyone>>(&self, client: &AuthenticationClient<C>) -> Result<Secret, Error> {
        self.fresh(client.patience()?, &mut |renewal| {
            client.call(&renewal.operation(), &renewal.input())
        })
    }

    /// The client of this user, with a good access token. It keeps this token: get another client for a later call, or let
    /// [`call_signed_in`](Self::call_signed_in) do so.
    pub fn signed_in(&self, client: &AuthenticationClient) -> Result<AuthenticationClient<SignedIn>, Error> {
        client.signed_in(self.access_token(client)?)
    }

    /// Makes a call for this user, and once more with a renewed token where the service answers that the token is not good
    /// (401). What was refused so has not been carried out, so that any call may be made again.
    ///
    /// ```no_run
    /// # use genauth_core::{AuthenticationClient, Error, protocol::token_set::TokenSet};
    /// # use genauth_core::authentication::profile::BindEmailDto;
    /// # fn example(tokens: &TokenSet, client: &AuthenticationClient) -> Result<(), Error> {
    /// tokens.call_signed_in(client, |user| user.bind_email(&BindEmailDto::new("test@example.com", "123456")))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn call_signed_in<R>(
        &self,
        client: &AuthenticationClient,
        mut call: impl FnMut(&AuthenticationClient<SignedIn>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let token = self.access_token(client)?;
        match call(&client.signed_in(&token)?) {
            Err(error) if error.needs_sign_in() => {
                self.reject(&token);
                // Who cannot renew has to sign in again, as the service said.
                let Ok(newer) = self.access_token(client) else {
                    return Err(error);
                };
                call(&client.signed_in(newer)?)
            }
            result => result,
        }
    }

    /// Not generic over the client, so that it is compiled once.
    fn fresh(
        &self,
        patience: Patience<'_>,
        renew: &mut dyn FnMut(&Renewal) -> Result<OidcTokenResponse, Error>,
    ) -> Result<Secret, Error> {
        let system = patience.system;
        let tokens = self.refreshing.get(patience, &mut |ticket| {
            let renewal = match self.renewal(ticket) {
                Ok(renewal) => renewal,
                Err(otherwise) => return otherwise,
            };
            let reply = renew(&renewal);
            renewal.end(reply, system.unix_time())
        })?;
        Ok(tokens.access_token.clone())
    }

    /// What to do to get an access token, at a time given in seconds since 1970.
    ///
    /// Fails where the present one is not good and cannot be renewed: there is no refresh token, or the last renewal has
    /// failed (see [`access_token`](Self::access_token)).
    pub fn next_step(&self, now_unix: u64) -> Result<NextStep, Error> {
        match self.refreshing.step(Duration::from_secs(now_unix)) {
            Step::Use(tokens) => Ok(NextStep::Use(tokens.access_token.clone())),
            Step::Wait(_) => Ok(NextStep::Wait),
            Step::Failed(error) => Err(error),
            Step::Fetch(ticket) => match self.renewal(ticket) {
                Ok(renewal) => Ok(NextStep::Renew(renewal)),
                Err(otherwise) => otherwise.map(|tokens| NextStep::Use(tokens.access_token.clone())),
            },
        }
    }

    /// Begins a renewal; or, without a refresh token, what there is instead.
    fn renewal(&self, ticket: Ticket<Arc<Tokens>>) -> Result<Renewal, Result<Arc<Tokens>, Error>> {
        let Some(refresh_token) = ticket.kept().and_then(|tokens| tokens.refresh_token.clone()) else {
            let now = ticket.begun();
            let error = RequestError::new("the access token has ended and there is no refresh token: sign in again");
            return Err(ticket.failed(error.into(), now, None));
        };
        Ok(Renewal {
            tokens: self.clone(),
            ticket,
            refresh_token,
        })
    }
}

impl fmt::Debug for TokenSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenSet")
            .field("tokens", &self.refreshing.kept())
            .finish_non_exhaustive()
    }
}

/// A renewal that has begun. Only one is under way at a time: until this one has ended, or was dropped, others are told to
/// use the present token or to wait.
#[must_use = "others wait until it has ended"]
pub struct Renewal {
    tokens: TokenSet,
    ticket: Ticket<Arc<Tokens>>,
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
        self.ended(reply, now_unix)
    }

    /// Ends the renewal with the error that kept the reply from coming, at a time given in seconds since 1970.
    ///
    /// The present access token is given as long as it is good.
    pub fn fail(self, error: Error, now_unix: u64) -> Result<Secret, Error> {
        self.ended(Err(error), now_unix)
    }

    fn operation(&self) -> Operation<GetNewAccessTokenByRefreshToken, OidcTokenResponse, Anyone> {
        const OAUTH: Operation<GetNewAccessTokenByRefreshToken, OidcTokenResponse, Anyone> =
            OAUTH_EXCHANGE_TOKEN.input_as();
        if self.tokens.oauth {
            OAUTH
        } else {
            GET_NEW_ACCESS_TOKEN_BY_REFRESH_TOKEN
        }
    }

    fn input(&self) -> GetNewAccessTokenByRefreshToken {
        GetNewAccessTokenByRefreshToken::new(&self.refresh_token)
    }

    fn ended(self, reply: Result<OidcTokenResponse, Error>, now_unix: u64) -> Result<Secret, Error> {
        let tokens = self.end(reply, Duration::from_secs(now_unix))?;
        Ok(tokens.access_token.clone())
    }

    fn end(self, reply: Result<OidcTokenResponse, Error>, now: Duration) -> Result<Arc<Tokens>, Error> {
        let Self {
            tokens: set, ticket, ..
        } = self;
        // The life of the token began after it was asked for.
        let begun = ticket.begun().as_secs();
        let new = reply
            .and_then(|reply| Tokens::from_reply(&reply, begun))
            .map_err(|error| {
                let void = matches!(&error, Error::OAuth(error) if error.error == "invalid_grant");
                let asked = Duration::from_secs(error.retry_after().unwrap_or_default());
                (error, (!void).then_some(asked.max(COOL_DOWN)))
            })
            .and_then(|new| match ticket.kept() {
                // Who answers with somebody else's tokens is not asked again.
                Some(old) => new.renewing(old).map_err(|error| (error, None)),
                None => Ok(new),
            });
        match new {
            Ok(new) => {
                let validity = new.validity(set.early());
                Ok(ticket.fetched(Arc::new(new), validity))
            }
            Err((error, cool_down)) => ticket.failed(error, now, cool_down),
        }
    }
}

impl fmt::Debug for Renewal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Renewal").finish_non_exhaustive()
    }
}

/// By whom, about whom and for whom an ID token is.
#[derive(PartialEq)]
struct Identity {
    iss: Option<Value>,
    sub: Option<Value>,
    aud: Vec<Value>,
}

impl Identity {
    /// That of an ID token that nobody has checked, where it is a JWT.
    fn of(id_token: &Secret) -> Option<Self> {
        let mut claims = unchecked_claims(id_token.expose())?;
        let mut aud = match claims.remove("aud") {
            Some(Value::Array(audiences)) => audiences,
            aud => aud.into_iter().collect(),
        };
        aud.sort_by_cached_key(Value::to_string);
        Some(Self {
            iss: claims.remove("iss"),
            sub: claims.remove("sub"),
            aud,
        })
    }
}

/// The claims of a token that nobody has checked, where it is a JWT.
pub(super) fn unchecked_claims(token: &str) -> Option<JsonObject> {
    let claims = token.split('.').nth(1)?.trim_end_matches('=');
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
    use std::sync::mpsc;

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
        assert!(matches!(set.access_token(&client), Err(Error::Request(_))));
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
