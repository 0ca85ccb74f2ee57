//! The tokens that a sign-in answers.

use std::time::Duration;

use serde::Deserialize;

use crate::Secret;

/// The tokens of a user who has signed in.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LoginTokenResponseDataDto {
    /// Access token, to call APIs with on behalf of the user.
    #[serde(rename = "access_token", skip_serializing_if = "Option::is_none")]
    pub access_token: Option<Secret>,
    /// ID token, a JWT that tells who the user is.
    #[serde(rename = "id_token", skip_serializing_if = "Option::is_none")]
    pub id_token: Option<Secret>,
    /// Token to get new access tokens with; present only when the scope held `offline_access`.
    #[serde(rename = "refresh_token", skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<Secret>,
    /// Kind of the access token, `Bearer` in upper or lower case.
    #[serde(rename = "token_type", skip_serializing_if = "Option::is_none")]
    pub token_type: Option<String>,
    /// Lifetime of the access token in seconds. Servers spell it `expire_in` or `expires_in`.
    #[serde(rename = "expire_in", skip_serializing_if = "Option::is_none")]
    pub expire_in: Option<i64>,
    /// Scopes granted to the access token, separated by blanks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Lifetime of the access token in seconds, in the spelling that live servers send. See `lifetime` for whichever
    /// came.
    #[serde(rename = "expires_in", skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<i64>,
}

impl LoginTokenResponseDataDto {
    /// How long the access token lives, in whichever of the two spellings the service said it.
    pub fn lifetime(&self) -> Option<Duration> {
        let seconds = self.expires_in.or(self.expire_in)?;
        u64::try_from(seconds).ok().map(Duration::from_secs)
    }
}
