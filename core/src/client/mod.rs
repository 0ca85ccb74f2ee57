//! The blocking clients: a caller, a [`Transport`], and what they do around a call.

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

pub(crate) use pages::paged;
pub use pages::{Items, LARGEST_PAGE, Page, Paged, Pages};
pub use poll::{Cancel, Next, Pending, Polling};
pub use retry::RetryPolicy;
pub use system::System;

use crate::app::App;
use crate::app::access::{Access, Caller, Grants, SignedIn};
use crate::error::{Error, RequestError};
use crate::operation::Operation;
use crate::operation::reply::Reply;
use crate::transport::{Timeout, Transport};
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
    shared: Arc<Shared>,
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

#[derive(Clone)]
struct Shared {
    transport: Arc<dyn Transport>,
    timeout: Option<Duration>,
    system: Option<Arc<dyn System>>,
    retry: Option<RetryPolicy>,
}

impl AuthenticationClient<App> {
    /// A client of this application over this transport. It makes each call once; [`with_retry`](Self::with_retry) makes it
    /// persistent.
    pub fn new(app: App, transport: impl Transport + 'static) -> Self {
        let shared = Shared {
            transport: Arc::new(transport),
            timeout: None,
            system: None,
            retry: None,
        };
        Self {
            caller: app,
            shared: Arc::new(shared),
        }
    }

    /// The same client for a user who has signed in.
    ///
    /// Refuses a token that is empty or that no header can carry.
    pub fn signed_in(&self, access_token: impl Into<Secret>) -> Result<AuthenticationClient<SignedIn>, Error> {
        Ok(AuthenticationClient {
            caller: self.caller.signed_in(access_token)?,
            shared: Arc::clone(&self.shared),
        })
    }
}

impl<C: Caller> AuthenticationClient<C> {
    /// The same client, repeating a call that failed for a passing reason where that is safe: see [`RetryPolicy`]. Time and
    /// randomness come from `system`.
    pub fn with_retry(&self, system: impl System + 'static, policy: RetryPolicy) -> Self {
        self.change(|shared| {
            shared.system = Some(Arc::new(system));
            shared.retry = Some(policy);
        })
    }

    /// The same client with a clock, a sleep and a random source, for what waits or makes secrets.
    pub fn with_system(&self, system: impl System + 'static) -> Self {
        self.change(|shared| shared.system = Some(Arc::new(system)))
    }

    /// The same client with a limit on the time of a call, with all its attempts and the waiting between them. Without
    /// [`with_retry`](Self::with_retry) it is the limit of the one attempt.
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        self.change(|shared| shared.timeout = Some(timeout))
    }

    fn change(&self, edit: impl FnOnce(&mut Shared)) -> Self {
        let mut shared = Shared::clone(&self.shared);
        edit(&mut shared);
        Self {
            caller: self.caller.clone(),
            shared: Arc::new(shared),
        }
    }

    /// The client's clock, sleep and random source. Fails where it was given none.
    pub(crate) fn system(&self) -> Result<&Arc<dyn System>, Error> {
        let system = self.shared.system.as_ref();
        system.ok_or_else(|| RequestError::new("this needs a clock: give the client one by `with_system`").into())
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
        let request = operation.request(&self.caller, input)?;
        if self.shared.retry.is_none() {
            return operation.reply(&self.shared.send_once(request)?);
        }
        self.shared.send(request, operation.info().repeatable, &mut |response| {
            operation.reply(response)
        })
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
        let request = operation.request(&self.caller, input)?;
        self.shared.send(request, operation.info().repeatable, &mut |response| {
            operation.full_reply(response)
        })
    }

    /// Sends a repeatable request that was made by hand.
    #[cfg(any(feature = "oidc", feature = "management"))]
    pub(crate) fn exchange<R>(
        &self,
        request: Request,
        read: &mut dyn FnMut(&Response) -> Result<R, Error>,
    ) -> Result<R, Error> {
        self.shared.send(request, true, read)
    }
}

impl<C: fmt::Debug> fmt::Debug for AuthenticationClient<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthenticationClient")
            .field("caller", &self.caller)
            .finish_non_exhaustive()
    }
}

type Request = http::Request<Vec<u8>>;
type Response = http::Response<Vec<u8>>;

impl Shared {
    fn send_once(&self, mut request: Request) -> Result<Response, Error> {
        if let Some(timeout) = self.timeout {
            request.extensions_mut().insert(Timeout(timeout));
        }
        Ok(self.transport.send(request)?)
    }

    /// Sends a request, again where that is safe and may help, and reads the answer.
    fn send<R>(
        &self,
        request: Request,
        repeatable: bool,
        read: &mut dyn FnMut(&Response) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let Some((system, policy)) = self.system.as_ref().zip(self.retry).filter(|_| repeatable) else {
            return read(&self.send_once(request)?);
        };
        let start = system.now();
        let mut attempt = 1;
        let mut last = None;
        loop {
            let left = match self.timeout {
                None => None,
                Some(timeout) => match timeout.checked_sub(system.now().saturating_sub(start)) {
                    Some(left) if !left.is_zero() => Some(left),
                    // Waiting took longer than it should have: what happened last is the answer.
                    _ => return Err(last.unwrap_or_else(|| RequestError::new("there is no time for a call").into())),
                },
            };
            let mut copy = request.clone();
            if let Some(left) = left {
                copy.extensions_mut().insert(Timeout(left));
            }
            let result = self
                .transport
                .send(copy)
                .map_err(Error::from)
                .and_then(|response| read(&response));
            let error = match result {
                Ok(result) => return Ok(result),
                Err(error) => error,
            };
            let Some(wait) = policy.wait(attempt, &error, &mut |bytes| system.random(bytes)) else {
                return Err(error);
            };
            let spent = system.now().saturating_sub(start);
            if self
                .timeout
                .is_some_and(|timeout| spent.saturating_add(wait) >= timeout)
            {
                return Err(error);
            }
            system.sleep(wait);
            last = Some(error);
            attempt += 1;
        }
    }
}
