//! Signing in with another device: QR codes and push messages.

use crate::dto::answer;
use crate::dto::input;

use crate::dto::open_enum;
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

input!(
    /// What kind of sign-in QR code to make.
    pub struct GenerateQrcodeDto {
        /// What scans the code.
        pub r#type: QrCodeType,
        /// ID of the identity source connection, for mini program and official account codes; default is the first fitting
        /// one that the application has switched on.
        pub ext_idp_conn_id: Option<String>,
        /// Custom data stored with the user after a successful sign-in; only for `MOBILE_APP`.
        pub custom_data: Option<JsonObject>,
        /// Further data for the context of the pipeline functions; only for `WECHAT_OFFICIAL_ACCOUNT` and
        /// `WECHAT_MINIPROGRAM`.
        pub context: Option<JsonObject>,
        /// Whether the server draws the application's logo into the picture, default false; only for `WECHAT_MINIPROGRAM`.
        /// It slows the answer down, so better draw it in the client.
        pub auto_merge_qr_code: Option<bool>,
    }
);

answer!(
    /// A sign-in QR code.
    pub struct GeneQRCodeDataDto {
        /// ID of the code, to ask for its state with.
        pub qrcode_id: Option<String>,
        /// Address of the picture to show.
        pub url: Option<String>,
        /// Address of the logo to draw over a mini program code; present when `auto_merge_qr_code` is off and a logo is
        /// configured.
        pub custom_logo_url: Option<String>,
    }
);

input!(
    /// Input of `check_qr_code_status`.
    pub struct CheckQrcodeStatusDto {
        /// ID of the QR code, from `gene_qr_code`.
        pub qrcode_id: String,
    }
);

answer!(
    /// The state of a sign-in QR code.
    pub struct CheckQRCodeStatusDataDto {
        /// How far the sign-in has come.
        pub status: Option<QrCodeStatus>,
        /// Ticket to trade for the tokens with `exchange_token_set_with_qr_code_ticket`, good for 300 seconds; present
        /// once authorized, unless the application returns the tokens here.
        pub ticket: Option<Secret>,
        /// Name and picture of the user who scanned; present once scanned, authorized or cancelled.
        pub brief_user_info: Option<OrText<QRCodeStatusBriefUserInfoDto>>,
        /// Tokens of the user; present once authorized, and only if the security settings of the application allow it (off
        /// by default).
        pub token_set: Option<LoginTokenResponseDataDto>,
    }
);

answer!(
    /// What may be shown about the user who scanned a QR code.
    pub struct QRCodeStatusBriefUserInfoDto {
        /// Name to show.
        pub display_name: Option<String>,
        /// Address of the user's picture.
        pub photo: Option<String>,
    }
);

input!(
    /// A QR code ticket to trade for tokens.
    pub struct ExchangeTokenSetWithQRcodeTicketDto {
        /// Ticket from `get_qr_code_status`, good for 300 seconds.
        pub ticket: Secret,
        /// ID of the application; needed when its token endpoint method is `client_secret_post`.
        #[wire = "client_id"]
        pub client_id: Option<String>,
        /// Secret of the application; needed when its token endpoint method is `client_secret_post`, and to be left out
        /// otherwise.
        #[wire = "client_secret"]
        pub client_secret: Option<Secret>,
    }
);

input!(
    /// A report of what the user did with a sign-in QR code.
    pub struct ChangeQRCodeStatusDto {
        /// ID of the scanned code.
        pub qrcode_id: String,
        /// What the user did; `SCAN` must come before the others.
        pub action: QrCodeAction,
    }
);

input!(
    /// Input of `get_app_login_qr_code_status`.
    pub struct GetAppLoginQrcodeStatusDto {
        /// ID of the QR code, from `gene_fastpass_qrcode_info`.
        pub qrcode_id: String,
    }
);

input!(
    /// A sign-in of an app by a quick authentication QR code.
    pub struct AppQRCodeLoginDto {
        /// ID of the scanned code, from `gene_fastpass_qrcode_info`.
        pub qrcode_id: String,
        /// What the app wants; there is only `APP_LOGIN`.
        pub action: AppQrCodeLoginAction,
    }
);

input!(
    /// The account to be signed in by push message.
    pub struct SignInByPushDto {
        /// User name, phone number or e-mail address of the user.
        pub account: String,
        /// Scope and other optional settings.
        pub options: Option<SignInByPushOptionsDto>,
    }
);

input!(
    /// Optional settings of a push sign-in.
    pub struct SignInByPushOptionsDto {
        /// Scopes asked for, separated by blanks; must hold `openid`, and `offline_access` to get a refresh token. The
        /// others (`profile`, `username`, `email`, `phone`, `roles`, `external_id`, `extended_fields`, `tenant_id`) decide
        /// what the ID token tells about the user.
        pub scope: Option<String>,
        /// Further data that the pipeline functions of the user pool find in their context; declared as text, though the
        /// vendor's example is an object.
        pub context: Option<String>,
        /// Custom data to store with the user; the fields must first be defined in the user pool.
        pub custom_data: Option<JsonObject>,
    }
);

answer!(
    /// A push sign-in that waits for the user.
    pub struct GenePushCodeDataDto {
        /// ID of the push sign-in, to ask for its state with.
        pub push_code_id: Option<String>,
        /// Seconds until the push sign-in is void, normally 120.
        pub expire_time: Option<i64>,
    }
);

input!(
    /// Input of `check_push_code_status`.
    pub struct CheckPushcodeStatusDto {
        /// ID of the push sign-in, from `sign_in_by_push`.
        pub push_code_id: String,
    }
);

answer!(
    /// The state of a push sign-in.
    pub struct CheckPushCodeStatusDataDto {
        /// How far the sign-in has come.
        pub status: Option<PushCodeStatus>,
        /// Tokens of the user; present only once authorized.
        pub token_set: Option<LoginTokenResponseDataDto>,
    }
);

input!(
    /// The user's decision on a push sign-in.
    pub struct ChangePushCodeStatusDto {
        /// ID of the push sign-in, from the push message.
        pub push_code_id: String,
        /// What the user decided.
        pub action: PushCodeAction,
    }
);

input!(
    /// The push sign-in whose approving applications are asked for.
    pub struct GetPushCodeRelationAppsDto {
        /// ID of the push sign-in.
        pub push_code_id: String,
        /// ID of the application that started the push sign-in.
        pub app_id: String,
    }
);

answer!(
    /// The applications that may approve a push sign-in.
    pub struct GetPushCodeRelationAppsDataDto {
        /// IDs of the client applications linked to the one that started the sign-in.
        pub app_ids: Vec<String>,
    }
);

input!(
    /// A request for a quick authentication QR code.
    pub struct SignInFastpassDto {
        /// Scope and other optional settings.
        pub options: Option<SignInFastpassOptionsDto>,
    }
);

input!(
    /// Optional settings of a quick authentication.
    pub struct SignInFastpassOptionsDto {
        /// Scopes asked for, separated by blanks; must hold `openid`, and `offline_access` to get a refresh token. The
        /// others (`profile`, `username`, `email`, `phone`, `roles`, `external_id`, `extended_fields`, `tenant_id`) decide
        /// what the ID token tells about the user.
        pub scope: Option<String>,
        /// Further data that the pipeline functions of the user pool find in their context.
        pub context: Option<JsonObject>,
        /// Custom data to store with the user; the fields must first be defined in the user pool.
        pub custom_data: Option<JsonObject>,
    }
);

answer!(
    /// The data to put into a quick authentication QR code.
    pub struct GeneFastpassQRCodeInfoDto {
        /// What the code is for.
        pub scene: Option<String>,
        /// ID of the code, to ask for its state with.
        pub qrcode_id: Option<String>,
        /// Base address of the API that the scanning app has to call.
        pub api_host: Option<String>,
        /// User the code was made for.
        pub user: Option<FastpassUserInfoDto>,
        /// ID of the application the user was signed in to when the code was made.
        pub app_id: Option<String>,
        /// User pool of that user.
        pub userpool: Option<FastpassUserInfoDto>,
    }
);

answer!(
    /// The user or user pool that a quick authentication QR code belongs to.
    pub struct FastpassUserInfoDto {
        /// ID of the user or pool.
        pub id: Option<String>,
        /// Name to show.
        pub display_name: Option<String>,
        /// Address of the picture.
        pub photo: Option<String>,
    }
);

input!(
    /// Input of `get_fastpass_params`.
    pub struct GetFastpassClientAppsDto {
        /// ID of the scanned QR code, from `gene_fastpass_qrcode_info`.
        pub qrcode_id: String,
        /// ID of the application, presumably the `app_id` read from the QR code.
        pub app_id: String,
    }
);

answer!(
    /// The applications that a quick authentication QR code can sign in to.
    pub struct GetFastpassQRCodeRelationAppsDto {
        /// The client applications.
        pub relation_apps: Vec<FastpassQRCodeRelationAppDto>,
    }
);

answer!(
    /// An application that a quick authentication QR code can sign in to.
    pub struct FastpassQRCodeRelationAppDto {
        /// ID of the application.
        pub id: Option<String>,
        /// Name of the application.
        pub name: Option<String>,
        /// Logo of the application.
        pub logo: Option<String>,
    }
);

input!(
    /// Input of `get_qr_code_status`.
    pub struct GetQrcodeStatusDto {
        /// ID of the QR code, from `gene_qr_code`.
        pub qrcode_id: String,
    }
);
