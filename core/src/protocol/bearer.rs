//! The check of a service that is called with access tokens: who calls, and may they? Otherwise, what to send back.
//!
//! A [`BearerCheck`] takes the headers of a request, wherever they come from, and gives the verified [`AccessToken`], or a
//! [`Refusal`]: 401 or 403 with the header `WWW-Authenticate` as RFC 6750 has it. Tokens are taken from the header
//! `Authorization` alone: in a URL, logs and other pages would see them.
//!
//! | | what is needed | tokens that were withdrawn |
//! |---|---|---|
//! | [`check_with`](BearerCheck::check_with) | a [`JwksSource`]: fetches keys now and then | are good until they end |
//! | [`check`](BearerCheck::check) | keys and the time; no I/O | the same |
//! | [`introspect`](BearerCheck::introspect) | a client: asks the service about each token | are refused |
//! | [`introspection`](BearerCheck::introspection) | the request and its answer; no I/O | are refused |
//!
//! Opaque tokens, such as those of OAuth 2.0 applications, can only be asked about.
//!
//! ```
//! use genauth_core::App;
//! use genauth_core::protocol::bearer::BearerCheck;
//! use genauth_core::protocol::keys::KeySet;
//! use genauth_core::protocol::verify::AccessTokenVerifier;
//! use http::StatusCode;
//!
//! let app = App::new("https://example.genauth.ai", "APP_ID")?;
//! let check = BearerCheck::new(AccessTokenVerifier::new(&app)).with_scope("orders.read");
//!
//! let request = http::Request::get("/orders").body(()).unwrap();
//! let refused = check.check(request.headers(), &KeySet::default(), 1_700_000_000).unwrap_err();
//! let response: http::Response<String> = refused.response();
//! assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
//! assert_eq!(response.headers()["www-authenticate"], r#"Bearer scope="orders.read""#);
//! # Ok::<(), genauth_core::Error>(())
//! ```

use std::fmt;

use http::header::{AUTHORIZATION, CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};

use super::keys::{JwksSource, KeySet};
use super::oauth::OAUTH_INTROSPECT_TOKEN;
use super::oidc::{INTROSPECT_TOKEN, TokenIntrospectEndpointParams, TokenTypeHint};
use super::verify::{AccessToken, AccessTokenVerifier, VerifyError};
use crate::JsonObject;
use crate::app::App;
use crate::app::access::{Anyone, Grants};
use crate::client::AuthenticationClient;
use crate::error::Error;
use crate::operation::Operation;
use crate::value::secret::Secret;

/// What a service expects of those who call it. See the [module](self).
#[derive(Debug, Clone)]
pub struct BearerCheck {
    verifier: AccessTokenVerifier,
    scopes: Vec<String>,
    realm: Option<String>,
    strict: bool,
    oauth: bool,
}

impl BearerCheck {
    /// Expects a token that this verifier accepts; issuer and audience are its settings.
    pub fn new(verifier: AccessTokenVerifier) -> Self {
        Self {
            verifier,
            scopes: Vec::new(),
            realm: None,
            strict: false,
            oauth: false,
        }
    }

    /// Expects these scopes, too, separated by blanks. All that were set are needed.
    pub fn with_scope(mut self, scope: &str) -> Self {
        self.scopes.extend(scope.split_ascii_whitespace().map(str::to_owned));
        self
    }

    /// Sets what the service calls itself in `WWW-Authenticate`.
    pub fn with_realm(mut self, realm: impl Into<String>) -> Self {
        self.realm = Some(realm.into());
        self
    }

    /// Where the service is asked, lets it look at the user as well: tokens of users who were deleted, deactivated or
    /// archived, or who have resigned, are refused.
    pub fn with_strict_introspection(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Where the service is asked, the tokens are those of an application whose protocol is OAuth 2.0. Its issuer is
    /// another one: set it with [`AccessTokenVerifier::with_issuer`].
    pub fn with_oauth(mut self) -> Self {
        self.oauth = true;
        self
    }

    /// Checks the token of a request with these keys, at a time given in seconds since 1970.
    ///
    /// Where the refusal's [error](Refusal::error) is [`VerifyError::UnknownKey`], the keys may be out of date:
    /// [`KeyCache`](super::keys::KeyCache) says when to fetch others.
    pub fn check(&self, headers: &HeaderMap, keys: &KeySet, now_unix: u64) -> Result<AccessToken, Refusal> {
        let token = self.token(headers)?;
        self.granted(self.verifier.verify(token, keys, now_unix).map_err(Error::from))
    }

    /// Checks the token of a request with the keys of this source, which are fetched where that is needed.
    pub fn check_with(&self, headers: &HeaderMap, keys: &JwksSource) -> Result<AccessToken, Refusal> {
        let token = self.token(headers)?;
        self.granted(keys.verify_access_token(&self.verifier, token))
    }

    /// Asks the service about the token of a request. Needs a client with a [clock](AuthenticationClient::with_system), and an
    /// application that may ask: the one that the tokens are for.
    pub fn introspect<C: Grants<Anyone>>(
        &self,
        headers: &HeaderMap,
        client: &AuthenticationClient<C>,
    ) -> Result<AccessToken, Refusal> {
        let introspection = self.introspection(headers)?;
        let answer = client.system().and_then(|system| {
            let answer = client.call(&self.operation(), &introspection.input())?;
            Ok((answer, system.unix_time().as_secs()))
        });
        match answer {
            Ok((answer, now_unix)) => introspection.end(answer, now_unix),
            Err(error) => Err(self.refusal(RefusalKind::Unavailable, Some(error))),
        }
    }

    /// Begins to ask the service about the token of a request: send the [request](Introspection::request) and apply the
    /// [answer](Introspection::reply).
    pub fn introspection(&self, headers: &HeaderMap) -> Result<Introspection, Refusal> {
        let token = self.token(headers)?;
        self.verifier
            .check_length(token)
            .map_err(|error| self.refusal(RefusalKind::InvalidToken, Some(error.into())))?;
        Ok(Introspection {
            check: self.clone(),
            token: Secret::from(token),
        })
    }

    /// Checks that a token allows more scopes, separated by blanks, than every call needs.
    pub fn require_scope(&self, token: &AccessToken, scope: &str) -> Result<(), Refusal> {
        let claims = token.claims();
        if scope.split_ascii_whitespace().all(|scope| claims.has_scope(scope)) {
            return Ok(());
        }
        let wider = self.clone().with_scope(scope);
        Err(wider.refusal(RefusalKind::InsufficientScope, None))
    }

    fn operation(&self) -> Operation<TokenIntrospectEndpointParams, JsonObject, Anyone> {
        if self.oauth {
            OAUTH_INTROSPECT_TOKEN.reply_as()
        } else {
            INTROSPECT_TOKEN.reply_as()
        }
    }

    /// The token of a request.
    fn token<'a>(&self, headers: &'a HeaderMap) -> Result<&'a str, Refusal> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let Some(value) = values.next() else {
            return Err(self.refusal(RefusalKind::MissingToken, None));
        };
        let invalid = || self.refusal(RefusalKind::InvalidRequest, None);
        // Of two, each reader might take another one.
        if values.next().is_some() {
            return Err(invalid());
        }
        let value = value.to_str().map_err(|_| invalid())?.trim_matches(' ');
        let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(self.refusal(RefusalKind::MissingToken, None));
        }
        let token = token.trim_start_matches(' ');
        let letters = token.trim_end_matches('=');
        let is_letter = |letter: char| letter.is_ascii_alphanumeric() || "-._~+/".contains(letter);
        if letters.is_empty() || !letters.chars().all(is_letter) {
            return Err(invalid());
        }
        Ok(token)
    }

    /// A good token, if it allows what is needed.
    fn granted(&self, checked: Result<AccessToken, Error>) -> Result<AccessToken, Refusal> {
        let token = checked.map_err(|error| {
            let kind = match error {
                Error::Verify(_) => RefusalKind::InvalidToken,
                _ => RefusalKind::Unavailable,
            };
            self.refusal(kind, Some(error))
        })?;
        if self.scopes.iter().all(|scope| token.claims().has_scope(scope)) {
            Ok(token)
        } else {
            Err(self.refusal(RefusalKind::InsufficientScope, None))
        }
    }

    fn refusal(&self, kind: RefusalKind, error: Option<Error>) -> Refusal {
        Refusal(Box::new(Refused {
            kind,
            challenge: self.challenge(kind, error.as_ref()),
            error,
        }))
    }

    /// What `WWW-Authenticate` says (RFC 6750, 3). Not why a token is bad: that is for the log of the service.
    fn challenge(&self, kind: RefusalKind, error: Option<&Error>) -> Option<HeaderValue> {
        let ended = matches!(error, Some(Error::Verify(error)) if matches!(**error, VerifyError::Expired { .. }));
        let (code, description) = match kind {
            RefusalKind::Unavailable => return None,
            RefusalKind::MissingToken => (None, None),
            RefusalKind::InvalidRequest => (Some("invalid_request"), None),
            RefusalKind::InvalidToken => (Some("invalid_token"), ended.then_some("The token has ended")),
            RefusalKind::InsufficientScope => (Some("insufficient_scope"), None),
        };
        let scopes = self.scopes.join(" ");
        let scope = match kind {
            RefusalKind::MissingToken | RefusalKind::InsufficientScope if !scopes.is_empty() => Some(scopes.as_str()),
            _ => None,
        };
        let pairs = [
            ("realm", self.realm.as_deref()),
            ("error", code),
            ("error_description", description),
            ("scope", scope),
        ];
        let pairs: Vec<String> = pairs
            .into_iter()
            .filter_map(|(name, value)| Some(format!("{name}=\"{}\"", quoted(value?))))
            .collect();
        let challenge = format!("Bearer {}", pairs.join(", "));
        Some(HeaderValue::from_str(challenge.trim_end()).unwrap_or(HeaderValue::from_static("Bearer")))
    }
}

/// A text as it stands between quotation marks in a header.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            ' '..='~' => quoted.push(character),
            _ => quoted.push('?'),
        }
    }
    quoted
}

/// A question to the service about a token. Its answer is good for the moment.
pub struct Introspection {
    check: BearerCheck,
    token: Secret,
}

impl Introspection {
    /// The request. It may be sent again.
    pub fn request(&self, app: &App) -> Result<Request<Vec<u8>>, Error> {
        self.check.operation().request(app, &self.input())
    }

    /// What the answer means, at a time given in seconds since 1970.
    pub fn reply<B: AsRef<[u8]>>(&self, response: &Response<B>, now_unix: u64) -> Result<AccessToken, Refusal> {
        match self.check.operation().reply(response) {
            Ok(answer) => self.end(answer, now_unix),
            Err(error) => Err(self.fail(error)),
        }
    }

    /// The refusal where no answer came: nobody gets in unseen.
    pub fn fail(&self, error: Error) -> Refusal {
        self.check.refusal(RefusalKind::Unavailable, Some(error))
    }

    fn input(&self) -> TokenIntrospectEndpointParams {
        let input = TokenIntrospectEndpointParams::new(&self.token).token_type_hint(TokenTypeHint::AccessToken);
        if self.check.strict { input.strict(true) } else { input }
    }

    fn end(&self, answer: JsonObject, now_unix: u64) -> Result<AccessToken, Refusal> {
        let checked = self.check.verifier.introspected(&self.token, answer, now_unix);
        self.check.granted(checked.map_err(Error::from))
    }
}

impl fmt::Debug for Introspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Introspection")
            .field("check", &self.check)
            .finish_non_exhaustive()
    }
}

/// Why a call is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefusalKind {
    /// There is no token: 401.
    MissingToken,
    /// The header cannot be understood, or there are two of it: 400.
    InvalidRequest,
    /// The token is not good: 401.
    InvalidToken,
    /// The token does not allow this: 403.
    InsufficientScope,
    /// The token cannot be checked now: 503.
    Unavailable,
}

/// A call that is refused, and what to send back.
#[derive(Debug, Clone)]
pub struct Refusal(Box<Refused>);

#[derive(Debug, Clone)]
struct Refused {
    kind: RefusalKind,
    challenge: Option<HeaderValue>,
    error: Option<Error>,
}

impl Refusal {
    /// Why.
    pub fn kind(&self) -> RefusalKind {
        self.0.kind
    }

    /// Why the token is not good, or what kept it from being checked: for a log, not for the caller.
    pub fn error(&self) -> Option<&Error> {
        self.0.error.as_ref()
    }

    /// The status to send back.
    pub fn status(&self) -> StatusCode {
        match self.0.kind {
            RefusalKind::MissingToken | RefusalKind::InvalidToken => StatusCode::UNAUTHORIZED,
            RefusalKind::InvalidRequest => StatusCode::BAD_REQUEST,
            RefusalKind::InsufficientScope => StatusCode::FORBIDDEN,
            RefusalKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The headers to send back.
    pub fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(challenge) = &self.0.challenge {
            headers.insert(WWW_AUTHENTICATE, challenge.clone());
        }
        if let Some(seconds) = self.error().and_then(Error::retry_after) {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        headers
    }

    /// Status and headers, with an empty body.
    pub fn response<B: Default>(&self) -> Response<B> {
        let mut response = Response::new(B::default());
        *response.status_mut() = self.status();
        *response.headers_mut() = self.headers();
        response
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0.kind {
            RefusalKind::MissingToken => "there is no access token",
            RefusalKind::InvalidRequest => "the authorization header is not what it must be",
            RefusalKind::InvalidToken => "the access token is not good",
            RefusalKind::InsufficientScope => "the access token does not allow this",
            RefusalKind::Unavailable => "the access token cannot be checked",
        })?;
        match self.error() {
            Some(error) => write!(f, ": {error}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Refusal {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error().and_then(std::error::Error::source)
    }
}
