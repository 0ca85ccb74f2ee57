//! What a mobile app got from an identity provider, to sign in with.

use crate::dto::input;

use crate::dto::tagged_payload;
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

input!(
    /// A sign-in of a mobile app through an identity provider.
    pub struct SigninByMobileDto {
        /// What the provider gave to the app. Flattened: tag and payload stand beside the other fields.
        #[wire = "*"]
        pub credentials: MobileCredentials,
        /// Identifier of the connection to the identity provider, as the console shows it.
        #[alias = "extIdpConnidentifier"]
        #[wire = "extIdpConnidentifier"]
        pub ext_idp_conn_identifier: String,
        /// Scope, tenant, client address and more.
        pub options: Option<SignInByMobileOptionsDto>,
        /// Id of the application. Left empty, the [`App`](crate::App) fills it in where it proves itself in the body.
        #[wire = "client_id"]
        pub client_id: Option<String>,
        /// Secret of the application. Left empty, the [`App`](crate::App) fills it in where it proves itself in the body.
        #[wire = "client_secret"]
        pub client_secret: Option<Secret>,
    }
);

input!(
    /// What a WeChat login gave to the device.
    pub struct SignInByWechatPayloadDto {
        /// One-time code that WeChat returned.
        pub code: Option<Secret>,
    }
);

input!(
    /// What an Apple login gave to the device.
    pub struct SignInByApplePayloadDto {
        /// One-time code that Apple returned.
        pub code: Option<Secret>,
    }
);

input!(
    /// What an Alipay login gave to the device.
    pub struct SignInByAlipayPayloadDto {
        /// One-time code that Alipay returned.
        pub code: Option<Secret>,
    }
);

input!(
    /// What a WeCom login gave to the device.
    pub struct SignInByWechatworkDto {
        /// One-time code that WeCom returned.
        pub code: Option<Secret>,
    }
);

input!(
    /// What a WeCom login gave to an app that a service provider runs for the company.
    pub struct SignInByWechatworkAgencyPayloadDto {
        /// One-time code that WeCom returned.
        pub code: Option<Secret>,
    }
);

input!(
    /// What a login by a Feishu (Lark) app from its app store gave to the device.
    pub struct SignInByLarkPublicPayloadDto {
        /// One-time code that Feishu returned to the app.
        pub code: Option<Secret>,
    }
);

input!(
    /// What a login by a Feishu (Lark) app built by the company itself gave to the device.
    pub struct SignInByLarkInternalPayloadDto {
        /// One-time code that Feishu returned to the app.
        pub code: Option<Secret>,
    }
);

input!(
    /// What a login by a Feishu (Lark) widget gave to the device.
    pub struct SignInByLarkBlockPayloadDto {
        /// One-time code that Feishu returned to the widget.
        pub code: Option<Secret>,
    }
);

input!(
    /// What the one-tap sign-in of NetEase Yidun gave to the device.
    pub struct SignInByYidunPayloadDto {
        /// Token that Yidun returned.
        pub token: Option<Secret>,
        /// Authorization code of the phone operator, as Yidun returned it.
        pub access_token: Option<Secret>,
    }
);

input!(
    /// A login code of a WeChat mini program, with or without encrypted user data.
    pub struct SignInByWechatMiniProgramCodePayloadDto {
        /// Encrypted user data that WeChat returned to the mini program.
        pub encrypted_data: Option<String>,
        /// Initial vector for decrypting the data, as WeChat returned it.
        pub iv: Option<String>,
        /// Code that `wx.login` returned.
        pub code: Secret,
    }
);

input!(
    /// Encrypted phone data and a login code of a WeChat mini program.
    pub struct SignInByWechatMiniProgramPhonePayloadDto {
        /// Encrypted user data that WeChat returned to the mini program.
        pub encrypted_data: String,
        /// Initial vector for decrypting the data, as WeChat returned it.
        pub iv: String,
        /// Code that `wx.login` returned.
        pub code: Secret,
    }
);

input!(
    /// A login code and a phone number permission of a WeChat mini program.
    pub struct SignInByWechatMiniProgramCodeAndPhonePayloadDto {
        /// What the login of the mini program returned.
        pub wx_login_info: SignInByWechatMiniProgramCodePayloadDto,
        /// What the phone number permission returned. A new user gets the number; an existing one only if they have none
        /// and nobody else has bound it.
        pub wx_phone_info: SignInByWechatMiniProgramPhoneInfoPayloadDto,
    }
);

input!(
    /// The user's permission to read their phone number in a WeChat mini program.
    pub struct SignInByWechatMiniProgramPhoneInfoPayloadDto {
        /// Code that WeChat returned with the phone number permission; not the one of `wx.login`.
        pub code: Secret,
    }
);

input!(
    /// What a Google login gave to the device.
    pub struct SignInByGooglePayloadDto {
        /// Authorization code that Google returned.
        pub code: Secret,
    }
);

input!(
    /// What a Facebook login gave to the device.
    pub struct SignInByFacebookPayloadDto {
        /// Access token that Facebook returned.
        #[wire = "access_token"]
        pub access_token: Secret,
    }
);

input!(
    /// What a QQ login gave to the device.
    pub struct SignInByQQPayloadDto {
        /// Access token that QQ returned.
        #[wire = "access_token"]
        pub access_token: Secret,
    }
);

input!(
    /// What a Sina Weibo login gave to the device.
    pub struct SignInByWeiboPayloadDto {
        /// Access token that Sina Weibo returned.
        #[wire = "access_token"]
        pub access_token: Secret,
    }
);

input!(
    /// What a Baidu login gave to the device: a code or an access token.
    pub struct SignInByBaiduPayloadDto {
        /// Authorization code that Baidu returned; wins when `access_token` is set too.
        pub code: Option<Secret>,
        /// Access token that Baidu returned; used when there is no `code`.
        #[wire = "access_token"]
        pub access_token: Option<Secret>,
    }
);

input!(
    /// What a LinkedIn login gave to the device.
    pub struct SignInByLinkedInPayloadDto {
        /// Authorization code that LinkedIn returned.
        pub code: Secret,
    }
);

input!(
    /// What a DingTalk login gave to the device.
    pub struct SignInByDingTalkPayloadDto {
        /// Authorization code that DingTalk returned.
        pub code: Secret,
        /// Whether the user's profile must be read with DingTalk's `sns/getuserinfo_bycode`; otherwise the code is traded
        /// for an access token, which reads the profile.
        pub is_sns_code: Option<bool>,
    }
);

input!(
    /// What a GitHub login gave to the device.
    pub struct SignInByGithubPayloadDto {
        /// Authorization code that GitHub returned.
        pub code: Secret,
    }
);

input!(
    /// What a Gitee login gave to the device.
    pub struct SignInByGiteePayloadDto {
        /// Authorization code that Gitee returned.
        pub code: Secret,
    }
);

input!(
    /// What a GitLab login gave to the device.
    pub struct SignInByGitlabPayloadDto {
        /// Authorization code that GitLab returned.
        pub code: Secret,
    }
);

input!(
    /// What a Douyin login gave to the device.
    pub struct SignInByDouyinPayloadDto {
        /// Authorization code that Douyin returned.
        pub code: Secret,
    }
);

input!(
    /// What a Kuaishou login gave to the device.
    pub struct SignInByKuaishouPayloadDto {
        /// Authorization code that Kuaishou returned.
        pub code: Secret,
    }
);

input!(
    /// What a Xiaomi login gave to the device.
    pub struct SignInByXiaomiPayloadDto {
        /// Authorization code that Xiaomi returned.
        pub code: Secret,
    }
);

input!(
    /// What a LINE login gave to the device.
    pub struct SignInByLinePayloadDto {
        /// Access token that LINE returned.
        #[wire = "access_token"]
        pub access_token: Secret,
        /// ID token that LINE returns when asked for the scope `openid`; the profile is read from it if present, else with
        /// the access token.
        #[wire = "id_token"]
        pub id_token: Option<Secret>,
    }
);

input!(
    /// What a Slack login gave to the device.
    pub struct SignInBySlackPayloadDto {
        /// Authorization code that Slack returned.
        pub code: Secret,
    }
);

input!(
    /// What an OPPO login gave to the device.
    pub struct SignInByOPPOPayloadDto {
        /// Authorization code that OPPO returned.
        pub code: Secret,
    }
);

input!(
    /// What a Huawei login gave to the device.
    pub struct SignInByHuaweiPayloadDto {
        /// Authorization code that Huawei returned.
        pub code: Secret,
    }
);

input!(
    /// What an Amazon login gave to the device.
    pub struct SignInByAmazonPayloadDto {
        /// Access token that Amazon returned.
        #[wire = "access_token"]
        pub access_token: Secret,
    }
);

input!(
    /// Optional settings of a sign-in by a third-party app.
    pub struct SignInByMobileOptionsDto {
        /// Scopes asked for, separated by blanks; must hold `openid`, and `offline_access` to get a refresh token. The
        /// others (`profile`, `username`, `email`, `phone`, `roles`, `external_id`, `extended_fields`, `tenant_id`) decide
        /// what the ID token tells about the user.
        pub scope: Option<String>,
        /// Further data that the pipeline functions of the user pool find in their context.
        pub context: Option<JsonObject>,
        /// ID of the tenant to sign in to.
        pub tenant_id: Option<String>,
        /// Custom data to store with the user; the fields must first be defined in the user pool.
        pub custom_data: Option<JsonObject>,
    }
);

input!(
    /// A login code of a Douyin mini program, with or without encrypted user data.
    pub struct SignInByDouyinMiniProgramCodePayloadDto {
        /// Encrypted user data that Douyin returned to the mini program.
        pub encrypted_data: Option<String>,
        /// Initial vector for decrypting the data; required together with `encrypted_data`.
        pub iv: Option<String>,
        /// Code that `tt.login` returned.
        pub code: Secret,
    }
);

input!(
    /// A login code and phone data of a Douyin mini program.
    pub struct SignInByDouyinMiniProgramCodeAndPhonePayloadDto {
        /// What the login returned, for example with the user data of `tt.getUserProfile`.
        pub login_params: SignInByDouyinMiniProgramCodePayloadDto,
        /// What the phone number permission returned. A new user gets the number; an existing one only if they have none
        /// and nobody else has bound it.
        pub phone_params: SignInByDouyinMiniProgramPhoneInfoPayloadDto,
    }
);

input!(
    /// Encrypted phone data of a Douyin mini program.
    pub struct SignInByDouyinMiniProgramPhoneInfoPayloadDto {
        /// Initial vector for decrypting the data; required together with `encrypted_data`.
        pub iv: Option<String>,
        /// Encrypted phone data that Douyin returned to the mini program.
        pub encrypted_data: Option<String>,
    }
);
