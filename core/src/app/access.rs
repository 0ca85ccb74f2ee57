//! Who is calling, as types: what an operation needs ([`Access`]) and what a caller can offer ([`Grants`]).

use std::fmt;

use http::HeaderValue;

use crate::app::App;
use crate::error::{Error, RequestError};
use crate::value::secret::Secret;

/// What an operation needs of its caller, for those who look at it while the program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AccessKind {
    /// Nothing: the operation is public.
    Public,
    /// The application's id.
    Application,
    /// The application's id and, as the application is configured, its secret.
    Client,
    /// The same, as it is configured for asking what a token is worth.
    IntrospectionClient,
    /// The same, as it is configured for revoking tokens.
    RevocationClient,
    /// The token of a signed-in user where there is one.
    UserOptional,
    /// The token of a signed-in user.
    User,
    /// A user's token that stands in the input, as `access_token`.
    BearerInput,
}

impl AccessKind {
    /// The word of the documentation for it: `none`, `app`, `user-optional`, `user`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "none",
            Self::Application | Self::Client | Self::IntrospectionClient | Self::RevocationClient => "app",
            Self::UserOptional => "user-optional",
            Self::User | Self::BearerInput => "user",
        }
    }
}

/// What an operation needs of its caller, as a type. Implemented by the markers of this module only.
pub trait Access: sealed::Access + 'static {
    /// The same as a value.
    const KIND: AccessKind;
}

mod sealed {
    pub trait Access {}
    pub trait Caller {
        fn user_token(&self) -> Option<&http::HeaderValue> {
            None
        }
    }
}

macro_rules! access_markers {
    ($( $(#[$meta:meta])* $name:ident )*) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy)]
        pub enum $name {}

        impl sealed::Access for $name {}

        impl Access for $name {
            const KIND: AccessKind = AccessKind::$name;
        }
    )* };
}

access_markers! {
    /// Needs nothing: the operation is public.
    Public
    /// Needs the application's id, which every request carries.
    Application
    /// Needs the application's id and, as it is configured, its secret: see [`ClientAuthentication`](crate::app::ClientAuthentication).
    Client
    /// Needs the application's id and, as it is configured for introspection, its secret.
    IntrospectionClient
    /// Needs the application's id and, as it is configured for revocation, its secret.
    RevocationClient
    /// Needs a user's token in its input; it travels in the authorization header.
    BearerInput
    /// Takes the token of a signed-in user where there is one.
    UserOptional
    /// Needs the token of a signed-in user.
    User
}

/// Somebody who calls: an [`App`] for which nobody has signed in yet, or a [`SignedIn`] user of it.
pub trait Caller: sealed::Caller + Clone + Send + Sync + fmt::Debug {
    /// The application that is called for.
    fn app(&self) -> &App;
}

/// The callers that may run an operation which needs `A`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` may not call an operation that needs `{A}`",
    label = "nobody has signed in here",
    note = "pass the user's access token first: `client.signed_in(token)` (or, without a client, `app.signed_in(token)`)"
)]
pub trait Grants<A: Access>: Caller {}

/// The value of the authorization header of a caller.
pub(crate) fn user_token<C: Caller>(caller: &C) -> Option<&HeaderValue> {
    sealed::Caller::user_token(caller)
}

impl sealed::Caller for App {}

impl Caller for App {
    fn app(&self) -> &App {
        self
    }
}

impl Grants<Public> for App {}
impl Grants<Application> for App {}
impl Grants<Client> for App {}
impl Grants<IntrospectionClient> for App {}
impl Grants<RevocationClient> for App {}
impl Grants<BearerInput> for App {}
impl Grants<UserOptional> for App {}

/// A signed-in user of an application. Made by [`App::signed_in`]; cheap to clone, and never changed: another user is
/// another value, so that tokens cannot be swapped.
#[derive(Clone)]
pub struct SignedIn {
    app: App,
    authorization: HeaderValue,
}

impl App {
    /// The application with a signed-in user.
    ///
    /// Refuses a token that is empty or that no header can carry.
    pub fn signed_in(&self, access_token: impl Into<Secret>) -> Result<SignedIn, Error> {
        Ok(SignedIn {
            authorization: bearer(&access_token.into())?,
            app: self.clone(),
        })
    }
}

/// The authorization header of an access token.
pub(crate) fn bearer(access_token: &Secret) -> Result<HeaderValue, Error> {
    let token = access_token.expose();
    if token.is_empty() {
        return Err(RequestError::new("the access token is empty").into());
    }
    let mut authorization = HeaderValue::try_from(format!("Bearer {token}"))
        .map_err(|_| RequestError::new("the access token holds a character that no header can carry"))?;
    authorization.set_sensitive(true);
    Ok(authorization)
}

impl fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedIn")
            .field("app", &self.app)
            .finish_non_exhaustive()
    }
}

impl sealed::Caller for SignedIn {
    fn user_token(&self) -> Option<&HeaderValue> {
        Some(&self.authorization)
    }
}

impl Caller for SignedIn {
    fn app(&self) -> &App {
        &self.app
    }
}

impl Grants<Public> for SignedIn {}
impl Grants<Application> for SignedIn {}
impl Grants<Client> for SignedIn {}
impl Grants<IntrospectionClient> for SignedIn {}
impl Grants<RevocationClient> for SignedIn {}
impl Grants<BearerInput> for SignedIn {}
impl Grants<UserOptional> for SignedIn {}
impl Grants<User> for SignedIn {}
