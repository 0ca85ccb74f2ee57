//! What the tokens of this service say: the claims of ID tokens and of access tokens.
//!
//! The claims that decide whether a token is good are read strictly, by [`verify`](super::verify). What describes the user
//! is read leniently: almost all of it is null in the tokens of this service, and a value of an unexpected type is no reason
//! to refuse a user whose token is good.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::JsonObject;
use crate::model::user::Gender;

/// The claims of an ID token.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(default)]
#[non_exhaustive]
pub struct IdTokenClaims {
    /// Who issued it: `https://<host of the application>/oidc`.
    pub iss: String,
    /// The user's id.
    pub sub: String,
    /// Whom it is for: the application's id, on the wire as a text or as a list.
    #[serde(deserialize_with = "one_or_many")]
    pub aud: Vec<String>,
    /// When it ends, in seconds since 1970.
    #[serde(deserialize_with = "seconds_field")]
    pub exp: i64,
    /// When it was issued, in seconds since 1970.
    #[serde(deserialize_with = "seconds_field")]
    pub iat: i64,
    /// From when on it is valid, in seconds since 1970.
    #[serde(deserialize_with = "optional_seconds")]
    pub nbf: Option<i64>,
    /// When the user signed in, in seconds since 1970.
    #[serde(deserialize_with = "optional_seconds")]
    pub auth_time: Option<i64>,
    /// The nonce of the sign-in that it answers.
    pub nonce: Option<String>,
    /// The application that asked for it.
    pub azp: Option<String>,
    /// Half of the access token's hash.
    pub at_hash: Option<String>,
    /// Half of the authorisation code's hash.
    pub c_hash: Option<String>,
    /// How strongly the user proved who they are.
    #[serde(deserialize_with = "lenient_text")]
    pub acr: Option<String>,
    /// By which means the user proved who they are.
    #[serde(deserialize_with = "lenient_list")]
    pub amr: Vec<String>,
    /// The session at the service.
    #[serde(deserialize_with = "lenient_text")]
    pub sid: Option<String>,
    /// Id of the token.
    #[serde(deserialize_with = "lenient_text")]
    pub jti: Option<String>,
    /// Full name.
    #[serde(deserialize_with = "lenient_text")]
    pub name: Option<String>,
    /// Given name.
    #[serde(deserialize_with = "lenient_text")]
    pub given_name: Option<String>,
    /// Middle name.
    #[serde(deserialize_with = "lenient_text")]
    pub middle_name: Option<String>,
    /// Family name.
    #[serde(deserialize_with = "lenient_text")]
    pub family_name: Option<String>,
    /// Nickname.
    #[serde(deserialize_with = "lenient_text")]
    pub nickname: Option<String>,
    /// Name the user prefers to be called by.
    #[serde(deserialize_with = "lenient_text")]
    pub preferred_username: Option<String>,
    /// User name; with the scope `username`.
    #[serde(deserialize_with = "lenient_text")]
    pub username: Option<String>,
    /// URL of the user's page.
    #[serde(deserialize_with = "lenient_text")]
    pub profile: Option<String>,
    /// URL of the user's picture.
    #[serde(deserialize_with = "lenient_text")]
    pub picture: Option<String>,
    /// URL of the user's own website.
    #[serde(deserialize_with = "lenient_text")]
    pub website: Option<String>,
    /// E-mail address; with the scope `email`. Look at [`email_verified`](Self::email_verified) before relying on it.
    #[serde(deserialize_with = "lenient_text")]
    pub email: Option<String>,
    /// Whether the e-mail address has been verified.
    #[serde(deserialize_with = "lenient_bool")]
    pub email_verified: Option<bool>,
    /// Gender: this service says `U` until the user tells.
    #[serde(deserialize_with = "lenient_gender")]
    pub gender: Option<Gender>,
    /// Date of birth.
    #[serde(deserialize_with = "lenient_text")]
    pub birthdate: Option<String>,
    /// Time zone.
    #[serde(deserialize_with = "lenient_text")]
    pub zoneinfo: Option<String>,
    /// Language.
    #[serde(deserialize_with = "lenient_text")]
    pub locale: Option<String>,
    /// Phone number; with the scope `phone`.
    #[serde(deserialize_with = "lenient_text")]
    pub phone_number: Option<String>,
    /// Whether the phone number has been verified.
    #[serde(deserialize_with = "lenient_bool")]
    pub phone_number_verified: Option<bool>,
    /// Postal address; with the scope `address`.
    #[serde(deserialize_with = "lenient_address")]
    pub address: Option<AddressClaim>,
    /// When the user was last changed. This service sends ISO 8601 text where the standard has a number; a number becomes
    /// its digits.
    #[serde(deserialize_with = "lenient_text")]
    pub updated_at: Option<String>,
    /// Id of the user in another system of yours; with the scope `external_id`.
    #[serde(deserialize_with = "lenient_text")]
    pub external_id: Option<String>,
    /// Id of the user at WeChat, over all applications of one owner; with the scope `unionid`.
    #[serde(deserialize_with = "lenient_text")]
    pub unionid: Option<String>,
    /// Id of the user pool; with the scope `userpool_id`.
    #[serde(deserialize_with = "lenient_text")]
    pub userpool_id: Option<String>,
    /// Id of the tenant; with the scope `tenant_id`.
    #[serde(deserialize_with = "lenient_text")]
    pub tenant_id: Option<String>,
    /// Every other claim. The service puts the claims that a pipeline or the console adds beside the standard ones, so what
    /// is left over is theirs; that is why they are flattened.
    #[serde(flatten)]
    pub custom: JsonObject,
}

/// The claims of an access token.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(default)]
#[non_exhaustive]
pub struct AccessTokenClaims {
    /// Who issued it: `https://<host of the application>/oidc`.
    pub iss: String,
    /// Whom it is for: the application's id or, where a machine calls a machine, the id of the resource's application.
    #[serde(deserialize_with = "one_or_many")]
    pub aud: Vec<String>,
    /// When it ends, in seconds since 1970.
    #[serde(deserialize_with = "seconds_field")]
    pub exp: i64,
    /// When it was issued, in seconds since 1970.
    #[serde(deserialize_with = "optional_seconds")]
    pub iat: Option<i64>,
    /// From when on it is valid, in seconds since 1970.
    #[serde(deserialize_with = "optional_seconds")]
    pub nbf: Option<i64>,
    /// The user's id. Absent where no user is involved (client credentials).
    pub sub: Option<String>,
    /// Who asked for it: with client credentials, the access key.
    pub azp: Option<String>,
    /// The application that asked for it, where the issuer says so in this way.
    #[serde(deserialize_with = "lenient_text")]
    pub client_id: Option<String>,
    /// Id of the token.
    #[serde(deserialize_with = "lenient_text")]
    pub jti: Option<String>,
    /// What it allows: scopes separated by blanks. See [`has_scope`](Self::has_scope).
    #[serde(deserialize_with = "lenient_words")]
    pub scope: Option<String>,
    /// Every other claim; they stand beside the standard ones, that is why they are flattened.
    #[serde(flatten)]
    pub custom: JsonObject,
}

impl AccessTokenClaims {
    /// The scopes that the token allows.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scope.as_deref().unwrap_or_default().split_ascii_whitespace()
    }

    /// Whether the token allows this scope.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes().any(|own| own == scope)
    }
}

/// A postal address; this service sends it with every member, most of them null.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(default)]
#[non_exhaustive]
pub struct AddressClaim {
    /// The whole address, formatted for display.
    #[serde(deserialize_with = "lenient_text")]
    pub formatted: Option<String>,
    /// Street and house number.
    #[serde(deserialize_with = "lenient_text")]
    pub street_address: Option<String>,
    /// City.
    #[serde(deserialize_with = "lenient_text")]
    pub locality: Option<String>,
    /// Province, state or region.
    #[serde(deserialize_with = "lenient_text")]
    pub region: Option<String>,
    /// Postal code.
    #[serde(deserialize_with = "lenient_text")]
    pub postal_code: Option<String>,
    /// Country.
    #[serde(deserialize_with = "lenient_text")]
    pub country: Option<String>,
}

/// A moment in seconds since 1970. JSON has one kind of number, so a fraction is possible; it is cut off.
pub(super) fn seconds(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| {
        #[allow(clippy::cast_possible_truncation)] // Within these bounds an i64 holds it.
        value
            .as_f64()
            .map(f64::floor)
            .filter(|number| number.abs() < 9.0e15)
            .map(|number| number as i64)
    })
}

/// A text or a list of texts.
pub(super) fn texts(value: Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(vec![text]),
        Value::Array(items) => items
            .into_iter()
            .map(|item| match item {
                Value::String(text) => Some(text),
                _ => None,
            })
            .collect(),
        _ => None,
    }
}

fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    texts(Value::deserialize(deserializer)?)
        .ok_or_else(|| serde::de::Error::custom("neither a text nor a list of texts"))
}

fn seconds_field<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    optional_seconds(deserializer)?.ok_or_else(|| serde::de::Error::custom("no moment"))
}

fn optional_seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        value => seconds(&value)
            .map(Some)
            .ok_or_else(|| serde::de::Error::custom("no moment")),
    }
}

fn text_of(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(boolean) => Some(boolean.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn lenient_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Value::deserialize(deserializer).map(text_of)
}

fn lenient_bool<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Bool(boolean) => Some(boolean),
        Value::String(text) => text.parse().ok(),
        _ => None,
    })
}

fn lenient_list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Array(items) => items.into_iter().filter_map(text_of).collect(),
        value => text_of(value).into_iter().collect(),
    })
}

fn lenient_words<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Array(items) => Some(items.into_iter().filter_map(text_of).collect::<Vec<_>>().join(" ")),
        value => text_of(value),
    })
}

fn lenient_gender<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Gender>, D::Error> {
    Ok(text_of(Value::deserialize(deserializer)?).map(|text| Gender::from(text.as_str())))
}

fn lenient_address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<AddressClaim>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        address @ Value::Object(_) => serde_json::from_value(address).ok(),
        value => text_of(value).map(|formatted| AddressClaim {
            formatted: Some(formatted),
            ..AddressClaim::default()
        }),
    })
}
