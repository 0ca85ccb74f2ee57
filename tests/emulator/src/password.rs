//! Passwords as they travel: plain, or encrypted with the keys that `/api/v3/system` shows.

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use rsa::pkcs8::{EncodePublicKey, LineEnding};
use sm2::SecretKey;
use sm2::elliptic_curve::Generate;
use sm2::elliptic_curve::sec1::ToSec1Point;
use sm2::pke::{DecryptingKey, Mode};

use crate::failure::Failure;
use crate::keys;
use crate::validate::Kind;

/// The field `passwordEncryptType`.
pub(crate) const ENCRYPT_TYPE: Kind = Kind::OneOf(&["none", "rsa", "sm2"]);

/// The keys for passwords.
#[derive(Clone)]
pub(crate) struct PasswordKeys {
    sm2: SecretKey,
}

impl PasswordKeys {
    /// The key that is part of the program; should it be damaged, a new one.
    pub(crate) fn embedded() -> Self {
        Self {
            sm2: SecretKey::from_slice(keys::SM2).unwrap_or_else(|_| SecretKey::generate()),
        }
    }

    /// The SM2 public key as an uncompressed point in hexadecimal.
    pub(crate) fn sm2_public(&self) -> String {
        HEXLOWER_PERMISSIVE.encode(self.sm2.public_key().to_sec1_point(false).as_bytes())
    }

    /// Reads a password that was sent with the given `passwordEncryptType`.
    pub(crate) fn read(&self, encrypt_type: Option<&str>, sent: &str) -> Result<String, Failure> {
        match encrypt_type {
            Some("rsa") => read_rsa(sent)?,
            Some("sm2") => self.read_sm2(sent),
            _ => Some(sent.to_owned()),
        }
        // What the service says; programs in production recognise this text.
        .ok_or_else(|| Failure::invalid("解密密码失败"))
    }

    /// Clients send three forms: with the prefix `sm2:` (C1C3C2), with a leading 04 (C1C2C3 of the password's Base64), or
    /// neither (C1C3C2 of the password).
    fn read_sm2(&self, sent: &str) -> Option<String> {
        let hex = sent.strip_prefix("sm2:").unwrap_or(sent);
        let bytes = HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).ok()?;
        let decrypt = |mode, cipher: &[u8]| {
            DecryptingKey::new_with_mode(self.sm2.to_nonzero_scalar(), mode)
                .decrypt(cipher)
                .ok()
        };
        if let Some(encoded) = decrypt(Mode::C1C2C3, &bytes)
            && let Ok(plain) = BASE64.decode(&encoded)
        {
            return String::from_utf8(plain).ok();
        }
        let with_point_tag = [&[0x04], bytes.as_slice()].concat();
        let plain = decrypt(Mode::C1C3C2, &with_point_tag).or_else(|| decrypt(Mode::C1C3C2, &bytes))?;
        String::from_utf8(plain).ok()
    }
}

/// The RSA public key as PEM.
pub(crate) fn rsa_public() -> Result<String, Failure> {
    keys::password_key()?
        .as_public_key()
        .to_public_key_pem(LineEnding::LF)
        .map_err(|_| Failure::internal("the RSA key could not be written"))
}

fn read_rsa(sent: &str) -> Result<Option<String>, Failure> {
    let key = keys::password_key()?;
    let plain = BASE64
        .decode(sent.as_bytes())
        .ok()
        .and_then(|bytes| key.pkcs1v15_decrypt(&bytes).ok());
    Ok(plain.and_then(|bytes| String::from_utf8(bytes).ok()))
}

/// How strong a password is, from 1 (weak) to 3, by its length and its kinds of characters.
pub(crate) fn strength(password: &str) -> u8 {
    let classes = [
        password.chars().any(char::is_alphabetic),
        password.chars().any(|c| c.is_ascii_digit()),
        password.chars().any(|c| !c.is_alphanumeric()),
    ];
    let classes = classes.into_iter().filter(|present| *present).count();
    match (password.chars().count(), classes) {
        (10.., 3..) => 3,
        (8.., 2..) => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use sm2::elliptic_curve::common::getrandom::SysRng;
    use sm2::pke::EncryptingKey;

    use super::*;

    #[test]
    fn reads_every_form_of_sm2() {
        let keys = PasswordKeys::embedded();
        let encrypt = |mode, plain: &[u8]| {
            EncryptingKey::new_with_mode(keys.sm2.public_key(), mode)
                .encrypt(&mut SysRng, plain)
                .unwrap()
        };
        let tagged = HEXLOWER_PERMISSIVE.encode(&encrypt(Mode::C1C2C3, BASE64.encode(b"pass w\xc3\xb6rd").as_bytes()));
        let bare = HEXLOWER_PERMISSIVE.encode(&encrypt(Mode::C1C3C2, "pass wörd".as_bytes())[1..]);
        for sent in [tagged, format!("sm2:{bare}"), bare] {
            assert_eq!(keys.read(Some("sm2"), &sent).unwrap(), "pass wörd");
        }
        assert!(keys.read(Some("sm2"), "04abcd").is_err());
        assert!(keys.read(Some("sm2"), "").is_err());
    }

    #[test]
    fn grows_stronger() {
        assert_eq!(strength("abcdef"), 1);
        assert_eq!(strength("abcdefg1"), 2);
        assert_eq!(strength("abcdefgh1!"), 3);
    }
}
