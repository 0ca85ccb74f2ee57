use std::io;

use genauth_core::transport::{TransportError, TransportErrorKind as Kind};
use ureq::{Error, Timeout};

use crate::connect::NotSent;

/// Our error for ureq's, wherever in the call it came up.
pub(crate) fn from_ureq(error: Error) -> TransportError {
    match error {
        Error::Other(inner) => match inner.downcast::<NotSent>() {
            Ok(not_sent) => not_sent_error(not_sent.0),
            Err(inner) => TransportError::new(Kind::Other, "the HTTP client failed").with_source(inner),
        },
        error => later_error(error),
    }
}

/// The error of finding or connecting to the server.
fn not_sent_error(error: Error) -> TransportError {
    let (kind, message) = match &error {
        Error::Timeout(_) => (Kind::Timeout, "connecting took too long"),
        error if is_tls(error) => (Kind::Tls, "the TLS handshake with the server failed"),
        Error::HostNotFound => (Kind::Connect, "the server's name is unknown"),
        Error::ConnectProxyFailed(_) => (Kind::Connect, "the proxy does not connect to the server"),
        _ => (Kind::Connect, "the server cannot be reached"),
    };
    TransportError::new(kind, message)
        .reached_server(false)
        .with_source(error)
}

/// An error that is not known to come from connecting: either it comes from later on, or the agent is not one of ours.
fn later_error(error: Error) -> TransportError {
    let (kind, message) = match &error {
        Error::Timeout(Timeout::Resolve | Timeout::Connect) | Error::HostNotFound | Error::ConnectProxyFailed(_) => {
            return not_sent_error(error);
        }
        Error::Io(cause) if cause.kind() == io::ErrorKind::ConnectionRefused => return not_sent_error(error),
        // Certificates are checked in the handshake, and nothing is sent before that.
        Error::Io(cause) if matches!(rustls_error(cause), Some(rustls::Error::InvalidCertificate(_))) => {
            return not_sent_error(error);
        }
        // These quote the URL, so they are no source.
        Error::BadUri(_) | Error::RequireHttpsOnly(_) => {
            return TransportError::new(Kind::Other, "the URL cannot be requested").reached_server(false);
        }
        Error::Http(_) => {
            return TransportError::new(Kind::Other, "the request is not valid").reached_server(false);
        }
        Error::Timeout(_) => (Kind::Timeout, "the answer took too long"),
        error if is_tls(error) => (Kind::Tls, "the TLS connection failed"),
        Error::Io(_) => (Kind::Other, "the connection broke"),
        Error::Protocol(_) | Error::LargeResponseHeader(..) => (Kind::Other, "the answer is not valid HTTP"),
        Error::Decompress(..) => (Kind::Other, "the answer cannot be decompressed"),
        _ => (Kind::Other, "the HTTP client failed"),
    };
    TransportError::new(kind, message)
        .reached_server(true)
        .with_source(error)
}

fn is_tls(error: &Error) -> bool {
    match error {
        Error::Tls(_) | Error::Rustls(_) | Error::Pem(_) | Error::TlsRequired => true,
        Error::Io(cause) => rustls_error(cause).is_some(),
        _ => false,
    }
}

fn rustls_error(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}
