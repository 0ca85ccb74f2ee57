//! Linking accounts of identity providers to the user.

use crate::dto::answer;
use crate::dto::input;
use serde_json::Value;

use crate::Secret;
use crate::authentication::sign_in::SignInOptionsDto;
use crate::dto::open_enum;
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

input!(
    /// Input of `link_ext_idp`.
    pub struct LinkExtIdpDto {
        /// Identifier of the identity source connection to bind through.
        #[wire = "ext_idp_conn_identifier"]
        pub ext_idp_conn_identifier: String,
        /// ID of the GenAuth application.
        #[wire = "app_id"]
        pub app_id: String,
        /// ID token of the user who binds the account.
        #[wire = "id_token"]
        pub id_token: Secret,
    }
);

answer!(
    /// A link that binds an external account.
    pub struct GenerateBindExtIdpLinkDataDto {
        /// Address to send the user's browser to.
        pub url: Option<String>,
    }
);

input!(
    /// Input of `generate_link_ext_idp_url`.
    pub struct GenerateLinkExtidpUrlDto {
        /// Identifier of the identity source connection to bind through.
        #[wire = "ext_idp_conn_identifier"]
        pub ext_idp_conn_identifier: String,
        /// ID of the GenAuth application.
        #[wire = "app_id"]
        pub app_id: String,
        /// ID token of the user who binds the account.
        #[wire = "id_token"]
        pub id_token: Secret,
        /// Whether the outcome comes back by a redirect to `target_url`, as text.
        #[wire = "need_url_redirect"]
        pub need_url_redirect: Option<String>,
        /// Whether a redirect carries only the tokens, as text; helps with browsers that limit the length of an address.
        #[wire = "only_redirect_token"]
        pub only_redirect_token: Option<String>,
        /// Whether the outcome comes back by a form post to `target_url`, as text.
        #[wire = "need_form_post"]
        pub need_form_post: Option<String>,
        /// Address that receives the outcome by redirect or form post.
        #[wire = "target_url"]
        pub target_url: Option<String>,
    }
);

input!(
    /// The external account to take off the user.
    pub struct UnlinkExtIdpDto {
        /// ID of the identity source as in `ext_idp_id` of `get_identities`, not that of a connection.
        pub ext_idp_id: String,
    }
);

answer!(
    /// An external identity source that the application offers.
    pub struct ExtIdpInfoDto {
        /// Identifier of the identity source connection.
        pub identifier: Option<String>,
        /// ID of the identity source.
        pub ext_idp_id: Option<String>,
        /// Kind of provider.
        pub r#type: Option<ExtIdpType>,
        /// Whether it is a social or an enterprise source.
        pub ext_idp_type: Option<ExtIdpCategory>,
        /// Address where the user authenticates with this source.
        pub bind_url: Option<String>,
        /// Name to show.
        pub name: Option<String>,
        /// Name to show, in English.
        #[wire = "name_en"]
        pub name_en: Option<String>,
        /// Description.
        pub desc: Option<String>,
        /// Description in English.
        #[wire = "desc_en"]
        pub desc_en: Option<String>,
        /// Logo of the source.
        pub logo: Option<String>,
    }
);

input!(
    /// A WeChat authorization code of a mobile app.
    pub struct WechatMobileAuthByCodeInput {
        /// Authorization code that the WeChat SDK returned to the app.
        pub code: Secret,
        /// ID of the GenAuth application.
        pub app_id: Option<String>,
        /// ID of the identity source connection.
        pub conn_id: Option<String>,
    }
);

input!(
    /// A WeChat authorization code of a mobile app, to sign in with.
    pub struct WechatMobileAuthByCodeIdentityInput {
        /// Authorization code that the WeChat SDK returned to the app.
        pub code: Secret,
        /// ID of the GenAuth application.
        pub app_id: Option<String>,
        /// ID of the identity source connection.
        pub conn_id: Option<String>,
        /// Scope and other optional settings of the sign-in.
        pub options: Option<SignInOptionsDto>,
    }
);

input!(
    /// An answer to the binding question: create a new user.
    #[doc(alias = "BindByRegiserInputApi")]
    pub struct BindByRegisterInputApi {
        /// Name of the step, `create-federation-account`.
        pub action: String,
        /// Key of the unfinished sign-in, from the binding question of `auth_by_code_identity`.
        pub key: Secret,
    }
);

answer!(
    /// The tokens of a user who has signed in by WeChat after binding an account.
    pub struct WechatLoginTokenRespDto {
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
        /// Scopes of the sign-in, separated by blanks.
        pub scope: Option<String>,
    }
);

input!(
    /// An answer to the binding question: a user found by e-mail address.
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
);

input!(
    /// An answer to the binding question: a user found by phone number.
    pub struct BindByPhoneCodeInputApi {
        /// Phone number of the user.
        pub phone: String,
        /// Pass code received by text message, of four or six digits.
        pub code: Secret,
        /// Country code of the phone number, with a plus sign such as `+86`; `86`, `086` and `0086` are understood too.
        pub phone_country_code: Option<String>,
        /// Name of the step, `bind-identity-by-phone-code`.
        pub action: String,
        /// Key of the unfinished sign-in, from the binding question of `auth_by_code_identity`.
        pub key: Secret,
    }
);

input!(
    /// An answer to the binding question: a user found by account and password.
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
);

input!(
    /// An answer to the binding question: one of the accounts offered.
    pub struct BindByAccountsInputApi {
        /// User ID of the chosen account.
        pub account: String,
        /// Name of the step, `bind-identity-by-selection`.
        pub action: String,
        /// Key of the unfinished sign-in, from the binding question of `auth_by_code_identity`.
        pub key: Secret,
    }
);

input!(
    /// An answer to the binding question: a user found by ID.
    pub struct BindByAccountIdInputApi {
        /// ID of the user.
        pub account_id: String,
        /// Name of the step, `bind-identity-by-account-id`.
        pub action: String,
        /// Key of the unfinished sign-in, from the binding question of `auth_by_code_identity`.
        pub key: Secret,
    }
);
