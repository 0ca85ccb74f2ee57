//! Text encodings of the wire: percent-encoding of paths, queries and forms, and base64.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode, utf8_percent_encode};

/// Everything but the unreserved characters of RFC 3986, so that no value can be mistaken for a part of the URL.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Encodes one value of a query or form. A blank becomes `%20`, which both readings of `+` understand.
pub(crate) fn form(text: &str) -> Cow<'_, str> {
    utf8_percent_encode(text, RESERVED).into()
}

/// Encodes one segment of a path. `None` for the values that no encoding can keep from meaning another path: empty, `.`
/// and `..` (URL parsers resolve `%2e%2e` as well).
pub(crate) fn segment(text: &str) -> Option<Cow<'_, str>> {
    match text {
        "" | "." | ".." => None,
        text => Some(form(text)),
    }
}

/// Appends `&name=value`, or `name=value` as the first pair.
pub(crate) fn push_pair(pairs: &mut String, name: &str, value: impl AsRef<[u8]>) {
    if !pairs.is_empty() {
        pairs.push('&');
    }
    pairs.extend(utf8_percent_encode(name, RESERVED));
    pairs.push('=');
    pairs.extend(percent_encode(value.as_ref(), RESERVED));
}

/// Standard base64 with padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Reads standard base64.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_segments_cannot_leave_their_place() {
        assert_eq!(segment("a/b?c#d%e f").as_deref(), Some("a%2Fb%3Fc%23d%25e%20f"));
        assert_eq!(segment("..."), Some("...".into()));
        for refused in ["", ".", ".."] {
            assert_eq!(segment(refused), None);
        }
    }

    #[test]
    fn pairs_keep_every_character() {
        let mut pairs = String::new();
        push_pair(&mut pairs, "phone", "+86 1&2=3");
        push_pair(&mut pairs, "名", "é");
        assert_eq!(pairs, "phone=%2B86%201%262%3D3&%E5%90%8D=%C3%A9");
    }
}
