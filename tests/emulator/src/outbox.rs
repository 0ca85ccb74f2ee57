//! The messages that the emulator "sent".

use std::time::SystemTime;

use serde_json::{Value, json};

use crate::clock::{Millis, iso8601, system_time};

/// A message with a pass code.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// What the code is for, as the request named it, for instance `CHANNEL_BIND_EMAIL`.
    pub channel: String,
    /// The e-mail address or phone number, as the request wrote it.
    pub to: String,
    /// The code.
    pub pass_code: String,
    /// When it was sent, by the emulator's clock.
    pub sent_at: SystemTime,
    moment: Millis,
}

impl Message {
    pub(crate) fn new(channel: &str, to: &str, pass_code: String, moment: Millis) -> Self {
        Self {
            channel: channel.to_owned(),
            to: to.to_owned(),
            pass_code,
            sent_at: system_time(moment),
            moment,
        }
    }

    /// Whether the message went to this address for this channel, with or without the prefix `CHANNEL_`.
    pub(crate) fn is_for(&self, to: &str, channel: &str) -> bool {
        let plain = |name: &str| name.strip_prefix("CHANNEL_").unwrap_or(name).to_owned();
        self.to.eq_ignore_ascii_case(to) && plain(&self.channel) == plain(channel)
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({
            "channel": self.channel,
            "to": self.to,
            "passCode": self.pass_code,
            "sentAt": iso8601(self.moment),
        })
    }
}
