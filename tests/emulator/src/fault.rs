//! Faults that a test can switch on, and the requests that it can look at.

use std::collections::VecDeque;

use serde_json::Value;

/// A way in which the server fails in place of answering.
///
/// The request is recorded, and nothing else happens: no state changes.
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
}

/// What the server has been told to do wrong.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    pub(crate) rate_limited: bool,
    queue: VecDeque<Fault>,
}

impl Faults {
    pub(crate) fn add(&mut self, count: usize, fault: Fault) {
        self.queue.extend(std::iter::repeat_n(fault, count));
    }

    pub(crate) fn clear(&mut self) {
        self.queue.clear();
        self.rate_limited = false;
    }

    /// The fault of the next request.
    pub(crate) fn next(&mut self) -> Option<Fault> {
        self.queue
            .pop_front()
            .or_else(|| self.rate_limited.then_some(Fault::RateLimited))
    }
}

/// A request as it came in.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The verb, in capitals.
    pub method: String,
    /// The path as sent, percent-encoding included, without the query.
    pub path: String,
    /// The query as sent, without its question mark; empty if there is none.
    pub query: String,
    /// The headers in the order of their arrival, names in lower case; bytes that are not UTF-8 are replaced.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl RecordedRequest {
    /// The first header of that name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The body as JSON; `Null` if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}
