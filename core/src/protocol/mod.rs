//! Tokens and protocols: OpenID Connect, OAuth 2.0, CAS and SAML, the sign-in through the browser, and what holds and
//! checks the tokens that come out of it.
//!
//! A section module reads from top to bottom: the table of its operations, then their types. The endpoints in the tables
//! are raw: they carry tokens and check nothing. To sign a user in through the browser, use `protocol::flow` (with the
//! feature `oidc`), which leaves no check out.

#[cfg(feature = "oidc")]
pub mod bearer;
#[cfg(feature = "cas")]
pub mod cas;
#[cfg(feature = "oidc")]
pub mod claims;
pub mod events;
#[cfg(feature = "oidc")]
pub mod flow;
pub mod interaction;
mod kept;
#[cfg(feature = "oidc")]
pub mod keys;
#[cfg(feature = "management")]
pub mod management_token;
pub mod oauth;
pub mod oidc;
#[cfg(feature = "password-encryption")]
pub mod password;
#[cfg(feature = "oidc")]
pub mod pkce;
pub mod publish;
pub mod saml;
pub mod sign_out;
#[cfg(feature = "management")]
pub mod signature;
#[cfg(feature = "oidc")]
mod signed_in;
mod token_answer;
pub mod token_set;
pub mod tokens;
#[cfg(feature = "oidc")]
pub mod verify;
#[cfg(feature = "webhooks")]
pub mod webhooks;

use serde_json::Value;

use crate::OperationInfo;

/// The rows of every section.
pub(crate) const REGISTERS: &[&[OperationInfo]] = &[
    #[cfg(feature = "cas")]
    cas::REGISTER,
    interaction::REGISTER,
    oauth::REGISTER,
    oidc::REGISTER,
    publish::REGISTER,
    tokens::REGISTER,
];

/// Shows each operation, with its types.
#[cfg(feature = "full-serde")]
pub(crate) fn visit<V: crate::OperationVisitor>(visitor: &mut V) {
    #[cfg(feature = "cas")]
    cas::visit(visitor);
    interaction::visit(visitor);
    oauth::visit(visitor);
    oidc::visit(visitor);
    publish::visit(visitor);
    tokens::visit(visitor);
}

/// A free-form object, from which the documented members are taken. What is of another type than documented, or not
/// documented at all, stays behind in it, so that nothing is lost and nothing fails.
struct Claims(crate::JsonObject);

impl Claims {
    /// A text; a number or boolean in its place becomes one.
    fn text(&mut self, name: &str) -> Option<String> {
        self.take(name, |value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(boolean) => Some(boolean.to_string()),
            _ => None,
        })
    }

    /// A whole number, also as a text.
    fn integer(&mut self, name: &str) -> Option<i64> {
        self.take(name, |value| match value {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        })
    }

    /// A boolean, also as a text.
    fn boolean(&mut self, name: &str) -> Option<bool> {
        self.take(name, |value| match value {
            Value::Bool(boolean) => Some(*boolean),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        })
    }

    /// Anything but null.
    fn value(&mut self, name: &str) -> Option<Value> {
        self.take(name, |value| Some(value.clone()))
    }

    fn take<T>(&mut self, name: &str, read: impl FnOnce(&Value) -> Option<T>) -> Option<T> {
        let value = self.0.get(name)?;
        if value.is_null() {
            // Absent and null are the same.
            self.0.remove(name);
            return None;
        }
        let read = read(value)?;
        self.0.remove(name);
        Some(read)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn every_documented_request_has_a_row() {
        let mut names = BTreeSet::new();
        for info in crate::all_operations() {
            assert!(names.insert(info.name), "{} stands twice", info.name);
        }
        for name in [
            "exchangeToken",
            "introspectToken",
            "revokeToken",
            "userInfo",
            "userInfoPost",
            "openidConfiguration",
            "jwks",
            "jwksOfApp",
            "oauthExchangeToken",
            "oauthIntrospectToken",
            "oauthRevokeToken",
            "oauthUserInfo",
            "oauthUserInfoPost",
            "validateToken",
            "validatePEMKey",
            "interactionLogin",
            "interactionEnd",
            "interactionConfirm",
            "interactionAbort",
            "getManagementToken",
            "pubUserEvent",
            // The official clients' own methods.
            "getAccessTokenByCode",
            "getNewAccessTokenByRefreshToken",
            "getAccessTokenByClientCredentials",
            "getUserInfoByAccessToken",
            "pub",
            #[cfg(feature = "cas")]
            "casValidateV1",
            #[cfg(feature = "cas")]
            "casValidateV2",
            #[cfg(feature = "cas")]
            "validateTicketV1",
            #[cfg(feature = "cas")]
            "validateTicketV2",
        ] {
            assert!(
                names.contains(&*format!("AuthenticationClient.{name}")),
                "{name} is missing"
            );
        }
    }
}
