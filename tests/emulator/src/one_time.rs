//! Single-use tokens between the two steps of a flow (proof first, change second).

use std::time::Duration;

use crate::clock::{Millis, millis};
use crate::random;

/// How long such a token lives.
pub(crate) const LIFETIME: Duration = Duration::from_secs(60);

/// A token and what it entitles to.
#[derive(Debug)]
struct Entry<T> {
    token: String,
    expires_at: Millis,
    meaning: T,
}

/// The outstanding tokens of one kind.
#[derive(Debug)]
pub(crate) struct OneTime<T> {
    entries: Vec<Entry<T>>,
}

impl<T> Default for OneTime<T> {
    fn default() -> Self {
        Self { entries: Vec::new() }
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
        let expires_at = now.saturating_add(millis(lifetime));
        self.entries.push(Entry {
            token,
            expires_at,
            meaning,
        });
    }

    /// Takes the token out of circulation; `None` if it is unknown, used or too old.
    pub(crate) fn redeem(&mut self, token: &str, now: Millis) -> Option<T> {
        let position = self.entries.iter().position(|entry| entry.token == token)?;
        let entry = self.entries.swap_remove(position);
        (now < entry.expires_at).then_some(entry.meaning)
    }

    /// What the token means, without using it up.
    pub(crate) fn peek(&self, token: &str, now: Millis) -> Option<&T> {
        let entry = self.entries.iter().find(|entry| entry.token == token)?;
        (now < entry.expires_at).then_some(&entry.meaning)
    }
}
