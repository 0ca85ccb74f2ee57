//! Second factors: enrolment, verification and removal.

use std::collections::HashMap;

use data_encoding::{BASE64, HEXLOWER};
use serde_json::{Value, json};

use crate::area::messages::{check_email, check_phone};
use crate::area::qr_code::draw;
use crate::failure::{Answer, Failure, Reply, coded};
use crate::one_time::OneTime;
use crate::random;
use crate::route::{Call, Caller, Route, get, post};
use crate::rules::SecondFactor;
use crate::state::{Contact, World};
use crate::totp;
use crate::validate::Kind::{Flag, Object, OneOf, Text};
use crate::validate::{may, need};

const KINDS: &[&str] = &["OTP", "SMS", "EMAIL", "FACE"];

/// The channel of enrolment codes. E-mail has no such channel of its own, so these codes cannot be asked for elsewhere.
const CHANNEL: &str = "CHANNEL_BIND_MFA";

/// A factor that a user has enrolled.
#[derive(Debug, Clone)]
struct Factor {
    id: String,
    kind: String,
    profile: Value,
    /// Where codes go.
    contact: Option<Contact>,
    secret: Vec<u8>,
}

/// An enrolment that has begun.
#[derive(Debug, Clone)]
struct Enrolment {
    user_id: String,
    kind: String,
    contact: Option<Contact>,
    secret: Vec<u8>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct MfaState {
    /// By the user.
    factors: HashMap<String, Vec<Factor>>,
    enrolments: OneTime<Enrolment>,
    /// Tokens of a sign-in that waits for its second factor.
    pub(crate) tokens: OneTime<MfaToken>,
}

#[derive(Debug, Clone)]
pub(crate) struct MfaToken {
    pub(crate) user_id: String,
    pub(crate) issued: u64,
    pub(crate) expires: u64,
}

/// How a user proves to be the one who has signed in before.
#[derive(Debug, Clone)]
pub(crate) enum Proof {
    OneTimePassword,
    Code(Contact),
}

impl MfaState {
    pub(crate) fn enrolled(&self, user_id: &str) -> bool {
        !self.of(user_id).is_empty()
    }

    fn of(&self, user_id: &str) -> &[Factor] {
        self.factors.get(user_id).map(Vec::as_slice).unwrap_or_default()
    }

    /// The secret of the user's TOTP factor.
    pub(crate) fn totp_secret(&self, user_id: &str) -> Option<&[u8]> {
        let mut factors = self.of(user_id).iter();
        factors
            .find(|factor| factor.kind == "OTP")
            .map(|factor| factor.secret.as_slice())
    }
}

/// What a sign-in by this user still needs, as the failure that says so.
pub(crate) fn demanded(world: &World, user_id: &str) -> Option<Failure> {
    match world.settings.rules.second_factor {
        SecondFactor::Nobody => None,
        SecondFactor::Enrolled => world.mfa.enrolled(user_id).then_some(coded::OWN_FACTOR_NEEDED),
        SecondFactor::Everybody => Some(coded::FACTOR_NEEDED),
    }
}

/// How this user can show a second factor: an enrolled one, or else the user's own address. The pictures of faces are not
/// compared, so a face is none.
pub(crate) fn proof(world: &World, user_id: &str) -> Option<Proof> {
    if world.mfa.totp_secret(user_id).is_some() {
        return Some(Proof::OneTimePassword);
    }
    let enrolled = world.mfa.of(user_id).iter().find_map(|factor| factor.contact.clone());
    let user = world.user(user_id);
    let own = user.and_then(|user| Contact::email_of(user).or_else(|| Contact::phone_of(user)));
    enrolled.or(own).map(Proof::Code)
}

/// A token for the second step, and what a page for it has to know.
pub(crate) fn next_step(world: &mut World, user_id: &str) -> Value {
    let token = world.mfa_token(user_id);
    let Some(user) = world.user(user_id) else {
        return Value::Null;
    };
    let text = |name: &str| user.text(name);
    let factors = world.mfa.of(user_id);
    let has = |kind: &str| factors.iter().any(|factor| factor.kind == kind);
    let list = KINDS.iter().enumerate().filter(|(_, kind)| match **kind {
        "EMAIL" => text("email").is_some() || has("EMAIL"),
        "SMS" => text("phone").is_some() || has("SMS"),
        kind => has(kind),
    });
    let list: Vec<Value> = list
        .map(|(sort, kind)| json!({ "mfaPolicy": kind, "status": 1, "sort": sort }))
        .collect();
    json!({
        "mfaToken": token,
        "mfaPhone": text("phone"),
        "mfaPhoneCountryCode": text("phoneCountryCode"),
        "mfaEmail": text("email"),
        "nickname": text("nickname"),
        "username": text("username"),
        "phone": text("phone"),
        "phoneCountryCode": text("phoneCountryCode"),
        "faceMfaEnabled": has("FACE"),
        "totpMfaEnabled": has("OTP"),
        "applicationMfa": list,
    })
}

impl Factor {
    fn to_json(&self) -> Value {
        json!({ "factorId": self.id, "factorType": self.kind, "profile": self.profile })
    }
}

pub(crate) const ROUTES: &[Route] = &[
    post(
        "/mfa/token/introspection",
        Caller::Anyone,
        &[may("token", Text)],
        introspect,
    ),
    post(
        "/api/v3/send-enroll-factor-request",
        Caller::User,
        &[
            need("factorType", OneOf(KINDS)),
            may(
                "profile",
                Object(&[
                    may("phoneNumber", Text),
                    may("phoneCountryCode", Text),
                    may("email", Text),
                ]),
            ),
        ],
        begin,
    ),
    post(
        "/api/v3/enroll-factor",
        Caller::User,
        &[
            need("factorType", OneOf(KINDS)),
            need("enrollmentToken", Text),
            need(
                "enrollmentData",
                Object(&[may("passCode", Text), may("photo", Text), may("isExternalPhoto", Flag)]),
            ),
        ],
        finish,
    ),
    post("/api/v3/reset-factor", Caller::User, &[need("factorId", Text)], reset),
    get("/api/v3/list-enrolled-factors", Caller::User, &[], list),
    get("/api/v3/get-factor", Caller::User, &[need("factorId", Text)], get_one),
    get("/api/v3/list-factors-to-enroll", Caller::User, &[], list_open),
    post("/api/v3/mfa-totp-verify", Caller::User, &[may("totp", Text)], verify),
];

/// Not enveloped; a token that is not valid is no error.
fn introspect(call: &mut Call<'_>) -> Answer {
    let token = call.world.mfa.tokens.peek(&call.text("token"), call.now);
    Ok(Reply::Bare(match token {
        Some(token) => json!({
            "active": true,
            "userPoolId": call.world.settings.user_pool_id,
            "userId": token.user_id,
            "exp": token.expires,
            "iat": token.issued,
        }),
        None => json!({ "active": false }),
    }))
}

fn begin(call: &mut Call<'_>) -> Answer {
    let (user_id, kind, now) = (call.user_id()?, call.text("factorType"), call.now);
    let mut contact = None;
    match kind.as_str() {
        "SMS" => {
            let number = call.needed("profile.phoneNumber")?;
            check_phone(&number)?;
            contact = Some(Contact::Phone {
                country_code: call.maybe("profile.phoneCountryCode"),
                number,
            });
        }
        "EMAIL" => {
            let email = call.needed("profile.email")?;
            check_email(&email)?;
            contact = Some(Contact::Email(email));
        }
        kind if call.world.mfa.of(&user_id).iter().any(|factor| factor.kind == kind) => {
            return Err(enrolled_already(kind));
        }
        _ => {}
    }
    if let Some(contact) = &contact {
        call.world.send_code(&contact.target(), CHANNEL)?;
    }
    let secret = if kind == "OTP" {
        random::bytes::<20>().to_vec()
    } else {
        Vec::new()
    };
    let mut data = json!({});
    if kind == "OTP"
        && let Some(data) = data.as_object_mut()
    {
        let account = call.user()?.display_name();
        let account: String = form_urlencoded::byte_serialize(account.as_bytes()).collect();
        let uri = format!(
            "otpauth://totp/emulator:{account}?secret={}&period=30&digits=6&algorithm=SHA1&issuer=emulator",
            totp::encode_secret(&secret)
        );
        let picture = format!("data:image/svg+xml;base64,{}", BASE64.encode(draw(&uri)?.as_bytes()));
        data.insert(
            "otpData".to_owned(),
            json!({ "qrCodeUri": uri, "qrCodeDataUrl": picture, "recoveryCode": recovery_code() }),
        );
    }
    let token = call.world.mfa.enrolments.issue(
        Enrolment {
            user_id,
            kind,
            contact,
            secret,
        },
        now,
    );
    if let Some(data) = data.as_object_mut() {
        data.insert("enrollmentToken".to_owned(), json!(token));
    }
    Ok(Reply::Data(data))
}

fn enrolled_already(kind: &str) -> Failure {
    if kind == "FACE" {
        coded::FACE_BOUND
    } else {
        Failure::new(409, "This factor is enrolled already")
    }
}

/// Six groups of four hexadecimal digits.
fn recovery_code() -> String {
    let groups: Vec<String> = (0..6).map(|_| HEXLOWER.encode(&random::bytes::<2>())).collect();
    groups.join("-")
}

fn finish(call: &mut Call<'_>) -> Answer {
    let (token, kind, now, user_id) = (
        call.text("enrollmentToken"),
        call.text("factorType"),
        call.now,
        call.user_id()?,
    );
    let begun = call
        .world
        .mfa
        .enrolments
        .peek(&token, now)
        .filter(|begun| begun.user_id == user_id && begun.kind == kind);
    let begun = begun
        .cloned()
        .ok_or_else(|| Failure::invalid("enrollmentToken is wrong, was used or has expired"))?;
    let code = call.maybe("enrollmentData.passCode");
    let profile = match &begun.contact {
        Some(contact) => {
            let code = call.needed("enrollmentData.passCode")?;
            call.world.redeem_codes(&[contact.presented(CHANNEL, &code)])?;
            profile_of(contact)
        }
        None if kind == "OTP" => {
            let code = code.ok_or(coded::TOTP_MISSING)?;
            if !totp::accepts(&begun.secret, &code, now) {
                return Err(coded::TOTP_WRONG);
            }
            json!({})
        }
        None => {
            let user = call.user()?;
            if Contact::email_of(user).is_none() && Contact::phone_of(user).is_none() {
                return Err(coded::FACE_NEEDS_CONTACT);
            }
            call.maybe("enrollmentData.photo").ok_or(coded::FACE_PHOTO_MISSING)?;
            json!({})
        }
    };
    let mfa = &mut call.world.mfa;
    if mfa
        .of(&user_id)
        .iter()
        .any(|factor| factor.kind == kind && factor.profile == profile)
    {
        return Err(enrolled_already(&kind));
    }
    mfa.enrolments.redeem(&token, now);
    mfa.factors.entry(user_id).or_default().push(Factor {
        id: random::object_id(),
        kind,
        profile,
        contact: begun.contact,
        secret: begun.secret,
    });
    Ok(Reply::Done)
}

fn profile_of(contact: &Contact) -> Value {
    match contact {
        Contact::Email(email) => json!({ "email": email }),
        Contact::Phone { country_code, number } => json!({
            "phoneNumber": number,
            "phoneCountryCode": crate::codes::normal_country_code(country_code.as_deref()),
        }),
    }
}

fn reset(call: &mut Call<'_>) -> Answer {
    let (user_id, factor_id) = (call.user_id()?, call.text("factorId"));
    let factors = call.world.mfa.factors.entry(user_id).or_default();
    let before = factors.len();
    factors.retain(|factor| factor.id != factor_id);
    if factors.len() < before {
        Ok(Reply::Done)
    } else {
        Err(no_factor())
    }
}

fn no_factor() -> Failure {
    Failure::not_found("There is no such factor")
}

fn list(call: &mut Call<'_>) -> Answer {
    let user_id = call.user_id()?;
    Ok(Reply::Data(
        call.world.mfa.of(&user_id).iter().map(Factor::to_json).collect(),
    ))
}

fn get_one(call: &mut Call<'_>) -> Answer {
    let (user_id, factor_id) = (call.user_id()?, call.text("factorId"));
    let factor = call.world.mfa.of(&user_id).iter().find(|factor| factor.id == factor_id);
    factor.map(|factor| Reply::Data(factor.to_json())).ok_or_else(no_factor)
}

fn list_open(call: &mut Call<'_>) -> Answer {
    let user_id = call.user_id()?;
    let open = KINDS
        .iter()
        .filter(|kind| !call.world.mfa.of(&user_id).iter().any(|factor| factor.kind == **kind));
    Ok(Reply::Data(open.map(|kind| json!({ "factorType": kind })).collect()))
}

fn verify(call: &mut Call<'_>) -> Answer {
    let (user_id, now) = (call.user_id()?, call.now);
    let code = call.maybe("totp").ok_or(coded::TOTP_MISSING)?;
    let secret = call.world.mfa.totp_secret(&user_id);
    let secret = secret.ok_or_else(|| Failure::refused("No one-time password is enrolled"))?;
    if totp::accepts(secret, &code, now) {
        Ok(Reply::Data(json!({ "verified": true })))
    } else {
        Err(coded::TOTP_WRONG)
    }
}
