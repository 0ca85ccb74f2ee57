//! Joining the user pool by invitation: by a link that a member made, or by an invitation of an administrator.

use serde_json::{Value, json};

use crate::area::messages::check_email;
use crate::area::sign_up::{PROFILE, register};
use crate::failure::{Answer, Failure, Reply, coded};
use crate::random;
use crate::route::{Call, Caller, Route, get, post};
use crate::state::Contact;
use crate::user::UserSeed;
use crate::validate::Kind::{Flag, Object, OneOf, Text};
use crate::validate::{may, need};

/// An invitation of an administrator.
#[derive(Debug, Clone)]
pub(crate) struct Invitation {
    pub(crate) identifier: String,
    pub(crate) signature: String,
    pub(crate) email: String,
}

/// A link that a member made.
#[derive(Debug, Clone)]
struct Link {
    identifier: String,
    inviter_id: String,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct InvitationState {
    links: Vec<Link>,
    pub(crate) invitations: Vec<Invitation>,
    /// Tokens of administrators' invitations, each with the invited address.
    tokens: Vec<(String, String)>,
}

impl InvitationState {
    pub(crate) fn invite(&mut self, email: &str) -> (String, String) {
        let (identifier, signature) = (random::object_id(), random::secret());
        self.invitations.push(Invitation {
            identifier: identifier.clone(),
            signature: signature.clone(),
            email: email.to_owned(),
        });
        (identifier, signature)
    }
}

const RECEIVERS: &[&str] = &["smsCode", "emailCode"];

pub(crate) const ROUTES: &[Route] = &[
    get(
        "/api/v3/get-universal-invitation-public-config",
        Caller::App,
        &[need("identifier", Text)],
        link_config,
    ),
    post(
        "/api/v3/signup-by-invitation",
        Caller::App,
        &[
            need("emailCode", Text),
            need("identifier", Text),
            need("profile", Object(&[need("name", Text), need("email", Text)])),
        ],
        join_by_link,
    ),
    post(
        "/api/v3/generate-policy-invitation-token",
        Caller::App,
        &[
            need("signature", Text),
            need("identifier", Text),
            may("withInviteeInfo", Flag),
            may("withInvitationSettings", Flag),
        ],
        accept_invitation,
    ),
    get(
        "/api/v3/get-policy-invitation-context",
        Caller::App,
        &[need("token", Text)],
        invitation_context,
    ),
    post(
        "/api/v3/verify-invite-code",
        Caller::AppOrUser,
        &[
            need("receiverType", OneOf(RECEIVERS)),
            need("code", Text),
            need("token", Text),
        ],
        verify_code,
    ),
    post(
        "/api/v3/join-by-invitation",
        Caller::AppOrUser,
        &[
            need("token", Text),
            may("code", Text),
            may("receiverType", OneOf(RECEIVERS)),
            may("profile", Object(PROFILE)),
            may(
                "options",
                Object(&[
                    may("phonePassCodeForInformationCompletion", Text),
                    may("emailPassCodeForInformationCompletion", Text),
                ]),
            ),
        ],
        join_by_invitation,
    ),
    post(
        "/api/v3/generate-universal-invitation-link-by-member",
        Caller::User,
        &[],
        make_link,
    ),
    post("/api/v3/clear-my-all-invitation-links", Caller::User, &[], clear_links),
];

fn make_link(call: &mut Call<'_>) -> Answer {
    let (inviter_id, identifier) = (call.user_id()?, random::object_id());
    let link = format!("{}/invitation?identifier={identifier}", call.world.url);
    call.world.invitations.links.push(Link { identifier, inviter_id });
    Ok(Reply::Data(json!({ "link": link })))
}

fn clear_links(call: &mut Call<'_>) -> Answer {
    let user_id = call.user_id()?;
    call.world.invitations.links.retain(|link| link.inviter_id != user_id);
    Ok(Reply::success())
}

fn link_config(call: &mut Call<'_>) -> Answer {
    let identifier = call.text("identifier");
    let link = find_link(call, &identifier)?;
    let inviter = call.world.user(&link.inviter_id).map(crate::user::User::display_name);
    Ok(Reply::Data(json!({
        "userPool": { "name": "emulator", "logo": "", "description": "" },
        "inviter": { "displayName": inviter.unwrap_or_default() },
    })))
}

fn find_link<'a>(call: &'a Call<'_>, identifier: &str) -> Result<&'a Link, Failure> {
    let link = call
        .world
        .invitations
        .links
        .iter()
        .find(|link| link.identifier == identifier);
    link.ok_or_else(|| Failure::not_found("There is no such invitation"))
}

/// The code is one for `CHANNEL_REGISTER`.
fn join_by_link(call: &mut Call<'_>) -> Answer {
    let (email, identifier) = (call.text("profile.email"), call.text("identifier"));
    check_email(&email)?;
    find_link(call, &identifier)?;
    let (contact, code) = (Contact::Email(email.clone()), call.text("emailCode"));
    if call.world.user_at(&contact).is_some() {
        return Err(coded::USER_EXISTS);
    }
    call.world
        .redeem_codes(&[contact.presented("CHANNEL_REGISTER", &code)])?;
    register(
        call,
        UserSeed::new().email(&email).field("name", call.text("profile.name")),
    )?;
    Ok(Reply::Data(json!({ "status": "PASSED" })))
}

fn accept_invitation(call: &mut Call<'_>) -> Answer {
    let (identifier, signature) = (call.text("identifier"), call.text("signature"));
    let state = &mut call.world.invitations;
    let known = state
        .invitations
        .iter()
        .find(|one| one.identifier == identifier && one.signature == signature);
    let email = known
        .map(|one| one.email.clone())
        .ok_or_else(|| Failure::not_found("There is no such invitation"))?;
    let token = random::token();
    let context = context(&email);
    state.tokens.push((token.clone(), email));
    Ok(Reply::Data(json!({ "token": token, "invitationContext": context })))
}

fn context(email: &str) -> Value {
    json!({
        "enabledIdentifierVerify": true,
        "sendVerifyCodeMethod": "priorityEmail",
        "enabledInfoFill": false,
        "registerInfoFillMsg": "",
        "extendsFields": [],
        "extendsFieldsI18n": {},
        "extendsFieldsOptions": [],
        "email": email,
        "phone": Value::Null,
        "phoneCountryCode": Value::Null,
        "inviteeName": Value::Null,
        "verifyCodeMaxErrCount": 1,
    })
}

fn invited_email(call: &Call<'_>) -> Result<String, Failure> {
    let token = call.text("token");
    let known = call.world.invitations.tokens.iter().find(|(known, _)| *known == token);
    known
        .map(|(_, email)| email.clone())
        .ok_or_else(|| Failure::not_found("There is no such invitation"))
}

fn invitation_context(call: &mut Call<'_>) -> Answer {
    Ok(Reply::Data(context(&invited_email(call)?)))
}

/// The code went to the invited address for `CHANNEL_REGISTER`; joining needs it again.
fn verify_code(call: &mut Call<'_>) -> Answer {
    let (contact, code) = (Contact::Email(invited_email(call)?), call.text("code"));
    call.world.peek_code(&contact.presented("CHANNEL_REGISTER", &code))?;
    Ok(Reply::success())
}

/// Adds the invited user; a user of the pool joins without any change.
fn join_by_invitation(call: &mut Call<'_>) -> Answer {
    let email = invited_email(call)?;
    let contact = Contact::Email(email.clone());
    let code = call.needed("code")?;
    call.world
        .redeem_codes(&[contact.presented("CHANNEL_REGISTER", &code)])?;
    if call.world.user_at(&contact).is_none() {
        let mut seed = UserSeed::new().email(&email);
        if let Some(Value::Object(profile)) = call.value("profile") {
            for (name, value) in profile {
                seed.fields.entry(name).or_insert_with(|| value.clone());
            }
        }
        register(call, seed)?;
    }
    let token = call.text("token");
    call.world.invitations.tokens.retain(|(known, _)| *known != token);
    Ok(Reply::success())
}
