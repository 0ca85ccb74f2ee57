//! The requests that a test can look at: the latest ones, within bounds.

use std::collections::VecDeque;
use std::time::SystemTime;

use axum::body::Bytes;
use axum::http::HeaderValue;
use axum::http::request::Parts;
use data_encoding::BASE64;
use serde_json::{Value, json};

use crate::clock::{Millis, iso8601, system_time};

/// How many requests are kept unless a test says otherwise.
pub(crate) const USUAL_LIMIT: usize = 1000;
/// How much of one body is kept.
pub(crate) const BODY_LIMIT: usize = 1024 * 1024;
/// How much is kept of all requests together.
const TOTAL_LIMIT: usize = 16 * 1024 * 1024;

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
    /// The body; its first MiB if it is longer.
    pub body: Vec<u8>,
    /// How many bytes of body came in.
    pub body_length: usize,
    /// When, by the emulator's clock.
    pub received_at: SystemTime,
    moment: Millis,
}

impl RecordedRequest {
    pub(crate) fn new(parts: &Parts, body: &Bytes, length: usize, moment: Millis) -> Self {
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        Self {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts
                .headers
                .iter()
                .map(|(name, value)| (name.to_string(), text(value)))
                .collect(),
            body: body.get(..BODY_LIMIT).unwrap_or(body).to_vec(),
            body_length: length,
            received_at: system_time(moment),
            moment,
        }
    }

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

    /// For the control endpoints: the body as text, or in Base64 if it is none.
    pub(crate) fn to_json(&self) -> Value {
        let (name, body) = match std::str::from_utf8(&self.body) {
            Ok(text) => ("body", text.to_owned()),
            Err(_) => ("bodyBase64", BASE64.encode(&self.body)),
        };
        json!({
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "headers": self.headers,
            name: body,
            "bodyLength": self.body_length,
            "receivedAt": iso8601(self.moment),
        })
    }

    fn size(&self) -> usize {
        let headers: usize = self.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        self.path.len() + self.query.len() + self.body.len() + headers
    }
}

/// The latest requests, oldest first.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    kept: VecDeque<RecordedRequest>,
    limit: usize,
    bytes: usize,
    /// Those that are no longer kept are counted too.
    pub(crate) total: u64,
}

impl Record {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            kept: VecDeque::new(),
            limit,
            bytes: 0,
            total: 0,
        }
    }

    pub(crate) fn add(&mut self, request: RecordedRequest) {
        self.total += 1;
        self.bytes += request.size();
        self.kept.push_back(request);
        while self.kept.len() > self.limit || self.bytes > TOTAL_LIMIT {
            let Some(oldest) = self.kept.pop_front() else { return };
            self.bytes -= oldest.size();
        }
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &RecordedRequest> {
        self.kept.iter()
    }

    /// Takes out those of this path, or all.
    pub(crate) fn take(&mut self, path: Option<&str>) -> Vec<RecordedRequest> {
        let all = std::mem::take(&mut self.kept);
        let (taken, kept): (Vec<_>, Vec<_>) = all
            .into_iter()
            .partition(|request| path.is_none_or(|path| request.path == path));
        self.kept = kept.into();
        self.bytes = self.kept.iter().map(RecordedRequest::size).sum();
        taken
    }
}
