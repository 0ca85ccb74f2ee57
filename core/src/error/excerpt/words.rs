//! What is shown of text.

use super::names::{is_request, mentions};
use super::{LENGTH, REDACTED, unescape};

/// The words that are shown of a text that speaks of a secret. A closed list: no secret can be among them but one that is
/// made of nothing else.
const KNOWN: &str = "\
    access account administrator again allowed an and apache api are at auth authentication authorised authorization \
    authorized back bad banned be bearer been blocked busy by can cannot captcha client closed cloudflare code \
    connect connection content cookie cookies could credentials denied did disabled does down empty entity error \
    exceeded exist expired failed failure for forbidden found gateway gone has have header host http id in incorrect \
    internal invalid is issued key large later length limit locked login long maintenance malformed many method \
    mismatch missing moved must nginx no not of off ok on or out page password permanently please proxy refused \
    rejected request requests required reset response retry revoked secret server service session short sign \
    signature sorry state status temporarily the ticket time timed timeout to token too try unauthorised \
    unauthorized unavailable unknown unsupported upstream url used user valid was weak were with wrong you your";

/// What is shown of a text. `whole` is the text with its markup: what that speaks of counts. `None` where it is a request
/// that comes back, cannot be understood, or has nothing to show.
pub(super) fn shown(text: &str, whole: &str) -> Option<String> {
    let rounds = unescape::rounds(whole)?;
    if rounds.iter().any(|text| is_request(text)) {
        return None;
    }
    let secret = rounds.iter().any(|text| mentions(text));
    let text = unescape::rounds(text)?.pop()?;
    // Markup is no form; what is left of it may be.
    if is_request(&text) {
        return None;
    }
    if secret { known(&text) } else { plain(&text) }
}

/// The words of the closed list and the status of HTTP; after a word that announces a secret only while nothing else comes.
pub(super) fn known(text: &str) -> Option<String> {
    let mut out = Line::default();
    let mut announced = false;
    for word in text.split_whitespace() {
        let bare = word.strip_suffix(['.', ',', '!']).unwrap_or(word);
        let lower = bare.to_lowercase();
        let is_known = KNOWN.split(' ').any(|known| known == lower);
        let status = bare.len() == 3 && bare.parse::<u16>().is_ok_and(|status| (100..600).contains(&status));
        if is_known || (status && !announced) {
            out.show(word);
        } else {
            out.redact();
        }
        announced |= mentions(word);
        if out.length > LENGTH || (announced && !is_known) {
            break;
        }
    }
    out.text()
}

/// The words that look like words.
pub(super) fn plain(text: &str) -> Option<String> {
    let mut out = Line::default();
    for word in text.split_whitespace() {
        if is_plain(word) {
            out.show(word);
        } else {
            out.redact();
        }
        if out.length > LENGTH {
            break;
        }
    }
    out.text()
}

/// A line under construction.
#[derive(Default)]
struct Line {
    out: String,
    /// In characters.
    length: usize,
    redacted: bool,
    words: bool,
}

impl Line {
    fn show(&mut self, word: &str) {
        self.push(word);
        self.redacted = false;
        self.words = true;
    }

    /// Once for any number of words one after another.
    fn redact(&mut self) {
        if !self.redacted {
            self.push(REDACTED);
        }
        self.redacted = true;
    }

    fn push(&mut self, word: &str) {
        if !self.out.is_empty() {
            self.out.push(' ');
            self.length += 1;
        }
        self.out.push_str(word);
        self.length += word.chars().count();
    }

    fn text(self) -> Option<String> {
        self.words.then_some(self.out)
    }
}

/// Whether this looks like a word of a language, a short number, a version or a date: nothing that was drawn at random, no
/// address, no number of a person.
pub(super) fn is_plain(word: &str) -> bool {
    if is_date(word) {
        return true;
    }
    let digits = word.chars().filter(char::is_ascii_digit).count();
    if digits > 8 || word.contains("://") || word.contains("//") {
        return false;
    }
    word.split(|c: char| is_punctuation(c) || matches!(c, '/' | '-' | '_' | '.' | '\''))
        .filter(|part| !part.is_empty())
        .all(|part| {
            let short = part.bytes().all(|byte| byte.is_ascii_digit()) && part.len() <= 4;
            short || is_name(part)
        })
}

fn is_punctuation(c: char) -> bool {
    matches!(
        c,
        ',' | ';'
            | ':'
            | '!'
            | '?'
            | '('
            | ')'
            | '“'
            | '”'
            | '‘'
            | '’'
            | '，'
            | '。'
            | '：'
            | '；'
            | '！'
            | '？'
            | '、'
            | '（'
            | '）'
            | '…'
            | '–'
            | '—'
    )
}

/// Letters as people write them: small, capital, or words written together; not what looks drawn at random.
fn is_name(part: &str) -> bool {
    const LONGEST: usize = 24;
    // Words of two letters with a capital inside a name; others of that length are chance.
    const SHORT: &[[char; 2]] = &[
        ['A', 't'],
        ['B', 'y'],
        ['I', 'd'],
        ['I', 'n'],
        ['I', 's'],
        ['N', 'o'],
        ['O', 'f'],
        ['O', 'n'],
        ['T', 'o'],
        ['U', 'p'],
    ];
    let mut length = 0_usize;
    // The last two characters, and how long the last run of small letters is.
    let mut last = [' ', ' '];
    let mut small = 0_usize;
    let mut humps = 0;
    for character in part.chars() {
        length += 1;
        if !character.is_alphabetic() || length > LONGEST {
            return false;
        }
        if character.is_uppercase() {
            if small == 1 && !SHORT.contains(&last) {
                return false;
            }
            humps += usize::from(small > 0);
            small = 0;
        } else {
            small += 1;
        }
        let [_, before] = last;
        last = [before, character];
    }
    humps <= 4 && (small != 1 || length <= 2 || SHORT.contains(&last))
}

/// `2024-01-31`, `2024-01-31T10:00:00.000Z`, `2024-01-31T10:00:00+08:00`.
fn is_date(word: &str) -> bool {
    const SHAPE: &str = "0000-00-00T00:00:00";
    let fits = |(shape, byte): (u8, u8)| {
        if shape == b'0' {
            byte.is_ascii_digit()
        } else {
            byte == shape
        }
    };
    let head = word.get(..word.len().min(SHAPE.len())).unwrap_or_default();
    let rest = word.get(head.len()..).unwrap_or_default();
    matches!(head.len(), 10 | 16 | 19)
        && head.bytes().zip(SHAPE.bytes()).all(|(byte, shape)| fits((shape, byte)))
        && rest.len() <= 10
        && rest
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b':' | b'+' | b'-' | b'Z'))
}

#[cfg(test)]
mod tests {
    use super::{is_plain, known, plain};

    #[test]
    fn words_are_told_from_what_was_drawn_at_random() {
        for word in [
            "Bad",
            "gateway",
            "NGINX",
            "nginx/1.18.0",
            "502",
            "don't",
            "10.0.0.1",
            "2024-01-31",
            "(closed)",
            "TypeError",
            "2024-01-31T10:00:00+08:00",
            "HTTPError",
            "服务器错误",
            "not_found",
            "well-known",
            "a",
            "createdAt",
            "userIdList",
        ] {
            assert!(is_plain(word), "{word}");
        }
        for word in [
            "qZx7Wq",
            "hunter2",
            "123456",
            "13800138000",
            "ada@example.com",
            "https://a",
            "a=b",
            "a%20b",
            "x\\y",
            "aB",
            "eyJhbGciOiJIUzI1NiJ9",
            "5f2b-11ea",
            "abcdefghijklmnopqrstuvwxyz",
            "138-0013-8000",
            "a&b",
            "<b>",
            "\"a\"",
            "dXNlcjpwYXNz",
            "2024-01-31Tpassword",
            "pa$$word",
            "AbCdEf",
        ] {
            assert!(!is_plain(word), "{word}");
        }
    }

    #[test]
    fn a_text_with_a_secret_shows_known_words_only() {
        for (text, expected) in [
            ("the password is wrong", Some("the password is wrong")),
            ("password is hunter, sorry", Some("password is [redacted]")),
            ("hunter is no valid password", Some("[redacted] is no valid password")),
            ("password: wrong", None),
            ("password = wrong", Some("password [redacted]")),
            ("error 401 password 401", Some("error 401 password [redacted]")),
            ("hunter", None),
        ] {
            assert_eq!(known(text).as_deref(), expected, "{text}");
        }
        assert_eq!(plain("one qZx7Wq hunter2 two").as_deref(), Some("one [redacted] two"));
        assert_eq!(plain("qZx7Wq"), None);
    }
}
