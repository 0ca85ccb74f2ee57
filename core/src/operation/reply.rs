//! From the bytes of an answer to a result.
//!
//! Documents, samples and servers disagree, so answers are read leniently. That costs nothing where an answer is as
//! documented: it is read once, straight into its types. Only when that fails is it looked at as loose JSON, to find the
//! service's error in it, or to say where it is wrong.

use std::fmt;

use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::dto::reader::{self, Path, Reader, Wrong};
use crate::error::api_code::ApiCode;
use crate::error::excerpt::excerpt;
use crate::error::text::capped;
use crate::error::{ApiError, Error, OAuthError, ReplyError};
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
    let mut result = None;
    let head = read_with(&answer, size_of::<R>() == 0, &mut |reader| {
        result = Some(R::deserialize(reader)?);
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
    R::deserialize(&mut Reader::new(b"null"))
        .or_else(|_| R::deserialize(&mut Reader::new(b"[]")))
        .or_else(|_| R::deserialize(&mut Reader::new(b"{}")))
        .map_err(|wrong| answer.reply_error("the answer has no data", &Path::default(), Some(&wrong)))
}

/// What the envelope holds beside the data.
#[derive(Default)]
struct Head {
    status_code: Option<i64>,
    message: Option<String>,
    api_code: Option<ApiCode>,
    request_id: Option<String>,
}

type Parse<'a> = &'a mut dyn FnMut(&mut Reader<'_>) -> Result<(), Wrong>;

/// Reads an answer; calls `parse` where the result stands, unless there is none to parse. Not generic, so that it is
/// compiled once.
fn read_with(answer: &Answer<'_>, ignores_data: bool, parse: Parse<'_>) -> Result<Head, Error> {
    let format = answer.info.reply;
    let body = answer.body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(answer.body);
    if format == ReplyFormat::Http {
        return other_than_json(answer, parse);
    }
    if format == ReplyFormat::Empty && answer.status.is_success() && body.trim_ascii().is_empty() {
        return Ok(Head::default());
    }
    if format == ReplyFormat::EnvelopeOrRedirect
        && answer.status.is_redirection()
        && let Some(url) = answer.header(LOCATION)
    {
        let json = serde_json::json!({ "url": url }).to_string();
        return answer.result(json.as_bytes(), parse).map(|()| Head::default());
    }
    let mut wrong = None;
    if !matches!(format, ReplyFormat::Bare | ReplyFormat::Empty) {
        let beside = format == ReplyFormat::Beside;
        match envelope(body, ignores_data || beside, parse) {
            Ok(
                head @ Head {
                    status_code: Some(code),
                    ..
                },
            ) => {
                if !is_success(code) {
                    return Err(answer.api_error(code, head));
                }
                if beside {
                    answer.result(body, parse)?;
                }
                return Ok(head);
            }
            Ok(_) => {}
            Err(error) => wrong = Some(error),
        }
    }
    without_envelope(answer, body, wrong, parse)
}

/// Reads the envelope, and the result inside.
fn envelope(body: &[u8], ignores_data: bool, parse: Parse<'_>) -> Result<Head, Wrong> {
    let mut head = Head::default();
    reader::read(body, &mut |reader| {
        head = Head::default();
        reader.object(&mut |name, reader| {
            match name {
                "statusCode" => head.status_code = number(&reader.value()?),
                "message" => head.message = text(reader.value()?),
                "apiCode" => head.api_code = number(&reader.value()?).map(ApiCode::from),
                "requestId" => head.request_id = text(reader.value()?),
                "data" if !ignores_data => {
                    if !reader.null()? {
                        parse(reader).map_err(|wrong| wrong.within(Ok(name)))?;
                    }
                }
                _ => _ = reader.strict::<IgnoredAny>()?,
            }
            Ok(())
        })
    })?;
    Ok(head)
}

/// An answer that is no envelope, or whose result is wrong: a failure that is told in another way, a bare result, or an
/// error.
fn without_envelope(answer: &Answer<'_>, body: &[u8], wrong: Option<Wrong>, parse: Parse<'_>) -> Result<Head, Error> {
    let format = answer.info.reply;
    let value: Value = serde_json::from_slice(body).map_err(|source| answer.not_json(body, &source))?;
    let head = value.as_object().map(Head::of).unwrap_or_default();
    if format == ReplyFormat::Empty {
        if let Some(error) = answer.failure(&value) {
            return Err(error);
        }
        if !answer.status.is_success() {
            return Err(answer.reply_error("the answer is neither a success nor an error", &Path::default(), None));
        }
        return Ok(head);
    }
    let Some(code) = head.status_code.filter(|_| format != ReplyFormat::Bare) else {
        let bare = matches!(format, ReplyFormat::Bare | ReplyFormat::Either);
        if (bare || value.is_object())
            && let Some(error) = answer.failure(&value)
        {
            return Err(error);
        }
        if bare {
            return answer.result(body, parse).map(|()| Head::default());
        }
        let problem = if value.is_object() {
            "the answer has no `statusCode`"
        } else {
            "the answer is not an object"
        };
        return Err(answer.reply_error(problem, &Path::default(), None));
    };
    if !is_success(code) {
        return Err(answer.api_error(code, head));
    }
    if let Some(wrong) = wrong {
        return Err(answer.wrong_value(&wrong));
    }
    if format == ReplyFormat::Beside {
        answer.result(body, parse)?;
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
    answer
        .result(value.to_string().as_bytes(), parse)
        .map(|()| Head::default())
}

impl Head {
    fn of(object: &serde_json::Map<String, Value>) -> Self {
        let number = |name| object.get(name).and_then(number);
        let text = |name| object.get(name).cloned().and_then(text);
        // The older endpoints of the service say `code`, for `statusCode` and for `apiCode` alike.
        let code = number("code").filter(|_| !object.contains_key("statusCode") && object.contains_key("message"));
        Self {
            status_code: number("statusCode").or(code),
            message: text("message"),
            api_code: number("apiCode")
                .or(code.filter(|code| *code >= 1000))
                .map(ApiCode::from),
            request_id: text("requestId"),
        }
    }
}

/// A number, also as text or with an empty fraction.
fn number(value: &Value) -> Option<i64> {
    match value {
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

/// A text, whatever it is.
fn text(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

impl Answer<'_> {
    /// Reads a result that has no envelope.
    fn result(&self, json: &[u8], parse: Parse<'_>) -> Result<(), Error> {
        reader::read(json, parse).map_err(|wrong| self.wrong_value(&wrong))
    }

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
                error: capped(error.clone()),
                error_description: error_description.map(capped),
            };
            return Some(error.into());
        }
        let head = Head::of(object);
        match head.status_code {
            Some(code) if !is_success(code) => Some(self.api_error(code, head)),
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

    fn api_error(&self, status_code: i64, head: Head) -> Error {
        ApiError {
            operation: self.info.name,
            http_status: self.status,
            status_code,
            api_code: head.api_code,
            message: head.message.map(capped).unwrap_or_default(),
            request_id: head.request_id.map(capped),
            retry_after: self.retry_after(),
        }
        .into()
    }

    fn wrong_value(&self, wrong: &Wrong) -> Error {
        self.reply_error("the answer has a value of the wrong type", wrong.path(), Some(wrong))
    }

    fn reply_error(&self, problem: impl fmt::Display, path: &Path, source: Option<&dyn fmt::Display>) -> Error {
        let request_id = serde_json::from_slice::<Value>(self.body).ok();
        let request_id = request_id
            .as_ref()
            .and_then(|body| body.get("requestId"))
            .and_then(Value::as_str);
        ReplyError {
            operation: self.info.name,
            problem: problem.to_string(),
            path: capped(path.to_string()),
            http_status: self.status,
            content_type: self.header(CONTENT_TYPE).map(|kind| capped(kind.to_owned())),
            length: self.body.len(),
            excerpt: excerpt(self.body),
            request_id: request_id.map(|id| capped(id.to_owned())),
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
    fn of(error: &dyn fmt::Display) -> Box<dyn std::error::Error + Send + Sync> {
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
