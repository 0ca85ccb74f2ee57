//! RSA keys. Generating one is slow without optimisation, so the process makes each kind once, ahead of time.

use std::sync::OnceLock;
use std::thread;

use data_encoding::BASE64URL_NOPAD;
use num_bigint_dig::{ModInverse, RandPrime};
use rsa::pkcs1v15::SigningKey;
use rsa::rand_core::OsRng;
use rsa::sha2::{Digest, Sha256};
use rsa::signature::{SignatureEncoding, Signer};
use rsa::traits::PublicKeyParts;
use rsa::{BigUint, RsaPrivateKey};
use serde_json::{Value, json};

use crate::failure::Failure;

const EXPONENT: u32 = 65_537;

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
    ready(PASSWORD_KEY.get_or_init(|| generate(1024, &[256; 4])).as_ref())
}

fn token_key() -> Result<&'static RsaPrivateKey, Failure> {
    ready(TOKEN_KEY.get_or_init(generate_token_key).as_ref())
}

fn ready(key: Option<&'static RsaPrivateKey>) -> Result<&'static RsaPrivateKey, Failure> {
    key.ok_or_else(|| Failure::internal("no RSA key could be generated"))
}

/// A key whose modulus has `bits` bits, made of primes of the given sizes.
///
/// More than two primes make no difference to whoever uses the public key. Eight primes of 256 bits are found many times
/// faster than two of 1024, which in an unoptimised build is the difference between less than a second and fifteen.
fn generate(bits: usize, primes: &[usize]) -> Option<RsaPrivateKey> {
    let exponent = BigUint::from(EXPONENT);
    let one = BigUint::from(1_u8);
    for _ in 0..64 {
        let workers: Vec<_> = primes
            .iter()
            .copied()
            .map(|size| thread::spawn(move || OsRng.gen_prime(size)))
            .collect();
        let primes: Vec<BigUint> = workers.into_iter().filter_map(|worker| worker.join().ok()).collect();
        let modulus = primes.iter().fold(one.clone(), |product, prime| product * prime);
        let totient = primes
            .iter()
            .fold(one.clone(), |product, prime| product * (prime - &one));
        if modulus.bits() != bits {
            continue;
        }
        let private = (&exponent)
            .mod_inverse(&totient)
            .and_then(|inverse| inverse.to_biguint());
        if let Some(private) = private
            && let Ok(key) = RsaPrivateKey::from_components(modulus, exponent.clone(), private, primes)
        {
            return Some(key);
        }
    }
    None
}

/// A key of 2048 bits; one prime is a bit longer, so that the product has the right length more often than not.
fn generate_token_key() -> Option<RsaPrivateKey> {
    generate(2048, &[257, 256, 256, 256, 256, 256, 256, 256])
}

/// A key that signs tokens, under the name by which the key set lists it.
#[derive(Debug, Clone)]
pub(crate) struct TokenKey {
    pub(crate) kid: String,
    key: RsaPrivateKey,
}

impl TokenKey {
    /// The process's first key, under a name of its own for every emulator.
    pub(crate) fn first() -> Result<Self, Failure> {
        Ok(Self::named(token_key()?.clone()))
    }

    /// A key that nobody has used yet.
    pub(crate) fn fresh() -> Result<Self, Failure> {
        generate_token_key()
            .map(Self::named)
            .ok_or_else(|| Failure::internal("no RSA key could be generated"))
    }

    fn named(key: RsaPrivateKey) -> Self {
        let mut digest = Sha256::new();
        digest.update(key.n().to_bytes_be());
        digest.update(crate::random::bytes::<16>());
        Self {
            kid: BASE64URL_NOPAD.encode(&digest.finalize()),
            key,
        }
    }

    /// The RS256 signature.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Failure> {
        SigningKey::<Sha256>::new(self.key.clone())
            .try_sign(message)
            .map(|signature| signature.to_vec())
            .map_err(|_| Failure::internal("the token could not be signed"))
    }

    /// The public half as an entry of a key set.
    pub(crate) fn jwk(&self) -> Value {
        json!({
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.kid,
            "e": BASE64URL_NOPAD.encode(&self.key.e().to_bytes_be()),
            "n": BASE64URL_NOPAD.encode(&self.key.n().to_bytes_be()),
        })
    }
}
