//! JSON, read as the types want it.
//!
//! Where a value has the type that is wanted, this reads as `serde_json` does, and as fast. Where it has another, it is
//! taken nevertheless if that loses nothing: a number or boolean as text and the other way round, a list or object inside
//! a text, one item in place of a list of one, nothing written as an empty text or, for a list, as `{}`. The grammar of
//! numbers, escapes and ignored values is `serde_json`'s own.
//!
//! The fields of DTOs say by [`SLOT`] that they can stay empty, and the items of their lists by [`item_of`] how much memory
//! they take; other deserialisers pass over both. Types with derived code are read as leniently, but where a text means
//! nothing they have to be read twice.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, Expected, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Number, Value};

/// How deep lists and objects nest; the limit of `serde_json`.
const DEEPEST: u8 = 128;
/// How often an answer is read at most; twice is enough, unless a type has fields that must be there.
const MOST_READINGS: usize = 8;
/// The memory of all items of lists, beside four bytes for each byte of the answer: far above what honest answers take.
const ITEMS: usize = 16 << 20;

/// The name by which a field says that it can stay empty.
pub(crate) const SLOT: &str = "$genauth slot";

/// The name by which an item of a list says how large it is in memory, rounded up.
pub(crate) fn item_of(size: usize) -> &'static str {
    CLASSES
        .iter()
        .find(|(class, _)| size <= *class)
        .map_or("$genauth item 4096", |(_, name)| name)
}

const CLASSES: [(usize, &str); 4] = [
    (64, "$genauth item 64"),
    (256, "$genauth item 256"),
    (1024, "$genauth item 1024"),
    (4096, "$genauth item 4096"),
];

/// The way to the value that was wrong.
#[derive(Debug, Clone, Default)]
pub(crate) struct Path(Vec<Step>);

#[derive(Debug, Clone)]
enum Step {
    Field(String),
    Index(usize),
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().rev().enumerate() {
            match step {
                Step::Field(name) if position == 0 => f.write_str(name)?,
                Step::Field(name) => write!(f, ".{name}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// What is wrong, and where.
#[derive(Debug)]
pub(crate) struct Wrong(Box<Problem>);

#[derive(Debug)]
struct Problem {
    message: String,
    /// A name stands twice in an object.
    twice: bool,
    /// The innermost step first: it grows on the error's way out.
    path: Path,
}

impl Wrong {
    #[cold]
    fn new(message: String, twice: bool) -> Self {
        let path = Path::default();
        Self(Box::new(Problem { message, twice, path }))
    }

    #[cold]
    fn syntax() -> Self {
        Self::new("malformed JSON".to_owned(), false)
    }

    #[cold]
    fn of_json(error: &serde_json::Error) -> Self {
        Self::new(without_values(error.to_string()), false)
    }

    /// This happened inside the field or item.
    #[cold]
    pub(crate) fn within(mut self, step: Result<&str, usize>) -> Self {
        let step = step.map_or_else(Step::Index, |name| Step::Field(name.to_owned()));
        self.0.path.0.push(step);
        self
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0.path
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Wrong {}

impl de::Error for Wrong {
    #[cold]
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(without_values(message.to_string()), false)
    }

    #[cold]
    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!("{} where {expected} was expected", kind(&unexpected)), false)
    }

    #[cold]
    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!("a {} that is not {expected}", kind(&unexpected)), false)
    }

    #[cold]
    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::new(format!("none of: {}", expected.join(", ")), false)
    }

    #[cold]
    fn duplicate_field(name: &'static str) -> Self {
        Self::new(format!("duplicate field `{name}`"), true)
    }
}

/// What was found, without its value: that may be secret.
fn kind<'a>(unexpected: &Unexpected<'a>) -> &'a str {
    match unexpected {
        Unexpected::Bool(_) => "boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => "number",
        Unexpected::Char(_) | Unexpected::Str(_) => "text",
        Unexpected::Unit | Unexpected::Option => "null",
        Unexpected::Seq => "list",
        Unexpected::Map => "object",
        Unexpected::Other(what) => what,
        _ => "value",
    }
}

/// What somebody else's type says, without what stands in quotes: that may be a secret value.
fn without_values(message: String) -> String {
    match (message.find(['"', '`']), message.rfind(['"', '`'])) {
        (Some(from), Some(to)) if from < to => format!(
            "{}..{}",
            message.get(..from).unwrap_or_default(),
            message.get(to + 1..).unwrap_or_default()
        ),
        _ => message,
    }
}

/// Reads JSON with `read`: once where it is as documented, and again where that found texts that mean nothing.
pub(crate) fn read(json: &[u8], read: &mut dyn FnMut(&mut Reader<'_>) -> Result<(), Wrong>) -> Result<(), Wrong> {
    match read_all(json, read) {
        // Of a name that stands twice the last one counts.
        Err(wrong) if wrong.0.twice => match serde_json::from_slice::<Value>(json) {
            Ok(value) => read_all(value.to_string().as_bytes(), read),
            Err(_) => Err(wrong),
        },
        outcome => outcome,
    }
}

fn read_all(json: &[u8], read: &mut dyn FnMut(&mut Reader<'_>) -> Result<(), Wrong>) -> Result<(), Wrong> {
    let mut known = Vec::new();
    for _ in 0..MOST_READINGS {
        let mut reader = Reader::new(json);
        reader.known = &known;
        let outcome = read(&mut reader).and_then(|()| reader.end());
        let mut found = reader.found;
        if found.is_empty() {
            return outcome;
        }
        known.append(&mut found);
        known.sort_unstable();
    }
    Err(de::Error::custom("too many values of the wrong type"))
}

/// What a type wants where a text stands.
#[derive(Clone, Copy, PartialEq)]
enum Wanted {
    Number,
    Bool,
    Map,
    Struct,
}

/// A place in a JSON text.
pub(crate) struct Reader<'a> {
    json: &'a [u8],
    at: usize,
    depth: u8,
    /// Where the text begins: not at 0, if it stands inside another.
    base: usize,
    /// Where texts stand that mean nothing. An optional field learns only from reading it that its type wants no text,
    /// and then it is too late to leave it out; so it is left out the next time.
    known: &'a [usize],
    found: Vec<usize>,
    /// What is read next can stay empty.
    slot: bool,
    /// What the items of lists may still take.
    budget: usize,
    /// The object that is read next tells by `success` whether it is a failure.
    root: bool,
    /// It said `"success": false`.
    refused: bool,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(json: &'a [u8]) -> Self {
        Self {
            json,
            at: 0,
            depth: DEEPEST,
            base: 0,
            known: &[],
            found: Vec::new(),
            slot: false,
            budget: json.len().saturating_mul(4).saturating_add(ITEMS),
            root: false,
            refused: false,
        }
    }

    /// Where it is.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// Goes back to where it was.
    pub(crate) fn back_to(&mut self, position: usize, depth: u8) {
        self.at = position;
        self.depth = depth;
    }

    /// How deep it may go from here.
    pub(crate) fn depth(&self) -> u8 {
        self.depth
    }

    /// Whether an object stands here.
    pub(crate) fn is_object(&mut self) -> bool {
        self.peek() == b'{'
    }

    /// Whether `false` stands here.
    pub(crate) fn is_false(&mut self) -> bool {
        self.peek() == b'f' || self.rest().starts_with(br#""false""#)
    }

    /// Reads with `read`; if that reads an object, watches whether it says `"success": false`.
    pub(crate) fn watching(&mut self, read: &mut dyn FnMut(&mut Self) -> Result<(), Wrong>) -> Result<(), Wrong> {
        self.root = matches!(self.peek(), b'{' | b'"');
        let outcome = read(self);
        self.root = false;
        outcome
    }

    /// Whether a watched object said so.
    pub(crate) fn take_refused(&mut self) -> bool {
        std::mem::take(&mut self.refused)
    }

    /// The number, boolean or text that stands here as text; `None` for null and for what has parts.
    pub(crate) fn scalar(&mut self) -> Result<Option<String>, Wrong> {
        match self.peek() {
            b'"' => self.text().map(|text| Some(text.into_owned())),
            b'n' | b'{' | b'[' => self.strict::<IgnoredAny>().map(|_| None),
            _ => self.raw().map(|raw| Some(raw.to_owned())),
        }
    }

    /// The same, with what has parts as JSON.
    pub(crate) fn scalar_or_json(&mut self) -> Result<Option<String>, Wrong> {
        match self.peek() {
            b'{' | b'[' => self.raw().map(|raw| Some(raw.to_owned())),
            _ => self.scalar(),
        }
    }

    /// Passes over a value, and watches it while it does.
    pub(crate) fn skip_watching(&mut self) -> Result<(), Wrong> {
        if self.peek() != b'{' {
            return self.strict::<IgnoredAny>().map(|_| ());
        }
        let mut refused = false;
        self.object(&mut |name, reader| {
            refused |= name == "success" && reader.is_false();
            reader.strict::<IgnoredAny>().map(|_| ())
        })?;
        self.refused |= refused;
        Ok(())
    }

    /// The byte with which the next value or sign begins; 0 at the end.
    #[inline]
    fn peek(&mut self) -> u8 {
        while let Some(byte) = self.json.get(self.at) {
            if !matches!(byte, b' ' | b'\n' | b'\t' | b'\r') {
                return *byte;
            }
            self.at += 1;
        }
        0
    }

    fn sign(&mut self, sign: u8) -> Result<(), Wrong> {
        if self.peek() != sign {
            return Err(Wrong::syntax());
        }
        self.at += 1;
        Ok(())
    }

    fn word(&mut self, word: &str) -> Result<(), Wrong> {
        if !self.rest().starts_with(word.as_bytes()) {
            return Err(Wrong::syntax());
        }
        self.at += word.len();
        Ok(())
    }

    fn rest(&self) -> &'a [u8] {
        self.json.get(self.at..).unwrap_or_default()
    }

    fn end(&mut self) -> Result<(), Wrong> {
        if self.peek() == 0 && self.at == self.json.len() {
            Ok(())
        } else {
            Err(Wrong::syntax())
        }
    }

    /// Whether a null stands here; then it is passed.
    pub(crate) fn null(&mut self) -> Result<bool, Wrong> {
        let null = self.peek() == b'n';
        if null {
            self.word("null")?;
        }
        Ok(null)
    }

    /// The next value as `serde_json` reads it.
    pub(crate) fn strict<T: de::DeserializeOwned>(&mut self) -> Result<T, Wrong> {
        let mut values = serde_json::Deserializer::from_slice(self.rest()).into_iter();
        let value = values
            .next()
            .ok_or_else(Wrong::syntax)?
            .map_err(|error| Wrong::of_json(&error))?;
        self.at += values.byte_offset();
        Ok(value)
    }

    /// The next value as it is written.
    fn raw(&mut self) -> Result<&'a str, Wrong> {
        self.peek();
        let rest = self.rest();
        let start = self.at;
        self.strict::<IgnoredAny>()?;
        let raw = rest.get(..self.at - start).unwrap_or_default();
        std::str::from_utf8(raw).map_err(|_| Wrong::syntax())
    }

    /// The text whose quote stands here.
    fn text(&mut self) -> Result<Cow<'a, str>, Wrong> {
        let rest = self.rest().get(1..).unwrap_or_default();
        let length = plain(rest);
        match rest.get(length) {
            Some(b'"') => {
                self.at += length + 2;
                let text = std::str::from_utf8(rest.get(..length).unwrap_or_default());
                text.map(Cow::Borrowed).map_err(|_| Wrong::syntax())
            }
            Some(b'\\') => self.strict().map(Cow::Owned),
            _ => Err(Wrong::syntax()),
        }
    }

    fn number(&mut self) -> Result<Number, Wrong> {
        let rest = self.rest();
        let mut whole = 0;
        for (digits, byte) in rest.iter().take(18).enumerate() {
            match byte {
                b'0'..=b'9' if digits > 0 || *byte > b'0' => whole = whole * 10 + u64::from(byte - b'0'),
                // Most numbers are whole and short.
                b',' | b'}' | b']' if digits > 0 => {
                    self.at += digits;
                    return Ok(whole.into());
                }
                _ => break,
            }
        }
        self.strict()
    }

    /// Enters a list or object.
    fn enter(&mut self) -> Result<(), Wrong> {
        self.depth = self.depth.saturating_sub(1);
        if self.depth == 0 {
            return Err(Wrong::syntax());
        }
        Ok(())
    }

    /// Whether the list or object goes on.
    fn more(&mut self, close: u8, first: &mut bool) -> Result<bool, Wrong> {
        if self.peek() == close {
            return Ok(false);
        }
        if !std::mem::take(first) {
            self.sign(b',')?;
        }
        Ok(true)
    }

    fn leave(&mut self, close: u8) -> Result<(), Wrong> {
        self.depth += 1;
        self.sign(close)
    }

    /// Reads an object: `each` reads the value that belongs to the name.
    pub(crate) fn object(&mut self, each: &mut dyn FnMut(&str, &mut Self) -> Result<(), Wrong>) -> Result<(), Wrong> {
        self.sign(b'{')?;
        self.enter()?;
        let mut first = true;
        while self.more(b'}', &mut first)? {
            if self.peek() != b'"' {
                return Err(Wrong::syntax());
            }
            let name = self.text()?;
            self.sign(b':')?;
            each(&name, self)?;
        }
        self.leave(b'}')
    }

    fn visit_list<'de, V: Visitor<'de>>(
        &mut self,
        visitor: V,
        single: bool,
        keeps_nulls: bool,
    ) -> Result<V::Value, Wrong> {
        if !single {
            self.at += 1;
        }
        self.enter()?;
        let value = visitor.visit_seq(Items {
            reader: self,
            next: 0,
            first: true,
            single,
            keeps_nulls,
        })?;
        if single {
            self.depth += 1;
        } else {
            self.leave(b']')?;
        }
        Ok(value)
    }

    /// Whether `{}` stands here; then it is passed.
    fn empty_object(&mut self) -> bool {
        let rest = self.rest().get(1..).unwrap_or_default();
        let blanks = rest
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\n' | b'\t' | b'\r'))
            .count();
        let empty = self.peek() == b'{' && rest.get(blanks) == Some(&b'}');
        if empty {
            self.at += blanks + 2;
        }
        empty
    }

    /// Reads one item in place of a list of one; nothing, written as an object, is no item.
    #[cold]
    fn visit_single<'de, V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Wrong> {
        if self.empty_object() {
            return visitor.visit_seq(serde::de::value::SeqDeserializer::new(std::iter::empty::<u8>()));
        }
        self.visit_list(visitor, true, true)
    }

    fn visit_object<'de, V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Wrong> {
        let root = std::mem::take(&mut self.root);
        self.at += 1;
        self.enter()?;
        let value = visitor.visit_map(Fields {
            name: self.at,
            reader: self,
            first: true,
            root,
        })?;
        self.leave(b'}')?;
        Ok(value)
    }

    fn visit_number<'de, V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Wrong> {
        let number = self.number()?;
        number.deserialize_any(visitor).map_err(|error| Wrong::of_json(&error))
    }

    fn visit_float<'de, V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Wrong> {
        let float = self.number()?.as_f64().filter(|float| float.is_finite());
        visitor.visit_f64(float.ok_or_else(Wrong::syntax)?)
    }

    /// A whole number, also with an empty fraction.
    fn visit_integer<'de, V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Wrong> {
        let number = self.number()?;
        if let Some(number) = number.as_u64() {
            return visitor.visit_u64(number);
        }
        #[allow(clippy::cast_possible_truncation)] // Within the bounds, every whole float is an i64.
        let whole = number
            .as_f64()
            .filter(|float| float.fract() == 0.0 && float.abs() < 9.0e15)
            .map(|float| float as i64);
        match number.as_i64().or(whole) {
            Some(number) => visitor.visit_i64(number),
            None => visitor.visit_f64(number.as_f64().unwrap_or_default()),
        }
    }

    /// Reads what is wanted from the text that stands here.
    #[cold]
    fn inside<'de, V: Visitor<'de>>(
        &mut self,
        wanted: Wanted,
        visitor: V,
        read: impl FnOnce(&mut Reader<'_>, V) -> Result<V::Value, Wrong>,
    ) -> Result<V::Value, Wrong> {
        let base = self.base + self.at + 1;
        let slot = std::mem::take(&mut self.slot);
        let Some(text) = self.instead(wanted, slot, &visitor)? else {
            return visitor.visit_unit();
        };
        let mut inner = Reader {
            depth: self.depth,
            base,
            known: self.known,
            found: std::mem::take(&mut self.found),
            budget: self.budget,
            root: std::mem::take(&mut self.root),
            ..Reader::new(text.as_bytes())
        };
        let value = inner
            .enter()
            .and_then(|()| read(&mut inner, visitor))
            .and_then(|value| inner.end().map(|()| value));
        self.found = inner.found;
        self.budget = inner.budget;
        self.refused |= inner.refused;
        value
    }

    /// Reads the list that stands in a text: as JSON, as nothing, or as the one item of the list.
    #[cold]
    fn list_in_text<'de, V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Wrong> {
        let (start, slot) = (self.at, self.slot);
        let base = self.base + start + 1;
        let text = self.text()?;
        let json = text.trim();
        let is_json = matches!(json.as_bytes(), [b'[' | b'{', ..]) && serde_json::from_str::<IgnoredAny>(json).is_ok();
        if !is_json && !json.is_empty() {
            self.at = start;
            return self.visit_single(visitor);
        }
        if json.is_empty() && slot {
            return visitor.visit_unit();
        }
        let mut inner = Reader {
            depth: self.depth,
            base,
            known: self.known,
            found: std::mem::take(&mut self.found),
            budget: self.budget,
            ..Reader::new(if json.is_empty() { b"[]" } else { json.as_bytes() })
        };
        let value = inner.enter().and_then(|()| match inner.peek() {
            b'[' => inner.visit_list(visitor, false, false),
            _ => inner.visit_single(visitor),
        });
        self.found = inner.found;
        self.budget = inner.budget;
        value
    }

    /// The JSON in a text, if it is what is wanted. `None`: nothing stands here, and the place can stay empty.
    fn instead(&mut self, wanted: Wanted, slot: bool, expected: &dyn Expected) -> Result<Option<Cow<'a, str>>, Wrong> {
        let position = self.base + self.at;
        let kind = match self.peek() {
            b'"' => {
                let text = self.text()?;
                let json = text.trim();
                let fits = match json.as_bytes() {
                    [b'{', ..] => matches!(wanted, Wanted::Map | Wanted::Struct),
                    [b't' | b'f', ..] => wanted == Wanted::Bool,
                    _ => wanted == Wanted::Number,
                };
                if fits && serde_json::from_str::<IgnoredAny>(json).is_ok() {
                    return Ok(Some(Cow::Owned(json.to_owned())));
                }
                if json.is_empty() && slot {
                    return Ok(None);
                }
                if json.is_empty() && self.known.binary_search(&position).is_err() {
                    self.found.push(position);
                    return Ok(Some(Cow::Borrowed(match wanted {
                        Wanted::Number => "0",
                        Wanted::Bool => "false",
                        Wanted::Map | Wanted::Struct => "{}",
                    })));
                }
                Unexpected::Other("text")
            }
            b'{' => Unexpected::Map,
            b'[' => Unexpected::Seq,
            b'n' => Unexpected::Unit,
            b't' | b'f' => Unexpected::Other("boolean"),
            b'-' | b'0'..=b'9' => Unexpected::Other("number"),
            _ => return Err(Wrong::syntax()),
        };
        Err(de::Error::invalid_type(kind, expected))
    }
}

/// How many bytes of a text stand for themselves: up to a quote, a backslash or a control character. Looks at eight at
/// a time.
fn plain(text: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // The high bit of each byte below `limit`; what stands behind the first of them may be wrong.
    let below = |word: u64, limit: u8| word.wrapping_sub(ONES * u64::from(limit)) & !word & (ONES << 7);
    let (words, rest) = text.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let quote = below(word ^ (ONES * u64::from(b'"')), 1);
        let backslash = below(word ^ (ONES * u64::from(b'\\')), 1);
        let found = below(word, 0x20) | quote | backslash;
        if found != 0 {
            return index * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let found = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1F));
    words.len() * 8 + found.unwrap_or(rest.len())
}

macro_rules! integers {
    ($($name:ident)*) => { $(
        fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
            match self.peek() {
                b'-' | b'0'..=b'9' => self.visit_integer(visitor),
                _ => self.inside(Wanted::Number, visitor, |reader, visitor| reader.visit_integer(visitor)),
            }
        }
    )* };
}

#[allow(clippy::redundant_closure_for_method_calls)] // The method's path has one lifetime, the closure all of them.
impl<'de> Deserializer<'de> for &mut Reader<'_> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.peek() {
            b'"' => self.deserialize_str(visitor),
            b'{' => self.visit_object(visitor),
            b'[' => self.visit_list(visitor, false, true),
            b'n' => self.word("null").and_then(|()| visitor.visit_unit()),
            b't' => self.word("true").and_then(|()| visitor.visit_bool(true)),
            b'f' => self.word("false").and_then(|()| visitor.visit_bool(false)),
            b'-' | b'0'..=b'9' => self.visit_number(visitor),
            _ => Err(Wrong::syntax()),
        }
    }

    integers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.peek() {
            b'-' | b'0'..=b'9' => self.visit_float(visitor),
            _ => self.inside(Wanted::Number, visitor, |reader, visitor| reader.visit_float(visitor)),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.peek() {
            b't' | b'f' => self.deserialize_any(visitor),
            _ => self.inside(Wanted::Bool, visitor, |reader, visitor| reader.deserialize_any(visitor)),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.peek() {
            b'"' => match self.text()? {
                Cow::Borrowed(text) => visitor.visit_str(text),
                Cow::Owned(text) => visitor.visit_string(text),
            },
            b'-' | b'0'..=b'9' | b't' | b'f' => visitor.visit_str(self.raw()?),
            _ => Err(self
                .instead(Wanted::Map, false, &visitor)
                .err()
                .unwrap_or_else(Wrong::syntax)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.peek() {
            b'n' => self.word("null").and_then(|()| visitor.visit_none()),
            b'"' if !self.known.is_empty() && self.known.binary_search(&(self.base + self.at)).is_ok() => {
                self.text()?;
                visitor.visit_none()
            }
            _ => visitor.visit_some(self),
        }
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Wrong> {
        if name == SLOT {
            self.slot = true;
            return visitor.visit_newtype_struct(self);
        }
        if let Some((size, _)) = CLASSES.iter().find(|(_, class)| name == *class) {
            self.slot = true;
            self.budget = self
                .budget
                .checked_sub(*size)
                .ok_or_else(|| Wrong::new("more items than an answer of this length may have".to_owned(), false))?;
            return visitor.visit_newtype_struct(self);
        }
        // JSON as it is written, if `serde_json` has that feature.
        if name == "$serde_json::private::RawValue" {
            let object = serde_json::json!({ name: self.raw()? }).to_string();
            return Reader::new(object.as_bytes()).visit_object(visitor);
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.peek() {
            b'[' => self.visit_list(visitor, false, false),
            b'"' => self.list_in_text(visitor),
            b'n' => Err(self
                .instead(Wanted::Map, false, &visitor)
                .err()
                .unwrap_or_else(Wrong::syntax)),
            _ => self.visit_single(visitor),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.peek() {
            b'{' => self.visit_object(visitor),
            _ => self.inside(Wanted::Map, visitor, |reader, visitor| reader.visit_object(visitor)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        match self.peek() {
            b'{' => self.visit_object(visitor),
            _ => self.inside(Wanted::Struct, visitor, |reader, visitor| reader.visit_object(visitor)),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let value = self.strict::<Value>()?;
        value
            .deserialize_enum(name, variants, visitor)
            .map_err(|error| Wrong::of_json(&error))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.strict::<IgnoredAny>()?;
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { i128 u128 char bytes byte_buf unit unit_struct tuple tuple_struct }
}

struct Items<'r, 'a> {
    reader: &'r mut Reader<'a>,
    next: usize,
    first: bool,
    /// It is no list, but the one item of it.
    single: bool,
    /// Nulls are items too.
    keeps_nulls: bool,
}

impl<'de> SeqAccess<'de> for Items<'_, '_> {
    type Error = Wrong;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Wrong> {
        if self.single {
            return if std::mem::take(&mut self.first) {
                seed.deserialize(&mut *self.reader).map(Some)
            } else {
                Ok(None)
            };
        }
        loop {
            if !self.reader.more(b']', &mut self.first)? {
                return Ok(None);
            }
            let index = self.next;
            self.next += 1;
            if !self.keeps_nulls && self.reader.null()? {
                continue;
            }
            self.reader.slot = false;
            return match seed.deserialize(&mut *self.reader) {
                Ok(item) => Ok(Some(item)),
                Err(wrong) => Err(wrong.within(Err(index))),
            };
        }
    }
}

struct Fields<'r, 'a> {
    reader: &'r mut Reader<'a>,
    first: bool,
    /// Where the name stands.
    name: usize,
    /// It may say `"success": false`.
    root: bool,
}

impl Fields<'_, '_> {
    /// Whether the field is called so.
    #[cold]
    fn is_success(&self) -> bool {
        let rest = self.reader.json.get(self.name..).unwrap_or_default();
        rest.starts_with(br#""success""#)
    }

    #[cold]
    fn within(&mut self, wrong: Wrong) -> Wrong {
        self.reader.at = self.name;
        match self.reader.text() {
            Ok(name) => wrong.within(Ok(&name)),
            Err(_) => wrong,
        }
    }
}

impl<'de> MapAccess<'de> for Fields<'_, '_> {
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Wrong> {
        if !self.reader.more(b'}', &mut self.first)? {
            return Ok(None);
        }
        if self.reader.peek() != b'"' {
            return Err(Wrong::syntax());
        }
        self.name = self.reader.at;
        seed.deserialize(&mut *self.reader).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Wrong> {
        self.reader.sign(b':')?;
        self.reader.slot = false;
        if self.root && self.reader.is_false() && self.is_success() {
            self.reader.refused = true;
        }
        match seed.deserialize(&mut *self.reader) {
            Ok(value) => Ok(value),
            Err(wrong) => Err(self.within(wrong)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    fn of<T: de::DeserializeOwned>(json: &str) -> Result<T, String> {
        let mut result = None;
        read(json.as_bytes(), &mut |reader| {
            result = Some(T::deserialize(reader)?);
            Ok(())
        })
        .map_err(|wrong| format!("{}: {wrong}", wrong.path()))?;
        result.ok_or_else(|| "nothing".to_owned())
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct All {
        text: Option<String>,
        whole: Option<i64>,
        large: Option<u64>,
        float: Option<f64>,
        yes: Option<bool>,
        list: Vec<String>,
        items: Option<Vec<All>>,
        inner: Option<Box<All>>,
        map: Option<BTreeMap<i64, String>>,
        any: Value,
        kind: Option<Kind>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    enum Kind {
        Plain,
        Holding(i64),
    }

    #[test]
    fn json_is_what_it_is_to_serde_json() {
        let seeds = [
            r#"{"a":[1,-2.5e3,0,true,false,null,"x\u00e9\ud83d\ude00\"\\\/\b",{}],"":{"b":[[],[{}]]},"long enough a name":"\t"}"#,
            r#"[0.1,10,12345678901234567890,123456789012345678901,-0,1E5,-9223372036854775808,"é 漢 😀",[[[[1]]]], 7 ]"#,
            " \"text\" ",
            "42",
        ];
        let pieces: Vec<&[u8]> = vec![
            b"\"",
            b"\\",
            b"{",
            b"}",
            b"[",
            b"]",
            b",",
            b":",
            b"0",
            b"1",
            b"-",
            b".",
            b"e",
            b"n",
            b"null",
            b"true",
            b" ",
            b"\n",
            b"\0",
            b"\x1f",
            b"\x7f",
            b"\xff",
            b"\xc3",
            b"\\u",
            b"\\ud800",
            b"/",
            b"+",
            b"\xef\xbb\xbf",
        ];
        let mut random = 7_u64;
        let mut below = |limit: usize| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            usize::try_from(random % u64::try_from(limit).unwrap()).unwrap()
        };
        let mut taken = 0;
        for round in 0..200_000 {
            let mut json = seeds[round % seeds.len()].as_bytes().to_vec();
            for _ in 0..below(3) {
                let from = below(json.len() + 1);
                let to = (from + below(3)).min(json.len());
                let piece = pieces[below(pieces.len())];
                json.splice(from..to, piece.iter().copied());
            }
            let expected = serde_json::from_slice::<Value>(&json).ok();
            taken += usize::from(expected.is_some());
            for ignored in [false, true] {
                let mut got = None;
                let outcome = read(&json, &mut |reader| {
                    got = Some(if ignored {
                        IgnoredAny::deserialize(reader).map(|_| Value::Null)?
                    } else {
                        Value::deserialize(reader)?
                    });
                    Ok(())
                });
                let text = String::from_utf8_lossy(&json);
                if ignored {
                    assert_eq!(
                        outcome.is_ok(),
                        serde_json::from_slice::<IgnoredAny>(&json).is_ok(),
                        "{text}"
                    );
                } else {
                    assert_eq!(outcome.ok().and(got), expected, "{text}");
                }
            }
        }
        assert!(taken > 50_000, "{taken}");
    }

    #[test]
    fn what_fits_is_taken_as_it_is_written() {
        let all = |json: &str| of::<All>(json).unwrap_or_else(|error| panic!("{json}: {error}"));
        for number in [
            "12345678901234567890123",
            "1.10",
            "1e3",
            "-0.0",
            "true",
            "18446744073709551616",
        ] {
            assert_eq!(all(&format!(r#"{{"text":{number}}}"#)).text.as_deref(), Some(number));
        }
        for (json, expected) in [
            (
                r#"{"whole":"9007199254740993"}"#,
                json!([9_007_199_254_740_993_i64, null]),
            ),
            (
                r#"{"whole":7.0,"large":" 18446744073709551615 "}"#,
                json!([7, u64::MAX]),
            ),
            (r#"{"whole":"-7e0","large":1e3}"#, json!([-7, 1000])),
            (r#"{"whole":"","large":"  "}"#, json!([null, null])),
        ] {
            let got = all(json);
            assert_eq!(json!([got.whole, got.large]), expected, "{json}");
        }
        assert_eq!(
            all(r#"{"float":"1.5","yes":"true"}"#),
            All {
                float: Some(1.5),
                yes: Some(true),
                ..All::default()
            }
        );
        assert_eq!(all(r#"{"map":{"7":1.50}}"#).map.unwrap()[&7], "1.50");
        for json in [r#"["a",1.10]"#, r#""[\"a\",1.10]""#, r#"[null,"a",null,1.10]"#] {
            assert_eq!(all(&format!(r#"{{"list":{json}}}"#)).list, ["a", "1.10"]);
        }
        for json in [r#""read""#, r#"["read"]"#] {
            assert_eq!(all(&format!(r#"{{"list":{json}}}"#)).list, ["read"]);
        }
        for json in ["{}", "{ }", "[]", "\"\"", "\"[]\"", "\"{}\"", "[null]"] {
            assert!(all(&format!(r#"{{"list":{json}}}"#)).list.is_empty(), "{json}");
        }
        assert_eq!(
            all(r#"{"any":"1","text":""}"#),
            All {
                any: json!("1"),
                text: Some(String::new()),
                ..All::default()
            }
        );
        assert_eq!(all(r#"{"float":1.10}"#).float, all(r#"{"float":"11e-1"}"#).float);
        assert_eq!(all(r#"{"kind":"Plain"}"#).kind, Some(Kind::Plain));
        assert_eq!(all(r#"{"kind":{"Holding":1}}"#).kind, Some(Kind::Holding(1)));
        assert_eq!(all(r#"{"whole":1,"whole":2}"#).whole, Some(2));
        // Nothing at any depth, beside texts that are empty and stay so.
        let nested = r#"{"items":"[{\"whole\":\"\",\"text\":\"\"},{\"inner\":\"\",\"yes\":\"\"}]","inner":{"items":{"whole":""}}}"#;
        let empty = All::default();
        let texts = All {
            text: Some(String::new()),
            ..All::default()
        };
        let got = all(nested);
        assert_eq!(got.items, Some(vec![texts, All::default()]));
        assert_eq!(got.inner.unwrap().items, Some(vec![empty]));
    }

    #[test]
    fn what_does_not_fit_is_told_with_its_place() {
        for (json, path) in [
            (r#"{"items":[{},{"whole":"x"}]}"#, "items[1].whole"),
            (r#"{"items":"[{},{\"whole\":1.5}]"}"#, "items[1].whole"),
            (r#"{"items":{"inner":[1]}}"#, "items.inner"),
            (r#"{"a\u0062":1,"list":["a",[1]]}"#, "list[1]"),
            (r#"{"items":7}"#, "items"),
            (r#"{"items":"described"}"#, "items"),
            (r#"{"inner":"described"}"#, "inner"),
            (r#"{"list":{"a":1}}"#, "list"),
            (r#"{"text":{}}"#, "text"),
            (r#"{"map":{"x":""}}"#, "map"),
            (r#"{"whole":1e300}"#, "whole"),
            (r#"{"yes":1}"#, "yes"),
        ] {
            let error = of::<All>(json).expect_err(json);
            assert_eq!(error.split(": ").next(), Some(path), "{json}: {error}");
        }
    }

    #[derive(Deserialize)]
    struct Endless(#[allow(dead_code)] Vec<Endless>);

    #[test]
    fn reading_takes_time_in_proportion() {
        let rows = vec![r#"{"whole":"","text":1,"inner":"","items":{"yes":"true"}}"#; 20_000].join(",");
        let all = of::<Vec<All>>(&format!("[{rows}]")).unwrap();
        assert_eq!(all.len(), 20_000);
        // A type that is a list of itself; lists in texts in lists.
        assert!(of::<Endless>("{}").is_ok());
        assert!(of::<Endless>("7").is_err());
        assert!(of::<Endless>(&"[".repeat(100_000)).is_err());
        let mut nested = "[]".to_owned();
        for _ in 0..12 {
            nested = json!([nested]).to_string();
        }
        assert!(of::<Endless>(&nested).is_ok());
    }
}
