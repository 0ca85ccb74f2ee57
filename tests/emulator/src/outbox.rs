//! The messages that the emulator "sent".

use std::collections::VecDeque;
use std::time::SystemTime;

use serde_json::{Value, json};

use crate::channel::Channel;
use crate::clock::{Millis, iso8601, system_time};

/// How many messages are kept.
const LIMIT: usize = 10_000;

/// A message with a pass code.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// What the code is for.
    pub channel: Channel,
    /// The e-mail address or phone number, as the request wrote it.
    pub to: String,
    /// The code.
    pub pass_code: String,
    /// When it was sent, by the emulator's clock.
    pub sent_at: SystemTime,
    moment: Millis,
}

impl Message {
    pub(crate) fn new(channel: Channel, to: &str, pass_code: String, moment: Millis) -> Self {
        Self {
            channel,
            to: to.to_owned(),
            pass_code,
            sent_at: system_time(moment),
            moment,
        }
    }

    pub(crate) fn is_to(&self, address: &str) -> bool {
        self.to.eq_ignore_ascii_case(address)
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({
            "channel": self.channel.as_str(),
            "to": self.to,
            "passCode": self.pass_code,
            "sentAt": iso8601(self.moment),
        })
    }
}

/// The latest messages, oldest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outbox(VecDeque<Message>);

impl Outbox {
    pub(crate) fn push(&mut self, message: Message) {
        if self.0.len() >= LIMIT {
            self.0.pop_front();
        }
        self.0.push_back(message);
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.0.iter()
    }

    /// Those to this address and for this channel, where they are given.
    pub(crate) fn of(&self, to: Option<&str>, channel: Option<Channel>) -> impl DoubleEndedIterator<Item = &Message> {
        self.iter().filter(move |message| {
            to.is_none_or(|to| message.is_to(to)) && channel.is_none_or(|channel| message.channel == channel)
        })
    }
}
