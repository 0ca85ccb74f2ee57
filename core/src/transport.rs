//! What carries a request: the [`Transport`] trait, its error, and the contract that every transport keeps.
//!
//! # The contract
//!
//! - Any HTTP status is an `Ok`: the core decides what an answer means.
//! - Redirects are not followed, so that credentials never travel to another host.
//! - TLS certificates are verified.
//! - The [`Timeout`] in the request's extensions bounds the whole call, also against a server that trickles bytes.
//! - A name is looked up where a connection is made, not for a connection that is kept. As many threads as call at once keep
//!   their connections.
//! - A proxy that the environment sets is not used for a host that [is this machine](is_loopback).
//! - A body over the transport's limit is an error of kind [`TransportErrorKind::BodyTooLarge`], not memory.
//! - An error says whether the request [may have reached the server](TransportError::may_have_reached_server).
//! - No error text holds a query, a header value or a body: they may be secret.

use std::error::Error as StdError;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// Runs one HTTP request.
///
/// A closure with the same signature is a transport too:
///
/// ```
/// use genauth_core::transport::{Transport, TransportError};
///
/// let canned = |_request: http::Request<Vec<u8>>| -> Result<http::Response<Vec<u8>>, TransportError> {
///     Ok(http::Response::new(br#"{"statusCode":200,"message":""}"#.to_vec()))
/// };
/// let answer = canned.send(http::Request::new(Vec::new()))?;
/// assert_eq!(answer.status(), 200);
/// # Ok::<(), TransportError>(())
/// ```
///
/// The request carries the [`OperationInfo`](crate::OperationInfo) of what is called and, where the client sets one, a
/// [`Timeout`] in its extensions; secret header values are marked sensitive. See the [module](self) for the contract.
///
/// A closure, a `Box`, an `Arc` of a transport is one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` carries no requests",
    note = "a transport is a type that implements `Transport`, a box or `Arc` of one, or a closure \
            `|request: http::Request<Vec<u8>>| -> Result<http::Response<Vec<u8>>, TransportError>`",
    note = "ready-made ones are in `genauth::ureq` and `genauth::isahc`"
)]
pub trait Transport: Send + Sync {
    /// Sends the request and reads the whole answer.
    fn send(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, TransportError>;
}

impl<F> Transport for F
where
    F: Fn(http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, TransportError> + Send + Sync,
{
    fn send(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, TransportError> {
        self(request)
    }
}

// A box of a closure is a closure, so only this one is missing.
impl Transport for Box<dyn Transport + '_> {
    fn send(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, TransportError> {
        (**self).send(request)
    }
}

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn send(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, TransportError> {
        (**self).send(request)
    }
}

/// Whether the host of a URL means this machine, whatever a resolver says: `localhost`, or an address of the loopback
/// device, IPv6 with its brackets or without.
///
/// A transport uses no proxy of the environment for it.
pub fn is_loopback(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let host = bare.unwrap_or(host);
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.to_canonical().is_loopback())
}

/// How long this one request may take from connecting to the last byte of the answer. Stands in the request's extensions
/// and wins over the transport's own total timeout where it is shorter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timeout(pub Duration);

/// What went wrong on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection: the name is unknown, the port refuses, the network is unreachable.
    Connect,
    /// The TLS handshake failed, most often because the certificate is not trusted.
    Tls,
    /// The time was up.
    Timeout,
    /// The answer is larger than the transport's limit.
    BodyTooLarge,
    /// The caller gave up.
    Cancelled,
    /// Anything else: the connection broke, the answer is not HTTP ...
    Other,
}

impl fmt::Display for TransportErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "no connection",
            Self::Tls => "TLS failed",
            Self::Timeout => "timed out",
            Self::BodyTooLarge => "answer too large",
            Self::Cancelled => "cancelled",
            Self::Other => "transport failed",
        })
    }
}

/// A request that brought no HTTP answer.
///
/// Cheap to clone.
#[derive(Clone)]
pub struct TransportError {
    inner: Box<Inner>,
}

#[derive(Clone)]
struct Inner {
    operation: Option<&'static str>,
    host: Option<Arc<str>>,
    kind: TransportErrorKind,
    may_have_reached_server: bool,
    message: String,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl TransportError {
    /// An error of this kind. Until told otherwise by [`reached_server`](Self::reached_server), a request that could not
    /// connect (or make its TLS connection) has not reached the server, and any other may have.
    ///
    /// The message must not hold a query, a header value or a body.
    pub fn new(kind: TransportErrorKind, message: impl Into<String>) -> Self {
        let may_have_reached_server = !matches!(kind, TransportErrorKind::Connect | TransportErrorKind::Tls);
        Self {
            inner: Box::new(Inner {
                operation: None,
                host: None,
                kind,
                may_have_reached_server,
                message: message.into(),
                source: None,
            }),
        }
    }

    /// Says whether the request may have reached the server.
    pub fn reached_server(mut self, may_have: bool) -> Self {
        self.inner.may_have_reached_server = may_have;
        self
    }

    /// Adds the error of the HTTP stack, for [`source`](StdError::source).
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.inner.source = Some(Arc::from(source.into()));
        self
    }

    /// It happened to this operation, at this host.
    pub(crate) fn at(&mut self, operation: &'static str, host: &Arc<str>) {
        self.inner.operation.get_or_insert(operation);
        self.inner.host.get_or_insert_with(|| Arc::clone(host));
    }

    /// The documented name of the operation, where it is known.
    pub fn operation(&self) -> Option<&'static str> {
        self.inner.operation
    }

    /// The host that was called, such as `https://example.genauth.ai`, where it is known.
    pub fn host(&self) -> Option<&str> {
        self.inner.host.as_deref()
    }

    /// What went wrong.
    pub fn kind(&self) -> TransportErrorKind {
        self.inner.kind
    }

    /// Whether the server may have seen the request, and so may have carried it out. `false` is certain: nothing was sent.
    pub fn may_have_reached_server(&self) -> bool {
        self.inner.may_have_reached_server
    }
}

impl fmt::Debug for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportError")
            .field("operation", &self.inner.operation)
            .field("host", &self.inner.host)
            .field("kind", &self.inner.kind)
            .field("may_have_reached_server", &self.inner.may_have_reached_server)
            .field("message", &self.inner.message)
            .field("source", &self.inner.source)
            .finish()
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.inner.operation {
            f.write_str(operation)?;
            if let Some(host) = &self.inner.host {
                write!(f, " at {host}")?;
            }
            f.write_str(": ")?;
        }
        write!(f, "{}: {}", self.inner.kind, self.inner.message)
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.inner.source.as_deref().map(|source| source as _)
    }
}
