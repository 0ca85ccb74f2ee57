//! Links between a user and accounts elsewhere, and the questions that mobile WeChat sign-in asks.

use std::time::Duration;

use serde_json::{Value, json};

use crate::area::sign_in::{check_password, scope, tokens_for};
use crate::area::social::{authorize_url, enter};
use crate::failure::{Answer, Failure, Reply, coded};
use crate::one_time::OneTime;
use crate::route::{Call, Caller, Route, get, post};
use crate::state::{Account, Contact};
use crate::validate::Kind::{Flag, Map, Object, Text};
use crate::validate::{Field, may, need};

/// How long the question "who are you?" stays open after a WeChat sign-in.
const QUESTION_LIFETIME: Duration = Duration::from_secs(300);

/// An account at a source that nobody is linked to yet.
#[derive(Debug, Clone)]
pub(crate) struct Stranger {
    connection: String,
    there: String,
    scope: String,
}

/// What the flows of this section remember.
#[derive(Debug, Clone, Default)]
pub(crate) struct LinkingState {
    strangers: OneTime<Stranger>,
}

const LINK: &[Field] = &[
    need("ext_idp_conn_identifier", Text),
    need("app_id", Text),
    need("id_token", Text),
    may("need_url_redirect", Text),
    may("only_redirect_token", Text),
    may("need_form_post", Text),
    may("target_url", Text),
];
const WECHAT: &[Field] = &[
    need("code", Text),
    may("appId", Text),
    may("connId", Text),
    may(
        "options",
        Object(&[
            may("scope", Text),
            may("clientIp", Text),
            may("context", Map),
            may("tenantId", Text),
            may("customData", Map),
            may("autoRegister", Flag),
            may("captchaCode", Text),
            may("captchaToken", Text),
            may("passwordEncryptType", crate::password::ENCRYPT_TYPE),
        ]),
    ),
];

pub(crate) const ROUTES: &[Route] = &[
    get("/api/v3/link-extidp", Caller::Anyone, LINK, link),
    get(
        "/api/v3/generate-link-extidp-url",
        Caller::AppOrUser,
        LINK,
        generate_link,
    ),
    post("/api/v3/unlink-extidp", Caller::User, &[need("extIdpId", Text)], unlink),
    get("/api/v3/get-identities", Caller::User, &[], identities),
    get(
        "/api/v3/get-application-enabled-extidps",
        Caller::App,
        &[],
        enabled_ext_idps,
    ),
    post("/api/v2/ecConn/wechatMobile/authByCode", Caller::App, WECHAT, wechat),
    post(
        "/api/v2/ecConn/wechatMobile/authByCodeIdentity",
        Caller::App,
        WECHAT,
        wechat_or_question,
    ),
    post(
        "/api/v2/ecConn/wechatMobile/register",
        Caller::App,
        &[need("action", Text), need("key", Text)],
        answer_register,
    ),
    post(
        "/api/v2/ecConn/wechatMobile/byEmailCode",
        Caller::App,
        &[
            need("email", Text),
            need("code", Text),
            need("action", Text),
            need("key", Text),
        ],
        answer_email,
    ),
    post(
        "/api/v2/ecConn/wechatMobile/byPhoneCode",
        Caller::App,
        &[
            need("phone", Text),
            need("code", Text),
            may("phoneCountryCode", Text),
            need("action", Text),
            need("key", Text),
        ],
        answer_phone,
    ),
    post(
        "/api/v2/ecConn/wechatMobile/byAccount",
        Caller::App,
        &[
            need("account", Text),
            need("password", Text),
            need("action", Text),
            need("key", Text),
        ],
        answer_account,
    ),
    post(
        "/api/v2/ecConn/wechatMobile/select",
        Caller::App,
        &[need("account", Text), need("action", Text), need("key", Text)],
        answer_selection,
    ),
    post(
        "/api/v2/ecConn/wechatMobile/byAccountId",
        Caller::App,
        &[need("accountId", Text), need("action", Text), need("key", Text)],
        answer_account_id,
    ),
];

// Links that the user asks for.

/// Checks the query of both links; the ID token in it says who the user is.
fn check_link(call: &Call<'_>) -> Result<String, Failure> {
    if call.text("app_id") != call.world.settings.app_id {
        return Err(coded::UNKNOWN_APP);
    }
    if call.world.tokens.id_token(&call.text("id_token"), call.now).is_none() && call.session.is_none() {
        return Err(coded::NOT_SIGNED_IN);
    }
    let idp = call.world.directory.ext_idp(&call.text("ext_idp_conn_identifier"));
    idp.map(|idp| idp.provider.clone())
        .ok_or_else(|| Failure::not_found("no identity provider config found"))
}

fn link(call: &mut Call<'_>) -> Answer {
    let provider = check_link(call)?;
    Ok(Reply::Redirect(authorize_url(call, &provider, "link")))
}

fn generate_link(call: &mut Call<'_>) -> Answer {
    check_link(call)?;
    let mut query = form_urlencoded::Serializer::new(String::new());
    for name in ["ext_idp_conn_identifier", "app_id", "id_token"] {
        query.append_pair(name, &call.text(name));
    }
    Ok(Reply::Data(
        json!({ "url": format!("{}/api/v3/link-extidp?{}", call.world.url, query.finish()) }),
    ))
}

/// Not when no other way to sign in is left.
fn unlink(call: &mut Call<'_>) -> Answer {
    let ext_idp_id = call.text("extIdpId");
    let from = |identity: &Value| identity.get("extIdpId").and_then(Value::as_str) == Some(ext_idp_id.as_str());
    let user = call.user_mut()?;
    let (gone, kept): (Vec<_>, Vec<_>) = user.identities.iter().cloned().partition(from);
    if gone.is_empty() {
        return Err(Failure::not_found("There is no such link"));
    }
    let before = std::mem::replace(&mut user.identities, kept);
    if user.can_sign_in_without("") {
        Ok(Reply::Done)
    } else {
        user.identities = before;
        Err(Failure::refused("The link is the only way to sign in and stays"))
    }
}

fn identities(call: &mut Call<'_>) -> Answer {
    Ok(Reply::Data(json!(call.user()?.identities)))
}

fn enabled_ext_idps(call: &mut Call<'_>) -> Answer {
    let list = call.world.directory.ext_idps.iter().map(|idp| {
        json!({
            "identifier": idp.identifier,
            "extIdpId": idp.id,
            "type": idp.provider,
            "extIdpType": "social",
            "bindUrl": format!(
                "{}/api/v3/link-extidp?ext_idp_conn_identifier={}&app_id={}&id_token=",
                call.world.url, idp.identifier, call.world.settings.app_id
            ),
            "name": idp.provider,
            "name_en": idp.provider,
            "desc": "",
            "desc_en": "",
            "logo": "",
        })
    });
    Ok(Reply::Data(list.collect()))
}

// WeChat on mobile devices. Most of these answers have no envelope.

/// The connection that the request means: the named one, or the first of WeChat.
fn wechat_connection(call: &Call<'_>) -> Result<String, Failure> {
    let directory = &call.world.directory;
    let idp = match call.maybe("connId") {
        Some(id) => directory.ext_idp(&id),
        None => directory.ext_idps.iter().find(|idp| idp.provider == "wechat"),
    };
    idp.map(|idp| idp.identifier.clone())
        .ok_or_else(|| Failure::not_found("no identity provider config found"))
}

fn wechat(call: &mut Call<'_>) -> Answer {
    let (connection, there, scope) = (wechat_connection(call)?, call.text("code"), scope(call)?);
    let user_id = enter(call, &connection, &there)?;
    let set = tokens_for(call, &user_id, &scope, "loginBySocial")?;
    Ok(Reply::Data(Value::Object(set)))
}

/// Tokens for somebody who is known; for a stranger the status 301 with a key, and the ways to answer.
fn wechat_or_question(call: &mut Call<'_>) -> Answer {
    let (connection, there, scope) = (wechat_connection(call)?, call.text("code"), scope(call)?);
    let idp_id = call
        .world
        .directory
        .ext_idp(&connection)
        .map(|idp| idp.id.clone())
        .unwrap_or_default();
    if let Some(user) = call.world.user_linked_to(&idp_id, &there) {
        let user_id = user.id.clone();
        return bare_tokens(call, &user_id, &scope);
    }
    let now = call.now;
    let stranger = Stranger {
        connection,
        there,
        scope,
    };
    let key = call.world.linking.strangers.issue_for(stranger, now, QUESTION_LIFETIME);
    let methods = ["email-code", "phone-code", "account", "create-federation-account"];
    Ok(Reply::Bare(json!({
        "uniqueId": crate::random::uuid(),
        "code": 1641,
        "statusCode": 301,
        "apiCode": 1641,
        "message": "The account is not linked to a user yet",
        "data": { "key": key, "methods": methods, "accounts": [] },
    })))
}

fn bare_tokens(call: &mut Call<'_>, user_id: &str, scope: &str) -> Answer {
    let set = tokens_for(call, user_id, scope, "loginBySocial")?;
    Ok(Reply::Bare(Value::Object(set)))
}

/// Uses up the key, links the user (or makes one), and signs in.
fn answer(call: &mut Call<'_>, user_id: Option<&str>) -> Answer {
    let (key, now) = (call.text("key"), call.now);
    let stranger = call.world.linking.strangers.redeem(&key, now);
    let stranger = stranger.ok_or_else(|| Failure::invalid("key is wrong, was used or has expired"))?;
    let user_id = match user_id {
        None => enter(call, &stranger.connection, &stranger.there)?,
        Some(user_id) => {
            let identity = call
                .world
                .directory
                .ext_idp(&stranger.connection)
                .map(|idp| idp.identity(&stranger.there));
            let user = call.world.user_mut(user_id).ok_or(coded::USER_NOT_FOUND)?;
            user.identities.extend(identity);
            user_id.to_owned()
        }
    };
    bare_tokens(call, &user_id, &stranger.scope)
}

fn answer_register(call: &mut Call<'_>) -> Answer {
    answer(call, None)
}

fn answer_email(call: &mut Call<'_>) -> Answer {
    let contact = Contact::Email(call.text("email"));
    answer_by_code(call, &contact)
}

fn answer_phone(call: &mut Call<'_>) -> Answer {
    let contact = Contact::Phone {
        country_code: call.maybe("phoneCountryCode"),
        number: call.text("phone"),
    };
    answer_by_code(call, &contact)
}

/// The code is one for `CHANNEL_LOGIN`.
fn answer_by_code(call: &mut Call<'_>, contact: &Contact) -> Answer {
    let code = call.text("code");
    call.world.redeem_codes(&[contact.presented("CHANNEL_LOGIN", &code)])?;
    let user_id = call
        .world
        .user_at(contact)
        .map(|user| user.id.clone())
        .ok_or(coded::USER_NOT_FOUND)?;
    answer(call, Some(&user_id))
}

/// The password may be plain or encrypted with RSA; nothing in the request tells.
fn answer_account(call: &mut Call<'_>) -> Answer {
    let (account, sent) = (call.text("account"), call.text("password"));
    let password = call.world.password_keys.read(Some("rsa"), &sent).unwrap_or(sent);
    let user_id = check_password(call, &Account::Any(account), &password)?;
    answer(call, Some(&user_id))
}

fn answer_selection(call: &mut Call<'_>) -> Answer {
    answer_by_id(call, "account")
}

fn answer_account_id(call: &mut Call<'_>) -> Answer {
    answer_by_id(call, "accountId")
}

fn answer_by_id(call: &mut Call<'_>, name: &str) -> Answer {
    let user_id = call.text(name);
    call.world.user(&user_id).ok_or(coded::USER_NOT_FOUND)?;
    answer(call, Some(&user_id))
}
