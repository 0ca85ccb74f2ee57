//! Signing in with another device: QR codes and push messages.

use serde::{Deserialize, Serialize};

use crate::dto::wire::open_enum;
use crate::model::tokens::LoginTokenResponseDataDto;
use crate::{JsonObject, OrText, Secret};

open_enum! {
    /// What scans a sign-in QR code.
    pub enum QrCodeType {
        /// A self-built mobile app.
        MobileApp = "MOBILE_APP",
        /// A WeChat mini program.
        WechatMiniProgram = "WECHAT_MINIPROGRAM",
        /// WeChat, by following an official account.
        WechatOfficialAccount = "WECHAT_OFFICIAL_ACCOUNT",
    }
}

open_enum! {
    /// How far a sign-in by QR code has come.
    pub enum QrCodeStatus {
        /// Not scanned yet.
        Pending = "PENDING",
        /// Scanned; the user has not decided yet.
        Scanned = "SCANNED",
        /// The user agreed.
        Authorized = "AUTHORIZED",
        /// The user refused.
        Cancelled = "CANCELLED",
        /// The code is too old; make a new one.
        Expired = "EXPIRED",
        /// An unknown error occurred.
        Error = "ERROR",
    }
}

open_enum! {
    /// What the user of an app did with a scanned QR code.
    pub enum QrCodeAction {
        /// Scanned it; report this right after the scan.
        Scan = "SCAN",
        /// Agreed to the sign-in; only after `SCAN`.
        Confirm = "CONFIRM",
        /// Refused the sign-in; only after `SCAN`.
        Cancel = "CANCEL",
    }
}

open_enum! {
    /// What an app wants from a quick authentication QR code.
    pub enum AppQrCodeLoginAction {
        /// To be signed in.
        AppLogin = "APP_LOGIN",
    }
}

open_enum! {
    /// How far a push sign-in has come.
    pub enum PushCodeStatus {
        /// The message was sent; the user has not decided yet.
        Pushed = "PUSHED",
        /// The user agreed.
        Authorized = "AUTHORIZED",
        /// The user refused.
        Cancelled = "CANCELLED",
        /// The user did not decide in time.
        Expired = "EXPIRED",
        /// An unknown error occurred.
        Error = "ERROR",
    }
}

open_enum! {
    /// The user's decision on a push sign-in.
    pub enum PushCodeAction {
        /// Agreed to the sign-in.
        Confirm = "CONFIRM",
        /// Refused the sign-in.
        Cancel = "CANCEL",
    }
}

/// What kind of sign-in QR code to make.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GenerateQrcodeDto {
    /// What scans the code.
    pub r#type: QrCodeType,
    /// ID of the identity source connection, for mini program and official account codes; default is the first fitting
    /// one that the application has switched on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ext_idp_conn_id: Option<String>,
    /// Custom data stored with the user after a successful sign-in; only for `MOBILE_APP`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_data: Option<JsonObject>,
    /// Further data for the context of the pipeline functions; only for `WECHAT_OFFICIAL_ACCOUNT` and
    /// `WECHAT_MINIPROGRAM`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<JsonObject>,
    /// Whether the server draws the application's logo into the picture, default false; only for `WECHAT_MINIPROGRAM`.
    /// It slows the answer down, so better draw it in the client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_merge_qr_code: Option<bool>,
}

impl GenerateQrcodeDto {
    /// With everything that is required.
    pub fn new(r#type: impl Into<QrCodeType>) -> Self {
        Self {
            r#type: r#type.into(),
            ext_idp_conn_id: None,
            custom_data: None,
            context: None,
            auto_merge_qr_code: None,
        }
    }

    /// Sets [`ext_idp_conn_id`](Self::ext_idp_conn_id).
    pub fn with_ext_idp_conn_id(mut self, ext_idp_conn_id: impl Into<String>) -> Self {
        self.ext_idp_conn_id = Some(ext_idp_conn_id.into());
        self
    }

    /// Sets [`custom_data`](Self::custom_data).
    pub fn with_custom_data(mut self, custom_data: JsonObject) -> Self {
        self.custom_data = Some(custom_data);
        self
    }

    /// Sets [`context`](Self::context).
    pub fn with_context(mut self, context: JsonObject) -> Self {
        self.context = Some(context);
        self
    }

    /// Sets [`auto_merge_qr_code`](Self::auto_merge_qr_code).
    pub fn with_auto_merge_qr_code(mut self, auto_merge_qr_code: bool) -> Self {
        self.auto_merge_qr_code = Some(auto_merge_qr_code);
        self
    }
}

/// A sign-in QR code.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GeneQRCodeDataDto {
    /// ID of the code, to ask for its state with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qrcode_id: Option<String>,
    /// Address of the picture to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Address of the logo to draw over a mini program code; present when `auto_merge_qr_code` is off and a logo is
    /// configured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_logo_url: Option<String>,
}

/// Input of `check_qr_code_status`.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CheckQrcodeStatusDto {
    /// ID of the QR code, from `gene_qr_code`.
    pub qrcode_id: String,
}

impl CheckQrcodeStatusDto {
    /// With everything that is required.
    pub fn new(qrcode_id: impl Into<String>) -> Self {
        Self {
            qrcode_id: qrcode_id.into(),
        }
    }
}

/// The state of a sign-in QR code.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CheckQRCodeStatusDataDto {
    /// How far the sign-in has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<QrCodeStatus>,
    /// Ticket to trade for the tokens with `exchange_token_set_with_qr_code_ticket`, good for 300 seconds; present
    /// once authorized, unless the application returns the tokens here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<Secret>,
    /// Name and picture of the user who scanned; present once scanned, authorized or cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brief_user_info: Option<OrText<QRCodeStatusBriefUserInfoDto>>,
    /// Tokens of the user; present once authorized, and only if the security settings of the application allow it (off
    /// by default).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_set: Option<LoginTokenResponseDataDto>,
}

/// What may be shown about the user who scanned a QR code.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct QRCodeStatusBriefUserInfoDto {
    /// Name to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Address of the user's picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub photo: Option<String>,
}

/// A QR code ticket to trade for tokens.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ExchangeTokenSetWithQRcodeTicketDto {
    /// Ticket from `get_qr_code_status`, good for 300 seconds.
    pub ticket: Secret,
    /// ID of the application; needed when its token endpoint method is `client_secret_post`.
    #[serde(rename = "client_id", skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Secret of the application; needed when its token endpoint method is `client_secret_post`, and to be left out
    /// otherwise.
    #[serde(rename = "client_secret", skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<Secret>,
}

impl ExchangeTokenSetWithQRcodeTicketDto {
    /// With everything that is required.
    pub fn new(ticket: impl Into<Secret>) -> Self {
        Self {
            ticket: ticket.into(),
            client_id: None,
            client_secret: None,
        }
    }

    /// Sets [`client_id`](Self::client_id).
    pub fn with_client_id(mut self, client_id: impl Into<String>) -> Self {
        self.client_id = Some(client_id.into());
        self
    }

    /// Sets [`client_secret`](Self::client_secret).
    pub fn with_client_secret(mut self, client_secret: impl Into<Secret>) -> Self {
        self.client_secret = Some(client_secret.into());
        self
    }
}

/// A report of what the user did with a sign-in QR code.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ChangeQRCodeStatusDto {
    /// ID of the scanned code.
    pub qrcode_id: String,
    /// What the user did; `SCAN` must come before the others.
    pub action: QrCodeAction,
}

impl ChangeQRCodeStatusDto {
    /// With everything that is required.
    pub fn new(qrcode_id: impl Into<String>, action: impl Into<QrCodeAction>) -> Self {
        Self {
            qrcode_id: qrcode_id.into(),
            action: action.into(),
        }
    }
}

/// Input of `get_app_login_qr_code_status`.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GetAppLoginQrcodeStatusDto {
    /// ID of the QR code, from `gene_fastpass_qrcode_info`.
    pub qrcode_id: String,
}

impl GetAppLoginQrcodeStatusDto {
    /// With everything that is required.
    pub fn new(qrcode_id: impl Into<String>) -> Self {
        Self {
            qrcode_id: qrcode_id.into(),
        }
    }
}

/// A sign-in of an app by a quick authentication QR code.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AppQRCodeLoginDto {
    /// ID of the scanned code, from `gene_fastpass_qrcode_info`.
    pub qrcode_id: String,
    /// What the app wants; there is only `APP_LOGIN`.
    pub action: AppQrCodeLoginAction,
}

impl AppQRCodeLoginDto {
    /// With everything that is required.
    pub fn new(qrcode_id: impl Into<String>, action: impl Into<AppQrCodeLoginAction>) -> Self {
        Self {
            qrcode_id: qrcode_id.into(),
            action: action.into(),
        }
    }
}

/// The account to be signed in by push message.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByPushDto {
    /// User name, phone number or e-mail address of the user.
    pub account: String,
    /// Scope and other optional settings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub options: Option<SignInByPushOptionsDto>,
}

impl SignInByPushDto {
    /// With everything that is required.
    pub fn new(account: impl Into<String>) -> Self {
        Self {
            account: account.into(),
            options: None,
        }
    }

    /// Sets [`options`](Self::options).
    pub fn with_options(mut self, options: impl Into<SignInByPushOptionsDto>) -> Self {
        self.options = Some(options.into());
        self
    }
}

/// Optional settings of a push sign-in.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByPushOptionsDto {
    /// Scopes asked for, separated by blanks; must hold `openid`, and `offline_access` to get a refresh token. The
    /// others (`profile`, `username`, `email`, `phone`, `roles`, `external_id`, `extended_fields`, `tenant_id`) decide
    /// what the ID token tells about the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Further data that the pipeline functions of the user pool find in their context; declared as text, though the
    /// vendor's example is an object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// Custom data to store with the user; the fields must first be defined in the user pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_data: Option<JsonObject>,
}

impl SignInByPushOptionsDto {
    /// With nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`scope`](Self::scope).
    pub fn with_scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// Sets [`context`](Self::context).
    pub fn with_context(mut self, context: impl Into<String>) -> Self {
        self.context = Some(context.into());
        self
    }

    /// Sets [`custom_data`](Self::custom_data).
    pub fn with_custom_data(mut self, custom_data: JsonObject) -> Self {
        self.custom_data = Some(custom_data);
        self
    }
}

/// A push sign-in that waits for the user.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GenePushCodeDataDto {
    /// ID of the push sign-in, to ask for its state with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub push_code_id: Option<String>,
    /// Seconds until the push sign-in is void, normally 120.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expire_time: Option<i64>,
}

/// Input of `check_push_code_status`.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CheckPushcodeStatusDto {
    /// ID of the push sign-in, from `sign_in_by_push`.
    pub push_code_id: String,
}

impl CheckPushcodeStatusDto {
    /// With everything that is required.
    pub fn new(push_code_id: impl Into<String>) -> Self {
        Self {
            push_code_id: push_code_id.into(),
        }
    }
}

/// The state of a push sign-in.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CheckPushCodeStatusDataDto {
    /// How far the sign-in has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<PushCodeStatus>,
    /// Tokens of the user; present only once authorized.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_set: Option<LoginTokenResponseDataDto>,
}

/// The user's decision on a push sign-in.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ChangePushCodeStatusDto {
    /// ID of the push sign-in, from the push message.
    pub push_code_id: String,
    /// What the user decided.
    pub action: PushCodeAction,
}

impl ChangePushCodeStatusDto {
    /// With everything that is required.
    pub fn new(push_code_id: impl Into<String>, action: impl Into<PushCodeAction>) -> Self {
        Self {
            push_code_id: push_code_id.into(),
            action: action.into(),
        }
    }
}

/// The push sign-in whose approving applications are asked for.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GetPushCodeRelationAppsDto {
    /// ID of the push sign-in.
    pub push_code_id: String,
    /// ID of the application that started the push sign-in.
    pub app_id: String,
}

impl GetPushCodeRelationAppsDto {
    /// With everything that is required.
    pub fn new(push_code_id: impl Into<String>, app_id: impl Into<String>) -> Self {
        Self {
            push_code_id: push_code_id.into(),
            app_id: app_id.into(),
        }
    }
}

/// The applications that may approve a push sign-in.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GetPushCodeRelationAppsDataDto {
    /// IDs of the client applications linked to the one that started the sign-in.
    #[serde(default, deserialize_with = "crate::dto::wire::list")]
    pub app_ids: Vec<String>,
}

/// A request for a quick authentication QR code.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInFastpassDto {
    /// Scope and other optional settings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub options: Option<SignInFastpassOptionsDto>,
}

impl SignInFastpassDto {
    /// With nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`options`](Self::options).
    pub fn with_options(mut self, options: impl Into<SignInFastpassOptionsDto>) -> Self {
        self.options = Some(options.into());
        self
    }
}

/// Optional settings of a quick authentication.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInFastpassOptionsDto {
    /// Scopes asked for, separated by blanks; must hold `openid`, and `offline_access` to get a refresh token. The
    /// others (`profile`, `username`, `email`, `phone`, `roles`, `external_id`, `extended_fields`, `tenant_id`) decide
    /// what the ID token tells about the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Further data that the pipeline functions of the user pool find in their context.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<JsonObject>,
    /// Custom data to store with the user; the fields must first be defined in the user pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_data: Option<JsonObject>,
}

impl SignInFastpassOptionsDto {
    /// With nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`scope`](Self::scope).
    pub fn with_scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// Sets [`context`](Self::context).
    pub fn with_context(mut self, context: JsonObject) -> Self {
        self.context = Some(context);
        self
    }

    /// Sets [`custom_data`](Self::custom_data).
    pub fn with_custom_data(mut self, custom_data: JsonObject) -> Self {
        self.custom_data = Some(custom_data);
        self
    }
}

/// The data to put into a quick authentication QR code.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GeneFastpassQRCodeInfoDto {
    /// What the code is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scene: Option<String>,
    /// ID of the code, to ask for its state with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qrcode_id: Option<String>,
    /// Base address of the API that the scanning app has to call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_host: Option<String>,
    /// User the code was made for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<FastpassUserInfoDto>,
    /// ID of the application the user was signed in to when the code was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
    /// User pool of that user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userpool: Option<FastpassUserInfoDto>,
}

/// The user or user pool that a quick authentication QR code belongs to.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FastpassUserInfoDto {
    /// ID of the user or pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Name to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Address of the picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub photo: Option<String>,
}

/// Input of `get_fastpass_params`.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GetFastpassClientAppsDto {
    /// ID of the scanned QR code, from `gene_fastpass_qrcode_info`.
    pub qrcode_id: String,
    /// ID of the application, presumably the `app_id` read from the QR code.
    pub app_id: String,
}

impl GetFastpassClientAppsDto {
    /// With everything that is required.
    pub fn new(qrcode_id: impl Into<String>, app_id: impl Into<String>) -> Self {
        Self {
            qrcode_id: qrcode_id.into(),
            app_id: app_id.into(),
        }
    }
}

/// The applications that a quick authentication QR code can sign in to.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GetFastpassQRCodeRelationAppsDto {
    /// The client applications.
    #[serde(default, deserialize_with = "crate::dto::wire::list")]
    pub relation_apps: Vec<FastpassQRCodeRelationAppDto>,
}

/// An application that a quick authentication QR code can sign in to.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FastpassQRCodeRelationAppDto {
    /// ID of the application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Name of the application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Logo of the application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
}

/// Input of `get_qr_code_status`.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GetQrcodeStatusDto {
    /// ID of the QR code, from `gene_qr_code`.
    pub qrcode_id: String,
}

impl GetQrcodeStatusDto {
    /// With everything that is required.
    pub fn new(qrcode_id: impl Into<String>) -> Self {
        Self {
            qrcode_id: qrcode_id.into(),
        }
    }
}
