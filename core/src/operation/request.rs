//! From an operation and its input to the request.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use serde::Serialize;

use super::spread::{JsonWriter, Part, Place, Places, spread};
use crate::app::access::{CallerCredential, bearer};
use crate::app::{App, ClientAuthentication};
use crate::error::{Error, RequestError};
use crate::operation::{BodyFormat, Credential, OperationInfo, Verb};
use crate::value::encode;
use crate::value::secret::Secret;

/// An input as far as it depends on its type: JSON that is the body as it is, or its fields, each at its place.
#[expect(clippy::large_enum_variant, reason = "lives on the stack of one call")]
pub(crate) enum Written {
    Json(Vec<u8>),
    Spread(Fields),
}

/// Writes an input. All that depends on its type.
pub(crate) fn write<Q: Serialize>(info: &OperationInfo, input: &Q) -> Result<Written, Error> {
    let written = if plain_json(info) {
        serde_json::to_vec(input).map(Written::Json)
    } else {
        let mut fields = Fields::new(*info);
        spread(input, &mut fields).map(|()| Written::Spread(fields))
    };
    written.map_err(|error| RequestError::new(format!("the input cannot be written: {error}")).into())
}

/// Builds the request. Not generic, so that it is compiled once.
pub(crate) fn build(
    info: &OperationInfo,
    app: &App,
    caller: CallerCredential<'_>,
    input: Written,
) -> Result<Request<Vec<u8>>, Error> {
    let Parts {
        path,
        body,
        authorization,
    } = match input {
        Written::Json(json) if json == b"null" => Parts::new(info.path, Body::None),
        Written::Json(json) => Parts::new(info.path, Body::Json(json)),
        Written::Spread(fields) => fields.parts(app)?,
    };
    let authorization = match info.credential {
        Credential::User | Credential::UserOptional | Credential::Administrator => caller.authorization.cloned(),
        _ => authorization,
    };
    let mut headers = app.headers(matches!(body, Body::Json(_)), authorization.is_some());
    if let Some(value) = authorization {
        headers.insert(AUTHORIZATION, value);
    }
    if info.credential == Credential::Administrator
        && let Some(name) = app.app_id_header()
    {
        headers.remove(name);
    }
    if let Some((name, value)) = caller.user_pool {
        headers.insert(name, value.clone());
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
        && client_authentication(info.credential).is_none()
        && info.credential != Credential::Input
        && !info.path.contains(['{', '?'])
}

/// Which of the application's ways to prove itself an operation goes by.
fn client_authentication(credential: Credential) -> Option<fn(&App) -> ClientAuthentication> {
    match credential {
        Credential::Client => Some(App::client_authentication),
        Credential::IntrospectionClient => Some(App::introspection_authentication),
        Credential::RevocationClient => Some(App::revocation_authentication),
        _ => None,
    }
}

/// The fields of an input, each at its place: path, query, header or body.
pub(crate) struct Fields {
    info: OperationInfo,
    in_path: Vec<(&'static str, Option<Vec<u8>>)>,
    query: String,
    token: Option<Vec<u8>>,
    json: JsonWriter,
    form: String,
    parts: Vec<Part>,
    file_name: Option<Vec<u8>>,
    file_type: Option<Vec<u8>>,
    /// The credentials of an application that the input holds itself.
    client_id: Option<Vec<u8>>,
    client_secret: Option<Vec<u8>>,
}

impl Places for Fields {
    fn place(&mut self, name: &str) -> Place<'_> {
        let (template, in_query) = self.info.path.split_once('?').unwrap_or((self.info.path, ""));
        if let Some(placeholder) = placeholders(template).find(|placeholder| *placeholder == name) {
            self.in_path.push((placeholder, None));
            return match self.in_path.last_mut() {
                Some((_, value)) => Place::Own(value),
                None => Place::Own(&mut self.token),
            };
        }
        if self.info.credential == Credential::Input && name == "access_token" {
            // In a header, whatever the verb: a token in a URL ends up in logs.
            return Place::Own(&mut self.token);
        }
        if matches!(self.info.verb, Verb::Get | Verb::Delete)
            || in_query.split('&').any(|field| !field.is_empty() && field == name)
        {
            return Place::Pairs(&mut self.query);
        }
        if client_authentication(self.info.credential).is_some() {
            match name {
                "client_id" => return Place::Own(&mut self.client_id),
                "client_secret" => return Place::Own(&mut self.client_secret),
                _ => {}
            }
        }
        match self.info.body {
            BodyFormat::Json => Place::Json(&mut self.json),
            BodyFormat::Form => Place::Pairs(&mut self.form),
            BodyFormat::Multipart => match name {
                "fileName" => Place::Own(&mut self.file_name),
                "fileType" => Place::Own(&mut self.file_type),
                _ => Place::Parts(&mut self.parts),
            },
        }
    }
}

impl Fields {
    fn new(info: OperationInfo) -> Self {
        Self {
            info,
            in_path: Vec::new(),
            query: String::new(),
            token: None,
            json: JsonWriter::default(),
            form: String::new(),
            parts: Vec::new(),
            file_name: None,
            file_type: None,
            client_id: None,
            client_secret: None,
        }
    }

    fn parts(mut self, app: &App) -> Result<Parts, Error> {
        let template = self.info.path_template();
        let mut path = fill(template, app, &self.in_path)?;
        if !self.query.is_empty() {
            let path = path.to_mut();
            path.push('?');
            path.push_str(&self.query);
        }
        let mut authorization = None;
        if self.info.credential == Credential::Input {
            authorization = Some(bearer(&Secret::new(text(self.token.take())))?);
        }
        if let Some(way) = client_authentication(self.info.credential) {
            authorization = self.identify(app, way(app))?;
        }
        let body = match self.info.body {
            BodyFormat::Json if self.json.is_empty() => Body::None,
            BodyFormat::Json => Body::Json(self.json.finish()),
            BodyFormat::Form if self.form.is_empty() => Body::None,
            BodyFormat::Form => Body::Typed(
                HeaderValue::from_static("application/x-www-form-urlencoded"),
                self.form.into_bytes(),
            ),
            BodyFormat::Multipart if self.parts.is_empty() => Body::None,
            BodyFormat::Multipart => multipart(&self.parts, self.file_name, self.file_type)?,
        };
        Ok(Parts {
            path,
            body,
            authorization,
        })
    }

    /// Lets the application prove itself as it is configured: by a header, by its id and secret in the body, or, in a form,
    /// by its id alone. An input with credentials of its own, or with another application's id, is sent as it is, and
    /// without the header: the application's secret proves nothing about somebody else.
    fn identify(&mut self, app: &App, authentication: ClientAuthentication) -> Result<Option<HeaderValue>, Error> {
        let (id, secret) = (self.client_id.take(), self.client_secret.take());
        let other = id.as_ref().is_some_and(|id| id != app.id().as_bytes());
        if other || secret.is_some() {
            self.credentials(id, secret)?;
            return Ok(None);
        }
        match (authentication, app.secret()) {
            (ClientAuthentication::SecretBasic, _) => {
                self.credentials(id, None)?;
                return Ok(app.basic().cloned());
            }
            (ClientAuthentication::SecretPost, Some(secret)) => {
                self.credentials(Some(app.id().into()), Some(secret.expose().into()))?;
            }
            _ if self.info.body == BodyFormat::Form => self.credentials(Some(app.id().into()), None)?,
            _ => self.credentials(id, None)?,
        }
        Ok(None)
    }

    /// Puts the credentials of an application into the body.
    fn credentials(&mut self, id: Option<Vec<u8>>, secret: Option<Vec<u8>>) -> Result<(), Error> {
        for (name, value) in [("client_id", id), ("client_secret", secret)] {
            let Some(value) = value else { continue };
            match self.info.body {
                BodyFormat::Json => self
                    .json
                    .entry(name, text(Some(value)).as_str())
                    .map_err(|_| RequestError::new("the input cannot be written as JSON"))?,
                BodyFormat::Form => encode::push_pair(&mut self.form, name, value),
                BodyFormat::Multipart => self.parts.push(Part {
                    name: name.to_owned(),
                    bytes: value,
                }),
            }
        }
        Ok(())
    }
}

/// A value as text; nothing is an empty one.
fn text(value: Option<Vec<u8>>) -> String {
    String::from_utf8(value.unwrap_or_default())
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// The names that stand in braces in a path.
fn placeholders(template: &'static str) -> impl Iterator<Item = &'static str> {
    template
        .split('{')
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('}')?.0))
}

/// Fills the placeholders of a path, each with the field of its name. `appId` is the caller's own application where the
/// input names no other.
fn fill(
    template: &'static str,
    app: &App,
    values: &[(&'static str, Option<Vec<u8>>)],
) -> Result<Cow<'static, str>, Error> {
    if !template.contains('{') {
        return Ok(Cow::Borrowed(template));
    }
    let mut path = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let given = values.iter().rev().find(|(given, _)| *given == name);
        let value = match given.and_then(|(_, value)| value.clone()) {
            None if name == "appId" => app.id().to_owned(),
            value => text(value),
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

/// Writes a multipart body. The part `file` is a file, with this name and media type.
fn multipart(parts: &[Part], file_name: Option<Vec<u8>>, file_type: Option<Vec<u8>>) -> Result<Body, Error> {
    let file_name = file_name.map_or_else(|| "file".to_owned(), |name| text(Some(name)));
    let file_type = file_type.map_or_else(|| "application/octet-stream".to_owned(), |value| text(Some(value)));
    if file_type.chars().any(char::is_control) {
        return Err(RequestError::new("the file's type holds a control character").into());
    }
    let boundary = boundary(parts);
    let mut body = Vec::with_capacity(parts.iter().map(|part| part.bytes.len() + 256).sum());
    for part in parts {
        let name = quoted(&part.name);
        let file = match part.name.as_str() {
            "file" => format!("; filename=\"{}\"\r\nContent-Type: {file_type}", quoted(&file_name)),
            _ => String::new(),
        };
        body.extend_from_slice(
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").as_bytes(),
        );
        body.extend_from_slice(&part.bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    let content_type = HeaderValue::try_from(format!("multipart/form-data; boundary={boundary}"))
        .map_err(|_| RequestError::new("the multipart boundary cannot be written"))?;
    Ok(Body::Typed(content_type, body))
}

/// A name inside the quotes of a header, escaped as browsers do.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// A boundary that stands in none of the parts. It needs no randomness: it is made from the parts themselves, so that they
/// cannot hold it on purpose, and made again should they hold it by accident.
fn boundary(parts: &[Part]) -> String {
    let mut hasher = DefaultHasher::new();
    parts.hash(&mut hasher);
    loop {
        let boundary = format!("genauth-boundary-{:016x}", hasher.finish());
        let find = memchr::memmem::Finder::new(boundary.as_bytes());
        if !parts.iter().any(|part| find.find(&part.bytes).is_some()) {
            return boundary;
        }
        boundary.hash(&mut hasher);
    }
}
