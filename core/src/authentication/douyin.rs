//! Douyin mini programs.

use crate::dto::input;
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

input!(
    /// Encrypted data of a Douyin mini program.
    pub struct DecryptDouyinMiniProgramDataDto {
        /// Code that `tt.login` returned.
        pub code: Secret,
        /// Initial vector for decrypting the data, as Douyin returned it.
        pub iv: String,
        /// Encrypted user data that Douyin returned to the mini program.
        pub encrypted_data: String,
        /// Identifier of the identity source connection of the Douyin mini program. The wire name really has a small i in
        /// `identifier`.
        #[alias = "extIdpConnidentifier"]
        #[wire = "extIdpConnidentifier"]
        pub ext_idp_conn_identifier: String,
    }
);
