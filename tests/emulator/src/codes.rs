//! Pass codes: sent to an address for one channel, valid for a while, good for one use.

use std::collections::HashMap;
use std::time::Duration;

use crate::clock::{Millis, millis};
use crate::failure::{Failure, coded};
use crate::random;

/// How a code travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Medium {
    Sms,
    Email,
}

/// Where a code goes: a phone number with its country code, or an e-mail address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) medium: Medium,
    /// The normalised form that is compared.
    key: String,
    /// The address as the caller wrote it.
    pub(crate) shown: String,
}

impl Target {
    pub(crate) fn email(address: &str) -> Self {
        Self {
            medium: Medium::Email,
            key: address.trim().to_lowercase(),
            shown: address.to_owned(),
        }
    }

    pub(crate) fn phone(country_code: Option<&str>, number: &str) -> Self {
        let key = format!("{}{}", normal_country_code(country_code), number.trim());
        Self {
            medium: Medium::Sms,
            key,
            shown: number.to_owned(),
        }
    }

    fn slot(&self, channel: &str) -> Slot {
        (self.medium, self.key.clone(), channel.to_owned())
    }
}

/// The country code with its `+`; mainland China where none is given.
pub(crate) fn normal_country_code(country_code: Option<&str>) -> String {
    let digits = country_code.unwrap_or_default().trim().trim_start_matches('+');
    format!("+{}", if digits.is_empty() { "86" } else { digits })
}

/// The rules of the user pool for pass codes.
#[derive(Debug, Clone)]
pub(crate) struct CodeRules {
    pub(crate) length: usize,
    pub(crate) sms_lifetime: Duration,
    pub(crate) email_lifetime: Duration,
    /// How many wrong tries make a code void.
    pub(crate) max_attempts: u32,
}

impl Default for CodeRules {
    fn default() -> Self {
        Self {
            length: 6,
            sms_lifetime: Duration::from_secs(60),
            email_lifetime: Duration::from_secs(300),
            max_attempts: 1,
        }
    }
}

/// How long an address has to wait for the next code of the same channel.
const PAUSE: Duration = Duration::from_secs(60);

/// A normalised address and a channel.
type Slot = (Medium, String, String);

#[derive(Debug, Clone)]
struct SentCode {
    code: String,
    sent_at: Millis,
    expires_at: Millis,
    wrong_tries: u32,
    used: bool,
}

/// A code that somebody presents.
#[derive(Debug, Clone)]
pub(crate) struct Presented<'a> {
    pub(crate) target: Target,
    pub(crate) channel: &'a str,
    pub(crate) code: &'a str,
}

/// All codes that were sent; at most one per address and channel.
#[derive(Debug, Clone, Default)]
pub(crate) struct Codes {
    sent: HashMap<Slot, SentCode>,
}

impl Codes {
    /// Makes a new code, which replaces an earlier one for the same address and channel.
    pub(crate) fn send(
        &mut self,
        rules: &CodeRules,
        target: &Target,
        channel: &str,
        now: Millis,
    ) -> Result<String, Failure> {
        if let Some(earlier) = self.find(target, channel)
            && now < earlier.sent_at.saturating_add(millis(PAUSE))
        {
            return Err(match target.medium {
                Medium::Sms => coded::PHONE_TOO_SOON,
                Medium::Email => coded::EMAIL_TOO_SOON,
            });
        }
        let lifetime = match target.medium {
            Medium::Sms => rules.sms_lifetime,
            Medium::Email => rules.email_lifetime,
        };
        let code = random::digits(rules.length);
        let sent = SentCode {
            code: code.clone(),
            sent_at: now,
            expires_at: now.saturating_add(millis(lifetime)),
            wrong_tries: 0,
            used: false,
        };
        self.sent.insert(target.slot(channel), sent);
        Ok(code)
    }

    /// Whether the code would be accepted; nothing changes.
    pub(crate) fn peek(&self, rules: &CodeRules, presented: &Presented<'_>, now: Millis) -> Result<(), Failure> {
        let sent = self
            .find(&presented.target, presented.channel)
            .ok_or(coded::CODE_WRONG)?;
        if sent.used || sent.wrong_tries >= rules.max_attempts || sent.code != presented.code {
            return Err(coded::CODE_WRONG);
        }
        if now >= sent.expires_at {
            Err(coded::CODE_EXPIRED)
        } else {
            Ok(())
        }
    }

    /// Uses up all the codes, or none of them: the first that is wrong counts as a wrong try.
    pub(crate) fn redeem(
        &mut self,
        rules: &CodeRules,
        presented: &[Presented<'_>],
        now: Millis,
    ) -> Result<(), Failure> {
        for one in presented {
            if let Err(failure) = self.peek(rules, one, now) {
                if let Some(sent) = self.find_mut(&one.target, one.channel) {
                    sent.wrong_tries = sent.wrong_tries.saturating_add(1);
                }
                return Err(failure);
            }
        }
        for one in presented {
            if let Some(sent) = self.find_mut(&one.target, one.channel) {
                sent.used = true;
            }
        }
        Ok(())
    }

    fn find(&self, target: &Target, channel: &str) -> Option<&SentCode> {
        self.sent.get(&target.slot(channel))
    }

    fn find_mut(&mut self, target: &Target, channel: &str) -> Option<&mut SentCode> {
        self.sent.get_mut(&target.slot(channel))
    }
}
