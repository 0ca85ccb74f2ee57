//! The tokens that a sign-in answers.

use crate::dto::answer;
use std::time::Duration;

use crate::Secret;

answer!(
    /// The tokens of a user who has signed in.
    pub struct LoginTokenResponseDataDto {
        /// Access token, to call APIs with on behalf of the user.
        #[wire = "access_token"]
        pub access_token: Option<Secret>,
        /// ID token, a JWT that tells who the user is.
        #[wire = "id_token"]
        pub id_token: Option<Secret>,
        /// Token to get new access tokens with; present only when the scope held `offline_access`.
        #[wire = "refresh_token"]
        pub refresh_token: Option<Secret>,
        /// Kind of the access token, `Bearer` in upper or lower case.
        #[wire = "token_type"]
        pub token_type: Option<String>,
        /// Lifetime of the access token in seconds. Servers spell it `expire_in` or `expires_in`.
        #[wire = "expire_in"]
        pub expire_in: Option<i64>,
        /// Scopes granted to the access token, separated by blanks.
        pub scope: Option<String>,
        /// Lifetime of the access token in seconds, in the spelling that live servers send. See `lifetime` for whichever
        /// came.
        #[wire = "expires_in"]
        pub expires_in: Option<i64>,
    }
);

impl LoginTokenResponseDataDto {
    /// How long the access token lives, in whichever of the two spellings the service said it. A life that is over before
    /// it began is none, not an endless one.
    pub fn lifetime(&self) -> Option<Duration> {
        let seconds = self.expires_in.or(self.expire_in)?;
        Some(Duration::from_secs(u64::try_from(seconds).unwrap_or_default()))
    }
}
