//! Time and randomness, from outside.

use std::sync::Arc;
use std::time::Duration;

use crate::error::Error;

/// The clock, the sleep and the random source of a client. The facade brings the operating system's; tests bring one that
/// does not wait.
pub trait System: Send + Sync {
    /// The time since some fixed moment; never goes backwards.
    fn now(&self) -> Duration;

    /// The time of day: since 1970-01-01 00:00:00 UTC.
    fn unix_time(&self) -> Duration;

    /// Waits.
    fn sleep(&self, time: Duration);

    /// Fills the buffer with bytes that nobody can guess: state, nonce and PKCE verifier are made of them. Where there are
    /// none, it fails; there is no second-best.
    fn random(&self, bytes: &mut [u8]) -> Result<(), Error>;
}

impl<S: System + ?Sized> System for Arc<S> {
    fn now(&self) -> Duration {
        (**self).now()
    }

    fn unix_time(&self) -> Duration {
        (**self).unix_time()
    }

    fn sleep(&self, time: Duration) {
        (**self).sleep(time);
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), Error> {
        (**self).random(bytes)
    }
}
