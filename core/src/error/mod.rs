//! Why a call brought no result.

pub mod api_code;
pub(crate) mod excerpt;
#[cfg(feature = "oidc")]
mod sign_in;
pub(crate) mod text;
#[cfg(feature = "oidc")]
mod verify;

use std::error::Error as StdError;
use std::fmt;

use http::StatusCode;

use crate::transport::{TransportError, TransportErrorKind};
pub use api_code::ApiCode;
#[cfg(feature = "oidc")]
pub use sign_in::SignInError;
use text::OneLine;
#[cfg(feature = "oidc")]
pub use verify::{Algorithm, VerifyError};

/// Why a call brought no result: refused before it was sent, not carried, not understood, or answered with a no.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The service answered that it did not do what was asked.
    Api(Box<ApiError>),
    /// An OAuth or OIDC endpoint answered with an error.
    OAuth(Box<OAuthError>),
    /// No answer came back.
    Transport(TransportError),
    /// What came back is not what the operation answers.
    Reply(Box<ReplyError>),
    /// Refused before anything was sent.
    Request(RequestError),
    /// A sign-in through the browser came back, and not as an answer to the one that was begun.
    #[cfg(feature = "oidc")]
    SignIn(Box<SignInError>),
    /// A token came and is not good.
    #[cfg(feature = "oidc")]
    Verify(Box<VerifyError>),
}

impl Error {
    /// Whether the thing that was asked for does not exist.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Api(error) if error.is_not_found())
    }

    /// Whether there were too many requests; the same call later may succeed. Nothing was done.
    pub fn is_rate_limited(&self) -> bool {
        match self {
            Self::Api(error) => error.is_rate_limited(),
            other => other.http_status() == Some(StatusCode::TOO_MANY_REQUESTS),
        }
    }

    /// Whether the caller's token is missing, wrong or no longer valid: signing in again helps.
    pub fn needs_sign_in(&self) -> bool {
        match self {
            Self::Api(error) => error.needs_sign_in(),
            other => other.http_status() == Some(StatusCode::UNAUTHORIZED),
        }
    }

    /// Whether the credentials were right and the user has another step to take first (MFA, a new password, completing
    /// the profile): a step, not a failure. [`api_code`](Self::api_code) tells which.
    pub fn needs_next_step(&self) -> bool {
        matches!(self, Self::Api(error) if error.needs_next_step())
    }

    /// Whether the time was up.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Transport(error) if error.kind() == TransportErrorKind::Timeout)
    }

    /// Whether the server may have carried out what was asked although no result came back: the connection broke, the
    /// answer could not be read, or the server failed (500 and above).
    pub fn may_have_taken_effect(&self) -> bool {
        match self {
            Self::Transport(error) => error.may_have_reached_server(),
            Self::Reply(_) => true,
            // Whatever brought the token is done.
            #[cfg(feature = "oidc")]
            Self::SignIn(_) | Self::Verify(_) => true,
            // A failure of the server or of one behind it may come after the deed; any other no comes before.
            Self::Api(error) => error.status_code >= 500,
            Self::OAuth(_) | Self::Request(_) => false,
        }
    }

    /// The HTTP status of the answer, where one came.
    pub fn http_status(&self) -> Option<StatusCode> {
        match self {
            Self::Api(error) => Some(error.http_status),
            Self::OAuth(error) => Some(error.http_status),
            Self::Reply(error) => Some(error.http_status),
            Self::Transport(_) | Self::Request(_) => None,
            #[cfg(feature = "oidc")]
            Self::SignIn(_) | Self::Verify(_) => None,
        }
    }

    /// The service's detailed code, where it sent one.
    pub fn api_code(&self) -> Option<ApiCode> {
        match self {
            Self::Api(error) => error.api_code,
            _ => None,
        }
    }

    /// The id under which the service knows this call, for its support.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Api(error) => error.request_id.as_deref(),
            Self::Reply(error) => error.request_id.as_deref(),
            _ => None,
        }
    }

    /// The same error again, for those who waited for somebody else's call. What the HTTP stack or the parser said about it
    /// ([`source`](StdError::source)) stays with the first.
    pub(crate) fn echo(&self) -> Self {
        match self {
            Self::Api(error) => Self::Api(error.clone()),
            Self::OAuth(error) => Self::OAuth(error.clone()),
            Self::Transport(error) => Self::Transport(error.echo()),
            Self::Reply(error) => Self::Reply(Box::new(ReplyError {
                operation: error.operation,
                problem: error.problem.clone(),
                path: error.path.clone(),
                http_status: error.http_status,
                content_type: error.content_type.clone(),
                length: error.length,
                excerpt: error.excerpt.clone(),
                request_id: error.request_id.clone(),
                retry_after: error.retry_after,
                source: None,
            })),
            Self::Request(error) => Self::Request(error.clone()),
            #[cfg(feature = "oidc")]
            Self::SignIn(error) => Self::SignIn(error.clone()),
            #[cfg(feature = "oidc")]
            Self::Verify(error) => Self::Verify(error.clone()),
        }
    }

    /// After how many seconds the service wants to be asked again (`Retry-After`), where it said so.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Api(error) => error.retry_after,
            Self::Reply(error) => error.retry_after,
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api(error) => error.fmt(f),
            Self::OAuth(error) => error.fmt(f),
            Self::Transport(error) => error.fmt(f),
            Self::Reply(error) => error.fmt(f),
            Self::Request(error) => error.fmt(f),
            #[cfg(feature = "oidc")]
            Self::SignIn(error) => error.fmt(f),
            #[cfg(feature = "oidc")]
            Self::Verify(error) => error.fmt(f),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Transport(error) => error.source(),
            Self::Reply(error) => error.source(),
            Self::Api(_) | Self::OAuth(_) | Self::Request(_) => None,
            #[cfg(feature = "oidc")]
            Self::SignIn(_) | Self::Verify(_) => None,
        }
    }
}

macro_rules! from_boxed {
    ($( $type:ident => $variant:ident )*) => { $(
        impl From<$type> for Error {
            fn from(error: $type) -> Self {
                Self::$variant(error.into())
            }
        }
    )* };
}

from_boxed! {
    ApiError => Api
    OAuthError => OAuth
    TransportError => Transport
    ReplyError => Reply
    RequestError => Request
}

#[cfg(feature = "oidc")]
impl From<SignInError> for Error {
    fn from(error: SignInError) -> Self {
        Self::SignIn(error.into())
    }
}

#[cfg(feature = "oidc")]
impl From<VerifyError> for Error {
    fn from(error: VerifyError) -> Self {
        Self::Verify(error.into())
    }
}

/// The service's no: a `statusCode` other than 200 (or 201) in the body, whatever the HTTP status.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ApiError {
    /// The documented name of the operation, such as `AuthenticationClient.bindEmail`.
    pub operation: &'static str,
    /// The HTTP status; mostly 200, also for failures.
    pub http_status: StatusCode,
    /// The status in the body: 400 for a wrong argument, 401 not signed in, 403 forbidden, 404 not found, 409 conflict, 422
    /// against a rule, 429 too many requests, 499 and 5xx and 601 to 603 as the documentation lists them.
    pub status_code: i64,
    /// The detailed code, where there is one.
    pub api_code: Option<ApiCode>,
    /// The service's message. English or Chinese, whatever language is set: for logs, not for decisions.
    pub message: String,
    /// The id under which the service knows this call, for its support.
    pub request_id: Option<String>,
    /// After how many seconds to ask again (`Retry-After`), where the service said so.
    pub retry_after: Option<u64>,
}

impl ApiError {
    /// Whether the thing that was asked for does not exist: 404, or a code that says so of a user, application or pool.
    pub fn is_not_found(&self) -> bool {
        self.status_code == 404
            || matches!(
                self.api_code,
                Some(ApiCode::UserNotFound | ApiCode::ApplicationNotFound | ApiCode::UserPoolNotFound)
            )
    }

    /// Whether there were too many requests: 429. That a pass code was sent within the last minute has codes of its own,
    /// [`ApiCode::EmailCodeSentRecently`] and [`ApiCode::SmsCodeSentRecently`].
    pub fn is_rate_limited(&self) -> bool {
        self.status_code == 429 || self.http_status == StatusCode::TOO_MANY_REQUESTS
    }

    /// Whether the caller's token is missing, wrong or no longer valid.
    pub fn needs_sign_in(&self) -> bool {
        self.status_code == 401
            || matches!(
                self.api_code,
                Some(ApiCode::NotSignedIn | ApiCode::SessionExpired | ApiCode::SessionInvalid)
            )
    }

    /// Whether the credentials were right and the user has another step to take first.
    pub fn needs_next_step(&self) -> bool {
        self.api_code.is_some_and(ApiCode::is_next_step)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: the service answered {}", self.operation, self.status_code)?;
        if let Some(code) = self.api_code {
            write!(f, ", apiCode {}", code.as_i64())?;
        }
        if !self.message.is_empty() {
            write!(f, ": {}", OneLine(&self.message))?;
        }
        if let Some(id) = &self.request_id {
            write!(f, " (request {})", OneLine(id))?;
        }
        Ok(())
    }
}

impl StdError for ApiError {}

/// The error of an OAuth or OIDC endpoint.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct OAuthError {
    /// The documented name of the operation.
    pub operation: &'static str,
    /// The HTTP status.
    pub http_status: StatusCode,
    /// The error's code, such as `invalid_grant`.
    pub error: String,
    /// What the server says about it.
    pub error_description: Option<String>,
}

impl fmt::Display for OAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.operation, OneLine(&self.error))?;
        if let Some(description) = &self.error_description {
            write!(f, ": {}", OneLine(description))?;
        }
        Ok(())
    }
}

impl StdError for OAuthError {}

/// An answer that is not what the operation answers: a page of a proxy, nothing at all, JSON that was cut off, a field of
/// another type.
#[derive(Debug)]
#[non_exhaustive]
pub struct ReplyError {
    /// The documented name of the operation.
    pub operation: &'static str,
    /// What is wrong with the answer, in words.
    pub problem: String,
    /// Where the first wrong value stands, such as `data.list[3].createdAt`; empty where the whole answer is wrong.
    pub path: String,
    /// The HTTP status.
    pub http_status: StatusCode,
    /// The content type that the answer claims.
    pub content_type: Option<String>,
    /// The length of the body in bytes.
    pub length: usize,
    /// The first characters of the body, with what looks secret cut out.
    pub excerpt: String,
    /// The id under which the service knows this call, where it could be read.
    pub request_id: Option<String>,
    /// After how many seconds to ask again (`Retry-After`), where the server said so.
    pub retry_after: Option<u64>,
    pub(crate) source: Option<Box<dyn StdError + Send + Sync>>,
}

impl fmt::Display for ReplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.operation, self.problem)?;
        if !self.path.is_empty() {
            write!(f, " at `{}`", OneLine(&self.path))?;
        }
        write!(f, " (HTTP {}", self.http_status.as_u16())?;
        if let Some(content_type) = &self.content_type {
            write!(f, ", {}", OneLine(content_type))?;
        }
        write!(f, ", {} bytes", self.length)?;
        if !self.excerpt.is_empty() {
            write!(f, ": {}", OneLine(&self.excerpt))?;
        }
        f.write_str(")")
    }
}

impl StdError for ReplyError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// A request that cannot be made: nothing was sent.
#[derive(Debug, Clone)]
pub struct RequestError {
    problem: String,
}

impl RequestError {
    /// Says what is wrong. Must not hold a secret.
    pub fn new(problem: impl Into<String>) -> Self {
        Self {
            problem: problem.into(),
        }
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the request was not made: {}", self.problem)
    }
}

impl StdError for RequestError {}
