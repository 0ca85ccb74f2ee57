//! Asking again until somebody has decided: sign-in by QR code and by push message.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::app::access::{Access, Caller, Grants};
use crate::client::{AuthenticationClient, Backoff, passes};
use crate::error::Error;
use crate::operation::Operation;
use crate::transport::{TransportError, TransportErrorKind};

/// An answer that is final at some time.
pub trait Pending {
    /// Whether nothing more will change.
    fn is_final(&self) -> bool;
}

/// How often to ask, for how long, and who may call it off.
///
/// Without I/O, [`next_wait`](Self::next_wait) tells after each answer what to do:
///
/// ```
/// use std::time::Duration;
/// use genauth_core::client::{Next, Polling};
///
/// let polling = Polling::default();
/// // Ten seconds have passed and nobody has scanned the code yet.
/// assert_eq!(polling.next_wait(Duration::from_secs(10), false), Next::Wait(Duration::from_secs(2)));
/// assert_eq!(polling.next_wait(Duration::from_secs(12), true), Next::Finished);
/// assert_eq!(polling.next_wait(Duration::from_secs(120), false), Next::TimeUp);
/// ```
#[derive(Debug, Clone)]
pub struct Polling {
    interval: Duration,
    deadline: Duration,
    cancel: Cancel,
}

impl Default for Polling {
    /// Every two seconds, for the 120 seconds that a code lives.
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(2),
            deadline: Duration::from_secs(120),
            cancel: Cancel::default(),
        }
    }
}

/// What to do after an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Next {
    /// The answer is final.
    Finished,
    /// Wait so long and ask again.
    Wait(Duration),
    /// Give up: the time is up.
    TimeUp,
    /// Give up: it was called off.
    Cancelled,
}

impl Polling {
    /// Sets how long to wait between two questions.
    pub fn with_interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// Sets after which time to give up.
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Sets who may call it off.
    pub fn with_cancel(mut self, cancel: &Cancel) -> Self {
        self.cancel = cancel.clone();
        self
    }

    /// How long to wait after failures in a row.
    fn backoff(&self) -> Backoff {
        Backoff {
            first: self.interval,
            longest: self.interval.saturating_mul(8),
        }
    }

    /// What to do after an answer that came when `elapsed` had passed since the first question.
    pub fn next_wait(&self, elapsed: Duration, is_final: bool) -> Next {
        if is_final {
            Next::Finished
        } else if self.cancel.is_cancelled() {
            Next::Cancelled
        } else {
            match self.deadline.checked_sub(elapsed) {
                // No question is asked when the time is up.
                Some(left) if left > self.interval => Next::Wait(self.interval),
                _ => Next::TimeUp,
            }
        }
    }
}

/// Calls off a [`Polling`], from any thread. Clones call off the same.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Calls it off: no further question is asked, and the wait ends with an error of kind
    /// [`Cancelled`](TransportErrorKind::Cancelled). A wait that has begun is not cut short.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was called off.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl<C: Caller> AuthenticationClient<C> {
    /// Asks until the answer is final, and hands that one on. Whether somebody agreed stands in it.
    ///
    /// Needs a clock and a sleep: see [`with_system`](Self::with_system). A question that fails for a passing reason (no
    /// connection, 429, 502 to 504) is asked again, with longer waits; no question outlives the deadline. Fails with a
    /// transport error of kind [`Timeout`](TransportErrorKind::Timeout) or [`Cancelled`](TransportErrorKind::Cancelled) when
    /// it gives up, and with the error of a question that fails for another reason, or was the last.
    pub fn poll<Q: Serialize, R: DeserializeOwned + Pending, A: Access>(
        &self,
        operation: &Operation<Q, R, A>,
        input: &Q,
        polling: &Polling,
    ) -> Result<R, Error>
    where
        C: Grants<A>,
    {
        let system = self.system()?;
        let start = system.now();
        let mut failures = 0;
        loop {
            let left = polling.deadline.saturating_sub(system.now().saturating_sub(start));
            let answer = self.carried_by(self.carrier().within(left)).call(operation, input);
            let is_final = match &answer {
                Ok(answer) => answer.is_final(),
                // What passes is asked again, for as long as there is time.
                Err(error) => !passes(error),
            };
            failures = if answer.is_ok() { 0 } else { failures + 1 };
            match polling.next_wait(system.now().saturating_sub(start), is_final) {
                Next::Finished => return answer,
                Next::Wait(wait) => {
                    let asked = match &answer {
                        Err(error) => error.retry_after().map_or(Duration::ZERO, Duration::from_secs),
                        Ok(_) => Duration::ZERO,
                    };
                    let wait = if failures == 0 {
                        wait
                    } else {
                        wait.max(polling.backoff().wait(failures, u32::MAX)).max(asked)
                    };
                    let left = polling.deadline.saturating_sub(system.now().saturating_sub(start));
                    if wait >= left {
                        return Err(answer
                            .err()
                            .unwrap_or_else(|| gave_up(TransportErrorKind::Timeout, "nobody decided in time")));
                    }
                    system.sleep(wait);
                }
                Next::TimeUp => {
                    return Err(answer
                        .err()
                        .unwrap_or_else(|| gave_up(TransportErrorKind::Timeout, "nobody decided in time")));
                }
                Next::Cancelled => return Err(gave_up(TransportErrorKind::Cancelled, "the wait was called off")),
            }
            if polling.cancel.is_cancelled() {
                return Err(gave_up(TransportErrorKind::Cancelled, "the wait was called off"));
            }
        }
    }
}

fn gave_up(kind: TransportErrorKind, why: &str) -> Error {
    TransportError::new(kind, why).reached_server(false).into()
}
