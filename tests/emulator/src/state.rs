//! Everything that the emulator remembers.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::area::account_linking::LinkingState;
use crate::area::approvals::Approval;
use crate::area::authorize::Browsers;
use crate::area::invitations::InvitationState;
use crate::area::management::ManagementState;
use crate::area::mfa::MfaState;
use crate::area::profile::ProfileState;
use crate::area::push::Pushes;
use crate::area::qr_code::QrCodes;
use crate::area::uploads::Upload;
use crate::area::webauthn::WebAuthnState;
use crate::clock::{Clock, Millis};
use crate::codes::{CodeRules, Codes, Medium, Presented, Target};
use crate::directory::Directory;
use crate::events::Events;
use crate::failure::{Failure, coded};
use crate::fault::{Faults, RecordedRequest};
use crate::one_time::OneTime;
use crate::outbox::Message;
use crate::password::PasswordKeys;
use crate::session::{Sessions, Visit};
use crate::tokens::{Authorization, IdTokenAlgorithm, Mint, Protocol, RefreshRotation, Tokens, Wanted};
use crate::user::{User, UserSeed};

/// How an application proves itself when it asks for tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ClientAuthentication {
    /// `client_id` and `client_secret` in the body.
    #[default]
    SecretPost,
    /// `Authorization: Basic base64(id:secret)`.
    SecretBasic,
    /// A public application: no secret, and sending one fails.
    None,
}

/// What a test chose when it built the emulator.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) app_id: String,
    pub(crate) app_secret: String,
    pub(crate) user_pool_id: String,
    pub(crate) access_key_id: String,
    pub(crate) access_key_secret: String,
    /// At the token endpoints and in the API's own sign-in.
    pub(crate) client_authentication: ClientAuthentication,
    pub(crate) introspection_authentication: ClientAuthentication,
    pub(crate) revocation_authentication: ClientAuthentication,
    /// Where browsers may be sent back to, besides this machine.
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) id_token_algorithm: IdTokenAlgorithm,
    pub(crate) refresh_rotation: RefreshRotation,
    pub(crate) webhook_secret: String,
    pub(crate) codes: CodeRules,
    /// Unless it is chosen, it depends on how the user signs in.
    pub(crate) token_lifetime: Option<Duration>,
    pub(crate) refresh_lifetime: Duration,
    pub(crate) registration: bool,
    /// Changing an address needs a code from the old one.
    pub(crate) verify_old_contact: bool,
    /// The QR code's status answers tokens rather than a ticket.
    pub(crate) qr_code_tokens: bool,
}

/// The server's state.
pub(crate) struct World {
    pub(crate) settings: Settings,
    /// `http://127.0.0.1:PORT`.
    pub(crate) url: String,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) requests: Vec<RecordedRequest>,
    pub(crate) outbox: Vec<Message>,
    pub(crate) users: Vec<User>,
    pub(crate) codes: Codes,
    pub(crate) tokens: Tokens,
    pub(crate) password_keys: PasswordKeys,
    pub(crate) sessions: Sessions,
    pub(crate) browsers: Browsers,
    pub(crate) management: ManagementState,
    pub(crate) events: Events,
    pub(crate) directory: Directory,
    /// The letters of pictures, by their tokens.
    pub(crate) captchas: OneTime<String>,
    pub(crate) profile: ProfileState,
    pub(crate) mfa: MfaState,
    pub(crate) qr_codes: QrCodes,
    pub(crate) pushes: Pushes,
    pub(crate) linking: LinkingState,
    pub(crate) webauthn: WebAuthnState,
    pub(crate) invitations: InvitationState,
    pub(crate) approvals: Vec<Approval>,
    pub(crate) uploads: Vec<Upload>,
}

impl World {
    pub(crate) fn new(settings: Settings, url: String) -> Self {
        Self {
            settings,
            url,
            clock: Clock::default(),
            faults: Faults::default(),
            requests: Vec::new(),
            outbox: Vec::new(),
            users: Vec::new(),
            codes: Codes::default(),
            tokens: Tokens::default(),
            password_keys: PasswordKeys::generate(),
            sessions: Sessions::default(),
            browsers: Browsers::default(),
            management: ManagementState::default(),
            events: Events::default(),
            directory: Directory::default(),
            captchas: OneTime::default(),
            profile: ProfileState::default(),
            mfa: MfaState::default(),
            qr_codes: QrCodes::default(),
            pushes: Pushes::default(),
            linking: LinkingState::default(),
            webauthn: WebAuthnState::default(),
            invitations: InvitationState::default(),
            approvals: Vec::new(),
            uploads: Vec::new(),
        }
    }

    pub(crate) fn now(&self) -> Millis {
        self.clock.now()
    }

    pub(crate) fn issuer(&self, protocol: Protocol) -> String {
        format!("{}{}", self.url, protocol.base())
    }

    // Users.

    pub(crate) fn add_user(&mut self, seed: UserSeed) -> String {
        let user = User::new(seed, self.now());
        let id = user.id.clone();
        self.users.push(user);
        id
    }

    pub(crate) fn user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    pub(crate) fn user_mut(&mut self, id: &str) -> Option<&mut User> {
        self.users.iter_mut().find(|user| user.id == id)
    }

    pub(crate) fn user_where(&self, matches: impl Fn(&User) -> bool) -> Option<&User> {
        self.users.iter().find(|user| matches(user))
    }

    /// The owner of an address.
    pub(crate) fn user_at(&self, contact: &Contact) -> Option<&User> {
        self.user_where(|user| contact.belongs_to(user))
    }

    pub(crate) fn role_codes(&self, user_id: &str) -> Vec<String> {
        self.directory.roles_of(user_id).map(|role| role.code.clone()).collect()
    }

    pub(crate) fn remove_user(&mut self, id: &str) {
        self.users.retain(|user| user.id != id);
        self.tokens.revoke_user(id);
    }

    // Pass codes.

    /// "Sends" a code: it can be read in the outbox.
    pub(crate) fn send_code(&mut self, target: &Target, channel: &str) -> Result<(), Failure> {
        let now = self.now();
        let pass_code = self.codes.send(&self.settings.codes, target, channel, now)?;
        self.outbox.push(Message::new(channel, &target.shown, pass_code, now));
        Ok(())
    }

    pub(crate) fn peek_code(&self, presented: &Presented<'_>) -> Result<(), Failure> {
        self.codes.peek(&self.settings.codes, presented, self.now())
    }

    pub(crate) fn redeem_codes(&mut self, presented: &[Presented<'_>]) -> Result<(), Failure> {
        let now = self.now();
        self.codes.redeem(&self.settings.codes, presented, now)
    }

    // Passwords.

    /// Reads a password that was sent, and refuses one that is too weak to be set.
    pub(crate) fn read_new_password(&self, encrypt_type: Option<&str>, sent: &str) -> Result<String, Failure> {
        let password = self.password_keys.read(encrypt_type, sent)?;
        if password.chars().count() < 6 {
            Err(coded::PASSWORD_TOO_SHORT)
        } else {
            Ok(password)
        }
    }

    // Requests for access.

    pub(crate) fn decide_approval(&mut self, number: &str, agreed: bool) -> bool {
        let now = self.now();
        let mut approvals = self.approvals.iter_mut();
        let Some(approval) = approvals.find(|one| one.number == number && one.closed_at.is_none()) else {
            return false;
        };
        approval.status = if agreed { "AGREED" } else { "REFUSED" };
        approval.closed_at = Some(now);
        let role = self
            .directory
            .roles
            .iter_mut()
            .find(|role| approval.role_id() == Some(&role.id));
        if let Some(role) = role.filter(|_| agreed) {
            role.members.push(approval.user_id.clone());
        }
        true
    }

    // Tokens.

    /// Signs the user in and answers the token set.
    pub(crate) fn sign_in(&mut self, user_id: &str, scope: &str, visit: &Visit) -> Result<Map<String, Value>, Failure> {
        let device_id = self.enter(user_id, visit)?;
        let app_id = self.settings.app_id.clone();
        self.issue(&Authorization::new(user_id, &app_id, scope, device_id), &Wanted::ALL)
    }

    /// Notes that the user has signed in, and answers the device.
    pub(crate) fn enter(&mut self, user_id: &str, visit: &Visit) -> Result<String, Failure> {
        let now = self.now();
        let app_id = self.settings.app_id.clone();
        let user = self.user_mut(user_id).ok_or(coded::USER_NOT_FOUND)?;
        user.note_login(&visit.ip, &app_id, now);
        let data = json!({ "userId": user_id, "appId": app_id, "loginMethod": visit.method });
        self.events
            .publish("authing.user.login", Some(user_id), &data, None, now);
        Ok(self.sessions.enter(user_id, visit, now))
    }

    /// Makes tokens for what was authorised.
    pub(crate) fn issue(&mut self, it: &Authorization, wanted: &Wanted) -> Result<Map<String, Value>, Failure> {
        let user_id = it.user_id.as_deref().unwrap_or_default();
        let roles = self.role_codes(user_id);
        let issuer = self.issuer(it.protocol);
        let usual = match it.protocol {
            Protocol::OAuth => OAUTH_LIFETIME,
            Protocol::Oidc if it.hosted => HOSTED_LIFETIME,
            Protocol::Oidc => API_LIFETIME,
        };
        let mint = Mint {
            user: self
                .users
                .iter()
                .find(|user| user.id == user_id)
                .ok_or(coded::USER_NOT_FOUND)?,
            roles: &roles,
            issuer: &issuer,
            app_secret: &self.settings.app_secret,
            algorithm: self.settings.id_token_algorithm,
            now: self.clock.now(),
            lifetime: self.settings.token_lifetime.unwrap_or(usual),
            refresh_lifetime: self.settings.refresh_lifetime,
        };
        self.tokens.issue(it, &mint, wanted)
    }
}

/// How long tokens live that the API hands out.
const API_LIFETIME: Duration = Duration::from_secs(14 * 24 * 3600);
/// How long tokens live that come from the hosted sign-in page, and those of machines.
pub(crate) const HOSTED_LIFETIME: Duration = Duration::from_secs(3600);
/// How long the access tokens of OAuth 2.0 live; the service is a second short of 14 days.
const OAUTH_LIFETIME: Duration = Duration::from_secs(14 * 24 * 3600 - 1);

/// An address at which a user can be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Contact {
    Email(String),
    Phone {
        country_code: Option<String>,
        number: String,
    },
}

impl Contact {
    /// The user's own e-mail address.
    pub(crate) fn email_of(user: &User) -> Option<Self> {
        user.text("email").map(|email| Self::Email(email.to_owned()))
    }

    /// The user's own phone number.
    pub(crate) fn phone_of(user: &User) -> Option<Self> {
        user.text("phone").map(|number| Self::Phone {
            country_code: user.text("phoneCountryCode").map(str::to_owned),
            number: number.to_owned(),
        })
    }

    pub(crate) fn target(&self) -> Target {
        match self {
            Self::Email(email) => Target::email(email),
            Self::Phone { country_code, number } => Target::phone(country_code.as_deref(), number),
        }
    }

    pub(crate) fn medium(&self) -> Medium {
        self.target().medium
    }

    pub(crate) fn belongs_to(&self, user: &User) -> bool {
        match self {
            Self::Email(email) => user.has_email(email),
            Self::Phone { country_code, number } => user.has_phone(country_code.as_deref(), number),
        }
    }

    pub(crate) fn presented<'a>(&self, channel: &'a str, code: &'a str) -> Presented<'a> {
        Presented {
            target: self.target(),
            channel,
            code,
        }
    }
}
