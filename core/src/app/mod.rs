//! The application: where it lives, how it identifies itself, and everything of a request that never changes.

pub mod access;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{
    ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING,
    USER_AGENT,
};
use http::uri::{Authority, PathAndQuery, Scheme, Uri};

use crate::error::{Error, RequestError};
use crate::transport::is_loopback;
use crate::value::secret::Secret;

/// How the application proves itself where tokens are handed out; has to be what the console says of the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ClientAuthentication {
    /// `client_id` and `client_secret` in the body. The default of an [`App`] that has a secret.
    SecretPost,
    /// `Authorization: Basic` with both.
    SecretBasic,
    /// No proof: a public client, such as a mobile or single-page application. The default of an [`App`] without a secret.
    None,
}

/// One application of a GenAuth user pool: host, id, secret, language, tenant.
///
/// Cheap to clone. Everything that all its requests have in common is prepared once, here.
///
/// ```
/// use genauth_core::App;
///
/// let app = App::new("https://example.genauth.ai", "APP_ID")?.with_secret("APP_SECRET")?.with_language("en-US")?;
/// assert_eq!(app.id(), "APP_ID");
/// # Ok::<(), genauth_core::Error>(())
/// ```
#[derive(Clone)]
pub struct App(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    host: Host,
    /// The host as errors name it.
    name: Arc<str>,
    id: String,
    secret: Option<Secret>,
    authentication: Option<ClientAuthentication>,
    introspection_authentication: Option<ClientAuthentication>,
    revocation_authentication: Option<ClientAuthentication>,
    issuer: Option<String>,
    header_prefix: &'static str,
    language: Option<HeaderValue>,
    tenant: Option<HeaderValue>,
    extra: HeaderMap,
    prepared: Prepared,
}

/// What every request repeats.
#[derive(Clone, Default)]
struct Prepared {
    /// Without a body.
    plain: HeaderMap,
    /// With a JSON body.
    json: HeaderMap,
    /// With a JSON body and a place for the authorization: to insert it later would grow each copy of the map.
    json_authorized: HeaderMap,
    app_id: Option<HeaderName>,
    #[allow(dead_code, reason = "for the management API")]
    user_pool: Option<HeaderName>,
    basic: Option<HeaderValue>,
}

/// Scheme, authority and the path in front of every operation's path.
#[derive(Clone)]
struct Host {
    scheme: Scheme,
    authority: Authority,
    path: String,
}

impl App {
    /// An application by its host (such as `https://example.genauth.ai`; `https://` is put in front where no scheme is
    /// given, and a path is kept for private deployments that live below one) and its id.
    ///
    /// Refuses ([`Error::Request`]) a host that is no URL, one with a user name, query or fragment, and plain `http` to
    /// anything but this machine: tokens would travel in the clear. [`with_plain_http`](Self::with_plain_http) is for
    /// closed networks that want it nevertheless.
    pub fn new(host: &str, app_id: impl Into<String>) -> Result<Self, Error> {
        Self::build(host, with_id(app_id.into())?, false)
    }

    /// A host of the management API, which knows user pools and not applications: without an application's id.
    ///
    /// Refuses the hosts that [`new`](Self::new) refuses.
    pub fn without_id(host: &str) -> Result<Self, Error> {
        Self::build(host, String::new(), false)
    }

    /// The same as [`new`](Self::new), and plain `http` to other machines is accepted. Everybody on the way can read
    /// passwords and tokens: for closed networks only.
    pub fn with_plain_http(host: &str, app_id: impl Into<String>) -> Result<Self, Error> {
        Self::build(host, with_id(app_id.into())?, true)
    }

    fn build(host: &str, id: String, plain_http: bool) -> Result<Self, Error> {
        let host = Host::parse(host, plain_http)?;
        let inner = Inner {
            name: format!("{}://{}", host.scheme, host.authority).into(),
            host,
            id,
            secret: None,
            authentication: None,
            introspection_authentication: None,
            revocation_authentication: None,
            issuer: None,
            header_prefix: "x-authing-",
            language: None,
            tenant: None,
            extra: HeaderMap::new(),
            prepared: Prepared::default(),
        };
        Self(Arc::new(inner)).change(|_| Ok(()))
    }

    /// Sets the secret of the application. Without one it is a public client.
    ///
    /// Refuses an empty one.
    pub fn with_secret(self, secret: impl Into<Secret>) -> Result<Self, Error> {
        let secret = secret.into();
        if secret.expose().is_empty() {
            return Err(RequestError::setting("the application's secret is empty").into());
        }
        self.change(|inner| {
            inner.secret = Some(secret);
            Ok(())
        })
    }

    /// Sets how the application proves itself: where tokens are handed out, where it asks what one is worth, and where it
    /// revokes one.
    ///
    /// Where the console says otherwise of the last two, they can be set apart: see
    /// [`with_introspection_authentication`](Self::with_introspection_authentication) and
    /// [`with_revocation_authentication`](Self::with_revocation_authentication).
    ///
    /// Refuses to prove with a secret where there is none: set the secret first.
    pub fn with_client_authentication(self, authentication: ClientAuthentication) -> Result<Self, Error> {
        self.change(|inner| {
            inner.authentication = Some(inner.possible(authentication)?);
            Ok(())
        })
    }

    /// Sets how the application proves itself where it asks what a token is worth. Until then it is as everywhere.
    ///
    /// Refuses to prove with a secret where there is none: set the secret first.
    pub fn with_introspection_authentication(self, authentication: ClientAuthentication) -> Result<Self, Error> {
        self.change(|inner| {
            inner.introspection_authentication = Some(inner.possible(authentication)?);
            Ok(())
        })
    }

    /// Sets how the application proves itself where it revokes a token. Until then it is as everywhere.
    ///
    /// Refuses to prove with a secret where there is none: set the secret first.
    pub fn with_revocation_authentication(self, authentication: ClientAuthentication) -> Result<Self, Error> {
        self.change(|inner| {
            inner.revocation_authentication = Some(inner.possible(authentication)?);
            Ok(())
        })
    }

    /// Sets the issuer of this application's tokens, where it is not the application's host with `/oidc` behind it: behind
    /// a custom domain, for instance. It has to be, letter for letter, what the tokens say.
    pub fn with_issuer(self, issuer: impl Into<String>) -> Result<Self, Error> {
        self.change(|inner| {
            inner.issuer = Some(issuer.into());
            Ok(())
        })
    }

    /// Sets the language of messages and of the mail that is sent: `zh-CN` (the service's default), `en-US`, `ja-JP` or
    /// `zh-TW`.
    pub fn with_language(self, language: &str) -> Result<Self, Error> {
        let is_part =
            |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !language.split('-').all(is_part) {
            return Err(RequestError::setting("the language is no tag such as `en-US`").into());
        }
        self.change(|inner| {
            inner.language = Some(header_value("language", language)?);
            Ok(())
        })
    }

    /// Sets the tenant that is called for.
    pub fn with_tenant(self, tenant_id: &str) -> Result<Self, Error> {
        self.change(|inner| {
            inner.tenant = Some(header_value("tenant", tenant_id)?);
            Ok(())
        })
    }

    /// Spells the service's own headers `x-genauth-...` instead of `x-authing-...`. The service documents the latter; which
    /// of them a deployment wants is its own affair.
    pub fn with_genauth_headers(mut self) -> Self {
        let inner = Arc::make_mut(&mut self.0);
        inner.header_prefix = "x-genauth-";
        inner.prepared = inner.prepare();
        self
    }

    /// Adds a header to every request, for instance one that a proxy asks for. Wins over the SDK's own header of the same
    /// name.
    ///
    /// Refuses what each request sets itself: `authorization`, `content-type`, `content-length`, `transfer-encoding` and
    /// `host`.
    pub fn with_header(self, name: &str, value: &str) -> Result<Self, Error> {
        self.change(|inner| {
            let name =
                HeaderName::try_from(name).map_err(|_| RequestError::setting("a header has an impossible name"))?;
            if [AUTHORIZATION, CONTENT_TYPE, CONTENT_LENGTH, TRANSFER_ENCODING, HOST].contains(&name) {
                return Err(RequestError::setting(format!("`{name}` is set by each request itself")).into());
            }
            let mut value = header_value(name.as_str(), value)?;
            // What a stranger's header means is unknown, so it is treated as a secret.
            value.set_sensitive(true);
            inner.extra.insert(name, value);
            Ok(())
        })
    }

    /// The application's id.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// The application's secret, where it has one.
    pub fn secret(&self) -> Option<&Secret> {
        self.0.secret.as_ref()
    }

    /// How the application proves itself where tokens are handed out.
    pub fn client_authentication(&self) -> ClientAuthentication {
        self.0.authentication_or_default(self.0.authentication)
    }

    /// How the application proves itself where it asks what a token is worth.
    pub fn introspection_authentication(&self) -> ClientAuthentication {
        self.0
            .authentication_or_default(self.0.introspection_authentication.or(self.0.authentication))
    }

    /// How the application proves itself where it revokes a token.
    pub fn revocation_authentication(&self) -> ClientAuthentication {
        self.0
            .authentication_or_default(self.0.revocation_authentication.or(self.0.authentication))
    }

    /// Who issues this application's tokens: what [`with_issuer`](Self::with_issuer) set, or the host with `/oidc` behind
    /// it.
    pub fn issuer(&self) -> String {
        if let Some(issuer) = &self.0.issuer {
            return issuer.clone();
        }
        // Servers write their own host as a browser would: in lower case and without the scheme's own port.
        let origin = self.origin().to_ascii_lowercase();
        let secure = self.0.host.scheme == Scheme::HTTPS;
        let origin = origin
            .strip_suffix(if secure { ":443" } else { ":80" })
            .unwrap_or(&origin);
        format!("{origin}{}/oidc", self.base_path())
    }

    /// Scheme, host and port: what a URL of this application starts with. The path of a private deployment follows it.
    pub fn origin(&self) -> String {
        format!("{}://{}", self.0.host.scheme, self.0.host.authority)
    }

    /// The path in front of every operation's path: empty, or such as `/identity`.
    pub fn base_path(&self) -> &str {
        &self.0.host.path
    }

    /// The host as errors name it: scheme, name and port.
    pub(crate) fn host(&self) -> &Arc<str> {
        &self.0.name
    }

    /// The name of the header with the application's id.
    pub(crate) fn app_id_header(&self) -> Option<&HeaderName> {
        self.0.prepared.app_id.as_ref()
    }

    /// The name of the header with the user pool's id.
    #[allow(dead_code, reason = "for the management API")]
    pub(crate) fn user_pool_header(&self) -> Option<&HeaderName> {
        self.0.prepared.user_pool.as_ref()
    }

    /// The URL of a path and query below this application's host.
    pub(crate) fn uri(&self, path_and_query: Cow<'static, str>) -> Result<Uri, Error> {
        let host = &self.0.host;
        let target = match path_and_query {
            Cow::Borrowed(path) if host.path.is_empty() => {
                PathAndQuery::from_maybe_shared(Bytes::from_static(path.as_bytes()))
            }
            Cow::Owned(path) if host.path.is_empty() => PathAndQuery::try_from(path),
            path => PathAndQuery::try_from(format!("{}{path}", host.path)),
        };
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(host.scheme.clone());
        parts.authority = Some(host.authority.clone());
        parts.path_and_query = Some(target.map_err(|_| RequestError::new("the path and query are no part of a URL"))?);
        Uri::from_parts(parts).map_err(|_| RequestError::new("the URL cannot be built").into())
    }

    /// The headers of a request. With `authorization`, there is a value to be replaced under that name.
    pub(crate) fn headers(&self, json: bool, authorization: bool) -> HeaderMap {
        let prepared = &self.0.prepared;
        match (json, authorization) {
            (true, true) => prepared.json_authorized.clone(),
            (true, false) => prepared.json.clone(),
            (false, _) => prepared.plain.clone(),
        }
    }

    /// The Basic header, where that is one of the ways in which the application proves itself.
    pub(crate) fn basic(&self) -> Option<&HeaderValue> {
        self.0.prepared.basic.as_ref()
    }

    /// Changes a setting and prepares again what follows from it.
    fn change(mut self, edit: impl FnOnce(&mut Inner) -> Result<(), Error>) -> Result<Self, Error> {
        let inner = Arc::make_mut(&mut self.0);
        edit(inner)?;
        inner.prepared = inner.prepare();
        Ok(self)
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("origin", &self.origin())
            .field("base_path", &self.0.host.path)
            .field("id", &self.0.id)
            .field("secret", &self.0.secret)
            .field("client_authentication", &self.client_authentication())
            .finish_non_exhaustive()
    }
}

impl Inner {
    /// The way to prove oneself, if there is a secret where it needs one.
    fn possible(&self, authentication: ClientAuthentication) -> Result<ClientAuthentication, Error> {
        if authentication != ClientAuthentication::None && self.secret.is_none() {
            return Err(RequestError::setting("client authentication needs the application's secret").into());
        }
        Ok(authentication)
    }

    fn authentication_or_default(&self, set: Option<ClientAuthentication>) -> ClientAuthentication {
        set.unwrap_or(match self.secret {
            Some(_) => ClientAuthentication::SecretPost,
            None => ClientAuthentication::None,
        })
    }

    /// What follows from the settings. All of them were looked at before they came here: what cannot be written is left out.
    fn prepare(&self) -> Prepared {
        const VERSION: &str = concat!("genauth-rust:", env!("CARGO_PKG_VERSION"));
        let own = |name: &str| HeaderName::try_from(format!("{}{name}", self.header_prefix)).ok();
        let mut plain = HeaderMap::with_capacity(12);
        plain.insert(ACCEPT, HeaderValue::from_static("application/json"));
        plain.insert(
            USER_AGENT,
            HeaderValue::from_static(concat!("genauth-rust/", env!("CARGO_PKG_VERSION"))),
        );
        let id = HeaderValue::try_from(&self.id).ok().filter(|_| !self.id.is_empty());
        let values = [
            ("app-id", id),
            ("request-from", Some(HeaderValue::from_static("rust-sdk"))),
            ("sdk-version", Some(HeaderValue::from_static(VERSION))),
            ("lang", self.language.clone()),
            ("app-tenant-id", self.tenant.clone()),
        ];
        for (name, value) in values {
            if let (Some(name), Some(value)) = (own(name), value) {
                plain.insert(name, value);
            }
        }
        for (name, value) in &self.extra {
            plain.insert(name, value.clone());
        }
        let mut json = plain.clone();
        json.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let mut json_authorized = json.clone();
        json_authorized.insert(AUTHORIZATION, HeaderValue::from_static(""));
        let ways = [
            self.authentication,
            self.introspection_authentication,
            self.revocation_authentication,
        ];
        let basic = match &self.secret {
            Some(secret) if ways.contains(&Some(ClientAuthentication::SecretBasic)) => basic(&self.id, secret),
            _ => None,
        };
        Prepared {
            plain,
            json,
            json_authorized,
            app_id: own("app-id"),
            user_pool: own("userpool-id"),
            basic,
        }
    }
}

/// An application's id that can be sent.
fn with_id(id: String) -> Result<String, Error> {
    if id.trim().is_empty() {
        return Err(RequestError::setting("the application's id is empty").into());
    }
    header_value("application id", &id)?;
    Ok(id)
}

impl Host {
    fn parse(text: &str, plain_http: bool) -> Result<Self, Error> {
        let refuse = |why: &str| {
            Err(Error::from(RequestError::setting(format!(
                "the host is not usable: {why}"
            ))))
        };
        let text = text.trim();
        if text.contains(['#', '?']) {
            return refuse("it has a query or a fragment");
        }
        if !text.is_ascii() {
            return refuse("it has letters that no URL has; an international name begins with `xn--` there");
        }
        let has_scheme = text.contains("://");
        let text = text.trim_end_matches('/');
        let uri: Result<Uri, _> = if has_scheme {
            text.parse()
        } else {
            format!("https://{text}").parse()
        };
        let Ok(uri) = uri else { return refuse("it is no URL") };
        let parts = uri.into_parts();
        let (Some(scheme), Some(authority)) = (parts.scheme, parts.authority) else {
            return refuse("it is no URL");
        };
        if authority.as_str().contains('@') {
            return refuse("it holds a user name");
        }
        if authority.host().is_empty() {
            return refuse("it has no name");
        }
        if !is_host_name(authority.host()) {
            return refuse("its name is no host name, or one that browsers read as another host");
        }
        let behind = authority.as_str().strip_prefix(authority.host()).unwrap_or("?");
        let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
        if !behind.is_empty() && !behind.strip_prefix(':').is_some_and(is_port) {
            return refuse("what follows its name is no port up to 65535");
        }
        let secure = match scheme.as_str() {
            "https" => true,
            "http" => false,
            _ => return refuse("it is neither https nor http"),
        };
        if !secure && !plain_http && !is_loopback(authority.host()) {
            return refuse("plain http is only for this machine; use https");
        }
        let path = parts
            .path_and_query
            .map_or("", |path| if path.path() == "/" { "" } else { text_path(text) });
        Ok(Self {
            scheme,
            authority,
            path: path.to_owned(),
        })
    }
}

/// The path of a host without its trailing slashes.
fn text_path(host: &str) -> &str {
    let rest = host.split_once("://").map_or(host, |(_, rest)| rest);
    rest.find('/').and_then(|start| rest.get(start..)).unwrap_or("")
}

/// Whether every reader sees the same host in this name: letters, digits, `-`, `.` and `_`, or an IP address as it is written
/// in full. A name whose last label is a number is an address to browsers, whatever it looks like (`127.1`, `0x7f.1`,
/// `a.1..0X`), and one with an empty label is no name.
fn is_host_name(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    // One dot at the end is the root of the DNS.
    let name = host.strip_suffix('.').unwrap_or(host);
    let last = name.rsplit('.').next().unwrap_or_default();
    if is_number(last) {
        return host.parse::<std::net::Ipv4Addr>().is_ok();
    }
    name.split('.').all(|label| {
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        !label.is_empty() && label.chars().all(is_part)
    })
}

/// Whether browsers read this label of a host name as a number: digits, or `0x` with any hexadecimal digits or none.
fn is_number(label: &str) -> bool {
    let hexadecimal = label.strip_prefix("0x").or_else(|| label.strip_prefix("0X"));
    match hexadecimal {
        Some(digits) => digits.bytes().all(|digit| digit.is_ascii_hexdigit()),
        None => !label.is_empty() && label.bytes().all(|digit| digit.is_ascii_digit()),
    }
}

fn header_value(what: &str, text: &str) -> Result<HeaderValue, Error> {
    HeaderValue::try_from(text)
        .map_err(|_| RequestError::setting(format!("the {what} holds a character that no header can carry")).into())
}

/// `Basic` with both parts form-encoded first, as OAuth 2.0 (RFC 6749, 2.3.1) wants; ids and secrets of this service are
/// plain letters and digits, which encoding leaves alone.
fn basic(id: &str, secret: &Secret) -> Option<HeaderValue> {
    let pair = zeroize::Zeroizing::new(format!(
        "{}:{}",
        crate::value::encode::form(id),
        crate::value::encode::form(secret.expose())
    ));
    let mut value = HeaderValue::try_from(format!("Basic {}", crate::value::encode::base64(pair.as_bytes()))).ok()?;
    value.set_sensitive(true);
    Some(value)
}
