//! WeChat mini programs and official accounts.

use crate::dto::answer;
use crate::dto::input;
use serde_json::Value;

use crate::Secret;
use crate::operation::table::operations;

operations! {
    AuthenticationClient, "wechat";

    /// Decrypts data that WeChat gave to a mini program in encrypted form.
    ///
    /// Call `wx.login` in the mini program first, since the server needs its `code` to get the session key. The shape
    /// of the answer is that of the decrypted data.
    DECRYPT_WECHAT_MINI_PROGRAM_DATA = decrypt_wechat_mini_program_data "decryptWechatMiniProgramData": Application,
        POST "/api/v3/decrypt-wechat-miniprogram-data", DecryptWechatMiniProgramDataDto => Value;

    /// Gets the phone number that a user released in a WeChat mini program.
    ///
    /// The `code` is the one WeChat hands out with the phone number permission, not the one of `wx.login`.
    GET_WECHAT_MINIPROGRAM_PHONE = get_wechat_miniprogram_phone "getWechatMiniprogramPhone": Application,
        POST "/api/v3/get-wechat-miniprogram-phone", GetWechatMiniProgramPhoneDto => GetWechatMiniProgramPhoneDataDto;

    /// Gets the WeChat access token of a mini program or official account that GenAuth keeps in its cache.
    ///
    /// Superseded by `get_wechat_mp_access_token_info`, which takes and answers the same.
    #[deprecated = "use `get_wechat_mp_access_token_info`"]
    GET_WECHAT_MP_ACCESS_TOKEN = get_wechat_mp_access_token "getWechatMpAccessToken": Application,
        POST "/api/v3/get-wechat-access-token", GetWechatAccessTokenDto => GetWechatAccessTokenDataDto;

    /// Gets the WeChat access token of a mini program or official account that GenAuth keeps in its cache.
    ///
    /// The WeChat application is named by its own ID and secret. The token can be used until `expires_at`; ask again
    /// afterwards. Keep this call on a server: it sends the WeChat secret.
    GET_WECHAT_MP_ACCESS_TOKEN_INFO = get_wechat_mp_access_token_info "getWechatMpAccessTokenInfo": Application,
        POST repeatable "/api/v3/get-wechat-access-token-info", GetWechatAccessTokenDto => GetWechatAccessTokenDataDto;
}

input!(
    /// Encrypted data of a WeChat mini program.
    pub struct DecryptWechatMiniProgramDataDto {
        /// Identifier of the identity source connection of the WeChat mini program. The wire name really has a small i in
        /// `identifier`.
        #[alias = "extIdpConnidentifier"]
        #[wire = "extIdpConnidentifier"]
        pub ext_idp_conn_identifier: String,
        /// Encrypted user data that WeChat returned to the mini program.
        pub encrypted_data: String,
        /// Initial vector for decrypting the data, as WeChat returned it.
        pub iv: String,
        /// Code that `wx.login` returned.
        pub code: Secret,
    }
);

input!(
    /// The user's permission to read their phone number in a WeChat mini program.
    pub struct GetWechatMiniProgramPhoneDto {
        /// Identifier of the identity source connection of the WeChat mini program. The wire name really has a small i in
        /// `identifier`.
        #[alias = "extIdpConnidentifier"]
        #[wire = "extIdpConnidentifier"]
        pub ext_idp_conn_identifier: String,
        /// Code that WeChat returned with the phone number permission; not the one of `wx.login`.
        pub code: Secret,
    }
);

answer!(
    /// A phone number from a WeChat mini program.
    pub struct GetWechatMiniProgramPhoneDataDto {
        /// Number with country code, such as `+86188xxxx8888`.
        pub phone_number: Option<String>,
        /// Number without country code.
        pub pure_phone_number: Option<String>,
        /// Country code without plus sign, such as `86`.
        pub country_code: Option<String>,
    }
);

input!(
    /// The WeChat mini program or official account whose access token is wanted.
    pub struct GetWechatAccessTokenDto {
        /// ID that WeChat gave to the mini program or official account.
        pub app_id: String,
        /// Secret that WeChat gave to the mini program or official account.
        pub app_secret: Secret,
    }
);

answer!(
    /// A WeChat access token.
    pub struct GetWechatAccessTokenDataDto {
        /// The WeChat access token, from GenAuth's cache.
        pub access_token: Option<Secret>,
        /// When the token expires: a Unix time in seconds, declared as text.
        pub expires_at: Option<String>,
    }
);
