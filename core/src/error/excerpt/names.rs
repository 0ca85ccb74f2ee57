//! Which names and words announce a secret, and which texts are a request that comes back.

use super::unescape;

/// Whatever holds one of these speaks of a secret, also with blanks, dashes, tags and the like between the letters.
const STEMS: &[&str] = &[
    "token",
    "secret",
    "passw",
    "passcode",
    "passphrase",
    "passkey",
    "pwd",
    "credential",
    "authoriz",
    "authoris",
    "cookie",
    "assertion",
    "session",
    "verifier",
    "challenge",
    "signature",
    "captcha",
    "ticket",
    "bearer",
    "privatekey",
    "apikey",
    "accesskey",
    "samlresponse",
    "samlrequest",
    "recovery",
    "密码",
    "口令",
    "令牌",
    "验证码",
    "密钥",
    "票据",
    "签名",
];

/// Words that announce one where they stand alone or as a part of a name (`user_pin`, `newPass`).
const WORDS: &[&str] = &[
    "pin", "pins", "pass", "psw", "pw", "code", "codes", "key", "keys", "sid", "sig", "sign", "state", "nonce", "auth",
    "oauth", "otp", "totp", "salt", "location", "photo", "jwt", "jws", "jwk", "hash", "hmac", "seed", "csrf", "xsrf",
    "basic", "digest",
];

/// Endings of words that are written as one (`userpass`, `authcode`).
const ENDINGS: &[&str] = &[
    "pass", "pin", "code", "codes", "key", "keys", "sid", "otp", "salt", "jwt", "hash",
];

/// Before `code`: what no one keeps.
const OPEN_CODES: &[&str] = &[
    "status", "api", "err", "error", "http", "response", "reply", "exit", "country",
];

/// Names under which a request comes back, or the value that was wrong in it.
const ECHOES: &[&str] = &[
    "actual",
    "arguments",
    "args",
    "argv",
    "body",
    "config",
    "context",
    "curl",
    "env",
    "form",
    "given",
    "got",
    "headers",
    "href",
    "input",
    "options",
    "original",
    "params",
    "payload",
    "provided",
    "query",
    "raw",
    "received",
    "referer",
    "referrer",
    "req",
    "request",
    "uri",
    "url",
    "value",
    "values",
    "var",
    "vars",
    "command",
    "cmd",
    "line",
    "sent",
];

/// What a request looks like, in small letters.
const REQUESTS: &[&str] = &[
    "user-agent",
    "content-type:",
    "content-length:",
    "accept:",
    "accept-encoding",
    "x-forwarded",
    "x-authing",
    "authorization:",
    "cookie:",
    "request body",
    "request headers",
    "request header:",
    "curl -",
    "curl http",
];

const METHODS: &[&str] = &["get ", "post ", "put ", "patch ", "delete ", "head ", "options "];

/// Whether a text speaks of a secret, however it is encoded. What is wrapped too often to be read counts as one that does.
pub(super) fn mentions_secret(text: &str) -> bool {
    unescape::rounds(text).is_none_or(|rounds| rounds.iter().any(|text| mentions(text)))
}

/// The same for a text that has no escapes left.
pub(super) fn mentions(text: &str) -> bool {
    let letters: String = text
        .chars()
        .map(narrow)
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    STEMS.iter().any(|stem| letters.contains(stem)) || parts_mention(text)
}

/// Whether one of the words that a name or text consists of announces a secret.
fn parts_mention(text: &str) -> bool {
    let mut before = String::new();
    let mut part = String::new();
    let mut small = false;
    for character in text.chars().map(narrow).chain([' ']) {
        let ends = !character.is_alphabetic() || (small && character.is_uppercase());
        if ends && !part.is_empty() {
            if is_secret_part(&part, &before) {
                return true;
            }
            before = std::mem::take(&mut part);
        }
        small = character.is_lowercase();
        if character.is_alphabetic() {
            part.extend(character.to_lowercase());
        }
    }
    false
}

fn is_secret_part(part: &str, before: &str) -> bool {
    if !WORDS.contains(&part) && !ENDINGS.iter().any(|ending| part.ends_with(ending)) {
        return false;
    }
    // `status_code`, `statusCode`, `statuscode`.
    let open = |code: &str| match part.strip_suffix(code) {
        Some("") => OPEN_CODES.contains(&before),
        Some(kind) => OPEN_CODES.iter().any(|open| kind.ends_with(open)),
        None => false,
    };
    !open("code") && !open("codes")
}

/// Letters of double width are the same letters.
fn narrow(character: char) -> char {
    match u32::from(character) {
        wide @ 0xFF01..=0xFF5E => char::from_u32(wide - 0xFEE0).unwrap_or(character),
        _ => character,
    }
}

/// Whether what stands under this name is what the caller sent.
pub(super) fn is_echo(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ECHOES.contains(&name.as_str())
}

/// Whether a text is, or holds, a request: its line, its headers, its form.
pub(super) fn is_request(text: &str) -> bool {
    let lower = text.to_lowercase();
    let line = || METHODS.iter().any(|method| lower.contains(&format!("{method}/"))) || lower.contains(" http/1.");
    let form = || lower.contains('=') && !lower.contains(char::is_whitespace) && !lower.contains('<');
    REQUESTS.iter().any(|sign| lower.contains(sign)) || line() || form()
}

#[cfg(test)]
mod tests {
    use super::{is_request, mentions_secret};

    #[test]
    fn secrets_are_known_by_their_names() {
        for name in [
            "password",
            "PASSWORD",
            "pass_word",
            "new-password",
            "passwd",
            "pwd",
            "pin",
            "userPin",
            "PIN",
            "pass",
            "newPass",
            "userpass",
            "code",
            "passCode",
            "auth_code",
            "authcode",
            "accessToken",
            "access%5ftoken",
            "pass\\u0077ord",
            "pass<b></b>word",
            "p a s s w o r d",
            "Authorization",
            "Cookie",
            "Set-Cookie",
            "sid",
            "state",
            "captcha",
            "captchaCode",
            "signature",
            "sig",
            "key",
            "apiKey",
            "API_KEY",
            "nonce",
            "otp",
            "totpSecret",
            "SAMLResponse",
            "密码",
            "验证码",
            "ｐａｓｓｗｏｒｄ",
            "my key is",
            "ticket",
            "jwt",
            "photo",
            "location",
            "code_verifier",
            "&#112;assword",
            "pass&shy;word",
            "%2570assword",
        ] {
            assert!(mentions_secret(name), "{name}");
        }
        for name in [
            "statusCode",
            "status_code",
            "statuscode",
            "apiCode",
            "errcode",
            "error code",
            "phoneCountryCode",
            "status",
            "message",
            "keyword",
            "keywords",
            "shipping",
            "data",
            "createdAt",
            "name",
            "statement",
            "nginx",
            "signed",
            "服务器错误",
        ] {
            assert!(!mentions_secret(name), "{name}");
        }
    }

    #[test]
    fn requests_are_known() {
        for text in ["GET /a", "a=1&b=2", "User-Agent: x", "POST x HTTP/1.1", "Cookie: a"] {
            assert!(is_request(text), "{text}");
        }
        for text in [
            "502 Bad Gateway",
            "get the page",
            "a = b",
            "<a b=c>",
            "the request failed",
        ] {
            assert!(!is_request(text), "{text}");
        }
    }
}
