//! Keys and tokens made for these tests, and a clock that stands where it is put.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use genauth_core::client::System;
use genauth_core::{App, Error};
use hmac::{Hmac, KeyInit as _, Mac as _};
use p256::ecdsa::signature::Signer as _;
use rsa::pkcs1::DecodeRsaPrivateKey as _;
use rsa::traits::PublicKeyParts as _;
use serde_json::{Value, json};
use sha2::Sha256;

/// The time at which all tokens of these tests are issued.
pub(crate) const NOW: u64 = 1_700_000_000;
pub(crate) const ISSUER: &str = "https://example.genauth.ai/oidc";
pub(crate) const APP_ID: &str = "62f733a7148bf958af1e5410";
pub(crate) const SECRET: &str = "c2ecb6f8e4a4b3f0d1a0b9c8d7e6f5a4";

pub(crate) fn app() -> App {
    App::new("https://example.genauth.ai", APP_ID)
        .unwrap()
        .with_secret(SECRET)
        .unwrap()
}

/// What a token is signed with.
pub(crate) enum Signer {
    Hmac(Vec<u8>),
    Rsa(Box<rsa::PrivateKey>),
    /// The same key with the other padding.
    Pss(Box<rsa::PrivateKey>),
    P256(p256::ecdsa::SigningKey),
}

fn rsa(der: &str) -> Signer {
    Signer::Rsa(Box::new(rsa_key(der)))
}

fn rsa_key(der: &str) -> rsa::PrivateKey {
    let der = STANDARD.decode(der.replace('\n', "")).unwrap();
    rsa::PrivateKey::from_pkcs1_der(&der).unwrap()
}

// Made with `openssl genpkey` for these tests, and used nowhere else.
pub(crate) static RSA_A: LazyLock<Signer> = LazyLock::new(|| rsa(include_str!("keys/rsa-2048-a.txt")));
pub(crate) static RSA_B: LazyLock<Signer> = LazyLock::new(|| rsa(include_str!("keys/rsa-2048-b.txt")));
pub(crate) static RSA_SHORT: LazyLock<Signer> = LazyLock::new(|| rsa(include_str!("keys/rsa-1024.txt")));
pub(crate) static PSS_A: LazyLock<Signer> =
    LazyLock::new(|| Signer::Pss(Box::new(rsa_key(include_str!("keys/rsa-2048-a.txt")))));
pub(crate) static EC_A: LazyLock<Signer> =
    LazyLock::new(|| Signer::P256(p256::ecdsa::SigningKey::from_slice(&[0x11; 32]).unwrap()));
pub(crate) static EC_B: LazyLock<Signer> =
    LazyLock::new(|| Signer::P256(p256::ecdsa::SigningKey::from_slice(&[0x22; 32]).unwrap()));

pub(crate) fn app_secret() -> Signer {
    Signer::Hmac(SECRET.as_bytes().to_vec())
}

impl Signer {
    pub(crate) fn algorithm(&self) -> &'static str {
        match self {
            Self::Hmac(_) => "HS256",
            Self::Rsa(_) => "RS256",
            Self::Pss(_) => "PS256",
            Self::P256(_) => "ES256",
        }
    }

    pub(crate) fn signature(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Hmac(secret) => Hmac::<Sha256>::new_from_slice(secret)
                .unwrap()
                .chain_update(message)
                .finalize()
                .into_bytes()
                .to_vec(),
            Self::Rsa(key) => key.pkcs1v15_sign::<Sha256>(message).unwrap(),
            Self::Pss(key) => key.pss_sign::<Sha256>(message).unwrap(),
            Self::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
        }
    }

    /// A token of these exact bytes.
    pub(crate) fn token_of(&self, header: &[u8], claims: &[u8]) -> String {
        let message = format!("{}.{}", base64url(header), base64url(claims));
        let signature = base64url(&self.signature(message.as_bytes()));
        format!("{message}.{signature}")
    }

    /// A token with the header that goes with this key.
    pub(crate) fn token(&self, kid: Option<&str>, claims: &Value) -> String {
        let mut header = json!({ "alg": self.algorithm(), "typ": "JWT" });
        if let Some(kid) = kid {
            header["kid"] = kid.into();
        }
        self.token_of(header.to_string().as_bytes(), claims.to_string().as_bytes())
    }

    pub(crate) fn jwk(&self, kid: &str) -> Value {
        let mut jwk = match self {
            Self::Hmac(secret) => json!({ "kty": "oct", "k": base64url(secret) }),
            Self::Rsa(key) | Self::Pss(key) => json!({
                "kty": "RSA",
                "n": base64url(&key.n_bytes()),
                "e": base64url(&key.e_bytes()),
            }),
            Self::P256(key) => {
                let point = key.verifying_key().to_sec1_point(false);
                json!({
                    "kty": "EC",
                    "crv": "P-256",
                    "x": base64url(point.x().unwrap()),
                    "y": base64url(point.y().unwrap()),
                })
            }
        };
        jwk["kid"] = kid.into();
        jwk["use"] = "sig".into();
        jwk["alg"] = self.algorithm().into();
        jwk
    }
}

pub(crate) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn jwks(keys: &[Value]) -> Value {
    json!({ "keys": keys })
}

/// The claims of an ID token that is good for an hour.
pub(crate) fn id_claims() -> Value {
    json!({
        "iss": ISSUER,
        "sub": "62eaa95fca1c596c599b679f",
        "aud": APP_ID,
        "iat": NOW,
        "exp": NOW + 3600,
        "nonce": "NONCE",
    })
}

/// The claims of an access token that is good for an hour.
pub(crate) fn access_claims() -> Value {
    json!({
        "jti": "SQlEHdsNNx078M8pOTzv3",
        "iss": ISSUER,
        "sub": "62eaa95fca1c596c599b679f",
        "aud": APP_ID,
        "iat": NOW,
        "exp": NOW + 3600,
        "scope": "openid profile",
    })
}

/// Some claims with others on top; null takes one away.
pub(crate) fn with(mut claims: Value, others: &Value) -> Value {
    let object = claims.as_object_mut().unwrap();
    for (name, value) in others.as_object().unwrap() {
        if value.is_null() {
            object.remove(name);
        } else {
            object.insert(name.clone(), value.clone());
        }
    }
    claims
}

/// A clock that stands still until it is moved.
#[derive(Clone)]
pub(crate) struct Clock(Arc<AtomicU64>);

impl Default for Clock {
    fn default() -> Self {
        Self(Arc::new(AtomicU64::new(NOW)))
    }
}

impl Clock {
    pub(crate) fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl System for Clock {
    fn now(&self) -> Duration {
        self.unix_time()
    }

    fn unix_time(&self) -> Duration {
        Duration::from_secs(self.0.load(Ordering::SeqCst))
    }

    fn sleep(&self, time: Duration) {
        self.advance(time.as_secs());
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), Error> {
        bytes.fill(7);
        Ok(())
    }
}

/// A clock that counts how often it is looked at.
pub(crate) struct Counting(pub(crate) Arc<AtomicUsize>);

impl System for Counting {
    fn now(&self) -> Duration {
        self.0.fetch_add(1, Ordering::SeqCst);
        Duration::ZERO
    }

    fn unix_time(&self) -> Duration {
        Duration::from_secs(NOW)
    }

    fn sleep(&self, _: Duration) {}

    fn random(&self, _: &mut [u8]) -> Result<(), Error> {
        Ok(())
    }
}
