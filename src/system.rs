//! The operating system's clock, sleep and random source.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use genauth_core::Error;
use genauth_core::client::System;
use genauth_core::error::RequestError;

/// The operating system's clock, sleep and random source, for clients that retry, wait or make secrets.
///
/// ```
/// use genauth::client::{RetryPolicy, System as _};
/// use genauth::OsSystem;
///
/// let system = OsSystem::new();
/// assert!(system.unix_time().as_secs() > 1_700_000_000);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct OsSystem {
    start: Instant,
}

impl OsSystem {
    /// The operating system's.
    pub fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Default for OsSystem {
    fn default() -> Self {
        Self::new()
    }
}

impl System for OsSystem {
    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn unix_time(&self) -> Duration {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }

    fn sleep(&self, time: Duration) {
        std::thread::sleep(time);
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), Error> {
        getrandom::fill(bytes).map_err(|_| RequestError::new("the operating system has no randomness").into())
    }
}
