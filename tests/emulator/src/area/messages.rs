//! Sending pass codes, and looking at them without using them up.

use serde_json::json;

use crate::codes::Presented;
use crate::failure::{Answer, Failure, Reply, coded};
use crate::route::{Call, Caller, Route, post};
use crate::state::Contact;
use crate::validate::Kind::{Object, OneOf, Text};
use crate::validate::{may, need, when};

const SMS_CHANNELS: &[&str] = &[
    "CHANNEL_LOGIN",
    "CHANNEL_REGISTER",
    "CHANNEL_RESET_PASSWORD",
    "CHANNEL_BIND_PHONE",
    "CHANNEL_UNBIND_PHONE",
    "CHANNEL_BIND_MFA",
    "CHANNEL_VERIFY_MFA",
    "CHANNEL_UNBIND_MFA",
    "CHANNEL_COMPLETE_PHONE",
    "CHANNEL_IDENTITY_VERIFICATION",
    "CHANNEL_DELETE_ACCOUNT",
];

const EMAIL_CHANNELS: &[&str] = &[
    "CHANNEL_LOGIN",
    "CHANNEL_REGISTER",
    "CHANNEL_RESET_PASSWORD",
    "CHANNEL_VERIFY_EMAIL_LINK",
    "CHANNEL_UPDATE_EMAIL",
    "CHANNEL_BIND_EMAIL",
    "CHANNEL_UNBIND_EMAIL",
    "CHANNEL_VERIFY_MFA",
    "CHANNEL_UNLOCK_ACCOUNT",
    "CHANNEL_COMPLETE_EMAIL",
    "CHANNEL_DELETE_ACCOUNT",
];

pub(crate) const ROUTES: &[Route] = &[
    post(
        "/api/v3/send-sms",
        Caller::AppOrUser,
        &[
            need("phoneNumber", Text),
            need("channel", OneOf(SMS_CHANNELS)),
            may("phoneCountryCode", Text),
        ],
        send_sms,
    ),
    post(
        "/api/v3/send-email",
        Caller::AppOrUser,
        &[need("email", Text), need("channel", OneOf(EMAIL_CHANNELS))],
        send_email,
    ),
    post(
        "/api/v3/pre-check-code",
        Caller::AppOrUser,
        &[
            need("codeType", OneOf(&["SMS", "EMAIL"])),
            when(
                "codeType",
                "SMS",
                "smsCodePayload",
                Object(&[
                    need("phone", Text),
                    need("passCode", Text),
                    may("phoneCountryCode", Text),
                    need("channel", OneOf(SMS_CHANNELS)),
                ]),
            ),
            when(
                "codeType",
                "EMAIL",
                "emailCodePayload",
                Object(&[
                    need("email", Text),
                    need("passCode", Text),
                    need("channel", OneOf(EMAIL_CHANNELS)),
                ]),
            ),
        ],
        pre_check_code,
    ),
];

/// Refuses what cannot be an e-mail address.
pub(crate) fn check_email(email: &str) -> Result<(), Failure> {
    let plausible = email.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && !host.is_empty() && !host.contains('@') && !email.contains(char::is_whitespace)
    });
    if plausible { Ok(()) } else { Err(coded::EMAIL_MALFORMED) }
}

/// Refuses what cannot be a phone number.
pub(crate) fn check_phone(number: &str) -> Result<(), Failure> {
    let plausible =
        (3..=20).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if plausible { Ok(()) } else { Err(coded::CONTACT_MISSING) }
}

fn send_sms(call: &mut Call<'_>) -> Answer {
    let number = call.text("phoneNumber");
    check_phone(&number)?;
    let target = Contact::Phone {
        country_code: call.maybe("phoneCountryCode"),
        number,
    }
    .target();
    call.world.send_code(&target, &call.text("channel"))?;
    Ok(Reply::Done)
}

fn send_email(call: &mut Call<'_>) -> Answer {
    let email = call.text("email");
    check_email(&email)?;
    call.world
        .send_code(&Contact::Email(email).target(), &call.text("channel"))?;
    Ok(Reply::Done)
}

fn pre_check_code(call: &mut Call<'_>) -> Answer {
    let (payload, contact) = if call.text("codeType") == "SMS" {
        let country_code = call.maybe("smsCodePayload.phoneCountryCode");
        (
            "smsCodePayload",
            Contact::Phone {
                country_code,
                number: call.text("smsCodePayload.phone"),
            },
        )
    } else {
        ("emailCodePayload", Contact::Email(call.text("emailCodePayload.email")))
    };
    let (channel, code) = (
        call.text(&format!("{payload}.channel")),
        call.text(&format!("{payload}.passCode")),
    );
    let presented = Presented {
        target: contact.target(),
        channel: &channel,
        code: &code,
    };
    Ok(Reply::Data(match call.world.peek_code(&presented) {
        Ok(()) => json!({ "isValid": true }),
        Err(failure) => json!({ "isValid": false, "message": failure.message }),
    }))
}
