//! From an operation and its serialised input to the request.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use serde_json::Value;

use crate::JsonObject;
use crate::app::access::{AccessKind, bearer};
use crate::app::{App, ClientAuthentication};
use crate::error::{Error, RequestError};
use crate::operation::{BodyFormat, OperationInfo, Verb};
use crate::value::encode;
use crate::value::secret::Secret;

/// Builds the request. Not generic, so that it is compiled once: all that depends on the input's type is its JSON.
pub(crate) fn build(
    info: &OperationInfo,
    app: &App,
    user: Option<&HeaderValue>,
    input: Result<Vec<u8>, serde_json::Error>,
) -> Result<Request<Vec<u8>>, Error> {
    let input = input.map_err(|error| RequestError::new(format!("the input cannot be written as JSON: {error}")))?;
    let Parts {
        path,
        body,
        authorization,
    } = match plain_json(info) {
        true if input == b"null" => Parts::new(info.path, Body::None),
        true => Parts::new(info.path, Body::Json(input)),
        false => distribute(info, app, &input)?,
    };

    let authorization = match info.access {
        AccessKind::User | AccessKind::UserOptional => user.cloned(),
        _ => authorization,
    };
    let mut headers = app.headers(matches!(body, Body::Json(_)), authorization.is_some());
    if let Some(value) = authorization {
        headers.insert(AUTHORIZATION, value);
    }
    let body = match body {
        Body::None => Vec::new(),
        Body::Json(bytes) => bytes,
        Body::Typed(content_type, bytes) => {
            headers.insert(CONTENT_TYPE, content_type);
            bytes
        }
    };

    let mut request = Request::new(body);
    *request.method_mut() = info.verb.method();
    *request.uri_mut() = app.uri(path)?;
    *request.headers_mut() = headers;
    request.extensions_mut().insert(*info);
    Ok(request)
}

/// What depends on the input.
struct Parts {
    path: Cow<'static, str>,
    body: Body,
    /// The credential of the application, or of the input.
    authorization: Option<HeaderValue>,
}

impl Parts {
    fn new(path: &'static str, body: Body) -> Self {
        Self {
            path: Cow::Borrowed(path),
            body,
            authorization: None,
        }
    }
}

enum Body {
    None,
    Json(Vec<u8>),
    Typed(HeaderValue, Vec<u8>),
}

/// Whether the input's JSON is the body as it is: the common case, which costs nothing more.
fn plain_json(info: &OperationInfo) -> bool {
    matches!(info.verb, Verb::Post | Verb::Put)
        && info.body == BodyFormat::Json
        && client_authentication(info.access).is_none()
        && info.access != AccessKind::BearerInput
        && !info.path.contains(['{', '?'])
}

/// Which of the application's ways to prove itself an operation goes by.
fn client_authentication(access: AccessKind) -> Option<fn(&App) -> ClientAuthentication> {
    match access {
        AccessKind::Client => Some(App::client_authentication),
        AccessKind::IntrospectionClient => Some(App::introspection_authentication),
        AccessKind::RevocationClient => Some(App::revocation_authentication),
        _ => None,
    }
}

/// Puts each field of the input where it belongs: path, query, header or body.
fn distribute(info: &OperationInfo, app: &App, input: &[u8]) -> Result<Parts, Error> {
    let mut fields = match serde_json::from_slice(input) {
        Ok(Value::Object(fields)) => fields,
        Ok(Value::Null) => JsonObject::new(),
        _ => return Err(RequestError::new("the input is not an object").into()),
    };
    let (template, in_query) = info.path.split_once('?').unwrap_or((info.path, ""));
    let mut path = fill(template, app, &mut fields)?;
    let mut authorization = None;
    if info.access == AccessKind::BearerInput {
        // In a header, whatever the verb: a token in a URL ends up in logs.
        let token = match fields.remove("access_token") {
            Some(Value::String(token)) => Secret::new(token),
            _ => Secret::default(),
        };
        authorization = Some(bearer(&token)?);
    }

    let mut query = String::new();
    if matches!(info.verb, Verb::Get | Verb::Delete) {
        push_fields(&mut query, std::mem::take(&mut fields));
    } else {
        for name in in_query.split('&').filter(|name| !name.is_empty()) {
            if let Some(value) = fields.remove(name) {
                push_field(&mut query, name, &value);
            }
        }
    }
    if !query.is_empty() {
        let path = path.to_mut();
        path.push('?');
        path.push_str(&query);
    }

    if let Some(way) = client_authentication(info.access) {
        authorization = identify(app, way(app), info.body, &mut fields);
    }
    let body = match info.body {
        _ if fields.is_empty() => Body::None,
        BodyFormat::Json => Body::Json(
            serde_json::to_vec(&fields).map_err(|_| RequestError::new("the input cannot be written as JSON"))?,
        ),
        BodyFormat::Form => {
            let mut pairs = String::new();
            push_fields(&mut pairs, fields);
            Body::Typed(
                HeaderValue::from_static("application/x-www-form-urlencoded"),
                pairs.into_bytes(),
            )
        }
        BodyFormat::Multipart => multipart(fields)?,
    };
    Ok(Parts {
        path,
        body,
        authorization,
    })
}

/// Fills the placeholders of a path, each with the field of its name. `appId` is the caller's own application where the
/// input names no other.
fn fill(template: &'static str, app: &App, fields: &mut JsonObject) -> Result<Cow<'static, str>, Error> {
    if !template.contains('{') {
        return Ok(Cow::Borrowed(template));
    }
    let mut path = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let value = match fields.remove(name) {
            None | Some(Value::Null) if name == "appId" => app.id().to_owned(),
            None | Some(Value::Null) => String::new(),
            Some(value) => text(&value).into_owned(),
        };
        let segment = encode::segment(&value).ok_or_else(|| {
            RequestError::new(format!(
                "`{name}` stands in the path and must not be empty, `.` or `..`"
            ))
        })?;
        path.push_str(before);
        path.push_str(&segment);
        rest = after;
    }
    path.push_str(rest);
    Ok(Cow::Owned(path))
}

fn push_fields(pairs: &mut String, fields: JsonObject) {
    for (name, value) in fields {
        push_field(pairs, &name, &value);
    }
}

/// Appends a field to a query or form. A list repeats its name, null is left out, an object is written as JSON.
fn push_field(pairs: &mut String, name: &str, value: &Value) {
    match value {
        Value::Null => {}
        Value::Array(items) => items
            .iter()
            .for_each(|item| encode::push_pair(pairs, name, &text(item))),
        value => encode::push_pair(pairs, name, &text(value)),
    }
}

/// A value as text: without quotes where it is text already.
fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        value => Cow::Owned(value.to_string()),
    }
}

/// Lets the application prove itself as it is configured: by a header, by its id and secret in the body, or, in a form, by
/// its id alone. An input with credentials of its own, or with another application's id, is sent as it is, and without the
/// header: the application's secret proves nothing about somebody else.
fn identify(
    app: &App,
    authentication: ClientAuthentication,
    body: BodyFormat,
    fields: &mut JsonObject,
) -> Option<HeaderValue> {
    let given = |fields: &JsonObject, name| fields.get(name).is_some_and(|value| !value.is_null());
    let other = given(fields, "client_id") && fields.get("client_id").and_then(Value::as_str) != Some(app.id());
    if other || given(fields, "client_secret") {
        return None;
    }
    match (authentication, app.secret()) {
        (ClientAuthentication::SecretBasic, _) => return app.basic().cloned(),
        (ClientAuthentication::SecretPost, Some(secret)) => {
            fields.insert("client_id".to_owned(), app.id().into());
            fields.insert("client_secret".to_owned(), secret.expose().into());
        }
        _ if body == BodyFormat::Form => {
            fields.insert("client_id".to_owned(), app.id().into());
        }
        _ => {}
    }
    None
}

/// Writes a multipart body. The field `file` becomes a file part, with the name and type of `fileName` and `fileType`.
fn multipart(mut fields: JsonObject) -> Result<Body, Error> {
    let file_name = fields
        .remove("fileName")
        .map_or(Cow::Borrowed("file"), |value| Cow::Owned(text(&value).into_owned()));
    let file_type = fields
        .remove("fileType")
        .map_or(Cow::Borrowed("application/octet-stream"), |value| {
            Cow::Owned(text(&value).into_owned())
        });
    if file_type.chars().any(char::is_control) {
        return Err(RequestError::new("the file's type holds a control character").into());
    }
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    for (name, value) in fields {
        let disposition = if name == "file" {
            format!(
                "name=\"file\"; filename=\"{}\"\r\nContent-Type: {file_type}",
                quoted(&file_name)
            )
        } else {
            format!("name=\"{}\"", quoted(&name))
        };
        let bytes = bytes(&name, &value);
        parts.push((disposition, bytes));
    }
    let boundary = boundary(&parts);
    let mut body = Vec::new();
    for (disposition, bytes) in &parts {
        body.extend_from_slice(
            format!("--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n").as_bytes(),
        );
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    let content_type = HeaderValue::try_from(format!("multipart/form-data; boundary={boundary}"))
        .map_err(|_| RequestError::new("the multipart boundary cannot be written"))?;
    Ok(Body::Typed(content_type, body))
}

/// The bytes of a part: a file's bytes stand in the text as one character each (see [`FileBytes`](crate::FileBytes)), any
/// other value is its own text.
fn bytes(name: &str, value: &Value) -> Vec<u8> {
    let text = text(value);
    if name == "file"
        && let Ok(bytes) = text
            .chars()
            .map(|character| u8::try_from(u32::from(character)))
            .collect()
    {
        return bytes;
    }
    text.into_owned().into_bytes()
}

/// A name inside the quotes of a header, escaped as browsers do.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// A boundary that stands in none of the parts. It needs no randomness: it is made from the parts themselves, so that they
/// cannot hold it on purpose, and made again should they hold it by accident.
fn boundary(parts: &[(String, Vec<u8>)]) -> String {
    let mut hasher = DefaultHasher::new();
    parts.hash(&mut hasher);
    loop {
        let boundary = format!("genauth-boundary-{:016x}", hasher.finish());
        let held = parts.iter().any(|(_, bytes)| {
            bytes
                .windows(boundary.len())
                .any(|window| window == boundary.as_bytes())
        });
        if !held {
            return boundary;
        }
        boundary.hash(&mut hasher);
    }
}
