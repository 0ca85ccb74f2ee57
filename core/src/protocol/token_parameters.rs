//! The parameters that an application adds to a token request.

use serde_json::Value;

use crate::JsonObject;
use crate::error::RequestError;

/// Adds a parameter to a token request; the same name again makes a list.
pub(super) fn add_token_parameter(parameters: &mut JsonObject, name: &str, value: String) {
    let value = Value::String(value);
    match parameters.get_mut(name) {
        Some(Value::Array(values)) => values.push(value),
        Some(first) => *first = Value::Array(vec![first.take(), value]),
        None => {
            parameters.insert(name.to_owned(), value);
        }
    }
}

/// Refuses a parameter that a token request has already.
pub(super) fn check_token_parameters(parameters: &JsonObject) -> Result<(), RequestError> {
    const OWN: &[&str] = &[
        "grant_type",
        "code",
        "redirect_uri",
        "code_verifier",
        "refresh_token",
        "client_id",
        "client_secret",
        "client_assertion",
        "client_assertion_type",
    ];
    let mut names = parameters.keys();
    match names.find(|name| OWN.iter().any(|own| name.eq_ignore_ascii_case(own))) {
        Some(name) => Err(RequestError::new(format!("the parameter `{name}` cannot be set so"))),
        None => Ok(()),
    }
}
