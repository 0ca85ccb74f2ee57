//! Douyin mini programs.

use serde::Serialize;
use serde_json::Value;

use crate::Secret;
use crate::operation::table::operations;

operations! {
    AuthenticationClient, "douyin";

    /// Decrypts user information that Douyin gave to a mini program in encrypted form.
    ///
    /// Call `tt.login` in the mini program first, since the server needs its `code`. The shape of the answer is that
    /// of the decrypted data.
    DECRYPT_DOUYIN_MINI_PROGRAM_DATA = decrypt_douyin_mini_program_data "decryptDouyinMiniProgramData": Application,
        POST "/api/v3/decrypt-douyin-miniprogram-data", DecryptDouyinMiniProgramDataDto => Value;
}

/// Encrypted data of a Douyin mini program.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DecryptDouyinMiniProgramDataDto {
    /// Code that `tt.login` returned.
    pub code: Secret,
    /// Initial vector for decrypting the data, as Douyin returned it.
    pub iv: String,
    /// Encrypted user data that Douyin returned to the mini program.
    pub encrypted_data: String,
    /// Identifier of the identity source connection of the Douyin mini program. The wire name really has a small i in
    /// `identifier`.
    #[doc(alias = "extIdpConnidentifier")]
    #[serde(rename = "extIdpConnidentifier")]
    pub ext_idp_conn_identifier: String,
}

impl DecryptDouyinMiniProgramDataDto {
    /// With everything that is required.
    pub fn new(
        code: impl Into<Secret>,
        iv: impl Into<String>,
        encrypted_data: impl Into<String>,
        ext_idp_conn_identifier: impl Into<String>,
    ) -> Self {
        Self {
            code: code.into(),
            iv: iv.into(),
            encrypted_data: encrypted_data.into(),
            ext_idp_conn_identifier: ext_idp_conn_identifier.into(),
        }
    }
}
