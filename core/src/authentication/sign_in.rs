//! Signing in: with credentials, through identity providers on a phone, by QR code and by push message.

pub mod mobile;
pub mod scan;
mod wait;

use crate::dto::answer;
use crate::dto::input;
use crate::dto::shorthand;

use self::mobile::SigninByMobileDto;
use self::scan::{
    AppQRCodeLoginDto, ChangePushCodeStatusDto, ChangeQRCodeStatusDto, CheckPushCodeStatusDataDto,
    CheckPushcodeStatusDto, CheckQRCodeStatusDataDto, CheckQrcodeStatusDto, ExchangeTokenSetWithQRcodeTicketDto,
    GeneFastpassQRCodeInfoDto, GenePushCodeDataDto, GeneQRCodeDataDto, GenerateQrcodeDto, GetAppLoginQrcodeStatusDto,
    GetFastpassClientAppsDto, GetFastpassQRCodeRelationAppsDto, GetPushCodeRelationAppsDataDto,
    GetPushCodeRelationAppsDto, GetQrcodeStatusDto, SignInByPushDto, SignInFastpassDto,
};
use crate::dto::{open_enum, tagged_payload};
use crate::model::account::{AccountName, PassCodeReceiver};
use crate::model::outcome::IsSuccessDto;
use crate::model::password::PasswordEncryptType;
use crate::model::tokens::LoginTokenResponseDataDto;
use crate::operation::reply::HttpReply;
use crate::operation::table::operations;
use crate::{JsonObject, Secret};

operations! {
    AuthenticationClient, "sign-in";

    /// Builds the link that starts a sign-in at an external identity provider.
    ///
    /// The link is for a browser, usually a popup window opened by a button: the server redirects (302) to the
    /// provider's own sign-in page, and after it back to GenAuth, which matches or links the account. The outcome
    /// reaches the opening page through `window.postMessage`, not as an answer to this call.
    SIGN_IN_BY_EXT_IDP = sign_in_by_ext_idp "signInByExtIdp": Application,
        GET once "/api/v3/signin-by-extidp", SignInByExtIdpDto => HttpReply as http;

    /// Signs a user in with a password, a pass code, or an LDAP or Active Directory account.
    ///
    /// Fill exactly the payload that belongs to `connection`; for a pass code, first call `send_email` or `send_sms`
    /// with channel LOGIN. The tokens live for the seconds given in `expire_in`, and a refresh token comes only when
    /// the scope holds `offline_access`.
    ///
    /// How the application proves who it is follows its token endpoint setting: with `client_secret_post` the secret
    /// goes into the body (`client_id`, `client_secret`), with `client_secret_basic` into the `Authorization` header
    /// in place of a token, with `none` nothing is sent. An application set to `none` refuses a secret.
    ///
    /// MFA, profile completion and first-sign-in password changes cannot be carried out here; they need the hosted
    /// sign-in page and are announced with 1635, 1636, 1639 to 1643, 1699 or 2058. A wrong password gives 2006 or
    /// 2333, an unknown user 2004, a locked one 2005, a missing or wrong captcha 2000 (get one with
    /// `gene_captcha_code_and_token`), a bad pass code 500, 2001 or 2300, and Active Directory trouble 2334 to 2347.
    SIGN_IN_BY_CREDENTIALS = sign_in_by_credentials "signInByCredentials": Client,
        POST "/api/v3/signin", SigninByCredentialsDto => LoginTokenResponseDataDto;

    /// Signs a user in with what a third-party app or mini program login handed to the device.
    ///
    /// Set `connection`, name the identity source connection, and fill the one payload that belongs to the connection.
    /// Codes of third parties can be used once, so get a fresh one for every try. The answer holds a refresh token
    /// only when the scope holds `offline_access`; 1640 or 1641 announce that the external account has to be linked
    /// first.
    ///
    /// How the application proves who it is follows its token endpoint setting: with `client_secret_post` the secret
    /// goes into the body (`client_id`, `client_secret`), with `client_secret_basic` into the `Authorization` header
    /// in place of a token, with `none` nothing is sent. An application set to `none` refuses a secret.
    SIGN_IN_BY_MOBILE = sign_in_by_mobile "signInByMobile": Client,
        POST "/api/v3/signin-by-mobile", SigninByMobileDto => LoginTokenResponseDataDto;

    /// Signs the user in to a linked public account, or from there back to the personal one.
    ///
    /// Call it with the access token of the present account; `list_public_accounts_for_switch_logged_in` tells which
    /// accounts may be chosen. The answer is a new token set for the target account.
    SWITCH_LOGIN_BY_USER = switch_login_by_user "switchLoginByUser": User,
        POST "/api/v3/switch-login-by-user", PublicAccountSwitchLoginDto => LoginTokenResponseDataDto;

    /// Gets the signed parameter text that the Alipay SDK needs to start an authorization.
    ///
    /// Hand the text to the Alipay SDK on the device, then pass the code it returns to `sign_in_by_mobile` with the
    /// connection `alipay`.
    GET_ALIPAY_AUTH_INFO = get_alipay_auth_info "getAlipayAuthInfo": Application,
        GET "/api/v3/get-alipay-authinfo", GetAlipayAuthinfoDto => AlipayAuthInfoDataDto;

    /// Makes a QR code to sign in with, for a self-built app, a WeChat mini program or a WeChat official account.
    ///
    /// Show the picture at `url` and poll `get_qr_code_status` with `qrcode_id`. The code is void after 120 seconds.
    /// For a self-built app, the app reports the scan and the user's decision with `set_qr_code_status`.
    GENE_QR_CODE = gene_qr_code "geneQrCode": Application,
        POST "/api/v3/gene-qrcode", GenerateQrcodeDto => GeneQRCodeDataDto;

    /// Asks for the state of a sign-in QR code.
    ///
    /// Answers in a form that departs from the usual one; use `get_qr_code_status` instead.
    #[deprecated = "use `get_qr_code_status`"]
    CHECK_QR_CODE_STATUS = check_qr_code_status "checkQrCodeStatus": Application,
        GET "/api/v3/check-qrcode-status", CheckQrcodeStatusDto => CheckQRCodeStatusDataDto;

    /// Trades the ticket of an authorized QR code for the user's tokens.
    ///
    /// The ticket comes from `get_qr_code_status` once the status is `AUTHORIZED`, and is good for 300 seconds.
    ///
    /// How the application proves who it is follows its token endpoint setting: with `client_secret_post` the secret
    /// goes into the body (`client_id`, `client_secret`), with `client_secret_basic` into the `Authorization` header
    /// in place of a token, with `none` nothing is sent. An application set to `none` refuses a secret.
    EXCHANGE_TOKEN_SET_WITH_QR_CODE_TICKET = exchange_token_set_with_qr_code_ticket "exchangeTokenSetWithQrCodeTicket": Client,
        POST "/api/v3/exchange-tokenset-with-qrcode-ticket", ExchangeTokenSetWithQRcodeTicketDto => LoginTokenResponseDataDto;

    /// Gets a captcha picture as SVG.
    ///
    /// Needed after too many failed sign-ins, when the user pool limits them and answers with a captcha; what the user
    /// reads from it goes into `captcha_code`. The answer is `image/svg+xml` and carries no captcha token;
    /// `gene_captcha_code_and_token` gives the picture together with its token.
    GENE_CAPTCHA_CODE = gene_captcha_code "geneCaptchaCode": Application,
        GET "/api/v3/captcha-code", CaptchaCodeDto => HttpReply as http;

    /// Reports from a self-built app that the user scanned, confirmed or cancelled a sign-in QR code.
    ///
    /// Answers in a form that departs from the usual one; use `set_qr_code_status` instead. `SCAN` must come before
    /// `CONFIRM` and `CANCEL`.
    #[deprecated = "use `set_qr_code_status`"]
    CHANGE_QR_CODE_STATUS = change_qr_code_status "changeQrCodeStatus": User,
        POST "/api/v3/change-qrcode-status", ChangeQRCodeStatusDto => ();

    /// Asks for the state of a quick authentication QR code from the user's profile centre.
    ///
    /// The code comes from `gene_fastpass_qrcode_info` and is redeemed with `qr_code_app_login`. The states are: not
    /// scanned, scanned, signed in, expired and error; nobody confirms or cancels as with an ordinary sign-in code.
    /// For codes of `gene_qr_code` use `get_qr_code_status`. The official Java, Go and Python SDKs call this operation
    /// `getQrCodeStatus`.
    GET_APP_LOGIN_QR_CODE_STATUS = get_app_login_qr_code_status "getAppLoginQrCodeStatus": Application,
        GET "/api/v3/get-app-login-qrcode-status", GetAppLoginQrcodeStatusDto => CheckQRCodeStatusDataDto;

    /// Signs an app in by a quick authentication QR code it has scanned.
    ///
    /// The code is the one the profile centre shows, made with `gene_fastpass_qrcode_info`. The answer is a token set
    /// for the app that scanned it.
    QR_CODE_APP_LOGIN = qr_code_app_login "qrCodeAppLogin": Application,
        POST "/api/v3/qrcode-app-login", AppQRCodeLoginDto => LoginTokenResponseDataDto;

    /// Starts a sign-in that the user approves in a push message on the phone.
    ///
    /// The message goes to the GenAuth authenticator app of the account. Poll `check_push_code_status` with
    /// `push_code_id` until the user has decided or `expire_time` seconds (normally 120) are over.
    SIGN_IN_BY_PUSH = sign_in_by_push "signInByPush": Application,
        POST "/api/v3/signin-by-push", SignInByPushDto => GenePushCodeDataDto;

    /// Asks for the state of a push sign-in.
    ///
    /// Call it repeatedly after `sign_in_by_push`. The tokens are in `token_set` once the status is `AUTHORIZED`.
    CHECK_PUSH_CODE_STATUS = check_push_code_status "checkPushCodeStatus": Application,
        GET "/api/v3/check-pushcode-status", CheckPushcodeStatusDto => CheckPushCodeStatusDataDto;

    /// Reports the user's decision on a push sign-in.
    ///
    /// Answers in a form that departs from the usual one; use `set_push_code_status` instead.
    #[deprecated = "use `set_push_code_status`"]
    CHANGE_PUSH_CODE_STATUS = change_push_code_status "changePushCodeStatus": User,
        POST "/api/v3/change-pushcode-status", ChangePushCodeStatusDto => ();

    /// Lists the client applications that may approve a given push sign-in.
    ///
    /// Meant for the authenticator app: when a push message arrives, it checks with this call whether one of the
    /// applications its user is signed in to is on the list.
    GET_PUSH_LOGIN_RELATION_APPS = get_push_login_relation_apps "getPushLoginRelationApps": Application,
        POST repeatable "/api/v3/get-pushlogin-relation-apps", GetPushCodeRelationAppsDto => GetPushCodeRelationAppsDataDto;

    /// Gets the data to draw a quick authentication QR code with, for the profile centre.
    ///
    /// Put the answered data into the QR code; the authenticator app scans it, looks up the applications with
    /// `get_fastpass_params` and finishes with `qr_code_app_login`. The vendor's text wants a signed-in user here.
    GENE_FASTPASS_QRCODE_INFO = gene_fastpass_qrcode_info "geneFastpassQrcodeInfo": UserOptional,
        POST "/api/v3/gene-fastpass-qrcode-info", SignInFastpassDto => GeneFastpassQRCodeInfoDto;

    /// Lists the client applications that a quick authentication QR code can sign in to.
    ///
    /// Called by the authenticator app after scanning a code of `gene_fastpass_qrcode_info`.
    GET_FASTPASS_PARAMS = get_fastpass_params "getFastpassParams": UserOptional,
        GET "/api/v3/get-fastpass-client-apps", GetFastpassClientAppsDto => GetFastpassQRCodeRelationAppsDto;

    /// Asks for the state of a sign-in QR code.
    ///
    /// Poll it after `gene_qr_code` and show each state to the user: not scanned, scanned, authorized, cancelled,
    /// expired or error. With `AUTHORIZED` comes a `ticket` for `exchange_token_set_with_qr_code_ticket`, good for 300
    /// seconds, or the tokens themselves when the security settings of the application allow it. In the official Java,
    /// Go and Python SDKs this name stands for what is `get_app_login_qr_code_status` here.
    GET_QR_CODE_STATUS = get_qr_code_status "getQrCodeStatus": Application,
        GET "/api/v3/get-qrcode-status", GetQrcodeStatusDto => CheckQRCodeStatusDataDto;

    /// Gets a captcha picture together with its token.
    ///
    /// Needed after too many failed sign-ins, when the user pool limits them and answers with a captcha (2000). Send
    /// what the user reads as `captcha_code` and the token as `captcha_token` with the next sign-in.
    GENE_CAPTCHA_CODE_AND_TOKEN = gene_captcha_code_and_token "geneCatchaCodeAndToken": Application,
        GET "/api/v3/get-captcha-code", => GetCaptchaCodeDataDto;

    /// Reports from a self-built app that the user scanned, confirmed or cancelled a sign-in QR code.
    ///
    /// Call it with the access token of the user of the app: first with `SCAN`, right after the scan, then with
    /// `CONFIRM` or `CANCEL`. The code lives 120 seconds.
    SET_QR_CODE_STATUS = set_qr_code_status "setQrCodeStatus": User,
        POST "/api/v3/set-qrcode-status", ChangeQRCodeStatusDto => IsSuccessDto;

    /// Reports the user's decision on a push sign-in.
    ///
    /// Called by the authenticator app with the access token of its user, after a push message of `sign_in_by_push`
    /// arrived.
    SET_PUSH_CODE_STATUS = set_push_code_status "setPushCodeStatus": User,
        POST "/api/v3/set-pushcode-status", ChangePushCodeStatusDto => IsSuccessDto;

    /// Checks whether a password is right, without signing in.
    ///
    /// Name the user by `email`, `phone` or `username`; if several are given, the e-mail address wins over the phone
    /// number, and that over the user name. The result is in `valid`.
    VALIDATE_PASSWORD = validate_password "validatePassword": UserOptional,
        POST repeatable "/api/v3/validate-password", ValidatePasswordDto => ValidatePasswordResultDto;

    /// Signs a user in with e-mail address and password.
    ///
    /// Calls `sign_in_by_credentials` with the connection `PASSWORD`; see there for the failures. Set
    /// `password_encrypt_type` in the options when the password is already encrypted.
    SIGN_IN_BY_EMAIL_PASSWORD = sign_in_by_email_password "signInByEmailPassword": Client,
        POST "/api/v3/signin", SignInByEmailPassword => LoginTokenResponseDataDto;

    /// Signs a user in with phone number and password.
    ///
    /// Calls `sign_in_by_credentials` with the connection `PASSWORD`; see there for the failures. Set
    /// `password_encrypt_type` in the options when the password is already encrypted.
    SIGN_IN_BY_PHONE_PASSWORD = sign_in_by_phone_password "signInByPhonePassword": Client,
        POST "/api/v3/signin", SignInByPhonePassword => LoginTokenResponseDataDto;

    /// Signs a user in with user name and password.
    ///
    /// Calls `sign_in_by_credentials` with the connection `PASSWORD`; see there for the failures. Set
    /// `password_encrypt_type` in the options when the password is already encrypted.
    SIGN_IN_BY_USERNAME_PASSWORD = sign_in_by_username_password "signInByUsernamePassword": Client,
        POST "/api/v3/signin", SignInByUsernamePassword => LoginTokenResponseDataDto;

    /// Signs a user in with a password and an account that may be a user name, phone number or e-mail address.
    ///
    /// Calls `sign_in_by_credentials` with the connection `PASSWORD`; see there for the failures. `auto_register` does
    /// not work with this form, because the server cannot tell what kind of account to create.
    SIGN_IN_BY_ACCOUNT_PASSWORD = sign_in_by_account_password "signInByAccountPassword": Client,
        POST "/api/v3/signin", SignInByAccountPassword => LoginTokenResponseDataDto;

    /// Signs a user in with a pass code received by e-mail.
    ///
    /// Have the code sent with `send_email`, channel LOGIN; it can be used once. Calls `sign_in_by_credentials` with
    /// the connection `PASSCODE`; a bad code fails with 500, 2001 or 2300.
    SIGN_IN_BY_EMAIL_PASS_CODE = sign_in_by_email_pass_code "signInByEmailPassCode": Client,
        POST "/api/v3/signin", SignInByEmailPassCode => LoginTokenResponseDataDto;

    /// Signs a user in with a pass code received by text message.
    ///
    /// Have the code sent with `send_sms`, channel LOGIN; it can be used once. Without a country code the number
    /// counts as one of mainland China (+86). Calls `sign_in_by_credentials` with the connection `PASSCODE`; a bad
    /// code fails with 500, 2001 or 2300.
    SIGN_IN_BY_PHONE_PASS_CODE = sign_in_by_phone_pass_code "signInByPhonePassCode": Client,
        POST "/api/v3/signin", SignInByPhonePassCode => LoginTokenResponseDataDto;

    /// Signs a user in with an account of an LDAP directory.
    ///
    /// Calls `sign_in_by_credentials` with the connection `LDAP`; see there for the failures.
    SIGN_IN_BY_LDAP = sign_in_by_ldap "signInByLDAP": Client,
        POST "/api/v3/signin", SignInByLdap => LoginTokenResponseDataDto;

    /// Signs a user in with an account of a Windows Active Directory.
    ///
    /// Calls `sign_in_by_credentials` with the connection `AD`; refusals of the directory give 2334 to 2347.
    SIGN_IN_BY_AD = sign_in_by_ad "signInByAD": Client,
        POST "/api/v3/signin", SignInByAd => LoginTokenResponseDataDto;
}

open_enum! {
    /// What an authorization request asks to be answered with.
    pub enum ResponseType {
        /// Nothing: neither a code nor a token.
        None = "none",
        /// An authorization code, to be traded for tokens by a server.
        Code = "code",
        /// An access token.
        Token = "token",
        /// An ID token and an access token (implicit flow).
        IdTokenToken = "id_token token",
        /// An ID token (implicit flow).
        IdToken = "id_token",
        /// A code and an access token (hybrid flow).
        CodeToken = "code token",
        /// A code, an ID token and an access token (hybrid flow).
        CodeIdTokenToken = "code id_token token",
        /// A code and an ID token (hybrid flow).
        CodeIdToken = "code id_token",
    }
}

input!(
    /// Input of `sign_in_by_ext_idp`.
    pub struct SignInByExtIdpDto {
        /// ID of the GenAuth application to sign in to.
        #[wire = "client_id"]
        pub client_id: String,
        /// ID of the identity source connection to sign in through.
        #[wire = "ext_idp_conn_id"]
        pub ext_idp_conn_id: String,
        /// What the redirect URI receives: `code` for a server, `id_token` or `id_token token` for a browser application
        /// without one.
        #[wire = "response_type"]
        pub response_type: ResponseType,
        /// Where the browser goes with the result; must be one of the callback addresses registered for the application,
        /// or the server refuses.
        #[wire = "redirect_uri"]
        pub redirect_uri: String,
        /// Scopes asked for, separated by blanks; must hold `openid`, and `offline_access` to get a refresh token.
        pub scope: String,
        /// Random text that comes back unchanged; compare it to detect forged answers (CSRF).
        pub state: String,
        /// Random text that comes back inside the ID token, against replay; required for the implicit flow.
        pub nonce: Option<String>,
        /// How far the server may bother the user: `none`, `login`, `consent` or `select_account`, as in OpenID Connect.
        pub prompt: Option<String>,
        /// ID of the tenant whose sign-in page is to be shown.
        #[wire = "tenant_id"]
        pub tenant_id: Option<String>,
        /// Further context that is carried along in the redirect.
        #[wire = "login_page_context"]
        pub login_page_context: Option<String>,
    }
);

tagged_payload! {
    /// How somebody signs in, with the one payload that belongs to it.
    pub enum Credentials by "connection" {
        /// With a password.
        Password(SignInByPasswordPayloadDto) = "PASSWORD", "passwordPayload";
        /// With a pass code that was sent by e-mail or SMS.
        PassCode(SignInByPassCodePayloadDto) = "PASSCODE", "passCodePayload";
        /// With an account of an LDAP directory.
        Ldap(SignInByLdapPayloadDto) = "LDAP", "ldapPayload";
        /// With an account of a Windows Active Directory.
        Ad(SignInByAdPayloadDto) = "AD", "adPayload";
    }
}

input!(
    /// A sign-in with credentials.
    pub struct SigninByCredentialsDto {
        /// How somebody signs in. Flattened: tag and payload stand beside the other fields.
        #[wire = "*"]
        pub credentials: Credentials,
        /// Scope, tenant, client address and more.
        pub options: Option<SignInOptionsDto>,
        /// Id of the application. Left empty, the [`App`](crate::App) fills it in where it proves itself in the body.
        #[wire = "client_id"]
        pub client_id: Option<String>,
        /// Secret of the application. Left empty, the [`App`](crate::App) fills it in where it proves itself in the body.
        #[wire = "client_secret"]
        pub client_secret: Option<Secret>,
    }
);

input!(
    /// An account and its password.
    pub struct SignInByPasswordPayloadDto {
        /// Who signs in. Flattened: the service wants exactly one of `account`, `email`, `username` and `phone`.
        #[wire = "*"]
        pub name: AccountName,
        /// The password, encrypted as `options.password_encrypt_type` says.
        pub password: Secret,
    }
);

input!(
    /// A pass code and where it was sent.
    pub struct SignInByPassCodePayloadDto {
        /// Where the code was sent. Flattened: the service wants exactly one of `email` and `phone`.
        #[wire = "*"]
        pub receiver: PassCodeReceiver,
        /// The code that was sent on the channel for signing in.
        pub pass_code: Secret,
    }
);

input!(
    /// An account of a Windows Active Directory, to sign in with.
    pub struct SignInByAdPayloadDto {
        /// Password in plain text, or encrypted as `password_encrypt_type` of the options says.
        pub password: Secret,
        /// Logon name of the account in the directory (attribute sAMAccountName).
        #[wire = "sAMAccountName"]
        pub sam_account_name: String,
    }
);

input!(
    /// An account of an LDAP directory, to sign in with.
    pub struct SignInByLdapPayloadDto {
        /// Password in plain text, or encrypted as `password_encrypt_type` of the options says.
        pub password: Secret,
        /// Name of the account in the directory (attribute sAMAccountName).
        #[wire = "sAMAccountName"]
        pub sam_account_name: String,
    }
);

input!(
    /// Optional settings of a sign-in with credentials.
    pub struct SignInOptionsDto {
        /// Scopes asked for, separated by blanks; must hold `openid`, and `offline_access` to get a refresh token. The
        /// others (`profile`, `username`, `email`, `phone`, `roles`, `external_id`, `extended_fields`, `tenant_id`) decide
        /// what the ID token tells about the user.
        pub scope: Option<String>,
        /// IP address of the user; set it when a server makes the call, since the address of the caller is recorded
        /// otherwise.
        pub client_ip: Option<String>,
        /// Further data that the pipeline functions of the user pool find in their context.
        pub context: Option<JsonObject>,
        /// ID of the tenant to sign in to.
        pub tenant_id: Option<String>,
        /// Custom data to store with the user; the fields must first be defined in the user pool.
        pub custom_data: Option<JsonObject>,
        /// Whether an unknown user is created first. Works with password sign-in by user name, e-mail address or phone
        /// number, not with the generic `account`.
        pub auto_register: Option<bool>,
        /// Text of the captcha picture, in upper or lower case; needed once too many sign-ins have failed and the pool
        /// reacts with a captcha.
        pub captcha_code: Option<String>,
        /// How the password is encrypted: `none` (default), `rsa` or `sm2`, with the public key from `get_system_info`.
        pub password_encrypt_type: Option<PasswordEncryptType>,
        /// Token that `gene_captcha_code_and_token` gave with the picture; needed whenever `captcha_code` is set.
        pub captcha_token: Option<Secret>,
    }
);

input!(
    /// A change to another account that is linked to the user.
    pub struct PublicAccountSwitchLoginDto {
        /// User ID of the account to change to.
        pub target_user_id: String,
        /// Scope and other optional settings.
        pub options: Option<SignInBySwitchOptionsDto>,
    }
);

input!(
    /// Optional settings of a change of account.
    pub struct SignInBySwitchOptionsDto {
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

input!(
    /// Input of `get_alipay_auth_info`.
    pub struct GetAlipayAuthinfoDto {
        /// Identifier of the Alipay identity source connection.
        #[alias = "extIdpConnidentifier"]
        #[wire = "extIdpConnidentifier"]
        pub ext_idp_conn_identifier: String,
    }
);

answer!(
    /// The start parameters of an Alipay authorization.
    pub struct AlipayAuthInfoDataDto {
        /// Signed parameters in query form, to be handed to the Alipay SDK unchanged.
        pub auth_info: Option<String>,
    }
);

input!(
    /// Input of `gene_captcha_code`.
    pub struct CaptchaCodeDto {
        /// Random text or a timestamp that keeps browsers from reusing a cached picture.
        pub r: Option<String>,
    }
);

answer!(
    /// A captcha picture and its token.
    pub struct GetCaptchaCodeDataDto {
        /// Picture as SVG text.
        pub captcha_code_svg: Option<String>,
        /// Token of this picture, to be sent together with what the user reads from it.
        pub captcha_token: Option<Secret>,
    }
);

input!(
    /// A user and the password to check.
    pub struct ValidatePasswordDto {
        /// Phone number without country code.
        pub phone: Option<String>,
        /// E-mail address; upper and lower case are the same, and it wins over the other names.
        pub email: Option<String>,
        /// User name, unique in the user pool.
        pub username: Option<String>,
        /// Country code of the phone number; may be left out for mainland China.
        pub phone_country_code: Option<String>,
        /// Password in plain text, or encrypted as `password_encrypt_type` says.
        pub password: Option<Secret>,
        /// How the password is encrypted: `none` (default), `rsa` or `sm2`, with the public key from `get_system_info`.
        pub password_encrypt_type: Option<PasswordEncryptType>,
    }
);

answer!(
    /// The result of a password check.
    pub struct ValidatePasswordResultDto {
        /// Whether the password is right.
        pub valid: Option<bool>,
    }
);

shorthand!(
    /// Input of `sign_in_by_email_password`; goes onto the wire as a [`SigninByCredentialsDto`].
    pub struct SignInByEmailPassword {
        /// The e-mail address, upper and lower case alike.
        pub email: String,
        /// The password, encrypted as `options.password_encrypt_type` says.
        pub password: Secret,
        /// Scope, tenant, client address and more.
        pub options: Option<SignInOptionsDto>,
    }

    type Wire = SigninByCredentialsDto;
);

impl From<SignInByEmailPassword> for SigninByCredentialsDto {
    fn from(it: SignInByEmailPassword) -> Self {
        Self {
            options: it.options,
            ..Self::new(SignInByPasswordPayloadDto::new(
                AccountName::Email(it.email),
                it.password,
            ))
        }
    }
}

shorthand!(
    /// Input of `sign_in_by_phone_password`; goes onto the wire as a [`SigninByCredentialsDto`].
    pub struct SignInByPhonePassword {
        /// The phone number, without the country code.
        pub phone: String,
        /// The password, encrypted as `options.password_encrypt_type` says.
        pub password: Secret,
        /// Scope, tenant, client address and more.
        pub options: Option<SignInOptionsDto>,
    }

    type Wire = SigninByCredentialsDto;
);

impl From<SignInByPhonePassword> for SigninByCredentialsDto {
    fn from(it: SignInByPhonePassword) -> Self {
        Self {
            options: it.options,
            ..Self::new(SignInByPasswordPayloadDto::new(
                AccountName::Phone(it.phone),
                it.password,
            ))
        }
    }
}

shorthand!(
    /// Input of `sign_in_by_username_password`; goes onto the wire as a [`SigninByCredentialsDto`].
    pub struct SignInByUsernamePassword {
        /// The user name.
        pub username: String,
        /// The password, encrypted as `options.password_encrypt_type` says.
        pub password: Secret,
        /// Scope, tenant, client address and more.
        pub options: Option<SignInOptionsDto>,
    }

    type Wire = SigninByCredentialsDto;
);

impl From<SignInByUsernamePassword> for SigninByCredentialsDto {
    fn from(it: SignInByUsernamePassword) -> Self {
        Self {
            options: it.options,
            ..Self::new(SignInByPasswordPayloadDto::new(
                AccountName::Username(it.username),
                it.password,
            ))
        }
    }
}

shorthand!(
    /// Input of `sign_in_by_account_password`; goes onto the wire as a [`SigninByCredentialsDto`].
    pub struct SignInByAccountPassword {
        /// Any name of the account: user name, phone number or e-mail address.
        pub account: String,
        /// The password, encrypted as `options.password_encrypt_type` says.
        pub password: Secret,
        /// Scope, tenant, client address and more.
        pub options: Option<SignInOptionsDto>,
    }

    type Wire = SigninByCredentialsDto;
);

impl From<SignInByAccountPassword> for SigninByCredentialsDto {
    fn from(it: SignInByAccountPassword) -> Self {
        Self {
            options: it.options,
            ..Self::new(SignInByPasswordPayloadDto::new(
                AccountName::Account(it.account),
                it.password,
            ))
        }
    }
}

shorthand!(
    /// Input of `sign_in_by_email_pass_code`; goes onto the wire as a [`SigninByCredentialsDto`].
    pub struct SignInByEmailPassCode {
        /// The e-mail address, upper and lower case alike.
        pub email: String,
        /// The code that was sent on the channel for signing in.
        pub pass_code: Secret,
        /// Scope, tenant, client address and more.
        pub options: Option<SignInOptionsDto>,
    }

    type Wire = SigninByCredentialsDto;
);

impl From<SignInByEmailPassCode> for SigninByCredentialsDto {
    fn from(it: SignInByEmailPassCode) -> Self {
        Self {
            options: it.options,
            ..Self::new(SignInByPassCodePayloadDto::new(
                PassCodeReceiver::Email { email: it.email },
                it.pass_code,
            ))
        }
    }
}

shorthand!(
    /// Input of `sign_in_by_phone_pass_code`; goes onto the wire as a [`SigninByCredentialsDto`].
    pub struct SignInByPhonePassCode {
        /// The phone number, without the country code.
        pub phone: String,
        /// The code that was sent on the channel for signing in.
        pub pass_code: Secret,
        /// The country code of the phone, `+86` unless set.
        pub phone_country_code: Option<String>,
        /// Scope, tenant, client address and more.
        pub options: Option<SignInOptionsDto>,
    }

    type Wire = SigninByCredentialsDto;
);

impl From<SignInByPhonePassCode> for SigninByCredentialsDto {
    fn from(it: SignInByPhonePassCode) -> Self {
        Self {
            options: it.options,
            ..Self::new(SignInByPassCodePayloadDto::new(
                PassCodeReceiver::Phone {
                    phone: it.phone,
                    phone_country_code: it.phone_country_code,
                },
                it.pass_code,
            ))
        }
    }
}

shorthand!(
    /// Input of `sign_in_by_ldap`; goes onto the wire as a [`SigninByCredentialsDto`].
    pub struct SignInByLdap {
        /// The account name in the directory.
        #[wire = "sAMAccountName"]
        pub sam_account_name: String,
        /// The password, encrypted as `options.password_encrypt_type` says.
        pub password: Secret,
        /// Scope, tenant, client address and more.
        pub options: Option<SignInOptionsDto>,
    }

    type Wire = SigninByCredentialsDto;
);

impl From<SignInByLdap> for SigninByCredentialsDto {
    fn from(it: SignInByLdap) -> Self {
        Self {
            options: it.options,
            ..Self::new(SignInByLdapPayloadDto::new(it.password, it.sam_account_name))
        }
    }
}

shorthand!(
    /// Input of `sign_in_by_ad`; goes onto the wire as a [`SigninByCredentialsDto`].
    pub struct SignInByAd {
        /// The account name in the directory.
        #[wire = "sAMAccountName"]
        pub sam_account_name: String,
        /// The password, encrypted as `options.password_encrypt_type` says.
        pub password: Secret,
        /// Scope, tenant, client address and more.
        pub options: Option<SignInOptionsDto>,
    }

    type Wire = SigninByCredentialsDto;
);

impl From<SignInByAd> for SigninByCredentialsDto {
    fn from(it: SignInByAd) -> Self {
        Self {
            options: it.options,
            ..Self::new(SignInByAdPayloadDto::new(it.password, it.sam_account_name))
        }
    }
}
