//! Declarative checks of what a request carries: one small table of fields per route.
//!
//! The messages have the form of the service's own validator (`email should not be empty`), several of them joined by
//! commas.

use serde_json::{Map, Value};

use crate::failure::Failure;

/// What kind of value a field holds.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Text,
    OneOf(&'static [&'static str]),
    Integer,
    Flag,
    /// An object with these fields (and any other).
    Object(&'static [Field]),
    /// An object whose members are the caller's own.
    Map,
    /// A non-empty list of texts.
    Texts,
    /// A page number, from 1.
    Page,
    /// A page size, from 1 to 50.
    Limit,
    Any,
}

/// When a field must be there.
#[derive(Clone, Copy)]
pub(crate) enum Need {
    Always,
    Never,
    /// Only while another field of the same object has this value; otherwise the field is not even looked at.
    When(&'static str, &'static str),
}

/// One field of a request.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    name: &'static str,
    /// Another spelling that clients use for the same field.
    alias: Option<&'static str>,
    need: Need,
    kind: Kind,
}

pub(crate) const fn need(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        alias: None,
        need: Need::Always,
        kind,
    }
}

pub(crate) const fn may(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        alias: None,
        need: Need::Never,
        kind,
    }
}

pub(crate) const fn when(field: &'static str, is: &'static str, name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        alias: None,
        need: Need::When(field, is),
        kind,
    }
}

impl Field {
    pub(crate) const fn or(mut self, alias: &'static str) -> Self {
        self.alias = Some(alias);
        self
    }

    /// The field's name, if it is the one that this value of the other field asks for.
    pub(crate) fn needed_when(&self, other: &str, is: &str) -> Option<&'static str> {
        matches!(self.need, Need::When(field, value) if field == other && value == is).then_some(self.name)
    }
}

/// Refuses members that the table does not have: a misspelt one would be ignored.
pub(crate) fn refuse_unknown(fields: &[Field], input: &Map<String, Value>) -> Result<(), Failure> {
    let known = |name: &str| fields.iter().any(|field| field.name == name);
    match input.keys().find(|name| !known(name)) {
        None => Ok(()),
        Some(name) => Err(Failure::invalid(format!("{name} is not a member of this request"))),
    }
}

/// How the table describes a request, for the page of the control endpoints.
pub(crate) fn describe(fields: &[Field]) -> Map<String, Value> {
    let kind = |kind: Kind| match kind {
        Kind::Text => "text".to_owned(),
        Kind::OneOf(names) => names.join(" | "),
        Kind::Integer | Kind::Page | Kind::Limit => "integer".to_owned(),
        Kind::Flag => "true | false".to_owned(),
        Kind::Object(_) | Kind::Map => "object".to_owned(),
        Kind::Texts => "list of texts".to_owned(),
        Kind::Any => "any".to_owned(),
    };
    let one = |field: &Field| {
        let needed = if matches!(field.need, Need::Always) {
            ""
        } else {
            " (optional)"
        };
        (
            field.name.to_owned(),
            Value::String(format!("{}{needed}", kind(field.kind))),
        )
    };
    fields.iter().map(one).collect()
}

/// Checks the input against the table; alternative spellings are renamed on the way.
pub(crate) fn check(fields: &[Field], input: &mut Map<String, Value>) -> Result<(), Failure> {
    let mut faults = Vec::new();
    check_object(fields, input, "", &mut faults);
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Failure::invalid(faults.join(",")))
    }
}

fn check_object(fields: &[Field], object: &mut Map<String, Value>, prefix: &str, faults: &mut Vec<String>) {
    for field in fields {
        if let Some(alias) = field.alias
            && !object.contains_key(field.name)
            && let Some(value) = object.remove(alias)
        {
            object.insert(field.name.to_owned(), value);
        }
        let required = match field.need {
            Need::Always => true,
            Need::Never => false,
            Need::When(other, is) => {
                if object.get(other).and_then(Value::as_str) != Some(is) {
                    continue;
                }
                true
            }
        };
        let name = format!("{prefix}{}", field.name);
        match object.get_mut(field.name) {
            None | Some(Value::Null) => {
                if required {
                    faults.push(format!("{name} should not be empty"));
                }
            }
            Some(Value::String(text)) if text.is_empty() => {
                if required {
                    faults.push(format!("{name} should not be empty"));
                }
            }
            Some(value) => check_value(field.kind, value, &name, required, faults),
        }
    }
}

fn check_value(kind: Kind, value: &mut Value, name: &str, required: bool, faults: &mut Vec<String>) {
    let complaint = match kind {
        Kind::Any => None,
        Kind::Text => (!value.is_string()).then(|| format!("{name} must be a string")),
        Kind::OneOf(allowed) => {
            let known = value.as_str().is_some_and(|text| allowed.contains(&text));
            (!known).then(|| format!("{name} must be a valid enum value"))
        }
        Kind::Integer => (!value.is_i64() && !value.is_u64()).then(|| format!("{name} must be an integer number")),
        Kind::Flag => (!value.is_boolean()).then(|| format!("{name} must be a boolean value")),
        Kind::Map => (!value.is_object()).then(|| format!("{name} must be an object")),
        Kind::Texts => match value.as_array() {
            None => Some(format!("{name} must be an array")),
            Some(list) if list.is_empty() && required => Some(format!(
                "{name} must contain at least 1 elements,{name} should not be empty"
            )),
            Some(list) if list.iter().all(Value::is_string) => None,
            Some(_) => Some(format!("each value in {name} must be a string")),
        },
        Kind::Page => (value.as_u64().unwrap_or(0) == 0).then(|| format!("参数 {name} 格式错误")),
        Kind::Limit => match value.as_u64().unwrap_or(0) {
            0 => Some(format!("参数 {name} 格式错误")),
            1..=50 => None,
            _ => Some(format!("{name} must not be greater than 50")),
        },
        Kind::Object(fields) => match value {
            // Some clients always send their optional structures, empty when unused.
            Value::Object(object) if object.is_empty() && !required => None,
            Value::Object(object) => {
                check_object(fields, object, &format!("{name}."), faults);
                None
            }
            _ => Some(format!("{name} must be an object")),
        },
    };
    faults.extend(complaint);
}

/// Turns the pairs of a query or form into an object, each value read as the kind that its field has.
///
/// A list may be written as a repeated key, as `key[]=a` or as `key=["a"]`.
pub(crate) fn read_pairs(fields: &[Field], pairs: &[(String, String)]) -> Map<String, Value> {
    let mut input = Map::new();
    for (key, text) in pairs {
        let name = key.strip_suffix("[]").unwrap_or(key);
        let kind = fields.iter().find(|field| field.name == name).map(|field| field.kind);
        let value = match kind {
            Some(Kind::Flag) if text.eq_ignore_ascii_case("true") => Value::Bool(true),
            Some(Kind::Flag) if text.eq_ignore_ascii_case("false") => Value::Bool(false),
            Some(Kind::Integer | Kind::Page | Kind::Limit) => text
                .parse::<i64>()
                .map_or_else(|_| Value::String(text.clone()), Value::from),
            Some(Kind::Texts) => {
                let listed = match serde_json::from_str(text) {
                    Ok(Value::Array(list)) => list,
                    _ => vec![Value::String(text.clone())],
                };
                if let Some(Value::Array(earlier)) = input.get_mut(name) {
                    earlier.extend(listed);
                    continue;
                }
                Value::Array(listed)
            }
            Some(Kind::Object(_) | Kind::Map | Kind::Any) => {
                serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone()))
            }
            _ => Value::String(text.clone()),
        };
        input.insert(name.to_owned(), value);
    }
    input
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const FIELDS: &[Field] = &[
        need("how", Kind::OneOf(&["A", "B"])),
        when("how", "A", "a", Kind::Object(&[need("code", Kind::Text)])).or("oldA"),
        may("list", Kind::Texts),
        may("limit", Kind::Limit),
        may("flag", Kind::Flag),
    ];

    fn faults(input: Value) -> String {
        let Value::Object(mut input) = input else {
            panic!("not an object")
        };
        check(FIELDS, &mut input).map_or_else(|failure| failure.message.into_owned(), |()| String::new())
    }

    #[test]
    fn names_what_is_wrong() {
        assert_eq!(faults(json!({})), "how should not be empty");
        assert_eq!(faults(json!({ "how": "C" })), "how must be a valid enum value");
        assert_eq!(
            faults(json!({ "how": "A", "a": { "code": 7 } })),
            "a.code must be a string"
        );
        assert_eq!(faults(json!({ "how": "A", "oldA": { "code": "7" } })), "");
        assert_eq!(faults(json!({ "how": "B", "a": { "code": "" } })), "");
        assert_eq!(
            faults(json!({ "how": "A", "limit": 51 })),
            "a should not be empty,limit must not be greater than 50"
        );
    }

    #[test]
    fn reads_lists_in_every_spelling() {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        for pairs in [
            vec![pair("list", "x"), pair("list", "y")],
            vec![pair("list[]", "x"), pair("list[]", "y")],
            vec![pair("list", r#"["x","y"]"#)],
        ] {
            assert_eq!(Value::Object(read_pairs(FIELDS, &pairs)), json!({ "list": ["x", "y"] }));
        }
        let pairs = [pair("limit", "3"), pair("flag", "True"), pair("how", "A")];
        assert_eq!(
            Value::Object(read_pairs(FIELDS, &pairs)),
            json!({ "limit": 3, "flag": true, "how": "A" })
        );
    }
}
