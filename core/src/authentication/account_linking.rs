//! Linking accounts of identity providers to the user.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Secret;
use crate::authentication::sign_in::SignInOptionsDto;
use crate::dto::wire::open_enum;
use crate::model::identity::{ExtIdpType, IdentityDto};
use crate::model::tokens::LoginTokenResponseDataDto;
use crate::operation::table::operations;

operations! {
    AuthenticationClient, "account-linking";

    /// Builds the link that binds an external account to the signed-in user.
    ///
    /// The link is for a browser, usually a popup window opened by a button: the server redirects (302) to the
    /// provider's own sign-in page, and after it back to GenAuth, which binds the account. The outcome reaches the
    /// opening page through `window.postMessage`. The user's ID token is part of the link, so treat it as a secret.
    /// `generate_link_ext_idp_url` lets the server make such a link.
    LINK_EXT_IDP = link_ext_idp "linkExtIdp": User,
        GET once "/api/v3/link-extidp", LinkExtIdpDto => GenerateBindExtIdpLinkDataDto as or_redirect;

    /// Has the server make a link that binds an external account to the signed-in user.
    ///
    /// Send the user's browser to the answered `url`. By the optional parameters the outcome comes back by redirect or
    /// by form post to `target_url`.
    GENERATE_LINK_EXT_IDP_URL = generate_link_ext_idp_url "generateLinkExtIdpUrl": User,
        GET "/api/v3/generate-link-extidp-url", GenerateLinkExtidpUrlDto => GenerateBindExtIdpLinkDataDto;

    /// Removes the binding of an external account from the signed-in user.
    ///
    /// Take the ID from `ext_idp_id` of `get_identities`; the ID of an identity source connection does not fit.
    UNLINK_EXT_IDP = unlink_ext_idp "unlinkExtIdp": User,
        POST "/api/v3/unlink-extidp", UnlinkExtIdpDto => ();

    /// Lists the external identities bound to the signed-in user.
    ///
    /// One provider account can yield several entries, for example an `openid` and a `unionid` for WeChat: they share
    /// `ext_idp_id` (the identity source) and differ in `type` and `user_id_in_idp`. `origin_conn_ids` names the
    /// connections they came through.
    GET_IDENTITIES = get_identities "getIdentities": User,
        GET "/api/v3/get-identities", => Vec<IdentityDto>;

    /// Lists the external identity sources that are switched on for the application.
    ///
    /// Use it to draw the sign-in buttons of a login page.
    GET_APPLICATION_ENABLED_EXT_IDPS = get_application_enabled_ext_idps "getApplicationEnabledExtIdps": Application,
        GET "/api/v3/get-application-enabled-extidps", => Vec<ExtIdpInfoDto>;

    /// Passes a WeChat authorization code from a mobile app to the server.
    ///
    /// The answer is not documented, so it is handed over as raw JSON. To sign in, use `auth_by_code_identity`.
    AUTH_BY_CODE = auth_by_code "authByCode": Application,
        POST "/api/v2/ecConn/wechatMobile/authByCode", WechatMobileAuthByCodeInput => Value as either;

    /// Signs a user in to a mobile app with a WeChat authorization code.
    ///
    /// The code comes from the WeChat SDK. The token set comes without the usual envelope. If the connection asks to
    /// bind an account first, the answer is instead an enveloped failure (1640 or 1641 are the codes for that) with
    /// the allowed methods, the accounts to choose from and a `key`; go on with `register_new_user` or one of the
    /// binding operations (`bind_by_email_code`, `bind_by_phone_code`, `bind_by_account`, `select_account`,
    /// `bind_by_account_id`).
    AUTH_BY_CODE_IDENTITY = auth_by_code_identity "authByCodeIdentity": Application,
        POST "/api/v2/ecConn/wechatMobile/authByCodeIdentity", WechatMobileAuthByCodeIdentityInput => LoginTokenResponseDataDto as either;

    /// Creates a user from the WeChat profile, binds the WeChat account to it and signs in.
    ///
    /// A way to answer the binding question of `auth_by_code_identity`, which also gives the `key`; fits only when new
    /// accounts are allowed (1641). The token set comes without the usual envelope.
    REGISTER_NEW_USER = register_new_user "registerNewUser": Application,
        POST "/api/v2/ecConn/wechatMobile/register", BindByRegisterInputApi => WechatLoginTokenRespDto as either;

    /// Finds a user by e-mail address and pass code, binds the WeChat account to it and signs in.
    ///
    /// Send the pass code beforehand with `send_email`. The `key` comes from the binding question that
    /// `auth_by_code_identity` answers (1640 or 1641). The token set comes without the usual envelope. Fails when no
    /// such user exists.
    BIND_BY_EMAIL_CODE = bind_by_email_code "bindByEmailCode": Application,
        POST "/api/v2/ecConn/wechatMobile/byEmailCode", BindByEmailCodeInputApi => WechatLoginTokenRespDto as either;

    /// Finds a user by phone number and pass code, binds the WeChat account to it and signs in.
    ///
    /// Send the pass code beforehand with `send_sms`. The `key` comes from the binding question that
    /// `auth_by_code_identity` answers (1640 or 1641). The token set comes without the usual envelope. Fails when no
    /// such user exists.
    BIND_BY_PHONE_CODE = bind_by_phone_code "bindByPhoneCode": Application,
        POST "/api/v2/ecConn/wechatMobile/byPhoneCode", BindByPhoneCodeInputApi => WechatLoginTokenRespDto as either;

    /// Finds a user by account name and password, binds the WeChat account to it and signs in.
    ///
    /// The `key` comes from the binding question that `auth_by_code_identity` answers (1640 or 1641). The token set
    /// comes without the usual envelope. Fails when no such user exists.
    BIND_BY_ACCOUNT = bind_by_account "bindByAccount": Application,
        POST "/api/v2/ecConn/wechatMobile/byAccount", BindByAccountInputApi => WechatLoginTokenRespDto as either;

    /// Binds the WeChat account to the one of several candidate users that was chosen, and signs in.
    ///
    /// Fits when the binding question of `auth_by_code_identity`, which also gives the `key`, offers more than one
    /// account. The token set comes without the usual envelope. Fails when no such user exists.
    SELECT_ACCOUNT = select_account "selectAccount": Application,
        POST "/api/v2/ecConn/wechatMobile/select", BindByAccountsInputApi => WechatLoginTokenRespDto as either;

    /// Finds a user by ID, binds the WeChat account to it and signs in.
    ///
    /// The `key` comes from the binding question that `auth_by_code_identity` answers (1640 or 1641). The token set
    /// comes without the usual envelope. Fails when no such user exists.
    BIND_BY_ACCOUNT_ID = bind_by_account_id "bindByAccountId": Application,
        POST "/api/v2/ecConn/wechatMobile/byAccountId", BindByAccountIdInputApi => WechatLoginTokenRespDto as either;
}

open_enum! {
    /// The broad kind of an external identity source.
    pub enum ExtIdpCategory {
        /// A consumer service such as WeChat or GitHub.
        Social = "social",
        /// An identity service of an organisation.
        Enterprise = "enterprise",
    }
}

/// Input of `link_ext_idp`.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LinkExtIdpDto {
    /// Identifier of the identity source connection to bind through.
    #[serde(rename = "ext_idp_conn_identifier")]
    pub ext_idp_conn_identifier: String,
    /// ID of the GenAuth application.
    #[serde(rename = "app_id")]
    pub app_id: String,
    /// ID token of the user who binds the account.
    #[serde(rename = "id_token")]
    pub id_token: Secret,
}

impl LinkExtIdpDto {
    /// With everything that is required.
    pub fn new(
        ext_idp_conn_identifier: impl Into<String>,
        app_id: impl Into<String>,
        id_token: impl Into<Secret>,
    ) -> Self {
        Self {
            ext_idp_conn_identifier: ext_idp_conn_identifier.into(),
            app_id: app_id.into(),
            id_token: id_token.into(),
        }
    }
}

/// A link that binds an external account.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GenerateBindExtIdpLinkDataDto {
    /// Address to send the user's browser to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Input of `generate_link_ext_idp_url`.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GenerateLinkExtidpUrlDto {
    /// Identifier of the identity source connection to bind through.
    #[serde(rename = "ext_idp_conn_identifier")]
    pub ext_idp_conn_identifier: String,
    /// ID of the GenAuth application.
    #[serde(rename = "app_id")]
    pub app_id: String,
    /// ID token of the user who binds the account.
    #[serde(rename = "id_token")]
    pub id_token: Secret,
    /// Whether the outcome comes back by a redirect to `target_url`, as text.
    #[serde(rename = "need_url_redirect", skip_serializing_if = "Option::is_none")]
    pub need_url_redirect: Option<String>,
    /// Whether a redirect carries only the tokens, as text; helps with browsers that limit the length of an address.
    #[serde(rename = "only_redirect_token", skip_serializing_if = "Option::is_none")]
    pub only_redirect_token: Option<String>,
    /// Whether the outcome comes back by a form post to `target_url`, as text.
    #[serde(rename = "need_form_post", skip_serializing_if = "Option::is_none")]
    pub need_form_post: Option<String>,
    /// Address that receives the outcome by redirect or form post.
    #[serde(rename = "target_url", skip_serializing_if = "Option::is_none")]
    pub target_url: Option<String>,
}

impl GenerateLinkExtidpUrlDto {
    /// With everything that is required.
    pub fn new(
        ext_idp_conn_identifier: impl Into<String>,
        app_id: impl Into<String>,
        id_token: impl Into<Secret>,
    ) -> Self {
        Self {
            ext_idp_conn_identifier: ext_idp_conn_identifier.into(),
            app_id: app_id.into(),
            id_token: id_token.into(),
            need_url_redirect: None,
            only_redirect_token: None,
            need_form_post: None,
            target_url: None,
        }
    }

    /// Sets [`need_url_redirect`](Self::need_url_redirect).
    pub fn with_need_url_redirect(mut self, need_url_redirect: impl Into<String>) -> Self {
        self.need_url_redirect = Some(need_url_redirect.into());
        self
    }

    /// Sets [`only_redirect_token`](Self::only_redirect_token).
    pub fn with_only_redirect_token(mut self, only_redirect_token: impl Into<String>) -> Self {
        self.only_redirect_token = Some(only_redirect_token.into());
        self
    }

    /// Sets [`need_form_post`](Self::need_form_post).
    pub fn with_need_form_post(mut self, need_form_post: impl Into<String>) -> Self {
        self.need_form_post = Some(need_form_post.into());
        self
    }

    /// Sets [`target_url`](Self::target_url).
    pub fn with_target_url(mut self, target_url: impl Into<String>) -> Self {
        self.target_url = Some(target_url.into());
        self
    }
}

/// The external account to take off the user.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UnlinkExtIdpDto {
    /// ID of the identity source as in `ext_idp_id` of `get_identities`, not that of a connection.
    pub ext_idp_id: String,
}

impl UnlinkExtIdpDto {
    /// With everything that is required.
    pub fn new(ext_idp_id: impl Into<String>) -> Self {
        Self {
            ext_idp_id: ext_idp_id.into(),
        }
    }
}

/// An external identity source that the application offers.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ExtIdpInfoDto {
    /// Identifier of the identity source connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    /// ID of the identity source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ext_idp_id: Option<String>,
    /// Kind of provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<ExtIdpType>,
    /// Whether it is a social or an enterprise source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ext_idp_type: Option<ExtIdpCategory>,
    /// Address where the user authenticates with this source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bind_url: Option<String>,
    /// Name to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Name to show, in English.
    #[serde(rename = "name_en", skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    /// Description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desc: Option<String>,
    /// Description in English.
    #[serde(rename = "desc_en", skip_serializing_if = "Option::is_none")]
    pub desc_en: Option<String>,
    /// Logo of the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
}

/// A WeChat authorization code of a mobile app.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct WechatMobileAuthByCodeInput {
    /// Authorization code that the WeChat SDK returned to the app.
    pub code: Secret,
    /// ID of the GenAuth application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
    /// ID of the identity source connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conn_id: Option<String>,
}

impl WechatMobileAuthByCodeInput {
    /// With everything that is required.
    pub fn new(code: impl Into<Secret>) -> Self {
        Self {
            code: code.into(),
            app_id: None,
            conn_id: None,
        }
    }

    /// Sets [`app_id`](Self::app_id).
    pub fn with_app_id(mut self, app_id: impl Into<String>) -> Self {
        self.app_id = Some(app_id.into());
        self
    }

    /// Sets [`conn_id`](Self::conn_id).
    pub fn with_conn_id(mut self, conn_id: impl Into<String>) -> Self {
        self.conn_id = Some(conn_id.into());
        self
    }
}

/// A WeChat authorization code of a mobile app, to sign in with.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct WechatMobileAuthByCodeIdentityInput {
    /// Authorization code that the WeChat SDK returned to the app.
    pub code: Secret,
    /// ID of the GenAuth application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
    /// ID of the identity source connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conn_id: Option<String>,
    /// Scope and other optional settings of the sign-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub options: Option<SignInOptionsDto>,
}

impl WechatMobileAuthByCodeIdentityInput {
    /// With everything that is required.
    pub fn new(code: impl Into<Secret>) -> Self {
        Self {
            code: code.into(),
            app_id: None,
            conn_id: None,
            options: None,
        }
    }

    /// Sets [`app_id`](Self::app_id).
    pub fn with_app_id(mut self, app_id: impl Into<String>) -> Self {
        self.app_id = Some(app_id.into());
        self
    }

    /// Sets [`conn_id`](Self::conn_id).
    pub fn with_conn_id(mut self, conn_id: impl Into<String>) -> Self {
        self.conn_id = Some(conn_id.into());
        self
    }

    /// Sets [`options`](Self::options).
    pub fn with_options(mut self, options: impl Into<SignInOptionsDto>) -> Self {
        self.options = Some(options.into());
        self
    }
}

/// An answer to the binding question: create a new user.
#[doc(alias = "BindByRegiserInputApi")]
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BindByRegisterInputApi {
    /// Name of the step, `create-federation-account`.
    pub action: String,
    /// Key of the unfinished sign-in, from the binding question of `auth_by_code_identity`.
    pub key: Secret,
}

impl BindByRegisterInputApi {
    /// With everything that is required.
    pub fn new(action: impl Into<String>, key: impl Into<Secret>) -> Self {
        Self {
            action: action.into(),
            key: key.into(),
        }
    }
}

/// The tokens of a user who has signed in by WeChat after binding an account.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct WechatLoginTokenRespDto {
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
    /// Scopes of the sign-in, separated by blanks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

/// An answer to the binding question: a user found by e-mail address.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BindByEmailCodeInputApi {
    /// E-mail address of the user.
    pub email: String,
    /// Pass code received by e-mail, of four or six digits.
    pub code: Secret,
    /// Name of the step, `bind-identity-by-email-code`.
    pub action: String,
    /// Key of the unfinished sign-in, from the binding question of `auth_by_code_identity`.
    pub key: Secret,
}

impl BindByEmailCodeInputApi {
    /// With everything that is required.
    pub fn new(
        email: impl Into<String>,
        code: impl Into<Secret>,
        action: impl Into<String>,
        key: impl Into<Secret>,
    ) -> Self {
        Self {
            email: email.into(),
            code: code.into(),
            action: action.into(),
            key: key.into(),
        }
    }
}

/// An answer to the binding question: a user found by phone number.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BindByPhoneCodeInputApi {
    /// Phone number of the user.
    pub phone: String,
    /// Pass code received by text message, of four or six digits.
    pub code: Secret,
    /// Country code of the phone number, with a plus sign such as `+86`; `86`, `086` and `0086` are understood too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_country_code: Option<String>,
    /// Name of the step, `bind-identity-by-phone-code`.
    pub action: String,
    /// Key of the unfinished sign-in, from the binding question of `auth_by_code_identity`.
    pub key: Secret,
}

impl BindByPhoneCodeInputApi {
    /// With everything that is required.
    pub fn new(
        phone: impl Into<String>,
        code: impl Into<Secret>,
        action: impl Into<String>,
        key: impl Into<Secret>,
    ) -> Self {
        Self {
            phone: phone.into(),
            code: code.into(),
            phone_country_code: None,
            action: action.into(),
            key: key.into(),
        }
    }

    /// Sets [`phone_country_code`](Self::phone_country_code).
    pub fn with_phone_country_code(mut self, phone_country_code: impl Into<String>) -> Self {
        self.phone_country_code = Some(phone_country_code.into());
        self
    }
}

/// An answer to the binding question: a user found by account and password.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BindByAccountInputApi {
    /// Phone number, e-mail address or user name.
    pub account: String,
    /// Password of the account; the vendor's example is encrypted (Base64), though no field tells the method.
    pub password: Secret,
    /// Name of the step, `bind-identity-by-password`.
    pub action: String,
    /// Key of the unfinished sign-in, from the binding question of `auth_by_code_identity`.
    pub key: Secret,
}

impl BindByAccountInputApi {
    /// With everything that is required.
    pub fn new(
        account: impl Into<String>,
        password: impl Into<Secret>,
        action: impl Into<String>,
        key: impl Into<Secret>,
    ) -> Self {
        Self {
            account: account.into(),
            password: password.into(),
            action: action.into(),
            key: key.into(),
        }
    }
}

/// An answer to the binding question: one of the accounts offered.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BindByAccountsInputApi {
    /// User ID of the chosen account.
    pub account: String,
    /// Name of the step, `bind-identity-by-selection`.
    pub action: String,
    /// Key of the unfinished sign-in, from the binding question of `auth_by_code_identity`.
    pub key: Secret,
}

impl BindByAccountsInputApi {
    /// With everything that is required.
    pub fn new(account: impl Into<String>, action: impl Into<String>, key: impl Into<Secret>) -> Self {
        Self {
            account: account.into(),
            action: action.into(),
            key: key.into(),
        }
    }
}

/// An answer to the binding question: a user found by ID.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BindByAccountIdInputApi {
    /// ID of the user.
    pub account_id: String,
    /// Name of the step, `bind-identity-by-account-id`.
    pub action: String,
    /// Key of the unfinished sign-in, from the binding question of `auth_by_code_identity`.
    pub key: Secret,
}

impl BindByAccountIdInputApi {
    /// With everything that is required.
    pub fn new(account_id: impl Into<String>, action: impl Into<String>, key: impl Into<Secret>) -> Self {
        Self {
            account_id: account_id.into(),
            action: action.into(),
            key: key.into(),
        }
    }
}
