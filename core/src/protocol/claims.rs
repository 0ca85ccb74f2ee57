//! What the tokens of this service say: the claims of ID tokens and of access tokens.
//!
//! The claims that decide whether a token is good are read strictly, by [`verify`](super::verify). What describes the user
//! is read leniently: almost all of it is null in the tokens of this service, and a value of an unexpected type is no reason
//! to refuse a user whose token is good.
//!
//! Claims can be serialised, for the session of a web application. They are personal data: keep them where the user alone, or
//! nobody but the server, can read them; and where they decide anything, where nobody can change them.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::JsonObject;
use crate::model::user::Gender;

/// A type that a claim has, on the wire and here.
trait Claim: Sized {
    /// Takes the claim out of the others. What cannot be understood counts as absent.
    fn take(claims: &mut JsonObject, name: &str) -> Self;

    /// Puts it back.
    fn put(&self, name: &str, claims: &mut JsonObject);
}

/// Makes a struct readable from an object, a claim for each field, and writable as one.
macro_rules! claims {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $( $(#[$field_meta:meta])* pub $field:ident: $type:ty, )*
        }
    ) => {
        $(#[$meta])*
        pub struct $name {
            $( $(#[$field_meta])* pub $field: $type, )*
        }

        impl $name {
            /// The claims of an object.
            pub(super) fn read(mut claims: JsonObject) -> Self {
                Self {
                    $( $field: Claim::take(&mut claims, stringify!($field)), )*
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                JsonObject::deserialize(deserializer).map(Self::read)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut claims = JsonObject::new();
                $( self.$field.put(stringify!($field), &mut claims); )*
                claims.serialize(serializer)
            }
        }
    };
}

claims!(
    /// The claims of an ID token.
    #[derive(Debug, Clone, Default)]
    #[non_exhaustive]
    pub struct IdTokenClaims {
        /// Who issued it: `https://<host of the application>/oidc`.
        pub iss: String,
        /// The user's id.
        pub sub: String,
        /// Whom it is for: the application's id, on the wire as a text or as a list.
        pub aud: Vec<String>,
        /// When it ends, in seconds since 1970.
        pub exp: i64,
        /// When it was issued, in seconds since 1970.
        pub iat: i64,
        /// From when on it is valid, in seconds since 1970.
        pub nbf: Option<i64>,
        /// When the user signed in, in seconds since 1970.
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
        pub acr: Option<String>,
        /// By which means the user proved who they are.
        pub amr: Vec<String>,
        /// The session at the service.
        pub sid: Option<String>,
        /// Id of the token.
        pub jti: Option<String>,
        /// Full name.
        pub name: Option<String>,
        /// Given name.
        pub given_name: Option<String>,
        /// Middle name.
        pub middle_name: Option<String>,
        /// Family name.
        pub family_name: Option<String>,
        /// Nickname.
        pub nickname: Option<String>,
        /// Name the user prefers to be called by.
        pub preferred_username: Option<String>,
        /// User name; with the scope `username`.
        pub username: Option<String>,
        /// URL of the user's page.
        pub profile: Option<String>,
        /// URL of the user's picture.
        pub picture: Option<String>,
        /// URL of the user's own website.
        pub website: Option<String>,
        /// E-mail address; with the scope `email`. Look at [`email_verified`](Self::email_verified) before relying on it.
        pub email: Option<String>,
        /// Whether the e-mail address has been verified.
        pub email_verified: Option<bool>,
        /// Gender: this service says `U` until the user tells.
        pub gender: Option<Gender>,
        /// Date of birth.
        pub birthdate: Option<String>,
        /// Time zone.
        pub zoneinfo: Option<String>,
        /// Language.
        pub locale: Option<String>,
        /// Phone number; with the scope `phone`.
        pub phone_number: Option<String>,
        /// Whether the phone number has been verified.
        pub phone_number_verified: Option<bool>,
        /// Postal address; with the scope `address`.
        pub address: Option<AddressClaim>,
        /// When the user was last changed. This service sends ISO 8601 text where the standard has a number; a number becomes
        /// its digits.
        pub updated_at: Option<String>,
        /// Id of the user in another system of yours; with the scope `external_id`.
        pub external_id: Option<String>,
        /// Id of the user at WeChat, over all applications of one owner; with the scope `unionid`.
        pub unionid: Option<String>,
        /// Id of the user pool; with the scope `userpool_id`.
        pub userpool_id: Option<String>,
        /// Id of the tenant; with the scope `tenant_id`.
        pub tenant_id: Option<String>,
        /// Every other claim. The service puts the claims that a pipeline or the console adds beside the standard ones, so what
        /// is left over is theirs.
        pub custom: JsonObject,
    }
);

claims!(
    /// The claims of an access token.
    #[derive(Debug, Clone, Default)]
    #[non_exhaustive]
    pub struct AccessTokenClaims {
        /// Who issued it: `https://<host of the application>/oidc`.
        pub iss: String,
        /// Whom it is for: the application's id or, where a machine calls a machine, the id of the resource's application.
        pub aud: Vec<String>,
        /// When it ends, in seconds since 1970.
        pub exp: i64,
        /// When it was issued, in seconds since 1970.
        pub iat: Option<i64>,
        /// From when on it is valid, in seconds since 1970.
        pub nbf: Option<i64>,
        /// The user's id. Absent where no user is involved (client credentials).
        pub sub: Option<String>,
        /// Who asked for it: with client credentials, the access key.
        pub azp: Option<String>,
        /// The application that asked for it, where the issuer says so in this way.
        pub client_id: Option<String>,
        /// Id of the token.
        pub jti: Option<String>,
        /// What it allows: scopes separated by blanks. See [`has_scope`](Self::has_scope).
        pub scope: Option<String>,
        /// Every other claim; they stand beside the standard ones.
        pub custom: JsonObject,
    }
);

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

claims!(
    /// A postal address; this service sends it with every member, most of them null.
    #[derive(Debug, Clone, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub struct AddressClaim {
        /// The whole address, formatted for display.
        pub formatted: Option<String>,
        /// Street and house number.
        pub street_address: Option<String>,
        /// City.
        pub locality: Option<String>,
        /// Province, state or region.
        pub region: Option<String>,
        /// Postal code.
        pub postal_code: Option<String>,
        /// Country.
        pub country: Option<String>,
    }
);

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

fn text_of(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(boolean) => Some(boolean.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn put(claims: &mut JsonObject, name: &str, value: Option<Value>) {
    if let Some(value) = value {
        claims.insert(name.to_owned(), value);
    }
}

impl Claim for String {
    fn take(claims: &mut JsonObject, name: &str) -> Self {
        <Option<Self> as Claim>::take(claims, name).unwrap_or_default()
    }

    fn put(&self, name: &str, claims: &mut JsonObject) {
        put(claims, name, Some(Value::String(self.clone())));
    }
}

impl Claim for Option<String> {
    fn take(claims: &mut JsonObject, name: &str) -> Self {
        match claims.remove(name)? {
            // Words separated by blanks, in the spelling of some issuers.
            Value::Array(items) if name == "scope" => {
                Some(items.into_iter().filter_map(text_of).collect::<Vec<_>>().join(" "))
            }
            value => text_of(value),
        }
    }

    fn put(&self, name: &str, claims: &mut JsonObject) {
        put(claims, name, self.clone().map(Value::String));
    }
}

/// A list, or one item of it.
impl Claim for Vec<String> {
    fn take(claims: &mut JsonObject, name: &str) -> Self {
        match claims.remove(name) {
            Some(Value::Array(items)) => items.into_iter().filter_map(text_of).collect(),
            value => value.and_then(text_of).into_iter().collect(),
        }
    }

    fn put(&self, name: &str, claims: &mut JsonObject) {
        let items = self.iter().cloned().map(Value::String).collect();
        put(claims, name, Some(Value::Array(items)));
    }
}

impl Claim for i64 {
    fn take(claims: &mut JsonObject, name: &str) -> Self {
        <Option<Self> as Claim>::take(claims, name).unwrap_or_default()
    }

    fn put(&self, name: &str, claims: &mut JsonObject) {
        put(claims, name, Some((*self).into()));
    }
}

impl Claim for Option<i64> {
    fn take(claims: &mut JsonObject, name: &str) -> Self {
        claims.remove(name).as_ref().and_then(seconds)
    }

    fn put(&self, name: &str, claims: &mut JsonObject) {
        put(claims, name, self.map(Value::from));
    }
}

impl Claim for Option<bool> {
    fn take(claims: &mut JsonObject, name: &str) -> Self {
        match claims.remove(name)? {
            Value::Bool(boolean) => Some(boolean),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    fn put(&self, name: &str, claims: &mut JsonObject) {
        put(claims, name, self.map(Value::Bool));
    }
}

impl Claim for Option<Gender> {
    fn take(claims: &mut JsonObject, name: &str) -> Self {
        let text = claims.remove(name).and_then(text_of)?;
        Some(Gender::from(text.as_str()))
    }

    fn put(&self, name: &str, claims: &mut JsonObject) {
        put(claims, name, self.as_ref().map(|gender| gender.as_str().into()));
    }
}

/// An object, or a text that is the whole address.
impl Claim for Option<AddressClaim> {
    fn take(claims: &mut JsonObject, name: &str) -> Self {
        match claims.remove(name)? {
            Value::Object(address) => Some(AddressClaim::read(address)),
            value => text_of(value).map(|formatted| AddressClaim {
                formatted: Some(formatted),
                ..AddressClaim::default()
            }),
        }
    }

    fn put(&self, name: &str, claims: &mut JsonObject) {
        let address = self
            .as_ref()
            .map(|address| serde_json::to_value(address).unwrap_or_default());
        put(claims, name, address);
    }
}

/// Everything that no other field took: stands last.
impl Claim for JsonObject {
    fn take(claims: &mut JsonObject, _: &str) -> Self {
        std::mem::take(claims)
    }

    fn put(&self, _: &str, claims: &mut JsonObject) {
        for (name, value) in self {
            claims.insert(name.clone(), value.clone());
        }
    }
}
