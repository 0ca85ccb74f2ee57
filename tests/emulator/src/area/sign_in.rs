//! Signing in with credentials that the user types.

use serde_json::{Map, Value, json};

use crate::area::mfa;
use crate::area::sign_up::{add, check_custom_data, contact, proven};
use crate::client_authentication::Credentials;
use crate::clock::Millis;
use crate::failure::{Answer, Failure, Reply, coded};
use crate::password;
use crate::route::{Call, Caller, Route, post};
use crate::rules::Captcha;
use crate::state::{Account, Contact};
use crate::user::UserSeed;
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
    let (user_id, method) = match call.text("connection").as_str() {
        "PASSWORD" => (by_password(call)?, "loginByPassword"),
        "PASSCODE" => (by_code(call)?, "loginByPassCode"),
        "LDAP" => (by_directory(call, "ldapPayload", &coded::LDAP_REFUSED)?, "loginByLDAP"),
        _ => (by_directory(call, "adPayload", &coded::AD_REFUSED)?, "loginByAD"),
    };
    call.world.check_may_enter(&user_id)?;
    check_next_steps(call, &user_id)?;
    finish(call, &user_id, &scope, method)
}

/// What has to follow here needs the sign-in page; this says so.
fn check_next_steps(call: &mut Call<'_>, user_id: &str) -> Result<(), Failure> {
    if needs_first_password(call, user_id) {
        return Err(coded::FIRST_PASSWORD);
    }
    match mfa::demanded(call.world, user_id) {
        Some(failure) => Err(failure.with_data(mfa::next_step(call.world, user_id))),
        None => Ok(()),
    }
}

/// Whether the user has to choose a new password now.
pub(crate) fn needs_first_password(call: &Call<'_>, user_id: &str) -> bool {
    let marked = call
        .world
        .user(user_id)
        .and_then(|user| user.fields.get("resetPasswordOnNextLogin"));
    call.world.settings.rules.first_password && marked == Some(&Value::Bool(true))
}

/// Whether whoever signs in so has to type the letters of a picture.
pub(crate) fn needs_captcha(call: &Call<'_>, account: &Account) -> bool {
    match call.world.settings.rules.captcha {
        Captcha::Never => false,
        Captcha::Always => true,
        Captcha::AfterFailures(limit) => {
            let user = call.world.user_with(account);
            user.is_some_and(|user| call.world.attempts.count(&user.id) >= limit)
        }
    }
}

/// Letters that are sent with their token have to be right, whether they are asked for or not.
fn check_captcha(call: &mut Call<'_>, account: &Account) -> Result<(), Failure> {
    let Some(token) = call.maybe("options.captchaToken") else {
        return if needs_captcha(call, account) {
            Err(coded::CAPTCHA_WRONG)
        } else {
            Ok(())
        };
    };
    let (code, now) = (call.text("options.captchaCode"), call.now);
    redeem_captcha(call, &token, &code, now)
}

/// Uses up the picture of this token.
pub(crate) fn redeem_captcha(call: &mut Call<'_>, token: &str, code: &str, now: Millis) -> Result<(), Failure> {
    let expected = call.world.captchas.redeem(token, now);
    if expected.is_some_and(|expected| expected.eq_ignore_ascii_case(code)) {
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
    call.world.check_may_enter(user_id)?;
    if let Some(Value::Object(custom)) = call.value("options.customData") {
        let custom = custom.clone();
        add_custom_data(call, user_id, custom)?;
    }
    let visit = call.visit(method);
    call.world.sign_in(user_id, scope, &visit)
}

/// Adds to the user's custom data what came with a sign-in.
pub(crate) fn add_custom_data(call: &mut Call<'_>, user_id: &str, custom: Map<String, Value>) -> Result<(), Failure> {
    let user = call.world.user_mut(user_id).ok_or(coded::USER_NOT_FOUND)?;
    let merged = user.custom_data.clone().into_iter().chain(custom).collect();
    check_custom_data(&merged)?;
    user.custom_data = merged;
    Ok(())
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

fn by_password(call: &mut Call<'_>) -> Result<String, Failure> {
    let given = |name: &str| call.maybe(&format!("passwordPayload.{name}"));
    let encrypt_type = call.maybe("options.passwordEncryptType");
    let account = given("account").map(Account::Any);
    let account = account
        .or_else(|| given("email").map(Account::Email))
        .or_else(|| given("username").map(Account::Username))
        .or_else(|| given("phone").map(Account::Phone))
        .ok_or_else(|| Failure::invalid("Must contain one of the following fields: account, email, username, phone"))?;
    check_captcha(call, &account)?;
    let password = call
        .world
        .password_keys
        .read(encrypt_type.as_deref(), &call.text("passwordPayload.password"))?;
    if call.world.user_with(&account).is_none() && call.flag("options.autoRegister") {
        return auto_register_by_password(call, &password);
    }
    check_password(call, &account, &password)
}

/// The user, if the password is right; a wrong one is noted in the login history. A locked account is not even looked at.
pub(crate) fn check_password(call: &mut Call<'_>, account: &Account, password: &str) -> Result<String, Failure> {
    let user = call.world.user_with(account).ok_or(coded::USER_NOT_FOUND)?;
    let (user_id, now, visit) = (user.id.clone(), call.now, call.visit("loginByPassword"));
    let rules = &call.world.settings.rules;
    let failure = match &user.password {
        _ if call.world.attempts.is_locked(&user_id, rules, now) => coded::USER_LOCKED,
        Some(own) if own == password => {
            call.world.attempts.forget(&user_id);
            return Ok(user_id);
        }
        Some(_) => coded::PASSWORD_WRONG,
        None => Failure {
            message: "No password is set".into(),
            ..coded::PASSWORD_WRONG
        },
    };
    if failure != coded::USER_LOCKED {
        call.world.attempts.fail(&user_id, rules, now);
    }
    call.world.sessions.refuse(&user_id, visit, &failure.message, now);
    Err(failure)
}

/// A generic account does not say whether it is a name or an address, so it cannot be registered.
fn auto_register_by_password(call: &mut Call<'_>, password: &str) -> Result<String, Failure> {
    let mut seed = UserSeed::new().password(password);
    for name in ["email", "username", "phone"] {
        if let Some(value) = call.maybe(&format!("passwordPayload.{name}")) {
            seed = seed.field(name, value);
        }
    }
    if seed.fields.is_empty() {
        return Err(coded::USER_NOT_FOUND);
    }
    call.world.settings.rules.check_new_password(password)?;
    registered(call, seed)
}

fn by_code(call: &mut Call<'_>) -> Result<String, Failure> {
    let contact = contact(call, "passCodePayload")?;
    check_captcha(call, &Account::Contact(contact.clone()))?;
    let code = call.text("passCodePayload.passCode");
    call.world.redeem_codes(&[contact.presented("CHANNEL_LOGIN", &code)])?;
    match call.world.user_at(&contact).map(|user| user.id.clone()) {
        Some(id) => Ok(id),
        None if call.flag("options.autoRegister") => registered(call, proven(&contact)),
        None => Err(coded::USER_NOT_FOUND),
    }
}

fn registered(call: &mut Call<'_>, seed: UserSeed) -> Result<String, Failure> {
    if !call.world.settings.registration {
        return Err(coded::REGISTRATION_OFF);
    }
    add(call, seed)
}

/// LDAP and AD know the same users, by their user name.
fn by_directory(call: &mut Call<'_>, payload: &str, refused: &Failure) -> Result<String, Failure> {
    let account = call.text(&format!("{payload}.sAMAccountName"));
    let encrypt_type = call.maybe("options.passwordEncryptType");
    let sent = call.text(&format!("{payload}.password"));
    let password = call.world.password_keys.read(encrypt_type.as_deref(), &sent)?;
    let account = Account::Username(account);
    check_captcha(call, &account)?;
    check_password(call, &account, &password).map_err(|failure| match failure {
        failure if failure == coded::USER_LOCKED => failure,
        _ => refused.clone(),
    })
}

/// By e-mail address, phone number or user name, whichever is given first; else the signed-in user's own.
fn validate_password(call: &mut Call<'_>) -> Answer {
    let encrypt_type = call.maybe("passwordEncryptType");
    let password = call
        .world
        .password_keys
        .read(encrypt_type.as_deref(), &call.text("password"))?;
    let user = if let Some(email) = call.maybe("email") {
        call.world.user_at(&Contact::Email(email))
    } else if let Some(number) = call.maybe("phone") {
        let country_code = call.maybe("phoneCountryCode");
        call.world.user_at(&Contact::Phone { country_code, number })
    } else if let Some(username) = call.maybe("username") {
        call.world.user_with(&Account::Username(username))
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
