//! The keys of a JWKS, as far as this SDK can use them.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Verifier as _;
use rsa::BoxedUint;
use serde_json::Value;
use sha2::Sha256;

use super::claims::texts;
use crate::JsonObject;
use crate::error::text::OneLine;
use crate::error::{Algorithm, VerifyError};

/// The shortest and the longest RSA key that is used, in bits: shorter ones are not safe, longer ones only cost time.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;
/// More bytes than the numbers of the longest key have, with some zeros in front.
const LONGEST_NUMBER: usize = 2048;

/// The public keys of an issuer: a JWKS, as far as this SDK can use it.
///
/// Keys of other kinds, for other uses or with mistakes are left out; they are no reason to do without the rest.
#[derive(Clone, Default)]
pub struct KeySet {
    keys: Vec<Key>,
}

#[derive(Clone)]
pub(super) struct Key {
    kid: Option<String>,
    /// The one algorithm that it is for, where it says so.
    algorithm: Option<Algorithm>,
    material: Material,
}

#[derive(Clone)]
enum Material {
    Rsa(rsa::PublicKey),
    /// An RSA key that is too short, with its length: known, so that the error can say so.
    ShortRsa(usize),
    P256(p256::ecdsa::VerifyingKey),
}

impl KeySet {
    /// Reads a JWKS: `{"keys": [..]}`.
    ///
    /// Fails where it is no JWKS at all; a key that cannot be used is left out.
    pub fn from_json(json: &[u8]) -> Result<Self, VerifyError> {
        serde_json::from_slice(json)
            .map_err(|_| NO_JWKS)
            .and_then(Self::from_value)
    }

    /// The same from JSON that is read already.
    pub fn from_value(mut json: Value) -> Result<Self, VerifyError> {
        let Some(Value::Array(keys)) = json.get_mut("keys").map(Value::take) else {
            return Err(NO_JWKS);
        };
        let keys = keys.into_iter().filter_map(|key| match key {
            Value::Object(key) => Key::read(key),
            _ => None,
        });
        Ok(Self { keys: keys.collect() })
    }

    /// How many keys can be used.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether no key can be used.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The one key for an algorithm with this id, or the only one for the algorithm where a token names none.
    pub(super) fn find(&self, algorithm: Algorithm, kid: Option<&str>) -> Result<&Key, VerifyError> {
        let mut fitting = self
            .keys
            .iter()
            .filter(|key| key.is_for(algorithm) && (kid.is_none() || key.kid.as_deref() == kid));
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Ok(key),
            (None, _) => Err(VerifyError::UnknownKey {
                kid: kid.map(|kid| OneLine(kid).to_string()),
            }),
            (Some(_), Some(_)) => Err(VerifyError::AmbiguousKey {
                kid: kid.map(|kid| OneLine(kid).to_string()),
            }),
        }
    }
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.keys.iter().map(|key| (key.kind(), key.kid.as_deref())))
            .finish()
    }
}

const NO_JWKS: VerifyError = VerifyError::Malformed("the keys are no JWKS");

impl Key {
    /// The key, unless it is of an unknown kind, for another use, or wrong in itself. One that is published together with its
    /// private half is nobody's.
    fn read(mut jwk: JsonObject) -> Option<Self> {
        if jwk.contains_key("d") || jwk.contains_key("k") {
            return None;
        }
        let mut text = |name: &str| match jwk.remove(name) {
            None | Some(Value::Null) => Some(None),
            Some(Value::String(text)) => Some(Some(text)),
            Some(_) => None,
        };
        let (kty, kid, alg, usage) = (text("kty")??, text("kid")?, text("alg")?, text("use")?);
        let mut bytes = |name| URL_SAFE_NO_PAD.decode(text(name)??).ok();
        let material = match kty.as_str() {
            "RSA" => rsa_key(&bytes("n")?, &bytes("e")?)?,
            "EC" => {
                let (x, y) = (coordinate(&bytes("x")?)?, coordinate(&bytes("y")?)?);
                let point = p256::Sec1Point::from_affine_coordinates(&x, &y, false);
                // Refuses a point that is not on the curve.
                Material::P256(p256::ecdsa::VerifyingKey::from_sec1_point(&point).ok()?)
            }
            _ => return None,
        };
        let is_p256 = text("crv")?.as_deref() == Some("P-256");
        let operations = match jwk.remove("key_ops") {
            None | Some(Value::Null) => None,
            Some(operations) => Some(texts(operations)?),
        };
        if usage.is_some_and(|usage| usage != "sig")
            || operations.is_some_and(|operations| !operations.iter().any(|operation| operation == "verify"))
            || (matches!(material, Material::P256(_)) && !is_p256)
        {
            return None;
        }
        let mut key = Self {
            kid,
            algorithm: None,
            material,
        };
        // A key says which algorithm it is for, or does not care.
        if let Some(alg) = alg {
            key.algorithm = Some(Algorithm::named(&alg).filter(|algorithm| key.is_for(*algorithm))?);
        }
        Some(key)
    }

    fn is_for(&self, algorithm: Algorithm) -> bool {
        let fits = match self.material {
            Material::Rsa(_) | Material::ShortRsa(_) => matches!(algorithm, Algorithm::Rs256 | Algorithm::Ps256),
            Material::P256(_) => algorithm == Algorithm::Es256,
        };
        fits && self.algorithm.is_none_or(|own| own == algorithm)
    }

    /// What it is called in messages.
    fn kind(&self) -> &'static str {
        match (self.algorithm, &self.material) {
            (Some(algorithm), _) => algorithm.as_str(),
            (None, Material::Rsa(_) | Material::ShortRsa(_)) => "RSA",
            (None, Material::P256(_)) => "P-256",
        }
    }

    /// Whether this key signed the message.
    pub(super) fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> Result<(), VerifyError> {
        match &self.material {
            Material::ShortRsa(bits) => return Err(VerifyError::WeakKey { bits: *bits }),
            Material::Rsa(key) => match algorithm {
                // The salt is as long as the hash (RFC 7518, 3.5).
                Algorithm::Ps256 => key.pss_verify::<Sha256>(message, signature).ok(),
                _ => key.pkcs1v15_verify::<Sha256>(message, signature).ok(),
            },
            Material::P256(key) => p256::ecdsa::Signature::from_slice(signature)
                .ok()
                .and_then(|signature| key.verify(message, &signature).ok()),
        }
        .ok_or(VerifyError::SignatureInvalid)
    }
}

fn rsa_key(n: &[u8], e: &[u8]) -> Option<Material> {
    // Before anything is calculated with it.
    if n.len() > LONGEST_NUMBER || e.len() > LONGEST_NUMBER {
        return None;
    }
    let (n, e) = (BoxedUint::from_be_slice_vartime(n), BoxedUint::from_be_slice_vartime(e));
    let bits = usize::try_from(n.bit_width_vartime()).ok()?;
    if bits < *RSA_BITS.start() {
        return Some(Material::ShortRsa(bits));
    }
    let key = rsa::PublicKey::new_with_size_limits(n, e, RSA_BITS).ok()?;
    Some(Material::Rsa(key))
}

/// A coordinate of P-256: 32 bytes, leading zeros included.
fn coordinate(bytes: &[u8]) -> Option<p256::FieldBytes> {
    let bytes: [u8; 32] = bytes.try_into().ok()?;
    Some(bytes.into())
}
