use std::error::Error as _;

use genauth_core::transport::{TransportError, TransportErrorKind as Kind};
use isahc::Error;
use isahc::error::ErrorKind;

/// Our error for isahc's.
pub(crate) fn from_isahc(error: Error) -> TransportError {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<curl::Error>());
    // There is an address once there is a connection.
    let connected = error.remote_addr().is_some();
    let tls_handshake = cause.is_some_and(curl::Error::is_ssl_connect_error);
    let (kind, may_have_reached_server, message) = match error.kind() {
        ErrorKind::NameResolution => (Kind::Connect, false, "the server's name is unknown"),
        ErrorKind::ConnectionFailed if !tls_handshake => (Kind::Connect, false, "the server cannot be reached"),
        ErrorKind::ConnectionFailed
        | ErrorKind::BadServerCertificate
        | ErrorKind::BadClientCertificate
        | ErrorKind::InvalidTlsConfiguration
        | ErrorKind::TlsEngine => (Kind::Tls, false, "the TLS handshake with the server failed"),
        ErrorKind::Timeout if !connected => (Kind::Timeout, false, "connecting took too long"),
        ErrorKind::Timeout => (Kind::Timeout, true, "the answer took too long"),
        ErrorKind::InvalidRequest | ErrorKind::ClientInitialization => {
            (Kind::Other, false, "the request cannot be sent")
        }
        ErrorKind::Io | ErrorKind::RequestBodyNotRewindable => (Kind::Other, true, "the connection broke"),
        ErrorKind::ProtocolViolation if !connected && cause.is_some_and(curl::Error::is_unsupported_protocol) => {
            (Kind::Other, false, "the URL cannot be requested")
        }
        ErrorKind::ProtocolViolation => (Kind::Other, true, "the answer is not valid HTTP"),
        ErrorKind::InvalidContentEncoding => (Kind::Other, true, "the answer cannot be decompressed"),
        _ => (Kind::Other, true, "the HTTP client failed"),
    };
    TransportError::new(kind, message)
        .reached_server(may_have_reached_server)
        .with_source(error)
}
