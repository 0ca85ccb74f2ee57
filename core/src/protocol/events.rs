//! Events of a user pool over web sockets: the handshake that subscribes to them, and when to try again. What opens the socket
//! and reads it is not here: the package `genauth` has a blocking client (feature `events`).
//!
//! Delivery is at most once: the service numbers and repeats nothing, so what happens while no connection stands is not
//! heard of. Publishing is an ordinary call:
//! [`pub_user_event`](crate::AuthenticationClient::pub_user_event).
//!
//! ```
//! use genauth_core::protocol::events::{EventHost, Handshake};
//!
//! let host = EventHost::new("wss://openevent.genauth.ai")?;
//! # let sixteen_random_bytes = [7; 16];
//! let handshake = Handshake::of_user(&host, "authing.user.updated", "ACCESS_TOKEN", sixteen_random_bytes)?;
//! assert_eq!(handshake.request().uri().path(), "/events/v1/authentication/sub");
//! // The token stands in the URL: the service takes it nowhere else. Nothing shows it.
//! assert!(!format!("{handshake:?}").contains("ACCESS_TOKEN"));
//! # Ok::<(), genauth_core::Error>(())
//! ```

use std::fmt;
use std::time::Duration;

use http::header::{CONNECTION, HOST, HeaderValue, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE, USER_AGENT};
use http::{Request, Response, StatusCode, Uri};
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::client::Backoff;
use crate::error::{Error, ReplyError, RequestError};
use crate::value::encode;
use crate::value::secret::Secret;

/// Where events come from.
#[derive(Debug, Clone)]
pub struct EventHost {
    /// Whether the connection is private.
    secure: bool,
    authority: String,
    path: String,
}

impl EventHost {
    /// A host of events, such as `wss://openevent.genauth.ai`; user pools of the older brand have theirs at
    /// `wss://openevent.authing.cn`. `https` and `http` stand for `wss` and `ws`, and a path is kept.
    ///
    /// Refuses what is no such URL, and plain `ws` to anything but this machine.
    pub fn new(url: &str) -> Result<Self, Error> {
        let url = url.trim();
        let url = match url.split_once("://") {
            Some(("wss", rest)) => format!("https://{rest}"),
            Some(("ws", rest)) => format!("http://{rest}"),
            _ => url.to_owned(),
        };
        Ok(Self::of(&App::without_id(&url)?))
    }

    /// The host of an application, where that has its events, too: private deployments.
    pub fn of(app: &App) -> Self {
        let origin = app.origin();
        let (scheme, authority) = origin.split_once("://").unwrap_or(("https", &origin));
        Self {
            secure: scheme != "http",
            authority: authority.to_owned(),
            path: app.base_path().to_owned(),
        }
    }

    /// Whether the connection is private (`wss`).
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// The name or address to connect to; an IPv6 address without its brackets.
    pub fn name(&self) -> &str {
        let name = self.uri_authority().map_or("", |(name, _)| name);
        name.trim_start_matches('[').trim_end_matches(']')
    }

    /// The port to connect to.
    pub fn port(&self) -> u16 {
        let port = self.uri_authority().and_then(|(_, port)| port);
        port.unwrap_or(if self.secure { 443 } else { 80 })
    }

    fn uri_authority(&self) -> Option<(&str, Option<u16>)> {
        let (name, port) = match self.authority.rsplit_once(':') {
            // The colons of an IPv6 address stand in brackets.
            Some((name, port)) if !port.ends_with(']') => (name, Some(port.parse().ok()?)),
            _ => (self.authority.as_str(), None),
        };
        Some((name, port))
    }
}

/// The request that opens a socket for one kind of event.
#[derive(Clone)]
pub struct Handshake(Request<()>);

impl Handshake {
    /// Subscribes to an event of the user whose access token it is. The service takes the token in the URL only.
    ///
    /// The key is 16 random bytes, new for each handshake.
    pub fn of_user(
        host: &EventHost,
        event: &str,
        access_token: impl Into<Secret>,
        key: [u8; 16],
    ) -> Result<Self, Error> {
        let token = access_token.into();
        if token.expose().is_empty() {
            return Err(RequestError::new("the access token is empty").into());
        }
        let mut query = String::new();
        encode::push_pair(&mut query, "code", event);
        encode::push_pair(&mut query, "token", token.expose());
        Self::new(host, "authentication", event, &query, key)
    }

    /// Subscribes to an event of the user pool, as the administrator whose access key signs.
    ///
    /// The key is 16 random bytes, new for each handshake. The signature is the same each time, so whoever sees it can use
    /// it again: the service wants it so.
    #[cfg(feature = "management")]
    pub fn of_user_pool(
        host: &EventHost,
        event: &str,
        signer: &super::signature::RequestSigner,
        key: [u8; 16],
    ) -> Result<Self, Error> {
        let mut query = String::new();
        encode::push_pair(&mut query, "code", event);
        let mut handshake = Self::new(host, "management", event, &query, key)?;
        let authorization = signer.authorization("websocket\n")?;
        handshake
            .0
            .headers_mut()
            .insert(http::header::AUTHORIZATION, authorization);
        Ok(handshake)
    }

    fn new(host: &EventHost, whose: &str, event: &str, query: &str, key: [u8; 16]) -> Result<Self, Error> {
        if event.is_empty() {
            return Err(RequestError::new("the event has no name").into());
        }
        let impossible = || RequestError::new("the URL of the events cannot be built");
        let uri = Uri::builder()
            .scheme(if host.secure { "wss" } else { "ws" })
            .authority(host.authority.as_str())
            .path_and_query(format!("{}/events/v1/{whose}/sub?{query}", host.path))
            .build()
            .map_err(|_| impossible())?;
        let mut request = Request::new(());
        *request.uri_mut() = uri;
        let headers = request.headers_mut();
        headers.insert(HOST, HeaderValue::try_from(&host.authority).map_err(|_| impossible())?);
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        headers.insert(
            SEC_WEBSOCKET_KEY,
            HeaderValue::try_from(encode::base64(&key)).map_err(|_| impossible())?,
        );
        headers.insert(
            USER_AGENT,
            HeaderValue::from_static(concat!("genauth-rust/", env!("CARGO_PKG_VERSION"))),
        );
        Ok(Self(request))
    }

    /// The request, to be sent over a connection to the [`EventHost`]. Its URL may hold a token: do not log it.
    pub fn request(&self) -> &Request<()> {
        &self.0
    }

    /// The same, for keeping.
    pub fn into_request(self) -> Request<()> {
        self.0
    }

    /// What an answer to the handshake says that is not a switch of protocols (status 101): the token or key is not good
    /// (401, [`Error::needs_sign_in`]), or something else is wrong.
    pub fn refusal<B>(response: &Response<B>) -> Error {
        let header = |name| response.headers().get(name)?.to_str().ok();
        ReplyError {
            operation: "subscribe to events",
            host: None,
            problem: "the server does not open the socket".to_owned(),
            path: String::new(),
            http_status: response.status(),
            content_type: header(http::header::CONTENT_TYPE).map(str::to_owned),
            length: 0,
            excerpt: String::new(),
            request_id: None,
            retry_after: header(http::header::RETRY_AFTER).and_then(|text| text.trim().parse().ok()),
            source: None,
        }
        .into()
    }
}

impl fmt::Debug for Handshake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handshake")
            .field("host", &self.0.uri().authority())
            .field("path", &self.0.uri().path())
            .finish_non_exhaustive()
    }
}

/// An event, as the service sent it. The documents do not describe its contents; they may hold what only you should see, so
/// `Debug` shows nothing of them.
#[derive(Clone)]
pub struct Event(String);

impl Event {
    /// The event in a text frame.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text as it came; JSON, going by the official clients.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The text as a type of yours, or as [`serde_json::Value`]. `None` where it is not JSON of that type.
    pub fn parse<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(&self.0).ok()
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Event({} bytes)", self.0.len())
    }
}

/// When to connect again after a connection has failed or ended.
///
/// The wait doubles with each failure and is shortened by chance, so that clients which were cut off together do not come
/// back together. A connection that did its work starts the count anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReconnectPolicy {
    attempts: Option<u32>,
    backoff: Backoff,
}

impl Default for ReconnectPolicy {
    /// For ever, with up to 1 s at first and up to 60 s at last.
    fn default() -> Self {
        Self {
            attempts: None,
            backoff: Backoff {
                first: Duration::from_secs(1),
                longest: Duration::from_secs(60),
            },
        }
    }
}

impl ReconnectPolicy {
    /// Sets how often in a row it is tried again before it is given up; 0 for never again.
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = Some(attempts);
        self
    }

    /// Sets the longest wait after the first failure; it doubles with each further one.
    pub fn with_first_wait(mut self, wait: Duration) -> Self {
        self.backoff.first = wait;
        self
    }

    /// Sets the longest wait of all.
    pub fn with_longest_wait(mut self, wait: Duration) -> Self {
        self.backoff.longest = wait;
        self
    }

    /// How long to wait after so many failures in a row (the first is 1), with a random number; `None` to give up: it was
    /// tried often enough, or the error says that trying again will not help.
    pub fn wait(&self, failures: u32, error: &Error, chance: u32) -> Option<Duration> {
        if self.attempts.is_some_and(|attempts| failures > attempts) || !may_pass(error) {
            return None;
        }
        let wait = self.backoff.wait(failures, chance);
        let asked = error.retry_after().map_or(Duration::ZERO, Duration::from_secs);
        Some(wait.max(asked.min(self.backoff.longest)))
    }
}

/// Whether a failure may be over the next time.
fn may_pass(error: &Error) -> bool {
    match error {
        Error::Request(_) => false,
        error => error.http_status().is_none_or(|status| {
            status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::REQUEST_TIMEOUT
        }),
    }
}
