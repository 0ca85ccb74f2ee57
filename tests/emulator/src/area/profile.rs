//! The signed-in user's own profile, addresses, password and account.

use serde_json::{Map, Value, json};

use crate::area::messages::{check_email, check_phone};
use crate::area::sign_up::check_custom_data;
use crate::codes::{Medium, normal_country_code};
use crate::directory::Belonging;
use crate::failure::{Answer, Failure, Reply, coded};
use crate::one_time::{LIFETIME, OneTime};
use crate::password;
use crate::route::{Call, Caller, Route, get, post};
use crate::state::Contact;
use crate::tokens::has_scope;
use crate::validate::Kind::{Flag, Map as AnyMap, Object, OneOf, Text};
use crate::validate::{may, need, when};

/// What the flows of this section remember between their two steps.
#[derive(Debug, Clone, Default)]
pub(crate) struct ProfileState {
    contact_updates: OneTime<ContactUpdate>,
    password_resets: OneTime<String>,
    deletions: OneTime<String>,
}

/// A proof that the user may change to this address.
#[derive(Debug, Clone)]
struct ContactUpdate {
    user_id: String,
    to: Contact,
}

pub(crate) const ROUTES: &[Route] = &[
    get(
        "/api/v3/get-profile",
        Caller::User,
        &[
            may("withCustomData", Flag),
            may("withIdentities", Flag),
            may("withDepartmentIds", Flag),
        ],
        get_profile,
    ),
    post(
        "/api/v3/update-profile",
        Caller::User,
        &[
            may("name", Text),
            may("nickname", Text),
            may("photo", Text),
            may("externalId", Text),
            may("birthdate", Text),
            may("country", Text),
            may("province", Text),
            may("city", Text),
            may("address", Text),
            may("streetAddress", Text),
            may("postalCode", Text),
            may("gender", OneOf(&["M", "F", "U"])),
            may("username", Text),
            may("company", Text),
            may("customData", AnyMap),
            may("identityNumber", Text),
        ],
        update_profile,
    ),
    post(
        "/api/v3/bind-email",
        Caller::User,
        &[need("email", Text), need("passCode", Text)],
        bind_email,
    ),
    post(
        "/api/v3/unbind-email",
        Caller::User,
        &[need("passCode", Text)],
        unbind_email,
    ),
    post(
        "/api/v3/bind-phone",
        Caller::User,
        &[
            need("phoneNumber", Text),
            need("passCode", Text),
            may("phoneCountryCode", Text),
        ],
        bind_phone,
    ),
    post(
        "/api/v3/unbind-phone",
        Caller::User,
        &[need("passCode", Text)],
        unbind_phone,
    ),
    get("/api/v3/get-security-info", Caller::User, &[], security_info),
    post(
        "/api/v3/update-password",
        Caller::AppOrUser,
        &[
            need("newPassword", Text),
            may("oldPassword", Text),
            may("passwordEncryptType", password::ENCRYPT_TYPE),
            may("passwordResetToken", Text),
        ],
        update_password,
    ),
    post(
        "/api/v3/verify-update-email-request",
        Caller::User,
        &[
            need("verifyMethod", OneOf(&["EMAIL_PASSCODE"])),
            need(
                "emailPassCodePayload",
                Object(&[
                    need("newEmail", Text),
                    need("newEmailPassCode", Text),
                    may("oldEmail", Text),
                    may("oldEmailPassCode", Text),
                ]),
            )
            .or("emailPasscodePayload"),
        ],
        verify_update_email,
    ),
    post(
        "/api/v3/update-email",
        Caller::User,
        &[need("updateEmailToken", Text)],
        update_email,
    ),
    post(
        "/api/v3/verify-update-phone-request",
        Caller::User,
        &[
            need("verifyMethod", OneOf(&["PHONE_PASSCODE"])),
            need(
                "phonePassCodePayload",
                Object(&[
                    need("newPhoneNumber", Text),
                    need("newPhonePassCode", Text),
                    may("newPhoneCountryCode", Text),
                    may("oldPhoneNumber", Text),
                    may("oldPhonePassCode", Text),
                    may("oldPhoneCountryCode", Text),
                ]),
            )
            .or("phonePasscodePayload"),
        ],
        verify_update_phone,
    ),
    post(
        "/api/v3/update-phone",
        Caller::User,
        &[need("updatePhoneToken", Text)],
        update_phone,
    ),
    post(
        "/api/v3/verify-reset-password-request",
        Caller::App,
        &[
            need("verifyMethod", OneOf(&["EMAIL_PASSCODE", "PHONE_PASSCODE"])),
            when(
                "verifyMethod",
                "EMAIL_PASSCODE",
                "emailPassCodePayload",
                Object(&[need("email", Text), need("passCode", Text)]),
            )
            .or("emailPasscodePayload"),
            when(
                "verifyMethod",
                "PHONE_PASSCODE",
                "phonePassCodePayload",
                Object(&[
                    need("phoneNumber", Text),
                    need("passCode", Text),
                    may("phoneCountryCode", Text),
                ]),
            )
            .or("phonePasscodePayload"),
        ],
        verify_reset_password,
    ),
    post(
        "/api/v3/reset-password",
        Caller::Anyone,
        &[
            need("passwordResetToken", Text),
            need("password", Text),
            may("passwordEncryptType", password::ENCRYPT_TYPE),
        ],
        reset_password,
    ),
    post(
        "/api/v3/verify-delete-account-request",
        Caller::User,
        &[
            need("verifyMethod", OneOf(&["PHONE_PASSCODE", "EMAIL_PASSCODE", "PASSWORD"])),
            when(
                "verifyMethod",
                "EMAIL_PASSCODE",
                "emailPassCodePayload",
                Object(&[may("email", Text), need("passCode", Text)]),
            )
            .or("emailPasscodePayload"),
            when(
                "verifyMethod",
                "PHONE_PASSCODE",
                "phonePassCodePayload",
                Object(&[
                    need("phoneNumber", Text),
                    need("passCode", Text),
                    may("phoneCountryCode", Text),
                ]),
            )
            .or("phonePasscodePayload"),
            when(
                "verifyMethod",
                "PASSWORD",
                "passwordPayload",
                Object(&[
                    need("password", Text),
                    may("passwordEncryptType", password::ENCRYPT_TYPE),
                ]),
            ),
        ],
        verify_delete_account,
    ),
    post(
        "/api/v3/delete-account",
        Caller::User,
        &[need("deleteAccountToken", Text)],
        delete_account,
    ),
    get(
        "/api/v3/get-user-select-login-public-accounts",
        Caller::User,
        &[may("withOriginUser", Flag)],
        public_accounts,
    ),
];

fn get_profile(call: &mut Call<'_>) -> Answer {
    let user = call.user()?;
    let mut profile = user.profile();
    if call.world.settings.rules.profile_by_scope {
        let grant = call
            .bearer()
            .and_then(|token| call.world.tokens.access(token, call.now));
        let scope = grant
            .map(|grant| grant.authorization.scope.as_str())
            .unwrap_or_default();
        profile.retain(|name, _| scope_of(name).is_none_or(|needed| has_scope(scope, needed)));
    }
    if call.flag("withCustomData") {
        profile.insert("customData".to_owned(), Value::Object(user.custom_data.clone()));
    }
    if call.flag("withIdentities") {
        profile.insert("identities".to_owned(), json!(user.identities));
    }
    if call.flag("withDepartmentIds") {
        let departments = call.world.directory.belongings(&user.id, Belonging::Department);
        let ids: Vec<_> = departments
            .iter()
            .filter_map(|department| department.get("departmentId"))
            .collect();
        profile.insert("departmentIds".to_owned(), json!(ids));
    }
    Ok(Reply::Data(Value::Object(profile)))
}

/// The scope that a member of the profile belongs to; none for what everybody sees of themselves.
fn scope_of(member: &str) -> Option<&'static str> {
    Some(match member {
        "email" | "emailVerified" => "email",
        "phone" | "phoneVerified" | "phoneCountryCode" => "phone",
        "username" => "username",
        "externalId" => "external_id",
        "tenantId" => "tenant_id",
        "address" | "streetAddress" | "country" | "province" | "city" | "region" | "locality" | "postalCode"
        | "formatted" => "address",
        "name" | "nickname" | "photo" | "gender" | "birthdate" | "givenName" | "familyName" | "middleName"
        | "profile" | "preferredUsername" | "website" | "zoneinfo" | "locale" | "company" | "identityNumber" => {
            "profile"
        }
        _ => return None,
    })
}

/// Changes what the request names; `null` clears a member, except those that a user always has.
fn update_profile(call: &mut Call<'_>) -> Answer {
    const CHANGEABLE: &[&str] = &[
        "name",
        "nickname",
        "photo",
        "externalId",
        "birthdate",
        "country",
        "province",
        "city",
        "address",
        "streetAddress",
        "postalCode",
        "gender",
        "username",
        "company",
        "identityNumber",
    ];
    let own_id = call.user_id()?;
    if let Some(username) = call.maybe("username") {
        let wanted = Map::from_iter([("username".to_owned(), Value::String(username))]);
        if call.world.taken(&wanted, Some(&own_id)).is_some() {
            return Err(coded::USERNAME_TAKEN);
        }
    }
    if let Some(Value::Object(custom)) = call.value("customData") {
        let custom = custom.clone();
        let user = call.user_mut()?;
        let merged = user.custom_data.clone().into_iter().chain(custom).collect();
        check_custom_data(&merged)?;
        user.custom_data = merged;
    }
    let input = call.input.clone();
    let user = call.user_mut()?;
    for (name, value) in input {
        let cleared_for_good = value.is_null() && name == "gender";
        if CHANGEABLE.contains(&name.as_str()) && !cleared_for_good {
            user.set(&name, value);
        }
    }
    Ok(Reply::Data(Value::Object(user.profile())))
}

// One address: bind and unbind.

fn bind_email(call: &mut Call<'_>) -> Answer {
    let email = call.text("email");
    check_email(&email)?;
    bind(call, &Contact::Email(email), "CHANNEL_BIND_EMAIL")
}

fn bind_phone(call: &mut Call<'_>) -> Answer {
    let number = call.text("phoneNumber");
    check_phone(&number)?;
    bind(
        call,
        &Contact::Phone {
            country_code: call.maybe("phoneCountryCode"),
            number,
        },
        "CHANNEL_BIND_PHONE",
    )
}

/// Only while no address of the kind is bound; otherwise it has to be changed.
fn bind(call: &mut Call<'_>, contact: &Contact, channel: &str) -> Answer {
    if own_contact(call, contact.medium())?.is_some() {
        return Err(bound_already(contact.medium()));
    }
    refuse_if_taken(call, contact)?;
    let code = call.text("passCode");
    call.world.redeem_codes(&[contact.presented(channel, &code)])?;
    set_contact(call, contact)?;
    Ok(Reply::Done)
}

fn unbind_email(call: &mut Call<'_>) -> Answer {
    if !call.user()?.can_sign_in_without("email") {
        return Err(coded::LAST_SIGN_IN_EMAIL);
    }
    unbind(call, Medium::Email, "CHANNEL_UNBIND_EMAIL", &["email"], "emailVerified")
}

fn unbind_phone(call: &mut Call<'_>) -> Answer {
    if !call.user()?.can_sign_in_without("phone") {
        return Err(coded::LAST_SIGN_IN_PHONE);
    }
    unbind(
        call,
        Medium::Sms,
        "CHANNEL_UNBIND_PHONE",
        &["phone", "phoneCountryCode"],
        "phoneVerified",
    )
}

fn unbind(call: &mut Call<'_>, medium: Medium, channel: &str, cleared: &[&str], verified: &str) -> Answer {
    let contact = own_contact(call, medium)?.ok_or_else(|| Failure::refused("There is no such address to unbind"))?;
    let code = call.text("passCode");
    call.world.redeem_codes(&[contact.presented(channel, &code)])?;
    let user = call.user_mut()?;
    for name in cleared {
        user.set(name, Value::Null);
    }
    user.set(verified, false);
    Ok(Reply::Done)
}

fn own_contact(call: &Call<'_>, medium: Medium) -> Result<Option<Contact>, Failure> {
    let user = call.user()?;
    Ok(match medium {
        Medium::Email => Contact::email_of(user),
        Medium::Sms => Contact::phone_of(user),
    })
}

fn bound_already(medium: Medium) -> Failure {
    match medium {
        Medium::Email => coded::EMAIL_BOUND,
        Medium::Sms => coded::PHONE_BOUND,
    }
}

fn refuse_if_taken(call: &Call<'_>, contact: &Contact) -> Result<(), Failure> {
    if call.world.user_at(contact).is_some() {
        Err(bound_already(contact.medium()))
    } else {
        Ok(())
    }
}

fn set_contact(call: &mut Call<'_>, contact: &Contact) -> Result<(), Failure> {
    let user = call.user_mut()?;
    match contact {
        Contact::Email(email) => {
            user.set("email", email.as_str());
            user.set("emailVerified", true);
        }
        Contact::Phone { country_code, number } => {
            user.set("phone", number.as_str());
            user.set("phoneCountryCode", normal_country_code(country_code.as_deref()));
            user.set("phoneVerified", true);
        }
    }
    Ok(())
}

// Changing an address: proof first, then the change.

fn verify_update_email(call: &mut Call<'_>) -> Answer {
    let new = call.text("emailPassCodePayload.newEmail");
    check_email(&new)?;
    let change = Change {
        new: Contact::Email(new),
        new_code: call.text("emailPassCodePayload.newEmailPassCode"),
        new_channel: "CHANNEL_UPDATE_EMAIL",
        old: call.maybe("emailPassCodePayload.oldEmail").map(Contact::Email),
        old_code: call.maybe("emailPassCodePayload.oldEmailPassCode"),
        old_channel: "CHANNEL_UPDATE_EMAIL",
        same: coded::SAME_EMAIL,
        old_differs: coded::OLD_EMAIL_DIFFERS,
        payload: "emailPassCodePayload",
        old_name: "oldEmail",
    };
    let token = change.prove(call)?;
    Ok(Reply::Data(
        json!({ "updateEmailToken": token, "tokenExpiresIn": LIFETIME.as_secs() }),
    ))
}

fn verify_update_phone(call: &mut Call<'_>) -> Answer {
    let number = call.text("phonePassCodePayload.newPhoneNumber");
    check_phone(&number)?;
    let change = Change {
        new: Contact::Phone {
            country_code: call.maybe("phonePassCodePayload.newPhoneCountryCode"),
            number,
        },
        new_code: call.text("phonePassCodePayload.newPhonePassCode"),
        new_channel: "CHANNEL_BIND_PHONE",
        old: call
            .maybe("phonePassCodePayload.oldPhoneNumber")
            .map(|number| Contact::Phone {
                country_code: call.maybe("phonePassCodePayload.oldPhoneCountryCode"),
                number,
            }),
        old_code: call.maybe("phonePassCodePayload.oldPhonePassCode"),
        old_channel: "CHANNEL_UNBIND_PHONE",
        same: coded::SAME_PHONE,
        old_differs: coded::OLD_PHONE_DIFFERS,
        payload: "phonePassCodePayload",
        old_name: "oldPhone",
    };
    let token = change.prove(call)?;
    Ok(Reply::Data(
        json!({ "updatePhoneToken": token, "tokenExpiresIn": LIFETIME.as_secs() }),
    ))
}

/// The wish to change an address, with the codes that prove it.
struct Change {
    new: Contact,
    new_code: String,
    new_channel: &'static str,
    old: Option<Contact>,
    old_code: Option<String>,
    old_channel: &'static str,
    same: Failure,
    old_differs: Failure,
    payload: &'static str,
    old_name: &'static str,
}

impl Change {
    /// The token for the second step.
    fn prove(self, call: &mut Call<'_>) -> Result<String, Failure> {
        let user = call.user()?;
        let user_id = user.id.clone();
        let old_needed = own_contact(call, self.new.medium())?.is_some() && call.world.settings.verify_old_contact;
        if self.new.belongs_to(user) {
            return Err(self.same);
        }
        if self.old.as_ref().is_some_and(|old| !old.belongs_to(user)) {
            return Err(self.old_differs);
        }
        refuse_if_taken(call, &self.new)?;
        let mut presented = vec![self.new.presented(self.new_channel, &self.new_code)];
        match (&self.old, &self.old_code) {
            (Some(old), Some(code)) => presented.push(old.presented(self.old_channel, code)),
            _ if old_needed => {
                let (payload, name) = (self.payload, self.old_name);
                let number = if name == "oldPhone" { "Number" } else { "" };
                return Err(Failure::invalid(format!(
                    "{payload}.{name}{number} should not be empty,{payload}.{name}PassCode should not be empty"
                )));
            }
            _ => {}
        }
        call.world.redeem_codes(&presented)?;
        let now = call.now;
        Ok(call
            .world
            .profile
            .contact_updates
            .issue(ContactUpdate { user_id, to: self.new }, now))
    }
}

fn update_email(call: &mut Call<'_>) -> Answer {
    update_contact(call, "updateEmailToken", Medium::Email)
}

fn update_phone(call: &mut Call<'_>) -> Answer {
    update_contact(call, "updatePhoneToken", Medium::Sms)
}

fn update_contact(call: &mut Call<'_>, name: &str, medium: Medium) -> Answer {
    let (token, now, user_id) = (call.text(name), call.now, call.user_id()?);
    let fits = |update: &ContactUpdate| update.user_id == user_id && update.to.medium() == medium;
    let updates = &mut call.world.profile.contact_updates;
    let update = if updates.peek(&token, now).is_some_and(fits) {
        updates.redeem(&token, now)
    } else {
        None
    };
    let update = update.ok_or_else(|| token_failure(name))?;
    refuse_if_taken(call, &update.to)?;
    set_contact(call, &update.to)?;
    Ok(Reply::success())
}

fn token_failure(name: &str) -> Failure {
    Failure::invalid(format!("{name} is wrong, was used or has expired"))
}

// The password.

fn update_password(call: &mut Call<'_>) -> Answer {
    let (now, encrypt_type) = (call.now, call.maybe("passwordEncryptType"));
    let new_password = call
        .world
        .read_new_password(encrypt_type.as_deref(), &call.text("newPassword"))?;
    if let Some(token) = call.maybe("passwordResetToken") {
        let user_id = call
            .world
            .profile
            .password_resets
            .redeem(&token, now)
            .ok_or_else(reset_token_expired)?;
        let user = call.world.user_mut(&user_id).ok_or(coded::USER_NOT_FOUND)?;
        user.set_password(new_password, now);
        return Ok(Reply::Done);
    }
    let user = call.user()?;
    if let Some(current) = user.password.clone() {
        let old = call.needed("oldPassword")?;
        if call.world.password_keys.read(encrypt_type.as_deref(), &old)? != current {
            return Err(coded::OLD_PASSWORD_WRONG);
        }
        if new_password == current {
            return Err(coded::SAME_PASSWORD);
        }
    }
    call.user_mut()?.set_password(new_password, now);
    Ok(Reply::Done)
}

fn verify_reset_password(call: &mut Call<'_>) -> Answer {
    let (contact, code) = if call.text("verifyMethod") == "EMAIL_PASSCODE" {
        (
            Contact::Email(call.text("emailPassCodePayload.email")),
            call.text("emailPassCodePayload.passCode"),
        )
    } else {
        let contact = phone_in(call, "phonePassCodePayload");
        (contact, call.text("phonePassCodePayload.passCode"))
    };
    let user_id = call
        .world
        .user_at(&contact)
        .map(|user| user.id.clone())
        .ok_or(coded::USER_NOT_FOUND)?;
    call.world
        .redeem_codes(&[contact.presented("CHANNEL_RESET_PASSWORD", &code)])?;
    let now = call.now;
    let token = call.world.profile.password_resets.issue(user_id, now);
    Ok(Reply::Data(
        json!({ "passwordResetToken": token, "tokenExpiresIn": LIFETIME.as_secs() }),
    ))
}

fn phone_in(call: &Call<'_>, payload: &str) -> Contact {
    Contact::Phone {
        country_code: call.maybe(&format!("{payload}.phoneCountryCode")),
        number: call.text(&format!("{payload}.phoneNumber")),
    }
}

/// The token alone says whose password it is.
fn reset_password(call: &mut Call<'_>) -> Answer {
    let (now, encrypt_type) = (call.now, call.maybe("passwordEncryptType"));
    let password = call
        .world
        .read_new_password(encrypt_type.as_deref(), &call.text("password"))?;
    let token = call.text("passwordResetToken");
    let user_id = call
        .world
        .profile
        .password_resets
        .redeem(&token, now)
        .ok_or_else(reset_token_expired)?;
    let user = call.world.user_mut(&user_id).ok_or(coded::USER_NOT_FOUND)?;
    user.set_password(password, now);
    user.set("resetPasswordOnNextLogin", false);
    Ok(Reply::success())
}

fn reset_token_expired() -> Failure {
    Failure::invalid("reset password token expire")
}

// The account.

fn verify_delete_account(call: &mut Call<'_>) -> Answer {
    match call.text("verifyMethod").as_str() {
        "PASSWORD" => {
            let user = call.user()?;
            if Contact::email_of(user).is_some() || Contact::phone_of(user).is_some() {
                return Err(Failure::refused(
                    "The password is enough only while no e-mail address and no phone is bound",
                ));
            }
            let own = user
                .password
                .clone()
                .ok_or_else(|| Failure::refused("No password is set"))?;
            let encrypt_type = call.maybe("passwordPayload.passwordEncryptType");
            let sent = call.text("passwordPayload.password");
            if call.world.password_keys.read(encrypt_type.as_deref(), &sent)? != own {
                return Err(coded::PASSWORD_WRONG);
            }
        }
        "EMAIL_PASSCODE" => {
            let named = call.maybe("emailPassCodePayload.email").map(Contact::Email);
            prove_deletion(
                call,
                Medium::Email,
                named,
                "emailPassCodePayload.passCode",
                coded::OLD_EMAIL_DIFFERS,
            )?;
        }
        _ => {
            let named = Some(phone_in(call, "phonePassCodePayload"));
            prove_deletion(
                call,
                Medium::Sms,
                named,
                "phonePassCodePayload.passCode",
                coded::OLD_PHONE_DIFFERS,
            )?;
        }
    }
    let (user_id, now) = (call.user_id()?, call.now);
    let token = call.world.profile.deletions.issue(user_id, now);
    Ok(Reply::Data(
        json!({ "deleteAccountToken": token, "tokenExpiresIn": LIFETIME.as_secs() }),
    ))
}

/// Takes the code that went to the user's own address.
fn prove_deletion(
    call: &mut Call<'_>,
    medium: Medium,
    named: Option<Contact>,
    code: &str,
    differs: Failure,
) -> Result<(), Failure> {
    let own = own_contact(call, medium)?.ok_or_else(|| differs.clone())?;
    if named
        .is_some_and(|named| named.target() != own.target() && !call.user().is_ok_and(|user| named.belongs_to(user)))
    {
        return Err(differs);
    }
    let code = call.text(code);
    call.world
        .redeem_codes(&[own.presented("CHANNEL_DELETE_ACCOUNT", &code)])
}

fn delete_account(call: &mut Call<'_>) -> Answer {
    let (token, now, user_id) = (call.text("deleteAccountToken"), call.now, call.user_id()?);
    let own = call
        .world
        .profile
        .deletions
        .peek(&token, now)
        .is_some_and(|owner| *owner == user_id);
    if !own || call.world.profile.deletions.redeem(&token, now).is_none() {
        return Err(token_failure("deleteAccountToken"));
    }
    call.world.remove_user(&user_id);
    Ok(Reply::success())
}

fn security_info(call: &mut Call<'_>) -> Answer {
    let user = call.user()?;
    let (email, phone) = (user.text("email").is_some(), user.text("phone").is_some());
    let (password, mfa) = (user.password.is_some(), call.world.mfa.enrolled(&user.id));
    let score = 25
        * [email, phone, password, mfa]
            .into_iter()
            .filter(|present| *present)
            .count();
    Ok(Reply::Data(json!({
        "passwordSecurityLevel": user.fields.get("passwordSecurityLevel").and_then(Value::as_u64).unwrap_or(0),
        "mfaEnrolled": mfa,
        "passwordSet": password,
        "emailBinded": email,
        "phoneBinded": phone,
        "securityScore": score,
    })))
}

/// The public accounts that the user may switch to.
fn public_accounts(call: &mut Call<'_>) -> Answer {
    const PERSON: &str = "1";
    const PUBLIC: &str = "2";
    let show = |id: &str, kind: &str| {
        let user = call.world.user(id)?;
        Some(json!({ "userId": id, "avatar": user.photo(), "displayName": user.display_name(), "usertype": kind }))
    };
    let own = call.user_id()?;
    let pairs = call.world.directory.public_accounts.iter();
    let accounts: Vec<Value> = pairs
        .filter(|(user, _)| *user == own)
        .filter_map(|(_, account)| show(account, PUBLIC))
        .collect();
    let origin = if call.flag("withOriginUser") {
        show(&own, PERSON)
    } else {
        None
    };
    Ok(Reply::Data(
        json!([{ "publicAccounts": accounts, "originUser": origin }]),
    ))
}
