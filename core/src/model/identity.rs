//! A user's account at an identity provider.

use crate::dto::answer;
use serde_json::Value;

use crate::Secret;
use crate::dto::open_enum;

open_enum! {
    /// Kind of external identity provider.
    pub enum ExtIdpType {
        /// Any provider that speaks OpenID Connect.
        Oidc = "oidc",
        /// Any provider that speaks OAuth 2.0.
        OAuth2 = "oauth2",
        /// Any provider that speaks SAML.
        Saml = "saml",
        /// An LDAP directory.
        Ldap = "ldap",
        /// A Windows Active Directory.
        Ad = "ad",
        /// Any provider that speaks CAS.
        Cas = "cas",
        /// Azure Active Directory.
        AzureAd = "azure-ad",
        /// WeChat.
        WeChat = "wechat",
        /// Google.
        Google = "google",
        /// QQ.
        Qq = "qq",
        /// WeCom, also called WeChat Work.
        WeChatWork = "wechatwork",
        /// DingTalk.
        DingTalk = "dingtalk",
        /// Weibo.
        Weibo = "weibo",
        /// GitHub.
        GitHub = "github",
        /// Alipay.
        Alipay = "alipay",
        /// Apple.
        Apple = "apple",
        /// Baidu.
        Baidu = "baidu",
        /// Lark, also called Feishu.
        Lark = "lark",
        /// GitLab.
        GitLab = "gitlab",
        /// Twitter.
        Twitter = "twitter",
        /// Facebook.
        Facebook = "facebook",
        /// Slack.
        Slack = "slack",
        /// LinkedIn.
        LinkedIn = "linkedin",
        /// NetEase Yidun.
        Yidun = "yidun",
        /// QingCloud.
        QingCloud = "qingcloud",
        /// Gitee.
        Gitee = "gitee",
        /// Instagram.
        Instagram = "instagram",
        /// WeLink.
        WeLink = "welink",
        /// Huawei.
        Huawei = "huawei",
        /// Honor.
        Honor = "honor",
        /// Xiaomi.
        Xiaomi = "xiaomi",
        /// OPPO.
        Oppo = "oppo",
        /// Amazon Web Services.
        Aws = "aws",
        /// Amazon.
        Amazon = "amazon",
        /// Douyin.
        Douyin = "douyin",
        /// Kuaishou.
        Kuaishou = "kuaishou",
        /// LINE.
        Line = "line",
        /// The provider the service calls `sdbz`.
        Sdbz = "sdbz",
        /// The provider the service calls `zjzwfw`.
        Zjzwfw = "zjzwfw",
        /// The provider the service calls `zzding`.
        Zzding = "zzding",
        /// The provider the service calls `seeyona8v5`.
        SeeyonA8V5 = "seeyona8v5",
    }
}

answer!(
    /// An account at an external identity provider that is linked to a user.
    pub struct IdentityDto {
        /// Id of this entry; the vendor's text calls it the id of the identity source.
        pub identity_id: Option<String>,
        /// Id the identity provider is configured under; the vendor's text calls it a connection id.
        pub ext_idp_id: Option<String>,
        /// Kind of identity provider.
        pub provider: Option<ExtIdpType>,
        /// Which kind of id `user_id_in_idp` is, such as `openid`, `unionid` or `primary`.
        pub r#type: Option<String>,
        /// Id of the user at the identity provider.
        pub user_id_in_idp: Option<String>,
        /// What the identity provider says about the user; the keys depend on the provider.
        pub user_info_in_idp: Option<Value>,
        /// Access token of the identity provider; sent only when users ask for their own identities.
        pub access_token: Option<Secret>,
        /// Refresh token of the identity provider; sent only when users ask for their own identities.
        pub refresh_token: Option<Secret>,
        /// Ids of the identity provider connections the identity came through.
        pub origin_conn_ids: Vec<String>,
    }
);
