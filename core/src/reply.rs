//! From the bytes of an answer to a result.
//!
//! Documents, samples and servers disagree, so answers are read leniently. That costs nothing where an answer is as
//! documented: it is read once, straight into its types. Only when that fails is it looked at as loose JSON, to find the
//! service's error in it, to mend what can be mended without loss, or to say where it is wrong.

use std::fmt;

use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api_code::ApiCode;
use crate::error::{ApiError, Error, OAuthError, ReplyError};
use crate::excerpt::excerpt;
use crate::json_path::{self, Path};
use crate::operation::{OperationInfo, ReplyFormat};

/// A result with what stands around it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Reply<R> {
    /// The result.
    pub data: R,
    /// The status in the envelope: 200, or 201. `None` where the answer came without an envelope.
    pub status_code: Option<i64>,
    /// The service's message; mostly empty.
    pub message: Option<String>,
    /// A detailed code; the service sends one with a success seldom and without meaning.
    pub api_code: Option<ApiCode>,
    /// The id under which the service knows this call.
    pub request_id: Option<String>,
    /// The HTTP status.
    pub http_status: StatusCode,
    /// The HTTP headers.
    pub headers: HeaderMap,
}

/// The answer of an operation that does not answer JSON: a picture, a redirect, a text.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct HttpReply {
    /// The HTTP status, such as 302 for a redirect.
    pub status: u16,
    /// The content type, such as `image/svg+xml`.
    pub content_type: Option<String>,
    /// Where a redirect leads to. It may hold a code or a token: do not log it.
    pub location: Option<crate::Secret>,
    /// The body as text.
    pub body: String,
}

#[derive(Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
struct Envelope<T> {
    #[serde(rename = "statusCode")]
    status_code: Option<i64>,
    message: Option<String>,
    #[serde(rename = "apiCode")]
    api_code: Option<i64>,
    #[serde(rename = "requestId")]
    request_id: Option<String>,
    data: Option<T>,
}

/// Everything of an answer but its body.
#[derive(Clone, Copy)]
struct Answer<'a> {
    info: &'a OperationInfo,
    status: StatusCode,
    headers: &'a HeaderMap,
    body: &'a [u8],
}

/// Reads an answer in the format of its operation.
pub(crate) fn read<R: DeserializeOwned>(
    info: &OperationInfo,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Reply<R>, Error> {
    let answer = Answer {
        info,
        status,
        headers,
        body,
    };
    let fast = match info.reply {
        // A result without contents does not care what `data` holds.
        ReplyFormat::Envelope if size_of::<R>() == 0 => serde_json::from_slice::<Envelope<IgnoredAny>>(body).ok().map(
            |Envelope {
                 status_code,
                 message,
                 api_code,
                 request_id,
                 ..
             }| Envelope {
                status_code,
                message,
                api_code,
                request_id,
                data: None,
            },
        ),
        ReplyFormat::Envelope | ReplyFormat::EnvelopeOrRedirect => serde_json::from_slice::<Envelope<R>>(body).ok(),
        _ => None,
    };
    if let Some(Envelope {
        status_code: Some(code),
        message,
        api_code,
        request_id,
        data,
    }) = fast
    {
        if is_success(code) {
            let data = match data {
                Some(data) => data,
                None => absent(&answer)?,
            };
            let api_code = api_code.map(ApiCode::from);
            return Ok(answer.reply(
                data,
                Head {
                    status_code: Some(code),
                    message,
                    api_code,
                    request_id,
                },
            ));
        }
        return Err(answer.api_error(code, message, api_code.map(ApiCode::from), request_id));
    }
    let mut result = None;
    let head = slow(&answer, size_of::<R>() == 0, &mut |bytes| {
        result = Some(serde_json::from_slice::<R>(bytes)?);
        Ok(())
    })?;
    match result {
        Some(data) => Ok(answer.reply(data, head)),
        None => absent(&answer).map(|data| answer.reply(data, head)),
    }
}

/// The one place where success is decided.
fn is_success(status_code: i64) -> bool {
    matches!(status_code, 200 | 201)
}

/// A success without data: the result whose every field is absent.
fn absent<R: DeserializeOwned>(answer: &Answer<'_>) -> Result<R, Error> {
    serde_json::from_slice(b"null")
        .or_else(|_| serde_json::from_slice(b"{}"))
        .or_else(|_| serde_json::from_slice(b"[]"))
        .map_err(|source| answer.reply_error("the answer has no data", &Path::default(), Some(&source)))
}

/// What the envelope holds beside the data.
#[derive(Default)]
struct Head {
    status_code: Option<i64>,
    message: Option<String>,
    api_code: Option<ApiCode>,
    request_id: Option<String>,
}

type Parse<'a> = &'a mut dyn FnMut(&[u8]) -> Result<(), serde_json::Error>;

/// Reads an answer as loose JSON. Calls `parse` with the JSON of the result, unless there is none to parse. Not generic,
/// so that it is compiled once.
fn slow(answer: &Answer<'_>, ignores_data: bool, parse: Parse<'_>) -> Result<Head, Error> {
    let body = answer.body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(answer.body);
    if answer.info.reply == ReplyFormat::Http {
        return other_than_json(answer, parse);
    }
    if answer.info.reply == ReplyFormat::Empty && answer.status.is_success() && body.trim_ascii().is_empty() {
        return Ok(Head::default());
    }
    if answer.info.reply == ReplyFormat::EnvelopeOrRedirect
        && answer.status.is_redirection()
        && let Some(url) = answer.header(LOCATION)
    {
        let value = serde_json::json!({ "url": url });
        return result_of(answer, value, Path::default(), parse).map(|()| Head::default());
    }
    let value: Value = match serde_json::from_slice(body) {
        Ok(value) => value,
        Err(source) => return Err(answer.not_json(body, &source)),
    };
    if answer.info.reply == ReplyFormat::Empty {
        if let Some(error) = answer.failure(&value) {
            return Err(error);
        }
        if !answer.status.is_success() {
            return Err(answer.reply_error("the answer is neither a success nor an error", &Path::default(), None));
        }
        return Ok(value.as_object().map(Head::of).unwrap_or_default());
    }
    if answer.info.reply == ReplyFormat::Bare {
        if let Some(error) = answer.failure(&value) {
            return Err(error);
        }
        return result_of(answer, value, Path::default(), parse).map(|()| Head::default());
    }
    let Value::Object(mut object) = value else {
        if answer.info.reply == ReplyFormat::Either
            && !answer.status.is_client_error()
            && !answer.status.is_server_error()
        {
            return result_of(answer, value, Path::default(), parse).map(|()| Head::default());
        }
        return Err(answer.reply_error("the answer is not an object", &Path::default(), None));
    };
    let head = Head::of(&object);
    let Some(code) = head.status_code else {
        let value = Value::Object(object);
        if let Some(error) = answer.failure(&value) {
            return Err(error);
        }
        if answer.info.reply == ReplyFormat::Either {
            return result_of(answer, value, Path::default(), parse).map(|()| Head::default());
        }
        return Err(answer.reply_error("the answer has no `statusCode`", &Path::default(), None));
    };
    if !is_success(code) {
        return Err(answer.api_error(code, head.message, head.api_code, head.request_id));
    }
    if answer.info.reply == ReplyFormat::Beside {
        return result_of(answer, Value::Object(object), Path::default(), parse).map(|()| head);
    }
    match object.remove("data") {
        None | Some(Value::Null) => {}
        Some(_) if ignores_data => {}
        Some(data) => result_of(answer, data, Path::default().field("data"), parse)?,
    }
    Ok(head)
}

/// An answer that is not meant to be JSON; a failure is, nevertheless.
fn other_than_json(answer: &Answer<'_>, parse: Parse<'_>) -> Result<Head, Error> {
    if let Ok(value) = serde_json::from_slice::<Value>(answer.body)
        && let Some(error) = answer.failure(&value)
    {
        return Err(error);
    }
    if answer.status.is_client_error() || answer.status.is_server_error() {
        return Err(answer.reply_error("the server failed", &Path::default(), None));
    }
    let Ok(body) = std::str::from_utf8(answer.body) else {
        return Err(answer.reply_error("the answer is not text", &Path::default(), None));
    };
    let value = serde_json::json!({
        "status": answer.status.as_u16(),
        "contentType": answer.header(CONTENT_TYPE),
        "location": answer.header(LOCATION),
        "body": body,
    });
    result_of(answer, value, Path::default(), parse).map(|()| Head::default())
}

/// How many values of one answer are mended, and how large it may be for that: mending reads it again each time.
const MOST_MENDED: usize = 64;
const LARGEST_MENDED: usize = 1 << 20;

/// Parses a result, mending values of the wrong type where that loses nothing.
fn result_of(answer: &Answer<'_>, mut value: Value, at: Path, parse: Parse<'_>) -> Result<(), Error> {
    let mut json = value.to_string();
    for _ in 0..MOST_MENDED {
        let Err(error) = parse(json.as_bytes()) else {
            return Ok(());
        };
        let path = json_path::of_error(json.as_bytes(), &error);
        let mended = json.len() <= LARGEST_MENDED
            && mendings(value.pointer(&path.pointer()), &error)
                .into_iter()
                .any(|candidate| {
                    let Some(place) = value.pointer_mut(&path.pointer()) else {
                        return false;
                    };
                    let original = std::mem::replace(place, candidate);
                    let candidate_json = value.to_string();
                    let fits = match parse(candidate_json.as_bytes()) {
                        Ok(()) => true,
                        Err(error) => json_path::of_error(candidate_json.as_bytes(), &error) != path,
                    };
                    if fits {
                        json = candidate_json;
                    } else if let Some(place) = value.pointer_mut(&path.pointer()) {
                        *place = original;
                    }
                    fits
                });
        if !mended {
            return Err(answer.reply_error(
                "the answer has a value of the wrong type",
                &at.join(&path),
                Some(&error),
            ));
        }
    }
    let error = parse(json.as_bytes()).err();
    match error {
        None => Ok(()),
        Some(error) => Err(answer.reply_error("the answer has too many values of the wrong type", &at, Some(&error))),
    }
}

/// What a value of the wrong type may have been meant to be.
fn mendings(value: Option<&Value>, error: &serde_json::Error) -> Vec<Value> {
    let error = error.to_string();
    let as_text = |text: String| error.contains("expected a string").then_some(Value::String(text));
    match value {
        // A number, boolean, list or object sent as text; nothing sent as empty text; and, in the vendor's samples, a
        // description in place of the object.
        Some(Value::String(text)) => {
            let text = text.trim();
            let mut candidates: Vec<Value> = serde_json::from_str(text)
                .into_iter()
                .filter(|v: &Value| !v.is_string())
                .collect();
            if text.is_empty() || error.contains("expected struct") {
                candidates.push(Value::Null);
            }
            candidates
        }
        Some(Value::Number(number)) => {
            let whole = number
                .as_f64()
                .filter(|float| float.fract() == 0.0 && float.abs() < 9.0e15);
            #[allow(clippy::cast_possible_truncation)] // Within the bounds above, every whole float is an i64.
            let whole = whole.map(|float| Value::from(float as i64));
            whole.into_iter().chain(as_text(number.to_string())).collect()
        }
        Some(Value::Bool(boolean)) => as_text(boolean.to_string()).into_iter().collect(),
        // One item in place of a list of one.
        Some(object @ Value::Object(_)) => vec![Value::Array(vec![object.clone()])],
        _ => Vec::new(),
    }
}

impl Head {
    fn of(object: &serde_json::Map<String, Value>) -> Self {
        let text = |name| match object.get(name) {
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Null) | None => None,
            Some(other) => Some(other.to_string()),
        };
        // The older endpoints of the service say `code`, for `statusCode` and for `apiCode` alike.
        let code =
            number(object.get("code")).filter(|_| !object.contains_key("statusCode") && object.contains_key("message"));
        Self {
            status_code: number(object.get("statusCode")).or(code),
            message: text("message"),
            api_code: number(object.get("apiCode"))
                .or(code.filter(|code| *code >= 1000))
                .map(ApiCode::from),
            request_id: text("requestId"),
        }
    }
}

/// A number, also as text or with an empty fraction.
fn number(value: Option<&Value>) -> Option<i64> {
    match value? {
        Value::Number(number) => number.as_i64().or_else(|| {
            #[allow(clippy::cast_possible_truncation)] // Status codes are small; what is not whole is refused.
            number
                .as_f64()
                .filter(|float| float.fract() == 0.0 && float.abs() < 1e9)
                .map(|float| float as i64)
        }),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

impl Answer<'_> {
    fn reply<R>(&self, data: R, head: Head) -> Reply<R> {
        Reply {
            data,
            status_code: head.status_code,
            message: head.message,
            api_code: head.api_code,
            request_id: head.request_id,
            http_status: self.status,
            headers: HeaderMap::new(),
        }
    }

    /// The failure in an answer without an envelope: an OAuth error, an envelope after all, or an HTTP error.
    fn failure(&self, value: &Value) -> Option<Error> {
        let Value::Object(object) = value else {
            let failed = self.status.is_client_error() || self.status.is_server_error();
            return failed.then(|| self.reply_error("the server failed", &Path::default(), None));
        };
        if let Some(Value::String(error)) = object.get("error") {
            let error_description = object
                .get("error_description")
                .and_then(Value::as_str)
                .map(str::to_owned);
            let error = OAuthError {
                operation: self.info.name,
                http_status: self.status,
                error: error.clone(),
                error_description,
            };
            return Some(error.into());
        }
        let head = Head::of(object);
        match head.status_code {
            Some(code) if !is_success(code) => Some(self.api_error(code, head.message, head.api_code, head.request_id)),
            // The family of `{error: {code, message}}` and `{code: "TEXT", message}`.
            None if self.status.is_client_error()
                || self.status.is_server_error()
                || object.get("error").is_some_and(Value::is_object)
                || (object.get("code").is_some_and(Value::is_string) && object.contains_key("message")) =>
            {
                Some(self.reply_error("the server failed", &Path::default(), None))
            }
            _ => None,
        }
    }

    fn api_error(
        &self,
        status_code: i64,
        message: Option<String>,
        api_code: Option<ApiCode>,
        request_id: Option<String>,
    ) -> Error {
        ApiError {
            operation: self.info.name,
            http_status: self.status,
            status_code,
            api_code,
            message: message.unwrap_or_default(),
            request_id,
            retry_after: self.retry_after(),
        }
        .into()
    }

    fn reply_error(&self, problem: impl fmt::Display, path: &Path, source: Option<&serde_json::Error>) -> Error {
        let request_id = serde_json::from_slice::<Value>(self.body).ok();
        let request_id = request_id
            .as_ref()
            .and_then(|body| body.get("requestId"))
            .and_then(Value::as_str);
        ReplyError {
            operation: self.info.name,
            problem: problem.to_string(),
            path: path.to_string(),
            http_status: self.status,
            content_type: self.header(CONTENT_TYPE).map(str::to_owned),
            length: self.body.len(),
            excerpt: excerpt(self.body),
            request_id: request_id.map(str::to_owned),
            retry_after: self.retry_after(),
            source: source.map(SafeSource::of),
        }
        .into()
    }

    fn not_json(&self, body: &[u8], source: &serde_json::Error) -> Error {
        let start = body.trim_ascii_start();
        let problem = if start.is_empty() {
            "the answer is empty"
        } else if start.starts_with(b"<") {
            "the answer is a web page, not JSON: a proxy or a wrong host may have answered"
        } else if source.is_eof() {
            "the answer is cut off"
        } else {
            "the answer is not JSON"
        };
        self.reply_error(problem, &Path::default(), Some(source))
    }

    fn header(&self, name: http::HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    fn retry_after(&self) -> Option<u64> {
        self.header(RETRY_AFTER)?.trim().parse().ok()
    }
}

/// What the parser said, without the value it said it about: that may be secret.
#[derive(Debug)]
struct SafeSource(String);

impl SafeSource {
    fn of(error: &serde_json::Error) -> Box<dyn std::error::Error + Send + Sync> {
        let text = error.to_string();
        // `invalid type: string "secret", expected i64 at line 1 column 2`
        let text = match (text.find('"').or_else(|| text.find('`')), text.rfind(", expected ")) {
            (Some(from), Some(to)) if from < to => {
                format!(
                    "{}..{}",
                    text.get(..from).unwrap_or_default(),
                    text.get(to..).unwrap_or_default()
                )
            }
            _ => text,
        };
        Box::new(Self(text))
    }
}

impl fmt::Display for SafeSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SafeSource {}
