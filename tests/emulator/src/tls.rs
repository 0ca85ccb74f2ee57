//! TLS with a certificate that is made at the start.

#[cfg(feature = "tls")]
mod made {
    use std::io;
    use std::net::IpAddr;
    use std::sync::Arc;

    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair};
    use tokio_rustls::TlsAcceptor;
    use tokio_rustls::rustls::ServerConfig;
    use tokio_rustls::rustls::crypto::ring;
    use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

    pub(crate) type Acceptor = TlsAcceptor;

    /// A server for these names, and the root certificate (PEM) that its clients have to trust.
    pub(crate) fn make(host: IpAddr, names: &[String]) -> io::Result<(Acceptor, String)> {
        let mut names = names.to_vec();
        names.extend(["localhost", "127.0.0.1", "::1"].map(str::to_owned));
        names.push(host.to_string());
        names.dedup();

        let mut root = CertificateParams::default();
        root.distinguished_name
            .push(DnType::CommonName, "GenAuth emulator, for tests only");
        root.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        let root = CertifiedIssuer::self_signed(root, new_key()?).map_err(io::Error::other)?;

        let key = new_key()?;
        let mut leaf = CertificateParams::new(names).map_err(io::Error::other)?;
        leaf.distinguished_name.push(DnType::CommonName, "localhost");
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        leaf.use_authority_key_identifier_extension = true;
        let leaf = leaf.signed_by(&key, &root).map_err(io::Error::other)?;

        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|config| {
                config
                    .with_no_client_auth()
                    .with_single_cert(vec![leaf.der().clone()], key)
            })
            .map_err(io::Error::other)?;
        Ok((TlsAcceptor::from(Arc::new(config)), root.pem()))
    }

    fn new_key() -> io::Result<KeyPair> {
        KeyPair::generate().map_err(io::Error::other)
    }
}

#[cfg(feature = "tls")]
pub(crate) use made::{Acceptor, make};

#[cfg(not(feature = "tls"))]
mod none {
    use std::io;

    use tokio::net::TcpStream;

    /// Without the feature there is none.
    #[derive(Clone)]
    pub(crate) enum Acceptor {}

    impl Acceptor {
        #[allow(clippy::unused_async)]
        pub(crate) async fn accept(&self, _: TcpStream) -> io::Result<TcpStream> {
            match *self {}
        }
    }
}

#[cfg(not(feature = "tls"))]
pub(crate) use none::Acceptor;
