//! The other credential of the management API: an HMAC-SHA1 signature of every request, as the official Node client makes
//! it. [`management_token`](super::management_token) is the one that the service documents now.
//!
//! Nothing here does I/O: date and nonce are arguments. A nonce is good for one request only, so a repeated request is
//! signed anew.
//!
//! ```
//! use std::time::Duration;
//!
//! use genauth_core::protocol::signature::RequestSigner;
//!
//! let signer = RequestSigner::new("ACCESS_KEY_ID", "ACCESS_KEY_SECRET");
//! let mut request = http::Request::post("https://api.genauth.ai/api/v3/list-users")
//!     .header("x-authing-lang", "en-US")
//!     .body(br#"{"keywords":"alice"}"#.to_vec())
//!     .unwrap();
//! let date = RequestSigner::date(Duration::from_secs(1_665_296_040));
//! assert_eq!(date, "Sun, 09 Oct 2022 06:14:00 GMT");
//! signer.sign(&mut request, &date, "f02a938cdbcf1b1f10bf14887eda6659")?;
//! assert!(request.headers().contains_key("authorization"));
//! # Ok::<(), genauth_core::Error>(())
//! ```

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, SystemTime};

use hmac::{Hmac, KeyInit, Mac};
use http::header::{AUTHORIZATION, DATE, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Request};
use percent_encoding::percent_decode_str;
use serde_json::value::RawValue;
use sha1::Sha1;

use crate::error::{Error, RequestError};
use crate::value::encode;
use crate::value::secret::Secret;

/// Signs requests to the management API with an access key.
#[derive(Clone)]
pub struct RequestSigner {
    access_key_id: String,
    access_key_secret: Secret,
    scheme: String,
    header_prefix: String,
    base_path: String,
}

impl RequestSigner {
    /// A signer with this access key. It writes `authing` as the scheme and signs the headers that begin with `x-authing-`.
    pub fn new(access_key_id: impl Into<String>, access_key_secret: impl Into<Secret>) -> Self {
        Self {
            access_key_id: access_key_id.into(),
            access_key_secret: access_key_secret.into(),
            scheme: "authing".to_owned(),
            header_prefix: "x-authing-".to_owned(),
            base_path: String::new(),
        }
    }

    /// Sets the word in front of the signature. The clients under the new brand write `GenAuth`.
    pub fn with_scheme(mut self, scheme: impl Into<String>) -> Self {
        self.scheme = scheme.into();
        self
    }

    /// Sets how the names of the headers begin that are signed; in lower case. The clients under the new brand write
    /// `x-genauth-`.
    pub fn with_header_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.header_prefix = prefix.into().to_ascii_lowercase();
        self
    }

    /// Sets the path below which a private deployment lives ([`App::base_path`](crate::App::base_path)): it is not signed.
    pub fn with_base_path(mut self, base_path: impl Into<String>) -> Self {
        self.base_path = base_path.into();
        self
    }

    /// The time of day (since 1970, as of [`System::unix_time`](crate::client::System::unix_time)) as the text of the date
    /// header.
    pub fn date(unix_time: Duration) -> String {
        // The year has four digits.
        let latest = Duration::from_secs(253_402_300_799);
        httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + unix_time.min(latest))
    }

    /// Adds the date, the headers of the signature, and the signature.
    ///
    /// What is signed is the request as it stands, so that all other headers must be there already: verb, headers, path,
    /// and the query of a GET or else the fields of the JSON body. The nonce must be a new one for each request, and nobody
    /// must be able to guess it: 16 random bytes in hexadecimal will do.
    ///
    /// Fails ([`Error::Request`]) where something cannot be a header, and where the body is not a JSON object.
    pub fn sign(&self, request: &mut Request<Vec<u8>>, date: &str, nonce: &str) -> Result<(), Error> {
        let headers = request.headers_mut();
        headers.insert(DATE, header_value(date)?);
        for (name, text) in [
            ("signature-method", "HMAC-SHA1"),
            ("signature-nonce", nonce),
            ("signature-version", "1.0"),
        ] {
            let name = HeaderName::try_from(format!("{}{name}", self.header_prefix))
                .map_err(|_| RequestError::new("a header has an impossible name"))?;
            headers.insert(name, header_value(text)?);
        }
        let authorization = self.authorization(&self.string_to_sign(request)?)?;
        request.headers_mut().insert(AUTHORIZATION, authorization);
        Ok(())
    }

    /// The text that is signed, of a request that has all its headers.
    pub fn string_to_sign(&self, request: &Request<Vec<u8>>) -> Result<String, Error> {
        let uri = request.uri();
        let path = uri.path().strip_prefix(&self.base_path).unwrap_or(uri.path());
        let mut text = format!("{}\n", request.method());
        self.push_headers(&mut text, request.headers())?;
        text.push_str(path);
        let pairs = if request.method() == Method::GET {
            query_pairs(uri.query().unwrap_or_default())
        } else {
            body_pairs(request.body())?
        };
        for (number, (name, value)) in pairs.iter().enumerate() {
            text.push(if number == 0 { '?' } else { '&' });
            text.push_str(name);
            text.push('=');
            text.push_str(value);
        }
        Ok(text)
    }

    /// The authorization header for a text that is signed.
    pub(super) fn authorization(&self, text: &str) -> Result<HeaderValue, Error> {
        let mac = Hmac::<Sha1>::new_from_slice(self.access_key_secret.expose().as_bytes())
            .map_err(|_| RequestError::new("the access key's secret cannot sign"))?;
        let signature = encode::base64(&mac.chain_update(text.as_bytes()).finalize().into_bytes());
        let mut authorization = header_value(&format!("{} {}:{signature}", self.scheme, self.access_key_id))?;
        authorization.set_sensitive(true);
        Ok(authorization)
    }

    /// One line for the date and for each header with the prefix, by name.
    fn push_headers(&self, text: &mut String, headers: &HeaderMap) -> Result<(), Error> {
        let mut lines: Vec<(&str, &HeaderValue)> = headers
            .iter()
            .filter(|(name, _)| **name == DATE || name.as_str().starts_with(&self.header_prefix))
            .map(|(name, value)| (name.as_str(), value))
            .collect();
        lines.sort_by_key(|(name, _)| *name);
        for (name, value) in lines {
            let value = std::str::from_utf8(value.as_bytes())
                .map_err(|_| RequestError::new(format!("the header `{name}` is not text and cannot be signed")))?;
            text.push_str(name);
            text.push(':');
            text.push_str(value.replace('\t', " ").trim());
            text.push('\n');
        }
        Ok(())
    }
}

impl fmt::Debug for RequestSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestSigner")
            .field("access_key_id", &self.access_key_id)
            .field("access_key_secret", &self.access_key_secret)
            .field("scheme", &self.scheme)
            .field("header_prefix", &self.header_prefix)
            .finish_non_exhaustive()
    }
}

fn header_value(text: &str) -> Result<HeaderValue, Error> {
    HeaderValue::try_from(text)
        .map_err(|_| RequestError::new("the signature holds a character that no header can carry").into())
}

type Pairs<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

/// The fields of a query, by name. One that is repeated is a list of texts, written as JSON.
fn query_pairs(query: &str) -> Pairs<'_> {
    let mut fields: Vec<(Cow<'_, str>, Vec<Cow<'_, str>>)> = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decoded(name), decoded(value));
        match fields.iter_mut().find(|(other, _)| *other == name) {
            Some((_, values)) => values.push(value),
            None => fields.push((name, vec![value])),
        }
    }
    let pairs = fields.into_iter().map(|(name, mut values)| {
        let value = match values.pop() {
            Some(value) if values.is_empty() => value,
            newest => {
                let list: Vec<&str> = values.iter().chain(newest.as_ref()).map(AsRef::as_ref).collect();
                Cow::Owned(serde_json::json!(list).to_string())
            }
        };
        (name, value)
    });
    sorted(pairs.collect())
}

fn decoded(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}

/// The fields of a JSON body, by name: a text without its quotes, anything else as it stands in the body.
fn body_pairs(body: &[u8]) -> Result<Pairs<'_>, Error> {
    if body.is_empty() {
        return Ok(Vec::new());
    }
    let refused = |_| RequestError::new("only a JSON object can be signed");
    let fields: BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_slice(body).map_err(refused)?;
    let mut pairs = Vec::with_capacity(fields.len());
    for (name, value) in fields {
        let json = value.get();
        let value = if json.starts_with('"') {
            Cow::Owned(serde_json::from_str::<String>(json).map_err(refused)?)
        } else {
            Cow::Borrowed(json)
        };
        pairs.push((name, value));
    }
    Ok(sorted(pairs))
}

/// In the order that JavaScript gives names: by UTF-16 code units.
fn sorted(mut pairs: Pairs<'_>) -> Pairs<'_> {
    pairs.sort_by(|(left, _), (right, _)| left.encode_utf16().cmp(right.encode_utf16()));
    pairs
}
