//! Text from outside, on its way into an error: on one line, and no longer than anybody reads.

use std::fmt::{self, Write as _};

/// How many characters of one text from outside an error shows, and how many bytes it keeps at least.
const MOST: usize = 1_000;

/// Shows text from outside on one line, cut off behind [`MOST`] characters: it can neither forge a line of a log nor fill it.
pub(crate) struct OneLine<'a>(pub(crate) &'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut characters = self.0.chars();
        characters
            .by_ref()
            .take(MOST)
            .try_for_each(|character| f.write_char(if breaks(character) { ' ' } else { character }))?;
        if characters.as_str().is_empty() {
            Ok(())
        } else {
            f.write_str("...")
        }
    }
}

/// Whether a character begins a line, steers a terminal, or turns around how what follows is read.
fn breaks(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The text as an error keeps it: cut off behind [`MOST`] characters, so that an error does not hold a whole answer.
pub(crate) fn capped(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(MOST) {
        text.truncate(end);
        text.push_str("...");
        text.shrink_to_fit();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{MOST, OneLine, capped};

    #[test]
    fn a_text_is_one_line() {
        for (text, expected) in [
            ("", ""),
            ("a\nb\r\tc\u{1b}[31m\u{7f}\u{85}", "a b  c [31m  "),
            ("a\u{2028}b\u{202e}c\u{2066}", "a b c "),
            ("密码 é", "密码 é"),
        ] {
            assert_eq!(OneLine(text).to_string(), expected);
        }
    }

    #[test]
    fn a_text_is_no_longer_than_anybody_reads() {
        for letter in ["a", "é", "\u{1f600}", "\n"] {
            let exact = letter.repeat(MOST);
            assert_eq!(OneLine(&exact).to_string().chars().count(), MOST);
            assert_eq!(capped(exact.clone()), exact);
            let long = letter.repeat(1 << 20);
            let shown = OneLine(&long).to_string();
            assert!(shown.ends_with("...") && shown.chars().count() == MOST + 3, "{letter}");
            let kept = capped(long);
            assert!(kept.ends_with("...") && kept.chars().count() == MOST + 3, "{letter}");
            assert!(kept.capacity() < 10 * MOST);
            // Shown again it gets no other end.
            assert_eq!(capped(kept.clone()).chars().count(), MOST + 3);
        }
    }
}
