//! The keys that passwords are encrypted for and that tokens are signed with. The first RSA keys are made once in a process,
//! ahead of time, because they take a while.

use std::sync::OnceLock;
use std::thread;

use data_encoding::BASE64URL_NOPAD;
use rsa::RsaPrivateKey;
use rsa::pkcs1v15;
use rsa::rand_core::OsRng;
use rsa::sha2::{Digest, Sha256};
use rsa::signature::{SignatureEncoding, Signer};
use rsa::traits::PublicKeyParts;
use serde_json::{Value, json};

use crate::failure::Failure;

/// The key that passwords are encrypted for; the service uses 1024 bits.
static PASSWORD_KEY: OnceLock<Option<RsaPrivateKey>> = OnceLock::new();
/// The first key that signs tokens.
static TOKEN_KEY: OnceLock<Option<RsaPrivateKey>> = OnceLock::new();

/// Starts making the keys in the background, so that they are there when a test asks for them.
pub(crate) fn prepare() {
    for make in [password_key as fn() -> _, token_key] {
        thread::spawn(make);
    }
}

pub(crate) fn password_key() -> Result<&'static RsaPrivateKey, Failure> {
    ready(PASSWORD_KEY.get_or_init(|| generate(1024)).as_ref())
}

fn token_key() -> Result<&'static RsaPrivateKey, Failure> {
    ready(TOKEN_KEY.get_or_init(|| generate(2048)).as_ref())
}

fn generate(bits: usize) -> Option<RsaPrivateKey> {
    RsaPrivateKey::new(&mut OsRng, bits).ok()
}

fn ready<T>(key: Option<T>) -> Result<T, Failure> {
    key.ok_or_else(|| Failure::internal("no RSA key could be generated"))
}

/// A key that signs tokens, under the name by which the key set lists it.
#[derive(Debug, Clone)]
pub(crate) struct TokenKey {
    pub(crate) kid: String,
    key: Material,
}

#[derive(Debug, Clone)]
enum Material {
    Rsa(Box<RsaPrivateKey>),
    P256(Box<p256::ecdsa::SigningKey>),
}

impl TokenKey {
    /// The process's first RSA key, under a name of its own for every emulator.
    pub(crate) fn first() -> Result<Self, Failure> {
        Ok(Self::rsa(token_key()?.clone()))
    }

    /// An RSA key that nobody has used yet.
    pub(crate) fn fresh() -> Result<Self, Failure> {
        ready(generate(2048)).map(Self::rsa)
    }

    fn rsa(key: RsaPrivateKey) -> Self {
        Self {
            kid: name(&key.n().to_bytes_be()),
            key: Material::Rsa(Box::new(key)),
        }
    }

    /// A key on the curve P-256 that nobody has used yet.
    pub(crate) fn p256() -> Self {
        let key = p256::ecdsa::SigningKey::random(&mut OsRng);
        Self {
            kid: name(key.verifying_key().to_encoded_point(false).as_bytes()),
            key: Material::P256(Box::new(key)),
        }
    }

    /// The JWS name of the algorithm that this key is for.
    pub(crate) fn algorithm(&self) -> &'static str {
        match self.key {
            Material::Rsa(_) => "RS256",
            Material::P256(_) => "ES256",
        }
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Failure> {
        match &self.key {
            Material::Rsa(key) => pkcs1v15::SigningKey::<Sha256>::new((**key).clone())
                .try_sign(message)
                .map(|signature| signature.to_vec())
                .map_err(|_| Failure::internal("the token could not be signed")),
            Material::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                Ok(signature.to_vec())
            }
        }
    }

    /// The public half as an entry of a key set.
    pub(crate) fn jwk(&self) -> Value {
        let mut jwk = match &self.key {
            Material::Rsa(key) => json!({
                "kty": "RSA",
                "e": BASE64URL_NOPAD.encode(&key.e().to_bytes_be()),
                "n": BASE64URL_NOPAD.encode(&key.n().to_bytes_be()),
            }),
            Material::P256(key) => {
                let point = key.verifying_key().to_encoded_point(false);
                let coordinate = |bytes: Option<&p256::FieldBytes>| {
                    BASE64URL_NOPAD.encode(bytes.map(p256::FieldBytes::as_slice).unwrap_or_default())
                };
                json!({ "kty": "EC", "crv": "P-256", "x": coordinate(point.x()), "y": coordinate(point.y()) })
            }
        };
        for (name, value) in [("use", "sig"), ("alg", self.algorithm()), ("kid", &self.kid)] {
            if let Some(jwk) = jwk.as_object_mut() {
                jwk.insert(name.to_owned(), json!(value));
            }
        }
        jwk
    }
}

/// A name that no other key has, not even the same key of another emulator.
fn name(public: &[u8]) -> String {
    let mut digest = Sha256::new();
    digest.update(public);
    digest.update(crate::random::bytes::<16>());
    BASE64URL_NOPAD.encode(&digest.finalize())
}
