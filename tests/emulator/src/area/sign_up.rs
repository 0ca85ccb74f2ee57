//! Registration: it answers a user, not tokens.

use serde_json::Value;

use crate::area::messages::{check_email, check_phone};
use crate::codes::normal_country_code;
use crate::failure::{Answer, Failure, Reply, coded};
use crate::password;
use crate::route::{Call, Caller, Route, post};
use crate::state::Contact;
use crate::user::UserSeed;
use crate::validate::Kind::{Map, Object, OneOf, Text};
use crate::validate::{Field, may, need, when};

const OPTIONS: &[Field] = &[
    may("clientIp", Text),
    may("phonePassCodeForInformationCompletion", Text),
    may("emailPassCodeForInformationCompletion", Text),
    may("context", Map),
    may("passwordEncryptType", password::ENCRYPT_TYPE),
    may("passwordForPhonePassCode", Text),
];

/// What a profile may hold at registration.
pub(crate) const PROFILE: &[Field] = &[
    may("username", Text),
    may("nickname", Text),
    may("company", Text),
    may("photo", Text),
    may("device", Text),
    may("browser", Text),
    may("name", Text),
    may("givenName", Text),
    may("familyName", Text),
    may("middleName", Text),
    may("profile", Text),
    may("preferredUsername", Text),
    may("website", Text),
    may("gender", OneOf(&["M", "F", "U"])),
    may("birthdate", Text),
    may("zoneinfo", Text),
    may("locale", Text),
    may("address", Text),
    may("formatted", Text),
    may("streetAddress", Text),
    may("locality", Text),
    may("region", Text),
    may("postalCode", Text),
    may("country", Text),
    may("email", Text),
    may("phone", Text),
    may("phoneCountryCode", Text),
    may("customData", Map),
];

pub(crate) const ROUTES: &[Route] = &[post(
    "/api/v3/signup",
    Caller::App,
    &[
        need("connection", OneOf(&["PASSWORD", "PASSCODE"])),
        when(
            "connection",
            "PASSWORD",
            "passwordPayload",
            Object(&[need("password", Text), may("username", Text), may("email", Text)]),
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
        may("profile", Object(PROFILE)),
        may("options", Object(OPTIONS)),
    ],
    sign_up,
)];

fn sign_up(call: &mut Call<'_>) -> Answer {
    if !call.world.settings.registration {
        return Err(coded::REGISTRATION_OFF);
    }
    let (mut proofs, seed) = if call.text("connection") == "PASSWORD" {
        (Vec::new(), by_password(call)?)
    } else {
        by_code(call)?
    };
    let seed = complete(call, &mut proofs, seed)?;
    check_free(call, &seed)?;
    let presented: Vec<_> = proofs
        .iter()
        .map(|proof| proof.contact.presented(proof.channel, &proof.code))
        .collect();
    call.world.redeem_codes(&presented)?;
    register(call, seed)
}

/// A code that proves an address.
struct Proof {
    contact: Contact,
    channel: &'static str,
    code: String,
}

/// By user name or e-mail address and a password; the address stays unverified.
fn by_password(call: &mut Call<'_>) -> Result<UserSeed, Failure> {
    let encrypt_type = call.maybe("options.passwordEncryptType");
    let password = call.text("passwordPayload.password");
    let password = call.world.read_new_password(encrypt_type.as_deref(), &password)?;
    let mut seed = UserSeed::new().password(&password);
    if let Some(username) = call.maybe("passwordPayload.username") {
        seed = seed.username(&username);
    }
    if let Some(email) = call.maybe("passwordPayload.email") {
        check_email(&email)?;
        seed = seed.field("email", email);
    }
    if seed.fields.is_empty() {
        return Err(Failure::invalid(
            "Must contain one of the following fields: username, email",
        ));
    }
    Ok(seed)
}

/// By a code for `CHANNEL_REGISTER`, which proves the address.
fn by_code(call: &mut Call<'_>) -> Result<(Vec<Proof>, UserSeed), Failure> {
    let contact = contact(call, "passCodePayload")?;
    let mut seed = proven(&contact);
    if let Some(sent) = call.maybe("options.passwordForPhonePassCode") {
        let encrypt_type = call.maybe("options.passwordEncryptType");
        seed.password = Some(call.world.read_new_password(encrypt_type.as_deref(), &sent)?);
    }
    let proof = Proof {
        contact,
        channel: "CHANNEL_REGISTER",
        code: call.text("passCodePayload.passCode"),
    };
    Ok((vec![proof], seed))
}

/// A user of whom nothing is known but an address that was proved.
pub(crate) fn proven(contact: &Contact) -> UserSeed {
    match contact {
        Contact::Email(email) => UserSeed::new().email(email),
        Contact::Phone { country_code, number } => {
            UserSeed::new().phone_abroad(&normal_country_code(country_code.as_deref()), number)
        }
    }
}

/// The address in a payload: `email`, or `phone` with its country code.
pub(crate) fn contact(call: &Call<'_>, payload: &str) -> Result<Contact, Failure> {
    if let Some(email) = call.maybe(&format!("{payload}.email")) {
        check_email(&email)?;
        return Ok(Contact::Email(email));
    }
    let number = call.maybe(&format!("{payload}.phone")).ok_or(coded::CONTACT_MISSING)?;
    check_phone(&number)?;
    Ok(Contact::Phone {
        country_code: call.maybe(&format!("{payload}.phoneCountryCode")),
        number,
    })
}

/// Takes over the profile; an address in it needs a code of its own, unless it is the one that is registered.
fn complete(call: &mut Call<'_>, proofs: &mut Vec<Proof>, mut seed: UserSeed) -> Result<UserSeed, Failure> {
    const OPTION: &str = "PassCodeForInformationCompletion";
    let Some(Value::Object(profile)) = call.value("profile").cloned() else {
        return Ok(seed);
    };
    let text = |seed: &UserSeed, name: &str| seed.fields.get(name).and_then(Value::as_str).map(str::to_owned);
    let (own_email, own_phone) = (text(&seed, "email"), text(&seed, "phone"));
    if let Some(email) = call.maybe("profile.email")
        && !own_email.is_some_and(|own| own.eq_ignore_ascii_case(&email))
    {
        check_email(&email)?;
        let code = call.needed(&format!("options.email{OPTION}"))?;
        proofs.push(Proof {
            contact: Contact::Email(email),
            channel: "CHANNEL_COMPLETE_EMAIL",
            code,
        });
    }
    if let Some(number) = call.maybe("profile.phone")
        && own_phone.as_ref() != Some(&number)
    {
        check_phone(&number)?;
        let contact = Contact::Phone {
            country_code: call.maybe("profile.phoneCountryCode"),
            number,
        };
        let code = call.needed(&format!("options.phone{OPTION}"))?;
        proofs.push(Proof {
            contact,
            channel: "CHANNEL_COMPLETE_PHONE",
            code,
        });
    }
    for proof in proofs {
        seed.fields.extend(proven(&proof.contact).fields);
    }
    for (name, value) in profile {
        match value {
            Value::Null => {}
            Value::Object(custom) if name == "customData" => seed.custom_data = custom,
            value => {
                seed.fields.entry(name).or_insert(value);
            }
        }
    }
    Ok(seed)
}

/// Refuses a user whose name or address somebody has, or who has too much custom data.
fn check_free(call: &Call<'_>, seed: &UserSeed) -> Result<(), Failure> {
    if call.world.taken(&seed.fields, None).is_some() {
        return Err(coded::USER_EXISTS);
    }
    check_custom_data(&seed.custom_data)
}

/// Adds the user, if nobody has the same name or address, and answers the id.
pub(crate) fn add(call: &mut Call<'_>, seed: UserSeed) -> Result<String, Failure> {
    check_free(call, &seed)?;
    Ok(call.world.add_user(seed))
}

/// The same, answering the profile.
pub(crate) fn register(call: &mut Call<'_>, seed: UserSeed) -> Answer {
    let id = add(call, seed)?;
    let user = call.world.user(&id).ok_or(coded::USER_NOT_FOUND)?;
    Ok(Reply::Data(Value::Object(user.profile())))
}

/// Custom data is limited in size.
pub(crate) fn check_custom_data(custom: &serde_json::Map<String, Value>) -> Result<(), Failure> {
    let length = Value::Object(custom.clone()).to_string().chars().count();
    if length < 1024 {
        Ok(())
    } else {
        Err(Failure::invalid("customData must be less than 1024 characters"))
    }
}
