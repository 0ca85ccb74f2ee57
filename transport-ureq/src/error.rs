use std::io;

use genauth_core::transport::{TransportError, TransportErrorKind as Kind};
use rustls::{AlertDescription as Alert, CertificateError as Certificate, Error as Tls, PeerIncompatible};
use ureq::{Error, Timeout};

use crate::connect::{NotSent, Step};

/// Our error for ureq's, wherever in the call it came up.
pub(crate) fn from_ureq(error: Error) -> TransportError {
    match error {
        Error::Other(inner) => match inner.downcast::<NotSent>() {
            Ok(not_sent) => not_sent_error(not_sent.step, not_sent.error),
            Err(inner) => TransportError::new(Kind::Other, "the HTTP client failed").with_source(inner),
        },
        error => later_error(error),
    }
}

/// The error of finding or connecting to the server.
fn not_sent_error(step: Step, error: Error) -> TransportError {
    let (kind, message) = match (step, &error) {
        (Step::ReachingProxy, Error::Timeout(_)) => (Kind::Timeout, "connecting to the proxy took too long".into()),
        (_, Error::Timeout(_)) => (Kind::Timeout, "connecting took too long".into()),
        (Step::ReachingProxy, error) if is_tls(error) => (
            Kind::Tls,
            format!("the TLS handshake with the proxy failed: {}", tls_problem(error)),
        ),
        (_, error) if is_tls(error) => (
            Kind::Tls,
            format!("the TLS handshake with the server failed: {}", tls_problem(error)),
        ),
        (_, Error::ConnectProxyFailed(reason)) => (
            Kind::Connect,
            format!("the proxy refuses to connect to the server: {reason}"),
        ),
        (Step::Name, _) | (_, Error::HostNotFound) => (Kind::Connect, "the server's name cannot be looked up".into()),
        (Step::ReachingProxy, _) => (Kind::Connect, "the proxy cannot be reached".into()),
        // What ureq makes of a SOCKS proxy's answer.
        (Step::ThroughProxy, Error::Io(cause)) if cause.raw_os_error().is_none() => (
            Kind::Connect,
            format!("the proxy does not connect to the server: {cause}"),
        ),
        (Step::ThroughProxy, _) => (
            Kind::Connect,
            "there is no connection to the server through the proxy".into(),
        ),
        (Step::Server, _) => (Kind::Connect, "the server cannot be reached".into()),
    };
    TransportError::new(kind, message)
        .reached_server(false)
        .with_source(error)
}

/// An error that is not known to come from connecting: either it comes from later on, or the agent is not one of ours.
fn later_error(error: Error) -> TransportError {
    let (kind, message) = match &error {
        Error::Timeout(Timeout::Resolve | Timeout::Connect) | Error::HostNotFound | Error::ConnectProxyFailed(_) => {
            return not_sent_error(Step::Server, error);
        }
        Error::Io(cause) if cause.kind() == io::ErrorKind::ConnectionRefused => {
            return not_sent_error(Step::Server, error);
        }
        // The handshake was not completed, and a server reads no request before that.
        _ if is_of_the_handshake(&error) => return not_sent_error(Step::Server, error),
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

pub(crate) fn is_tls(error: &Error) -> bool {
    rustls_error(error).is_some() || matches!(error, Error::Tls(_) | Error::Pem(_) | Error::TlsRequired)
}

/// Whether this can only come from a handshake: the server's certificate is checked in it, and so is the client's. With
/// TLS 1.3, the client learns what the server thinks of its certificate when it reads the answer.
fn is_of_the_handshake(error: &Error) -> bool {
    match rustls_error(error) {
        Some(Tls::InvalidCertificate(_)) => true,
        Some(Tls::AlertReceived(alert)) => is_about_the_client_certificate(*alert),
        _ => false,
    }
}

fn is_about_the_client_certificate(alert: Alert) -> bool {
    matches!(
        alert,
        Alert::CertificateRequired
            | Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            | Alert::CertificateExpired
            | Alert::CertificateUnknown
            | Alert::UnknownCA
            | Alert::AccessDenied
    )
}

/// What was wrong in a handshake, in words that need no knowledge of TLS libraries.
fn tls_problem(error: &Error) -> &'static str {
    match rustls_error(error) {
        Some(Tls::InvalidCertificate(problem)) => match problem {
            Certificate::Expired | Certificate::ExpiredContext { .. } => "the certificate has expired",
            Certificate::NotValidYet | Certificate::NotValidYetContext { .. } => "the certificate is not valid yet",
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
                "the certificate is for another name"
            }
            Certificate::UnknownIssuer => "the certificate is from an unknown authority",
            Certificate::Revoked => "the certificate is revoked",
            _ => "the certificate is not valid",
        },
        Some(
            Tls::PeerIncompatible(
                PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
                | PeerIncompatible::ServerDoesNotSupportTls12Or13,
            )
            | Tls::AlertReceived(Alert::ProtocolVersion),
        ) => "it speaks neither TLS 1.2 nor TLS 1.3",
        Some(Tls::AlertReceived(Alert::CertificateRequired)) => "a client certificate is wanted",
        Some(Tls::AlertReceived(alert)) if is_about_the_client_certificate(*alert) => {
            "the client certificate is refused"
        }
        // TLS 1.2 has no alert of its own for a certificate that is missing.
        Some(Tls::AlertReceived(Alert::HandshakeFailure)) => "it is refused; perhaps a client certificate is wanted",
        Some(Tls::AlertReceived(_)) => "it is refused",
        Some(Tls::PeerIncompatible(_)) => "the two sides have no cipher or signature in common",
        Some(Tls::InvalidMessage(_)) => "what came back is not TLS",
        _ => "the connection broke",
    }
}

fn rustls_error(error: &Error) -> Option<&Tls> {
    match error {
        Error::Rustls(error) => Some(error),
        Error::Io(cause) => cause.get_ref()?.downcast_ref(),
        _ => None,
    }
}
