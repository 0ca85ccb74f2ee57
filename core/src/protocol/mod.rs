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
mod claim;
#[cfg(feature = "oidc")]
pub mod claims;
pub mod events;
#[cfg(feature = "oidc")]
pub mod flow;
pub mod interaction;
mod kept;
#[cfg(feature = "oidc")]
mod key_set;
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
mod token_parameters;
pub mod token_set;
pub mod tokens;
#[cfg(feature = "oidc")]
pub mod verify;
#[cfg(feature = "webhooks")]
pub mod webhooks;

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
