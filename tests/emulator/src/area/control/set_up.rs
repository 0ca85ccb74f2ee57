//! Users, and what an administrator would set up.

use serde_json::{Value, json};

use super::done;
use crate::area::authorize::directly;
use crate::emulator::USUAL_SCOPE;
use crate::failure::{Answer, Failure, Reply};
use crate::route::Call;
use crate::seed::{Seed, read_permission, read_user};
use crate::setup_error::SetupError;
use crate::totp as passwords;

fn input(call: &Call<'_>) -> Value {
    Value::Object(call.input.clone())
}

/// The user whom the path names.
fn named(call: &Call<'_>) -> Result<String, Failure> {
    let id = call.variable("userId");
    call.world.known_user(&id)?;
    Ok(id)
}

fn id_of(id: &str) -> Answer {
    Ok(Reply::Bare(json!({ "id": id })))
}

// Users.

pub(super) fn users(call: &mut Call<'_>) -> Answer {
    let profiles = call.world.users.iter().map(|user| Value::Object(user.profile()));
    Ok(Reply::Bare(profiles.collect()))
}

pub(super) fn add_user(call: &mut Call<'_>) -> Answer {
    let seed = read_user(input(call))?;
    let id = call.world.plant_user(seed)?;
    Ok(Reply::Bare(json!({ "userId": id })))
}

pub(super) fn user(call: &mut Call<'_>) -> Answer {
    let id = named(call)?;
    let user = call.world.known_user(&id)?;
    Ok(Reply::Bare(Value::Object(user.profile())))
}

pub(super) fn set_fields(call: &mut Call<'_>) -> Answer {
    let id = named(call)?;
    call.world.set_user_fields(&id, &call.input)?;
    user(call)
}

pub(super) fn access_token(call: &mut Call<'_>) -> Answer {
    let scope = call.maybe("scope").unwrap_or_else(|| USUAL_SCOPE.to_owned());
    let token = call.world.access_token(&named(call)?, &scope)?;
    Ok(Reply::Bare(json!({ "accessToken": token })))
}

pub(super) fn revoke_tokens(call: &mut Call<'_>) -> Answer {
    let id = named(call)?;
    call.world.tokens.revoke_user(&id);
    done()
}

pub(super) fn unlock(call: &mut Call<'_>) -> Answer {
    let id = named(call)?;
    call.world.attempts.forget(&id);
    done()
}

pub(super) fn mfa_token(call: &mut Call<'_>) -> Answer {
    let id = named(call)?;
    Ok(Reply::Bare(json!({ "mfaToken": call.world.mfa_token(&id) })))
}

pub(super) fn totp_of(call: &mut Call<'_>) -> Answer {
    let id = named(call)?;
    let code = call.world.totp_code_of(&id);
    let code = code.ok_or_else(|| Failure::not_found("the user has enrolled no one-time password"))?;
    Ok(Reply::Bare(json!({ "totp": code })))
}

// What they belong to.

pub(super) fn grant_role(call: &mut Call<'_>) -> Answer {
    let namespace = call.maybe("namespace").unwrap_or_else(|| "default".to_owned());
    let (id, code) = (named(call)?, call.text("code"));
    id_of(&call.world.grant_role(&id, &namespace, &code)?)
}

pub(super) fn add_to_group(call: &mut Call<'_>) -> Answer {
    let (id, code) = (named(call)?, call.text("code"));
    call.world.directory.add_group(&id, &code);
    done()
}

pub(super) fn add_to_department(call: &mut Call<'_>) -> Answer {
    let (id, name, now) = (named(call)?, call.text("name"), call.now);
    id_of(&call.world.directory.add_department(&id, &name, now))
}

pub(super) fn add_to_tenant(call: &mut Call<'_>) -> Answer {
    let (id, name, now) = (named(call)?, call.text("name"), call.now);
    id_of(&call.world.directory.add_tenant(&id, &name, now))
}

pub(super) fn add_public_account(call: &mut Call<'_>) -> Answer {
    let (id, account_id) = (named(call)?, call.text("accountId"));
    call.world.add_public_account(&id, &account_id)?;
    done()
}

pub(super) fn link_identity(call: &mut Call<'_>) -> Answer {
    let (id, ext_idp, there) = (named(call)?, call.text("extIdp"), call.text("userIdInIdp"));
    call.world.link_identity(&id, &ext_idp, &there)?;
    done()
}

// The rest.

pub(super) fn plant(call: &mut Call<'_>) -> Answer {
    let seed = Seed::read(input(call))?;
    // All of it or nothing.
    let before = call.world.snapshot();
    if let Err(error) = call.world.plant(&seed) {
        call.world.restore(&before)?;
        return Err(error.into());
    }
    done()
}

pub(super) fn add_role(call: &mut Call<'_>) -> Answer {
    let known = ["namespace", "code", "permissions"];
    if let Some(name) = call.input.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(SetupError::UnknownMember(name.clone()).into());
    }
    let (namespace, code) = (
        call.maybe("namespace").unwrap_or_else(|| "default".to_owned()),
        call.needed("code")?,
    );
    let permissions = match call.value("permissions") {
        None => Vec::new(),
        Some(Value::Array(list)) => list.iter().cloned().map(read_permission).collect::<Result<_, _>>()?,
        Some(_) => return Err(Failure::invalid("permissions must be an array")),
    };
    let role = call.world.directory.role(&namespace, &code);
    role.permissions.extend(permissions);
    id_of(&role.id)
}

pub(super) fn add_ext_idp(call: &mut Call<'_>) -> Answer {
    let (identifier, provider) = (call.text("identifier"), call.text("provider"));
    id_of(&call.world.add_ext_idp(&identifier, &provider)?)
}

/// Invites an address as an administrator would.
pub(super) fn invite(call: &mut Call<'_>) -> Answer {
    let email = call.text("email");
    let (identifier, signature) = call.world.invitations.invite(&email);
    Ok(Reply::Bare(json!({ "identifier": identifier, "signature": signature })))
}

pub(super) fn decide(call: &mut Call<'_>) -> Answer {
    let (number, agreed) = (call.variable("number"), call.flag("agreed"));
    if call.world.decide_approval(&number, agreed) {
        done()
    } else {
        Err(SetupError::Unknown(number).into())
    }
}

/// Signs a user in for a link to the sign-in page, without the page; answers where the browser would be sent.
pub(super) fn authorize(call: &mut Call<'_>) -> Answer {
    let (url, user_id) = (call.text("url"), call.text("userId"));
    let location = directly(call.world, &url, &user_id).map_err(|error| Failure::invalid(error.to_string()))?;
    Ok(Reply::Bare(json!({ "location": location })))
}

pub(super) fn totp(call: &mut Call<'_>) -> Answer {
    let secret = passwords::decode_secret(&call.text("secret"));
    let secret = secret.ok_or_else(|| Failure::invalid("secret holds no secret in Base32"))?;
    Ok(Reply::Bare(json!({ "totp": passwords::code(&secret, call.now) })))
}

pub(super) fn revoke_management_tokens(call: &mut Call<'_>) -> Answer {
    call.world.management.revoke_all();
    done()
}
