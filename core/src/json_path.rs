//! Where in a JSON text a parser failed.
//!
//! Tracking the path while reading costs more than half of the reading again, on every answer. The parser knows the place
//! of its failure as line and column, and from those the path is found afterwards.

use std::fmt;

/// The way from the root of a JSON text to one of its values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Path(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Field(String),
    Index(usize),
}

impl Path {
    pub(crate) fn field(mut self, name: &str) -> Self {
        self.0.push(Step::Field(name.to_owned()));
        self
    }

    pub(crate) fn join(mut self, rest: &Self) -> Self {
        self.0.extend(rest.0.iter().cloned());
        self
    }

    /// As a JSON pointer (RFC 6901).
    pub(crate) fn pointer(&self) -> String {
        let mut pointer = String::new();
        for step in &self.0 {
            pointer.push('/');
            match step {
                Step::Field(name) => pointer.push_str(&name.replace('~', "~0").replace('/', "~1")),
                Step::Index(index) => pointer.push_str(&index.to_string()),
            }
        }
        pointer
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Field(name) if position == 0 => f.write_str(name)?,
                Step::Field(name) => write!(f, ".{name}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// The path of the value at which the parser failed.
pub(crate) fn of_error(json: &[u8], error: &serde_json::Error) -> Path {
    let line_start = json
        .split_inclusive(|byte| *byte == b'\n')
        .take(error.line().saturating_sub(1))
        .map(<[u8]>::len)
        .sum::<usize>();
    let end = line_start + error.column();
    // A list or object of the wrong type is seen before it is read: then the parser stands in front of its bracket.
    match json.get(end) {
        Some(b'{' | b'[') => at(json, end),
        _ => at(json, end.saturating_sub(1)),
    }
}

/// The path of the innermost value that holds the byte at `offset`. The JSON is taken to be well-formed up to there.
fn at(json: &[u8], offset: usize) -> Path {
    let mut steps: Vec<Step> = Vec::new();
    // For each open container, whether it is an object.
    let mut open: Vec<bool> = Vec::new();
    let mut expects_name = false;
    let mut position = 0;
    while let Some(byte) = json.get(position) {
        if position > offset {
            break;
        }
        match byte {
            b'{' => {
                open.push(true);
                steps.push(Step::Field(String::new()));
                expects_name = true;
                position += 1;
            }
            b'[' => {
                open.push(false);
                steps.push(Step::Index(0));
                position += 1;
            }
            b'}' | b']' => {
                open.pop();
                steps.pop();
                expects_name = false;
                position += 1;
                // The closing bracket belongs to the container itself.
                if position > offset {
                    return Path(steps);
                }
            }
            b',' => {
                match steps.last_mut() {
                    Some(Step::Index(index)) => *index += 1,
                    Some(Step::Field(_)) => expects_name = true,
                    None => {}
                }
                position += 1;
            }
            b'"' => {
                let end = end_of_string(json, position);
                if expects_name && open.last() == Some(&true) {
                    let name = json
                        .get(position..end)
                        .and_then(|text| serde_json::from_slice(text).ok());
                    if let Some(Step::Field(place)) = steps.last_mut() {
                        *place = name.unwrap_or_default();
                    }
                    expects_name = false;
                }
                position = end;
            }
            _ => position += 1,
        }
        // The opening bracket belongs to the container, too.
        if position > offset && matches!(byte, b'{' | b'[') {
            steps.pop();
        }
    }
    Path(steps)
}

/// The position behind the string that starts here.
fn end_of_string(json: &[u8], start: usize) -> usize {
    let mut position = start + 1;
    while let Some(byte) = json.get(position) {
        position += match byte {
            b'\\' => 2,
            b'"' => return position + 1,
            _ => 1,
        };
    }
    json.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_innermost_value() {
        let json = br#"{"a":[1,{"b\"":"x"}],"c":{}}"#;
        let path = |needle: &str| {
            let offset = std::str::from_utf8(json).unwrap().find(needle).unwrap();
            at(json, offset).to_string()
        };
        assert_eq!(path("1"), "a[0]");
        assert_eq!(path(r#""x""#), "a[1].b\"");
        assert_eq!(path("{}"), "c");
        assert_eq!(at(json, 0).to_string(), "");
        assert_eq!(at(json, json.len() - 1).to_string(), "");
    }

    #[test]
    fn finds_where_the_parser_failed() {
        #[derive(serde::Deserialize)]
        struct Outer {
            #[allow(dead_code)]
            list: Vec<Inner>,
        }
        #[derive(serde::Deserialize)]
        struct Inner {
            #[allow(dead_code)]
            number: Option<i64>,
        }
        for wrong in ["\"text\"", "{\"a\":1}", "[]", "true", "1.5", "99999999999999999999"] {
            let json = format!(r#"{{"list":[{{"number":1}},{{"other":"}}","number":{wrong}}}]}}"#);
            let error = serde_json::from_str::<Outer>(&json).err().unwrap();
            assert_eq!(
                of_error(json.as_bytes(), &error).to_string(),
                "list[1].number",
                "{wrong}"
            );
        }
        for wrong in ["\"text\"", "{\"a\":1}", "[]", "true", "1.5"] {
            for (before, index) in [("", 0), ("1,", 1)] {
                let json = format!("[{before}{wrong},2]");
                let error = serde_json::from_str::<Vec<i64>>(&json).err().unwrap();
                assert_eq!(
                    of_error(json.as_bytes(), &error).to_string(),
                    format!("[{index}]"),
                    "{json}"
                );
            }
        }
    }

    #[test]
    fn no_bytes_panic() {
        for json in [&b"}}]]"[..], b"\"\\", b"{\"", b"[,,,", b"\xFF{"] {
            for offset in 0..8 {
                at(json, offset);
            }
        }
    }
}
