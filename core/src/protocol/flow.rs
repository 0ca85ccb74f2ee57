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
//! let pending = PendingSignIn::begin(&app, &options, random)?;
//! // Send the browser to `pending.url()`, and keep `pending` in its session ...
//! let kept = serde_json::to_string(&pending).unwrap();
//!
//! // ... until it comes back.
//! let pending: PendingSignIn = serde_json::from_str(&kept).unwrap();
//! let forged = pending.callback("code=CODE&state=guessed");
//! assert!(forged.is_err());
//! # Ok::<(), genauth_core::Error>(())
//! ```
//!
//! A sign-in that was begun is used up by the call-back:
//!
//! ```compile_fail,E0382
//! # use genauth_core::protocol::flow::PendingSignIn;
//! fn twice(pending: PendingSignIn) {
//!     let _ = pending.callback("code=CODE&state=STATE");
//!     let _ = pending.callback("code=CODE&state=STATE");
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
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

use super::claims::IdTokenClaims;
use super::keys::{JwksSource, KeySet};
use super::oidc::{
    AuthorizeParams, GET_ACCESS_TOKEN_BY_CODE, GetAccessTokenByCode, OidcTokenResponse, Prompt, ResponseMode,
};
use super::pkce::{Pkce, random_text};
use super::token_set::{TokenSet, Tokens};
use super::verify::{Expected, IdToken, IdTokenVerifier, same};
use crate::app::App;
use crate::client::AuthenticationClient;
pub use crate::error::SignInError;
use crate::error::{Error, OAuthError, RequestError};
use crate::value::secret::Secret;

/// What a sign-in asks for.
#[derive(Debug, Clone)]
pub struct SignInOptions {
    /// Everything but state, nonce and challenge.
    parameters: AuthorizeParams,
    max_age: Option<Duration>,
}

impl SignInOptions {
    /// With the call-back URL, which has to be registered for the application.
    pub fn new(redirect_uri: impl Into<String>) -> Self {
        Self {
            parameters: AuthorizeParams::new(redirect_uri, ""),
            max_age: None,
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

    /// Adds a parameter that has no setter here. Those that the sign-in sets itself are refused when it begins.
    pub fn with_parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters = self.parameters.parameter(name, value);
        self
    }
}

/// A sign-in that has begun: the browser is away.
///
/// Keep it where the user's browser session is kept, and nowhere else: the state and nonce bind the answer to this
/// browser. It can be serialised for that, secrets included, so the place has to be one that the user cannot read or
/// change: on the server, or in an encrypted cookie. Take it out when the call-back comes; a sign-in can be finished once.
#[derive(Serialize, Deserialize)]
pub struct PendingSignIn {
    url: String,
    state: Secret,
    nonce: Secret,
    code_verifier: Secret,
    redirect_uri: String,
    client_id: String,
    issuer: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_age: Option<u64>,
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
    /// Begins a sign-in. State, nonce and PKCE verifier are made of 32 bytes each that `random` fills: pass the operating
    /// system's random source ([`System::random`](crate::client::System::random)).
    ///
    /// Refuses ([`Error::Request`]) a scope without `openid`, and a parameter that the sign-in sets itself.
    pub fn begin(
        app: &App,
        options: &SignInOptions,
        mut random: impl FnMut(&mut [u8]) -> Result<(), Error>,
    ) -> Result<Self, Error> {
        let state = random_text(&mut random)?;
        let nonce = random_text(&mut random)?;
        let pkce = Pkce::generate(&mut random)?;

        let mut parameters = options.parameters.clone();
        if parameters.other.contains_key("max_age") {
            return Err(RequestError::new("the age of a sign-in is set by `with_max_age`").into());
        }
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
            max_age,
        })
    }

    /// Where to send the browser. Holds state and nonce: for a redirect, not for a log.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Reads what the browser came back with: the query of the call-back's URL (or that URL as a whole), or the body where
    /// it is posted as a form.
    ///
    /// The state is compared before anything else is looked at. Then come, in this order: the issuer, where it is named
    /// (RFC 9207); an error of the service ([`Error::OAuth`], such as `access_denied` or `login_required`); the code. What is
    /// not as it must be fails with [`Error::SignIn`], and so does a parameter that stands twice.
    pub fn callback(self, query: &str) -> Result<CodeExchange, Error> {
        let parameters = Parameters::read(query)?;
        let state = parameters.get("state")?.ok_or(SignInError::MissingState)?;
        // A pending sign-in that lacks one of the three, from a session that somebody damaged, fits nothing.
        let whole = [&self.state, &self.nonce, &self.code_verifier]
            .iter()
            .all(|secret| !secret.expose().is_empty());
        if !same(state.as_bytes(), self.state.expose().as_bytes()) || !whole {
            return Err(SignInError::WrongState.into());
        }
        if let Some(issuer) = parameters.get("iss")?
            && issuer != self.issuer
        {
            return Err(SignInError::WrongIssuer { expected: self.issuer }.into());
        }
        let description = parameters.get("error_description")?;
        let code = parameters.get("code")?;
        if let Some(error) = parameters.get("error")? {
            return Err(OAuthError {
                operation: "AuthenticationClient.authorize",
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
        // A whole URL, unless the question mark is part of a value.
        let query = match query.split_once('?') {
            Some((before, query)) if !before.contains('=') => query,
            _ => query,
        };
        Ok(Self(query))
    }

    /// The value of a parameter. Refuses one that stands twice: of two values, each reader might take another one.
    fn get(&self, name: &'static str) -> Result<Option<Cow<'a, str>>, SignInError> {
        let mut found = None;
        for pair in self.0.split('&') {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            // What cannot be decoded is none of ours, unless it is the value of one of ours.
            if decode(key).is_some_and(|key| key == name) {
                if found.is_some() {
                    return Err(SignInError::DuplicateParameter(name));
                }
                found = Some(decode(value).ok_or(SignInError::Malformed)?);
            }
        }
        Ok(found)
    }
}

/// A name or value of a query or form.
fn decode(text: &str) -> Option<Cow<'_, str>> {
    if text.contains('+') {
        let text = text.replace('+', " ");
        return Some(Cow::Owned(percent_decode_str(&text).decode_utf8().ok()?.into_owned()));
    }
    percent_decode_str(text).decode_utf8().ok()
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
        GET_ACCESS_TOKEN_BY_CODE.request(app, &self.input())
    }

    fn belongs_to(&self, app: &App) -> Result<(), SignInError> {
        if app.id() == self.pending.client_id && app.issuer() == self.pending.issuer {
            Ok(())
        } else {
            Err(SignInError::OtherApplication)
        }
    }

    fn input(&self) -> GetAccessTokenByCode {
        GetAccessTokenByCode::new(&self.code, &self.pending.redirect_uri).code_verifier(&self.pending.code_verifier)
    }

    /// Reads the answer and checks the ID token, at a time given in seconds since 1970. With HS256 the keys are not looked
    /// at: pass an empty set.
    ///
    /// Where no key fits ([`UnknownKey`](super::verify::VerifyError::UnknownKey)), get the keys again and call this again with the same answer.
    pub fn finish<B: AsRef<[u8]>>(
        &self,
        response: &Response<B>,
        verifier: &IdTokenVerifier,
        keys: &KeySet,
        now_unix: u64,
    ) -> Result<SignedInTokens, Error> {
        let tokens = GET_ACCESS_TOKEN_BY_CODE.reply(response)?;
        self.check(tokens, verifier, &mut |verifier, token, expected| {
            Ok(verifier.verify(token, keys, now_unix, expected)?)
        })
    }

    /// The one way from an answer to tokens.
    fn check(
        &self,
        tokens: OidcTokenResponse,
        verifier: &IdTokenVerifier,
        verify: Verify<'_>,
    ) -> Result<SignedInTokens, Error> {
        let given = |token: &Option<Secret>, name| match token {
            Some(token) if !token.expose().is_empty() => Ok(token.clone()),
            _ => Err(SignInError::MissingToken(name)),
        };
        let access_token = given(&tokens.access_token, "access_token")?;
        let id_token = given(&tokens.id_token, "id_token")?;
        let verifier = match self.pending.max_age {
            Some(max_age) => Cow::Owned(verifier.clone().with_max_age(Duration::from_secs(max_age))),
            None => Cow::Borrowed(verifier),
        };
        let expected = Expected::default()
            .nonce(self.pending.nonce.expose())
            .access_token(access_token.expose())
            .code(self.code.expose());
        let id_token = verify(&verifier, id_token.expose(), &expected)?;
        Ok(SignedInTokens { tokens, id_token })
    }
}

type Verify<'a> = &'a mut dyn FnMut(&IdTokenVerifier, &str, &Expected<'_>) -> Result<IdToken, Error>;

/// The tokens of a user who has signed in, with an ID token that has passed every check. There is no other way to make one.
#[derive(Debug, Clone)]
pub struct SignedInTokens {
    tokens: OidcTokenResponse,
    id_token: IdToken,
}

impl SignedInTokens {
    /// What the ID token says about the user.
    pub fn claims(&self) -> &IdTokenClaims {
        self.id_token.claims()
    }

    /// The ID token.
    pub fn id_token(&self) -> &IdToken {
        &self.id_token
    }

    /// The tokens as they came: access token, refresh token where there is one, lifetime, scope.
    pub fn tokens(&self) -> &OidcTokenResponse {
        &self.tokens
    }

    /// The tokens, ready to be shared and kept fresh. The time is the time of day, in seconds since 1970.
    pub fn token_set(&self, now_unix: u64) -> Result<TokenSet, Error> {
        Tokens::from_reply(&self.tokens, now_unix).map(TokenSet::new)
    }
}

impl AuthenticationClient<App> {
    /// Begins a sign-in through the browser: [`PendingSignIn::begin`], with the client's random source. Needs a client with
    /// [one](Self::with_system).
    #[doc(alias = "loginWithRedirect")]
    pub fn begin_sign_in(&self, options: &SignInOptions) -> Result<PendingSignIn, Error> {
        let system = self.system()?;
        PendingSignIn::begin(self.app(), options, |bytes| system.random(bytes))
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
        let exchange = pending.callback(callback)?;
        exchange.belongs_to(self.app())?;
        let tokens = self.call(&GET_ACCESS_TOKEN_BY_CODE, &exchange.input())?;
        exchange.check(tokens, verifier, &mut |verifier, token, expected| {
            keys.verify_id_token(verifier, token, expected)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use hmac::{Hmac, Mac as _};
    use serde_json::{Value, json};
    use sha2::{Digest as _, Sha256};

    use super::*;
    use crate::client::System;
    use crate::protocol::verify::VerifyError;
    use crate::transport::TransportError;

    const NOW: u64 = 1_700_000_000;
    const CALLBACK: &str = "https://app.example/callback?from=genauth";

    struct Fixed;

    impl System for Fixed {
        fn now(&self) -> Duration {
            Duration::ZERO
        }

        fn unix_time(&self) -> Duration {
            Duration::from_secs(NOW)
        }

        fn sleep(&self, _: Duration) {}

        fn random(&self, bytes: &mut [u8]) -> Result<(), Error> {
            bytes.fill(9);
            Ok(())
        }
    }

    fn app() -> App {
        App::new("https://example.genauth.ai", "APP_ID")
            .unwrap()
            .with_secret("APP_SECRET")
            .unwrap()
    }

    /// Every call gives other bytes.
    fn counting() -> impl FnMut(&mut [u8]) -> Result<(), Error> {
        let mut last = 0;
        move |bytes| {
            last += 1;
            bytes.fill(last);
            Ok(())
        }
    }

    fn begin(options: &SignInOptions) -> PendingSignIn {
        PendingSignIn::begin(&app(), options, counting()).unwrap()
    }

    fn pending() -> PendingSignIn {
        begin(&SignInOptions::new(CALLBACK))
    }

    fn answer(query: &str) -> Result<CodeExchange, Error> {
        let pending = pending();
        let query = query.replace("STATE", pending.state.expose());
        pending.callback(&query)
    }

    fn exchange() -> CodeExchange {
        answer("code=CODE&state=STATE").unwrap()
    }

    fn hs256(claims: &Value, secret: &str) -> String {
        let encode = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let message = format!("{}.{}", encode(&json!({"alg": "HS256", "typ": "JWT"})), encode(claims));
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
            .unwrap()
            .chain_update(&message);
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }

    fn claims() -> Value {
        let hash = Sha256::digest("ACCESS");
        json!({
            "iss": "https://example.genauth.ai/oidc", "aud": "APP_ID", "sub": "user-1", "nonce": pending().nonce,
            "iat": NOW, "exp": NOW + 3600, "at_hash": URL_SAFE_NO_PAD.encode(&hash[..16]), "name": null, "team": "blue",
        })
    }

    fn tokens(claims: &Value) -> Value {
        json!({
            "access_token": "ACCESS", "refresh_token": "REFRESH", "id_token": hs256(claims, "APP_SECRET"),
            "expires_in": 3600, "token_type": "Bearer", "scope": "openid profile",
        })
    }

    fn finish(exchange: &CodeExchange, reply: &Value) -> Result<SignedInTokens, Error> {
        let response = Response::new(reply.to_string().into_bytes());
        exchange.finish(&response, &IdTokenVerifier::new(&app()), &KeySet::default(), NOW)
    }

    fn query(url: &str) -> Vec<(String, String)> {
        let (_, query) = url.split_once('?').unwrap();
        query
            .split('&')
            .map(|pair| pair.split_once('=').unwrap())
            .map(|(name, value)| (name.to_owned(), decode(value).unwrap().into_owned()))
            .collect()
    }

    #[test]
    fn the_url_has_state_nonce_and_challenge() {
        let options = SignInOptions::new(CALLBACK)
            .with_scope("openid email")
            .with_prompt(Prompt::Login)
            .with_tenant_id("t&1")
            .with_ext_idp_conn_id("idp")
            .with_login_page_context("{\"a\":1}")
            .with_device_id("phone")
            .with_login_hint("ada@example.com")
            .with_max_age(Duration::from_secs(300));
        let pending = begin(&options);
        let mut parameters = query(pending.url());
        parameters.sort();
        let challenge = Pkce::from_verifier(pending.code_verifier.clone()).unwrap();
        let mut expected = [
            ("client_id", "APP_ID"),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", "openid email"),
            ("state", pending.state.expose()),
            ("nonce", pending.nonce.expose()),
            ("prompt", "login"),
            ("tenant_id", "t&1"),
            ("code_challenge", challenge.challenge()),
            ("code_challenge_method", "S256"),
            ("login_page_context", "{\"a\":1}"),
            ("ext_idp_conn_id", "idp"),
            ("deviceId", "phone"),
            ("login_hint", "ada@example.com"),
            ("max_age", "300"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        expected.sort();
        assert_eq!(parameters, expected);
        assert!(pending.url().starts_with("https://example.genauth.ai/oidc/auth?"));
        let secrets = [&pending.state, &pending.nonce, &pending.code_verifier].map(Secret::expose);
        assert!(secrets.iter().all(|secret| secret.len() == 43));
        assert!(secrets[0] != secrets[1] && secrets[1] != secrets[2] && secrets[0] != secrets[2]);
        assert!(!pending.url().contains(secrets[2]), "the verifier stays here");
    }

    #[test]
    fn the_defaults_are_a_profile_and_consent_for_a_refresh_token() {
        let value = |options: &SignInOptions, name: &str| {
            let parameters = query(begin(options).url());
            parameters
                .into_iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value)
        };
        let options = SignInOptions::new(CALLBACK);
        assert_eq!(value(&options, "scope").as_deref(), Some("openid profile"));
        assert_eq!(value(&options, "prompt"), None);
        assert_eq!(value(&options, "response_mode"), None);
        let offline = options.clone().with_scope("openid offline_access");
        assert_eq!(value(&offline, "prompt").as_deref(), Some("consent"));
        let posted = options.with_form_post();
        assert_eq!(value(&posted, "response_mode").as_deref(), Some("form_post"));
    }

    #[test]
    fn what_would_undo_a_check_is_refused_at_the_beginning() {
        let options = || SignInOptions::new(CALLBACK);
        for refused in [
            options().with_scope("profile"),
            options().with_scope("openid2 openidx"),
            options().with_parameter("state", "mine"),
            options().with_parameter("nonce", "mine"),
            options().with_parameter("code_challenge", "mine"),
            options().with_parameter("response_type", "token"),
            options().with_parameter("max_age", "1"),
        ] {
            let refused = PendingSignIn::begin(&app(), &refused, counting());
            assert!(matches!(refused, Err(Error::Request(_))));
        }
        assert!(PendingSignIn::begin(&app(), &options(), |_| Ok(())).is_err());
    }

    #[test]
    fn a_callback_is_read_as_query_url_or_form() {
        for query in [
            "code=CODE&state=STATE",
            "?state=STATE&code=CODE",
            "https://app.example/callback?from=genauth&code=CODE&state=STATE#_=_",
            "/callback?code=CODE&state=STATE&iss=https%3A%2F%2Fexample.genauth.ai%2Foidc&session_state=x&other",
            "next=/a?b=c&%63ode=%43ODE&state=STATE&broken=%FF",
        ] {
            let exchange = answer(query).unwrap_or_else(|error| panic!("{query}: {error}"));
            assert_eq!(exchange.code.expose(), "CODE");
        }
        assert_eq!(answer("code=a+b%2Bc&state=STATE").unwrap().code.expose(), "a b+c");
    }

    #[test]
    fn a_callback_that_does_not_answer_this_sign_in_is_refused() {
        let long = format!("code={}&state=STATE", "x".repeat(LONGEST_QUERY));
        let duplicate = SignInError::DuplicateParameter;
        for (query, expected) in [
            ("", SignInError::MissingState),
            ("code=CODE", SignInError::MissingState),
            ("code=CODE&STATE", SignInError::MissingState),
            ("code=CODE&state=", SignInError::WrongState),
            ("code=CODE&state=STATEx", SignInError::WrongState),
            ("code=CODE&state=other", SignInError::WrongState),
            // The state comes first, whatever else is wrong or said.
            ("error=access_denied&state=other", SignInError::WrongState),
            ("code=CODE&code=OTHER&state=other", SignInError::WrongState),
            ("code=CODE&state=STATE&state=STATE", duplicate("state")),
            ("code=CODE&state=other&st%61te=STATE", duplicate("state")),
            ("code=CODE&code=OTHER&state=STATE", duplicate("code")),
            ("error=x&error=y&state=STATE", duplicate("error")),
            (
                "error=x&error_description=a&error_description=b&state=STATE",
                duplicate("error_description"),
            ),
            (
                "code=CODE&state=STATE&iss=https://example.genauth.ai/oidc&iss=https://evil.example",
                duplicate("iss"),
            ),
            ("state=STATE", SignInError::MissingCode),
            ("code=&state=STATE", SignInError::MissingCode),
            ("code=%FF&state=STATE", SignInError::Malformed),
            (&long, SignInError::Malformed),
            (
                "code=CODE&state=STATE&iss=https://evil.example/oidc",
                SignInError::WrongIssuer {
                    expected: "https://example.genauth.ai/oidc".to_owned(),
                },
            ),
            (
                "error=access_denied&state=STATE&iss=",
                SignInError::WrongIssuer {
                    expected: "https://example.genauth.ai/oidc".to_owned(),
                },
            ),
        ] {
            match answer(query) {
                Err(Error::SignIn(error)) => assert_eq!(*error, expected, "{query:.80}"),
                other => panic!("{query:.80}: {other:?}"),
            }
        }
    }

    #[test]
    fn an_error_of_the_service_is_its_own() {
        let Err(Error::OAuth(error)) =
            answer("error=access_denied&error_description=not+today%0A!&state=STATE&code=CODE")
        else {
            panic!("an error must not be taken for a code");
        };
        assert_eq!(error.error, "access_denied");
        assert_eq!(error.operation, "AuthenticationClient.authorize");
        assert_eq!(
            error.to_string(),
            "AuthenticationClient.authorize: access_denied: not today !"
        );
    }

    #[test]
    fn a_damaged_session_fits_nothing() {
        let whole = serde_json::to_value(pending()).unwrap();
        for name in ["state", "nonce", "code_verifier"] {
            let mut damaged = whole.clone();
            damaged[name] = "".into();
            let damaged: PendingSignIn = serde_json::from_value(damaged).unwrap();
            let query = format!("code=CODE&state={}", damaged.state.expose());
            assert!(matches!(damaged.callback(&query), Err(Error::SignIn(_))), "{name}");
        }
    }

    #[test]
    fn the_tokens_come_with_checked_claims() {
        // By way of a session.
        let kept = serde_json::to_string(&pending()).unwrap();
        let pending: PendingSignIn = serde_json::from_str(&kept).unwrap();
        let state = pending.state.expose().to_owned();
        let verifier = pending.code_verifier.expose().to_owned();
        let exchange = pending.callback(&format!("code=C%26D&state={state}")).unwrap();

        let request = exchange.request(&app()).unwrap();
        assert_eq!(request.uri(), "https://example.genauth.ai/oidc/token");
        let body = format!("?{}", String::from_utf8(request.into_body()).unwrap());
        let mut form = query(&body);
        form.sort();
        let expected = [
            ("client_id", "APP_ID"),
            ("client_secret", "APP_SECRET"),
            ("code", "C&D"),
            ("code_verifier", &verifier),
            ("grant_type", "authorization_code"),
            ("redirect_uri", CALLBACK),
        ];
        assert_eq!(form, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));

        let signed_in = finish(&exchange, &tokens(&claims())).unwrap();
        assert_eq!(signed_in.claims().sub, "user-1");
        assert_eq!(signed_in.claims().custom["team"], "blue");
        assert_eq!(signed_in.tokens().access_token.as_ref().unwrap().expose(), "ACCESS");
        let set = signed_in.token_set(NOW).unwrap();
        assert_eq!(set.tokens().expires_at, Some(NOW + 3600));
        assert_eq!(set.tokens().refresh_token.unwrap().expose(), "REFRESH");
    }

    #[test]
    fn tokens_that_fail_a_check_do_not_come_out() {
        let with = |name: &str, value: Value| {
            let mut claims = claims();
            claims[name] = value;
            tokens(&claims)
        };
        for (reply, expected) in [
            (with("nonce", "other".into()), VerifyError::WrongNonce),
            (with("nonce", Value::Null), VerifyError::MissingClaim("nonce")),
            (with("at_hash", "AAAA".into()), VerifyError::WrongAccessTokenHash),
            (with("c_hash", "AAAA".into()), VerifyError::WrongCodeHash),
            (
                with("aud", "OTHER".into()),
                VerifyError::WrongAudience {
                    expected: "APP_ID".to_owned(),
                },
            ),
            (
                with("exp", (NOW - 60).into()),
                VerifyError::Expired {
                    exp: i64::try_from(NOW - 60).unwrap(),
                    now: NOW,
                },
            ),
        ] {
            match finish(&exchange(), &reply) {
                Err(Error::Verify(error)) => assert_eq!(*error, expected),
                other => panic!("{other:?}"),
            }
        }
        let forged = json!({"access_token": "ACCESS", "id_token": hs256(&claims(), "OTHER_SECRET")});
        let Err(Error::Verify(error)) = finish(&exchange(), &forged) else {
            panic!("the signature is wrong")
        };
        assert_eq!(*error, VerifyError::SignatureInvalid);
    }

    #[test]
    fn tokens_that_are_missing_are_missed() {
        for (name, value) in [
            ("id_token", Value::Null),
            ("id_token", "".into()),
            ("access_token", Value::Null),
            ("access_token", "".into()),
        ] {
            let mut reply = tokens(&claims());
            reply[name] = value;
            match finish(&exchange(), &reply) {
                Err(Error::SignIn(error)) => assert_eq!(*error, SignInError::MissingToken(name)),
                other => panic!("{other:?}"),
            }
        }
        let refused = json!({"error": "invalid_grant", "error_description": "used"});
        assert!(matches!(finish(&exchange(), &refused), Err(Error::OAuth(_))));
    }

    #[test]
    fn the_age_that_was_asked_for_is_checked() {
        let exchange = |age| {
            let pending = begin(&SignInOptions::new(CALLBACK).with_max_age(Duration::from_secs(age)));
            let query = format!("code=CODE&state={}", pending.state.expose());
            pending.callback(&query).unwrap()
        };
        let mut claims = claims();
        assert!(
            matches!(finish(&exchange(300), &tokens(&claims)), Err(Error::Verify(_))),
            "no auth_time"
        );
        claims["auth_time"] = (NOW - 1000).into();
        assert!(
            matches!(finish(&exchange(300), &tokens(&claims)), Err(Error::Verify(_))),
            "too long ago"
        );
        assert!(finish(&exchange(1000), &tokens(&claims)).is_ok());
    }

    #[test]
    fn another_application_gets_no_code() {
        let other = App::new("https://example.genauth.ai", "OTHER").unwrap();
        let elsewhere = App::new("https://elsewhere.example", "APP_ID").unwrap();
        for app in [other, elsewhere] {
            match exchange().request(&app) {
                Err(Error::SignIn(error)) => assert_eq!(*error, SignInError::OtherApplication),
                unexpected => panic!("{unexpected:?}"),
            }
        }
    }

    #[test]
    fn a_client_goes_all_the_way() {
        let calls = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&calls);
        let transport = move |request: Request<Vec<u8>>| -> Result<_, TransportError> {
            seen.lock().unwrap().push(request.uri().path().to_owned());
            // The nonce of `Fixed`: 32 bytes of 9.
            let mut claims = claims();
            claims["nonce"] = URL_SAFE_NO_PAD.encode([9; 32]).into();
            Ok(Response::new(tokens(&claims).to_string().into_bytes()))
        };
        let client = AuthenticationClient::new(app(), transport).with_system(Fixed);
        let keys = JwksSource::new(&client);
        let verifier = IdTokenVerifier::new(client.app());
        let begin = || client.begin_sign_in(&SignInOptions::new(CALLBACK)).unwrap();

        let state = begin().state.expose().to_owned();
        let query = format!("code=CODE&state={state}");
        let signed_in = client.finish_sign_in(begin(), &query, &verifier, &keys).unwrap();
        assert_eq!(signed_in.claims().sub, "user-1");
        assert_eq!(*calls.lock().unwrap(), ["/oidc/token"], "HS256 needs no keys");

        assert!(
            client
                .finish_sign_in(begin(), "code=CODE&state=x", &verifier, &keys)
                .is_err()
        );
        let rs256 = verifier.rs256();
        assert!(client.finish_sign_in(begin(), &query, &rs256, &keys).is_err());
        assert_eq!(
            calls.lock().unwrap()[1],
            "/oidc/token",
            "nothing was sent for the wrong state"
        );
    }

    #[test]
    fn nothing_shows_a_secret() {
        let pending = pending();
        let secrets = [&pending.state, &pending.nonce, &pending.code_verifier].map(|it| it.expose().to_owned());
        let exchange = exchange();
        let signed_in = finish(&exchange, &tokens(&claims())).unwrap();
        let refused = answer("code=HIDDEN&state=other").unwrap_err();
        let shown = format!("{pending:?}{exchange:?}{signed_in:?}{refused:?}");
        for secret in secrets
            .iter()
            .map(String::as_str)
            .filter(|secret| *secret != claims()["nonce"])
            .chain(["CODE", "HIDDEN", "REFRESH", "eyJ"])
        {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
        assert!(!format!("{pending:?}").contains(&secrets[1]));
    }
}
