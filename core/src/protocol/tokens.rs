//! The access token of the management API.

use crate::dto::answer;
use crate::dto::input;
use std::time::Duration;

use crate::Secret;
use crate::operation::table::operations;

operations! {
    AuthenticationClient, "tokens";

    /// Gets an access token for the management API, for the key and secret of a user pool or of one of its
    /// administrators.
    ///
    /// The token's claim `scoped_userpool_id` names the user pool.
    GET_MANAGEMENT_TOKEN = get_management_token "getManagementToken": None,
        POST "/api/v3/get-management-token", GetManagementAccessTokenDto => AccessTokenResDto;
}

input!(
    /// Input of `get_management_token`.
    pub struct GetManagementAccessTokenDto {
        /// The user pool's id, or the id of an administrator's access key.
        pub access_key_id: String,
        /// The user pool's secret, or the secret of an administrator's access key.
        pub access_key_secret: Secret,
    }
);

answer!(
    /// An access token for the management API.
    pub struct AccessTokenResDto {
        /// The access token.
        #[wire = "access_token"]
        pub access_token: Option<Secret>,
        /// Its lifetime in seconds; two hours unless the service says otherwise.
        #[wire = "expires_in"]
        pub expires_in: Option<i64>,
    }
);

impl AccessTokenResDto {
    /// How long the access token lives.
    pub fn lifetime(&self) -> Option<Duration> {
        u64::try_from(self.expires_in?).ok().map(Duration::from_secs)
    }
}
