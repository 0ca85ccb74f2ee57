//! Who is calling, as types: what an operation needs ([`Access`]) and what a caller can offer ([`Grants`]).

use std::fmt;

use http::{HeaderName, HeaderValue};

use crate::app::App;
use crate::error::{Error, RequestError};
use crate::value::secret::Secret;

/// Who may call an operation, for those who look at it while the program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AccessKind {
    /// Anyone.
    Anyone,
    /// A signed-in user.
    User,
    /// An administrator of the user pool.
    Administrator,
}

/// Who may call an operation, as a type. Implemented by the markers of this module only.
pub trait Access: sealed::Access + 'static {
    /// The same as a value.
    const KIND: AccessKind;
}

mod sealed {
    pub trait Access {}

    pub trait Caller {
        fn credential(&self) -> super::CallerCredential<'_> {
            super::CallerCredential::default()
        }
    }
}

/// What a caller's requests carry of the caller.
#[derive(Debug, Clone, Copy, Default)]
pub struct CallerCredential<'a> {
    /// The value of the authorization header.
    pub(crate) authorization: Option<&'a HeaderValue>,
    /// The user pool, under the header's name.
    pub(crate) user_pool: Option<(&'a HeaderName, &'a HeaderValue)>,
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
    /// Anyone may call it, with or without a user. How the application proves itself is set at the [`App`].
    Anyone
    /// Needs the token of a signed-in user.
    User
    /// Needs an administrator of the user pool.
    Administrator
}

/// Somebody who calls: an [`App`] for which nobody has signed in yet, a [`SignedIn`] user of it, or an administrator.
pub trait Caller: sealed::Caller + Clone + Send + Sync + fmt::Debug {
    /// The application that is called for.
    fn app(&self) -> &App;
}

/// The callers that may run an operation which needs `A`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` may not call an operation that needs `{A}`",
    label = "nobody has signed in here",
    note = "for a user, pass the access token first: `client.signed_in(token)` (or, without a client, `app.signed_in(token)`)",
    note = "for an administrator, use a `ManagementClient` (or, without a client, `app.administrator(&token)`)"
)]
pub trait Grants<A: Access>: Caller {}

/// What the requests of a caller carry of the caller.
pub(crate) fn credential<C: Caller>(caller: &C) -> CallerCredential<'_> {
    sealed::Caller::credential(caller)
}

impl sealed::Caller for App {}

impl Caller for App {
    fn app(&self) -> &App {
        self
    }
}

impl Grants<Anyone> for App {}

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
        return Err(RequestError::credential("the access token is empty").into());
    }
    let mut authorization = HeaderValue::try_from(format!("Bearer {token}"))
        .map_err(|_| RequestError::credential("the access token holds a character that no header can carry"))?;
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
    fn credential(&self) -> CallerCredential<'_> {
        CallerCredential {
            authorization: Some(&self.authorization),
            user_pool: None,
        }
    }
}

impl Caller for SignedIn {
    fn app(&self) -> &App {
        &self.app
    }
}

impl Grants<Anyone> for SignedIn {}
impl Grants<User> for SignedIn {}
