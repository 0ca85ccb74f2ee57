//! The one back-off: of calls that are made again, of connections that are opened again, of questions that are asked again.

use std::time::Duration;

/// How long to wait after a failure: at first up to `first`, doubling with each further failure in a row, never more than
/// `longest`; shortened by chance, so that those who failed together do not come back together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Backoff {
    pub(crate) first: Duration,
    pub(crate) longest: Duration,
}

impl Backoff {
    /// The wait after so many failures in a row (the first is 1): between half and all of what it may be.
    pub(crate) fn wait(self, failures: u32, chance: u32) -> Duration {
        let doublings = failures.saturating_sub(1).min(31);
        let most = self.first.saturating_mul(1 << doublings).min(self.longest);
        // The halves are added without overflow, however long the longest wait is.
        let half = most / 2;
        half.saturating_add(half.mul_f64(f64::from(chance) / f64::from(u32::MAX)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_up_to_the_longest_and_is_shortened_by_chance() {
        let backoff = Backoff {
            first: Duration::from_millis(200),
            longest: Duration::from_secs(1),
        };
        for (failures, most) in [(0, 200), (1, 200), (2, 400), (3, 800), (4, 1000), (u32::MAX, 1000)] {
            assert_eq!(backoff.wait(failures, u32::MAX), Duration::from_millis(most));
            assert_eq!(backoff.wait(failures, 0), Duration::from_millis(most / 2));
        }
    }

    #[test]
    fn the_longest_waits_do_not_overflow() {
        let backoff = Backoff {
            first: Duration::MAX,
            longest: Duration::MAX,
        };
        for chance in [0, 1, u32::MAX / 2, u32::MAX - 1, u32::MAX] {
            assert!(backoff.wait(40, chance) >= Duration::MAX / 2);
        }
    }
}
