//! The first characters of a body, fit for a log: what looks secret is cut out.

const LENGTH: usize = 200;

/// Parts of names whose values are secret.
const SECRET_NAMES: &[&str] = &[
    "token",
    "secret",
    "password",
    "passcode",
    "code",
    "ticket",
    "key",
    "authorization",
    "cookie",
    "credential",
    "assertion",
    "session",
    "salt",
    "location",
    "photo",
    "otp",
    "jwt",
    "verifier",
];

/// The first characters of a body. The values of names that sound secret, and everything that looks like a token, are
/// replaced by `[redacted]`.
pub(crate) fn excerpt(body: &[u8]) -> String {
    // Cut well behind the end, so that a secret which the end splits is still recognised.
    let body = body.get(..LENGTH * 8).unwrap_or(body);
    let text = String::from_utf8_lossy(body);
    let text = without_markup(&text);
    let text = without_secret_values(&text);
    let text = without_tokens(&text);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// Takes out the tags of HTML and XML: their attributes may be secret (a page that posts a form holds its values in them).
/// So may be the text of an element whose name sounds secret.
fn without_markup(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        out.push_str(before);
        let inside = tag.get(1..).unwrap_or_default();
        if !inside.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
            out.push('<');
            rest = inside;
            continue;
        }
        out.push(' ');
        let end = inside.find('>').unwrap_or(inside.len());
        let (tag, after) = inside.split_at(end);
        rest = after.get(1..).unwrap_or_default();
        let name = tag
            .split(|c: char| c.is_whitespace() || c == '/')
            .next()
            .unwrap_or_default();
        if is_secret_name(name) && !tag.ends_with('/') {
            out.push_str("[redacted]");
            rest = rest.find('<').and_then(|end| rest.get(end..)).unwrap_or_default();
        }
    }
    out.push_str(rest);
    out
}

fn is_secret_name(name: &str) -> bool {
    // `statusCode` and `apiCode` are no codes to keep.
    let name = name.trim_matches(['"', '\'', '\\']);
    let lower = name.to_ascii_lowercase();
    !matches!(
        lower.as_str(),
        "statuscode" | "apicode" | "errcode" | "phonecountrycode"
    ) && SECRET_NAMES.iter().any(|part| lower.contains(part))
}

/// Cuts out the value behind each `name:` or `name=` whose name sounds secret.
fn without_secret_values(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(separator) = rest.find([':', '=']) {
        let (before, after) = (
            rest.get(..separator).unwrap_or_default(),
            rest.get(separator + 1..).unwrap_or_default(),
        );
        out.push_str(before);
        out.push_str(rest.get(separator..=separator).unwrap_or_default());
        rest = after;
        let name = before.trim_end();
        let name = name.trim_end_matches(['"', '\'', '\\']);
        let start = name
            .rfind(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.')))
            .map_or(0, |i| {
                i + name
                    .get(i..)
                    .and_then(|tail| tail.chars().next())
                    .map_or(1, char::len_utf8)
            });
        if is_secret_name(name.get(start..).unwrap_or_default()) {
            let value = value_length(rest);
            if value > 0 {
                out.push_str("[redacted]");
            }
            rest = rest.get(value..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    out
}

/// How long the value at the start of the text is: a string, or everything up to the end of a word.
fn value_length(text: &str) -> usize {
    let blanks = text.len() - text.trim_start().len();
    let value = text.get(blanks..).unwrap_or_default();
    let escaped = value.starts_with("\\\"");
    let quoted = value.starts_with('"') || value.starts_with('\'') || escaped;
    if quoted {
        let quote = value.trim_start_matches('\\').chars().next().unwrap_or('"');
        let open = if escaped { 2 } else { 1 };
        let mut previous = ' ';
        for (index, character) in value.char_indices().skip(open) {
            if character == quote && (escaped || previous != '\\') {
                return blanks + index + 1;
            }
            previous = if previous == '\\' { ' ' } else { character };
        }
        return text.len();
    }
    if value.starts_with(['{', '[']) {
        // A secret with structure: nothing of it is shown.
        return text.len();
    }
    // `Authorization: Bearer ..`: the scheme is no secret, what follows it is.
    let scheme = ["bearer ", "basic "].into_iter().find(|scheme| {
        value
            .get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    if let Some(scheme) = scheme {
        let open = blanks + scheme.len();
        return open + value_length(text.get(open..).unwrap_or_default());
    }
    let end = value
        .find(|c: char| c.is_whitespace() || matches!(c, ',' | '&' | '}' | ']' | '<' | ';'))
        .unwrap_or(value.len());
    blanks + end
}

/// Cuts out what looks like a JWT or a long random text, and what follows `Bearer` or `Basic`, wherever it stands.
fn without_tokens(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+' | '/' | '=' | '~');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut credential = false;
    while !rest.is_empty() {
        let word = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
        let (token, after) = rest.split_at(word);
        let random = token.len() >= 40 && token.chars().any(|c| c.is_ascii_digit()) && !token.contains("//");
        let secret = token.starts_with("eyJ") || random || credential;
        out.push_str(if secret && !token.is_empty() {
            "[redacted]"
        } else {
            token
        });
        if !token.is_empty() {
            credential = token.eq_ignore_ascii_case("bearer") || token.eq_ignore_ascii_case("basic");
        }
        let separator = after.chars().next().map_or(0, char::len_utf8);
        let (separator, after) = after.split_at(separator);
        out.push_str(separator);
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::excerpt;

    #[test]
    fn secrets_are_cut_out_and_the_rest_stays() {
        let long = "a1".repeat(30);
        for (body, expected) in [
            (
                r#"{"statusCode":200,"data":{"access_token":"S1","n":5}}"#,
                r#"{"statusCode":200,"data":{"access_token":[redacted],"n":5}}"#,
            ),
            (r#"{"passCode" : "S\"1", "x":1}"#, r#"{"passCode" :[redacted], "x":1}"#),
            (
                r#"{"text":"{\"password\":\"S1\",\"a\":1}"}"#,
                r#"{"text":"{\"password\":[redacted],\"a\":1}"}"#,
            ),
            ("a=1&client_secret=S1&b=2", "a=1&client_secret=[redacted]&b=2"),
            ("<p>token eyJhbGciOi.S1.S1</p>", "token [redacted]"),
            (r#"<form><input name="code" value="S1"/>go</form> 1 < 2"#, "go 1 < 2"),
            ("<a><id_token x='y'>S1</id_token>b</a>", "[redacted] b"),
            (
                "it said Bearer S1, then Basic S1",
                "it said Bearer [redacted], then Basic [redacted]",
            ),
            ("Authorization: Bearer S1", "Authorization:[redacted]"),
            (long.as_str(), "[redacted]"),
            (r#"{"otpSecret":{"a":"S1"},"b":"S1"}"#, r#"{"otpSecret":[redacted]"#),
            (r#"{"password":"S1 is cut o"#, r#"{"password":[redacted]"#),
        ] {
            let shown = excerpt(body.as_bytes());
            assert_eq!(shown, expected, "{body}");
            assert!(!shown.contains("S1"));
        }
    }

    #[test]
    fn any_bytes_are_short_text() {
        for body in [
            &b"\xFF\xFE=\xC3"[..],
            b"",
            b":=:=\"\\",
            "\u{540d}=\u{540d}:x".as_bytes(),
        ] {
            excerpt(body);
        }
        assert!(excerpt(&vec![b'a'; 10_000]).len() < 1_000);
        assert_eq!(excerpt("ab ".repeat(200).as_bytes()).chars().count(), 203);
    }
}
