//! When a call is made again, and after what time.

use std::time::Duration;

use http::StatusCode;

use super::backoff::Backoff;
use crate::error::Error;
use crate::transport::TransportErrorKind;

/// When a call is made again.
///
/// Only what is safe is repeated: an operation that does no harm when it is carried out twice (a GET, or one marked
/// [`repeatable`](crate::OperationInfo::repeatable)), and any operation that certainly was not carried out, because it did
/// not reach the server or was refused by a 429. And only after a failure that passes: too many requests (429), a server or
/// proxy that is not up (502, 503, 504), a connection that failed, a time-out. The wait doubles with each attempt and is
/// shortened by chance, so that clients which failed together do not come back together; `Retry-After` makes it longer.
///
/// Without a client, [`next`](Self::next) tells the same:
///
/// ```
/// use std::time::Duration;
/// use genauth_core::Error;
/// use genauth_core::client::RetryPolicy;
/// use genauth_core::transport::{TransportError, TransportErrorKind};
///
/// let failed = Error::from(TransportError::new(TransportErrorKind::Connect, "refused"));
/// let policy = RetryPolicy::default();
/// // The first attempt failed without reaching the server: worth another, whatever the operation does.
/// assert_eq!(policy.next(1, &failed, false, u32::MAX), Some(Duration::from_millis(200)));
/// assert_eq!(policy.next(3, &failed, false, u32::MAX), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    attempts: u32,
    backoff: Backoff,
}

impl Default for RetryPolicy {
    /// Three attempts, with up to 200 ms and 400 ms between them; `Retry-After` is honoured up to 30 s.
    fn default() -> Self {
        Self {
            attempts: 3,
            backoff: Backoff {
                first: Duration::from_millis(200),
                longest: Duration::from_secs(30),
            },
        }
    }
}

impl RetryPolicy {
    /// Sets how often a call is made at the most, the first time included.
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Sets the longest wait before the second attempt; it doubles with each further one.
    pub fn with_first_wait(mut self, wait: Duration) -> Self {
        self.backoff.first = wait;
        self
    }

    /// Sets the longest wait of all. When the service asks for more (`Retry-After`), the call is given up.
    pub fn with_longest_wait(mut self, wait: Duration) -> Self {
        self.backoff.longest = wait;
        self
    }

    /// Whether another attempt is made at all after this one, which counts from 1.
    pub(crate) fn has_more(&self, attempt: u32) -> bool {
        attempt < self.attempts
    }

    /// How long to wait before the next attempt; `None` when there is none. `attempt` counts from 1; `repeatable` is the
    /// operation's [own](crate::OperationInfo::repeatable); `chance` is any random number (no secret depends on it).
    pub fn next(&self, attempt: u32, error: &Error, repeatable: bool, chance: u32) -> Option<Duration> {
        if !self.has_more(attempt) || !passes(error) || !(repeatable || was_not_carried_out(error)) {
            return None;
        }
        let wait = self.backoff.wait(attempt, chance);
        match error.retry_after().map(Duration::from_secs) {
            Some(asked) if asked > self.backoff.longest => None,
            Some(asked) => Some(wait.max(asked)),
            None => Some(wait),
        }
    }
}

/// Whether what was asked certainly was not done.
fn was_not_carried_out(error: &Error) -> bool {
    match error {
        Error::Transport(error) => !error.may_have_reached_server(),
        error => error.is_rate_limited(),
    }
}

/// Whether the same call may succeed a little later.
pub(crate) fn passes(error: &Error) -> bool {
    match error {
        Error::Transport(error) => {
            matches!(
                error.kind(),
                TransportErrorKind::Connect | TransportErrorKind::Timeout | TransportErrorKind::Other
            )
        }
        Error::Api(error) => matches!(error.status_code, 429 | 502..=504) || is_passing(error.http_status),
        Error::Reply(error) => is_passing(error.http_status),
        Error::OAuth(error) => is_passing(error.http_status),
        Error::Request(_) => false,
        #[cfg(feature = "oidc")]
        Error::SignIn(_) | Error::Verify(_) => false,
    }
}

fn is_passing(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 502..=504)
}
