//! The sign-in through the browser, from the link to the tokens, with every check on the way: state, PKCE, nonce, issuer
//! and the ID token itself.
//!
//! 1. [`PendingSignIn::begin`] makes the URL to send the browser to, and what has to be kept until it comes back.
//! 2. [`PendingSignIn::callback`] reads the query that the browser comes back with, and gives the [`CodeExchange`].
//! 3. [`CodeExchange::request`] is the request for tokens.
//! 4. [`CodeExchange::finish`] reads the answer, checks the ID token and gives the [`SignedInTokens`].
//!
//! Each step needs the value of the one before, so that none can be left out. With a client, the last two are one:
//! [`AuthenticationClient::finish_sign_in`].
//!
//! ```
//! use genauth_core::App;
//! use genauth_core::protocol::flow::{PendingSignIn, SignInOptions};
//! # fn random(bytes: &mut [u8]) -> Result<(), genauth_core::Error> { bytes.fill(7); Ok(()) }
//!
//! let app = App::new("https://example.genauth.ai", "APP_ID")?.with_secret("APP_SECRET")?;
//! let options = SignInOptions::new("https://app.example/callback").with_scope("openid profile email");
//!
//! // `random` is the operating system's random source.
//! let now = 1_700_000_000;
//! let pending = PendingSignIn::begin(&app, &options, now, random)?;
//! // Send the browser to `pending.url()`, and keep `pending` in its session ...
//! let kept = serde_json::to_string(&pending).unwrap();
//!
//! // ... until it comes back.
//! let pending: PendingSignIn = serde_json::from_str(&kept).unwrap();
//! let forged = pending.callback("code=CODE&state=guessed", now + 30);
//! assert!(forged.is_err());
//! # Ok::<(), genauth_core::Error>(())
//! ```
//!
//! A sign-in that was begun is used up by the call-back:
//!
//! ```compile_fail,E0382
//! # use genauth_core::protocol::flow::PendingSignIn;
//! fn twice(pending: PendingSignIn) {
//!     let _ = pending.callback("code=CODE&state=STATE", 1_700_000_000);
//!     let _ = pending.callback("code=CODE&state=STATE", 1_700_000_000);
//! }
//! ```
//!
//! It comes from `begin` and from nowhere else, so that state, nonce and verifier cannot be chosen:
//!
//! ```compile_fail,E0451
//! # use genauth_core::protocol::flow::PendingSignIn;
//! fn by_hand(other: PendingSignIn) -> PendingSignIn {
//!     PendingSignIn { state: "STATE".into(), ..other }
//! }
//! ```
//!
//! There are no tokens without a verifier:
//!
//! ```compile_fail,E0061
//! # use genauth_core::protocol::flow::CodeExchange;
//! fn unchecked(exchange: &CodeExchange, response: &http::Response<Vec<u8>>) {
//!     let _ = exchange.finish(response);
//! }
//! ```
//!
//! and none without a call-back, or made up:
//!
//! ```compile_fail,E0451
//! # use genauth_core::protocol::flow::{CodeExchange, PendingSignIn};
//! fn without_callback(pending: PendingSignIn) -> CodeExchange {
//!     CodeExchange { code: "CODE".into(), pending }
//! }
//! ```

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use http::{Request, Response, StatusCode};

use super::kept::kept;
use super::keys::{JwksSource, KeySet};
use super::oidc::{
    AUTHORIZE_PARAMETERS, AuthorizeParams, GET_ACCESS_TOKEN_BY_CODE, OidcTokenResponse, Prompt, ResponseMode,
};
use super::pkce::{Pkce, random_text};
pub use super::signed_in::SignedInTokens;
use super::token_answer::TokenAnswer;
use super::token_parameters::{add_token_parameter, check_token_parameters};
use super::token_set::Tokens;
use super::verify::{Expected, IdToken, IdTokenVerifier, same};
use crate::JsonObject;
use crate::app::App;
use crate::app::access::Anyone;
use crate::client::AuthenticationClient;
pub use crate::error::SignInError;
use crate::error::{Error, OAuthError, RequestError};
use crate::operation::Operation;
use crate::value::secret::Secret;

/// [`GET_ACCESS_TOKEN_BY_CODE`] with parameters of one's own, and an answer that is read with care.
const EXCHANGE: Operation<JsonObject, TokenAnswer, Anyone> = GET_ACCESS_TOKEN_BY_CODE.input_as().reply_as();

/// How long a sign-in may take unless told otherwise.
const TIME_LIMIT: Duration = Duration::from_secs(60 * 60);

/// What a sign-in asks for.
#[derive(Debug, Clone)]
pub struct SignInOptions {
    /// Everything but state, nonce and challenge.
    parameters: AuthorizeParams,
    max_age: Option<Duration>,
    time_limit: Duration,
    issuer_required: bool,
    token_parameters: JsonObject,
}

impl SignInOptions {
    /// With the call-back URL, which has to be registered for the application.
    pub fn new(redirect_uri: impl Into<String>) -> Self {
        Self {
            parameters: AuthorizeParams::new(redirect_uri, ""),
            max_age: None,
            time_limit: TIME_LIMIT,
            issuer_required: false,
            token_parameters: JsonObject::new(),
        }
    }

    /// Sets the scopes, separated by blanks; `openid profile` unless told otherwise. They must hold `openid`, and
    /// `offline_access` where a refresh token is wanted.
    pub fn with_scope(mut self, scope: impl Into<String>) -> Self {
        self.parameters.scope = scope.into();
        self
    }

    /// Sets how far the service may bother the user. With the scope `offline_access` it is `consent` unless told otherwise,
    /// because there is no refresh token without.
    pub fn with_prompt(mut self, prompt: impl Into<Prompt>) -> Self {
        self.parameters.prompt = Some(prompt.into());
        self
    }

    /// Sets the tenant whose sign-in page is shown.
    pub fn with_tenant_id(mut self, tenant_id: impl Into<String>) -> Self {
        self.parameters.tenant_id = Some(tenant_id.into());
        self
    }

    /// Sets the connection to an external identity provider that is gone to at once.
    pub fn with_ext_idp_conn_id(mut self, ext_idp_conn_id: impl Into<String>) -> Self {
        self.parameters.ext_idp_conn_id = Some(ext_idp_conn_id.into());
        self
    }

    /// Sets more for the sign-in page.
    pub fn with_login_page_context(mut self, login_page_context: impl Into<String>) -> Self {
        self.parameters.login_page_context = Some(login_page_context.into());
        self
    }

    /// Sets the device's own id.
    pub fn with_device_id(mut self, device_id: impl Into<String>) -> Self {
        self.parameters.device_id = Some(device_id.into());
        self
    }

    /// Sets whom the sign-in page expects: an e-mail address, for instance.
    pub fn with_login_hint(self, login_hint: impl Into<String>) -> Self {
        self.with_parameter("login_hint", login_hint)
    }

    /// Sets how long ago the user may have signed in; after that they have to sign in again. The ID token is checked for it.
    pub fn with_max_age(mut self, max_age: Duration) -> Self {
        self.max_age = Some(max_age);
        self
    }

    /// Lets the browser post the answer as a form, so that it stands in no URL. The body of that request is what
    /// [`PendingSignIn::callback`] takes. The session's cookie has to come along: it needs `SameSite=None`.
    pub fn with_form_post(mut self) -> Self {
        self.parameters.response_mode = Some(ResponseMode::FormPost);
        self
    }

    /// Sets how long the sign-in may take, in whole seconds: an hour unless told otherwise. A call-back that comes later is
    /// refused.
    pub fn with_time_limit(mut self, time_limit: Duration) -> Self {
        self.time_limit = time_limit;
        self
    }

    /// Refuses a call-back that does not say who answers (`iss`, RFC 9207): for an application that signs in at several
    /// issuers. One that says so is always compared.
    pub fn with_required_issuer(mut self) -> Self {
        self.issuer_required = true;
        self
    }

    /// Adds a parameter that has no setter here. Those that the sign-in sets itself, and those that would change what is
    /// asked for (`request`, `request_uri` and the like), are refused when it begins.
    pub fn with_parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters = self.parameters.parameter(name, value);
        self
    }

    /// Adds a parameter to the request for tokens, such as `resource` (RFC 8707); the same name again makes a list. Those
    /// that the sign-in sets itself are refused when it begins.
    pub fn with_token_parameter(mut self, name: &str, value: impl Into<String>) -> Self {
        add_token_parameter(&mut self.token_parameters, name, value.into());
        self
    }
}

/// A sign-in that has begun: the browser is away.
///
/// Keep it where the user's browser session is kept, and nowhere else: the state and nonce bind the answer to this
/// browser. It can be serialised for that, secrets included, so the place has to be one that the user cannot read or
/// change: on the server, or in an encrypted cookie. Take it out when the call-back comes; a sign-in can be finished once.
pub struct PendingSignIn {
    url: String,
    state: Secret,
    nonce: Secret,
    code_verifier: Secret,
    redirect_uri: String,
    client_id: String,
    issuer: String,
    issuer_required: bool,
    max_age: Option<u64>,
    /// Until when the browser may come back, in seconds since 1970.
    ends_at: u64,
    token_parameters: JsonObject,
}

kept!(PendingSignIn {
    url,
    state,
    nonce,
    code_verifier,
    redirect_uri,
    client_id,
    issuer,
    issuer_required,
    max_age,
    ends_at,
    token_parameters,
});

/// Parameters that would change what is asked for behind the back of the checks: a request in another place, another proof of
/// who asks, tokens that are bound to a key.
const CHANGING: &[&str] = &[
    "request",
    "request_uri",
    "registration",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "client_metadata",
    "dpop_jkt",
    "response",
    "code",
    "iss",
];

/// Refuses a parameter that a sign-in sets itself or must not have, in whatever spelling a server might take for it.
fn check_parameters(parameters: &JsonObject) -> Result<(), RequestError> {
    for name in parameters.keys() {
        let plain = |character: char| character.is_ascii_alphanumeric() || "_-.:".contains(character);
        if name.is_empty() || !name.chars().all(plain) {
            return Err(RequestError::new("a parameter has an impossible name"));
        }
        if name.eq_ignore_ascii_case("max_age") {
            return Err(RequestError::new("the age of a sign-in is set by `with_max_age`"));
        }
        let mut refused = CHANGING.iter().chain(AUTHORIZE_PARAMETERS);
        if refused.any(|refused| name.eq_ignore_ascii_case(refused)) {
            return Err(RequestError::new(format!("the parameter `{name}` cannot be set so")));
        }
    }
    Ok(())
}

impl fmt::Debug for PendingSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingSignIn")
            .field("redirect_uri", &self.redirect_uri)
            .field("client_id", &self.client_id)
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

impl PendingSignIn {
    /// Begins a sign-in, at a time given in seconds since 1970. State, nonce and PKCE verifier are made of 32 bytes each that
    /// `random` fills: pass the operating system's random source ([`System::random`](crate::client::System::random)).
    ///
    /// Refuses ([`Error::Request`]) a scope without `openid`, and a parameter that the sign-in sets itself or that would
    /// change what is asked for.
    pub fn begin(
        app: &App,
        options: &SignInOptions,
        now_unix: u64,
        mut random: impl FnMut(&mut [u8]) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let state = random_text(&mut random)?;
        let nonce = random_text(&mut random)?;
        let pkce = Pkce::generate(&mut random)?;

        let mut parameters = options.parameters.clone();
        check_parameters(&parameters.other)?;
        check_token_parameters(&options.token_parameters)?;
        let max_age = options.max_age.map(|age| age.as_secs());
        if let Some(max_age) = max_age {
            parameters.other.insert("max_age".to_owned(), max_age.into());
        }
        state.expose().clone_into(&mut parameters.state);
        let parameters = parameters.nonce(nonce.expose()).code_challenge(pkce.challenge());
        Ok(Self {
            url: app.authorize_url(&parameters)?,
            state,
            nonce,
            code_verifier: pkce.verifier().clone(),
            redirect_uri: parameters.redirect_uri,
            client_id: app.id().to_owned(),
            issuer: app.issuer(),
            issuer_required: options.issuer_required,
            max_age,
            ends_at: now_unix.saturating_add(options.time_limit.as_secs()),
            token_parameters: options.token_parameters.clone(),
        })
    }

    /// Where to send the browser. Holds state and nonce: for a redirect, not for a log.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Reads what the browser came back with: the query of the call-back's URL (or that URL as a whole), or the body where
    /// it is posted as a form. The time is given in seconds since 1970.
    ///
    /// The state is compared before anything else is looked at. Then come, in this order: the time that the sign-in took; the
    /// issuer, where it is named (RFC 9207) or has to be; an error of the service ([`Error::OAuth`], such as `access_denied`
    /// or `login_required`); the code. What is not as it must be fails with [`Error::SignIn`], and so does a parameter that
    /// stands twice.
    pub fn callback(self, query: &str, now_unix: u64) -> Result<CodeExchange, Error> {
        let parameters = Parameters::read(query)?;
        let state = parameters.get("state")?.ok_or(SignInError::MissingState)?;
        // A pending sign-in that lacks one of the three, from a session that somebody damaged, fits nothing.
        let whole = [&self.state, &self.nonce, &self.code_verifier]
            .iter()
            .all(|secret| !secret.expose().is_empty());
        if !same(state.as_bytes(), self.state.expose().as_bytes()) || !whole {
            return Err(SignInError::WrongState.into());
        }
        if now_unix >= self.ends_at {
            return Err(SignInError::Expired.into());
        }
        match parameters.get("iss")? {
            Some(issuer) if issuer != self.issuer => {
                return Err(SignInError::WrongIssuer { expected: self.issuer }.into());
            }
            None if self.issuer_required => return Err(SignInError::MissingIssuer.into()),
            _ => {}
        }
        let description = parameters.get("error_description")?;
        let code = parameters.get("code")?;
        if let Some(error) = parameters.get("error")? {
            return Err(OAuthError {
                operation: "AuthenticationClient.authorize",
                host: None,
                retry_after: None,
                // That is how the service sent the browser here.
                http_status: StatusCode::FOUND,
                error: error.into_owned(),
                error_description: description.map(Cow::into_owned),
            }
            .into());
        }
        let code = code.filter(|code| !code.is_empty()).ok_or(SignInError::MissingCode)?;
        Ok(CodeExchange {
            code: Secret::from(&*code),
            pending: self,
        })
    }
}

/// How long a call-back's query may be. Codes are short; what is longer than this is no answer of the service.
const LONGEST_QUERY: usize = 64 * 1024;

/// The parameters of a call-back, still encoded.
struct Parameters<'a>(&'a str);

impl<'a> Parameters<'a> {
    fn read(query: &'a str) -> Result<Self, SignInError> {
        if query.len() > LONGEST_QUERY {
            return Err(SignInError::Malformed);
        }
        let query = query.split_once('#').map_or(query, |(before, _)| before);
        // The question mark of a whole URL, of its path and query, or alone; not one that is part of a value.
        let is_url = query.starts_with(['/', '?']) || has_scheme(query);
        let query = match query.split_once('?') {
            Some((_, query)) if is_url => query,
            None if is_url => "",
            _ => query,
        };
        Ok(Self(query))
    }

    /// The value of a parameter. Refuses one that stands twice: of two values, each reader might take another one.
    fn get(&self, name: &'static str) -> Result<Option<Cow<'a, str>>, SignInError> {
        let mut found = None;
        // What cannot be decoded is none of ours, unless it is the value of one of ours.
        for (key, value) in form_urlencoded::parse(self.0.as_bytes()) {
            if key != name {
                continue;
            }
            if found.is_some() {
                return Err(SignInError::DuplicateParameter(name));
            }
            // That is what stands where there was no UTF-8.
            if value.contains(char::REPLACEMENT_CHARACTER) {
                return Err(SignInError::Malformed);
            }
            found = Some(value);
        }
        Ok(found)
    }
}

/// Whether it begins as a URL: a query's first name is followed by `=`, not by a colon and a slash.
fn has_scheme(text: &str) -> bool {
    text.split_once(":/").is_some_and(|(scheme, _)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|character| character.is_ascii_alphanumeric() || "+-.".contains(character))
    })
}

/// A call-back that has passed its checks: a code, to be traded for tokens.
pub struct CodeExchange {
    code: Secret,
    pending: PendingSignIn,
}

impl fmt::Debug for CodeExchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CodeExchange")
            .field("code", &self.code)
            .field("pending", &self.pending)
            .finish()
    }
}

impl CodeExchange {
    /// The request for tokens. A code is good once, so the request is too.
    ///
    /// Refuses another application than the one that the sign-in was begun for.
    pub fn request(&self, app: &App) -> Result<Request<Vec<u8>>, Error> {
        self.belongs_to(app)?;
        EXCHANGE.request(app, &self.input())
    }

    fn belongs_to(&self, app: &App) -> Result<(), SignInError> {
        if app.id() == self.pending.client_id && app.issuer() == self.pending.issuer {
            Ok(())
        } else {
            Err(SignInError::OtherApplication)
        }
    }

    fn input(&self) -> JsonObject {
        let pending = &self.pending;
        let mut form = pending.token_parameters.clone();
        for (name, value) in [
            ("grant_type", "authorization_code"),
            ("code", self.code.expose()),
            ("redirect_uri", &pending.redirect_uri),
            ("code_verifier", pending.code_verifier.expose()),
        ] {
            form.insert(name.to_owned(), value.into());
        }
        form
    }

    /// Reads the answer and checks the ID token, at a time given in seconds since 1970. With HS256 the keys are not looked
    /// at: pass an empty set.
    ///
    /// Where no key fits ([`UnknownKey`](super::verify::VerifyError::UnknownKey)), get the keys again and call this again with
    /// the same answer.
    pub fn finish<B: AsRef<[u8]>>(
        &self,
        response: &Response<B>,
        verifier: &IdTokenVerifier,
        keys: &KeySet,
        now_unix: u64,
    ) -> Result<SignedInTokens, Error> {
        let TokenAnswer(answer) = EXCHANGE.reply(response)?;
        self.check(answer, now_unix, verifier, None, &mut |verifier, token, expected| {
            Ok(verifier.verify(token, keys, now_unix, expected)?)
        })
    }

    /// The one way from an answer to tokens.
    fn check(
        &self,
        answer: OidcTokenResponse,
        now_unix: u64,
        verifier: &IdTokenVerifier,
        keys: Option<&JwksSource>,
        verify: Verify<'_>,
    ) -> Result<SignedInTokens, Error> {
        let given = |token: &Option<Secret>, name| match token {
            Some(token) if !token.expose().is_empty() => Ok(token.clone()),
            _ => Err(SignInError::MissingToken(name)),
        };
        let access_token = given(&answer.access_token, "access_token")?;
        let id_token = given(&answer.id_token, "id_token")?;
        let tokens = Tokens::from_reply(&answer, now_unix)?;
        let verifier = match self.pending.max_age {
            Some(max_age) => Cow::Owned(verifier.clone().with_max_age(Duration::from_secs(max_age))),
            None => Cow::Borrowed(verifier),
        };
        let expected = Expected::default()
            .nonce(self.pending.nonce.expose())
            .access_token(access_token.expose())
            .code(self.code.expose());
        let id_token = verify(&verifier, id_token.expose(), &expected)?;
        Ok(SignedInTokens {
            answer,
            tokens,
            id_token,
            checks: Some((verifier.into_owned(), keys.cloned())),
        })
    }
}

type Verify<'a> = &'a mut dyn FnMut(&IdTokenVerifier, &str, &Expected<'_>) -> Result<IdToken, Error>;

impl AuthenticationClient<App> {
    /// Begins a sign-in through the browser: [`PendingSignIn::begin`], with the client's clock and random source. Needs a
    /// client with [them](Self::with_system).
    #[doc(alias = "loginWithRedirect")]
    pub fn begin_sign_in(&self, options: &SignInOptions) -> Result<PendingSignIn, Error> {
        let system = self.system()?;
        let now = system.unix_time().as_secs();
        PendingSignIn::begin(self.app(), options, now, |bytes| system.random(bytes))
    }

    /// Finishes a sign-in through the browser: reads the call-back ([`PendingSignIn::callback`]), trades the code for
    /// tokens, and checks the ID token with keys that are fetched where the verifier needs them.
    #[doc(alias = "handleRedirectCallback")]
    pub fn finish_sign_in(
        &self,
        pending: PendingSignIn,
        callback: &str,
        verifier: &IdTokenVerifier,
        keys: &JwksSource,
    ) -> Result<SignedInTokens, Error> {
        let now = self.system()?.unix_time().as_secs();
        let exchange = pending.callback(callback, now)?;
        exchange.belongs_to(self.app())?;
        let TokenAnswer(answer) = self.call(&EXCHANGE, &exchange.input())?;
        exchange.check(answer, now, verifier, Some(keys), &mut |verifier, token, expected| {
            keys.verify_id_token(verifier, token, expected)
        })
    }
}

#[cfg(test)]
mod tests;
