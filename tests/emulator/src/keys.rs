//! The keys that passwords are encrypted for and that tokens are signed with. The first of them are part of the program
//! (`keys/README.md`), because making RSA keys takes seconds without optimisation.

use std::fmt;
use std::sync::{Arc, OnceLock};

use data_encoding::{BASE64, BASE64URL_NOPAD};
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use rsa::PrivateKey;
use rsa::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use rsa::sha2::{Digest, Sha256};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::tokens::IdTokenAlgorithm;

const RS256: [&[u8]; 8] = [
    include_bytes!("../keys/rs256-1.der"),
    include_bytes!("../keys/rs256-2.der"),
    include_bytes!("../keys/rs256-3.der"),
    include_bytes!("../keys/rs256-4.der"),
    include_bytes!("../keys/rs256-5.der"),
    include_bytes!("../keys/rs256-6.der"),
    include_bytes!("../keys/rs256-7.der"),
    include_bytes!("../keys/rs256-8.der"),
];
const ES256: [&[u8]; 4] = [
    include_bytes!("../keys/es256-1.der"),
    include_bytes!("../keys/es256-2.der"),
    include_bytes!("../keys/es256-3.der"),
    include_bytes!("../keys/es256-4.der"),
];
/// The scalar of the SM2 key that passwords are encrypted for.
pub(crate) const SM2: &[u8; 32] = include_bytes!("../keys/sm2.bin");
/// The key that passwords are encrypted for; the service uses 1024 bits.
static PASSWORD_KEY: OnceLock<Option<PrivateKey>> = OnceLock::new();

pub(crate) fn password_key() -> Result<&'static PrivateKey, Failure> {
    PASSWORD_KEY
        .get_or_init(|| PrivateKey::from_pkcs8_der(include_bytes!("../keys/password.der")).ok())
        .as_ref()
        .ok_or_else(unusable)
}

fn unusable() -> Failure {
    Failure::internal("a key cannot be used")
}

/// Where the keys come from that sign tokens.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeySource {
    /// Makes the names of this emulator's keys its own; empty where the names have to be the same at each start.
    pub(crate) salt: String,
    /// The first RSA key (PKCS#8), if it is not to be one of the embedded ones.
    pub(crate) first_rsa: Option<Vec<u8>>,
    rs256_used: usize,
    es256_used: usize,
}

impl KeySource {
    pub(crate) fn salted(salt: String) -> Self {
        Self {
            salt,
            ..Self::default()
        }
    }

    /// A key for this algorithm that this emulator has not used yet; RSA unless it is ES256.
    pub(crate) fn next(&mut self, algorithm: IdTokenAlgorithm) -> Result<TokenKey, Failure> {
        if algorithm == IdTokenAlgorithm::Es256 {
            let embedded = ES256.get(self.es256_used).map(|der| der.to_vec());
            self.es256_used += 1;
            let random = SystemRandom::new();
            let der = match embedded {
                Some(der) => der,
                None => EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
                    .map(|made| made.as_ref().to_vec())
                    .map_err(|_| unusable())?,
            };
            let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der, &random);
            let pair = pair.map_err(|_| unusable())?;
            let kid = self.name(pair.public_key().as_ref());
            return Ok(TokenKey {
                kid,
                material: Arc::new(Material::P256(pair)),
            });
        }
        let embedded = RS256.get(self.rs256_used).map(|der| der.to_vec());
        let own = self.first_rsa.clone().filter(|_| self.rs256_used == 0);
        self.rs256_used += 1;
        let der = match own.or(embedded) {
            Some(der) => der,
            None => generate().ok_or_else(unusable)?,
        };
        let pair = RsaKeyPair::from_pkcs8(&der).map_err(|_| unusable())?;
        let public: PublicKeyComponents<Vec<u8>> = PublicKeyComponents::from(pair.public());
        let kid = self.name(&public.n);
        Ok(TokenKey {
            kid,
            material: Arc::new(Material::Rsa(pair, public)),
        })
    }

    fn name(&self, public: &[u8]) -> String {
        let mut digest = Sha256::new();
        digest.update(public);
        digest.update(self.salt.as_bytes());
        BASE64URL_NOPAD.encode(&digest.finalize())
    }
}

fn generate() -> Option<Vec<u8>> {
    let key = PrivateKey::new(&mut getrandom::SysRng, 2048).ok()?;
    Some(key.to_pkcs8_der().ok()?.as_bytes().to_vec())
}

/// Reads an RSA private key of 2048 to 4096 bits from PEM (PKCS#8); `None` if there is none in the text.
pub(crate) fn read_rsa_pem(pem: &str) -> Option<Vec<u8>> {
    let inner = pem.split("-----BEGIN PRIVATE KEY-----").nth(1)?;
    let inner = inner.split("-----END PRIVATE KEY-----").next()?;
    let text: String = inner.chars().filter(|c| !c.is_whitespace()).collect();
    let der = BASE64.decode(text.as_bytes()).ok()?;
    RsaKeyPair::from_pkcs8(&der).ok().map(|_| der)
}

/// A key that signs tokens, under the name by which the key set lists it.
#[derive(Debug, Clone)]
pub(crate) struct TokenKey {
    pub(crate) kid: String,
    material: Arc<Material>,
}

enum Material {
    Rsa(RsaKeyPair, PublicKeyComponents<Vec<u8>>),
    P256(EcdsaKeyPair),
}

impl fmt::Debug for Material {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.algorithm())
    }
}

impl Material {
    fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa(..) => "RS256",
            Self::P256(_) => "ES256",
        }
    }
}

impl TokenKey {
    /// The JWS name of the algorithm that this key is for.
    pub(crate) fn algorithm(&self) -> &'static str {
        self.material.algorithm()
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Failure> {
        let failed = |_| Failure::internal("the token could not be signed");
        let random = SystemRandom::new();
        match &*self.material {
            Material::Rsa(pair, _) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .map_err(failed)?;
                Ok(signature)
            }
            Material::P256(pair) => Ok(pair.sign(&random, message).map_err(failed)?.as_ref().to_vec()),
        }
    }

    /// The public half as an entry of a key set.
    pub(crate) fn jwk(&self) -> Value {
        let encode = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
        let mut jwk = match &*self.material {
            Material::Rsa(_, public) => json!({ "kty": "RSA", "e": encode(&public.e), "n": encode(&public.n) }),
            Material::P256(pair) => {
                // An uncompressed point: a tag, and two coordinates of 32 bytes.
                let point = pair.public_key().as_ref();
                let coordinate = |from, to| encode(point.get(from..to).unwrap_or_default());
                json!({ "kty": "EC", "crv": "P-256", "x": coordinate(1, 33), "y": coordinate(33, 65) })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_key_can_be_used() {
        let mut source = KeySource::default();
        let mut names = Vec::new();
        for _ in RS256 {
            names.push(source.next(IdTokenAlgorithm::Rs256).unwrap().kid);
        }
        // One more than there are: a P-256 key is made in a moment.
        for _ in 0..=ES256.len() {
            let key = source.next(IdTokenAlgorithm::Es256).unwrap();
            assert_eq!(key.sign(b"message").unwrap().len(), 64);
            names.push(key.kid);
        }
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(password_key().is_ok());
    }

    #[test]
    fn reads_pem_and_nothing_else() {
        let base64 = BASE64.encode(RS256[0]);
        let lines: Vec<_> = base64
            .as_bytes()
            .chunks(64)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect();
        let pem = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            lines.join("\n")
        );
        assert_eq!(read_rsa_pem(&pem).as_deref(), Some(RS256[0]));
        for bad in [
            "",
            "-----BEGIN PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        ] {
            assert_eq!(read_rsa_pem(bad), None);
        }
    }
}
