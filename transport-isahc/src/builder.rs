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
    max_connections_per_host: usize,
    max_idle_connections: usize,
    max_idle_age: Duration,
    /// `None`: the default roots.
    roots: Option<Vec<CertificateDer<'static>>>,
    client_certificate: Option<(PathBuf, PathBuf)>,
    verify: bool,
    /// The first setting that cannot be used.
    problem: Option<TransportError>,
}

#[derive(Clone)]
pub(crate) enum Proxy {
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

    /// How many bytes an answer may have, after decompression. 4 MiB by default.
    pub fn body_limit(mut self, bytes: u64) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Sends every request through this proxy, such as `http://user:password@proxy.example.com:3128`. The schemes
    /// `http`, `https`, `socks4`, `socks4a`, `socks5` and `socks5h` are known. `socks4a` and
    /// `socks5h` look the server's name up themselves. The environment no longer counts, except for `NO_PROXY`.
    ///
    /// An HTTP proxy is asked for a tunnel (`CONNECT`) to a server with TLS, and for the answer of one without.
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

    /// How many connections to one host there may be at a time; further calls wait for one. No limit by default, nor with 0.
    ///
    /// libcurl has no limit for those of one host that are kept; see [`max_idle_connections`](Self::max_idle_connections).
    pub fn max_connections_per_host(mut self, connections: usize) -> Self {
        self.max_connections_per_host = connections;
        self
    }

    /// How many connections are kept for later calls in all. 128 by default: as many threads as call at once each find a
    /// connection. None with 0.
    pub fn max_idle_connections(mut self, connections: usize) -> Self {
        self.max_idle_connections = connections;
        self
    }

    /// How long a connection that nobody uses is kept. 15 s by default. libcurl counts in seconds.
    pub fn max_idle_age(mut self, age: Duration) -> Self {
        self.max_idle_age = age;
        self
    }

    /// Trusts the certificates in this PEM text as well as those trusted so far: at first, the default roots.
    pub fn add_root_certificate(mut self, pem: &[u8]) -> Self {
        let added = self.read_roots(pem);
        self.roots.get_or_insert_with(default_roots).extend(added);
        self
    }

    /// Trusts the certificates in this PEM text and no others: the default roots and what has been added so far no
    /// longer count.
    pub fn only_root_certificates(mut self, pem: &[u8]) -> Self {
        self.roots = Some(self.read_roots(pem));
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
        let trusted = self.roots.map_or_else(TrustStore::default, |roots| {
            let roots = roots.into_iter();
            roots
                .fold(TrustStore::builder(), TrustStoreBuilder::certificate_from_der)
                .build()
        });
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
        let clients = Clients {
            connect_timeout: usable(self.connect_timeout),
            tls: tls.build(),
            proxy: self.proxy,
            max_connections_per_host: self.max_connections_per_host,
            max_idle_connections: self.max_idle_connections,
            max_idle_age: self.max_idle_age,
        };
        IsahcTransport::from_clients(clients, self.timeout, self.body_limit)
    }

    /// The certificates of a PEM text.
    fn read_roots(&mut self, pem: &[u8]) -> Vec<CertificateDer<'static>> {
        let mut roots = Vec::new();
        for root in CertificateDer::pem_slice_iter(pem) {
            match root {
                Ok(root) => roots.push(root),
                Err(error) => self.note(unusable("a root certificate is not PEM").with_source(error)),
            }
        }
        if roots.is_empty() {
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
            max_connections_per_host: 0,
            max_idle_connections: 128,
            max_idle_age: Duration::from_secs(15),
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
            .field("max_connections_per_host", &self.max_connections_per_host)
            .field("max_idle_connections", &self.max_idle_connections)
            .field("max_idle_age", &self.max_idle_age)
            .field("verify", &self.verify)
            .finish_non_exhaustive()
    }
}

/// What makes a client of isahc.
#[derive(Clone)]
pub(crate) struct Clients {
    connect_timeout: Duration,
    tls: TlsConfig,
    pub(crate) proxy: Proxy,
    max_connections_per_host: usize,
    max_idle_connections: usize,
    max_idle_age: Duration,
}

impl Clients {
    /// A client that keeps connections for later calls.
    pub(crate) fn keeping(&self) -> Result<HttpClient, TransportError> {
        self.client(self.max_idle_connections)
    }

    /// A client that makes a connection for each call.
    pub(crate) fn keeping_none(&self) -> Result<HttpClient, TransportError> {
        self.client(0)
    }

    fn client(&self, kept: usize) -> Result<HttpClient, TransportError> {
        let client = HttpClient::builder()
            .version_negotiation(VersionNegotiation::http11())
            .connect_timeout(self.connect_timeout)
            .tcp_nodelay()
            .max_connections_per_host(self.max_connections_per_host)
            .connection_cache_size(kept)
            // For libcurl, 0 is without end.
            .connection_cache_ttl(self.max_idle_age.max(Duration::from_secs(1)))
            .tls_config(self.tls.clone())
            .proxy_tls_config(self.tls.clone());
        let client = match &self.proxy {
            // libcurl reads it.
            Proxy::FromEnvironment => client,
            Proxy::None => client.proxy(None),
            Proxy::At(url) => client.proxy(url.clone()),
        };
        client
            .build()
            .map_err(|error| unusable("isahc cannot start").with_source(error))
    }
}

/// The time as libcurl can take it: it counts in milliseconds, for which 0 is "for ever", and not in years.
pub(crate) fn usable(timeout: Duration) -> Duration {
    timeout.clamp(Duration::from_millis(1), Duration::from_secs(24 * 24 * 60 * 60))
}

fn default_roots() -> Vec<CertificateDer<'static>> {
    webpki_root_certs::TLS_SERVER_ROOT_CERTS.to_vec()
}

fn unusable(message: &str) -> TransportError {
    not_sent(TransportErrorKind::Other, message)
}
