//! Signing in with credentials that the user types.

use serde_json::{Map, Value, json};

use crate::area::sign_up::{contact, proven, register};
use crate::client_authentication::Credentials;
use crate::failure::{Answer, Failure, Reply, coded};
use crate::password;
use crate::route::{Call, Caller, Route, post};
use crate::user::User;
use crate::validate::Kind::{Flag, Map as AnyMap, Object, OneOf, Text};
use crate::validate::{Field, may, need, when};

const OPTIONS: &[Field] = &[
    may("scope", Text),
    may("clientIp", Text),
    may("context", AnyMap),
    may("tenantId", Text),
    may("customData", AnyMap),
    may("autoRegister", Flag),
    may("captchaCode", Text),
    may("passwordEncryptType", password::ENCRYPT_TYPE),
    may("captchaToken", Text),
];

const DIRECTORY_PAYLOAD: &[Field] = &[need("password", Text), need("sAMAccountName", Text)];

pub(crate) const ROUTES: &[Route] = &[
    post(
        "/api/v3/signin",
        Caller::App,
        &[
            need("connection", OneOf(&["PASSWORD", "PASSCODE", "LDAP", "AD"])),
            when(
                "connection",
                "PASSWORD",
                "passwordPayload",
                Object(&[
                    need("password", Text),
                    may("account", Text),
                    may("email", Text),
                    may("username", Text),
                    may("phone", Text),
                ]),
            ),
            when(
                "connection",
                "PASSCODE",
                "passCodePayload",
                Object(&[
                    need("passCode", Text),
                    may("email", Text),
                    may("phone", Text),
                    may("phoneCountryCode", Text),
                ]),
            ),
            when("connection", "LDAP", "ldapPayload", Object(DIRECTORY_PAYLOAD)),
            when("connection", "AD", "adPayload", Object(DIRECTORY_PAYLOAD)),
            may("options", Object(OPTIONS)),
            may("client_id", Text),
            may("client_secret", Text),
        ],
        sign_in,
    ),
    post(
        "/api/v3/validate-password",
        Caller::AppOrUser,
        &[
            may("phone", Text),
            may("email", Text),
            may("username", Text),
            may("phoneCountryCode", Text),
            need("password", Text),
            may("passwordEncryptType", password::ENCRYPT_TYPE),
        ],
        validate_password,
    ),
    post(
        "/api/v3/switch-login-by-user",
        Caller::User,
        &[
            need("targetUserId", Text),
            may(
                "options",
                Object(&[may("scope", Text), may("context", AnyMap), may("customData", AnyMap)]),
            ),
        ],
        switch_user,
    ),
];

fn sign_in(call: &mut Call<'_>) -> Answer {
    authenticate_client(call)?;
    let scope = scope(call)?;
    check_captcha(call)?;
    let (user_id, method) = match call.text("connection").as_str() {
        "PASSWORD" => (by_password(call)?, "loginByPassword"),
        "PASSCODE" => (by_code(call)?, "loginByPassCode"),
        "LDAP" => (by_directory(call, "ldapPayload", &coded::LDAP_REFUSED)?, "loginByLDAP"),
        _ => (by_directory(call, "adPayload", &coded::AD_REFUSED)?, "loginByAD"),
    };
    finish(call, &user_id, &scope, method)
}

/// The letters of a picture are not asked for, but when they are sent with their token they have to be right.
fn check_captcha(call: &mut Call<'_>) -> Result<(), Failure> {
    let (Some(token), now) = (call.maybe("options.captchaToken"), call.now) else {
        return Ok(());
    };
    let expected = call.world.captchas.redeem(&token, now);
    if expected.is_some() && expected == call.maybe("options.captchaCode") {
        Ok(())
    } else {
        Err(coded::CAPTCHA_WRONG)
    }
}

/// The scope of `options`, or the default; it must have `openid`.
pub(crate) fn scope(call: &Call<'_>) -> Result<String, Failure> {
    let scope = call
        .maybe("options.scope")
        .unwrap_or_else(|| "openid profile".to_owned());
    if scope.split_whitespace().any(|part| part == "openid") {
        Ok(scope)
    } else {
        Err(Failure::invalid("options.scope must contain openid"))
    }
}

/// Lets the user in, unless the account is not active.
pub(crate) fn finish(call: &mut Call<'_>, user_id: &str, scope: &str, method: &'static str) -> Answer {
    tokens_for(call, user_id, scope, method).map(|set| Reply::Data(Value::Object(set)))
}

/// The token set alone.
pub(crate) fn tokens_for(
    call: &mut Call<'_>,
    user_id: &str,
    scope: &str,
    method: &'static str,
) -> Result<Map<String, Value>, Failure> {
    let user = call.world.user(user_id).ok_or(coded::USER_NOT_FOUND)?;
    if user.text("status") != Some("Activated") {
        return Err(coded::USER_LOCKED);
    }
    let visit = call.visit(method);
    call.world.sign_in(user_id, scope, &visit)
}

/// Checks that the application proves itself as it is configured to, and in no other way.
pub(crate) fn authenticate_client(call: &Call<'_>) -> Result<(), Failure> {
    let method = call.world.settings.client_authentication;
    if Credentials::of(call).prove(&call.world.settings, method) {
        Ok(())
    } else {
        Err(Failure::client_authentication())
    }
}

pub(crate) type IsUser = dyn Fn(&User) -> bool;

fn by_password(call: &mut Call<'_>) -> Result<String, Failure> {
    let given = |name: &str| call.maybe(&format!("passwordPayload.{name}"));
    let encrypt_type = call.maybe("options.passwordEncryptType");
    let is_user: Box<IsUser> = if let Some(account) = given("account") {
        Box::new(move |user| user.has_account(&account))
    } else if let Some(email) = given("email") {
        Box::new(move |user| user.has_email(&email))
    } else if let Some(username) = given("username") {
        Box::new(move |user| user.has_username(&username))
    } else if let Some(phone) = given("phone") {
        Box::new(move |user| user.text("phone") == Some(phone.as_str()))
    } else {
        return Err(Failure::invalid(
            "Must contain one of the following fields: account, email, username, phone",
        ));
    };
    let password = call
        .world
        .password_keys
        .read(encrypt_type.as_deref(), &call.text("passwordPayload.password"))?;
    if call.world.user_where(&is_user).is_none() && call.flag("options.autoRegister") {
        return auto_register_by_password(call, &password);
    }
    check_password(call, &is_user, &password)
}

/// The user, if the password is right; a wrong one is noted in the login history.
pub(crate) fn check_password(call: &mut Call<'_>, is_user: &IsUser, password: &str) -> Result<String, Failure> {
    let user = call.world.user_where(is_user).ok_or(coded::USER_NOT_FOUND)?;
    let failure = match &user.password {
        Some(own) if own == password => return Ok(user.id.clone()),
        Some(_) => coded::PASSWORD_WRONG,
        None => Failure {
            message: "No password is set".into(),
            ..coded::PASSWORD_WRONG
        },
    };
    let (user_id, now, visit) = (user.id.clone(), call.now, call.visit("loginByPassword"));
    call.world.sessions.refuse(&user_id, visit, &failure.message, now);
    Err(failure)
}

/// A generic account does not say whether it is a name or an address, so it cannot be registered.
fn auto_register_by_password(call: &mut Call<'_>, password: &str) -> Result<String, Failure> {
    let mut seed = crate::user::UserSeed::new().password(password);
    for name in ["email", "username", "phone"] {
        if let Some(value) = call.maybe(&format!("passwordPayload.{name}")) {
            seed = seed.field(name, value);
        }
    }
    if seed.fields.is_empty() {
        return Err(coded::USER_NOT_FOUND);
    }
    if password.chars().count() < 6 {
        return Err(coded::PASSWORD_TOO_SHORT);
    }
    registered(call, seed)
}

fn by_code(call: &mut Call<'_>) -> Result<String, Failure> {
    let contact = contact(call, "passCodePayload")?;
    let code = call.text("passCodePayload.passCode");
    call.world.redeem_codes(&[contact.presented("CHANNEL_LOGIN", &code)])?;
    match call.world.user_at(&contact).map(|user| user.id.clone()) {
        Some(id) => Ok(id),
        None if call.flag("options.autoRegister") => registered(call, proven(&contact)),
        None => Err(coded::USER_NOT_FOUND),
    }
}

fn registered(call: &mut Call<'_>, seed: crate::user::UserSeed) -> Result<String, Failure> {
    if !call.world.settings.registration {
        return Err(coded::REGISTRATION_OFF);
    }
    register(call, seed)?;
    call.world
        .users
        .last()
        .map(|user| user.id.clone())
        .ok_or(coded::USER_NOT_FOUND)
}

/// LDAP and AD know the same users, by their user name.
fn by_directory(call: &mut Call<'_>, payload: &str, refused: &Failure) -> Result<String, Failure> {
    let account = call.text(&format!("{payload}.sAMAccountName"));
    let encrypt_type = call.maybe("options.passwordEncryptType");
    let sent = call.text(&format!("{payload}.password"));
    let password = call.world.password_keys.read(encrypt_type.as_deref(), &sent)?;
    let is_user = move |user: &User| user.has_username(&account);
    check_password(call, &is_user, &password).map_err(|_| refused.clone())
}

/// By e-mail address, phone number or user name, whichever is given first; else the signed-in user's own.
fn validate_password(call: &mut Call<'_>) -> Answer {
    let encrypt_type = call.maybe("passwordEncryptType");
    let password = call
        .world
        .password_keys
        .read(encrypt_type.as_deref(), &call.text("password"))?;
    let user = if let Some(email) = call.maybe("email") {
        call.world.user_where(|user| user.has_email(&email))
    } else if let Some(phone) = call.maybe("phone") {
        let country_code = call.maybe("phoneCountryCode");
        call.world
            .user_where(|user| user.has_phone(country_code.as_deref(), &phone))
    } else if let Some(username) = call.maybe("username") {
        call.world.user_where(|user| user.has_username(&username))
    } else {
        Some(call.user()?)
    };
    let user = user.ok_or(coded::USER_NOT_FOUND)?;
    Ok(Reply::Data(json!({ "valid": user.password == Some(password) })))
}

/// Between a user and a public account of that user, in both directions.
fn switch_user(call: &mut Call<'_>) -> Answer {
    let (own, target, scope) = (call.user_id()?, call.text("targetUserId"), scope(call)?);
    let pairs = &call.world.directory.public_accounts;
    if !pairs
        .iter()
        .any(|(user, account)| (*user == own && *account == target) || (*user == target && *account == own))
    {
        return Err(Failure::forbidden("There is no such public account of this user"));
    }
    finish(call, &target, &scope, "loginBySwitch")
}
