//! What an administrator's program may do: its token, its signature, and publishing events.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::time::Duration;

use axum::http::request::Parts;
use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use sha1::Sha1;

use crate::clock::{Millis, millis};
use crate::failure::{Answer, Failure, Reply, coded};
use crate::random;
use crate::route::{Call, Caller, Route, post};
use crate::state::Settings;
use crate::validate::Kind::{Any, Text};
use crate::validate::{Field, may, need};

/// How long a management token lives.
const TOKEN_LIFETIME: Duration = Duration::from_secs(7200);
/// How far the time of a signature may be from the server's.
const SIGNATURE_SKEW: Duration = Duration::from_secs(15 * 60);

const EVENT: &[Field] = &[need("eventType", Text), need("eventData", Any), may("source", Text)];

pub(crate) const ROUTES: &[Route] = &[
    post(
        "/api/v3/get-management-token",
        Caller::Anyone,
        &[need("accessKeyId", Text), need("accessKeySecret", Text)],
        token,
    ),
    post("/api/v3/pub-event", Caller::Management, EVENT, publish),
    post("/api/v3/pub-userEvent", Caller::User, EVENT, publish),
];

/// The credentials that were seen or handed out.
#[derive(Debug, Clone, Default)]
pub(crate) struct ManagementState {
    /// With the time when each ends.
    tokens: HashMap<String, Millis>,
    /// The nonces of signatures.
    nonces: HashSet<String>,
    /// The same in the order of their arrival, with the time of each.
    nonce_times: VecDeque<(Millis, String)>,
}

impl ManagementState {
    pub(crate) fn revoke_all(&mut self) {
        self.tokens.clear();
    }

    /// Whether this nonce was not used before.
    fn accept_nonce(&mut self, nonce: String, now: Millis) -> bool {
        // What is older cannot come again: its date is too far away by then.
        let is_over = |at: Millis| at.abs_diff(now) > 2 * millis(SIGNATURE_SKEW);
        while self.nonce_times.front().is_some_and(|(at, _)| is_over(*at)) {
            if let Some((_, old)) = self.nonce_times.pop_front() {
                self.nonces.remove(&old);
            }
        }
        if nonce.is_empty() || !self.nonces.insert(nonce.clone()) {
            return false;
        }
        self.nonce_times.push_back((now, nonce));
        true
    }
}

fn token(call: &mut Call<'_>) -> Answer {
    let settings = &call.world.settings;
    if call.text("accessKeyId") != settings.access_key_id || call.text("accessKeySecret") != settings.access_key_secret
    {
        return Err(Failure::new(401, "accessKeyId or accessKeySecret is wrong"));
    }
    let claims = json!({
        "jti": random::token().get(..21),
        "sub": settings.user_pool_id,
        "iat": call.now / 1000,
        "exp": call.now.saturating_add(millis(TOKEN_LIFETIME)) / 1000,
        "scope": "",
        "iss": format!("{}/oidc", call.world.url),
        "aud": settings.access_key_id,
        "scoped_userpool_id": settings.user_pool_id,
    });
    let token = call.world.tokens.jwt(&claims)?;
    let ends = call.now.saturating_add(millis(TOKEN_LIFETIME));
    call.world.management.tokens.insert(token.clone(), ends);
    Ok(Reply::Data(
        json!({ "access_token": token, "expires_in": TOKEN_LIFETIME.as_secs() }),
    ))
}

/// Only events that the user pool has defined itself can be published; here that is every one whose code does not look
/// like the service's own.
fn publish(call: &mut Call<'_>) -> Answer {
    let (code, source, now) = (call.text("eventType"), call.maybe("source"), call.now);
    if ["authing.", "genauth."].iter().any(|own| code.starts_with(own)) {
        return Err(Failure::invalid(format!("{code} is not a custom event")));
    }
    let user_id = call.session.as_ref().map(|session| session.user_id.clone());
    let data = call.value("eventData").cloned().unwrap_or_default();
    call.world
        .events
        .publish(&code, user_id.as_deref(), &data, source.as_deref(), now);
    Ok(Reply::success())
}

// Who calls.

/// Lets an administrator in: by a token, with or without `Bearer`, or by the signature of this request.
pub(crate) fn admit(call: &mut Call<'_>, parts: &Parts, body: &[u8]) -> Result<(), Failure> {
    let pool_fits = call
        .service_header("userpool-id")
        .is_none_or(|id| id.is_empty() || id == call.world.settings.user_pool_id);
    if !pool_fits {
        return Err(coded::UNKNOWN_USER_POOL);
    }
    let signature = call.authorization("authing").or_else(|| call.authorization("genauth"));
    if let Some(signature) = signature.map(str::to_owned) {
        return check_signature(call, &signature, parts, body);
    }
    let good = call
        .bearer()
        .and_then(|token| call.world.management.tokens.get(token))
        .is_some_and(|ends| call.now < *ends);
    if good { Ok(()) } else { Err(coded::NOT_SIGNED_IN) }
}

fn check_signature(call: &mut Call<'_>, presented: &str, parts: &Parts, body: &[u8]) -> Result<(), Failure> {
    let header = |name| call.service_header(name).unwrap_or_default();
    if header("signature-method") != "HMAC-SHA1" {
        return Err(coded::SIGNATURE_METHOD_UNKNOWN);
    }
    if header("signature-version") != "1.0" {
        return Err(coded::SIGNATURE_VERSION_UNKNOWN);
    }
    let date = call.header("date").or_else(|| call.service_header("date"));
    let date = read_date(date.ok_or(coded::SIGNATURE_DATE_MISSING)?).ok_or(coded::SIGNATURE_DATE_MALFORMED)?;
    if date.abs_diff(call.now) > millis(SIGNATURE_SKEW) {
        return Err(coded::SIGNATURE_DATE_FAR);
    }
    let settings = &call.world.settings;
    let expected = sign(&settings.access_key_secret, &string_to_sign(parts, body));
    if presented != format!("{}:{expected}", settings.access_key_id) {
        return Err(coded::SIGNATURE_WRONG);
    }
    let (nonce, now) = (header("signature-nonce").to_owned(), call.now);
    if call.world.management.accept_nonce(nonce, now) {
        Ok(())
    } else {
        Err(coded::SIGNATURE_USED)
    }
}

/// A date as HTTP has it, or milliseconds.
fn read_date(text: &str) -> Option<Millis> {
    if let Ok(milliseconds) = text.parse() {
        return Some(milliseconds);
    }
    let time = httpdate::parse_http_date(text).ok()?;
    Some(millis(time.duration_since(std::time::UNIX_EPOCH).ok()?))
}

/// The verb, the service's own headers and `date`, the path, and the query of a GET or the members of the body, all sorted.
fn string_to_sign(parts: &Parts, body: &[u8]) -> String {
    let genauth = parts.headers.contains_key("x-genauth-signature-method");
    let prefix = if genauth { "x-genauth-" } else { "x-authing-" };
    let lines: BTreeMap<_, _> = parts
        .headers
        .iter()
        .filter(|(name, _)| name.as_str().starts_with(prefix) || *name == "date")
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap_or_default().trim()))
        .collect();
    let lines: Vec<_> = lines.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    let lines = lines.concat();
    let members = if parts.method == "GET" {
        query_members(parts.uri.query().unwrap_or_default())
    } else {
        body_members(body)
    };
    let members: Vec<_> = members.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mark = if members.is_empty() { "" } else { "?" };
    format!(
        "{}\n{lines}{}{mark}{}",
        parts.method,
        parts.uri.path(),
        members.join("&")
    )
}

/// A list, however it is written, counts as JSON.
fn query_members(query: &str) -> BTreeMap<String, String> {
    let mut lists: BTreeMap<String, (bool, Vec<String>)> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let entry = lists.entry(name.trim_end_matches("[]").to_owned()).or_default();
        entry.0 |= name.ends_with("[]");
        entry.1.push(value.into_owned());
    }
    let member = |(name, (list, values)): (String, (bool, Vec<String>))| match values.as_slice() {
        [only] if !list => (name, only.clone()),
        _ => (name, json!(values).to_string()),
    };
    lists.into_iter().map(member).collect()
}

/// Objects and lists count as they were sent, texts without their quotation marks.
fn body_members(body: &[u8]) -> BTreeMap<String, String> {
    let members: BTreeMap<String, Box<RawValue>> = serde_json::from_slice(body).unwrap_or_default();
    let plain = |raw: &RawValue| match serde_json::from_str(raw.get()) {
        Ok(Value::String(text)) => text,
        _ => raw.get().to_owned(),
    };
    members
        .iter()
        .map(|(name, value)| (name.clone(), plain(value)))
        .collect()
}

fn sign(secret: &str, text: &str) -> String {
    // HMAC takes a key of any length, so the error does not occur.
    Hmac::<Sha1>::new_from_slice(secret.as_bytes())
        .map(|mut mac| {
            mac.update(text.as_bytes());
            BASE64.encode(&mac.finalize().into_bytes())
        })
        .unwrap_or_default()
}

/// Whether this header lets its sender listen to all events: its signature is always the same.
pub(crate) fn signs_socket(settings: &Settings, authorization: &str) -> bool {
    let expected = format!(
        "{}:{}",
        settings.access_key_id,
        sign(&settings.access_key_secret, "websocket\n")
    );
    authorization.split_once(' ').is_some_and(|(scheme, presented)| {
        ["authing", "genauth"]
            .iter()
            .any(|own| scheme.eq_ignore_ascii_case(own))
            && presented.trim() == expected
    })
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    #[test]
    fn signs_as_the_vendors_worked_example() {
        let body = r#"{"options":{"pagination":{"page":1,"limit":10}},"keywords":"alice"}"#;
        let (parts, ()) = Request::post("/api/v3/list-users")
            .header("date", "Sun, 09 Oct 2022 06:14:00 GMT")
            .header("user-agent", "not signed")
            .header("x-authing-lang", "zh-CN")
            .header("x-authing-sdk-version", "authing-node-sdk:4.0.2")
            .header("x-authing-signature-method", "HMAC-SHA1")
            .header("x-authing-signature-nonce", "f02a938cdbcf1b1f10bf14887eda6659")
            .header("x-authing-signature-version", "1.0")
            .body(())
            .unwrap()
            .into_parts();
        let text = string_to_sign(&parts, body.as_bytes());
        assert_eq!(sign("secret", &text), "mQkkTFUeVoFy+2aNlBYCtv29t/I=", "{text}");
    }

    #[test]
    fn signs_queries_sorted_and_decoded() {
        let (parts, ()) = Request::get("/api/v3/get-user?b=x%26y&a[]=1&a[]=2&c=3")
            .body(())
            .unwrap()
            .into_parts();
        assert_eq!(
            string_to_sign(&parts, b""),
            "GET\n/api/v3/get-user?a=[\"1\",\"2\"]&b=x&y&c=3"
        );
        let (parts, ()) = Request::post("/p?q=1").body(()).unwrap().into_parts();
        assert_eq!(string_to_sign(&parts, b""), "POST\n/p");
    }

    #[test]
    fn reads_both_kinds_of_date() {
        assert_eq!(read_date("Wed, 21 Oct 2015 07:28:00 GMT"), Some(1_445_412_480_000));
        assert_eq!(read_date("1445412480000"), Some(1_445_412_480_000));
        assert_eq!(read_date("yesterday"), None);
    }
}
