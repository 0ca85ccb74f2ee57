//! What a mobile app got from an identity provider, to sign in with.

use serde::Serialize;

use crate::dto::wire::tagged_payload;
use crate::{JsonObject, Secret};

tagged_payload! {
    /// What a mobile app got from an identity provider, with the one payload that belongs to it.
    pub enum MobileCredentials by "connection" {
        /// Apple sign-in in a mobile app.
        Apple(SignInByApplePayloadDto) = "apple", "applePayload";
        /// WeChat in a mobile app.
        Wechat(SignInByWechatPayloadDto) = "wechat", "wechatPayload";
        /// Alipay in a mobile app.
        Alipay(SignInByAlipayPayloadDto) = "alipay", "alipayPayload";
        /// WeCom (WeChat Work) in a mobile app.
        WechatWork(SignInByWechatworkDto) = "wechatwork", "wechatworkPayload";
        /// WeCom in a mobile app that a service provider runs for the company.
        WechatWorkAgency(SignInByWechatworkAgencyPayloadDto) = "wechatwork_agency", "wechatworkAgencyPayload";
        /// Feishu (Lark), through an app the company built for itself.
        LarkInternal(SignInByLarkInternalPayloadDto) = "lark_internal", "larkInternalPayload";
        /// Feishu (Lark), through an app from its app store.
        LarkPublic(SignInByLarkPublicPayloadDto) = "lark_public", "larkPublicPayload";
        /// Feishu (Lark), through a widget.
        LarkBlock(SignInByLarkBlockPayloadDto) = "lark_block", "larkBlockPayload";
        /// One-tap sign-in by the phone operator, through NetEase Yidun.
        Yidun(SignInByYidunPayloadDto) = "yidun", "yidunPayload";
        /// WeChat mini program, by login code.
        WechatMiniProgramCode(SignInByWechatMiniProgramCodePayloadDto) = "wechat_mini_program_code", "wechatMiniProgramCodePayload";
        /// WeChat mini program, by phone number.
        WechatMiniProgramPhone(SignInByWechatMiniProgramPhonePayloadDto) = "wechat_mini_program_phone", "wechatMiniProgramPhonePayload";
        /// WeChat mini program, by login code and phone number together.
        WechatMiniProgramCodeAndPhone(SignInByWechatMiniProgramCodeAndPhonePayloadDto) = "wechat_mini_program_code_and_phone", "wechatMiniProgramCodeAndPhonePayload";
        /// Google in a mobile app.
        Google(SignInByGooglePayloadDto) = "google", "googlePayload";
        /// Facebook in a mobile app.
        Facebook(SignInByFacebookPayloadDto) = "facebook", "facebookPayload";
        /// QQ in a mobile app.
        Qq(SignInByQQPayloadDto) = "qq", "qqPayload";
        /// Sina Weibo in a mobile app.
        Weibo(SignInByWeiboPayloadDto) = "weibo", "weiboPayload";
        /// Baidu in a mobile app.
        Baidu(SignInByBaiduPayloadDto) = "baidu", "baiduPayload";
        /// LinkedIn in a mobile app.
        LinkedIn(SignInByLinkedInPayloadDto) = "linkedin", "linkedInPayload";
        /// DingTalk in a mobile app.
        DingTalk(SignInByDingTalkPayloadDto) = "dingtalk", "dingTalkPayload";
        /// GitHub in a mobile app.
        GitHub(SignInByGithubPayloadDto) = "github", "githubPayload";
        /// Gitee in a mobile app.
        Gitee(SignInByGiteePayloadDto) = "gitee", "giteePayload";
        /// GitLab in a mobile app.
        GitLab(SignInByGitlabPayloadDto) = "gitlab", "gitlabPayload";
        /// Douyin in a mobile app.
        Douyin(SignInByDouyinPayloadDto) = "douyin", "douyinPayload";
        /// Kuaishou in a mobile app.
        Kuaishou(SignInByKuaishouPayloadDto) = "kuaishou", "kuaishouPayload";
        /// Xiaomi in a mobile app.
        Xiaomi(SignInByXiaomiPayloadDto) = "xiaomi", "xiaomiPayload";
        /// LINE in a mobile app.
        Line(SignInByLinePayloadDto) = "line", "linePayload";
        /// Slack in a mobile app.
        Slack(SignInBySlackPayloadDto) = "slack", "slackPayload";
        /// OPPO in a mobile app.
        Oppo(SignInByOPPOPayloadDto) = "oppo", "oppoPayload";
        /// Huawei in a mobile app.
        Huawei(SignInByHuaweiPayloadDto) = "huawei", "huaweiPayload";
        /// Amazon in a mobile app.
        Amazon(SignInByAmazonPayloadDto) = "amazon", "amazonPayload";
        /// Douyin mini program, by login code.
        DouyinMiniProgramCode(SignInByDouyinMiniProgramCodePayloadDto) = "douyin_mini_program_code", "douyinMiniProgramCodePayload";
        /// Douyin mini program, by login code and phone number together.
        DouyinMiniProgramCodeAndPhone(SignInByDouyinMiniProgramCodeAndPhonePayloadDto) = "douyin_mini_program_code_and_phone", "douyinMiniProgramCodeAndPhonePayload";
    }
}

/// A sign-in of a mobile app through an identity provider.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SigninByMobileDto {
    /// What the provider gave to the app. Flattened: tag and payload stand beside the other fields.
    #[serde(flatten)]
    pub credentials: MobileCredentials,
    /// Identifier of the connection to the identity provider, as the console shows it.
    #[serde(rename = "extIdpConnidentifier")]
    #[doc(alias = "extIdpConnidentifier")]
    pub ext_idp_conn_identifier: String,
    /// Scope, tenant, client address and more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub options: Option<SignInByMobileOptionsDto>,
    /// Id of the application. Left empty, the [`App`](crate::App) fills it in where it proves itself in the body.
    #[serde(rename = "client_id", skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Secret of the application. Left empty, the [`App`](crate::App) fills it in where it proves itself in the body.
    #[serde(rename = "client_secret", skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<Secret>,
}

impl SigninByMobileDto {
    /// With one of the payloads, which decides the connection, and the identifier of the connection.
    pub fn new(credentials: impl Into<MobileCredentials>, ext_idp_conn_identifier: impl Into<String>) -> Self {
        Self {
            credentials: credentials.into(),
            ext_idp_conn_identifier: ext_idp_conn_identifier.into(),
            options: None,
            client_id: None,
            client_secret: None,
        }
    }

    /// Sets [`options`](Self::options).
    pub fn with_options(mut self, options: impl Into<SignInByMobileOptionsDto>) -> Self {
        self.options = Some(options.into());
        self
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

/// What a WeChat login gave to the device.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByWechatPayloadDto {
    /// One-time code that WeChat returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Secret>,
}

impl SignInByWechatPayloadDto {
    /// With nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`code`](Self::code).
    pub fn with_code(mut self, code: impl Into<Secret>) -> Self {
        self.code = Some(code.into());
        self
    }
}

/// What an Apple login gave to the device.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByApplePayloadDto {
    /// One-time code that Apple returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Secret>,
}

impl SignInByApplePayloadDto {
    /// With nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`code`](Self::code).
    pub fn with_code(mut self, code: impl Into<Secret>) -> Self {
        self.code = Some(code.into());
        self
    }
}

/// What an Alipay login gave to the device.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByAlipayPayloadDto {
    /// One-time code that Alipay returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Secret>,
}

impl SignInByAlipayPayloadDto {
    /// With nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`code`](Self::code).
    pub fn with_code(mut self, code: impl Into<Secret>) -> Self {
        self.code = Some(code.into());
        self
    }
}

/// What a WeCom login gave to the device.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByWechatworkDto {
    /// One-time code that WeCom returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Secret>,
}

impl SignInByWechatworkDto {
    /// With nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`code`](Self::code).
    pub fn with_code(mut self, code: impl Into<Secret>) -> Self {
        self.code = Some(code.into());
        self
    }
}

/// What a WeCom login gave to an app that a service provider runs for the company.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByWechatworkAgencyPayloadDto {
    /// One-time code that WeCom returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Secret>,
}

impl SignInByWechatworkAgencyPayloadDto {
    /// With nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`code`](Self::code).
    pub fn with_code(mut self, code: impl Into<Secret>) -> Self {
        self.code = Some(code.into());
        self
    }
}

/// What a login by a Feishu (Lark) app from its app store gave to the device.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByLarkPublicPayloadDto {
    /// One-time code that Feishu returned to the app.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Secret>,
}

impl SignInByLarkPublicPayloadDto {
    /// With nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`code`](Self::code).
    pub fn with_code(mut self, code: impl Into<Secret>) -> Self {
        self.code = Some(code.into());
        self
    }
}

/// What a login by a Feishu (Lark) app built by the company itself gave to the device.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByLarkInternalPayloadDto {
    /// One-time code that Feishu returned to the app.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Secret>,
}

impl SignInByLarkInternalPayloadDto {
    /// With nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`code`](Self::code).
    pub fn with_code(mut self, code: impl Into<Secret>) -> Self {
        self.code = Some(code.into());
        self
    }
}

/// What a login by a Feishu (Lark) widget gave to the device.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByLarkBlockPayloadDto {
    /// One-time code that Feishu returned to the widget.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Secret>,
}

impl SignInByLarkBlockPayloadDto {
    /// With nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`code`](Self::code).
    pub fn with_code(mut self, code: impl Into<Secret>) -> Self {
        self.code = Some(code.into());
        self
    }
}

/// What the one-tap sign-in of NetEase Yidun gave to the device.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByYidunPayloadDto {
    /// Token that Yidun returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<Secret>,
    /// Authorization code of the phone operator, as Yidun returned it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token: Option<Secret>,
}

impl SignInByYidunPayloadDto {
    /// With nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`token`](Self::token).
    pub fn with_token(mut self, token: impl Into<Secret>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Sets [`access_token`](Self::access_token).
    pub fn with_access_token(mut self, access_token: impl Into<Secret>) -> Self {
        self.access_token = Some(access_token.into());
        self
    }
}

/// A login code of a WeChat mini program, with or without encrypted user data.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByWechatMiniProgramCodePayloadDto {
    /// Encrypted user data that WeChat returned to the mini program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encrypted_data: Option<String>,
    /// Initial vector for decrypting the data, as WeChat returned it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iv: Option<String>,
    /// Code that `wx.login` returned.
    pub code: Secret,
}

impl SignInByWechatMiniProgramCodePayloadDto {
    /// With everything that is required.
    pub fn new(code: impl Into<Secret>) -> Self {
        Self {
            encrypted_data: None,
            iv: None,
            code: code.into(),
        }
    }

    /// Sets [`encrypted_data`](Self::encrypted_data).
    pub fn with_encrypted_data(mut self, encrypted_data: impl Into<String>) -> Self {
        self.encrypted_data = Some(encrypted_data.into());
        self
    }

    /// Sets [`iv`](Self::iv).
    pub fn with_iv(mut self, iv: impl Into<String>) -> Self {
        self.iv = Some(iv.into());
        self
    }
}

/// Encrypted phone data and a login code of a WeChat mini program.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByWechatMiniProgramPhonePayloadDto {
    /// Encrypted user data that WeChat returned to the mini program.
    pub encrypted_data: String,
    /// Initial vector for decrypting the data, as WeChat returned it.
    pub iv: String,
    /// Code that `wx.login` returned.
    pub code: Secret,
}

impl SignInByWechatMiniProgramPhonePayloadDto {
    /// With everything that is required.
    pub fn new(encrypted_data: impl Into<String>, iv: impl Into<String>, code: impl Into<Secret>) -> Self {
        Self {
            encrypted_data: encrypted_data.into(),
            iv: iv.into(),
            code: code.into(),
        }
    }
}

/// A login code and a phone number permission of a WeChat mini program.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByWechatMiniProgramCodeAndPhonePayloadDto {
    /// What the login of the mini program returned.
    pub wx_login_info: SignInByWechatMiniProgramCodePayloadDto,
    /// What the phone number permission returned. A new user gets the number; an existing one only if they have none
    /// and nobody else has bound it.
    pub wx_phone_info: SignInByWechatMiniProgramPhoneInfoPayloadDto,
}

impl SignInByWechatMiniProgramCodeAndPhonePayloadDto {
    /// With everything that is required.
    pub fn new(
        wx_login_info: impl Into<SignInByWechatMiniProgramCodePayloadDto>,
        wx_phone_info: impl Into<SignInByWechatMiniProgramPhoneInfoPayloadDto>,
    ) -> Self {
        Self {
            wx_login_info: wx_login_info.into(),
            wx_phone_info: wx_phone_info.into(),
        }
    }
}

/// The user's permission to read their phone number in a WeChat mini program.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByWechatMiniProgramPhoneInfoPayloadDto {
    /// Code that WeChat returned with the phone number permission; not the one of `wx.login`.
    pub code: Secret,
}

impl SignInByWechatMiniProgramPhoneInfoPayloadDto {
    /// With everything that is required.
    pub fn new(code: impl Into<Secret>) -> Self {
        Self { code: code.into() }
    }
}

/// What a Google login gave to the device.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByGooglePayloadDto {
    /// Authorization code that Google returned.
    pub code: Secret,
}

impl SignInByGooglePayloadDto {
    /// With everything that is required.
    pub fn new(code: impl Into<Secret>) -> Self {
        Self { code: code.into() }
    }
}

/// What a Facebook login gave to the device.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByFacebookPayloadDto {
    /// Access token that Facebook returned.
    #[serde(rename = "access_token")]
    pub access_token: Secret,
}

impl SignInByFacebookPayloadDto {
    /// With everything that is required.
    pub fn new(access_token: impl Into<Secret>) -> Self {
        Self {
            access_token: access_token.into(),
        }
    }
}

/// What a QQ login gave to the device.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByQQPayloadDto {
    /// Access token that QQ returned.
    #[serde(rename = "access_token")]
    pub access_token: Secret,
}

impl SignInByQQPayloadDto {
    /// With everything that is required.
    pub fn new(access_token: impl Into<Secret>) -> Self {
        Self {
            access_token: access_token.into(),
        }
    }
}

/// What a Sina Weibo login gave to the device.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByWeiboPayloadDto {
    /// Access token that Sina Weibo returned.
    #[serde(rename = "access_token")]
    pub access_token: Secret,
}

impl SignInByWeiboPayloadDto {
    /// With everything that is required.
    pub fn new(access_token: impl Into<Secret>) -> Self {
        Self {
            access_token: access_token.into(),
        }
    }
}

/// What a Baidu login gave to the device: a code or an access token.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByBaiduPayloadDto {
    /// Authorization code that Baidu returned; wins when `access_token` is set too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Secret>,
    /// Access token that Baidu returned; used when there is no `code`.
    #[serde(rename = "access_token", skip_serializing_if = "Option::is_none")]
    pub access_token: Option<Secret>,
}

impl SignInByBaiduPayloadDto {
    /// With nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`code`](Self::code).
    pub fn with_code(mut self, code: impl Into<Secret>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Sets [`access_token`](Self::access_token).
    pub fn with_access_token(mut self, access_token: impl Into<Secret>) -> Self {
        self.access_token = Some(access_token.into());
        self
    }
}

/// What a LinkedIn login gave to the device.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByLinkedInPayloadDto {
    /// Authorization code that LinkedIn returned.
    pub code: Secret,
}

impl SignInByLinkedInPayloadDto {
    /// With everything that is required.
    pub fn new(code: impl Into<Secret>) -> Self {
        Self { code: code.into() }
    }
}

/// What a DingTalk login gave to the device.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByDingTalkPayloadDto {
    /// Authorization code that DingTalk returned.
    pub code: Secret,
    /// Whether the user's profile must be read with DingTalk's `sns/getuserinfo_bycode`; otherwise the code is traded
    /// for an access token, which reads the profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_sns_code: Option<bool>,
}

impl SignInByDingTalkPayloadDto {
    /// With everything that is required.
    pub fn new(code: impl Into<Secret>) -> Self {
        Self {
            code: code.into(),
            is_sns_code: None,
        }
    }

    /// Sets [`is_sns_code`](Self::is_sns_code).
    pub fn with_is_sns_code(mut self, is_sns_code: bool) -> Self {
        self.is_sns_code = Some(is_sns_code);
        self
    }
}

/// What a GitHub login gave to the device.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByGithubPayloadDto {
    /// Authorization code that GitHub returned.
    pub code: Secret,
}

impl SignInByGithubPayloadDto {
    /// With everything that is required.
    pub fn new(code: impl Into<Secret>) -> Self {
        Self { code: code.into() }
    }
}

/// What a Gitee login gave to the device.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByGiteePayloadDto {
    /// Authorization code that Gitee returned.
    pub code: Secret,
}

impl SignInByGiteePayloadDto {
    /// With everything that is required.
    pub fn new(code: impl Into<Secret>) -> Self {
        Self { code: code.into() }
    }
}

/// What a GitLab login gave to the device.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByGitlabPayloadDto {
    /// Authorization code that GitLab returned.
    pub code: Secret,
}

impl SignInByGitlabPayloadDto {
    /// With everything that is required.
    pub fn new(code: impl Into<Secret>) -> Self {
        Self { code: code.into() }
    }
}

/// What a Douyin login gave to the device.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByDouyinPayloadDto {
    /// Authorization code that Douyin returned.
    pub code: Secret,
}

impl SignInByDouyinPayloadDto {
    /// With everything that is required.
    pub fn new(code: impl Into<Secret>) -> Self {
        Self { code: code.into() }
    }
}

/// What a Kuaishou login gave to the device.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByKuaishouPayloadDto {
    /// Authorization code that Kuaishou returned.
    pub code: Secret,
}

impl SignInByKuaishouPayloadDto {
    /// With everything that is required.
    pub fn new(code: impl Into<Secret>) -> Self {
        Self { code: code.into() }
    }
}

/// What a Xiaomi login gave to the device.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByXiaomiPayloadDto {
    /// Authorization code that Xiaomi returned.
    pub code: Secret,
}

impl SignInByXiaomiPayloadDto {
    /// With everything that is required.
    pub fn new(code: impl Into<Secret>) -> Self {
        Self { code: code.into() }
    }
}

/// What a LINE login gave to the device.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByLinePayloadDto {
    /// Access token that LINE returned.
    #[serde(rename = "access_token")]
    pub access_token: Secret,
    /// ID token that LINE returns when asked for the scope `openid`; the profile is read from it if present, else with
    /// the access token.
    #[serde(rename = "id_token", skip_serializing_if = "Option::is_none")]
    pub id_token: Option<Secret>,
}

impl SignInByLinePayloadDto {
    /// With everything that is required.
    pub fn new(access_token: impl Into<Secret>) -> Self {
        Self {
            access_token: access_token.into(),
            id_token: None,
        }
    }

    /// Sets [`id_token`](Self::id_token).
    pub fn with_id_token(mut self, id_token: impl Into<Secret>) -> Self {
        self.id_token = Some(id_token.into());
        self
    }
}

/// What a Slack login gave to the device.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInBySlackPayloadDto {
    /// Authorization code that Slack returned.
    pub code: Secret,
}

impl SignInBySlackPayloadDto {
    /// With everything that is required.
    pub fn new(code: impl Into<Secret>) -> Self {
        Self { code: code.into() }
    }
}

/// What an OPPO login gave to the device.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByOPPOPayloadDto {
    /// Authorization code that OPPO returned.
    pub code: Secret,
}

impl SignInByOPPOPayloadDto {
    /// With everything that is required.
    pub fn new(code: impl Into<Secret>) -> Self {
        Self { code: code.into() }
    }
}

/// What a Huawei login gave to the device.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByHuaweiPayloadDto {
    /// Authorization code that Huawei returned.
    pub code: Secret,
}

impl SignInByHuaweiPayloadDto {
    /// With everything that is required.
    pub fn new(code: impl Into<Secret>) -> Self {
        Self { code: code.into() }
    }
}

/// What an Amazon login gave to the device.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByAmazonPayloadDto {
    /// Access token that Amazon returned.
    #[serde(rename = "access_token")]
    pub access_token: Secret,
}

impl SignInByAmazonPayloadDto {
    /// With everything that is required.
    pub fn new(access_token: impl Into<Secret>) -> Self {
        Self {
            access_token: access_token.into(),
        }
    }
}

/// Optional settings of a sign-in by a third-party app.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByMobileOptionsDto {
    /// Scopes asked for, separated by blanks; must hold `openid`, and `offline_access` to get a refresh token. The
    /// others (`profile`, `username`, `email`, `phone`, `roles`, `external_id`, `extended_fields`, `tenant_id`) decide
    /// what the ID token tells about the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Further data that the pipeline functions of the user pool find in their context.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<JsonObject>,
    /// ID of the tenant to sign in to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<String>,
    /// Custom data to store with the user; the fields must first be defined in the user pool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_data: Option<JsonObject>,
}

impl SignInByMobileOptionsDto {
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

    /// Sets [`tenant_id`](Self::tenant_id).
    pub fn with_tenant_id(mut self, tenant_id: impl Into<String>) -> Self {
        self.tenant_id = Some(tenant_id.into());
        self
    }

    /// Sets [`custom_data`](Self::custom_data).
    pub fn with_custom_data(mut self, custom_data: JsonObject) -> Self {
        self.custom_data = Some(custom_data);
        self
    }
}

/// A login code of a Douyin mini program, with or without encrypted user data.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByDouyinMiniProgramCodePayloadDto {
    /// Encrypted user data that Douyin returned to the mini program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encrypted_data: Option<String>,
    /// Initial vector for decrypting the data; required together with `encrypted_data`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iv: Option<String>,
    /// Code that `tt.login` returned.
    pub code: Secret,
}

impl SignInByDouyinMiniProgramCodePayloadDto {
    /// With everything that is required.
    pub fn new(code: impl Into<Secret>) -> Self {
        Self {
            encrypted_data: None,
            iv: None,
            code: code.into(),
        }
    }

    /// Sets [`encrypted_data`](Self::encrypted_data).
    pub fn with_encrypted_data(mut self, encrypted_data: impl Into<String>) -> Self {
        self.encrypted_data = Some(encrypted_data.into());
        self
    }

    /// Sets [`iv`](Self::iv).
    pub fn with_iv(mut self, iv: impl Into<String>) -> Self {
        self.iv = Some(iv.into());
        self
    }
}

/// A login code and phone data of a Douyin mini program.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByDouyinMiniProgramCodeAndPhonePayloadDto {
    /// What the login returned, for example with the user data of `tt.getUserProfile`.
    pub login_params: SignInByDouyinMiniProgramCodePayloadDto,
    /// What the phone number permission returned. A new user gets the number; an existing one only if they have none
    /// and nobody else has bound it.
    pub phone_params: SignInByDouyinMiniProgramPhoneInfoPayloadDto,
}

impl SignInByDouyinMiniProgramCodeAndPhonePayloadDto {
    /// With everything that is required.
    pub fn new(
        login_params: impl Into<SignInByDouyinMiniProgramCodePayloadDto>,
        phone_params: impl Into<SignInByDouyinMiniProgramPhoneInfoPayloadDto>,
    ) -> Self {
        Self {
            login_params: login_params.into(),
            phone_params: phone_params.into(),
        }
    }
}

/// Encrypted phone data of a Douyin mini program.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "full-serde", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInByDouyinMiniProgramPhoneInfoPayloadDto {
    /// Initial vector for decrypting the data; required together with `encrypted_data`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iv: Option<String>,
    /// Encrypted phone data that Douyin returned to the mini program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encrypted_data: Option<String>,
}

impl SignInByDouyinMiniProgramPhoneInfoPayloadDto {
    /// With nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`iv`](Self::iv).
    pub fn with_iv(mut self, iv: impl Into<String>) -> Self {
        self.iv = Some(iv.into());
        self
    }

    /// Sets [`encrypted_data`](Self::encrypted_data).
    pub fn with_encrypted_data(mut self, encrypted_data: impl Into<String>) -> Self {
        self.encrypted_data = Some(encrypted_data.into());
        self
    }
}
