//! Passwords encrypted for the way, as the service takes them in all fields that come with a `passwordEncryptType`.
//!
//! HTTPS protects a password anyway; this hides it from what looks into HTTPS, such as proxies and logs on the way. The keys
//! come from [`get_system_info`](crate::AuthenticationClient::get_system_info). Randomness comes from a
//! [`System`]; each encryption of the same password is another text.
//!
//! ```no_run
//! # fn example(client: genauth_core::AuthenticationClient, system: impl genauth_core::client::System)
//! #     -> Result<(), genauth_core::Error> {
//! use genauth_core::model::password::PasswordEncryptType;
//! use genauth_core::protocol::password::PasswordKeys;
//!
//! let keys = PasswordKeys::of(&client.get_system_info()?);
//! let encrypted = keys.encrypt(&PasswordEncryptType::Rsa, "the user's password", &system)?;
//! // `encrypted` goes into the password's field, and `PasswordEncryptType::Rsa` beside it.
//! # Ok(())
//! # }
//! ```

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs1::DecodeRsaPublicKey as _;
use rsa::pkcs8::DecodePublicKey as _;
use rsa::traits::PublicKeyParts as _;
use sm2::pke::{EncryptingKey, Mode};
use zeroize::Zeroizing;

use crate::authentication::public_info::SystemInfoResp;
use crate::client::System;
use crate::error::{Error, RequestError};
use crate::model::password::PasswordEncryptType;
use crate::value::encode;
use crate::value::secret::Secret;

/// How a password is written with SM2. The vendor's own clients disagree, and no document decides; the default is what its
/// mobile SDKs send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Sm2Form {
    /// The password in base64, encrypted in the older order C1C2C3, in hexadecimal with the leading `04`: as the vendor's
    /// mobile SDKs do.
    #[default]
    Base64C1C2C3,
    /// The password itself, encrypted in the order C1C3C2, in hexadecimal without the leading `04`: as the vendor's
    /// mini-program does.
    PlainC1C3C2,
    /// The same with `sm2:` in front: as the vendor's example does.
    PrefixedC1C3C2,
}

/// The server's public keys for passwords.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct PasswordKeys {
    /// The RSA key, in PEM.
    pub rsa: Option<String>,
    /// The SM2 key, as a point in hexadecimal.
    pub sm2: Option<String>,
    /// How a password is written with SM2.
    pub sm2_form: Sm2Form,
}

impl PasswordKeys {
    /// The keys in the server's answer.
    pub fn of(info: &SystemInfoResp) -> Self {
        Self {
            rsa: info.rsa.as_ref().and_then(|rsa| rsa.public_key.clone()),
            sm2: info.sm2.as_ref().and_then(|sm2| sm2.public_key.clone()),
            sm2_form: Sm2Form::default(),
        }
    }

    /// Sets how a password is written with SM2.
    pub fn with_sm2_form(mut self, form: Sm2Form) -> Self {
        self.sm2_form = form;
        self
    }

    /// Encrypts a password in one of the ways that the service knows; with [`PasswordEncryptType::None`] it stays as it is.
    ///
    /// Fails with [`Error::Request`] where the server has no such key, and where the password is empty or too long.
    pub fn encrypt(
        &self,
        kind: &PasswordEncryptType,
        password: impl Into<Secret>,
        system: &dyn System,
    ) -> Result<Secret, Error> {
        let missing = || RequestError::new("the server has no such key for passwords");
        match kind {
            PasswordEncryptType::Rsa => encrypt_rsa(self.rsa.as_deref().ok_or_else(missing)?, password, system),
            PasswordEncryptType::Sm2 => encrypt_sm2(
                self.sm2.as_deref().ok_or_else(missing)?,
                password,
                self.sm2_form,
                system,
            ),
            PasswordEncryptType::None => Ok(password.into()),
            PasswordEncryptType::Other(_) => {
                Err(RequestError::new("this way of encrypting passwords is not known").into())
            }
        }
    }
}

/// The shortest RSA key: that of the service, which is no longer what one would choose today.
const SHORTEST_RSA: u32 = 1024;

/// Encrypts a password with RSA (PKCS#1 v1.5), in base64. The key is in PEM, as SPKI or PKCS#1; its line breaks do not
/// matter.
///
/// Fails with [`Error::Request`] where the key is none, and where the password is empty or longer than the key can hold: 117
/// bytes with the service's 1024 bits.
pub fn encrypt_rsa(public_key_pem: &str, password: impl Into<Secret>, system: &dyn System) -> Result<Secret, Error> {
    let key = rsa_key(public_key_pem)
        .filter(|key| key.n().bit_width_vartime() >= SHORTEST_RSA)
        .ok_or_else(|| RequestError::new("the RSA key for passwords is not usable"))?;
    let password = not_empty(password.into())?;
    let mut randomness = Randomness::new(system);
    let encrypted = key.pkcs1v15_encrypt_with_rng(&mut randomness, password.expose().as_bytes());
    randomness.check()?;
    let encrypted = encrypted.map_err(|_| RequestError::new("the password is too long for the RSA key"))?;
    Ok(encode::base64(&encrypted).into())
}

fn rsa_key(pem: &str) -> Option<rsa::PublicKey> {
    let base64: String = pem
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .flat_map(str::split_whitespace)
        .collect();
    let der = STANDARD.decode(base64).ok()?;
    rsa::PublicKey::from_public_key_der(&der)
        .ok()
        .or_else(|| rsa::PublicKey::from_pkcs1_der(&der).ok())
}

/// Encrypts a password with SM2. The key is a point in hexadecimal: 128 digits, with or without `04` in front.
///
/// Fails with [`Error::Request`] where the key is none, and where the password is empty.
pub fn encrypt_sm2(
    public_key_hex: &str,
    password: impl Into<Secret>,
    form: Sm2Form,
    system: &dyn System,
) -> Result<Secret, Error> {
    let refused = || RequestError::new("the SM2 key for passwords is not usable");
    let key = sm2_key(public_key_hex.trim()).ok_or_else(refused)?;
    let password = not_empty(password.into())?;
    let (mode, text) = match form {
        Sm2Form::Base64C1C2C3 => (Mode::C1C2C3, encode::base64(password.expose().as_bytes())),
        Sm2Form::PlainC1C3C2 | Sm2Form::PrefixedC1C3C2 => (Mode::C1C3C2, password.expose().to_owned()),
    };
    let text = Zeroizing::new(text);
    let mut randomness = Randomness::new(system);
    let encrypted = EncryptingKey::new_with_mode(key, mode).encrypt(&mut randomness, text.as_bytes());
    randomness.check()?;
    let encrypted = encrypted.map_err(|_| refused())?;
    let hex = to_hex(&encrypted);
    let without_tag = hex.strip_prefix("04").unwrap_or(&hex);
    Ok(match form {
        Sm2Form::Base64C1C2C3 => hex.into(),
        Sm2Form::PlainC1C3C2 => without_tag.into(),
        Sm2Form::PrefixedC1C3C2 => format!("sm2:{without_tag}").into(),
    })
}

fn sm2_key(hex: &str) -> Option<sm2::PublicKey> {
    let mut point = from_hex(hex)?;
    if point.len() == 64 {
        point.insert(0, 4);
    }
    // Refuses a point that is not on the curve.
    sm2::PublicKey::from_sec1_bytes(&point).ok()
}

fn not_empty(password: Secret) -> Result<Secret, Error> {
    if password.expose().is_empty() {
        return Err(RequestError::new("the password is empty").into());
    }
    Ok(password)
}

fn from_hex(hex: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = hex
        .chars()
        .map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    let (pairs, []) = digits.as_chunks::<2>() else {
        return None;
    };
    Some(pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

fn to_hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect()
}

/// The randomness of a [`System`] as the cryptographic libraries want it.
///
/// They ask again for a value that they cannot use, for ever if need be; a source that is broken must neither hang nor make
/// a weak text. So the first failure, and the one draw too many, are remembered, and what was made of them is thrown away.
struct Randomness<'a> {
    system: &'a dyn System,
    draws: u32,
    failure: Option<Error>,
}

/// Many more draws than any encryption needs by chance: a byte is unusable once in 256 times.
const MOST_DRAWS: u32 = 1000;

impl<'a> Randomness<'a> {
    fn new(system: &'a dyn System) -> Self {
        Self {
            system,
            draws: 0,
            failure: None,
        }
    }

    /// Fails where the source did.
    fn check(self) -> Result<(), Error> {
        self.failure.map_or(Ok(()), Err)
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Broken> {
        self.draws += 1;
        if self.failure.is_none() {
            if self.draws > MOST_DRAWS {
                self.failure = Some(RequestError::new("the random source is broken").into());
            } else if let Err(error) = self.system.random(bytes) {
                self.failure = Some(error);
            } else {
                return Ok(());
            }
        }
        // Not random, but usable, so that whoever cannot be told of a failure comes to an end.
        bytes.fill(0x5a);
        Err(Broken)
    }
}

#[derive(Debug)]
struct Broken;

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the random source is broken")
    }
}

impl std::error::Error for Broken {}

impl rsa::rand_core::TryRng for Randomness<'_> {
    type Error = Broken;

    fn try_next_u32(&mut self) -> Result<u32, Broken> {
        let mut bytes = [0; 4];
        self.fill(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Broken> {
        let mut bytes = [0; 8];
        self.fill(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Broken> {
        self.fill(bytes)
    }
}

impl rsa::rand_core::TryCryptoRng for Randomness<'_> {}
