use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use genauth_core::transport::{TransportError, TransportErrorKind};
use http::Uri;
use isahc::HttpClient;
use isahc::config::{Configurable, VersionNegotiation};
use isahc::tls::{Identity, PrivateKey, TlsConfig, TrustStore, TrustStoreBuilder};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use crate::{BODY_LIMIT, IsahcTransport, TIMEOUT, not_sent};

/// Settings for an [`IsahcTransport`].
///
/// A setting that cannot be used, such as a certificate that is none, is an error of [`build`](Self::build); those that
/// only libcurl can judge are errors of the calls.
#[must_use]
pub struct IsahcTransportBuilder {
    connect_timeout: Duration,
    timeout: Duration,
    body_limit: u64,
    proxy: Proxy,
    /// `None`: the default roots.
    roots: Option<TrustStoreBuilder>,
    client_certificate: Option<(PathBuf, PathBuf)>,
    verify: bool,
    /// The first setting that cannot be used.
    problem: Option<TransportError>,
}

enum Proxy {
    FromEnvironment,
    None,
    At(Uri),
}

impl IsahcTransportBuilder {
    /// How long finding the address of the server and connecting to it may take, TLS included. 10 s by default.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long a call may take from the first step to the last byte of the answer. 30 s by default. A request whose
    /// [`Timeout`](genauth_core::transport::Timeout) is shorter has less. libcurl counts in milliseconds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How many bytes an answer may have, after decompression. 16 MiB by default.
    pub fn body_limit(mut self, bytes: u64) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Sends every request through this proxy, such as `http://user:password@proxy.example.com:3128`. The schemes
    /// `http`, `https`, `socks4`, `socks4a`, `socks5` and `socks5h` are known. The environment no longer counts, except
    /// for `NO_PROXY`.
    pub fn proxy(mut self, url: &str) -> Self {
        match url.parse::<Uri>() {
            Ok(uri) if uri.host().is_some() => self.proxy = Proxy::At(uri),
            _ => self.note(unusable("the proxy's URL is not one")),
        }
        self
    }

    /// Sends no request through a proxy, whatever the environment says.
    pub fn no_proxy(mut self) -> Self {
        self.proxy = Proxy::None;
        self
    }

    /// Trusts the certificates in this PEM text as well as those trusted so far: at first, the default roots.
    pub fn add_root_certificate(mut self, pem: &[u8]) -> Self {
        let roots = self.roots.take().unwrap_or_else(default_roots);
        self.roots = Some(self.with_roots(roots, pem));
        self
    }

    /// Trusts the certificates in this PEM text and no others: the default roots and what has been added so far no
    /// longer count.
    pub fn only_root_certificates(mut self, pem: &[u8]) -> Self {
        self.roots = Some(self.with_roots(TrustStore::builder(), pem));
        self
    }

    /// Proves to a server that asks for it who the client is: the file with the certificate, and what is needed to verify
    /// it, and the file with its private key, both as PEM text. The key must not be encrypted.
    ///
    /// They are files because libcurl's rustls takes nothing else. It reads them for each connection that it makes.
    pub fn client_certificate_files(mut self, chain: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.client_certificate = Some((chain.into(), key.into()));
        self
    }

    /// Talks to any server that has a certificate, no matter whose: everyone on the way can read and change everything,
    /// passwords and tokens included. Never outside a test; trust the test server's certificate instead, with
    /// [`add_root_certificate`](Self::add_root_certificate).
    pub fn dangerous_disable_tls_verification(mut self) -> Self {
        self.verify = false;
        self
    }

    /// The transport, or what is wrong with the first setting that cannot be used.
    pub fn build(self) -> Result<IsahcTransport, TransportError> {
        if let Some(problem) = self.problem {
            return Err(problem);
        }
        let trusted = self.roots.map_or_else(TrustStore::default, TrustStoreBuilder::build);
        let mut tls = TlsConfig::builder().trust_store(trusted);
        if let Some((chain, key)) = self.client_certificate {
            if !chain.is_file() || !key.is_file() {
                return Err(unusable("the client certificate or its key is not a file"));
            }
            tls = tls.identity(Identity::from_pem_file(
                chain,
                Some(PrivateKey::from_pem_file(key, None)),
            ));
        }
        if !self.verify {
            tls = tls.danger_accept_invalid_certs(true).danger_accept_invalid_hosts(true);
        }
        let mut client = HttpClient::builder()
            .version_negotiation(VersionNegotiation::http11())
            .connect_timeout(usable(self.connect_timeout))
            .tcp_nodelay()
            .tls_config(tls.build());
        client = match self.proxy {
            // libcurl reads it.
            Proxy::FromEnvironment => client,
            Proxy::None => client.proxy(None),
            Proxy::At(url) => client.proxy(url),
        };
        let client = client
            .build()
            .map_err(|error| unusable("isahc cannot start").with_source(error))?;
        Ok(IsahcTransport::from_client(client)
            .with_timeout(self.timeout)
            .with_body_limit(self.body_limit))
    }

    /// Adds the certificates of a PEM text.
    fn with_roots(&mut self, mut roots: TrustStoreBuilder, pem: &[u8]) -> TrustStoreBuilder {
        let mut none = true;
        for root in CertificateDer::pem_slice_iter(pem) {
            match root {
                Ok(root) => roots = roots.certificate_from_der(root),
                Err(error) => self.note(unusable("a root certificate is not PEM").with_source(error)),
            }
            none = false;
        }
        if none {
            self.note(unusable("there is no root certificate in the PEM text"));
        }
        roots
    }

    fn note(&mut self, problem: TransportError) {
        self.problem.get_or_insert(problem);
    }
}

impl Default for IsahcTransportBuilder {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            timeout: TIMEOUT,
            body_limit: BODY_LIMIT,
            proxy: Proxy::FromEnvironment,
            roots: None,
            client_certificate: None,
            verify: true,
            problem: None,
        }
    }
}

impl fmt::Debug for IsahcTransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IsahcTransportBuilder")
            .field("connect_timeout", &self.connect_timeout)
            .field("timeout", &self.timeout)
            .field("body_limit", &self.body_limit)
            .field("verify", &self.verify)
            .finish_non_exhaustive()
    }
}

/// The time as libcurl can take it: it counts in milliseconds, for which 0 is "for ever", and not in years.
pub(crate) fn usable(timeout: Duration) -> Duration {
    timeout.clamp(Duration::from_millis(1), Duration::from_secs(24 * 24 * 60 * 60))
}

fn default_roots() -> TrustStoreBuilder {
    webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .fold(TrustStore::builder(), TrustStoreBuilder::certificate_from_der)
}

fn unusable(message: &str) -> TransportError {
    not_sent(TransportErrorKind::Other, message)
}
