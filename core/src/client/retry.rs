//! When a call is made again, and after what time.

use std::time::Duration;

use http::StatusCode;

use crate::error::Error;
use crate::transport::TransportErrorKind;

/// When a call is made again.
///
/// Only an operation that does no harm when it is carried out twice is repeated (a GET, or one marked
/// [`repeatable`](crate::OperationInfo::repeatable); never one that sends a message), and only after a failure that passes: too many
/// requests (429), a server or proxy that is not up (502, 503, 504), a connection that failed, a time-out. The wait doubles
/// with each attempt and is shortened by chance, so that clients which failed together do not come back together;
/// `Retry-After` makes it longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    attempts: u32,
    first_wait: Duration,
    longest_wait: Duration,
}

impl Default for RetryPolicy {
    /// Three attempts, with up to 200 ms and 400 ms between them; `Retry-After` is honoured up to 30 s.
    fn default() -> Self {
        Self {
            attempts: 3,
            first_wait: Duration::from_millis(200),
            longest_wait: Duration::from_secs(30),
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
        self.first_wait = wait;
        self
    }

    /// Sets the longest wait of all. When the service asks for more (`Retry-After`), the call is given up.
    pub fn with_longest_wait(mut self, wait: Duration) -> Self {
        self.longest_wait = wait;
        self
    }

    /// How long to wait before the next attempt; `None` when there is none. `attempt` counts from 1.
    pub(crate) fn wait(
        &self,
        attempt: u32,
        error: &Error,
        random: &mut dyn FnMut(&mut [u8]) -> Result<(), Error>,
    ) -> Option<Duration> {
        if attempt >= self.attempts || !passes(error) {
            return None;
        }
        let exponent = attempt.saturating_sub(1).min(31);
        let longest = self.first_wait.saturating_mul(1 << exponent).min(self.longest_wait);
        let mut chance = [0; 4];
        // Without randomness the wait is half as long as it may be: no secret depends on it.
        let _ = random(&mut chance);
        // Between half and all of it. The halves are added without overflow, however long the longest wait is.
        let fraction = f64::from(u32::from_le_bytes(chance)) / f64::from(u32::MAX);
        let half = longest / 2;
        let wait = half.saturating_add(half.mul_f64(fraction));
        match error.retry_after().map(Duration::from_secs) {
            Some(asked) if asked > self.longest_wait => None,
            Some(asked) => Some(wait.max(asked)),
            None => Some(wait),
        }
    }
}

/// Whether the same call may succeed a little later.
fn passes(error: &Error) -> bool {
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
