//! The wire: what every operation sends and understands, against `tests/wire/*.jsonl`.
//!
//! The expectations there were computed from the documented facts of the API, not recorded from this SDK.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use genauth_core::Credential;
use genauth_core::app::ClientAuthentication;
use genauth_core::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use genauth_core::http::{Request, Response};
use genauth_core::{App, ReplyFormat, all_operations};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::operations::{self, Op, Refused, Who};

/// One line of a fixture.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) method: String,
    #[serde(rename = "case")]
    pub(crate) what: String,
    pub(crate) section: String,
    pub(crate) access: String,
    pub(crate) params: Value,
    pub(crate) expected: Expected,
    /// The parameters without which there is no request.
    #[serde(default)]
    pub(crate) required: Vec<String>,
    /// The JSON that the service answers.
    pub(crate) response: Option<Value>,
    /// What it answers where that is not JSON.
    pub(crate) http: Option<Http>,
    pub(crate) answer: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Expected {
    pub(crate) verb: String,
    pub(crate) uri: String,
    pub(crate) content_type: Option<String>,
    pub(crate) authorization: String,
    pub(crate) body: Option<Value>,
    pub(crate) form: Option<Vec<(String, String)>>,
    pub(crate) multipart: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Http {
    status: u16,
    headers: BTreeMap<String, String>,
    text: String,
}

impl Case {
    pub(crate) fn name(&self) -> String {
        format!("{} ({})", self.method, self.what)
    }

    pub(crate) fn op(&self) -> &'static Op {
        operations::named(&self.method)
    }

    /// The answer of the service, where the case has one.
    pub(crate) fn served(&self) -> Option<Response<Vec<u8>>> {
        if let Some(http) = &self.http {
            let mut response = Response::builder().status(http.status);
            for (name, value) in &http.headers {
                response = response.header(name, value);
            }
            return Some(response.body(http.text.clone().into_bytes()).unwrap());
        }
        Some(Response::new(self.response.as_ref()?.to_string().into_bytes()))
    }
}

/// Every case of every fixture.
pub(crate) fn cases() -> &'static [Case] {
    static CASES: OnceLock<Vec<Case>> = OnceLock::new();
    CASES.get_or_init(|| {
        let mut cases = Vec::new();
        for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/wire")).unwrap() {
            let path = entry.unwrap().path();
            let section = path.file_stem().unwrap().to_str().unwrap().to_owned();
            for (number, line) in std::fs::read_to_string(&path).unwrap().lines().enumerate() {
                let case: Case = serde_json::from_str(line)
                    .unwrap_or_else(|error| panic!("{}, line {}: {error}", path.display(), number + 1));
                assert_eq!(case.section, section, "{}", case.name());
                cases.push(case);
            }
        }
        cases
    })
}

/// One case of each operation: the one that has an answer and every field.
pub(crate) fn first_cases() -> impl Iterator<Item = &'static Case> {
    let mut seen = BTreeSet::new();
    cases()
        .iter()
        .filter(|case| case.answer.is_some() || case.response.is_some())
        .filter(move |case| seen.insert(&case.method))
}

pub(crate) fn app() -> App {
    App::new("https://example.genauth.ai", "app-1").unwrap()
}

/// Runs a check on everything and reports all that failed, not just the first.
pub(crate) fn check_all<T>(items: impl IntoIterator<Item = T>, check: impl Fn(&T) -> Result<(), String>) {
    let mut count = 0;
    let failures: Vec<String> = items
        .into_iter()
        .filter_map(|item| {
            count += 1;
            check(&item).err()
        })
        .collect();
    assert!(count > 0, "nothing was checked");
    assert!(
        failures.is_empty(),
        "{} of {count} failed:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

/// Like [`same`], and says where the two differ.
fn same_json(what: &str, got: &Value, expected: &Value) -> Result<(), String> {
    fn walk(path: &str, got: &Value, expected: &Value, differences: &mut Vec<String>) {
        match (got, expected) {
            (Value::Object(left), Value::Object(right)) => {
                for name in left.keys().chain(right.keys().filter(|name| !left.contains_key(*name))) {
                    let absent = Value::String("(absent)".to_owned());
                    let of = |fields: &serde_json::Map<String, Value>| fields.get(name).unwrap_or(&absent).clone();
                    walk(&format!("{path}.{name}"), &of(left), &of(right), differences);
                }
            }
            (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
                for (index, (got, expected)) in left.iter().zip(right).enumerate() {
                    walk(&format!("{path}[{index}]"), got, expected, differences);
                }
            }
            _ if got == expected => {}
            _ => differences.push(format!("  {path}: got {got}, expected {expected}")),
        }
    }
    let mut differences = Vec::new();
    walk("", got, expected, &mut differences);
    match differences.as_slice() {
        [] => Ok(()),
        some => Err(format!("{what}:\n{}", some.join("\n"))),
    }
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, got: T, expected: T) -> Result<(), String> {
    if got == expected {
        return Ok(());
    }
    Err(format!("{what}:\n       got {got:?}\n  expected {expected:?}"))
}

/// The sections that belong to protocols: their operations have tests of their own.
const PROTOCOL_SECTIONS: &[&str] = &[
    "oidc",
    "oauth",
    "cas",
    "saml",
    "interaction",
    "events",
    "sign-out",
    "tokens",
];

#[test]
fn the_register_is_the_list_of_the_fixtures() {
    let documented: BTreeMap<&str, &Case> = cases().iter().map(|case| (case.method.as_str(), case)).collect();
    let mut seen = BTreeSet::new();
    for info in all_operations() {
        assert!(seen.insert(info.name), "{} stands in the register twice", info.name);
        if PROTOCOL_SECTIONS.contains(&info.section) {
            continue;
        }
        let case = documented
            .get(info.name)
            .unwrap_or_else(|| panic!("{} is in the register but in no fixture", info.name));
        assert_eq!(info.section, case.section, "{}", info.name);
        assert_eq!(info.verb.as_str(), case.expected.verb, "{}", info.name);
        assert_eq!(info.credential.as_str(), case.access, "{}", info.name);
        let path = case.expected.uri.split('?').next().unwrap_or_default();
        let segments = |path: &str| path.split('/').count();
        assert_eq!(segments(info.path_template()), segments(path), "{}", info.name);
        for (own, documented) in info.path_template().split('/').zip(path.split('/')) {
            assert!(
                own == documented || own.starts_with('{'),
                "{}: {own} is not {documented}",
                info.name
            );
        }
    }
    for name in documented.keys() {
        assert!(seen.contains(name), "{name} is documented but not in the register");
    }
    assert_eq!(documented.len(), 140, "128 operations and 12 convenience methods");
    let visited: BTreeSet<&str> = operations::all().iter().map(|op| op.info.name).collect();
    assert_eq!(visited, seen, "the visitor sees what the register lists");
}

#[test]
fn every_request_is_the_documented_one() {
    let signed_in = app().signed_in("token-1").unwrap();
    check_all(cases(), |case| {
        let at = case.name();
        let request = case
            .op()
            .request(Who::User(&signed_in), &case.params)
            .map_err(|error| format!("{at}: {error}"))?;
        check_request(case, &request).map_err(|error| format!("{at}: {error}"))?;

        let token = case.expected.authorization == "user";
        check_authorization(&request, token.then_some("Bearer token-1")).map_err(|error| format!("{at}: {error}"))?;

        let request = case
            .op()
            .request(Who::Nobody(&app()), &case.params)
            .map_err(|error| format!("{at}: {error}"))?;
        check_request(case, &request).map_err(|error| format!("{at}, nobody signed in: {error}"))?;
        check_authorization(&request, None).map_err(|error| format!("{at}, nobody signed in: {error}"))
    });
}

fn check_request(case: &Case, request: &Request<Vec<u8>>) -> Result<(), String> {
    let expected = &case.expected;
    same("verb", request.method().as_str(), expected.verb.as_str())?;
    let uri = request.uri().to_string();
    let Some(uri) = uri.strip_prefix("https://example.genauth.ai") else {
        return Err(format!("wrong host: {uri}"));
    };
    same("uri", sorted(uri), sorted(&expected.uri))?;

    let header = |name: HeaderName| request.headers().get(name).map(|value| value.to_str().unwrap());
    same("accept", header(ACCEPT), Some("application/json"))?;
    same(
        "app id",
        header(HeaderName::from_static("x-authing-app-id")),
        Some("app-1"),
    )?;
    for name in ["x-authing-request-from", "x-authing-sdk-version"] {
        same(name, request.headers().contains_key(name), true)?;
    }
    same("operation", request.extensions().get().copied(), Some(case.op().info))?;

    let content_type = header(CONTENT_TYPE).map(|value| value.split(';').next().unwrap_or_default());
    if let Some(pairs) = &expected.form {
        same("content type", content_type, expected.content_type.as_deref())?;
        let mut sent: Vec<(String, String)> = url::form_urlencoded::parse(request.body()).into_owned().collect();
        sent.sort();
        return same("form", &sent, pairs);
    }
    if let Some(parts) = &expected.multipart {
        same("content type", content_type, Some("multipart/form-data"))?;
        let sent: BTreeMap<String, String> = multipart_parts(request)
            .into_iter()
            .map(|part| (part.name, String::from_utf8(part.content).unwrap()))
            .collect();
        return same("parts", &sent, parts);
    }
    // Nothing to send is either no body or an empty object.
    if let Some(body) = expected.body.as_ref().filter(|body| **body != json!({})) {
        same("content type", content_type, Some("application/json"))?;
        let sent: Value = serde_json::from_slice(request.body()).map_err(|error| error.to_string())?;
        return same_json("body", &sent, body);
    }
    match request.body().as_slice() {
        b"" => same("content type", content_type, None),
        body => {
            same("body", body, b"{}")?;
            same("content type", content_type, Some("application/json"))
        }
    }
}

fn check_authorization(request: &Request<Vec<u8>>, expected: Option<&str>) -> Result<(), String> {
    let values: Vec<&HeaderValue> = request.headers().get_all(AUTHORIZATION).iter().collect();
    let texts: Vec<&str> = values.iter().map(|value| value.to_str().unwrap()).collect();
    same("authorization", texts, expected.into_iter().collect())?;
    same("sensitive", values.iter().all(|value| value.is_sensitive()), true)
}

/// The order of the pairs of a query means nothing.
fn sorted(uri: &str) -> (&str, Vec<&str>) {
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    let mut pairs: Vec<&str> = query.split('&').collect();
    pairs.sort_unstable();
    (path, pairs)
}

pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) headers: String,
    pub(crate) content: Vec<u8>,
}

/// Takes a multipart body apart, as a server does: by its boundary alone.
pub(crate) fn multipart_parts(request: &Request<Vec<u8>>) -> Vec<Part> {
    let content_type = request.headers()[CONTENT_TYPE].to_str().unwrap();
    let boundary = content_type.split_once("boundary=").unwrap().1;
    let delimiter = format!("\r\n--{boundary}").into_bytes();
    let mut body = b"\r\n".to_vec();
    body.extend_from_slice(request.body());
    let mut starts: Vec<usize> = Vec::new();
    let mut position = 0;
    while position + delimiter.len() <= body.len() {
        if body[position..].starts_with(&delimiter) {
            starts.push(position);
            position += delimiter.len();
        } else {
            position += 1;
        }
    }
    let last = *starts.last().unwrap();
    assert_eq!(&body[last + delimiter.len()..], b"--\r\n", "the end of the body");
    starts
        .windows(2)
        .map(|pair| {
            let part = body[pair[0] + delimiter.len()..pair[1]].strip_prefix(b"\r\n").unwrap();
            let end = part.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
            let headers = std::str::from_utf8(&part[..end]).unwrap().to_owned();
            let name = headers.split_once("name=\"").unwrap().1;
            Part {
                name: name[..name.find('"').unwrap()].to_owned(),
                content: part[end + 4..].to_vec(),
                headers,
            }
        })
        .collect()
}

#[test]
fn an_application_proves_itself_as_it_is_configured() {
    let clients = cases()
        .iter()
        .filter(|case| case.expected.authorization == "client" && case.params.get("client_id").is_none());
    let secret = app().with_secret("secret-1").unwrap();
    let basic = secret
        .clone()
        .with_client_authentication(ClientAuthentication::SecretBasic)
        .unwrap();
    let none = secret
        .clone()
        .with_client_authentication(ClientAuthentication::None)
        .unwrap();
    check_all(clients, |case| {
        let at = case.name();
        same("access", case.op().info.credential, Credential::Client)?;
        let request = |app| {
            case.op()
                .request(Who::Nobody(app), &case.params)
                .map_err(|error| format!("{at}: {error}"))
        };

        let posted = request(&secret)?;
        let mut body = case.expected.body.clone().unwrap();
        body["client_id"] = "app-1".into();
        body["client_secret"] = "secret-1".into();
        let sent: Value = serde_json::from_slice(posted.body()).unwrap();
        same_json(&at, &sent, &body)?;
        check_authorization(&posted, None)?;

        let by_header = request(&basic)?;
        check_request(case, &by_header)?;
        // `printf app-1:secret-1 | base64`
        check_authorization(&by_header, Some("Basic YXBwLTE6c2VjcmV0LTE="))?;

        let public = request(&none)?;
        check_request(case, &public)?;
        check_authorization(&public, None)
    });
    // What the input says wins.
    let named = |case: &&Case| case.expected.authorization == "client" && case.params.get("client_id").is_some();
    check_all(cases().iter().filter(named), |case| {
        let request = case.op().request(Who::Nobody(&secret), &case.params).unwrap();
        let sent: Value = serde_json::from_slice(request.body()).unwrap();
        same_json(&case.name(), &sent, case.expected.body.as_ref().unwrap())
    });
    // Nobody else gets the secret.
    check_all(
        cases().iter().filter(|case| case.expected.authorization != "client"),
        |case| {
            for app in [&secret, &basic] {
                let request = case.op().request(Who::Nobody(app), &case.params).unwrap();
                let text = format!("{request:?}{}", String::from_utf8_lossy(request.body()));
                same(
                    &case.name(),
                    text.contains("secret-1") || text.contains("YXBwLTE6"),
                    false,
                )?;
                check_authorization(&request, None)?;
            }
            Ok(())
        },
    );
}

#[test]
fn every_input_goes_to_json_and_back_unchanged() {
    check_all(cases(), |case| {
        let back = case
            .op()
            .input(&case.params)
            .map_err(|error| format!("{}: {error}", case.name()))?;
        let back = if back.is_null() { json!({}) } else { back };
        // The convenience methods have parameters of their own, which become the body of the method behind them.
        let convenience =
            back != case.params && case.params.get("connection").is_none() && back.get("connection").is_some();
        let expected = if convenience {
            case.expected.body.as_ref().unwrap()
        } else {
            &case.params
        };
        same_json(&case.name(), &back, expected)
    });
}

#[test]
fn every_answer_is_understood_whole() {
    let cases = cases().iter().filter(|case| case.served().is_some());
    check_all(cases, |case| {
        let at = case.name();
        let reply = case
            .op()
            .full_reply(&case.served().unwrap())
            .map_err(|error| format!("{at}: {error}"))?;
        let answer = case.answer.clone().unwrap_or_default();
        same_json(&at, &without_nulls(&reply.data), &without_nulls(&answer))?;
        let Some(response) = &case.response else { return Ok(()) };
        if response.get("statusCode").is_some() {
            same(&at, reply.status_code, Some(200))?;
            same(&at, reply.request_id.as_deref(), response["requestId"].as_str())?;
            same(&at, reply.message.as_deref(), response["message"].as_str())?;
        }
        // And the answer's type goes to JSON and back.
        let again = case
            .op()
            .answer(&reply.data)
            .map_err(|error| format!("{at}: {error}"))?;
        same_json(&at, &again, &reply.data)
    });
}

/// Absent and null are the same in an answer.
pub(crate) fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.clone(), without_nulls(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

#[test]
fn a_doubtful_envelope_may_be_there_or_not() {
    let cases = first_cases().filter(|case| case.op().info.reply == ReplyFormat::Either);
    check_all(cases, |case| {
        let at = case.name();
        let answer = case.answer.as_ref().unwrap();
        let bare = Response::new(answer.to_string().into_bytes());
        let enveloped = json!({ "statusCode": 200, "message": "", "data": answer });
        let enveloped = Response::new(enveloped.to_string().into_bytes());
        let bare = case.op().reply(&bare).map_err(|error| format!("{at}, bare: {error}"))?;
        let enveloped = case
            .op()
            .reply(&enveloped)
            .map_err(|error| format!("{at}, enveloped: {error}"))?;
        same_json(&at, &bare, &enveloped)?;
        same_json(&at, &without_nulls(&bare), &without_nulls(answer))
    });
}

#[test]
fn nothing_required_can_be_left_out() {
    check_all(cases().iter().filter(|case| !case.required.is_empty()), |case| {
        for name in &case.required {
            let mut params = case.params.clone();
            if params.as_object_mut().unwrap().remove(name).is_none() {
                continue;
            }
            match case.op().request(Who::Nobody(&app()), &params) {
                Err(Refused::Params(_) | Refused::Request(_)) => {}
                Ok(request) => {
                    return Err(format!(
                        "{}: sent without `{name}`: {}",
                        case.name(),
                        String::from_utf8_lossy(request.body())
                    ));
                }
            }
        }
        Ok(())
    });
}

#[test]
fn a_payload_that_does_not_belong_to_its_tag_is_refused() {
    let tags = [
        ("AuthenticationClient.signInByCredentials", "connection"),
        ("AuthenticationClient.signInByMobile", "connection"),
        ("AuthenticationClient.signUp", "connection"),
        ("AuthenticationClient.verifyUpdateEmailRequest", "verifyMethod"),
        ("AuthenticationClient.verifyUpdatePhoneRequest", "verifyMethod"),
        ("AuthenticationClient.verifyResetPasswordRequest", "verifyMethod"),
        ("AuthenticationClient.verifyDeleteAccountRequest", "verifyMethod"),
        ("AuthenticationClient.preCheckCode", "codeType"),
    ];
    let refused = |case: &Case, params: &Value| match case.op().input(params) {
        Err(_) => Ok(()),
        Ok(_) => Err(format!("{}: accepted {params}", case.method)),
    };
    check_all(tags, |(method, tag)| {
        let variants: Vec<&Case> = cases().iter().filter(|case| case.method == *method).collect();
        assert!(!variants.is_empty(), "{method}");
        for case in &variants {
            let payload = |case: &Case| {
                let params = case.params.as_object().unwrap();
                let name = params.keys().find(|name| name.ends_with("Payload")).unwrap().clone();
                (name.clone(), params[&name].clone())
            };
            let (own, own_payload) = payload(case);

            let mut params = case.params.clone();
            // Where there is one payload only, a method that this version does not know may still go with it.
            if variants.iter().any(|other| payload(other).0 != own) {
                params[tag] = "SOMETHING_ELSE".into();
                refused(case, &params)?;
            }
            params.as_object_mut().unwrap().remove(*tag);
            refused(case, &params)?;
            let mut params = case.params.clone();
            params.as_object_mut().unwrap().remove(&own);
            refused(case, &params)?;
            let mut params = case.params.clone();
            params[&own] = "text".into();
            refused(case, &params)?;

            for other in &variants {
                let (others, others_payload) = payload(other);
                if others == own {
                    continue;
                }
                // In place of its own payload, and beside it.
                let mut params = case.params.clone();
                params[&others] = others_payload;
                refused(case, &params)?;
                params.as_object_mut().unwrap().remove(&own);
                refused(case, &params)?;
                // The other tag with this payload.
                let mut params = other.params.clone();
                params.as_object_mut().unwrap().remove(&others);
                params[&own] = own_payload.clone();
                refused(case, &params)?;
            }
        }
        Ok(())
    });
    let mobile: BTreeSet<&str> = cases()
        .iter()
        .filter(|case| case.method.ends_with(".signInByMobile"))
        .filter_map(|case| case.params["connection"].as_str())
        .collect();
    assert_eq!(mobile.len(), 32, "every connection of a mobile app");
}

#[test]
fn an_account_is_named_once() {
    for (method, params) in [
        (
            "signInByCredentials",
            json!({"connection": "PASSWORD", "passwordPayload": {"password": "password-1", "email": "a@example.com", "username": "user-1"}}),
        ),
        (
            "signInByCredentials",
            json!({"connection": "PASSWORD", "passwordPayload": {"password": "password-1"}}),
        ),
        (
            "signInByCredentials",
            json!({"connection": "PASSCODE", "passCodePayload": {"passCode": "code-1", "email": "a@example.com", "phone": "555-0101"}}),
        ),
        (
            "signInByCredentials",
            json!({"connection": "PASSCODE", "passCodePayload": {"passCode": "code-1", "email": "a@example.com", "phoneCountryCode": "+1"}}),
        ),
        (
            "signUp",
            json!({"connection": "PASSWORD", "passwordPayload": {"password": "password-1", "email": "a@example.com", "username": "user-1"}}),
        ),
        (
            "signUp",
            json!({"connection": "PASSWORD", "passwordPayload": {"password": "password-1", "phone": "555-0101"}}),
        ),
        (
            "signUp",
            json!({"connection": "PASSCODE", "passCodePayload": {"passCode": "code-1", "username": "user-1"}}),
        ),
    ] {
        let op = operations::named(&format!("AuthenticationClient.{method}"));
        let result = op.input(&params);
        assert!(result.is_err(), "{method} took {params} as {}", result.unwrap());
    }
}

/// The two documented calls with which the project began, letter by letter.
#[test]
fn the_first_two_calls() {
    let user = app().signed_in("token-1").unwrap();

    let bind = operations::named("AuthenticationClient.bindEmail");
    let params = json!({"email": "test@qq.com", "passCode": "123456"});
    let request = bind.request(Who::User(&user), &params).unwrap();
    assert_eq!(request.method(), "POST");
    assert_eq!(request.uri(), "https://example.genauth.ai/api/v3/bind-email");
    assert_eq!(request.body(), br#"{"email":"test@qq.com","passCode":"123456"}"#);
    assert_eq!(bind.input(&params).unwrap(), params);
    let body =
        r#"{"statusCode":200,"message":"Operation successful","requestId":"934108e5-9fbf-4d24-8da1-c330328abd6c"}"#;
    let reply = bind.full_reply(&Response::new(body.into())).unwrap();
    assert_eq!(reply.data, Value::Null);
    assert_eq!(reply.status_code, Some(200));
    assert_eq!(reply.message.as_deref(), Some("Operation successful"));
    assert_eq!(reply.api_code, None);
    assert_eq!(
        reply.request_id.as_deref(),
        Some("934108e5-9fbf-4d24-8da1-c330328abd6c")
    );

    let verify = operations::named("AuthenticationClient.verifyUpdateEmailRequest");
    for params in [
        json!({"verifyMethod": "EMAIL_PASSCODE", "emailPassCodePayload": {"newEmail": "123@qq.com", "newEmailPassCode": "123"}}),
        json!({"verifyMethod": "EMAIL_PASSCODE", "emailPassCodePayload":
            {"newEmail": "123@qq.com", "newEmailPassCode": "123", "oldEmail": "456@qq.com", "oldEmailPassCode": "456"}}),
    ] {
        let request = verify.request(Who::User(&user), &params).unwrap();
        assert_eq!(request.method(), "POST");
        assert_eq!(
            request.uri(),
            "https://example.genauth.ai/api/v3/verify-update-email-request"
        );
        assert_eq!(serde_json::from_slice::<Value>(request.body()).unwrap(), params);
        assert_eq!(verify.input(&params).unwrap(), params);
    }
    let body = r#"{"statusCode":200,"message":"Operation successful","requestId":"934108e5-9fbf-4d24-8da1-c330328abd6c","data":{"tokenExpiresIn":60}}"#;
    let reply = verify.full_reply(&Response::new(body.into())).unwrap();
    assert_eq!(reply.data, json!({"tokenExpiresIn": 60}));
    assert_eq!(
        reply.request_id.as_deref(),
        Some("934108e5-9fbf-4d24-8da1-c330328abd6c")
    );
    for answer in [
        json!({"tokenExpiresIn": 60}),
        json!({"updateEmailToken": "token-2", "tokenExpiresIn": 60}),
    ] {
        assert_eq!(verify.answer(&answer).unwrap(), answer);
    }
}
