//! An in-process GenAuth server for tests and offline work.
//!
//! It is a real HTTP server on the loopback interface with its state in memory. It follows the rules that the service
//! documents or was seen to follow: pass codes are good for one use, one channel and one minute; proof tokens live for 60
//! seconds; business failures come with HTTP 200. Time moves when a test says so, so nothing needs to wait:
//!
//! ```
//! use genauth_emulator::{Emulator, UserSeed};
//!
//! # fn main() -> std::io::Result<()> {
//! let emulator = Emulator::start()?;
//! emulator.add_user(UserSeed::new().username("bob").password("passw0rd"));
//! // ... point a client at emulator.url() with emulator.app_id(), let it ask for a code, then:
//! let code = emulator.last_code("bob@example.com", "CHANNEL_BIND_EMAIL");
//! # assert_eq!(code, None);
//! emulator.advance(std::time::Duration::from_secs(61));
//! # Ok(())
//! # }
//! ```
//!
//! It is also a small OpenID provider: [`Emulator::authorize`] does what the sign-in page does, and the page itself is there
//! for browsers. Events go out over web sockets and webhooks.
//!
//! What an administrator would set up (users, roles, permissions, departments, identity sources, invitations) is done by
//! methods here. What goes wrong in real life is a [`Fault`]: rate limits, proxies, cut answers, closed connections.
//! [`Emulator::requests`] tells what a client really sent.
//!
//! Each emulator is independent of every other, so tests can run in parallel. Dropping it stops the server.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing))]

mod area;
mod client_authentication;
mod clock;
mod codes;
mod directory;
mod events;
mod failure;
mod fault;
mod keys;
mod one_time;
mod outbox;
mod password;
mod random;
mod route;
mod server;
mod session;
mod state;
mod tokens;
mod totp;
mod user;
mod validate;
mod webhook;

use std::fmt;
use std::io;
use std::net::Ipv4Addr;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::area::mfa::MfaToken;
use crate::area::uploads::Upload;
use crate::codes::CodeRules;
use crate::server::Shared;
use crate::session::Visit;
use crate::state::{Settings, World};

pub use crate::area::authorize::AuthorizeError;
pub use crate::directory::Permission;
pub use crate::fault::{Fault, RecordedRequest};
pub use crate::outbox::Message;
pub use crate::state::ClientAuthentication;
pub use crate::tokens::{IdTokenAlgorithm, RefreshRotation};
pub use crate::user::UserSeed;

/// A running server.
pub struct Emulator {
    url: String,
    settings: Settings,
    shared: Shared,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Emulator {
    /// Starts a server with the default settings on a free port.
    pub fn start() -> io::Result<Self> {
        Self::builder().start()
    }

    /// Starts with other settings.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The base URL, `http://127.0.0.1:PORT`.
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

    /// The messages that were "sent", oldest first.
    pub fn outbox(&self) -> Vec<Message> {
        self.shared.lock().outbox.clone()
    }

    /// The newest code that went to this address for this channel; the channel may leave out its prefix `CHANNEL_`.
    pub fn last_code(&self, to: &str, channel: &str) -> Option<String> {
        let world = self.shared.lock();
        world
            .outbox
            .iter()
            .rev()
            .find(|message| message.is_for(to, channel))
            .map(|message| message.pass_code.clone())
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.shared.lock().clock.advance(by);
    }

    /// While switched on, every call of the API answers HTTP 429 with `Retry-After: 1`.
    pub fn rate_limit(&self, on: bool) {
        self.shared.lock().faults.rate_limited = on;
    }

    /// The next `count` calls of the API fail in this way, after those for which a fault is waiting already.
    pub fn fail_next(&self, count: usize, fault: Fault) {
        self.shared.lock().faults.add(count, fault);
    }

    /// All requests so far, those that met a fault included, oldest first.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.shared.lock().requests.clone()
    }

    /// Adds a user to the pool and answers the id.
    pub fn add_user(&self, seed: UserSeed) -> String {
        self.shared.lock().add_user(seed)
    }

    /// The profile of a user as the API shows it.
    pub fn user(&self, user_id: &str) -> Option<Value> {
        self.shared
            .lock()
            .user(user_id)
            .map(|user| Value::Object(user.profile()))
    }

    /// Sets a member of a user's profile by its name on the wire, for instance `status` to `Suspended`; `false` if there is
    /// no such user.
    pub fn set_user_field(&self, user_id: &str, name: &str, value: impl Into<Value>) -> bool {
        let mut world = self.shared.lock();
        world.user_mut(user_id).is_some_and(|user| {
            user.set(name, value);
            true
        })
    }

    /// Signs a user in without asking for anything and answers the access token; `None` if there is no such user.
    pub fn access_token(&self, user_id: &str) -> Option<String> {
        let visit = Visit {
            method: "loginByTest",
            user_agent: String::new(),
            ip: "127.0.0.1".to_owned(),
        };
        let set = self
            .shared
            .lock()
            .sign_in(user_id, "openid profile email phone", &visit)
            .ok()?;
        set.get("access_token").and_then(Value::as_str).map(str::to_owned)
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
    /// let user = emulator.add_user(UserSeed::new().username("bob"));
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

    /// Revokes all tokens of a user; `false` if there is no such user.
    pub fn revoke_tokens(&self, user_id: &str) -> bool {
        let mut world = self.shared.lock();
        world.tokens.revoke_user(user_id);
        world.user(user_id).is_some()
    }

    /// Revokes all tokens of the management API.
    pub fn revoke_management_tokens(&self) {
        self.shared.lock().management.revoke_all();
    }

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
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("eventName", event_name)
            .append_pair("data", &data.into().to_string())
            .finish();
        webhook::deliver(&self.settings, url, "application/x-www-form-urlencoded", &body)
    }

    /// Signs tokens with a new key from now on; the key set lists the old one too. `false` if no key could be made.
    pub fn rotate_keys(&self) -> bool {
        self.shared.lock().tokens.rotate(false).is_ok()
    }

    /// Like [`rotate_keys`](Self::rotate_keys), but the key set no longer lists the old keys.
    pub fn replace_keys(&self) -> bool {
        self.shared.lock().tokens.rotate(true).is_ok()
    }

    /// The one-time password of this moment, for the secret in an `otpauth` address or for the Base32 secret alone; `None`
    /// if there is no secret in the text.
    pub fn totp_code(&self, qr_code_uri_or_secret: &str) -> Option<String> {
        let secret = totp::decode_secret(qr_code_uri_or_secret)?;
        Some(totp::code(&secret, self.shared.lock().now()))
    }

    /// The one-time password of this moment of a user who has enrolled one.
    pub fn totp_code_of(&self, user_id: &str) -> Option<String> {
        let world = self.shared.lock();
        world
            .mfa
            .totp_secret(user_id)
            .map(|secret| totp::code(secret, world.now()))
    }

    /// A token of a sign-in by this user that waits for its second factor; it lives for 60 seconds.
    pub fn mfa_token(&self, user_id: &str) -> String {
        let mut world = self.shared.lock();
        let now = world.now();
        let (issued, expires) = (now / 1000, now / 1000 + one_time::LIFETIME.as_secs());
        world.mfa.tokens.issue(
            MfaToken {
                user_id: user_id.to_owned(),
                issued,
                expires,
            },
            now,
        )
    }

    /// Gives a user a role, which is made if there is none, and answers the role's id.
    pub fn grant_role(&self, user_id: &str, namespace: &str, role: &str) -> String {
        let mut world = self.shared.lock();
        let role = world.directory.role(namespace, role);
        role.members.push(user_id.to_owned());
        role.id.clone()
    }

    /// Makes a role that nobody has, or finds it, and answers its id.
    pub fn add_role(&self, namespace: &str, role: &str) -> String {
        self.shared.lock().directory.role(namespace, role).id.clone()
    }

    /// Lets everybody with this role do something.
    pub fn allow(&self, namespace: &str, role: &str, permission: Permission) {
        self.shared
            .lock()
            .directory
            .role(namespace, role)
            .permissions
            .push(permission);
    }

    /// Puts a user into a group.
    pub fn add_to_group(&self, user_id: &str, code: &str) {
        self.shared.lock().directory.add_group(user_id, code);
    }

    /// Puts a user into a department and answers the department's id.
    pub fn add_to_department(&self, user_id: &str, name: &str) -> String {
        let mut world = self.shared.lock();
        let now = world.now();
        world.directory.add_department(user_id, name, now)
    }

    /// Puts a user into a tenant and answers the tenant's id.
    pub fn add_to_tenant(&self, user_id: &str, name: &str) -> String {
        let mut world = self.shared.lock();
        let now = world.now();
        world.directory.add_tenant(user_id, name, now)
    }

    /// Lets a user switch to a public account.
    pub fn add_public_account(&self, user_id: &str, account_id: &str) {
        self.shared
            .lock()
            .directory
            .public_accounts
            .push((user_id.to_owned(), account_id.to_owned()));
    }

    /// Connects an external identity source, for instance `("my-github", "github")`, and answers its id. There is one from
    /// the beginning: `my-wechat`.
    pub fn add_ext_idp(&self, identifier: &str, provider: &str) -> String {
        self.shared.lock().directory.add_ext_idp(identifier, provider)
    }

    /// Links a user to an account at an external identity source; `false` if there is no such user or source.
    pub fn link_identity(&self, user_id: &str, ext_idp: &str, account_there: &str) -> bool {
        let mut world = self.shared.lock();
        let identity = world.directory.ext_idp(ext_idp).map(|idp| idp.identity(account_there));
        match (world.user_mut(user_id), identity) {
            (Some(user), Some(identity)) => {
                user.identities.push(identity);
                true
            }
            _ => false,
        }
    }

    /// Invites an address as an administrator would, and answers the invitation's identifier and signature.
    pub fn invite(&self, email: &str) -> (String, String) {
        self.shared.lock().invitations.invite(email)
    }

    /// Decides about a request for access as an administrator would; `false` if none of this number is waiting. An agreed
    /// request for a role gives the role.
    pub fn decide_approval(&self, number: &str, agreed: bool) -> bool {
        self.shared.lock().decide_approval(number, agreed)
    }

    /// The files that were uploaded, each with `key`, `contentType` and `size`.
    pub fn uploads(&self) -> Vec<Value> {
        self.shared.lock().uploads.iter().map(Upload::to_json).collect()
    }
}

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

/// The settings of an emulator that is to be started.
#[derive(Debug, Clone)]
pub struct Builder {
    port: u16,
    settings: Settings,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            port: 0,
            settings: Settings {
                app_id: random::object_id(),
                app_secret: random::secret(),
                user_pool_id: random::object_id(),
                access_key_id: random::object_id(),
                access_key_secret: random::secret(),
                client_authentication: ClientAuthentication::default(),
                introspection_authentication: ClientAuthentication::default(),
                revocation_authentication: ClientAuthentication::default(),
                redirect_uris: Vec::new(),
                id_token_algorithm: IdTokenAlgorithm::default(),
                refresh_rotation: RefreshRotation::default(),
                webhook_secret: random::secret(),
                codes: CodeRules::default(),
                token_lifetime: None,
                refresh_lifetime: Duration::from_secs(30 * 24 * 3600),
                registration: true,
                verify_old_contact: true,
                qr_code_tokens: false,
            },
        }
    }
}

impl Builder {
    /// The port to listen on; 0, the default, takes a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// How many digits a pass code has; 6 unless told otherwise.
    pub fn code_length(mut self, digits: usize) -> Self {
        self.settings.codes.length = digits;
        self
    }

    /// How long a pass code lives that goes to a phone; 60 seconds unless told otherwise.
    pub fn sms_code_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.codes.sms_lifetime = lifetime;
        self
    }

    /// How long a pass code lives that goes to an e-mail address; 300 seconds unless told otherwise.
    pub fn email_code_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.codes.email_lifetime = lifetime;
        self
    }

    /// How many wrong tries make a pass code void; 1 unless told otherwise.
    pub fn code_attempts(mut self, attempts: u32) -> Self {
        self.settings.codes.max_attempts = attempts;
        self
    }

    /// The id of the application; random unless told otherwise.
    pub fn app_id(mut self, id: impl Into<String>) -> Self {
        self.settings.app_id = id.into();
        self
    }

    /// The application's secret; random unless told otherwise.
    pub fn app_secret(mut self, secret: impl Into<String>) -> Self {
        self.settings.app_secret = secret.into();
        self
    }

    /// How the application proves itself when it asks for tokens; with the secret in the body unless told otherwise. A
    /// public application has to use PKCE.
    pub fn client_authentication(mut self, method: ClientAuthentication) -> Self {
        self.settings.client_authentication = method;
        self
    }

    /// How the application proves itself when it asks what a token is worth; with the secret in the body unless told
    /// otherwise.
    pub fn introspection_authentication(mut self, method: ClientAuthentication) -> Self {
        self.settings.introspection_authentication = method;
        self
    }

    /// How the application proves itself when it revokes a token; with the secret in the body unless told otherwise.
    pub fn revocation_authentication(mut self, method: ClientAuthentication) -> Self {
        self.settings.revocation_authentication = method;
        self
    }

    /// Registers an address to which browsers may be sent back after a sign-in or sign-out, with or without a query. Every
    /// address on this machine (`127.0.0.1`, `localhost`, `[::1]`) is good without.
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.settings.redirect_uris.push(uri.into());
        self
    }

    /// How ID tokens are signed; with the application's secret (HS256) unless told otherwise. Access tokens are always
    /// signed with RS256.
    pub fn id_token_algorithm(mut self, algorithm: IdTokenAlgorithm) -> Self {
        self.settings.id_token_algorithm = algorithm;
        self
    }

    /// What comes back for a refresh token; a new one unless told otherwise.
    pub fn refresh_rotation(mut self, rotation: RefreshRotation) -> Self {
        self.settings.refresh_rotation = rotation;
        self
    }

    /// The secret that webhooks carry; random unless told otherwise.
    pub fn webhook_secret(mut self, secret: impl Into<String>) -> Self {
        self.settings.webhook_secret = secret.into();
        self
    }

    /// How long access and ID tokens live. Unless told otherwise, it is an hour for those of a sign-in in the browser and
    /// of machines, and 14 days for the others.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.token_lifetime = Some(lifetime);
        self
    }

    /// How long refresh tokens live; 30 days unless told otherwise.
    pub fn refresh_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.refresh_lifetime = lifetime;
        self
    }

    /// Whether the application lets users register; on unless told otherwise.
    pub fn registration(mut self, allowed: bool) -> Self {
        self.settings.registration = allowed;
        self
    }

    /// Whether changing an e-mail address or phone number needs a code from the old one too; on unless told otherwise.
    pub fn verify_old_contact(mut self, needed: bool) -> Self {
        self.settings.verify_old_contact = needed;
        self
    }

    /// Whether the status of an authorised QR code answers the tokens themselves and not only a ticket; off unless told
    /// otherwise.
    pub fn qr_code_tokens(mut self, shown: bool) -> Self {
        self.settings.qr_code_tokens = shown;
        self
    }

    /// Starts the server.
    pub fn start(self) -> io::Result<Emulator> {
        keys::prepare();
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, self.port))?;
        listener.set_nonblocking(true)?;
        let url = format!("http://{}", listener.local_addr()?);
        let shared = Shared::new(World::new(self.settings.clone(), url.clone()));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
        let (stop, stopped) = oneshot::channel();
        let served = shared.clone();
        let thread = thread::Builder::new()
            .name("genauth-emulator".to_owned())
            .spawn(move || {
                runtime.block_on(async move {
                    if let Ok(listener) = TcpListener::from_std(listener) {
                        server::serve(listener, served, stopped).await;
                    }
                });
            })?;
        Ok(Emulator {
            url,
            settings: self.settings,
            shared,
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn can_be_shared_between_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<Emulator>();
        shared::<Builder>();
    }

    #[test]
    fn has_one_route_for_each_verb_and_path() {
        let mut known: Vec<_> = area::all().map(|route| (route.path, route.method)).collect();
        let before = known.len();
        known.sort_unstable();
        known.dedup();
        assert_eq!(known.len(), before);
    }
}
