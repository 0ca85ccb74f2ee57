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
use std::sync::Arc;

use http::StatusCode;
use http::header::{HeaderMap, RETRY_AFTER};
use serde::de::DeserializeOwned;

use crate::transport::{TransportError, TransportErrorKind};
pub use api_code::ApiCode;
#[cfg(feature = "oidc")]
pub use sign_in::SignInError;
use text::OneLine;
#[cfg(feature = "oidc")]
pub use verify::{Algorithm, VerifyError};

/// Why a call brought no result: refused before it was sent, not carried, not understood, or answered with a no.
///
/// Cheap to clone. Names the operation and, where it is known, the host.
#[derive(Debug, Clone)]
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
    Request(Box<RequestError>),
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

    /// Whether signing in again helps: the caller's token is missing, wrong or no longer valid, or the refresh token is over.
    /// Not where the application's own secret is wrong.
    pub fn needs_sign_in(&self) -> bool {
        match self {
            Self::Api(error) => error.needs_sign_in(),
            Self::OAuth(error) => error.needs_sign_in(),
            Self::Request(error) => error.needs_sign_in(),
            Self::Reply(error) => error.http_status == StatusCode::UNAUTHORIZED,
            Self::Transport(_) => false,
            #[cfg(feature = "oidc")]
            Self::SignIn(_) => false,
            #[cfg(feature = "oidc")]
            Self::Verify(error) => matches!(**error, VerifyError::Expired { .. }),
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
    /// answer could not be read, or the server failed. After an OAuth error with HTTP 500 and above the refresh token may
    /// be used up.
    pub fn may_have_taken_effect(&self) -> bool {
        match self {
            Self::Transport(error) => error.may_have_reached_server(),
            // Whoever answers with a 4xx has refused.
            Self::Reply(error) => !error.http_status.is_client_error(),
            // Whatever brought the token is done.
            #[cfg(feature = "oidc")]
            Self::SignIn(_) | Self::Verify(_) => true,
            // A failure of the server or of one behind it may come after the deed; any other no comes before. What an older
            // endpoint says instead of a status is a detailed code, from 1000.
            Self::Api(error) => {
                (500..1000).contains(&error.status_code)
                    || (error.status_code >= 1000 && error.http_status.is_server_error())
            }
            Self::OAuth(error) => error.http_status.is_server_error(),
            Self::Request(_) => false,
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

    /// After how many seconds the service wants to be asked again (`Retry-After`), where it said so.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Api(error) => error.retry_after,
            Self::Reply(error) => error.retry_after,
            Self::OAuth(error) => error.retry_after,
            _ => None,
        }
    }

    /// The documented name of the operation, such as `AuthenticationClient.bindEmail`. `None` where the error is not one
    /// operation's: a setting, a token that is not good.
    pub fn operation(&self) -> Option<&'static str> {
        match self {
            Self::Api(error) => Some(error.operation),
            Self::OAuth(error) => Some(error.operation),
            Self::Reply(error) => Some(error.operation),
            Self::Transport(error) => error.operation(),
            Self::Request(error) => error.operation,
            #[cfg(feature = "oidc")]
            Self::SignIn(_) | Self::Verify(_) => None,
        }
    }

    /// The host that was called, such as `https://example.genauth.ai`. `None` where nothing was to be sent, and where an
    /// answer was read without knowing who gave it.
    pub fn host(&self) -> Option<&str> {
        match self {
            Self::Api(error) => error.host.as_deref(),
            Self::OAuth(error) => error.host.as_deref(),
            Self::Reply(error) => error.host.as_deref(),
            Self::Transport(error) => error.host(),
            Self::Request(error) => error.host.as_deref(),
            #[cfg(feature = "oidc")]
            Self::SignIn(_) | Self::Verify(_) => None,
        }
    }

    /// The same error again, for those who waited for somebody else's call.
    pub(crate) fn echo(&self) -> Self {
        self.clone()
    }

    /// The same, of this operation at this host, as far as it does not say so yet.
    pub(crate) fn at(mut self, operation: &'static str, host: &Arc<str>) -> Self {
        match &mut self {
            Self::Api(error) => _ = error.host.get_or_insert_with(|| Arc::clone(host)),
            Self::OAuth(error) => _ = error.host.get_or_insert_with(|| Arc::clone(host)),
            Self::Reply(error) => _ = error.host.get_or_insert_with(|| Arc::clone(host)),
            Self::Transport(error) => error.at(operation, host),
            Self::Request(error) => {
                error.operation.get_or_insert(operation);
                error.host.get_or_insert_with(|| Arc::clone(host));
            }
            #[cfg(feature = "oidc")]
            Self::SignIn(_) | Self::Verify(_) => {}
        }
        self
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
    /// The host that was called, where it is known.
    pub host: Option<Arc<str>>,
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
    /// What the service sent with the failure. With some codes it is what the caller goes on with: 1640 and 1641 bring a
    /// key and the accounts to choose from. See [`data`](Self::data).
    pub(crate) data: FailureData,
}

impl ApiError {
    /// What the service sent with the failure, read as leniently as an answer; `None` where it sent nothing. Where a
    /// success brought `"success": false`, this is that whole answer.
    ///
    /// Fails with [`Error::Reply`] where it is not a `T`. It may hold secrets: `serde_json::Value` shows them in its `Debug`.
    pub fn data<T: DeserializeOwned>(&self) -> Result<Option<T>, Error> {
        let Some(json) = &self.data.0 else { return Ok(None) };
        match crate::operation::reply::read_json(json) {
            Ok(data) => Ok(Some(data)),
            Err(wrong) => Err(ReplyError {
                operation: self.operation,
                host: self.host.clone(),
                problem: "the failure's data has a value of the wrong type".to_owned(),
                path: wrong.path().to_string(),
                http_status: self.http_status,
                content_type: None,
                length: json.len(),
                excerpt: String::new(),
                request_id: self.request_id.clone(),
                retry_after: None,
                source: None,
            }
            .into()),
        }
    }

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

/// The data of a failure, as it came. Says nothing of it in `Debug`.
#[derive(Clone, Default)]
pub(crate) struct FailureData(Option<Arc<[u8]>>);

impl FailureData {
    pub(crate) fn new(json: &[u8]) -> Self {
        Self((!matches!(json, b"" | b"null")).then(|| json.into()))
    }
}

impl fmt::Debug for FailureData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(json) => write!(f, "{} bytes", json.len()),
            None => f.write_str("none"),
        }
    }
}

/// `NAME` or `NAME at HOST`.
struct Of<'a>(&'static str, Option<&'a str>);

impl fmt::Display for Of<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)?;
        match self.1 {
            Some(host) => write!(f, " at {host}"),
            None => Ok(()),
        }
    }
}

/// The seconds of `Retry-After`. A date is counted from the answer's own `Date`, for nobody here has a clock.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<u64> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    text.parse().ok().or_else(|| {
        let until = httpdate::parse_http_date(text).ok()?;
        let now = httpdate::parse_http_date(headers.get(http::header::DATE)?.to_str().ok()?).ok()?;
        Some(until.duration_since(now).map_or(0, |left| left.as_secs()))
    })
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = Of(self.operation, self.host.as_deref());
        if matches!(self.status_code, 200 | 201) {
            write!(f, "{of}: the service answered {} with success false", self.status_code)?;
        } else {
            write!(f, "{of}: the service answered {}", self.status_code)?;
        }
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
    /// The host that was called, where it is known.
    pub host: Option<Arc<str>>,
    /// The HTTP status.
    pub http_status: StatusCode,
    /// The error's code, such as `invalid_grant`.
    pub error: String,
    /// What the server says about it.
    pub error_description: Option<String>,
    /// After how many seconds to ask again (`Retry-After`), where the server said so.
    pub retry_after: Option<u64>,
}

impl OAuthError {
    /// Whether signing in again helps: the grant (a code, a refresh token) or the token is over, or a user has to act. Not
    /// where the application's secret is wrong (`invalid_client`).
    pub fn needs_sign_in(&self) -> bool {
        matches!(
            self.error.as_str(),
            "invalid_grant" | "invalid_token" | "login_required" | "interaction_required" | "consent_required"
        ) || (self.http_status == StatusCode::UNAUTHORIZED && self.error != "invalid_client")
    }
}

impl fmt::Display for OAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = Of(self.operation, self.host.as_deref());
        write!(f, "{of}: {}", OneLine(&self.error))?;
        if let Some(description) = &self.error_description {
            write!(f, ": {}", OneLine(description))?;
        }
        Ok(())
    }
}

impl StdError for OAuthError {}

/// An answer that is not what the operation answers: a page of a proxy, nothing at all, JSON that was cut off, a field of
/// another type.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ReplyError {
    /// The documented name of the operation.
    pub operation: &'static str,
    /// The host that was called, where it is known.
    pub host: Option<Arc<str>>,
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
    pub(crate) source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl fmt::Display for ReplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", Of(self.operation, self.host.as_deref()), self.problem)?;
        if !self.path.is_empty() {
            write!(f, " at `{}`", OneLine(&self.path))?;
        }
        write!(f, " (HTTP {}", self.http_status.as_u16())?;
        if let Some(content_type) = &self.content_type {
            write!(f, ", {}", OneLine(content_type))?;
        }
        write!(f, ", {} bytes)", self.length)
    }
}

impl StdError for ReplyError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// What keeps a request from being made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RequestErrorKind {
    /// A setting of the application, the client or an operation is wrong or missing.
    Setting,
    /// A token or key that the request needs is missing or cannot be sent.
    MissingCredential,
    /// A value of the input cannot be sent.
    Value,
}

/// A request that cannot be made: nothing was sent.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RequestError {
    /// What keeps it from being made.
    pub kind: RequestErrorKind,
    /// The documented name of the operation, where it is one operation's.
    pub operation: Option<&'static str>,
    /// The host that it was meant for, where it is known.
    pub host: Option<Arc<str>>,
    problem: String,
}

impl RequestError {
    /// Says what is wrong with a value of the input. Must not hold a secret.
    pub fn new(problem: impl Into<String>) -> Self {
        Self::of_kind(RequestErrorKind::Value, problem)
    }

    /// Says what is wrong. Must not hold a secret.
    pub fn of_kind(kind: RequestErrorKind, problem: impl Into<String>) -> Self {
        Self {
            kind,
            operation: None,
            host: None,
            problem: problem.into(),
        }
    }

    /// Says which setting is wrong or missing. Must not hold a secret.
    pub(crate) fn setting(problem: impl Into<String>) -> Self {
        Self::of_kind(RequestErrorKind::Setting, problem)
    }

    /// Says which credential is missing. Must not hold a secret.
    pub(crate) fn credential(problem: impl Into<String>) -> Self {
        Self::of_kind(RequestErrorKind::MissingCredential, problem)
    }

    /// Whether signing in helps: a user's token is missing.
    pub fn needs_sign_in(&self) -> bool {
        self.kind == RequestErrorKind::MissingCredential
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.operation {
            write!(f, "{}: ", Of(operation, self.host.as_deref()))?;
        }
        write!(f, "the request was not made: {}", self.problem)
    }
}

impl StdError for RequestError {}
