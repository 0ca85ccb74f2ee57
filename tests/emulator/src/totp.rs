//! Time-based one-time passwords: SHA-1, six digits, thirty seconds.

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use crate::clock::Millis;

const STEP: Millis = 30_000;

/// The code of a secret at a moment.
pub(crate) fn code(secret: &[u8], moment: Millis) -> String {
    let counter = moment / STEP;
    // HMAC takes a key of any length, so the error does not occur.
    let digest = Hmac::<Sha1>::new_from_slice(secret)
        .map(|mut mac| {
            mac.update(&counter.to_be_bytes());
            mac.finalize().into_bytes().to_vec()
        })
        .unwrap_or_default();
    let offset = usize::from(digest.last().copied().unwrap_or_default() & 0xf);
    let word = digest
        .get(offset..offset + 4)
        .and_then(|bytes| bytes.try_into().ok())
        .map_or(0, u32::from_be_bytes);
    format!("{:06}", (word & 0x7fff_ffff) % 1_000_000)
}

/// Whether the code is the one of now, of the step before or of the step after.
pub(crate) fn accepts(secret: &[u8], presented: &str, now: Millis) -> bool {
    [now.saturating_sub(STEP), now, now.saturating_add(STEP)]
        .iter()
        .any(|moment| code(secret, *moment) == presented)
}

pub(crate) fn encode_secret(secret: &[u8]) -> String {
    BASE32_NOPAD.encode(secret)
}

/// The secret of an `otpauth` address, or of its Base32 form alone.
pub(crate) fn decode_secret(uri_or_secret: &str) -> Option<Vec<u8>> {
    let text = match uri_or_secret.split_once("secret=") {
        Some((_, rest)) => rest.split('&').next().unwrap_or_default(),
        None => uri_or_secret,
    };
    BASE32_NOPAD
        .decode(text.trim_end_matches('=').to_ascii_uppercase().as_bytes())
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors of RFC 6238, appendix B, cut to six digits.
    #[test]
    fn agrees_with_the_rfc() {
        let secret = b"12345678901234567890";
        for (seconds, expected) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(code(secret, seconds * 1000), expected);
        }
        assert!(accepts(secret, "287082", 80_000));
        assert!(!accepts(secret, "287082", 95_000));
    }

    #[test]
    fn reads_the_secret_of_an_address() {
        let uri = "otpauth://totp/pool:bob?secret=MFRGG&period=30&digits=6&algorithm=SHA1";
        assert_eq!(decode_secret(uri).unwrap(), b"abc");
        assert_eq!(decode_secret("mfrgg").unwrap(), b"abc");
        assert_eq!(decode_secret("1!"), None);
    }
}
