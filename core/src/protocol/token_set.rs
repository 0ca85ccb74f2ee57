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

use http::{Request, Response};
use serde_json::Value;

use crate::JsonObject;
use crate::app::App;
use crate::app::access::{Anyone, Grants, SignedIn};
use crate::client::AuthenticationClient;
use crate::client::refreshing::{Patience, Refreshing, Step, Ticket, Validity};
use crate::error::{Error, RequestError};
use crate::model::tokens::LoginTokenResponseDataDto;
use crate::operation::Operation;
use crate::protocol::kept::kept;
use crate::protocol::oauth::OAUTH_EXCHANGE_TOKEN;
use crate::protocol::oidc::{GET_NEW_ACCESS_TOKEN_BY_REFRESH_TOKEN, OidcTokenResponse, OidcUserInfo};
use crate::protocol::token_answer::{Identity, TokenAnswer, check_subject, unchecked_claims, unusable};
use crate::protocol::token_parameters::{add_token_parameter, check_token_parameters};
#[cfg(feature = "oidc")]
use crate::protocol::{
    keys::{JwksSource, KeySet},
    verify::{Expected, IdTokenVerifier},
};
use crate::value::secret::Secret;

/// Without the feature there are none.
#[cfg(not(feature = "oidc"))]
type KeySet = ();

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

/// The access token, as [`AuthenticationClient::signed_in`] takes it.
impl From<&Tokens> for Secret {
    fn from(tokens: &Tokens) -> Self {
        tokens.access_token.clone()
    }
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
    ///
    /// Fails ([`Error::Reply`]) without an access token, and with one of another type than `Bearer` (RFC 6749, 7.1): whoever
    /// took it for one would send it without the proof that belongs to it.
    pub fn from_reply(reply: &OidcTokenResponse, now_unix: u64) -> Result<Self, Error> {
        let operation = GET_NEW_ACCESS_TOKEN_BY_REFRESH_TOKEN.info();
        let token_type = reply.token_type.as_deref().unwrap_or_default().trim();
        if !token_type.is_empty() && !token_type.eq_ignore_ascii_case("bearer") {
            let problem = "the access token is of another type than `Bearer`";
            return Err(unusable(operation, "token_type", problem));
        }
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

    /// Those of a sign-in with credentials, at a time given in seconds since 1970. Fails as [`from_reply`](Self::from_reply).
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

    /// Refuses an ID token that is about somebody else than the old one, or by or for somebody else (`OpenID` Connect Core
    /// 12.2).
    fn check_identity(&self, old: &Self) -> Result<(), Error> {
        if let (Some(new), Some(first)) = (&self.id_token, old.id_token.as_ref().and_then(Identity::of))
            && Identity::of(new).is_none_or(|new| new != first)
        {
            let problem = "the ID token of the renewal is about another user (`sub`, `iss`, `aud`)";
            let operation = GET_NEW_ACCESS_TOKEN_BY_REFRESH_TOKEN.info();
            return Err(unusable(operation, "id_token", problem));
        }
        Ok(())
    }

    /// Keeps of the old tokens what the new ones do not replace: a refresh token stays good until another one comes.
    fn or(mut self, old: &Self) -> Self {
        self.refresh_token = self.refresh_token.or_else(|| old.refresh_token.clone());
        self.id_token = self.id_token.or_else(|| old.id_token.clone());
        self.scope = self.scope.or_else(|| old.scope.clone());
        self
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
    /// More for the token endpoint.
    parameters: JsonObject,
    #[cfg(feature = "oidc")]
    checks: Option<Arc<(IdTokenVerifier, Option<JwksSource>)>>,
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
            parameters: JsonObject::new(),
            #[cfg(feature = "oidc")]
            checks: None,
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

    /// The same tokens, renewed with one more parameter, such as `resource` (RFC 8707); the same name again makes a list. A
    /// renewal with a parameter that it has already is refused.
    pub fn with_parameter(mut self, name: &str, value: impl Into<String>) -> Self {
        add_token_parameter(&mut self.parameters, name, value.into());
        self
    }

    /// The same tokens, and ID tokens of renewals are verified in full; with the keys of this source, where the verifier
    /// needs keys. Without it they are only compared with the first one: issuer, user and audience. A set that comes from
    /// [`SignedInTokens::token_set`](super::flow::SignedInTokens::token_set) has it already.
    ///
    /// An ID token that is not good ends the renewals: the user has to sign in again. One that cannot be checked, because
    /// there are no keys, is not taken; the old one stays.
    #[cfg(feature = "oidc")]
    pub fn with_verifier(mut self, verifier: &IdTokenVerifier, keys: Option<&JwksSource>) -> Self {
        self.checks = Some(Arc::new((verifier.for_renewals(), keys.cloned())));
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
            client.call(&renewal.operation(), &renewal.input()?)
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
            Err(error) if error.needs_sign_in() && !error.may_have_taken_effect() => {
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

    /// Gets the claims of this user, and checks that they are about the user of the ID token (`OpenID` Connect Core 5.3.2).
    /// Repeated after a 401 as [`call_signed_in`](Self::call_signed_in) does.
    ///
    /// Fails with a [`ReplyError`](crate::error::ReplyError) where they are about somebody else, and with a [`RequestError`]
    /// where there is no ID token to compare them with.
    pub fn user_info(&self, client: &AuthenticationClient) -> Result<OidcUserInfo, Error> {
        let id_token = self.refreshing.kept().and_then(|tokens| tokens.id_token.clone());
        let sub = id_token.and_then(|token| unchecked_claims(token.expose())?.remove("sub"));
        let sub = sub.as_ref().and_then(Value::as_str);
        if sub.is_none() {
            check_subject(&OidcUserInfo::default(), None)?;
        }
        let claims = self.call_signed_in(client, AuthenticationClient::user_info)?;
        check_subject(&claims, sub)?;
        Ok(claims)
    }

    /// Not generic over the client, so that it is compiled once.
    fn fresh(
        &self,
        patience: Patience<'_>,
        renew: &mut dyn FnMut(&Renewal) -> Result<TokenAnswer, Error>,
    ) -> Result<Secret, Error> {
        let system = patience.system;
        let tokens = self.refreshing.get(patience, &mut |ticket| {
            let renewal = match self.renewal(ticket) {
                Ok(renewal) => renewal,
                Err(otherwise) => return otherwise,
            };
            let reply = renew(&renewal);
            renewal.end(reply, system.unix_time(), None)
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

    /// The new tokens, once their ID token is verified as far as it is to be. It is left out where there are no keys.
    #[cfg(feature = "oidc")]
    fn verified(&self, mut new: Tokens, now_unix: u64, keys: Option<&KeySet>) -> Result<Tokens, Error> {
        let (Some(checks), Some(id_token)) = (&self.checks, &new.id_token) else {
            return Ok(new);
        };
        let (verifier, source) = &**checks;
        let expected = Expected::default().access_token(new.access_token.expose());
        let by_keys = |keys| {
            verifier
                .verify(id_token.expose(), keys, now_unix, &expected)
                .map_err(Error::from)
        };
        let outcome = match (keys, source) {
            (Some(keys), _) => by_keys(keys),
            (None, _) if !verifier.needs_keys() => by_keys(&KeySet::default()),
            (None, Some(source)) => source.verify_id_token(verifier, id_token.expose(), &expected),
            (None, None) => Err(RequestError::new("there are no keys").into()),
        };
        match outcome {
            Ok(_) => {}
            Err(error @ Error::Verify(_)) => return Err(error),
            Err(_) => new.id_token = None,
        }
        Ok(new)
    }

    #[cfg(not(feature = "oidc"))]
    #[allow(clippy::unused_self, clippy::unnecessary_wraps)] // As with the feature.
    fn verified(&self, new: Tokens, _: u64, _: Option<&KeySet>) -> Result<Tokens, Error> {
        Ok(new)
    }

    /// Begins a renewal; or, without a refresh token, what there is instead.
    fn renewal(&self, ticket: Ticket<Arc<Tokens>>) -> Result<Renewal, Result<Arc<Tokens>, Error>> {
        let Some(refresh_token) = ticket.kept().and_then(|tokens| tokens.refresh_token.clone()) else {
            let now = ticket.begun();
            let problem = "the access token has ended and there is no refresh token: sign in again";
            let error = RequestError::credential(problem);
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
        self.operation().request(app, &self.input()?)
    }

    /// Takes the new tokens from the reply, at a time given in seconds since 1970, and gives the access token.
    ///
    /// Where the reply is an error, that is kept for the others; the present access token is given as long as it is good.
    pub fn reply<B: AsRef<[u8]>>(self, response: &Response<B>, now_unix: u64) -> Result<Secret, Error> {
        let reply = self.operation().reply(response);
        self.ended(reply, now_unix, None)
    }

    /// The same, where the ID token is to be [verified](TokenSet::with_verifier) with these keys.
    #[cfg(feature = "oidc")]
    pub fn reply_with_keys<B: AsRef<[u8]>>(
        self,
        response: &Response<B>,
        keys: &KeySet,
        now_unix: u64,
    ) -> Result<Secret, Error> {
        let reply = self.operation().reply(response);
        self.ended(reply, now_unix, Some(keys))
    }

    /// Ends the renewal with the error that kept the reply from coming, at a time given in seconds since 1970.
    ///
    /// The present access token is given as long as it is good.
    pub fn fail(self, error: Error, now_unix: u64) -> Result<Secret, Error> {
        self.ended(Err(error), now_unix, None)
    }

    fn operation(&self) -> Operation<JsonObject, TokenAnswer, Anyone> {
        if self.tokens.oauth {
            OAUTH_EXCHANGE_TOKEN.input_as().reply_as()
        } else {
            GET_NEW_ACCESS_TOKEN_BY_REFRESH_TOKEN.input_as().reply_as()
        }
    }

    fn input(&self) -> Result<JsonObject, Error> {
        let mut form = self.tokens.parameters.clone();
        check_token_parameters(&form)?;
        form.insert("grant_type".to_owned(), "refresh_token".into());
        form.insert("refresh_token".to_owned(), self.refresh_token.expose().into());
        Ok(form)
    }

    fn ended(self, reply: Result<TokenAnswer, Error>, now_unix: u64, keys: Option<&KeySet>) -> Result<Secret, Error> {
        let tokens = self.end(reply, Duration::from_secs(now_unix), keys)?;
        Ok(tokens.access_token.clone())
    }

    fn end(
        self,
        reply: Result<TokenAnswer, Error>,
        now: Duration,
        keys: Option<&KeySet>,
    ) -> Result<Arc<Tokens>, Error> {
        let Self {
            tokens: set, ticket, ..
        } = self;
        // The life of the token began after it was asked for.
        let begun = ticket.begun().as_secs();
        let new = reply
            .and_then(|TokenAnswer(reply)| Tokens::from_reply(&reply, begun))
            .map_err(|error| {
                let void = matches!(&error, Error::OAuth(error) if error.error == "invalid_grant");
                let asked = Duration::from_secs(error.retry_after().unwrap_or_default());
                (error, (!void).then_some(asked.max(COOL_DOWN)))
            })
            .and_then(|new| {
                // Whoever answers with somebody else's tokens is not asked again.
                let for_good = |error| (error, None);
                let Some(old) = ticket.kept() else { return Ok(new) };
                new.check_identity(old).map_err(for_good)?;
                Ok(set.verified(new, now.as_secs(), keys).map_err(for_good)?.or(old))
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

#[cfg(test)]
mod tests;
