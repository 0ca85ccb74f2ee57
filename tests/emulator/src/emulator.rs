//! A running emulator, as a test steers it.

use std::fmt;
use std::io;
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::sync::oneshot;

use crate::area;
use crate::area::authorize::AuthorizeError;
use crate::area::uploads::UploadedFile;
use crate::builder::Builder;
use crate::channel::Channel;
use crate::clock::millis;
use crate::directory::Permission;
use crate::fault::Fault;
use crate::outbox::Message;
use crate::record::RecordedRequest;
use crate::rules::Rules;
use crate::server::Shared;
use crate::setup_error::SetupError;
use crate::snapshot::Snapshot;
use crate::state::Settings;
use crate::user::UserSeed;
use crate::{totp, webhook};

/// A running server.
pub struct Emulator {
    url: String,
    settings: Settings,
    shared: Shared,
    root_certificate: Option<String>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// An invitation that an administrator made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Invitation {
    /// Its id.
    pub identifier: String,
    /// What proves that it is meant for whoever has it.
    pub signature: String,
}

/// What an administrator says to a request for access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Yes; an agreed request for a role gives the role.
    Agree,
    /// No.
    Refuse,
}

/// The time of an emulator: a handle that can be given away, for instance to a client that has to live by the same clock.
#[derive(Clone)]
pub struct EmulatorClock(Shared);

impl EmulatorClock {
    /// The time since 1970-01-01 00:00:00 UTC.
    pub fn now(&self) -> Duration {
        Duration::from_millis(self.0.lock().now())
    }

    /// Moves it forward, at most to the end of the year 9999.
    pub fn advance(&self, by: Duration) {
        self.0.lock().clock.advance(by);
    }

    /// Jumps to a moment, given as the time since 1970-01-01 00:00:00 UTC. What happened later than that has happened in
    /// the future then.
    pub fn set(&self, since_epoch: Duration) {
        self.0.lock().clock.set(millis(since_epoch));
    }

    /// Holds it still. It can be advanced and set nevertheless.
    pub fn hold(&self) {
        self.0.lock().clock.hold();
    }

    /// Lets it go on from where it was held.
    pub fn release(&self) {
        self.0.lock().clock.release();
    }
}

impl fmt::Debug for EmulatorClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EmulatorClock").field(&self.now()).finish()
    }
}

impl Emulator {
    pub(crate) fn new(
        url: String,
        settings: Settings,
        shared: Shared,
        root_certificate: Option<String>,
        stop: oneshot::Sender<()>,
        thread: JoinHandle<()>,
    ) -> Self {
        Self {
            url,
            settings,
            shared,
            root_certificate,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// Starts a server with the default settings on a free port.
    pub fn start() -> io::Result<Self> {
        Self::builder().start()
    }

    /// Starts with other settings.
    pub fn builder() -> Builder {
        Builder::default()
    }

    // Who and where.

    /// The base URL, for instance `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The id of the one application.
    pub fn app_id(&self) -> &str {
        &self.settings.app_id
    }

    /// The application's secret.
    pub fn app_secret(&self) -> &str {
        &self.settings.app_secret
    }

    /// The id of the user pool.
    pub fn user_pool_id(&self) -> &str {
        &self.settings.user_pool_id
    }

    /// The id of the management key.
    pub fn access_key_id(&self) -> &str {
        &self.settings.access_key_id
    }

    /// The secret of the management key.
    pub fn access_key_secret(&self) -> &str {
        &self.settings.access_key_secret
    }

    /// The secret that webhooks carry.
    pub fn webhook_secret(&self) -> &str {
        &self.settings.webhook_secret
    }

    /// The certificate (PEM) that clients have to trust, if the emulator speaks HTTPS.
    pub fn root_certificate(&self) -> Option<&str> {
        self.root_certificate.as_deref()
    }

    // Time.

    /// The time by the emulator's clock, since 1970-01-01 00:00:00 UTC.
    pub fn now(&self) -> Duration {
        self.clock().now()
    }

    /// Moves the clock forward, at most to the end of the year 9999.
    pub fn advance(&self, by: Duration) {
        self.clock().advance(by);
    }

    /// The clock, to be held still, set, or given away.
    ///
    /// After [`advance`](Self::advance), tokens are from the future for whoever goes by the clock of the system: their `iat`
    /// is later than that. A client that checks them needs this clock. With the `genauth` SDK, that is a `System` whose
    /// `unix_time` answers [`EmulatorClock::now`]; in other languages ask `GET /_emulator/clock`, or hand over the `Date`
    /// header of any answer.
    ///
    /// ```
    /// use std::time::Duration;
    /// use genauth_emulator::Emulator;
    ///
    /// # fn main() -> std::io::Result<()> {
    /// let emulator = Emulator::start()?;
    /// let clock = emulator.clock();
    /// clock.hold();
    /// clock.set(Duration::from_secs(1_700_000_000));
    /// clock.advance(Duration::from_secs(60));
    /// assert_eq!(emulator.now(), Duration::from_secs(1_700_000_060));
    /// # Ok(())
    /// # }
    /// ```
    pub fn clock(&self) -> EmulatorClock {
        EmulatorClock(self.shared.clone())
    }

    // What was sent.

    /// The latest 10,000 messages that were "sent", oldest first.
    pub fn outbox(&self) -> Vec<Message> {
        self.shared.lock().outbox.iter().cloned().collect()
    }

    /// The newest code that went to this address for this channel.
    pub fn last_code(&self, to: &str, channel: Channel) -> Option<String> {
        let world = self.shared.lock();
        let mut messages = world.outbox.of(Some(to), Some(channel));
        messages.next_back().map(|message| message.pass_code.clone())
    }

    /// The latest requests, those that met a fault included, oldest first; those to `/_emulator` are none. Kept are
    /// [1000](Builder::record_limit), of each body the first MiB, and 16 MiB of all together.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.shared.lock().requests.iter().cloned().collect()
    }

    /// Those of this path, oldest first.
    pub fn requests_to(&self, path: &str) -> Vec<RecordedRequest> {
        let world = self.shared.lock();
        let wanted = world.requests.iter().filter(|request| request.path == path);
        wanted.cloned().collect()
    }

    /// The same as [`requests`](Self::requests), which are forgotten by this.
    pub fn take_requests(&self) -> Vec<RecordedRequest> {
        self.shared.lock().requests.take(None)
    }

    /// The same as [`requests_to`](Self::requests_to), which are forgotten by this.
    pub fn take_requests_to(&self, path: &str) -> Vec<RecordedRequest> {
        self.shared.lock().requests.take(Some(path))
    }

    /// How many requests came in altogether, those included that are kept no longer.
    pub fn request_count(&self) -> u64 {
        self.shared.lock().requests.total
    }

    /// The latest files that were uploaded, oldest first; 64 MiB of them are kept.
    pub fn uploads(&self) -> Vec<UploadedFile> {
        self.shared.lock().uploads.iter().cloned().collect()
    }

    // What goes wrong.

    /// While switched on, every call of the API answers HTTP 429 with `Retry-After: 1`.
    pub fn rate_limit(&self, on: bool) {
        self.shared.lock().faults.rate_limited = on;
    }

    /// The next `count` calls of the API fail in this way, after those for which a fault is waiting already.
    pub fn fail_next(&self, count: usize, fault: Fault) {
        self.shared.lock().faults.add(fault, None, Some(count));
    }

    /// The next `count` calls of this path fail in this way; with a `*` at its end, of all paths that begin so.
    pub fn fail_next_at(&self, path: &str, count: usize, fault: Fault) {
        self.shared.lock().faults.add(fault, Some(path.to_owned()), Some(count));
    }

    /// All calls of this path fail in this way, until [`clear_faults`](Self::clear_faults); with a `*` at its end, of all
    /// paths that begin so.
    pub fn fail_always_at(&self, path: &str, fault: Fault) {
        self.shared.lock().faults.add(fault, Some(path.to_owned()), None);
    }

    /// Takes back all faults and the rate limit.
    pub fn clear_faults(&self) {
        self.shared.lock().faults.clear();
    }

    // The whole.

    /// Begins anew: users, tokens, messages, requests, faults, rules and clock are as after the start, the
    /// [seed](Builder::seed) included. Event sockets are closed.
    pub fn reset(&self) -> Result<(), SetupError> {
        self.shared.lock().reset()
    }

    /// The state of this moment, to which [`restore`](Self::restore) returns as often as wanted.
    ///
    /// ```
    /// use genauth_emulator::{Emulator, UserSeed};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let emulator = Emulator::start()?;
    /// let bob = emulator.add_user(UserSeed::new().username("bob"))?;
    /// let snapshot = emulator.snapshot();
    /// emulator.set_user_field(&bob, "nickname", "Bobby")?;
    /// emulator.restore(&snapshot)?;
    /// assert!(emulator.user(&bob).is_some_and(|user| user["nickname"].is_null()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn snapshot(&self) -> Snapshot {
        self.shared.lock().snapshot()
    }

    /// Returns to the state of a snapshot of this emulator.
    pub fn restore(&self, snapshot: &Snapshot) -> Result<(), SetupError> {
        self.shared.lock().restore(snapshot)
    }

    /// The rules that are switched on.
    pub fn rules(&self) -> Rules {
        self.shared.lock().settings.rules.clone()
    }

    /// Switches these rules on, and all others off.
    pub fn set_rules(&self, rules: Rules) {
        self.shared.lock().settings.rules = rules;
    }

    // Users.

    /// Adds a user to the pool and answers the id. Refused are members that no profile has, and names and addresses that
    /// somebody has.
    pub fn add_user(&self, seed: UserSeed) -> Result<String, SetupError> {
        self.shared.lock().seed_user(seed)
    }

    /// The profile of a user as the API shows it.
    pub fn user(&self, user_id: &str) -> Option<Value> {
        self.shared
            .lock()
            .user(user_id)
            .map(|user| Value::Object(user.profile()))
    }

    /// The ids of all users, in the order in which they were added.
    pub fn user_ids(&self) -> Vec<String> {
        self.shared.lock().users.iter().map(|user| user.id.clone()).collect()
    }

    /// Sets a member of a user's profile by its name on the wire, for instance `status` to `Suspended`.
    pub fn set_user_field(&self, user_id: &str, name: &str, value: impl Into<Value>) -> Result<(), SetupError> {
        let fields = Map::from_iter([(name.to_owned(), value.into())]);
        self.shared.lock().set_user_fields(user_id, &fields)
    }

    /// Unlocks an account that was locked after wrong passwords.
    pub fn unlock(&self, user_id: &str) -> Result<(), SetupError> {
        let mut world = self.shared.lock();
        world.known_user(user_id)?;
        world.attempts.forget(user_id);
        Ok(())
    }

    /// Signs a user in without asking for anything and answers the access token, for the scope `openid profile email phone`.
    pub fn access_token(&self, user_id: &str) -> Result<String, SetupError> {
        self.shared.lock().access_token(user_id, USUAL_SCOPE)
    }

    /// What the sign-in page does, without the browser: signs this user in for the link that the application made, and
    /// answers the address that the browser would be sent to, with `code` and `state` (or with `error`, if the service
    /// reports one to the application).
    ///
    /// The links are those of OpenID Connect, OAuth 2.0 (`/oidc/auth`, `/oauth/auth`) and CAS (`/cas-idp/{appId}`). Whatever
    /// way the application wants its answer, here it stands in the query, or behind the `#` where tokens are in it.
    ///
    /// ```
    /// # use genauth_emulator::{Emulator, UserSeed};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let emulator = Emulator::start()?;
    /// let user = emulator.add_user(UserSeed::new().username("bob"))?;
    /// let link = format!(
    ///     "{}/oidc/auth?response_type=code&scope=openid&client_id={}&redirect_uri=http://127.0.0.1/back&state=s",
    ///     emulator.url(),
    ///     emulator.app_id(),
    /// );
    /// let back = emulator.authorize(&link, &user)?;
    /// assert!(back.starts_with("http://127.0.0.1/back?code="));
    /// # Ok(())
    /// # }
    /// ```
    pub fn authorize(&self, authorize_url: &str, user_id: &str) -> Result<String, AuthorizeError> {
        area::authorize::directly(&mut self.shared.lock(), authorize_url, user_id)
    }

    /// Revokes all tokens of a user.
    pub fn revoke_tokens(&self, user_id: &str) -> Result<(), SetupError> {
        let mut world = self.shared.lock();
        world.known_user(user_id)?;
        world.tokens.revoke_user(user_id);
        Ok(())
    }

    /// Revokes all tokens of the management API.
    pub fn revoke_management_tokens(&self) {
        self.shared.lock().management.revoke_all();
    }

    /// Signs tokens with a new key from now on; the key set lists the old one too. The first seven rotations use keys that
    /// the crate brings along; later ones make a key, which takes seconds in a build without optimisation.
    pub fn rotate_keys(&self) -> Result<(), SetupError> {
        Ok(self.shared.lock().tokens.rotate(false)?)
    }

    /// Like [`rotate_keys`](Self::rotate_keys), but the key set no longer lists the old keys.
    pub fn replace_keys(&self) -> Result<(), SetupError> {
        Ok(self.shared.lock().tokens.rotate(true)?)
    }

    // Second factors.

    /// The one-time password of this moment, for the secret in an `otpauth` address or for the Base32 secret alone; `None`
    /// if there is no secret in the text.
    pub fn totp_code(&self, qr_code_uri_or_secret: &str) -> Option<String> {
        let secret = totp::decode_secret(qr_code_uri_or_secret)?;
        Some(totp::code(&secret, self.shared.lock().now()))
    }

    /// The one-time password of this moment of a user who has enrolled one.
    pub fn totp_code_of(&self, user_id: &str) -> Option<String> {
        self.shared.lock().totp_code_of(user_id)
    }

    /// A token of a sign-in by this user that waits for its second factor; it lives for 60 seconds.
    pub fn mfa_token(&self, user_id: &str) -> Result<String, SetupError> {
        let mut world = self.shared.lock();
        world.known_user(user_id)?;
        Ok(world.mfa_token(user_id))
    }

    // What users belong to.

    /// Gives a user a role, which is made if there is none, and answers the role's id.
    pub fn grant_role(&self, user_id: &str, namespace: &str, role: &str) -> Result<String, SetupError> {
        self.shared.lock().grant_role(user_id, namespace, role)
    }

    /// Makes a role that nobody has, or finds it, and answers its id.
    pub fn add_role(&self, namespace: &str, role: &str) -> String {
        self.shared.lock().directory.role(namespace, role).id.clone()
    }

    /// Lets everybody with this role, which is made if there is none, do something.
    pub fn allow(&self, namespace: &str, role: &str, permission: Permission) {
        self.shared
            .lock()
            .directory
            .role(namespace, role)
            .permissions
            .push(permission);
    }

    /// Puts a user into a group.
    pub fn add_to_group(&self, user_id: &str, code: &str) -> Result<(), SetupError> {
        let mut world = self.shared.lock();
        world.known_user(user_id)?;
        world.directory.add_group(user_id, code);
        Ok(())
    }

    /// Puts a user into a department and answers the department's id.
    pub fn add_to_department(&self, user_id: &str, name: &str) -> Result<String, SetupError> {
        let mut world = self.shared.lock();
        world.known_user(user_id)?;
        let now = world.now();
        Ok(world.directory.add_department(user_id, name, now))
    }

    /// Puts a user into a tenant and answers the tenant's id.
    pub fn add_to_tenant(&self, user_id: &str, name: &str) -> Result<String, SetupError> {
        let mut world = self.shared.lock();
        world.known_user(user_id)?;
        let now = world.now();
        Ok(world.directory.add_tenant(user_id, name, now))
    }

    /// Lets a user switch to a public account.
    pub fn add_public_account(&self, user_id: &str, account_id: &str) -> Result<(), SetupError> {
        self.shared.lock().add_public_account(user_id, account_id)
    }

    /// Connects an external identity source, for instance `("my-github", "github")`, and answers its id. There is one from
    /// the beginning: `my-wechat`.
    pub fn add_ext_idp(&self, identifier: &str, provider: &str) -> Result<String, SetupError> {
        self.shared.lock().add_ext_idp(identifier, provider)
    }

    /// Links a user to an account at an external identity source.
    pub fn link_identity(&self, user_id: &str, ext_idp: &str, account_there: &str) -> Result<(), SetupError> {
        self.shared.lock().link_identity(user_id, ext_idp, account_there)
    }

    /// Invites an address as an administrator would.
    pub fn invite(&self, email: &str) -> Invitation {
        let (identifier, signature) = self.shared.lock().invitations.invite(email);
        Invitation { identifier, signature }
    }

    /// Decides about the request for access of this number, as an administrator would. Each is decided once.
    pub fn decide_approval(&self, number: &str, decision: Decision) -> Result<(), SetupError> {
        let decided = self.shared.lock().decide_approval(number, decision == Decision::Agree);
        decided
            .then_some(())
            .ok_or_else(|| SetupError::Unknown(number.to_owned()))
    }

    // Events.

    /// Publishes an event and answers how many subscribers it was sent to. An event of a user reaches that user's
    /// subscriptions and those of administrators, one of nobody only the latter.
    pub fn publish_event(&self, code: &str, user_id: Option<&str>, data: impl Into<Value>) -> usize {
        let mut world = self.shared.lock();
        let now = world.now();
        world.events.publish(code, user_id, &data.into(), None, now)
    }

    /// How many event sockets are open.
    pub fn event_connections(&self) -> usize {
        self.shared.lock().events.connections()
    }

    /// Cuts the connection of every event socket, without a goodbye.
    pub fn drop_event_connections(&self) {
        self.shared.lock().events.drop_all();
    }

    /// Delivers an event to a webhook as the service does, as JSON, and answers the HTTP status. Waits for the answer.
    pub fn send_webhook(&self, url: &str, event_name: &str, data: impl Into<Value>) -> io::Result<u16> {
        let body = json!({ "eventName": event_name, "data": data.into() });
        webhook::deliver(&self.settings, url, "application/json", &body.to_string())
    }

    /// Like [`send_webhook`](Self::send_webhook), for a webhook that wants a form.
    pub fn send_webhook_form(&self, url: &str, event_name: &str, data: impl Into<Value>) -> io::Result<u16> {
        let body = webhook::form(event_name, &data.into());
        webhook::deliver(&self.settings, url, "application/x-www-form-urlencoded", &body)
    }
}

/// The scope of the tokens that a test asks for.
pub(crate) const USUAL_SCOPE: &str = "openid profile email phone";

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // The thread ends by itself; should it have panicked, there is nothing left to do.
            let _ = thread.join();
        }
    }
}
