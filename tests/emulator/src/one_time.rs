//! Single-use tokens between the two steps of a flow (proof first, change second).

use std::collections::HashMap;
use std::time::Duration;

use crate::clock::{Millis, millis};
use crate::random;

/// How long such a token lives.
pub(crate) const LIFETIME: Duration = Duration::from_secs(60);

/// What a token entitles to.
#[derive(Debug, Clone)]
struct Entry<T> {
    expires_at: Millis,
    meaning: T,
}

/// The outstanding tokens of one kind.
#[derive(Debug, Clone)]
pub(crate) struct OneTime<T> {
    entries: HashMap<String, Entry<T>>,
    /// When there are this many, those that are over go.
    sweep_at: usize,
}

impl<T> Default for OneTime<T> {
    fn default() -> Self {
        Self {
            entries: HashMap::new(),
            sweep_at: 64,
        }
    }
}

impl<T> OneTime<T> {
    /// Hands out a token that lives for `LIFETIME`.
    pub(crate) fn issue(&mut self, meaning: T, now: Millis) -> String {
        self.issue_for(meaning, now, LIFETIME)
    }

    /// Hands out a token with a lifetime of its own.
    pub(crate) fn issue_for(&mut self, meaning: T, now: Millis, lifetime: Duration) -> String {
        let token = random::token();
        self.add(token.clone(), meaning, now, lifetime);
        token
    }

    /// Hands out a token of the caller's making, which nobody can guess.
    pub(crate) fn issue_as(&mut self, token: String, meaning: T, now: Millis) -> String {
        self.add(token.clone(), meaning, now, LIFETIME);
        token
    }

    fn add(&mut self, token: String, meaning: T, now: Millis, lifetime: Duration) {
        if self.entries.len() >= self.sweep_at {
            self.entries.retain(|_, entry| now < entry.expires_at);
            self.sweep_at = (self.entries.len() * 2).max(64);
        }
        let expires_at = now.saturating_add(millis(lifetime));
        self.entries.insert(token, Entry { expires_at, meaning });
    }

    /// Takes the token out of circulation; `None` if it is unknown, used or too old.
    pub(crate) fn redeem(&mut self, token: &str, now: Millis) -> Option<T> {
        let entry = self.entries.remove(token)?;
        (now < entry.expires_at).then_some(entry.meaning)
    }

    /// What the token means, without using it up.
    pub(crate) fn peek(&self, token: &str, now: Millis) -> Option<&T> {
        let entry = self.entries.get(token)?;
        (now < entry.expires_at).then_some(&entry.meaning)
    }

    /// The same, for changing it.
    pub(crate) fn peek_mut(&mut self, token: &str, now: Millis) -> Option<&mut T> {
        let entry = self.entries.get_mut(token)?;
        (now < entry.expires_at).then_some(&mut entry.meaning)
    }
}
