//! The blocking clients: a caller, a [`Transport`], and what they do around a call.

mod backoff;
mod carrier;
mod pages;
mod poll;
pub(crate) mod refreshing;
mod retry;
mod system;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub(crate) use backoff::Backoff;
pub(crate) use carrier::{Carrier, Request, Response};
pub(crate) use pages::paged;
pub use pages::{Items, LARGEST_PAGE, Page, Paged, Pages};
pub use poll::{Cancel, Next, Pending, Polling};
pub use retry::RetryPolicy;
pub(crate) use retry::passes;
pub use system::System;

use crate::app::App;
use crate::app::access::{Access, Caller, Grants, SignedIn};
use crate::error::{Error, RequestError};
use crate::operation::reply::Reply;
use crate::operation::{Operation, OperationInfo};
use crate::transport::Transport;
use crate::value::secret::Secret;

/// The client of the authentication API, for an application ([`App`], as `AuthenticationClient`) or for a user who has
/// signed in ([`SignedIn`]).
///
/// Each operation is a method. Those for signed-in users are there once there is a token:
///
/// ```
/// # use genauth_core::transport::TransportError;
/// use genauth_core::authentication::profile::BindEmailDto;
/// use genauth_core::{App, AuthenticationClient};
///
/// # let transport = |_: http::Request<Vec<u8>>| -> Result<_, TransportError> {
/// #     Ok(http::Response::new(br#"{"statusCode":200,"message":""}"#.to_vec()))
/// # };
/// let client = AuthenticationClient::new(App::new("https://example.genauth.ai", "APP_ID")?, transport);
/// client.signed_in("ACCESS_TOKEN")?.bind_email(&BindEmailDto::new("test@example.com", "123456"))?;
/// # Ok::<(), genauth_core::Error>(())
/// ```
///
/// ```compile_fail
/// # use genauth_core::{AuthenticationClient, authentication::profile::BindEmailDto};
/// fn nobody_signed_in(client: &AuthenticationClient) {
///     client.bind_email(&BindEmailDto::new("test@example.com", "123456"));
/// }
/// ```
///
/// A client is cheap to clone, can be shared between threads, and is never changed: [`signed_in`](Self::signed_in) makes
/// another one, so that no call can run with another user's token.
#[derive(Clone)]
pub struct AuthenticationClient<C = App> {
    caller: C,
    carrier: Arc<Carrier>,
}

/// What runs operations that need `A`. The methods of the clients are this, by name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` may not call an operation that needs `{A}`",
    label = "nobody has signed in here",
    note = "for a user, pass the access token first: `client.signed_in(token)`",
    note = "for an administrator, use a `ManagementClient`"
)]
pub trait Runs<A: Access> {
    /// Runs an operation.
    fn run<Q: Serialize, R: DeserializeOwned>(&self, operation: &Operation<Q, R, A>, input: &Q) -> Result<R, Error>;
}

impl<A: Access, C: Grants<A>> Runs<A> for AuthenticationClient<C> {
    fn run<Q: Serialize, R: DeserializeOwned>(&self, operation: &Operation<Q, R, A>, input: &Q) -> Result<R, Error> {
        self.call(operation, input)
    }
}

impl AuthenticationClient<App> {
    /// A client of this application over this transport. It makes each call once; [`with_retry`](Self::with_retry) makes it
    /// persistent.
    pub fn new(app: App, transport: impl Transport + 'static) -> Self {
        Self {
            caller: app,
            carrier: Arc::new(Carrier::new(transport)),
        }
    }

    /// The same client for a user who has signed in.
    ///
    /// Refuses a token that is empty or that no header can carry.
    pub fn signed_in(&self, access_token: impl Into<Secret>) -> Result<AuthenticationClient<SignedIn>, Error> {
        Ok(AuthenticationClient {
            caller: self.caller.signed_in(access_token)?,
            carrier: Arc::clone(&self.carrier),
        })
    }
}

impl<C: Caller> AuthenticationClient<C> {
    /// The same client with a clock, a sleep and a random source: for retries, for what waits, renews or makes secrets. The
    /// clients of the facade have the operating system's.
    pub fn with_system(&self, system: impl System + 'static) -> Self {
        self.change(|carrier| carrier.system = Some(Arc::new(system)))
    }

    /// The same client, repeating a call that failed for a passing reason where that is safe: see [`RetryPolicy`]. Needs
    /// time and randomness from [`with_system`](Self::with_system); without them each call is made once.
    pub fn with_retry(&self, policy: RetryPolicy) -> Self {
        self.change(|carrier| carrier.retry = Some(policy))
    }

    /// The same client making each call once.
    pub fn without_retry(&self) -> Self {
        self.change(|carrier| carrier.retry = None)
    }

    /// The same client with a limit on the time of a call, with all its attempts and the waiting between them. Without
    /// [`with_retry`](Self::with_retry) it is the limit of the one attempt.
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        self.change(|carrier| carrier.timeout = Some(timeout))
    }

    fn change(&self, edit: impl FnOnce(&mut Carrier)) -> Self {
        let mut carrier = Carrier::clone(&self.carrier);
        edit(&mut carrier);
        self.carried_by(carrier)
    }

    pub(crate) fn carried_by(&self, carrier: Carrier) -> Self {
        Self {
            caller: self.caller.clone(),
            carrier: Arc::new(carrier),
        }
    }

    pub(crate) fn carrier(&self) -> &Carrier {
        &self.carrier
    }

    /// The client's clock, sleep and random source. Fails where it was given none.
    pub(crate) fn system(&self) -> Result<&Arc<dyn System>, Error> {
        self.carrier.system()
    }

    /// Who is calling.
    pub fn caller(&self) -> &C {
        &self.caller
    }

    /// The application that is called for.
    pub fn app(&self) -> &App {
        self.caller.app()
    }

    /// Carries out an operation. The methods of this client are this, by name.
    pub fn call<Q: Serialize, R: DeserializeOwned, A: Access>(
        &self,
        operation: &Operation<Q, R, A>,
        input: &Q,
    ) -> Result<R, Error>
    where
        C: Grants<A>,
    {
        self.run_with(operation, input, &mut |response| operation.reply(response))
    }

    /// The same as [`call`](Self::call), with what stands around the result: message, request id, headers.
    pub fn call_for_reply<Q: Serialize, R: DeserializeOwned, A: Access>(
        &self,
        operation: &Operation<Q, R, A>,
        input: &Q,
    ) -> Result<Reply<R>, Error>
    where
        C: Grants<A>,
    {
        self.run_with(operation, input, &mut |response| operation.full_reply(response))
    }

    fn run_with<Q: Serialize, R, A: Access, T>(
        &self,
        operation: &Operation<Q, R, A>,
        input: &Q,
        read: &mut dyn FnMut(&Response) -> Result<T, Error>,
    ) -> Result<T, Error>
    where
        C: Grants<A>,
    {
        let request = operation.request(&self.caller, input)?;
        self.send(request, operation.info(), read)
    }

    /// Sends a request of this operation.
    pub(crate) fn send<T>(
        &self,
        request: Request,
        info: &OperationInfo,
        read: &mut dyn FnMut(&Response) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut answer = None;
        let sent = self.carrier.send(request, info, &mut Ok, &mut |response| {
            answer = Some(read(response)?);
            Ok(())
        });
        sent.and_then(|()| answer.ok_or_else(|| RequestError::setting("nothing was sent").into()))
            .map_err(|error| error.at(info.name, self.app().host()))
    }
}

impl<C: fmt::Debug> fmt::Debug for AuthenticationClient<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthenticationClient")
            .field("caller", &self.caller)
            .finish_non_exhaustive()
    }
}
