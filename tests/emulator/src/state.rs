//! Everything that the emulator remembers.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::area::account_linking::LinkingState;
use crate::area::approvals::Approval;
use crate::area::authorize::Browsers;
use crate::area::invitations::InvitationState;
use crate::area::management::ManagementState;
use crate::area::mfa::{MfaState, MfaToken};
use crate::area::profile::ProfileState;
use crate::area::push::Pushes;
use crate::area::qr_code::QrCodes;
use crate::area::uploads::Uploads;
use crate::area::webauthn::WebAuthnState;
use crate::channel::Channel;
use crate::clock::{Clock, Millis};
use crate::codes::{CodeRules, Codes, Medium, Presented, Target};
use crate::directory::Directory;
use crate::events::Events;
use crate::failure::{Failure, coded};
use crate::fault::Faults;
use crate::keys::KeySource;
use crate::one_time::{LIFETIME, OneTime};
use crate::outbox::{Message, Outbox};
use crate::password::PasswordKeys;
use crate::record::Record;
use crate::rules::{Attempts, Rules};
use crate::seed::Seed;
use crate::session::{Sessions, Visit};
use crate::setup_error::SetupError;
use crate::snapshot::Snapshots;
use crate::tokens::{Authorization, IdTokenAlgorithm, Mint, Protocol, RefreshRotation, Tokens, Wanted};
use crate::user::{User, UserSeed, text_of};
use crate::users::{Key, Users};

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
    /// How long an authorisation code lives.
    pub(crate) authorization_code_lifetime: Duration,
    pub(crate) rules: Rules,
    /// Where the keys for tokens come from.
    pub(crate) keys: KeySource,
    /// What is there from the beginning, and after a reset.
    pub(crate) seed: Seed,
    /// How many requests are kept.
    pub(crate) record_limit: usize,
}

/// The server's state. A clone of it is a snapshot.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) settings: Settings,
    /// The settings of the start, for a reset.
    initial: Arc<Settings>,
    /// `http://127.0.0.1:PORT`.
    pub(crate) url: String,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) requests: Record,
    pub(crate) outbox: Outbox,
    pub(crate) users: Users,
    /// Wrong passwords.
    pub(crate) attempts: Attempts,
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
    pub(crate) uploads: Uploads,
    pub(crate) snapshots: Snapshots,
}

impl World {
    pub(crate) fn new(settings: Settings, url: String) -> Self {
        Self {
            initial: Arc::new(settings.clone()),
            url,
            clock: Clock::default(),
            faults: Faults::default(),
            requests: Record::new(settings.record_limit),
            outbox: Outbox::default(),
            users: Users::default(),
            attempts: Attempts::default(),
            codes: Codes::default(),
            tokens: Tokens::new(settings.keys.clone()),
            password_keys: PasswordKeys::embedded(),
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
            uploads: Uploads::default(),
            snapshots: Snapshots::default(),
            settings,
        }
    }

    /// Begins anew: all is as after the start. Only snapshots stay.
    pub(crate) fn reset(&mut self) -> Result<(), SetupError> {
        let settings = (*self.initial).clone();
        let mut world = Self::new(settings, self.url.clone());
        world.plant(&self.initial.seed)?;
        world.snapshots = std::mem::take(&mut self.snapshots);
        *self = world;
        Ok(())
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

    /// Adds a user for a test, unless the seed is malformed or somebody has the same name or address.
    pub(crate) fn seed_user(&mut self, seed: UserSeed) -> Result<String, SetupError> {
        seed.check()?;
        if let Some((member, value)) = self.taken(&seed.fields, None) {
            let member = member.to_owned();
            return Err(SetupError::Taken { member, value });
        }
        if let Some(id) = seed.id.as_ref().filter(|id| self.user(id).is_some()) {
            return Err(SetupError::Taken {
                member: "userId".to_owned(),
                value: id.clone(),
            });
        }
        Ok(self.add_user(seed))
    }

    /// Which of these names and addresses somebody else has.
    pub(crate) fn taken(&self, fields: &Map<String, Value>, but: Option<&str>) -> Option<(&'static str, String)> {
        let other = |user: &&User| but != Some(user.id.as_str());
        let phone = text_of(fields, "phone").map(|number| {
            let country_code = text_of(fields, "phoneCountryCode").map(str::to_owned);
            let number = number.to_owned();
            Account::Contact(Contact::Phone { country_code, number })
        });
        [
            (
                "username",
                text_of(fields, "username").map(|name| Account::Username(name.to_owned())),
            ),
            (
                "email",
                text_of(fields, "email").map(|email| Account::Email(email.to_owned())),
            ),
            ("phone", phone),
        ]
        .into_iter()
        .find(|(_, account)| {
            let account = account.as_ref();
            account.is_some_and(|account| self.users_with(account).find(other).is_some())
        })
        .map(|(member, _)| (member, text_of(fields, member).unwrap_or_default().to_owned()))
    }

    pub(crate) fn user(&self, id: &str) -> Option<&User> {
        self.users.get(id)
    }

    pub(crate) fn user_mut(&mut self, id: &str) -> Option<&mut User> {
        self.users.get_mut(id)
    }

    /// The user who is meant.
    pub(crate) fn user_with(&self, account: &Account) -> Option<&User> {
        self.users_with(account).next()
    }

    fn users_with<'a>(&'a self, account: &Account) -> impl Iterator<Item = &'a User> + use<'a> {
        let found: Vec<_> = match account {
            Account::Any(account) => self.users.find(&Key::of_account(account)).collect(),
            Account::Username(name) => self.users.find(&[Key::Username(name.clone())]).collect(),
            Account::Email(email) | Account::Contact(Contact::Email(email)) => {
                self.users.find(&[Key::email(email)]).collect()
            }
            Account::Phone(number) => self.users.find(&[Key::Phone(number.clone())]).collect(),
            Account::Contact(contact @ Contact::Phone { number, .. }) => {
                let found = self.users.find(&[Key::Phone(number.trim().to_owned())]);
                found.filter(|user| contact.belongs_to(user)).collect()
            }
        };
        found.into_iter()
    }

    /// Whoever is linked to this account at an identity source.
    pub(crate) fn user_linked_to(&self, ext_idp_id: &str, user_id_there: &str) -> Option<&User> {
        let key = Key::Identity {
            ext_idp_id: ext_idp_id.to_owned(),
            user_id_there: user_id_there.to_owned(),
        };
        self.users.find(&[key]).next()
    }

    /// The owner of an address.
    pub(crate) fn user_at(&self, contact: &Contact) -> Option<&User> {
        self.user_with(&Account::Contact(contact.clone()))
    }

    /// Refuses whoever is not active, or has typed too many wrong passwords.
    pub(crate) fn check_may_enter(&self, user_id: &str) -> Result<&User, Failure> {
        let user = self.user(user_id).ok_or(coded::USER_NOT_FOUND)?;
        let locked = self.attempts.is_locked(user_id, &self.settings.rules, self.now());
        if locked || user.text("status") != Some("Activated") {
            return Err(coded::USER_LOCKED);
        }
        Ok(user)
    }

    pub(crate) fn role_codes(&self, user_id: &str) -> Vec<String> {
        self.directory.roles_of(user_id).map(|role| role.code.clone()).collect()
    }

    pub(crate) fn remove_user(&mut self, id: &str) {
        self.users.remove(id);
        self.attempts.forget(id);
        self.tokens.revoke_user(id);
    }

    // Pass codes.

    /// "Sends" a code: it can be read in the outbox.
    pub(crate) fn send_code(&mut self, target: &Target, channel: &str) -> Result<(), Failure> {
        let now = self.now();
        let known: Channel = channel
            .parse()
            .map_err(|_| Failure::invalid("channel must be a valid enum value"))?;
        let pass_code = self.codes.send(&self.settings.codes, target, channel, now)?;
        self.outbox.push(Message::new(known, &target.shown, pass_code, now));
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
        self.settings.rules.check_new_password(&password)?;
        Ok(password)
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

    /// A token of a sign-in that waits for its second factor.
    pub(crate) fn mfa_token(&mut self, user_id: &str) -> String {
        let now = self.now();
        let (issued, expires) = (now / 1000, now / 1000 + LIFETIME.as_secs());
        let token = MfaToken {
            user_id: user_id.to_owned(),
            issued,
            expires,
        };
        self.mfa.tokens.issue(token, now)
    }

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
            user: self.users.get(user_id).ok_or(coded::USER_NOT_FOUND)?,
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

/// What somebody types to say who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Account {
    /// A user name, an e-mail address or a phone number.
    Any(String),
    Username(String),
    Email(String),
    /// Of any country.
    Phone(String),
    Contact(Contact),
}

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
