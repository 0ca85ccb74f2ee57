//! Identifiers and secrets from the operating system's random source.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use getrandom::SysRng;
use getrandom::rand_core::{Rng, UnwrapErr};

pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    UnwrapErr(SysRng).fill_bytes(&mut bytes);
    bytes
}

/// A 24-digit lower-case hexadecimal id, as the service gives to users, applications and most other things.
pub(crate) fn object_id() -> String {
    hex::<12>()
}

/// A random (version 4) UUID.
pub(crate) fn uuid() -> String {
    let value = u128::from_be_bytes(bytes::<16>());
    let value = value & !(0xf << 76) & !(0b11 << 62) | (0x4 << 76) | (0b10 << 62);
    let hex = format!("{value:032x}");
    let parts = [
        hex.get(..8),
        hex.get(8..12),
        hex.get(12..16),
        hex.get(16..20),
        hex.get(20..),
    ];
    parts.map(Option::unwrap_or_default).join("-")
}

/// `N` random bytes in hexadecimal.
pub(crate) fn hex<const N: usize>() -> String {
    HEXLOWER.encode(&bytes::<N>())
}

/// A 32-digit hexadecimal secret.
pub(crate) fn secret() -> String {
    hex::<16>()
}

/// An opaque token of 43 URL-safe characters.
pub(crate) fn token() -> String {
    BASE64URL_NOPAD.encode(&bytes::<32>())
}

/// A decimal code of the given length; leading zeros occur.
pub(crate) fn digits(length: usize) -> String {
    (0..length)
        .map(|_| {
            // 250 is the largest multiple of 10 that fits a byte, so every digit is equally likely.
            let byte = std::iter::repeat_with(|| bytes::<1>()[0])
                .find(|byte| *byte < 250)
                .unwrap_or_default();
            char::from(b'0' + byte % 10)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuid_has_version_and_variant() {
        let id = uuid();
        assert_eq!(id.len(), 36);
        assert_eq!(id.as_bytes()[14], b'4');
        assert!(b"89ab".contains(&id.as_bytes()[19]));
    }

    #[test]
    fn codes_are_digits() {
        assert!(digits(40).bytes().all(|b| b.is_ascii_digit()));
        assert_eq!(digits(4).len(), 4);
    }
}
