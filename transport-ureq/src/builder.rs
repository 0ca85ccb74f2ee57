use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use genauth_core::transport::{TransportError, TransportErrorKind};
use rustls::RootCertStore;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use ureq::tls::{Certificate, ClientCert, PrivateKey, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, Resolver};
use ureq::{Agent, Proxy};

use crate::connect::{LateConnector, LateResolver};
use crate::{BODY_LIMIT, UreqTransport};

/// A time that nobody waits for. Adding a much longer one to a clock could overflow.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Settings for a [`UreqTransport`].
///
/// A setting that cannot be used, such as a certificate that is none, is an error of [`build`](Self::build).
#[must_use]
pub struct UreqTransportBuilder {
    connect_timeout: Duration,
    timeout: Duration,
    body_limit: u64,
    proxy: ProxySetting,
    max_idle_connections_per_host: usize,
    max_idle_connections: usize,
    max_idle_age: Duration,
    /// `None`: the default roots.
    roots: Option<Vec<Certificate<'static>>>,
    client_certificate: Option<(ClientCert, Arc<CryptoProvider>)>,
    verify: bool,
    /// The first setting that cannot be used.
    problem: Option<TransportError>,
}

#[derive(Clone)]
enum ProxySetting {
    FromEnvironment,
    None,
    At(Proxy),
}

impl UreqTransportBuilder {
    /// How long finding the address of the server may take, and then connecting to it, TLS included. 10 s by default.
    ///
    /// A call that fails for this has not reached the server.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout.min(LONGEST);
        self
    }

    /// How long a call may take from the first step to the last byte of the answer. 30 s by default. A request whose
    /// [`Timeout`](genauth_core::transport::Timeout) is shorter has less.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout.min(LONGEST);
        self
    }

    /// How many bytes an answer may have, after decompression. 4 MiB by default.
    pub fn body_limit(mut self, bytes: u64) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Sends every request through this proxy, such as `http://user:password@proxy.example.com:3128`. The schemes
    /// `http`, `https`, `socks4`, `socks4a`, `socks5` and `socks5h` are known; `socks4a` and `socks5h` look the server's name
    /// up themselves, and SOCKS 4 knows no password. The environment no longer counts.
    ///
    /// An HTTP proxy is asked for a tunnel (`CONNECT`), also to a server without TLS.
    pub fn proxy(mut self, url: &str) -> Self {
        match Proxy::new(url) {
            Ok(proxy) => self.proxy = ProxySetting::At(proxy),
            Err(_) => self.note(unusable("the proxy's URL is not one")),
        }
        self
    }

    /// Sends no request through a proxy, whatever the environment says.
    pub fn no_proxy(mut self) -> Self {
        self.proxy = ProxySetting::None;
        self
    }

    /// How many connections to one host are kept for later calls. 64 by default: as many threads as call at once each find a
    /// connection. None with 0.
    pub fn max_idle_connections_per_host(mut self, connections: usize) -> Self {
        self.max_idle_connections_per_host = connections;
        self
    }

    /// How many connections are kept for later calls in all. 128 by default; none with 0.
    pub fn max_idle_connections(mut self, connections: usize) -> Self {
        self.max_idle_connections = connections;
        self
    }

    /// How long a connection that nobody uses is kept. 15 s by default.
    pub fn max_idle_age(mut self, age: Duration) -> Self {
        self.max_idle_age = age.min(LONGEST);
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

    /// Proves to a server that asks for it who the client is: the certificate, with what is needed to verify it, and its
    /// private key, both as PEM text. The key must not be encrypted.
    pub fn client_certificate(mut self, chain_pem: &[u8], key_pem: &[u8]) -> Self {
        match client_certificate(chain_pem, key_pem) {
            Ok(certificate) => self.client_certificate = Some(certificate),
            Err(problem) => self.note(problem),
        }
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
    pub fn build(self) -> Result<UreqTransport, TransportError> {
        self.build_with(&Arc::new(DefaultResolver::default()))
    }

    /// The same with this resolver.
    pub(crate) fn build_with(mut self, resolver: &Arc<impl Resolver>) -> Result<UreqTransport, TransportError> {
        if let Some(problem) = self.problem.take() {
            return Err(problem);
        }
        let mut tls = TlsConfig::builder().disable_verification(!self.verify);
        if let Some(roots) = self.roots.take() {
            tls = tls.root_certs(roots.into());
        }
        if let Some((certificate, provider)) = self.client_certificate.take() {
            // ureq panics on a certificate that its provider cannot use, so it gets the one that has checked it.
            tls = tls
                .client_cert(Some(certificate))
                .unversioned_rustls_crypto_provider(provider);
        }
        Ok(self.into_transport(&tls.build(), resolver))
    }

    pub(crate) fn into_transport(self, tls: &TlsConfig, resolver: &Arc<impl Resolver>) -> UreqTransport {
        let (proxy, loopback) = match self.proxy.clone() {
            ProxySetting::None => (None, None),
            ProxySetting::At(proxy) => (Some(proxy), None),
            // A proxy that the environment sets cannot reach what runs on this machine, and is not to see it.
            ProxySetting::FromEnvironment => {
                let proxy = Proxy::try_from_env();
                let loopback = proxy.is_some().then(|| self.agent(None, tls, resolver));
                (proxy, loopback)
            }
        };
        UreqTransport {
            agent: self.agent(proxy, tls, resolver),
            loopback,
            body_limit: self.body_limit,
            configure_each: false,
        }
    }

    fn agent(&self, proxy: Option<Proxy>, tls: &TlsConfig, resolver: &Arc<impl Resolver>) -> Agent {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .allow_non_standard_methods(true)
            .timeout_connect(Some(self.connect_timeout))
            .timeout_global(Some(self.timeout))
            .max_idle_connections_per_host(self.max_idle_connections_per_host)
            .max_idle_connections(self.max_idle_connections)
            .max_idle_age(self.max_idle_age)
            .proxy(proxy)
            .tls_config(tls.clone());
        Agent::with_parts(
            config.build(),
            LateConnector::new(resolver.clone()),
            LateResolver(resolver.clone()),
        )
    }

    fn read_roots(&mut self, pem: &[u8]) -> Vec<Certificate<'static>> {
        read_roots(pem).unwrap_or_else(|problem| {
            self.note(problem);
            Vec::new()
        })
    }

    fn note(&mut self, problem: TransportError) {
        self.problem.get_or_insert(problem);
    }
}

impl Default for UreqTransportBuilder {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
            body_limit: BODY_LIMIT,
            proxy: ProxySetting::FromEnvironment,
            max_idle_connections_per_host: 64,
            max_idle_connections: 128,
            max_idle_age: Duration::from_secs(15),
            roots: None,
            client_certificate: None,
            verify: true,
            problem: None,
        }
    }
}

impl fmt::Debug for UreqTransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UreqTransportBuilder")
            .field("connect_timeout", &self.connect_timeout)
            .field("timeout", &self.timeout)
            .field("body_limit", &self.body_limit)
            .field("max_idle_connections_per_host", &self.max_idle_connections_per_host)
            .field("max_idle_connections", &self.max_idle_connections)
            .field("max_idle_age", &self.max_idle_age)
            .field("verify", &self.verify)
            .finish_non_exhaustive()
    }
}

fn default_roots() -> Vec<Certificate<'static>> {
    webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .map(|root| Certificate::from_der(root))
        .collect()
}

/// The certificates of a PEM text, each of which rustls accepts as a root: ureq leaves out the others without a word.
fn read_roots(pem: &[u8]) -> Result<Vec<Certificate<'static>>, TransportError> {
    let mut accepted = RootCertStore::empty();
    let mut roots = Vec::new();
    for root in CertificateDer::pem_slice_iter(pem) {
        let root = root.map_err(|error| unusable("a root certificate is not PEM").with_source(error))?;
        roots.push(Certificate::from_der(&root).to_owned());
        accepted
            .add(root)
            .map_err(|error| unusable("a root certificate is not one").with_source(error))?;
    }
    if roots.is_empty() {
        return Err(unusable("there is no root certificate in the PEM text"));
    }
    Ok(roots)
}

fn client_certificate(chain_pem: &[u8], key_pem: &[u8]) -> Result<(ClientCert, Arc<CryptoProvider>), TransportError> {
    // Sources are left out where they could quote the key.
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(chain_pem)
        .collect::<Result<_, _>>()
        .map_err(|error| unusable("the client certificate is not PEM").with_source(error))?;
    if chain.is_empty() {
        return Err(unusable("there is no client certificate in the PEM text"));
    }
    let certificates: Vec<Certificate<'static>> = chain
        .iter()
        .map(|certificate| Certificate::from_der(certificate).to_owned())
        .collect();
    let key = PrivateKeyDer::from_pem_slice(key_pem)
        .map_err(|_| unusable("the client certificate's key is not an unencrypted PEM key"))?;
    let same_key = PrivateKey::from_pem(key_pem)
        .map_err(|_| unusable("the client certificate's key is not an unencrypted PEM key"))?;

    // ureq takes the same provider where none is set.
    let provider = CryptoProvider::get_default()
        .cloned()
        .unwrap_or_else(|| Arc::new(rustls::crypto::ring::default_provider()));
    CertifiedKey::from_der(chain, key, &provider)
        .map_err(|error| unusable("the client certificate and its key do not belong together").with_source(error))?;
    Ok((ClientCert::new_with_certs(&certificates, same_key), provider))
}

fn unusable(message: &str) -> TransportError {
    TransportError::new(TransportErrorKind::Other, message).reached_server(false)
}
