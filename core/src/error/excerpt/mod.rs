//! The first words of a body, fit for a log.
//!
//! Where a secret ends in a foreign body cannot be told for sure: quotes are escaped once, twice or not at all, markup eats
//! them, proxies encode what they echo. So nothing here looks for the end of a secret. A body in JSON is read as JSON, and
//! what stands under a name that sounds secret is left out whole. Any other text that speaks of a secret anywhere, however
//! it is encoded, shows only words of a closed list. Text that speaks of none shows its plain words, never what looks like a
//! token, an address or a number of a person. And where the body echoes a request, or cannot be understood, there is no
//! excerpt at all.

mod json;
mod markup;
mod names;
#[cfg(test)]
mod shapes;
mod unescape;
mod words;

/// How many characters are shown at most, without the dots that say that there is more.
const LENGTH: usize = 200;

/// How much of a body is looked at, in bytes: time and memory do not grow with what a server sends.
const LOOKED_AT: usize = 16 * 1024;

/// What stands in place of what is not shown.
const REDACTED: &str = "[redacted]";

/// The first words of a body, on one line, with `[redacted]` for whatever might be secret. Empty where nothing is fit to be
/// shown.
pub(crate) fn excerpt(body: &[u8]) -> String {
    let Some(text) = beginning(body) else {
        return String::new();
    };
    let text = text.trim_start_matches('\u{feff}').trim();
    let shown = if text.starts_with(['{', '[', '"']) {
        json::shown(text)
    } else {
        words::shown(&markup::removed(text), text)
    };
    let shown = shown.unwrap_or_default();
    match shown.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}...", shown.get(..end).unwrap_or_default()),
        None => shown,
    }
}

/// The beginning of a body as text. `None` where it is no text.
fn beginning(body: &[u8]) -> Option<&str> {
    let beginning = body.get(..LOOKED_AT).unwrap_or(body);
    let text = match std::str::from_utf8(beginning) {
        Ok(text) => text,
        // A character that the end cuts.
        Err(error) if error.error_len().is_none() => std::str::from_utf8(beginning.get(..error.valid_up_to())?).ok()?,
        Err(_) => return None,
    };
    let binary = text.chars().any(|c| c.is_control() && !c.is_ascii_whitespace());
    (!binary).then_some(text)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{LENGTH, excerpt};

    #[test]
    fn what_helps_is_shown() {
        for (body, expected) in [
            (
                r#"{"statusCode":200,"data":{"access_token":"S1","n":5}}"#,
                r#"{"statusCode":200,"data":{"access_token":[redacted],"n":5}}"#,
            ),
            (
                r#"{"passCode" : "S\"1", "x":[1, true,null, -2.5e3]}"#,
                r#"{"passCode":[redacted],"x":[1,true,null,-2.5e3]}"#,
            ),
            (
                r#"{"statusCode":500,"message":"database is down"}"#,
                r#"{"statusCode":500,"message":"database is down"}"#,
            ),
            (
                r#"{"createdAt":"2024-01-31T10:00:00.123Z","name":"Ada","email":"ada@example.com"}"#,
                r#"{"createdAt":"2024-01-31T10:00:00.123Z","name":"Ada","email":[redacted]}"#,
            ),
            (
                r#"{"message":"the password is wrong","hint":"hunter"}"#,
                r#"{"message":"the password is wrong","hint":[redacted]}"#,
            ),
            (r#"{"otpSecret":{"a":"S1"},"b":7}"#, r#"{"otpSecret":[redacted],"b":7}"#),
            (
                r#"{"data":{"list":[{"id":1},{"id":"#,
                r#"{"data":{"list":[{"id":1},{"id":..."#,
            ),
            (
                r#"{"a":true,"password":"S1 is cut o"#,
                r#"{"a":true,"password":[redacted]..."#,
            ),
            (
                "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center>\
                 <hr><center>nginx/1.18.0</center></body></html>",
                "502 Bad Gateway 502 Bad Gateway nginx/1.18.0",
            ),
            (
                "<html><head><title>401 Authorization Required</title></head></html>",
                "401 Authorization Required",
            ),
            (
                "<!doctype html><style>a{b:c}</style><script>var token='S1'</script><h1>Service&nbsp;Unavailable</h1>",
                "Service Unavailable",
            ),
            (
                "upstream connect error or disconnect",
                "upstream connect error or disconnect",
            ),
            ("no healthy upstream", "no healthy upstream"),
            ("服务器错误，请稍后再试", "服务器错误，请稍后再试"),
            ("error code: 1020", "error code: 1020"),
        ] {
            assert_eq!(excerpt(body.as_bytes()), expected, "{body}");
        }
    }

    #[test]
    fn what_echoes_a_request_or_cannot_be_understood_is_not_shown() {
        for body in [
            "a=1&client_secret=S1&b=2",
            "Authorization: Bearer S1",
            "GET /cb?code=S1&state=x HTTP/1.1\r\nHost: a.example",
            "<pre>POST /oidc/token HTTP/1.1\nUser-Agent: x\n\nhello</pre>",
            "curl -d hello https://a.example",
            "{'password': u'S1'}",
            "{\"a\":\"x\" \"password\":\"S1\"}",
            "\u{1}\u{2}binary",
            "",
            "   ",
            "<",
        ] {
            assert_eq!(excerpt(body.as_bytes()), "", "{body}");
        }
        assert_eq!(excerpt(b"caf\xE9 is closed"), "");
        let utf_16: Vec<u8> = "password=S1".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(excerpt(&utf_16), "");
    }

    #[test]
    fn any_bytes_are_short_text() {
        for body in [
            &b"\xFF\xFE=\xC3"[..],
            b"a\xC3",
            b":=:=\"\\",
            b"{\"",
            b"{\"a\":\"\\",
            b"[[[",
            b"\"",
            b"&#99999999999999999999;&#xFFFFFFFFF;&#;&;%\\u{ffffffffff}\\ud800\\x",
            "\u{540d}=\u{540d}:x".as_bytes(),
        ] {
            assert!(excerpt(body).chars().count() <= LENGTH + 3);
        }
        assert_eq!(excerpt("ab ".repeat(200).as_bytes()).chars().count(), LENGTH + 3);
    }

    /// Bodies as large as a transport lets through, of the shapes that make readers slow.
    #[test]
    #[allow(clippy::disallowed_methods)] // The clock is what is tested with.
    fn time_does_not_grow_with_the_body() {
        for unit in [
            "<",
            "<p>",
            "<!--",
            "<a \"",
            "</",
            "[",
            "{\"a\":",
            "\\",
            "\\\\u005c",
            "&amp;",
            "%25",
            "token=",
            "a:",
            "\"",
            " ",
            "a1",
            "\u{fffd}",
            "[1,",
            "{\"a\":\"x\",",
            "<script>",
            "password ",
            "\"a\\",
        ] {
            let body = unit.repeat((4 << 20) / unit.len());
            let begun = Instant::now();
            let shown = excerpt(body.as_bytes());
            assert!(shown.chars().count() <= LENGTH + 3);
            // A few milliseconds without optimisation; reading all of the body would be a thousand times that.
            assert!(
                begun.elapsed() < Duration::from_secs(1),
                "{unit}: {:?}",
                begun.elapsed()
            );
        }
    }
}
