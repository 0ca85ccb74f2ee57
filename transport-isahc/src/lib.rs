//! Runs the requests of the GenAuth SDK on [isahc](https://docs.rs/isahc), that is, on libcurl.
//!
//! libcurl is built in, and its TLS is rustls: nothing has to be installed.
//!
//! ```no_run
//! use genauth_isahc::IsahcTransport;
//! use std::time::Duration;
//!
//! let ready_made = IsahcTransport::new()?;
//! let own = IsahcTransport::builder()
//!     .timeout(Duration::from_secs(5))
//!     .add_root_certificate(&std::fs::read("company-root.pem")?)
//!     .build()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A transport is cheap to clone and can be shared between threads; its clones share one pool of connections, and one
//! thread, which isahc starts for them (a second one with the first POST that has no body, see below).
//!
//! # What it does unless told otherwise
//!
//! | Setting            | Default                                        | Change it with                                      |
//! |--------------------|------------------------------------------------|-----------------------------------------------------|
//! | HTTP status        | never an error                                 |                                                     |
//! | redirects          | not followed                                   |                                                     |
//! | time to connect    | 10 s (name, TCP, TLS)                          | [`connect_timeout`](IsahcTransportBuilder::connect_timeout) |
//! | time for the call  | 30 s, or the request's shorter [`Timeout`]     | [`timeout`](IsahcTransportBuilder::timeout)         |
//! | size of the answer | 4 MiB, after decompression                     | [`body_limit`](IsahcTransportBuilder::body_limit)   |
//! | compression        | gzip (and deflate) is asked for and undone     |                                                     |
//! | TLS                | 1.2 and 1.3, certificates verified             | [`dangerous_disable_tls_verification`](IsahcTransportBuilder::dangerous_disable_tls_verification) |
//! | trusted roots      | Mozilla's, bundled; the system's are not read  | [`add_root_certificate`](IsahcTransportBuilder::add_root_certificate), [`only_root_certificates`](IsahcTransportBuilder::only_root_certificates) |
//! | client certificate | none                                           | [`client_certificate_files`](IsahcTransportBuilder::client_certificate_files) |
//! | proxy              | `ALL_PROXY`, `HTTPS_PROXY`, `http_proxy`, `NO_PROXY`; never for `localhost`, `127.0.0.0/8` and `::1` | [`proxy`](IsahcTransportBuilder::proxy), [`no_proxy`](IsahcTransportBuilder::no_proxy) |
//! | connections        | as many to a host as there are calls           | [`max_connections_per_host`](IsahcTransportBuilder::max_connections_per_host) |
//! | kept connections   | 128 in all                                     | [`max_idle_connections`](IsahcTransportBuilder::max_idle_connections) |
//! |                    | up to 15 s without use                         | [`max_idle_age`](IsahcTransportBuilder::max_idle_age) |
//! | name look-up       | where a connection is made, with the system's resolver; remembered for 60 s | |
//!
//! Anything else, such as the roots of the operating system, can be set on a client of your own: see
//! [`IsahcTransport::from_client`].
//!
//! # What libcurl does differently
//!
//! - When a kept connection breaks before the first byte of the answer, libcurl sends the request again on a new one.
//!   This is left to it for methods that may be repeated, such as GET and PUT. A POST or PATCH is not sent twice. With a
//!   body it goes out as `Expect: 100-continue`, with the body a millisecond after the head, so that a connection that the
//!   server has closed is noticed before the body is on its way. Without one it has a connection of its own, which is new.
//! - A request header's value must be ASCII; another is refused before anything is sent.
//! - A POST without a `Content-Type` gets libcurl's, `application/x-www-form-urlencoded`.
//! - An answer that ends in the middle of its headers counts as one without a body, and so may a gzip body that lacks its
//!   end.
//! - A `Content-Length` over the limit is noticed with the first byte of the body.
//! - At the level `DEBUG` and below, isahc's `tracing` spans and events show whole URLs and headers, secrets included.

mod builder;
mod error;

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_lite::future::block_on;
use futures_lite::io::{AsyncReadExt, Cursor};
use genauth_core::transport::{Timeout, Transport, TransportError, TransportErrorKind, is_loopback};
use http::{HeaderValue, Method, Request, Response, header};
use isahc::config::{Configurable, ExpectContinue, RedirectPolicy};
use isahc::{AsyncBody, HttpClient};

use builder::{Clients, Proxy};

pub use builder::IsahcTransportBuilder;

/// The largest answer unless told otherwise, in bytes.
const BODY_LIMIT: u64 = 4 * 1024 * 1024;

/// The longest call unless told otherwise.
const TIMEOUT: Duration = Duration::from_secs(30);

/// How much memory is set aside on the word of a `Content-Length` alone, in bytes.
const TRUSTED_LENGTH: u64 = 1024 * 1024;

/// How long the head of a request that must not be repeated is on its way before its body.
const HEAD_START: Duration = Duration::from_millis(1);

/// Carries requests with isahc. See the [crate] for what it does by default.
#[derive(Clone)]
pub struct IsahcTransport {
    client: HttpClient,
    /// What the client was made from, where it is one of ours.
    ours: Option<Arc<Ours>>,
    timeout: Duration,
    body_limit: u64,
}

struct Ours {
    clients: Clients,
    /// For requests that libcurl must not send twice and could: those without a body on a connection that was kept.
    keeping_none: OnceLock<HttpClient>,
}

impl Ours {
    fn keeping_none(&self) -> Result<&HttpClient, TransportError> {
        if let Some(client) = self.keeping_none.get() {
            return Ok(client);
        }
        let client = self.clients.keeping_none()?;
        Ok(self.keeping_none.get_or_init(|| client))
    }
}

impl IsahcTransport {
    /// A transport with the defaults of the table in the [crate] documentation. Fails where isahc cannot start its
    /// thread.
    pub fn new() -> Result<Self, TransportError> {
        Self::builder().build()
    }

    /// Starts a transport with other settings.
    pub fn builder() -> IsahcTransportBuilder {
        IsahcTransportBuilder::default()
    }

    /// Carries requests with a client of your own, for what the builder does not offer.
    ///
    /// The client's settings count: its proxy, its TLS configuration, its pool, its connect timeout (5 minutes, by
    /// default). Only what every transport promises is set for each request: no redirects, decompression, 30 s for the
    /// whole call (or [another time](Self::with_timeout)), and 4 MiB (or [another limit](Self::with_body_limit)) for an
    /// answer. Where such a client keeps connections, libcurl may send a POST without a body twice.
    pub fn from_client(client: HttpClient) -> Self {
        Self {
            client,
            ours: None,
            timeout: TIMEOUT,
            body_limit: BODY_LIMIT,
        }
    }

    pub(crate) fn from_clients(clients: Clients, timeout: Duration, body_limit: u64) -> Result<Self, TransportError> {
        Ok(Self {
            client: clients.keeping()?,
            ours: Some(Arc::new(Ours {
                clients,
                keeping_none: OnceLock::new(),
            })),
            timeout,
            body_limit,
        })
    }

    /// The client for this request.
    fn client_for(&self, request: &Request<Vec<u8>>) -> Result<&HttpClient, TransportError> {
        match &self.ours {
            Some(ours) if request.body().is_empty() && !request.method().is_idempotent() => ours.keeping_none(),
            _ => Ok(&self.client),
        }
    }

    /// Whether libcurl would take a proxy from the environment that is not meant for this host.
    fn must_be_direct(&self, request: &Request<Vec<u8>>) -> bool {
        let from_environment = |ours: &Arc<Ours>| matches!(ours.clients.proxy, Proxy::FromEnvironment);
        self.ours.as_ref().is_some_and(from_environment) && request.uri().host().is_some_and(is_loopback)
    }

    /// The same transport with another time for the whole call; see [`IsahcTransportBuilder::timeout`].
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The same transport with another limit for an answer; see [`IsahcTransportBuilder::body_limit`].
    pub fn with_body_limit(mut self, bytes: u64) -> Self {
        self.body_limit = bytes;
        self
    }

    /// The request as isahc wants it, with what each request needs.
    fn prepare(&self, request: Request<Vec<u8>>) -> Result<Request<AsyncBody>, TransportError> {
        let direct = self.must_be_direct(&request);
        let (head, body) = request.into_parts();
        let timeout = head
            .extensions
            .get::<Timeout>()
            .map_or(self.timeout, |timeout| timeout.0.min(self.timeout));
        if timeout.is_zero() {
            return Err(not_sent(
                TransportErrorKind::Timeout,
                "no time was left to send the request",
            ));
        }
        // isahc panics on these.
        if head.headers.values().any(|value| value.to_str().is_err()) {
            return Err(not_sent(
                TransportErrorKind::Other,
                "libcurl cannot send a header value that is not ASCII",
            ));
        }
        let repeatable = body.is_empty() || head.method.is_idempotent();
        let expect = if repeatable {
            ExpectContinue::disabled()
        } else {
            ExpectContinue::timeout(HEAD_START)
        };
        let body = if body.is_empty() && !needs_length(&head.method) {
            AsyncBody::empty()
        } else if repeatable {
            AsyncBody::from(body)
        } else {
            // libcurl sends a request again if it can start over with the body. With a reader it cannot.
            let length = u64::try_from(body.len()).unwrap_or(u64::MAX);
            AsyncBody::from_reader_sized(Cursor::new(body), length)
        };
        let mut request = Request::builder()
            .method(head.method)
            .uri(head.uri)
            .timeout(builder::usable(timeout))
            .redirect_policy(RedirectPolicy::None)
            .automatic_decompression(true)
            .expect_continue(expect);
        if direct {
            request = request.proxy(None);
        }
        if let Some(headers) = request.headers_mut() {
            *headers = head.headers;
            if !repeatable {
                headers.insert(header::EXPECT, HeaderValue::from_static("100-continue"));
            }
        }
        request
            .body(body)
            .map_err(|_| not_sent(TransportErrorKind::Other, "the request is not valid"))
    }

    async fn run(&self, client: &HttpClient, request: Request<AsyncBody>) -> Result<Response<Vec<u8>>, TransportError> {
        let answer = client.send_async(request).await.map_err(error::from_isahc)?;
        let (mut head, body) = answer.into_parts();
        let announced = body.len().unwrap_or(0);
        if announced > self.body_limit {
            return Err(self.too_large());
        }
        let mut bytes = Vec::with_capacity(usize::try_from(announced.min(TRUSTED_LENGTH)).unwrap_or(0));
        body.take(self.body_limit.saturating_add(1))
            .read_to_end(&mut bytes)
            .await
            .map_err(|error| error::from_isahc(error.into()))?;
        if u64::try_from(bytes.len()).is_ok_and(|length| length > self.body_limit) {
            return Err(self.too_large());
        }
        // These describe the body before libcurl decompressed it.
        if head.headers.remove(header::CONTENT_ENCODING).is_some() {
            head.headers.remove(header::CONTENT_LENGTH);
        }
        // isahc leaves an extension here that panics when the answer is cloned.
        head.extensions.clear();
        Ok(Response::from_parts(head, bytes))
    }

    fn too_large(&self) -> TransportError {
        TransportError::new(
            TransportErrorKind::BodyTooLarge,
            format!("more than {} bytes", self.body_limit),
        )
    }
}

impl Transport for IsahcTransport {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, TransportError> {
        let client = self.client_for(&request)?;
        let request = self.prepare(request)?;
        block_on(self.run(client, request))
    }
}

/// Whether a request with this method says how long its body is even if it has none (RFC 9110, 8.6).
fn needs_length(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::PUT | Method::PATCH)
}

fn not_sent(kind: TransportErrorKind, message: &str) -> TransportError {
    TransportError::new(kind, message).reached_server(false)
}

impl fmt::Debug for IsahcTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IsahcTransport")
            .field("timeout", &self.timeout)
            .field("body_limit", &self.body_limit)
            .finish_non_exhaustive()
    }
}
