//! Faults that a test can switch on.

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Value, json};

/// A way in which the server fails in place of answering.
///
/// The request is recorded, and nothing else happens: no state changes. Only after [`Fault::Delay`] the request is answered
/// as usual.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// HTTP 429 with `{"statusCode":429,...}` and `Retry-After: 1`.
    RateLimited,
    /// This HTTP status with an envelope that repeats it.
    Status(u16),
    /// HTTP 502 with the HTML page of a proxy.
    Html,
    /// HTTP 200 with JSON that ends in the middle.
    Truncated,
    /// HTTP 200 without a body.
    Empty,
    /// The connection is closed without an answer.
    Reset,
    /// HTTP 200 with this business failure in the body, for instance `statusCode` 403 and `apiCode` 1636 (a second factor
    /// is needed).
    Business {
        /// The `statusCode` of the body.
        status_code: u16,
        /// The `apiCode` of the body, if it has one.
        api_code: Option<u32>,
    },
    /// The usual answer, after this time has passed on the real clock. Others are answered meanwhile.
    Delay(Duration),
    /// No answer; the connection stays open until the client goes away or the emulator stops.
    Hang,
}

impl Fault {
    fn name(&self) -> &'static str {
        match self {
            Self::RateLimited => "rateLimited",
            Self::Status(_) => "status",
            Self::Html => "html",
            Self::Truncated => "truncated",
            Self::Empty => "empty",
            Self::Reset => "reset",
            Self::Business { .. } => "business",
            Self::Delay(_) => "delay",
            Self::Hang => "hang",
        }
    }
}

/// A fault that is waiting for its requests.
#[derive(Debug, Clone)]
struct Waiting {
    fault: Fault,
    /// The path that it is for; with `*` at the end, all that begin so. Any path where there is none.
    path: Option<String>,
    /// How often it still occurs; for ever where there is no number.
    left: Option<usize>,
}

impl Waiting {
    fn is_for(&self, path: &str) -> bool {
        match self.path.as_deref() {
            None => true,
            Some(wanted) => match wanted.strip_suffix('*') {
                Some(beginning) => path.starts_with(beginning),
                None => path == wanted,
            },
        }
    }
}

/// What the server has been told to do wrong.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults {
    pub(crate) rate_limited: bool,
    queue: VecDeque<Waiting>,
}

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault, path: Option<String>, count: Option<usize>) {
        if count != Some(0) {
            self.queue.push_back(Waiting {
                fault,
                path,
                left: count,
            });
        }
    }

    pub(crate) fn clear(&mut self) {
        self.queue.clear();
        self.rate_limited = false;
    }

    /// The fault of this request: the first that waits for its path.
    pub(crate) fn next(&mut self, path: &str) -> Option<Fault> {
        let Some(position) = self.queue.iter().position(|waiting| waiting.is_for(path)) else {
            return self.rate_limited.then_some(Fault::RateLimited);
        };
        let waiting = self.queue.get_mut(position)?;
        let fault = waiting.fault.clone();
        if let Some(left) = &mut waiting.left {
            *left -= 1;
            if *left == 0 {
                self.queue.remove(position);
            }
        }
        Some(fault)
    }

    pub(crate) fn to_json(&self) -> Value {
        let waiting =
            |waiting: &Waiting| json!({ "fault": waiting.fault.name(), "path": waiting.path, "left": waiting.left });
        json!({ "rateLimit": self.rate_limited, "waiting": self.queue.iter().map(waiting).collect::<Vec<_>>() })
    }
}
