//! What the tokens of this service say: the claims of ID tokens and of access tokens.
//!
//! The claims that decide whether a token is good are read strictly, by [`verify`](super::verify). What describes the user
//! is read leniently: almost all of it is null in the tokens of this service, and a value of an unexpected type is no reason
//! to refuse a user whose token is good.
//!
//! Claims can be serialised, for the session of a web application. They are personal data: keep them where the user alone, or
//! nobody but the server, can read them; and where they decide anything, where nobody can change them.

use serde_json::Value;

use super::claim::{Claim, claims, text_of};
use crate::JsonObject;
use crate::model::user::Gender;

claims!(
    /// The claims of an ID token.
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
    #[derive(PartialEq, Eq)]
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
        /// Every other member.
        pub other: JsonObject,
    }
);

/// An object, or a text that is the whole address.
impl Claim for Option<AddressClaim> {
    fn take(claims: &mut JsonObject, name: &str) -> Self {
        match claims.remove(name)? {
            Value::Object(address) => Some(AddressClaim::read(address)),
            Value::Null => None,
            value => {
                let formatted = text_of(&value);
                if formatted.is_none() {
                    claims.insert(name.to_owned(), value);
                }
                formatted.map(|formatted| AddressClaim {
                    formatted: Some(formatted),
                    ..AddressClaim::default()
                })
            }
        }
    }

    fn put(&self, name: &str, claims: &mut JsonObject) {
        if let Some(own) = self {
            let mut address = JsonObject::new();
            own.write(&mut address);
            claims.insert(name.to_owned(), address.into());
        }
    }
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
