//! Takes off what proxies, templates and serialisers put around a text: percent-encoding, the escapes of JSON and of
//! programming languages, the character references of HTML.

use std::iter::Peekable;
use std::str::Chars;

/// How often a text may be wrapped. JSON in JSON in a form in a page is four.
const ROUNDS: usize = 8;

/// The text as it came and after each round of taking escapes off; the last has none left. `None` where it never ends.
pub(super) fn rounds(text: &str) -> Option<Vec<String>> {
    let mut all = vec![text.to_owned()];
    for _ in 0..ROUNDS {
        match once(all.last()?) {
            Some(next) => all.push(next),
            None => return Some(all),
        }
    }
    None
}

/// One round; `None` where there was nothing to take off.
fn once(text: &str) -> Option<String> {
    if !text.contains(['%', '\\', '&']) {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut changed = false;
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        let tail = rest.as_str();
        let taken = match character {
            '%' => percent(&mut out, tail),
            '\\' => backslash(&mut out, tail),
            '&' => reference(&mut out, tail),
            _ => None,
        };
        match taken.and_then(|length| tail.get(length..)) {
            Some(behind) => {
                changed = true;
                rest = behind.chars();
            }
            None => out.push(character),
        }
    }
    changed.then_some(out)
}

/// `%41` and all that follow without a gap: they may be one character. How many bytes behind the first `%` were taken.
fn percent(out: &mut String, tail: &str) -> Option<usize> {
    let mut bytes = Vec::new();
    let mut taken = 0;
    while let Some(byte) = tail.get(taken..taken + 2).and_then(hex_byte) {
        bytes.push(byte);
        taken += 2;
        if tail.get(taken..=taken) != Some("%") || tail.get(taken + 1..taken + 3).and_then(hex_byte).is_none() {
            break;
        }
        taken += 1;
    }
    out.push_str(&String::from_utf8_lossy(&bytes));
    (!bytes.is_empty()).then_some(taken)
}

fn hex_byte(digits: &str) -> Option<u8> {
    let all = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    all.then(|| u8::from_str_radix(digits, 16).ok()).flatten()
}

/// `\n`, `\"`, `\x41`, `\u0041`, `\u{41}`.
fn backslash(out: &mut String, tail: &str) -> Option<usize> {
    let kind = tail.chars().next()?;
    let behind = tail.get(kind.len_utf8()..)?;
    let (character, more) = match kind {
        'u' => match unicode(behind) {
            Some((character, more)) => (character, more),
            None => (kind, 0),
        },
        'x' => match behind.get(..2).and_then(hex_byte) {
            Some(byte) => (char::from(byte), 2),
            None => (kind, 0),
        },
        'n' | 'r' | 't' | 'f' | 'b' | 'v' | '0' => (' ', 0),
        other => (other, 0),
    };
    out.push(character);
    Some(kind.len_utf8() + more)
}

fn unicode(tail: &str) -> Option<(char, usize)> {
    if let Some(inside) = tail.strip_prefix('{') {
        let end = inside.bytes().take(9).position(|byte| byte == b'}')?;
        let code = u32::from_str_radix(inside.get(..end)?, 16).ok()?;
        return Some((char::from_u32(code).unwrap_or('\u{fffd}'), end + 2));
    }
    let unit = |from: usize| {
        let digits = tail.get(from..from + 4)?;
        digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then_some(())?;
        u16::from_str_radix(digits, 16).ok()
    };
    let first = unit(0)?;
    // Two units may be one character.
    if let Some(second) = tail.get(4..6).filter(|escape| *escape == "\\u").and_then(|_| unit(6))
        && let Some(Ok(character)) = char::decode_utf16([first, second]).next()
        && character.len_utf16() == 2
    {
        return Some((character, 10));
    }
    Some((char::from_u32(first.into()).unwrap_or('\u{fffd}'), 4))
}

/// `&quot;`, `&#34;`, `&#x22;`, with or without the semicolon.
fn reference(out: &mut String, tail: &str) -> Option<usize> {
    if let Some(number) = tail.strip_prefix('#') {
        let (digits, radix) = match number.strip_prefix(['x', 'X']) {
            Some(digits) => (digits, 16),
            None => (number, 10),
        };
        let length = digits.chars().take(8).take_while(|digit| digit.is_digit(radix)).count();
        let code = u32::from_str_radix(digits.get(..length)?, radix).ok()?;
        out.push(char::from_u32(code).unwrap_or('\u{fffd}'));
        let semicolon = usize::from(digits.get(length..)?.starts_with(';'));
        return Some(tail.len() - digits.len() + length + semicolon);
    }
    let mut letters: Peekable<Chars<'_>> = tail.chars().peekable();
    let mut name = String::new();
    while let Some(letter) = letters.next_if(|letter| letter.is_ascii_alphanumeric() && name.len() < 8) {
        name.push(letter);
    }
    let (_, character) = REFERENCES.iter().find(|(known, _)| *known == name)?;
    out.push_str(character);
    Some(name.len() + usize::from(letters.peek() == Some(&';')))
}

/// Those that can stand between the letters of a name, and between a name and its value.
const REFERENCES: &[(&str, &str)] = &[
    ("quot", "\""),
    ("QUOT", "\""),
    ("apos", "'"),
    ("amp", "&"),
    ("AMP", "&"),
    ("lt", "<"),
    ("LT", "<"),
    ("gt", ">"),
    ("GT", ">"),
    ("nbsp", " "),
    ("Tab", " "),
    ("NewLine", " "),
    ("shy", ""),
    ("zwnj", ""),
    ("zwj", ""),
    ("colon", ":"),
    ("equals", "="),
    ("lowbar", "_"),
    ("hyphen", "-"),
    ("dash", "-"),
    ("period", "."),
    ("comma", ","),
    ("semi", ";"),
    ("lpar", "("),
    ("rpar", ")"),
    ("lsqb", "["),
    ("rsqb", "]"),
    ("lcub", "{"),
    ("rcub", "}"),
    ("sol", "/"),
    ("bsol", "\\"),
    ("plus", "+"),
    ("num", "#"),
    ("percnt", "%"),
    ("excl", "!"),
    ("quest", "?"),
    ("commat", "@"),
];

#[cfg(test)]
mod tests {
    use super::rounds;

    fn plain(text: &str) -> String {
        rounds(text).unwrap().pop().unwrap()
    }

    #[test]
    fn every_kind_of_escape_is_taken_off() {
        for (text, expected) in [
            ("access%5Ftoken%3dS", "access_token=S"),
            ("100% of %zz %4", "100% of %zz %4"),
            ("%E5%AF%86%E7%A0%81", "密码"),
            (r"pass\u0077ord \x41 \u{42}", "password A B"),
            (r#"{\"a\":\"\\\"b\\\"\"}"#, r#"{"a":""b""}"#),
            (r"\ud83d\ude00 \ud83d!", "\u{1f600} \u{fffd}!"),
            ("&quot;a&#34;b&#x22;c&QUOT;d&quot e", "\"a\"b\"c\"d\" e"),
            ("pass&shy;word&colon;&unknown;", "password:&unknown;"),
            ("%26quot%3B%255C", "\"\\"),
            ("a & b", "a & b"),
        ] {
            assert_eq!(plain(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_wrapped_too_often_is_given_up() {
        assert!(rounds(&format!("%{}41", "25".repeat(30))).is_none());
        assert!(rounds(&"\\".repeat(1 << 12)).is_none());
    }
}
