//! Runs the requests of the GenAuth SDK on [ureq](https://docs.rs/ureq): blocking, small, TLS by rustls.
//!
//! ```no_run
//! use genauth_ureq::UreqTransport;
//! use std::time::Duration;
//!
//! let ready_made = UreqTransport::new();
//! let own = UreqTransport::builder()
//!     .timeout(Duration::from_secs(5))
//!     .add_root_certificate(&std::fs::read("company-root.pem")?)
//!     .build()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A transport is cheap to clone and can be shared between threads; its clones share one pool of connections.
//!
//! # What it does unless told otherwise
//!
//! | Setting            | Default                                        | Change it with                                      |
//! |--------------------|------------------------------------------------|-----------------------------------------------------|
//! | HTTP status        | never an error                                 |                                                     |
//! | redirects          | not followed                                   |                                                     |
//! | time to connect    | 10 s (name, TCP, TLS)                          | [`connect_timeout`](UreqTransportBuilder::connect_timeout) |
//! | time for the call  | 30 s, or the request's shorter [`Timeout`]     | [`timeout`](UreqTransportBuilder::timeout)          |
//! | size of the answer | 4 MiB, after decompression                     | [`body_limit`](UreqTransportBuilder::body_limit)    |
//! | compression        | gzip is asked for and undone                   |                                                     |
//! | TLS                | 1.2 and 1.3, certificates verified             | [`dangerous_disable_tls_verification`](UreqTransportBuilder::dangerous_disable_tls_verification) |
//! | trusted roots      | Mozilla's, bundled; the system's are not read  | [`add_root_certificate`](UreqTransportBuilder::add_root_certificate), [`only_root_certificates`](UreqTransportBuilder::only_root_certificates) |
//! | client certificate | none                                           | [`client_certificate`](UreqTransportBuilder::client_certificate) |
//! | proxy              | `ALL_PROXY`, `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`; never for `localhost`, `127.0.0.0/8` and `::1` | [`proxy`](UreqTransportBuilder::proxy), [`no_proxy`](UreqTransportBuilder::no_proxy) |
//! | kept connections   | 64 to a host                                   | [`max_idle_connections_per_host`](UreqTransportBuilder::max_idle_connections_per_host) |
//! |                    | 128 in all                                     | [`max_idle_connections`](UreqTransportBuilder::max_idle_connections) |
//! |                    | up to 15 s without use                         | [`max_idle_age`](UreqTransportBuilder::max_idle_age) |
//! | name look-up       | where a connection is made, with the system's resolver | |
//!
//! Anything else, such as the roots of the operating system, can be set on an agent of your own: see
//! [`UreqTransport::from_agent`].
//!
//! A request is written to a connection at most once. A kept connection is probed before it is used again, so one that
//! the server has closed in the meantime is replaced; where the server closes it at the very moment of writing, the call
//! is an error that [may have reached the server](TransportError::may_have_reached_server), and the caller decides.

mod builder;
mod connect;
mod error;

use std::fmt;
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use genauth_core::transport::{Timeout, Transport, TransportError, TransportErrorKind, is_loopback};
use http::{Method, Request, Response};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::{Agent, Body};

pub use builder::UreqTransportBuilder;

/// The largest answer unless told otherwise, in bytes.
const BODY_LIMIT: u64 = 4 * 1024 * 1024;

/// How much memory is set aside on the word of a `Content-Length` alone, in bytes.
const TRUSTED_LENGTH: u64 = 1024 * 1024;

/// Carries requests with ureq. See the [crate] for what it does by default.
#[derive(Clone)]
pub struct UreqTransport {
    agent: Agent,
    /// For hosts on this machine, where the agent's proxy is not meant for them.
    loopback: Option<Agent>,
    body_limit: u64,
    /// The agent follows redirects, or turns statuses into errors, unless each request says otherwise.
    configure_each: bool,
}

impl UreqTransport {
    /// A transport with the defaults of the table in the [crate] documentation.
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts a transport with other settings.
    pub fn builder() -> UreqTransportBuilder {
        UreqTransportBuilder::default()
    }

    /// Carries requests with an agent of your own, for what the builder does not offer.
    ///
    /// The agent's settings count: its timeouts (none, by default), its proxy, its TLS configuration, its pool. Only what
    /// every transport promises is set for each request: no redirects, no status as an error, the request's
    /// [`Timeout`], and a limit of 4 MiB (or [another](Self::with_body_limit)) for an answer. Errors of such a transport say more often than those of one
    /// made with the builder that the request may have reached the server, since only the builder's agent can tell.
    pub fn from_agent(agent: Agent) -> Self {
        let config = agent.config();
        let configure_each =
            config.http_status_as_error() || config.max_redirects() > 0 || !config.allow_non_standard_methods();
        Self {
            agent,
            loopback: None,
            body_limit: BODY_LIMIT,
            configure_each,
        }
    }

    /// The same transport with another limit for an answer; see [`UreqTransportBuilder::body_limit`].
    pub fn with_body_limit(mut self, bytes: u64) -> Self {
        self.body_limit = bytes;
        self
    }

    /// The request as the agent must see it. Settings of its own cost a request a copy of the agent's, so only those
    /// that need some get them.
    fn configure(&self, agent: &Agent, request: Request<Vec<u8>>, timeout: Option<Duration>) -> Request<Vec<u8>> {
        if timeout.is_none() && !self.configure_each {
            return request;
        }
        let timeout = timeout.or(agent.config().timeouts().global);
        agent
            .configure_request(request)
            .http_status_as_error(false)
            .max_redirects(0)
            .allow_non_standard_methods(true)
            .timeout_global(timeout)
            .build()
    }

    fn read(&self, answer: Response<Body>) -> Result<Response<Vec<u8>>, TransportError> {
        let (head, body) = answer.into_parts();
        let announced = body.content_length().unwrap_or(0);
        if announced > self.body_limit {
            return Err(self.too_large());
        }
        let mut bytes = Vec::with_capacity(usize::try_from(announced.min(TRUSTED_LENGTH)).unwrap_or(0));
        body.into_reader()
            .take(self.body_limit.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|error| error::from_ureq(error.into()))?;
        if u64::try_from(bytes.len()).is_ok_and(|length| length > self.body_limit) {
            return Err(self.too_large());
        }
        Ok(Response::from_parts(head, bytes))
    }

    fn too_large(&self) -> TransportError {
        TransportError::new(
            TransportErrorKind::BodyTooLarge,
            format!("more than {} bytes", self.body_limit),
        )
    }
}

impl Transport for UreqTransport {
    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, TransportError> {
        let own = self.agent.config().timeouts().global;
        let shorter = request.extensions().get::<Timeout>().map(|timeout| timeout.0);
        let shorter = shorter.filter(|timeout| own.is_none_or(|own| *timeout < own));
        if shorter.or(own).is_some_and(|timeout| timeout.is_zero()) {
            let error = TransportError::new(TransportErrorKind::Timeout, "no time was left to send the request");
            return Err(error.reached_server(false));
        }

        let agent = match &self.loopback {
            Some(agent) if request.uri().host().is_some_and(is_loopback) => agent,
            _ => &self.agent,
        };
        let request = self.configure(agent, request, shorter);
        let answer = if request.body().is_empty() && !needs_length(request.method()) {
            agent.run(request.map(|_| ()))
        } else {
            agent.run(request)
        };
        self.read(answer.map_err(error::from_ureq)?)
    }
}

/// Whether a request with this method says how long its body is even if it has none (RFC 9110, 8.6).
fn needs_length(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::PUT | Method::PATCH)
}

impl Default for UreqTransport {
    fn default() -> Self {
        UreqTransportBuilder::default()
            .into_transport(&ureq::tls::TlsConfig::default(), &Arc::new(DefaultResolver::default()))
    }
}

impl fmt::Debug for UreqTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UreqTransport")
            .field("timeouts", &self.agent.config().timeouts())
            .field("body_limit", &self.body_limit)
            .finish_non_exhaustive()
    }
}
