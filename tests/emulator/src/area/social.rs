//! Signing in with an account elsewhere. The emulator is every external identity source at once: whatever code or token a
//! request carries is the id of the account there, so the same code is the same person again.

use serde_json::{Value, json};

use crate::area::sign_in::{authenticate_client, finish, scope};
use crate::failure::{Answer, Failure, Reply, coded};
use crate::random;
use crate::route::{Call, Caller, Route, get, post};
use crate::user::UserSeed;
use crate::validate::Kind::{Flag, Map, Object, OneOf, Text};
use crate::validate::{Field, may, need, when};

const CODE: &[Field] = &[need("code", Text)];
const OPTIONAL_CODE: &[Field] = &[may("code", Text)];
const ACCESS_TOKEN: &[Field] = &[need("access_token", Text)];
const ENCRYPTED: &[Field] = &[may("encryptedData", Text), may("iv", Text), need("code", Text)];
const CONNECTIONS: &[&str] = &[
    "apple",
    "wechat",
    "alipay",
    "wechatwork",
    "wechatwork_agency",
    "lark_internal",
    "lark_public",
    "lark_block",
    "yidun",
    "wechat_mini_program_code",
    "wechat_mini_program_phone",
    "wechat_mini_program_code_and_phone",
    "google",
    "facebook",
    "qq",
    "weibo",
    "baidu",
    "linkedin",
    "dingtalk",
    "github",
    "gitee",
    "gitlab",
    "douyin",
    "kuaishou",
    "xiaomi",
    "line",
    "slack",
    "oppo",
    "huawei",
    "amazon",
    "douyin_mini_program_code",
    "douyin_mini_program_code_and_phone",
];

/// Each connection has a payload of its own.
const BY_MOBILE: &[Field] = &[
    need("connection", OneOf(CONNECTIONS)),
    need("extIdpConnidentifier", Text),
    when("connection", "apple", "applePayload", Object(OPTIONAL_CODE)),
    when("connection", "wechat", "wechatPayload", Object(OPTIONAL_CODE)),
    when("connection", "alipay", "alipayPayload", Object(OPTIONAL_CODE)),
    when("connection", "wechatwork", "wechatworkPayload", Object(OPTIONAL_CODE)),
    when(
        "connection",
        "wechatwork_agency",
        "wechatworkAgencyPayload",
        Object(OPTIONAL_CODE),
    ),
    when(
        "connection",
        "lark_internal",
        "larkInternalPayload",
        Object(OPTIONAL_CODE),
    ),
    when("connection", "lark_public", "larkPublicPayload", Object(OPTIONAL_CODE)),
    when("connection", "lark_block", "larkBlockPayload", Object(OPTIONAL_CODE)),
    when(
        "connection",
        "yidun",
        "yidunPayload",
        Object(&[may("token", Text), may("accessToken", Text)]),
    ),
    when(
        "connection",
        "wechat_mini_program_code",
        "wechatMiniProgramCodePayload",
        Object(ENCRYPTED),
    ),
    when(
        "connection",
        "wechat_mini_program_phone",
        "wechatMiniProgramPhonePayload",
        Object(&[need("encryptedData", Text), need("iv", Text), need("code", Text)]),
    ),
    when(
        "connection",
        "wechat_mini_program_code_and_phone",
        "wechatMiniProgramCodeAndPhonePayload",
        Object(&[
            need("wxLoginInfo", Object(ENCRYPTED)),
            need("wxPhoneInfo", Object(CODE)),
        ]),
    ),
    when("connection", "google", "googlePayload", Object(CODE)),
    when("connection", "facebook", "facebookPayload", Object(ACCESS_TOKEN)),
    when("connection", "qq", "qqPayload", Object(ACCESS_TOKEN)),
    when("connection", "weibo", "weiboPayload", Object(ACCESS_TOKEN)),
    when(
        "connection",
        "baidu",
        "baiduPayload",
        Object(&[may("code", Text), may("access_token", Text)]),
    ),
    when("connection", "linkedin", "linkedInPayload", Object(CODE)),
    when(
        "connection",
        "dingtalk",
        "dingTalkPayload",
        Object(&[need("code", Text), may("isSnsCode", Flag)]),
    ),
    when("connection", "github", "githubPayload", Object(CODE)),
    when("connection", "gitee", "giteePayload", Object(CODE)),
    when("connection", "gitlab", "gitlabPayload", Object(CODE)),
    when("connection", "douyin", "douyinPayload", Object(CODE)),
    when("connection", "kuaishou", "kuaishouPayload", Object(CODE)),
    when("connection", "xiaomi", "xiaomiPayload", Object(CODE)),
    when(
        "connection",
        "line",
        "linePayload",
        Object(&[need("access_token", Text), may("id_token", Text)]),
    ),
    when("connection", "slack", "slackPayload", Object(CODE)),
    when("connection", "oppo", "oppoPayload", Object(CODE)),
    when("connection", "huawei", "huaweiPayload", Object(CODE)),
    when("connection", "amazon", "amazonPayload", Object(ACCESS_TOKEN)),
    when(
        "connection",
        "douyin_mini_program_code",
        "douyinMiniProgramCodePayload",
        Object(ENCRYPTED),
    ),
    when(
        "connection",
        "douyin_mini_program_code_and_phone",
        "douyinMiniProgramCodeAndPhonePayload",
        Object(&[
            need("loginParams", Object(ENCRYPTED)),
            need("phoneParams", Object(&[may("iv", Text), may("encryptedData", Text)])),
        ]),
    ),
    may(
        "options",
        Object(&[
            may("scope", Text),
            may("context", Map),
            may("tenantId", Text),
            may("customData", Map),
        ]),
    ),
    may("client_id", Text),
    may("client_secret", Text),
];

pub(crate) const ROUTES: &[Route] = &[
    get(
        "/api/v3/signin-by-extidp",
        Caller::Anyone,
        &[
            need("client_id", Text),
            need("ext_idp_conn_id", Text),
            need("response_type", OneOf(RESPONSE_TYPES)),
            need("redirect_uri", Text),
            need("scope", Text),
            need("state", Text),
            may("nonce", Text),
            may("prompt", Text),
            may("tenant_id", Text),
            may("login_page_context", Text),
        ],
        redirect,
    ),
    post("/api/v3/signin-by-mobile", Caller::App, BY_MOBILE, by_mobile),
    get(
        "/api/v3/get-alipay-authinfo",
        Caller::App,
        &[need("extIdpConnidentifier", Text)],
        alipay,
    ),
    post(
        "/api/v3/decrypt-wechat-miniprogram-data",
        Caller::App,
        &[
            need("extIdpConnidentifier", Text),
            need("encryptedData", Text),
            need("iv", Text),
            need("code", Text),
        ],
        decrypt_wechat,
    ),
    post(
        "/api/v3/get-wechat-miniprogram-phone",
        Caller::App,
        &[need("extIdpConnidentifier", Text), need("code", Text)],
        wechat_phone,
    ),
    post(
        "/api/v3/get-wechat-access-token",
        Caller::App,
        WECHAT_APP,
        wechat_access_token,
    ),
    post(
        "/api/v3/get-wechat-access-token-info",
        Caller::App,
        WECHAT_APP,
        wechat_access_token,
    ),
    post(
        "/api/v3/decrypt-douyin-miniprogram-data",
        Caller::App,
        &[
            need("code", Text),
            need("iv", Text),
            need("encryptedData", Text),
            need("extIdpConnidentifier", Text),
        ],
        decrypt_douyin,
    ),
];

const RESPONSE_TYPES: &[&str] = &[
    "none",
    "code",
    "token",
    "id_token token",
    "id_token",
    "code token",
    "code id_token token",
    "code id_token",
];
const WECHAT_APP: &[Field] = &[need("appId", Text), need("appSecret", Text)];

fn no_connection() -> Failure {
    Failure::not_found("no identity provider config found")
}

/// A link for browsers: on to the sign-in page of the other side.
fn redirect(call: &mut Call<'_>) -> Answer {
    if call.text("client_id") != call.world.settings.app_id {
        return Err(coded::UNKNOWN_APP);
    }
    let idp = call
        .world
        .directory
        .ext_idp(&call.text("ext_idp_conn_id"))
        .ok_or_else(no_connection)?;
    Ok(Reply::Redirect(authorize_url(call, &idp.provider, &call.text("state"))))
}

/// Where the browser goes to; nothing answers there.
pub(crate) fn authorize_url(call: &Call<'_>, provider: &str, state: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", "emulator")
        .append_pair(
            "redirect_uri",
            &format!("{}/connections/social/callback", call.world.url),
        )
        .append_pair("response_type", "code")
        .append_pair("state", state)
        .finish();
    format!("https://{provider}.example.com/authorize?{query}")
}

fn by_mobile(call: &mut Call<'_>) -> Answer {
    authenticate_client(call)?;
    let scope = scope(call)?;
    let connection = call.text("connection");
    let payload = BY_MOBILE
        .iter()
        .find_map(|field| field.needed_when("connection", &connection))
        .unwrap_or_default();
    let there = call.value(payload).and_then(account_there);
    let there = there.ok_or_else(|| Failure::invalid(format!("{payload}.code should not be empty")))?;
    let user_id = enter(call, &call.text("extIdpConnidentifier"), &there)?;
    finish(call, &user_id, &scope, "loginBySocial")
}

/// The code or token, wherever the payload has it.
fn account_there(payload: &Value) -> Option<String> {
    let own = ["code", "access_token", "accessToken", "token"]
        .iter()
        .find_map(|name| payload.get(name));
    let own = own
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
        .map(str::to_owned);
    own.or_else(|| payload.as_object()?.values().find_map(account_there))
}

/// The user who is linked to the account there; made, when nobody is yet.
pub(crate) fn enter(call: &mut Call<'_>, connection: &str, there: &str) -> Result<String, Failure> {
    let idp = call
        .world
        .directory
        .ext_idp(connection)
        .ok_or_else(no_connection)?
        .clone();
    if let Some(user) = call.world.user_linked_to(&idp.id, there) {
        return Ok(user.id.clone());
    }
    if !call.world.settings.registration {
        return Err(coded::REGISTRATION_OFF);
    }
    let id = call
        .world
        .add_user(UserSeed::new().field("registerSource", json!([format!("social:{}", idp.provider)])));
    if let Some(user) = call.world.user_mut(&id) {
        user.identities.push(idp.identity(there));
    }
    Ok(id)
}

/// The signed text that the Alipay application wants; the signature is random here.
fn alipay(call: &mut Call<'_>) -> Answer {
    call.world
        .directory
        .ext_idp(&call.text("extIdpConnidentifier"))
        .ok_or_else(no_connection)?;
    let text = form_urlencoded::Serializer::new(String::new())
        .append_pair("apiname", "com.alipay.account.auth")
        .append_pair("app_id", "emulator")
        .append_pair("app_name", "mc")
        .append_pair("auth_type", "AUTHACCOUNT")
        .append_pair("biz_type", "openservice")
        .append_pair("method", "alipay.open.auth.sdk.code.get")
        .append_pair("product_id", "APP_FAST_LOGIN")
        .append_pair("scope", "kuaijie")
        .append_pair("sign_type", "RSA2")
        .append_pair("target_id", &random::digits(16))
        .append_pair("sign", &random::token())
        .finish();
    Ok(Reply::Data(json!({ "authInfo": text })))
}

fn decrypt_wechat(call: &mut Call<'_>) -> Answer {
    call.world
        .directory
        .ext_idp(&call.text("extIdpConnidentifier"))
        .ok_or_else(no_connection)?;
    Ok(Reply::Data(json!({
        "nickName": call.text("code"),
        "gender": 0,
        "language": "zh_CN",
        "city": "",
        "province": "",
        "country": "CN",
        "avatarUrl": crate::user::DEFAULT_PHOTO,
        "unionId": call.text("code"),
        "watermark": { "timestamp": call.now / 1000, "appid": "emulator" },
    })))
}

fn wechat_phone(call: &mut Call<'_>) -> Answer {
    call.world
        .directory
        .ext_idp(&call.text("extIdpConnidentifier"))
        .ok_or_else(no_connection)?;
    Ok(Reply::Data(json!({
        "phoneNumber": "+8618800000000",
        "purePhoneNumber": "18800000000",
        "countryCode": "86",
    })))
}

/// The moment of expiry is in seconds, and a text.
fn wechat_access_token(call: &mut Call<'_>) -> Answer {
    Ok(Reply::Data(
        json!({ "accessToken": random::token(), "expiresAt": (call.now / 1000 + 7200).to_string() }),
    ))
}

fn decrypt_douyin(call: &mut Call<'_>) -> Answer {
    call.world
        .directory
        .ext_idp(&call.text("extIdpConnidentifier"))
        .ok_or_else(no_connection)?;
    Ok(Reply::Data(json!({
        "phoneNumber": "18800000000",
        "purePhoneNumber": "18800000000",
        "countryCode": "86",
        "watermark": { "timestamp": call.now / 1000, "appid": "emulator" },
    })))
}
