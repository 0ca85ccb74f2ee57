//! From the bytes of an answer to a result.
//!
//! Documents, samples and servers disagree, so answers are read leniently. An envelope is read once, and
//! its result straight into its type on the way; what failed is told by the same pass.

use std::fmt;
use std::sync::Arc;

use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderMap, LOCATION};
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::dto::answer;
use crate::dto::reader::{self, Reader, Wrong};
use crate::error::api_code::ApiCode;
use crate::error::excerpt::excerpt;
use crate::error::text::capped;
use crate::error::{ApiError, Error, FailureData, OAuthError, ReplyError, retry_after};
use crate::operation::{OperationInfo, ReplyFormat};
use crate::value::encode;

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

impl<R> Reply<R> {
    /// The same with another result, made of this one.
    pub fn map<T>(self, change: impl FnOnce(R) -> T) -> Reply<T> {
        Reply {
            data: change(self.data),
            status_code: self.status_code,
            message: self.message,
            api_code: self.api_code,
            request_id: self.request_id,
            http_status: self.http_status,
            headers: self.headers,
        }
    }
}

/// The answer of an operation that does not answer JSON: a picture, a redirect, a text.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct HttpReply {
    /// The HTTP status, such as 302 for a redirect.
    pub status: u16,
    /// The content type, such as `image/svg+xml`.
    pub content_type: Option<String>,
    /// Where a redirect leads to. It may hold a code or a token: do not log it.
    pub location: Option<crate::Secret>,
    /// The body as it came.
    pub body: Vec<u8>,
}

impl HttpReply {
    /// The body as text, if it is one.
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.body).ok()
    }
}

answer!(
    /// An [`HttpReply`] as JSON.
    pub struct HttpReplyFields {
        /// The HTTP status.
        pub status: Option<i64>,
        /// The content type.
        pub content_type: Option<String>,
        /// Where a redirect leads to.
        pub location: Option<crate::Secret>,
        /// The body, where it is text.
        pub body: Option<String>,
        /// The body in base64, where it is no text.
        pub body_base64: Option<String>,
    }
);

impl<'de> serde::Deserialize<'de> for HttpReply {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = HttpReplyFields::deserialize(deserializer)?;
        let body = match (fields.body, fields.body_base64) {
            (Some(text), _) => text.into_bytes(),
            (None, Some(text)) => encode::from_base64(&text).ok_or_else(|| serde::de::Error::custom("no base64"))?,
            (None, None) => Vec::new(),
        };
        Ok(Self {
            status: fields
                .status
                .and_then(|status| u16::try_from(status).ok())
                .unwrap_or_default(),
            content_type: fields.content_type,
            location: fields.location,
            body,
        })
    }
}

#[cfg(feature = "full-serde")]
impl serde::Serialize for HttpReply {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        HttpReplyFields {
            status: Some(self.status.into()),
            content_type: self.content_type.clone(),
            location: self.location.clone(),
            body: self.text().map(str::to_owned),
            body_base64: self.text().is_none().then(|| encode::base64(&self.body)),
        }
        .serialize(serializer)
    }
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

/// Reads JSON leniently, as an answer is read.
pub(crate) fn read_json<T: DeserializeOwned>(json: &[u8]) -> Result<T, Wrong> {
    let mut result = None;
    reader::read(json, &mut |reader| {
        result = Some(T::deserialize(reader)?);
        Ok(())
    })?;
    result.ok_or_else(|| serde::de::Error::custom("nothing stands here"))
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
        .map_err(|wrong| answer.reply_error("the answer has no data", Some(&wrong), None))
}

/// What an answer says of itself, beside its result.
#[derive(Default)]
struct Head {
    status_code: Option<i64>,
    message: Option<String>,
    api_code: Option<ApiCode>,
    request_id: Option<String>,
    /// What the older endpoints of the service say, for `statusCode` and for `apiCode` alike.
    code: Option<Code>,
    /// `error` as OAuth has it.
    error: Option<String>,
    error_description: Option<String>,
    /// `error` as an object, as the family of agents has it.
    has_error_object: bool,
    /// It, or its result, says `"success": false`.
    refused: bool,
    /// Where the result stands.
    data: (usize, usize),
    /// What is wrong with the result.
    wrong: Option<Wrong>,
    /// It is an object.
    is_object: bool,
}

enum Code {
    Number(i64),
    Text,
}

type Parse<'a> = &'a mut dyn FnMut(&mut Reader<'_>) -> Result<(), Wrong>;

/// Reads an answer; calls `parse` where the result stands, unless there is none to parse. Not generic, so that it is
/// compiled once.
fn read_with(answer: &Answer<'_>, ignores_data: bool, parse: Parse<'_>) -> Result<Head, Error> {
    let format = answer.info.reply;
    let body = answer.body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(answer.body);
    match format {
        ReplyFormat::Http => return other_than_json(answer, parse),
        ReplyFormat::Empty if answer.status.is_success() && body.trim_ascii().is_empty() => {
            return Ok(Head::default());
        }
        ReplyFormat::EnvelopeOrRedirect if answer.status.is_redirection() => {
            if let Some(url) = answer.header(LOCATION) {
                let json = serde_json::json!({ "url": url }).to_string();
                return answer.result(json.as_bytes(), Head::default(), parse);
            }
        }
        _ => {}
    }
    let enveloped = !matches!(format, ReplyFormat::Bare | ReplyFormat::Empty);
    let mut head = Head::default();
    let scanned = match enveloped {
        true if ignores_data => scan(body, &mut head, None),
        true => scan(body, &mut head, Some(parse)),
        false => scan(body, &mut head, None),
    };
    if let Err(wrong) = scanned {
        return Err(answer.not_json(body, &wrong, head));
    }
    if let Some(error) = answer.failure(body, &mut head, enveloped) {
        return Err(error);
    }
    match format {
        ReplyFormat::Empty => {
            if !answer.status.is_success() {
                return Err(answer.reply_error("the answer is neither a success nor an error", None, Some(head)));
            }
            Ok(head)
        }
        ReplyFormat::Bare => answer.result(body, head, parse),
        ReplyFormat::Either if head.status().is_none() => answer.result(body, head, parse),
        _ if head.status().is_none() => {
            let problem = if head.is_object {
                "the answer has no `statusCode`"
            } else {
                "the answer is not an object"
            };
            Err(answer.reply_error(problem, None, Some(head)))
        }
        _ => match head.wrong.take() {
            Some(wrong) => Err(answer.wrong_value(&wrong, head)),
            None => Ok(head),
        },
    }
}

/// Reads what an answer says of itself, and its result on the way.
fn scan(body: &[u8], head: &mut Head, mut parse: Option<Parse<'_>>) -> Result<(), Wrong> {
    reader::read(body, &mut |reader| {
        *head = Head::default();
        if !reader.is_object() {
            return reader.strict::<IgnoredAny>().map(|_| ());
        }
        head.is_object = true;
        reader.object(&mut |name, reader| {
            match name {
                "statusCode" => head.status_code = reader.scalar()?.and_then(|text| number(&text)),
                "message" => head.message = reader.scalar_or_json()?,
                "apiCode" => head.api_code = reader.scalar()?.and_then(|text| number(&text)).map(ApiCode::from),
                "requestId" => head.request_id = reader.scalar_or_json()?,
                "code" => {
                    head.code = reader
                        .scalar()?
                        .map(|text| number(&text).map_or(Code::Text, Code::Number));
                }
                "error" => {
                    head.has_error_object = reader.is_object();
                    head.error = reader.scalar_or_json()?;
                }
                "error_description" => head.error_description = reader.scalar_or_json()?,
                "success" => {
                    head.refused |= reader.is_false();
                    reader.strict::<IgnoredAny>()?;
                }
                "data" => {
                    reader.is_object();
                    let start = reader.position();
                    head.wrong = result(reader, &mut parse)?;
                    head.refused |= reader.take_refused();
                    head.data = (start, reader.position());
                }
                _ => _ = reader.strict::<IgnoredAny>()?,
            }
            Ok(())
        })
    })
}

/// Reads the result that stands here. What is wrong with it does not end the reading: the answer may be a failure.
fn result(reader: &mut Reader<'_>, parse: &mut Option<Parse<'_>>) -> Result<Option<Wrong>, Wrong> {
    let (start, depth) = (reader.position(), reader.depth());
    let Some(parse) = parse else {
        return reader.skip_watching().map(|()| None);
    };
    if reader.null()? {
        return Ok(None);
    }
    match reader.watching(parse) {
        Ok(()) => Ok(None),
        Err(wrong) => {
            reader.back_to(start, depth);
            reader.skip_watching()?;
            Ok(Some(wrong.within(Ok("data"))))
        }
    }
}

/// An answer that is not meant to be JSON; a failure is, nevertheless.
fn other_than_json(answer: &Answer<'_>, parse: Parse<'_>) -> Result<Head, Error> {
    let mut head = Head::default();
    let json = answer.body.trim_ascii_start().starts_with(b"{") && scan(answer.body, &mut head, None).is_ok();
    if json && let Some(error) = answer.failure(answer.body, &mut head, false) {
        return Err(error);
    }
    if answer.status.is_client_error() || answer.status.is_server_error() {
        return Err(answer.reply_error("the server failed", None, Some(head)));
    }
    let text = std::str::from_utf8(answer.body).ok();
    let value = serde_json::json!({
        "status": answer.status.as_u16(),
        "contentType": answer.header(CONTENT_TYPE),
        "location": answer.header(LOCATION),
        "body": text,
        "bodyBase64": text.is_none().then(|| encode::base64(answer.body)),
    });
    answer.result(value.to_string().as_bytes(), Head::default(), parse)
}

impl Head {
    /// The status of the envelope, also as the older endpoints spell it.
    fn status(&self) -> Option<i64> {
        self.status_code.or(match (&self.code, &self.message) {
            (Some(Code::Number(code)), Some(_)) => Some(*code),
            _ => None,
        })
    }

    /// The detailed code, also as the older endpoints spell it.
    fn detailed(&self) -> Option<ApiCode> {
        self.api_code.or(match (&self.code, self.status_code) {
            (Some(Code::Number(code)), None) if *code >= 1000 => Some(ApiCode::from(*code)),
            _ => None,
        })
    }
}

/// A whole number, also with an empty fraction.
fn number(text: &str) -> Option<i64> {
    let text = text.trim();
    text.parse().ok().or_else(|| {
        #[allow(clippy::cast_possible_truncation)] // Status codes are small; what is not whole is refused.
        text.parse::<f64>()
            .ok()
            .filter(|float| float.fract() == 0.0 && float.abs() < 1e9)
            .map(|float| float as i64)
    })
}

impl Answer<'_> {
    /// Reads a result that has no envelope.
    fn result(&self, json: &[u8], mut head: Head, parse: Parse<'_>) -> Result<Head, Error> {
        let mut refused = false;
        let read = reader::read(json, &mut |reader| {
            let read = reader.watching(parse);
            refused = reader.take_refused();
            read
        });
        match read {
            Ok(()) if refused => {
                head.data = (0, json.len());
                Err(self.api_error(i64::from(self.status.as_u16()), json, head))
            }
            Ok(()) => Ok(Head::default()),
            Err(wrong) => Err(self.wrong_value(&wrong, head)),
        }
    }

    fn reply<R>(&self, data: R, head: Head) -> Reply<R> {
        Reply {
            data,
            api_code: head.detailed(),
            status_code: head.status(),
            message: head.message,
            request_id: head.request_id,
            http_status: self.status,
            headers: HeaderMap::new(),
        }
    }

    /// The failure in an answer: an OAuth error, an envelope with another status, or an HTTP error.
    fn failure(&self, body: &[u8], head: &mut Head, enveloped: bool) -> Option<Error> {
        let http_failed = self.status.is_client_error() || self.status.is_server_error();
        if head.status_code.is_none()
            && let Some(error) = head.error.take_if(|_| !head.has_error_object)
        {
            let error = OAuthError {
                operation: self.info.name,
                host: None,
                http_status: self.status,
                error: capped(error),
                error_description: head.error_description.take().map(capped),
                retry_after: retry_after(self.headers),
            };
            return Some(error.into());
        }
        let status = if enveloped || head.status_code.is_some() || http_failed {
            head.status()
        } else {
            // A bare result may have a `code` and a `message` of its own; those of a failure are a status or a detailed code.
            head.status()
                .filter(|code| head.detailed().is_some() || (400..600).contains(code))
        };
        match status {
            Some(code) if !is_success(code) || head.refused => Some(self.api_error(code, body, std::mem::take(head))),
            // The family of `{error: {code, message}}` and `{code: "TEXT", message}`.
            None if http_failed
                || head.has_error_object
                || (matches!(head.code, Some(Code::Text)) && head.message.is_some()) =>
            {
                Some(self.reply_error("the server failed", None, Some(std::mem::take(head))))
            }
            _ => None,
        }
    }

    fn api_error(&self, status_code: i64, body: &[u8], head: Head) -> Error {
        let (start, end) = head.data;
        let data = body.get(start..end).unwrap_or_default().trim_ascii();
        ApiError {
            operation: self.info.name,
            host: None,
            http_status: self.status,
            status_code,
            api_code: head.detailed(),
            message: head.message.map(capped).unwrap_or_default(),
            request_id: head.request_id.map(capped),
            retry_after: retry_after(self.headers),
            data: FailureData::new(data),
        }
        .into()
    }

    fn wrong_value(&self, wrong: &Wrong, head: Head) -> Error {
        self.reply_error("the answer has a value of the wrong type", Some(wrong), Some(head))
    }

    fn reply_error(&self, problem: impl fmt::Display, wrong: Option<&Wrong>, head: Option<Head>) -> Error {
        ReplyError {
            operation: self.info.name,
            host: None,
            problem: problem.to_string(),
            path: wrong.map_or_else(String::new, |wrong| capped(wrong.path().to_string())),
            http_status: self.status,
            content_type: self.header(CONTENT_TYPE).map(|kind| capped(kind.to_owned())),
            length: self.body.len(),
            excerpt: excerpt(self.body),
            request_id: head.and_then(|head| head.request_id).map(capped),
            retry_after: retry_after(self.headers),
            source: wrong.map(|wrong| Arc::new(Reason(wrong.to_string())) as _),
        }
        .into()
    }

    fn not_json(&self, body: &[u8], wrong: &Wrong, head: Head) -> Error {
        let start = body.trim_ascii_start();
        let problem = if start.is_empty() {
            "the answer is empty"
        } else if start.starts_with(b"<") {
            "the answer is a web page, not JSON: a proxy or a wrong host may have answered"
        } else if std::str::from_utf8(body).is_err() {
            "the answer is not JSON"
        } else {
            match serde_json::from_slice::<IgnoredAny>(body) {
                Err(error) if error.is_eof() => "the answer is cut off",
                Err(_) => "the answer is not JSON",
                Ok(_) => return self.wrong_value(wrong, head),
            }
        };
        let Error::Reply(mut error) = self.reply_error(problem, Some(wrong), Some(head)) else {
            return self.reply_error(problem, None, None);
        };
        error.path.clear();
        Error::Reply(error)
    }

    fn header(&self, name: http::HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// What the reader said. It never says the value it said it about: that may be secret.
#[derive(Debug)]
struct Reason(String);

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Reason {}
