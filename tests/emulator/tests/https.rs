//! HTTPS with a certificate that is made at the start.

#![cfg(feature = "tls")]
#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use genauth_emulator::Emulator;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// The answer to a GET of this path, by a client that trusts the roots alone.
fn get(emulator: &Emulator, name: &str, roots: RootCertStore, path: &str) -> std::io::Result<String> {
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let address = emulator.url().strip_prefix("https://").unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(connection, TcpStream::connect(address)?);
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").as_bytes())?;
    let mut answer = String::new();
    match stream.read_to_string(&mut answer) {
        // The server closes the connection and says no goodbye.
        Err(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => Err(error),
        _ => Ok(answer),
    }
}

fn roots(emulator: &Emulator) -> RootCertStore {
    let root = CertificateDer::from_pem_slice(emulator.root_certificate().unwrap().as_bytes()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(root).unwrap();
    roots
}

#[test]
fn is_served_to_whoever_trusts_the_root() {
    let emulator = Emulator::builder().tls(true).start().unwrap();
    for name in ["127.0.0.1", "localhost"] {
        let answer = get(
            &emulator,
            name,
            roots(&emulator),
            "/oidc/.well-known/openid-configuration",
        )
        .unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(
            answer.contains(&format!("\"issuer\":\"{}/oidc\"", emulator.url())),
            "{answer}"
        );
    }
    // Nobody else does.
    let other = Emulator::builder().tls(true).start().unwrap();
    assert!(get(&emulator, "127.0.0.1", roots(&other), "/").is_err());
    assert!(get(&emulator, "example.com", roots(&emulator), "/").is_err());
    assert!(Emulator::start().unwrap().root_certificate().is_none());
}

#[test]
fn the_public_address_is_what_clients_are_told() {
    let emulator = Emulator::builder()
        .tls(true)
        .public_url("https://genauth.internal:3000")
        .start()
        .unwrap();
    assert_eq!(emulator.url(), "https://genauth.internal:3000");
}
