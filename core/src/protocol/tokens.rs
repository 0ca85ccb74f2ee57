//! The access token of the management API.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Secret;
use crate::operation::table::operations;

operations! {
    AuthenticationClient, "tokens";

    /// Gets an access token for the management API, for the key and secret of a user pool or of one of its
    /// administrators.
    ///
    /// The token's claim `scoped_userpool_id` names the user pool.
    GET_MANAGEMENT_TOKEN = get_management_token "getManagementToken": Public,
        POST "/api/v3/get-management-token", GetManagementAccessTokenDto => AccessTokenResDto;
}

/// Input of `get_management_token`.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GetManagementAccessTokenDto {
    /// The user pool's id, or the id of an administrator's access key.
    pub access_key_id: String,
    /// The user pool's secret, or the secret of an administrator's access key.
    pub access_key_secret: Secret,
}

impl GetManagementAccessTokenDto {
    /// With everything that is required.
    pub fn new(access_key_id: impl Into<String>, access_key_secret: impl Into<Secret>) -> Self {
        Self {
            access_key_id: access_key_id.into(),
            access_key_secret: access_key_secret.into(),
        }
    }
}

/// An access token for the management API.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(Serialize))]
#[non_exhaustive]
pub struct AccessTokenResDto {
    /// The access token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token: Option<Secret>,
    /// Its lifetime in seconds; two hours unless the service says otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<i64>,
}

impl AccessTokenResDto {
    /// How long the access token lives.
    pub fn lifetime(&self) -> Option<Duration> {
        u64::try_from(self.expires_in?).ok().map(Duration::from_secs)
    }
}
