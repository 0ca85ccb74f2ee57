//! What is shown of JSON. It is read with the grammar's own eyes, so which value belongs to which name is no guess.

use super::names::{is_echo, is_request, mentions_secret};
use super::{LENGTH, REDACTED, unescape, words};

/// What is nested deeper is not shown.
const DEPTH: usize = 32;

/// Under these names stand the service's own words.
const MESSAGES: &[&str] = &[
    "message",
    "msg",
    "error",
    "errormessage",
    "errmsg",
    "error_description",
    "description",
    "detail",
    "details",
    "reason",
    "title",
    "statustext",
];

/// Under these stand numbers that are no secret, whatever else the body says.
const STATUSES: &[&str] = &["statuscode", "apicode", "errcode", "status"];

/// What is shown of a body in JSON, or of the beginning of one. `None` where it is not JSON.
pub(super) fn shown(text: &str) -> Option<String> {
    let mut reader = Reader { rest: text };
    let node = reader.node(0)?;
    if !reader.rest.trim_start().is_empty() {
        return None;
    }
    let mut writer = Writer {
        out: String::new(),
        // `{"field":"password","given":"hunter"}`: the name of a secret as a value says that any other may be one.
        secret: node.has_text(&mentions_secret),
    };
    writer.node(&node, "");
    // A text that shows nothing says nothing.
    (writer.out != format!("\"{REDACTED}\"")).then_some(writer.out)
}

enum Node<'a> {
    /// A number, `true`, `false` or `null`.
    Plain(&'a str),
    /// A text, and whether its end was there.
    Text(String, bool),
    List(Vec<Node<'a>>, bool),
    Object(Vec<(String, Node<'a>)>, bool),
    /// The end came before the value.
    Missing,
}

impl Node<'_> {
    fn has_text(&self, matches: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Self::Text(text, _) => matches(text),
            Self::List(items, _) => items.iter().any(|item| item.has_text(matches)),
            Self::Object(fields, _) => fields.iter().any(|(_, value)| value.has_text(matches)),
            Self::Plain(_) | Self::Missing => false,
        }
    }
}

/// Reads as much as there is; `None` where the grammar is broken.
struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
        self.rest.chars().next()
    }

    /// Whether this comes next; it is taken then.
    fn takes(&mut self, wanted: char) -> bool {
        let found = self.next() == Some(wanted);
        if found {
            self.skip(wanted.len_utf8());
        }
        found
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    fn node(&mut self, depth: usize) -> Option<Node<'a>> {
        if depth > DEPTH {
            // As if the body ended here.
            self.rest = "";
        }
        match self.next() {
            None => Some(Node::Missing),
            Some('{') => self.object(depth),
            Some('[') => self.list(depth),
            Some('"') => self.text().map(|(text, whole)| Node::Text(text, whole)),
            Some(_) => self.plain(),
        }
    }

    fn object(&mut self, depth: usize) -> Option<Node<'a>> {
        self.skip(1);
        let mut fields = Vec::new();
        if self.takes('}') {
            return Some(Node::Object(fields, true));
        }
        while let Some(first) = self.next() {
            if first != '"' {
                return None;
            }
            let (name, true) = self.text()? else { break };
            if self.next().is_none() {
                break;
            }
            if !self.takes(':') {
                return None;
            }
            fields.push((name, self.node(depth + 1)?));
            match self.next() {
                None => break,
                Some(',') => self.skip(1),
                Some('}') => {
                    self.skip(1);
                    return Some(Node::Object(fields, true));
                }
                Some(_) => return None,
            }
        }
        Some(Node::Object(fields, false))
    }

    fn list(&mut self, depth: usize) -> Option<Node<'a>> {
        self.skip(1);
        let mut items = Vec::new();
        if self.takes(']') {
            return Some(Node::List(items, true));
        }
        loop {
            items.push(self.node(depth + 1)?);
            match self.next() {
                None => break,
                Some(',') => self.skip(1),
                Some(']') => {
                    self.skip(1);
                    return Some(Node::List(items, true));
                }
                Some(_) => return None,
            }
        }
        Some(Node::List(items, false))
    }

    /// A text and whether its end was there; one without an end is left empty.
    fn text(&mut self) -> Option<(String, bool)> {
        let mut escaped = false;
        let end = self.rest.bytes().skip(1).position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        });
        let Some(end) = end else {
            self.rest = "";
            return Some((String::new(), false));
        };
        let text = serde_json::from_str(self.rest.get(..end + 2)?).ok()?;
        self.skip(end + 2);
        Some((text, true))
    }

    fn plain(&mut self) -> Option<Node<'a>> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.');
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        let number = || word.starts_with(|c: char| c == '-' || c.is_ascii_digit()) && word.parse::<f64>().is_ok();
        // A word that the end cuts is none yet.
        let cut = rest.is_empty() && ["true", "false", "null"].iter().any(|whole| whole.starts_with(word));
        match word {
            "true" | "false" | "null" => Some(Node::Plain(word)),
            "" => None,
            _ if number() => Some(Node::Plain(word)),
            _ if cut => Some(Node::Missing),
            _ => None,
        }
    }
}

struct Writer {
    out: String,
    secret: bool,
}

impl Writer {
    /// Writes one value. `false` where nothing more is to be written.
    fn node(&mut self, node: &Node<'_>, name: &str) -> bool {
        match node {
            Node::Plain(word) => {
                let number = word.starts_with(|c: char| c == '-' || c.is_ascii_digit());
                let open = !self.secret || STATUSES.contains(&name.to_ascii_lowercase().as_str());
                self.out.push_str(if number && !open { REDACTED } else { word });
            }
            Node::Text(text, whole) => {
                let text = if *whole { self.text(text, name) } else { None };
                match text {
                    Some(text) => {
                        self.out.push('"');
                        self.out.push_str(&text);
                        self.out.push('"');
                    }
                    None => self.out.push_str(REDACTED),
                }
                if !whole {
                    self.out.push_str("...");
                    return false;
                }
            }
            Node::List(items, whole) => {
                self.out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        self.out.push(',');
                    }
                    if !self.node(item, name) {
                        return false;
                    }
                }
                return self.close(']', *whole);
            }
            Node::Object(fields, whole) => {
                self.out.push('{');
                for (index, (name, value)) in fields.iter().enumerate() {
                    if index > 0 {
                        self.out.push(',');
                    }
                    if !self.field(name, value) {
                        return false;
                    }
                }
                return self.close('}', *whole);
            }
            Node::Missing => {
                self.out.push_str("...");
                return false;
            }
        }
        // Each value is at least one byte long.
        self.out.len() <= LENGTH * 4
    }

    fn close(&mut self, end: char, whole: bool) -> bool {
        if whole {
            self.out.push(end);
        } else {
            self.out.push_str("...");
        }
        whole
    }

    fn field(&mut self, name: &str, value: &Node<'_>) -> bool {
        const LONGEST: usize = 40;
        self.out.push('"');
        // Something else than a name may be a value that stands in the wrong place.
        let fit = name.len() <= LONGEST && words::is_plain(name);
        self.out.push_str(if fit { name } else { "..." });
        self.out.push_str("\":");
        if (mentions_secret(name) || is_echo(name)) && !matches!(value, Node::Missing) {
            self.out.push_str(REDACTED);
            return match value {
                Node::Text(_, whole) | Node::List(_, whole) | Node::Object(_, whole) if !whole => {
                    self.out.push_str("...");
                    false
                }
                _ => self.out.len() <= LENGTH * 4,
            };
        }
        self.node(value, name)
    }

    /// What is shown of a text; `None` where nothing of it is.
    fn text(&self, text: &str, name: &str) -> Option<String> {
        if text.is_empty() {
            return Some(String::new());
        }
        let rounds = unescape::rounds(text)?;
        if rounds.iter().any(|text| is_request(text)) {
            return None;
        }
        let text = rounds.last()?.trim_start();
        if text.starts_with(['{', '[', '<', '"']) {
            return None;
        }
        if !self.secret {
            return words::plain(text);
        }
        let message = MESSAGES.contains(&name.to_ascii_lowercase().as_str());
        message.then(|| words::known(text)).flatten()
    }
}
