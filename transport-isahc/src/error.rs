use std::error::Error as _;

use genauth_core::transport::{TransportError, TransportErrorKind as Kind};
use isahc::Error;
use isahc::error::ErrorKind;

/// libcurl's `CURLE_PROXY`, a failed SOCKS handshake, which the crate `curl` has no name for.
const CURLE_PROXY: u32 = 97;

/// Our error for isahc's.
pub(crate) fn from_isahc(error: Error) -> TransportError {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<curl::Error>());
    // What libcurl and its TLS say: its codes tell less.
    let said = cause.and_then(curl::Error::extra_description).unwrap_or("");
    let tls_problem = tls_problem(said);
    // There is an address once there is a connection.
    let connected = error.remote_addr().is_some();
    let tls_handshake = cause.is_some_and(curl::Error::is_ssl_connect_error);
    let (kind, may_have_reached_server, message) = match error.kind() {
        ErrorKind::NameResolution if cause.is_some_and(curl::Error::is_couldnt_resolve_proxy) => {
            (Kind::Connect, false, "the proxy's name is unknown".to_owned())
        }
        ErrorKind::NameResolution => (Kind::Connect, false, "the server's name is unknown".to_owned()),
        // The number behind the last space is the proxy's status.
        ErrorKind::ConnectionFailed if said.starts_with("CONNECT tunnel failed") => (
            Kind::Connect,
            false,
            format!(
                "the proxy refuses to connect to the server: {}",
                said.rsplit(' ').next().unwrap_or("")
            ),
        ),
        ErrorKind::ConnectionFailed if !tls_handshake => {
            (Kind::Connect, false, "the server cannot be reached".to_owned())
        }
        ErrorKind::ConnectionFailed
        | ErrorKind::BadServerCertificate
        | ErrorKind::BadClientCertificate
        | ErrorKind::InvalidTlsConfiguration
        | ErrorKind::TlsEngine => (
            Kind::Tls,
            false,
            format!(
                "the TLS handshake failed: {}",
                tls_problem.unwrap_or("it is refused or the connection broke")
            ),
        ),
        ErrorKind::Unknown if cause.is_some_and(|cause| cause.code() == CURLE_PROXY) => (
            Kind::Connect,
            false,
            "the proxy does not connect to the server".to_owned(),
        ),
        // With TLS 1.3, the client learns what the server thinks of its certificate when it reads the answer. The handshake
        // was not completed, and a server reads no request before that.
        ErrorKind::Io if tls_problem.is_some() => (
            Kind::Tls,
            false,
            format!("the TLS handshake failed: {}", tls_problem.unwrap_or("")),
        ),
        ErrorKind::Timeout if !connected => (Kind::Timeout, false, "connecting took too long".to_owned()),
        ErrorKind::Timeout => (Kind::Timeout, true, "the answer took too long".to_owned()),
        ErrorKind::InvalidRequest | ErrorKind::ClientInitialization => {
            (Kind::Other, false, "the request cannot be sent".to_owned())
        }
        ErrorKind::Io | ErrorKind::RequestBodyNotRewindable => (Kind::Other, true, "the connection broke".to_owned()),
        ErrorKind::ProtocolViolation if !connected && cause.is_some_and(curl::Error::is_unsupported_protocol) => {
            (Kind::Other, false, "the URL cannot be requested".to_owned())
        }
        ErrorKind::ProtocolViolation => (Kind::Other, true, "the answer is not valid HTTP".to_owned()),
        ErrorKind::InvalidContentEncoding => (Kind::Other, true, "the answer cannot be decompressed".to_owned()),
        _ => (Kind::Other, true, "the HTTP client failed".to_owned()),
    };
    TransportError::new(kind, message)
        .reached_server(may_have_reached_server)
        .with_source(error)
}

/// What was wrong in a handshake, by what rustls says of it. Each can only come from a handshake.
fn tls_problem(said: &str) -> Option<&'static str> {
    let problems = [
        ("certificate expired", "the certificate has expired"),
        ("NotValidYet", "the certificate is not valid yet"),
        ("not valid yet", "the certificate is not valid yet"),
        ("not valid for name", "the certificate is for another name"),
        ("UnknownIssuer", "the certificate is from an unknown authority"),
    ];
    problems
        .iter()
        .find_map(|(text, problem)| said.contains(text).then_some(*problem))
}
