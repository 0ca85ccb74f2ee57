//! Signing in through the browser: the authorisation endpoints of OpenID Connect and OAuth 2.0, and the session that the
//! browser keeps.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use axum::http::{HeaderValue, Response, StatusCode, Uri, header};
use data_encoding::BASE64URL_NOPAD;
use rsa::sha2::{Digest, Sha256};
use serde_json::Value;

use crate::area::cas;
use crate::area::sign_in_page::{Page, ask};
use crate::clock::{Millis, millis};
use crate::failure::{Answer, Failure, Reply};
use crate::html::{complaint, escape, page, page_with_script};
use crate::one_time::OneTime;
use crate::random;
use crate::route::{Call, Caller, Route, get, post};
use crate::session::Visit;
use crate::state::{ClientAuthentication, Settings, World};
use crate::tokens::{Authorization, Protocol, Refresh, Wanted, has_scope};

/// How long a code lives unless a test says otherwise.
pub(crate) const CODE_LIFETIME: Duration = Duration::from_secs(600);
/// How long the browser's session lasts.
const SESSION_LIFETIME: Duration = Duration::from_secs(14 * 24 * 3600);
/// The cookie with the browser's session. Cookies do not tell ports apart, so the name must be nobody else's.
const COOKIE: &str = "genauth_emulator_session";

pub(crate) const ROUTES: &[Route] = &[
    get("/oidc/auth", Caller::Anyone, &[], authorize_oidc),
    post("/oidc/auth", Caller::Anyone, &[], authorize_oidc),
    get("/oauth/auth", Caller::Anyone, &[], authorize_oauth),
];

/// What browsers are in the middle of.
#[derive(Debug, Clone, Default)]
pub(crate) struct Browsers {
    /// By the cookie.
    sessions: HashMap<String, BrowserSession>,
    pub(crate) pages: OneTime<Page>,
    codes: HashMap<String, Code>,
    pub(crate) tickets: OneTime<cas::Ticket>,
}

/// Somebody who has signed in in a browser.
#[derive(Debug, Clone)]
pub(crate) struct BrowserSession {
    pub(crate) user_id: String,
    device_id: String,
    signed_in_at: Millis,
}

/// Why somebody is asked to sign in, and what happens then.
#[derive(Debug, Clone)]
pub(crate) enum Wish {
    Authorize(Request),
    Cas { service: String },
}

/// A code that was handed out.
#[derive(Debug, Clone)]
struct Code {
    authorization: Authorization,
    redirect_uri: String,
    challenge: Option<Challenge>,
    expires_at: Millis,
    used: bool,
}

/// The challenge of PKCE.
#[derive(Debug, Clone)]
struct Challenge {
    hashed: bool,
    value: String,
}

impl Challenge {
    fn is_met_by(&self, verifier: &str) -> bool {
        if self.hashed {
            BASE64URL_NOPAD.encode(&Sha256::digest(verifier.as_bytes())) == self.value
        } else {
            verifier == self.value
        }
    }
}

/// An authorisation request that may be fulfilled.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    protocol: Protocol,
    target: Target,
    response: ResponseType,
    scope: String,
    nonce: Option<String>,
    challenge: Option<Challenge>,
    prompt: Prompt,
    /// In milliseconds.
    max_age: Option<Millis>,
    pub(crate) login_hint: Option<String>,
}

/// What the answer consists of.
#[derive(Debug, Clone, Copy)]
struct ResponseType {
    code: bool,
    token: bool,
    id_token: bool,
}

impl ResponseType {
    fn read(protocol: Protocol, text: &str) -> Option<Self> {
        let has = |part| has_scope(text, part);
        let it = Self {
            code: has("code"),
            token: has("token"),
            id_token: has("id_token"),
        };
        let known = [it.code, it.token, it.id_token]
            .into_iter()
            .filter(|part| *part)
            .count();
        let allowed = match protocol {
            Protocol::Oidc => it.code || it.id_token,
            Protocol::OAuth => known == 1 && !it.id_token,
        };
        (allowed && known == text.split_whitespace().count()).then_some(it)
    }

    /// Whether there is more in the answer than a code, which must not get into a query.
    fn has_tokens(self) -> bool {
        self.token || self.id_token
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Prompt {
    /// As the session says.
    Usual,
    /// No page at all.
    Silent,
    /// A page, whatever the session says.
    Login,
}

/// Where the answer goes, and how.
#[derive(Debug, Clone)]
struct Target {
    redirect_uri: String,
    state: Option<String>,
    mode: Mode,
    issuer: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Query,
    Fragment,
    FormPost,
    WebMessage,
}

/// A request that cannot be fulfilled.
enum Refusal {
    /// The user has to be told, because the application is not to be trusted.
    Page(String),
    Redirect(Target, OAuthRefusal),
}

/// An error of the OAuth standards.
#[derive(Debug)]
pub(crate) struct OAuthRefusal {
    pub(crate) error: &'static str,
    pub(crate) description: String,
}

impl OAuthRefusal {
    pub(crate) fn new(error: &'static str, description: impl Into<String>) -> Self {
        Self {
            error,
            description: description.into(),
        }
    }
}

/// A link that the sign-in page would not have led anywhere; the text says why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizeError(String);

impl fmt::Display for AuthorizeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for AuthorizeError {}

// Reading the request.

impl Request {
    /// Tells the application that the user gave up.
    pub(crate) fn give_up(&self) -> Reply {
        self.target
            .refuse(&OAuthRefusal::new("access_denied", "the user gave up"))
    }

    fn read(world: &World, protocol: Protocol, parameter: &dyn Fn(&str) -> Option<String>) -> Result<Self, Refusal> {
        let settings = &world.settings;
        if parameter("client_id").as_ref() != Some(&settings.app_id) {
            return Err(Refusal::Page("client_id is not that of an application".to_owned()));
        }
        let redirect_uri = parameter("redirect_uri").unwrap_or_default();
        if !may_return_to(settings, &redirect_uri) {
            return Err(Refusal::Page("redirect_uri is not registered".to_owned()));
        }
        let asked_type = parameter("response_type").unwrap_or_default();
        let asked_mode = parameter("response_mode");
        let response = ResponseType::read(protocol, &asked_type);
        let safest = match response {
            Some(response) if response.has_tokens() => Mode::Fragment,
            _ => Mode::Query,
        };
        let mode = match asked_mode.as_deref() {
            None => Some(safest),
            Some("query") => Some(Mode::Query),
            Some("fragment") => Some(Mode::Fragment),
            Some("form_post") => Some(Mode::FormPost),
            Some("web_message") => Some(Mode::WebMessage),
            Some(_) => None,
        };
        // Tokens do not belong into a query, where logs see them.
        let mode = mode.filter(|mode| *mode != Mode::Query || safest == Mode::Query);
        let target = Target {
            redirect_uri,
            state: parameter("state"),
            mode: mode.unwrap_or(safest),
            issuer: world.issuer(protocol),
        };
        match Self::read_rest(settings, protocol, &target, response, parameter) {
            Ok(_) if mode.is_none() => Err(OAuthRefusal::new(
                "invalid_request",
                "this response_mode does not fit the response_type",
            )),
            other => other,
        }
        .map_err(|refusal| Refusal::Redirect(target, refusal))
    }

    fn read_rest(
        settings: &Settings,
        protocol: Protocol,
        target: &Target,
        response: Option<ResponseType>,
        parameter: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, OAuthRefusal> {
        let invalid = |description: &str| OAuthRefusal::new("invalid_request", description);
        let response = response
            .ok_or_else(|| OAuthRefusal::new("unsupported_response_type", "this response_type is not supported"))?;
        let prompts = parameter("prompt").unwrap_or_default();
        let prompt = match (has_scope(&prompts, "none"), has_scope(&prompts, "login")) {
            (true, _) if prompts.trim() != "none" => return Err(invalid("prompt none cannot be combined")),
            (true, _) => Prompt::Silent,
            (false, true) => Prompt::Login,
            (false, false) => Prompt::Usual,
        };
        let mut scope = parameter("scope").unwrap_or_default();
        if protocol == Protocol::Oidc {
            if !has_scope(&scope, "openid") {
                return Err(OAuthRefusal::new("invalid_scope", "scope must contain openid"));
            }
            // Without the user's consent there is no refresh token.
            if !has_scope(&prompts, "consent") || !response.code {
                let rest: Vec<_> = scope
                    .split_whitespace()
                    .filter(|one| *one != "offline_access")
                    .collect();
                scope = rest.join(" ");
            }
        } else if scope.is_empty() {
            "user".clone_into(&mut scope);
        }
        let nonce = parameter("nonce");
        if response.id_token && nonce.is_none() {
            return Err(invalid("this response_type needs a nonce"));
        }
        let max_age = match parameter("max_age") {
            None => None,
            Some(seconds) => {
                let seconds = seconds.parse().map_err(|_| invalid("max_age is not a number"))?;
                Some(millis(Duration::from_secs(seconds)))
            }
        };
        Ok(Self {
            protocol,
            target: target.clone(),
            response,
            scope,
            nonce,
            challenge: read_challenge(settings, response, parameter)?,
            prompt,
            max_age,
            login_hint: parameter("login_hint"),
        })
    }

    /// Whether this session is enough, or somebody has to sign in anew.
    fn is_content_with(&self, session: &BrowserSession, now: Millis) -> bool {
        let age = now.saturating_sub(session.signed_in_at);
        self.prompt != Prompt::Login && self.max_age.is_none_or(|max_age| age <= max_age)
    }

    /// Gives the application what it asked for.
    fn fulfil(&self, world: &mut World, session: &BrowserSession) -> Result<Vec<(String, String)>, Failure> {
        let authorization = Authorization {
            protocol: self.protocol,
            hosted: true,
            nonce: self.nonce.clone(),
            auth_time: self.max_age.map(|_| session.signed_in_at / 1000),
            ..Authorization::new(
                &session.user_id,
                &world.settings.app_id,
                &self.scope,
                session.device_id.clone(),
            )
        };
        let code = self.response.code.then(random::token);
        let mut answer: Vec<(String, String)> = Vec::new();
        if let Some(code) = &code {
            let entry = Code {
                authorization: authorization.clone(),
                redirect_uri: self.target.redirect_uri.clone(),
                challenge: self.challenge.clone(),
                expires_at: world
                    .now()
                    .saturating_add(millis(world.settings.authorization_code_lifetime)),
                used: false,
            };
            world.browsers.codes.insert(code.clone(), entry);
            answer.push(("code".to_owned(), code.clone()));
        }
        if self.response.has_tokens() {
            let wanted = Wanted {
                access: self.response.token,
                identity: self.response.id_token,
                refresh: Refresh::Omit,
                code,
            };
            for (name, value) in world.issue(&authorization, &wanted)? {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                answer.push((name, text));
            }
        }
        Ok(answer)
    }
}

fn read_challenge(
    settings: &Settings,
    response: ResponseType,
    parameter: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<Challenge>, OAuthRefusal> {
    let invalid = |description: &str| OAuthRefusal::new("invalid_request", description);
    let method = parameter("code_challenge_method");
    let Some(value) = parameter("code_challenge") else {
        let public = settings.client_authentication == ClientAuthentication::None;
        return if method.is_some() || (public && response.code) {
            Err(invalid("code_challenge is missing"))
        } else {
            Ok(None)
        };
    };
    let hashed = match method.as_deref() {
        Some("S256") => true,
        None | Some("plain") => false,
        Some(_) => return Err(invalid("this code_challenge_method is not supported")),
    };
    let possible = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    if !(43..=128).contains(&value.len()) || !value.bytes().all(possible) {
        return Err(invalid("code_challenge is malformed"));
    }
    Ok(Some(Challenge { hashed, value }))
}

/// Whether a browser may be sent to this address.
pub(crate) fn may_return_to(settings: &Settings, address: &str) -> bool {
    if address.contains('#') || !address.bytes().all(|byte| byte.is_ascii_graphic()) {
        return false;
    }
    let without_query = address.split('?').next().unwrap_or_default();
    let registered = |uri: &String| uri == address || uri == without_query;
    settings.redirect_uris.iter().any(registered) || (!settings.rules.strict_redirect_uris && is_loopback(address))
}

fn is_loopback(address: &str) -> bool {
    let Ok(uri) = address.parse::<Uri>() else { return false };
    let web = matches!(uri.scheme_str(), Some("http" | "https"));
    let bare = uri
        .authority()
        .is_some_and(|authority| !authority.as_str().contains('@'));
    web && bare && matches!(uri.host(), Some("127.0.0.1" | "localhost" | "[::1]"))
}

// Answering it.

fn authorize_oidc(call: &mut Call<'_>) -> Answer {
    authorize(call, Protocol::Oidc)
}

fn authorize_oauth(call: &mut Call<'_>) -> Answer {
    authorize(call, Protocol::OAuth)
}

fn authorize(call: &mut Call<'_>, protocol: Protocol) -> Answer {
    let request = match Request::read(call.world, protocol, &|name| call.maybe(name)) {
        Ok(request) => request,
        Err(Refusal::Page(why)) => return Ok(page(StatusCode::BAD_REQUEST, &complaint(&why))),
        Err(Refusal::Redirect(target, refusal)) => return Ok(target.refuse(&refusal)),
    };
    match session(call) {
        Some(session) if request.is_content_with(&session, call.now) => {
            continue_as(call, &Wish::Authorize(request), &session, None)
        }
        _ if request.prompt == Prompt::Silent => {
            let refusal = OAuthRefusal::new("login_required", "the user has to sign in");
            Ok(request.target.refuse(&refusal))
        }
        _ => Ok(ask(call, Wish::Authorize(request))),
    }
}

/// The session of the browser that sends the request.
pub(crate) fn session(call: &Call<'_>) -> Option<BrowserSession> {
    let session = call.world.browsers.sessions.get(&cookie(call)?)?;
    let alive = call.now.saturating_sub(session.signed_in_at) < millis(SESSION_LIFETIME);
    let known = call.world.user(&session.user_id).is_some();
    (alive && known).then(|| session.clone())
}

fn cookie(call: &Call<'_>) -> Option<String> {
    let values = call.headers.get_all(header::COOKIE).iter();
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value.to_owned())
}

/// Does what the user signed in for, and sets the cookie of a new session.
pub(crate) fn continue_as(call: &mut Call<'_>, wish: &Wish, session: &BrowserSession, new: Option<String>) -> Answer {
    let reply = match wish {
        Wish::Authorize(request) => {
            let answer = request.fulfil(call.world, session)?;
            request.target.send(answer)
        }
        Wish::Cas { service } => redirect(&cas::admit(call.world, service, &session.user_id)),
    };
    Ok(match new {
        Some(cookie) => with_cookie(reply, &cookie, SESSION_LIFETIME),
        None => reply,
    })
}

/// Ends the browser's session.
pub(crate) fn forget(call: &mut Call<'_>, reply: Reply) -> Reply {
    match cookie(call) {
        Some(cookie) => {
            call.world.browsers.sessions.remove(&cookie);
            with_cookie(reply, "", Duration::ZERO)
        }
        None => reply,
    }
}

pub(crate) fn begin_session(
    world: &mut World,
    user_id: &str,
    visit: &Visit,
) -> Result<(String, BrowserSession), Failure> {
    world.check_may_enter(user_id)?;
    let session = BrowserSession {
        user_id: user_id.to_owned(),
        device_id: world.enter(user_id, visit)?,
        signed_in_at: world.now(),
    };
    let cookie = random::token();
    world.browsers.sessions.insert(cookie.clone(), session.clone());
    Ok((cookie, session))
}

// Codes.

/// What a code was handed out for; `None` if it is good for nothing. A code that comes twice takes with it all that it
/// brought.
pub(crate) fn redeem(
    world: &mut World,
    code: &str,
    protocol: Protocol,
    redirect_uri: &str,
    verifier: Option<&str>,
) -> Result<Authorization, OAuthRefusal> {
    let now = world.now();
    let wrong = |description: &str| OAuthRefusal::new("invalid_grant", description);
    let entry = world.browsers.codes.get_mut(code);
    let entry = entry.filter(|entry| entry.authorization.protocol == protocol);
    let entry = entry.ok_or_else(|| wrong("the code is unknown"))?;
    if entry.used {
        let family = entry.authorization.family.clone();
        world.tokens.revoke_family(&family);
        return Err(wrong("the code has been used"));
    }
    if now >= entry.expires_at {
        return Err(wrong("the code has expired"));
    }
    if entry.redirect_uri != redirect_uri {
        return Err(wrong("redirect_uri differs from that of the sign-in"));
    }
    match (&entry.challenge, verifier) {
        (None, None) => {}
        (Some(challenge), Some(verifier)) if challenge.is_met_by(verifier) => {}
        _ => return Err(wrong("code_verifier does not fit the code")),
    }
    entry.used = true;
    Ok(entry.authorization.clone())
}

// Without a browser.

/// The sign-in that a test asks for.
pub(crate) fn directly(world: &mut World, url: &str, user_id: &str) -> Result<String, AuthorizeError> {
    let refused = |why: &str| AuthorizeError(why.to_owned());
    let rest = url
        .strip_prefix(&world.url)
        .ok_or_else(|| refused("the link leads elsewhere"))?;
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let query = query.split('#').next().unwrap_or_default();
    let parameters: HashMap<String, String> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let parameter = |name: &str| parameters.get(name).filter(|value| !value.is_empty()).cloned();
    let visit = Visit {
        method: "loginByTest",
        user_agent: String::new(),
        ip: "127.0.0.1".to_owned(),
    };
    let failed = |failure: Failure| AuthorizeError(failure.message.into_owned());

    let protocol = match path {
        "/oidc/auth" => Protocol::Oidc,
        "/oauth/auth" => Protocol::OAuth,
        _ => {
            let service = cas::service_of(&world.settings, path, parameter("service"));
            let service = service.ok_or_else(|| refused("this is no link to the sign-in page"))?;
            let (_, session) = begin_session(world, user_id, &visit).map_err(failed)?;
            return Ok(cas::admit(world, &service, &session.user_id));
        }
    };
    let request = match Request::read(world, protocol, &parameter) {
        Ok(request) => request,
        Err(Refusal::Page(why)) => return Err(AuthorizeError(why)),
        Err(Refusal::Redirect(target, refusal)) => return Ok(target.url(&target.refused(&refusal))),
    };
    let (_, session) = begin_session(world, user_id, &visit).map_err(failed)?;
    let answer = request.fulfil(world, &session).map_err(failed)?;
    Ok(request.target.url(&request.target.whole(answer)))
}

// What the browser gets.

type Parameters = Vec<(String, String)>;

impl Target {
    /// The answer, and what comes along with each.
    fn whole(&self, mut answer: Parameters) -> Parameters {
        if let Some(state) = &self.state {
            answer.push(("state".to_owned(), state.clone()));
        }
        answer.push(("iss".to_owned(), self.issuer.clone()));
        answer
    }

    fn refused(&self, refusal: &OAuthRefusal) -> Parameters {
        self.whole(vec![
            ("error".to_owned(), refusal.error.to_owned()),
            ("error_description".to_owned(), refusal.description.clone()),
        ])
    }

    fn refuse(&self, refusal: &OAuthRefusal) -> Reply {
        self.deliver(&self.refused(refusal))
    }

    fn send(&self, answer: Parameters) -> Reply {
        self.deliver(&self.whole(answer))
    }

    fn url(&self, answer: &Parameters) -> String {
        let encoded = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(answer)
            .finish();
        let mark = if self.mode == Mode::Fragment {
            '#'
        } else if self.redirect_uri.contains('?') {
            '&'
        } else {
            '?'
        };
        format!("{}{mark}{encoded}", self.redirect_uri)
    }

    fn deliver(&self, answer: &Parameters) -> Reply {
        match self.mode {
            Mode::Query | Mode::Fragment => redirect(&self.url(answer)),
            Mode::FormPost => post_form(&self.redirect_uri, answer),
            Mode::WebMessage => web_message(&self.redirect_uri, answer),
        }
    }
}

pub(crate) fn redirect(location: &str) -> Reply {
    match HeaderValue::try_from(location) {
        Ok(location) => {
            let mut response = Response::new(Vec::new());
            *response.status_mut() = StatusCode::FOUND;
            response.headers_mut().insert(header::LOCATION, location);
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            Reply::Http(Box::new(response))
        }
        Err(_) => page(
            StatusCode::BAD_REQUEST,
            &complaint("The address to return to is malformed."),
        ),
    }
}

fn with_cookie(mut reply: Reply, value: &str, lifetime: Duration) -> Reply {
    let cookie = format!(
        "{COOKIE}={value}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax",
        lifetime.as_secs()
    );
    if let (Reply::Http(response), Ok(cookie)) = (&mut reply, HeaderValue::try_from(cookie)) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    reply
}

fn post_form(to: &str, answer: &Parameters) -> Reply {
    let field = |(name, value): &(String, String)| {
        let (name, value) = (escape(name), escape(value));
        format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">\n")
    };
    let fields = answer.iter().map(field).collect::<Vec<_>>().concat();
    let form = format!(
        "<form method=\"post\" action=\"{}\">\n{fields}<button>Continue</button>\n</form>",
        escape(to)
    );
    page_with_script(&form, "document.forms[0].submit()")
}

fn web_message(to: &str, answer: &Parameters) -> Reply {
    let response: serde_json::Map<_, _> = answer
        .iter()
        .map(|(name, value)| (name.clone(), Value::String(value.clone())))
        .collect();
    let message = serde_json::json!({ "type": "authorization_response", "response": response });
    let uri: Option<Uri> = to.parse().ok();
    let origin = uri.and_then(|uri| Some(format!("{}://{}", uri.scheme_str()?, uri.authority()?)));
    // Inside a script, `<` could end it.
    let literal = |value: &Value| value.to_string().replace('<', "\\u003c");
    let script = format!(
        "(window.opener || window.parent).postMessage({}, {})",
        literal(&message),
        literal(&Value::String(origin.unwrap_or_default()))
    );
    page_with_script("", &script)
}
