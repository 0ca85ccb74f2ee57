//! The same as `entries.rs` for the readers of the protocols, and properties that need a second reader to compare with.

// A target uses one of them.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use genauth_core::access::Anyone;
use genauth_core::client::System;
use genauth_core::http::{HeaderMap, HeaderValue, Method, Request, Response};
use genauth_core::protocol::flow::PendingSignIn;
use genauth_core::protocol::keys::{JwksSource, KeyCache, KeyLocation, KeySet};
use genauth_core::protocol::management_token::ManagementCredential;
use genauth_core::protocol::oidc::AuthorizeParams;
use genauth_core::protocol::password::{Sm2Form, encrypt_rsa, encrypt_sm2};
use genauth_core::protocol::sign_out::EndSessionParams;
use genauth_core::protocol::signature::RequestSigner;
use genauth_core::protocol::token_set::{TokenSet, Tokens};
use genauth_core::protocol::verify::{AccessTokenVerifier, Expected, IdTokenVerifier};
use genauth_core::protocol::webhooks::{Delivery, WebhookReceiver};
use genauth_core::protocol::{cas, events};
use genauth_core::transport::TransportError;
use genauth_core::{App, AuthenticationClient, Error, Operation, Verb};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const NOW: u64 = 1_700_000_000;
const ISSUER: &str = "https://example.com/oidc";

fn app() -> App {
    App::new("https://example.com", "app-1")
        .unwrap()
        .with_secret("secret")
        .unwrap()
}

fn plain(error: &Error) {
    let text = error.to_string();
    assert!(!text.chars().any(char::is_control), "{text:?}");
    let _ = format!("{error:?}");
}

/// A call-back: what is taken has exactly one state, the right one, and one code, for any reader of queries.
pub fn callback(data: &[u8]) {
    let [mode, rest @ ..] = data else { return };
    let text = String::from_utf8_lossy(rest);
    let query = match mode % 4 {
        0 => text.into_owned(),
        1 => format!("{text}&state=STATE"),
        2 => format!("code=C&state=STATE&{text}"),
        _ => format!("https://a.example/cb?state=STATE&code=C{text}"),
    };
    let pending: PendingSignIn = serde_json::from_value(json!({
        "url": "https://example.com", "state": "STATE", "nonce": "NONCE", "code_verifier": "V".repeat(43),
        "redirect_uri": "https://a.example/cb", "client_id": "app-1", "issuer": ISSUER,
        "issuer_required": false, "ends_at": NOW + 60, "token_parameters": {},
    }))
    .unwrap();
    match pending.callback(&query, NOW) {
        Ok(exchange) => {
            let request = exchange.request(&app()).unwrap();
            let sent: BTreeMap<String, String> = url::form_urlencoded::parse(request.body()).into_owned().collect();
            let query = query.split('#').next().unwrap();
            let pairs = |query: &str| -> Vec<(String, String)> {
                url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
            };
            let of = |pairs: &[(String, String)], name: &str| -> Vec<String> {
                pairs.iter().filter(|p| p.0 == name).map(|p| p.1.clone()).collect()
            };
            let whole = pairs(query);
            let tail = query.split_once('?').map(|(_, q)| pairs(q)).unwrap_or_default();
            let read = if of(&whole, "state").len() == 1 && of(&whole, "code").len() == 1 {
                whole
            } else {
                tail
            };
            assert_eq!(of(&read, "state"), ["STATE"], "{query}");
            assert_eq!(of(&read, "code"), [sent["code"].clone()], "{query}");
            assert!(!sent["code"].is_empty() && of(&read, "error").is_empty(), "{query}");
            assert!(of(&read, "iss").iter().all(|iss| iss == ISSUER), "{query}");
        }
        Err(error) => {
            plain(&error);
            assert!(matches!(error, Error::SignIn(_) | Error::OAuth(_)), "{error:?}");
        }
    }
}

fn b64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// Tokens: forged ones, and signed ones with any claims or any header.
/// of any kind.
pub fn token(data: &[u8]) {
    use hmac::{KeyInit as _, Mac as _};
    let [mode, rest @ ..] = data else { return };
    let verifier = IdTokenVerifier::new(&app());
    let none = KeySet::default();
    let check = |header: &[u8], claims: &[u8]| {
        let signed = format!("{}.{}", b64(header), b64(claims));
        let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(b"secret").unwrap();
        mac.update(signed.as_bytes());
        let token = format!("{signed}.{}", b64(&mac.finalize().into_bytes()));
        match verifier.verify(&token, &none, NOW, &Expected::default().nonce("N")) {
            Ok(token) => {
                let claims: Value = serde_json::from_slice(claims).unwrap();
                assert_eq!(claims["iss"], ISSUER);
                assert_eq!(claims["nonce"], "N");
                assert!(claims["exp"].as_f64().unwrap() + 60.0 > NOW as f64);
                assert!(claims["iat"].as_f64().unwrap() < NOW as f64 + 61.0);
                match &claims["aud"] {
                    Value::String(aud) => assert_eq!(aud, "app-1"),
                    Value::Array(all) => {
                        assert!(all.iter().any(|aud| aud == "app-1"));
                        assert!(all.len() == 1 || claims["azp"] == "app-1");
                    }
                    other => panic!("{other}"),
                }
                let header: Value = serde_json::from_slice(header).unwrap();
                assert_eq!(header["alg"], "HS256");
                assert!(header.get("crit").is_none());
                let _ = format!("{token:?} {:?}", token.claims());
            }
            Err(error) => assert!(!error.to_string().chars().any(char::is_control), "{error:?}"),
        }
    };
    match mode % 5 {
        0 => {
            let token = String::from_utf8_lossy(rest);
            assert!(verifier.verify(&token, &none, NOW, &Expected::default()).is_err());
            assert!(AccessTokenVerifier::new(&app()).verify(&token, &none, NOW).is_err());
        }
        1 => check(br#"{"alg":"HS256"}"#, rest),
        2 => check(
            rest,
            format!(r#"{{"iss":"{ISSUER}","aud":"app-1","exp":1700000100,"iat":1700000000,"sub":"s","nonce":"N"}}"#)
                .as_bytes(),
        ),
        3 => {
            let mut claims =
                format!(r#"{{"iss":"{ISSUER}","aud":"app-1","exp":1700000100,"iat":1700000000,"sub":"s","nonce":"N","#)
                    .into_bytes();
            claims.extend_from_slice(rest);
            claims.push(b'}');
            check(br#"{"alg":"HS256"}"#, &claims);
        }
        _ => {
            let mut claims = format!(r#"{{"iss":"{ISSUER}","sub":"s","nonce":"N","#).into_bytes();
            claims.extend_from_slice(rest);
            claims.push(b'}');
            check(br#"{"alg":"HS256"}"#, &claims);
        }
    }
}

/// A key set: no key of it takes a token that it did not sign, and keys without a signature are none.
pub fn keys(data: &[u8]) {
    let Ok(keys) = KeySet::from_json(data) else { return };
    assert!(!format!("{keys:?}").chars().any(char::is_control));
    for algorithm in ["RS256", "ES256"] {
        let head = b64(format!(r#"{{"alg":"{algorithm}","kid":"k"}}"#).as_bytes());
        let claims = b64(br#"{"sub":"s"}"#);
        for signature in [b64(&[1; 64]), b64(&[0; 64]), b64(&[0; 256]), String::new()] {
            let token = format!("{head}.{claims}.{signature}");
            let verifier = AccessTokenVerifier::new(&app());
            let verifier = if algorithm == "ES256" {
                verifier.es256()
            } else {
                verifier
            };
            assert!(verifier.verify(&token, &keys, NOW).is_err());
        }
    }
}

/// Answers of CAS: never both good and bad, and a yes only where it says so.
pub fn cas(data: &[u8]) {
    let [mode, body @ ..] = data else { return };
    let body = match mode % 3 {
        0 => body.to_vec(),
        1 => [
            b"<cas:serviceResponse xmlns:cas=\"c\">".as_slice(),
            body,
            b"</cas:serviceResponse>",
        ]
        .concat(),
        _ => [b"{\"serviceResponse\":".as_slice(), body, b"}"].concat(),
    };
    let response = Response::new(body.clone());
    match cas::CAS_VALIDATE_V2.reply(&response) {
        Ok(answer) => {
            assert!(answer.success().is_none() || answer.failure().is_none());
            let again = serde_json::to_value(&answer).unwrap();
            let back: cas::CasServiceValidateResponse = serde_json::from_value(again.clone()).unwrap();
            assert_eq!(serde_json::to_value(&back).unwrap(), again);
        }
        Err(error) => plain(&error),
    }
    match cas::CAS_VALIDATE_V1.reply(&response) {
        Ok(answer) => {
            if answer.valid {
                let text = String::from_utf8(body).unwrap();
                assert!(
                    text.lines().next().unwrap().trim() == "yes" || text.contains("true"),
                    "{text:?}"
                );
            } else {
                assert!(answer.username.is_none());
            }
        }
        Err(error) => plain(&error),
    }
}

/// Deliveries of webhooks: nothing without the secret, and forms mean what they mean to others.
pub fn webhook(data: &[u8]) {
    let [mode, body @ ..] = data else { return };
    let mut headers = HeaderMap::new();
    if mode % 2 == 1 {
        headers.insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
    }
    let receiver = WebhookReceiver::new("SECRET");
    assert!(receiver.receive(&headers, body).is_err());
    if mode % 4 > 1 {
        headers.insert("x-authing-webhook-secret", "SECRET".parse().unwrap());
        assert!(receiver.check(&headers).is_ok());
    }
    if let Ok(delivery) = Delivery::read(&headers, body) {
        let _ = (delivery.is_test(), delivery.data.user_id().map(str::len));
        let _ = delivery.data.parse::<BTreeMap<String, Value>>();
        if mode % 2 == 1
            && let Some(event) = &delivery.event
        {
            let named: Vec<String> = url::form_urlencoded::parse(body)
                .filter(|pair| pair.0 == "eventName")
                .map(|pair| pair.1.into_owned())
                .collect();
            assert!(named.iter().any(|name| name == event.as_str()), "{named:?} {event}");
        }
    }
    let text = String::from_utf8_lossy(body);
    if !text.contains("PLANTED") {
        let body =
            json!({ "eventName": "login", "data": { "a": text, "password": format!("{text}PLANTED") } }).to_string();
        let delivery = Delivery::read(&HeaderMap::new(), body.as_bytes()).unwrap();
        assert!(!format!("{delivery:?} {delivery:#?}").contains("PLANTED"));
    }
    let _ =
        serde_json::to_string(&json!(String::from_utf8_lossy(body))).map(|t| format!("{:?}", events::Event::new(t)));
}

const NAMES: &[&str] = &[
    "password",
    "access_token",
    "accessToken",
    "refresh_token",
    "id_token",
    "client_secret",
    "clientSecret",
    "passCode",
    "code",
    "ticket",
    "otpSecret",
    "code_verifier",
    "newPassword",
    "cookie",
    "session",
    "pin",
    "pwd",
    "pass",
    "captcha",
    "signature",
    "state",
    "sid",
    "authorization",
    "apiKey",
];

/// An excerpt: a secret under a name of the list is never shown, whatever stands around it.
pub fn excerpt(data: &[u8]) {
    const OP: Operation<(), i64, Anyone> = Operation::new("x", Verb::Get, "/x");
    const MARK: &str = "qZx7Wq";
    let [name, mode, rest @ ..] = data else { return };
    let mut parts = rest
        .split(|byte| *byte == 0xFF)
        .map(|part| String::from_utf8_lossy(part).into_owned());
    let mut part = || parts.next().unwrap_or_default();
    let (before, around, behind) = (part(), part(), part());
    if [&before, &around, &behind].iter().any(|text| text.contains(MARK)) {
        return;
    }
    let name = NAMES[usize::from(*name) % NAMES.len()];
    let secret = format!("{around}{MARK}{behind}");
    let object = json!({ "a": before, name: secret, "z": behind.len() });
    let json = object.to_string();
    let as_text = json!({ "message": json }).to_string();
    let form = || {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("a", &before).append_pair(name, &secret).finish()
    };
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let html = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let body = match mode % 16 {
        0 => json,
        1 => serde_json::to_string_pretty(&object).unwrap(),
        2 => as_text,
        3 => json!({ "message": as_text }).to_string(),
        4 => form(),
        5 => format!("upstream said: {json}"),
        6 => format!("<html><body><pre>{}", form()),
        7 => format!("<html><pre>{}</pre></html>", html(&json)),
        8 => format!("q={}", encode(&json)),
        9 => format!("Login {{ a: {before:?}, {name}: {secret:?} }}"),
        10 => format!("<r><{name}>{}</{name}></r>", html(&secret)),
        11 => format!("<r><string name='{name}'>{}</string></r>", html(&secret)),
        12 => json!({ "a": before, "what": secret, "field": name }).to_string(),
        13 => json!([before, name, secret]).to_string(),
        14 => format!("{name}: {secret}\n{before}"),
        _ => html(&format!("it failed: {}", encode(&as_text))),
    };
    let mut response = Response::new(body.clone().into_bytes());
    *response.status_mut() = genauth_core::http::StatusCode::BAD_GATEWAY;
    let error = OP.reply(&response).unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains(MARK), "{body}\n{shown}");
}

/// Links: the values go into the query as they are.
pub fn links(data: &[u8]) {
    let mut parts = data
        .split(|byte| *byte == 0xFF)
        .map(|part| String::from_utf8_lossy(part).into_owned());
    let mut part = || parts.next().unwrap_or_default();
    let (redirect, state, name, value) = (part(), part(), part(), part());
    let app = app();
    let read = |url: &str| -> Vec<(String, String)> {
        let url = url::Url::parse(url).unwrap();
        assert_eq!((url.host_str(), url.fragment()), (Some("example.com"), None), "{url}");
        url.query_pairs().into_owned().collect()
    };
    let has = |pairs: &[(String, String)], name: &str, value: &str| {
        let found: Vec<&str> = pairs.iter().filter(|p| p.0 == name).map(|p| p.1.as_str()).collect();
        assert_eq!(found, [value], "{name}");
    };
    let parameters = AuthorizeParams::new(redirect.clone(), state.clone()).parameter(name.clone(), value.clone());
    match app.authorize_url(&parameters) {
        Ok(url) => {
            let pairs = read(&url);
            has(&pairs, "redirect_uri", &redirect);
            has(&pairs, "state", &state);
            has(&pairs, &name, &value);
        }
        Err(error) => assert!(matches!(error, Error::Request(_))),
    }
    if let Ok(url) =
        app.end_session_url(&EndSessionParams::redirecting(value.clone(), redirect.clone()).state(state.clone()))
    {
        let pairs = read(&url);
        has(&pairs, "post_logout_redirect_uri", &redirect);
        has(&pairs, "id_token_hint", &value);
        has(&pairs, "state", &state);
    }
    for url in [
        app.cas_login_url(Some(&redirect)),
        app.cas_logout_url(Some(&redirect)),
        app.logout_url(Some(&redirect)),
    ] {
        let Ok(url) = url else { continue };
        assert!(read(&url).iter().any(|pair| pair.1 == redirect), "{url}");
    }
    if let Ok(host) = events::EventHost::new(&redirect) {
        let _ = (host.name().len(), host.port(), host.is_secure());
        if let Ok(handshake) = events::Handshake::of_user(&host, &state, value.clone(), [7; 16]) {
            let pairs: Vec<(String, String)> =
                url::form_urlencoded::parse(handshake.request().uri().query().unwrap().as_bytes())
                    .into_owned()
                    .collect();
            has(&pairs, "code", &state);
            has(&pairs, "token", &value);
        }
    }
}

#[derive(Debug, Deserialize, Serialize, PartialEq)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct Sample {
    text: Option<String>,
    number: Option<i64>,
    float: Option<f64>,
    flag: Option<bool>,
    list: Vec<String>,
    any: Option<Value>,
    inner: Option<Box<Sample>>,
    inners: Vec<Sample>,
    code: Option<i64>,
    message: Option<String>,
}

/// What serde reads as something, the library reads as the same; and what it mends it reads like that again.
pub fn lenient(data: &[u8]) {
    const ENVELOPE: Operation<(), Sample, Anyone> = Operation::new("x", Verb::Get, "/x");
    const EITHER: Operation<(), Sample, Anyone> = Operation::new("x", Verb::Get, "/x").either();
    const BARE: Operation<(), Sample, Anyone> = Operation::new("x", Verb::Get, "/x").bare();
    let Ok(text) = std::str::from_utf8(data) else { return };
    let envelope = Response::new(format!(r#"{{"statusCode":200,"message":"","data":{text}}}"#).into_bytes());
    // Text numbers and the like bring the slow way into play for one field, and must not change the others.
    let slow = Response::new(format!(r#"{{"statusCode":"200","message":"","data":{text}}}"#).into_bytes());
    let direct = serde_json::from_str::<Sample>(text);
    let read = ENVELOPE.reply(&envelope);
    if let Ok(expected) = direct
        && serde_json::from_str::<Value>(text).is_ok_and(|value| !value.is_null())
    {
        assert_eq!(read.unwrap(), expected, "{text}");
        let lone = serde_json::from_str::<Value>(text).unwrap();
        // Read as loose JSON, doubled names and the shape of floats are lost: compare what loose JSON says.
        if let Ok(loose) = serde_json::from_value::<Sample>(lone.clone()) {
            match ENVELOPE.reply(&slow) {
                Ok(read) => assert_eq!(read, loose, "{text}"),
                Err(error) => panic!("{text} {error}"),
            }
            let failed = lone.as_object().is_some_and(|o| {
                o.contains_key("error")
                    || o.contains_key("statusCode")
                    || (o.contains_key("message") && o.contains_key("code"))
            });
            if !failed {
                for op in [EITHER, BARE] {
                    assert_eq!(
                        op.reply(&Response::new(text.as_bytes().to_vec())).unwrap(),
                        loose,
                        "{text}"
                    );
                }
            }
        }
    } else if let Err(error) = read {
        plain(&error);
    }
}

/// `Retry-After`, and headers around it.
pub fn headers(data: &[u8]) {
    const OP: Operation<(), i64, Anyone> = Operation::new("x", Verb::Get, "/x");
    let mut response = Response::new(b"{}".to_vec());
    *response.status_mut() = genauth_core::http::StatusCode::TOO_MANY_REQUESTS;
    for (name, value) in ["retry-after", "content-type", "x-request-id", "location"]
        .iter()
        .zip(data.split(|b| *b == 0xFF))
    {
        let Ok(value) = genauth_core::http::HeaderValue::from_bytes(value) else {
            return;
        };
        response.headers_mut().insert(*name, value);
    }
    let error = OP.reply(&response).unwrap_err();
    plain(&error);
    let _ = error.retry_after();
    let _ = events::Handshake::refusal(&response).retry_after();
}

/// The signature of a request: what is signed is the same for any order of the JSON, and no line can be smuggled in.
pub fn signature(data: &[u8]) {
    let [mode, rest @ ..] = data else { return };
    let mut parts = rest.splitn(3, |byte| *byte == 0xFF);
    let mut part = || parts.next().unwrap_or_default();
    let (query, header, body) = (part(), part(), part());
    let signer = RequestSigner::new("KEY", "PLANTED-1");
    let query: String = url::form_urlencoded::byte_serialize(query).collect();
    let mut request = Request::new(body.to_vec());
    *request.method_mut() = if mode % 2 == 0 { Method::GET } else { Method::POST };
    *request.uri_mut() = match format!("https://example.com/api/v3/x?{query}&a=1").parse() {
        Ok(uri) => uri,
        Err(_) => return,
    };
    if let Ok(value) = HeaderValue::from_bytes(header) {
        request.headers_mut().insert("x-authing-app-id", value);
    }
    let date = RequestSigner::date(Duration::from_secs(NOW));
    match signer.sign(&mut request, &date, "00") {
        Ok(()) => {
            let text = signer.string_to_sign(&request).unwrap();
            let lines = text.split('\n').take_while(|line| !line.starts_with("/api")).count();
            assert_eq!(
                lines,
                1 + request
                    .headers()
                    .keys()
                    .filter(|name| name.as_str().starts_with("x-authing-"))
                    .count()
                    + 1
            );
            assert!(request.headers()["authorization"].is_sensitive());
            let mut again = request.clone();
            signer.sign(&mut again, &date, "00").unwrap();
            assert_eq!(again.headers(), request.headers());
        }
        Err(error) => {
            plain(&error);
            assert!(matches!(error, Error::Request(_)), "{error:?}");
        }
    }
    assert!(!format!("{signer:?} {request:?}").contains("PLANTED-1"));
}

/// A clock that stands, and randomness that is none.
struct Still;

impl System for Still {
    fn now(&self) -> Duration {
        Duration::from_secs(5)
    }

    fn unix_time(&self) -> Duration {
        Duration::from_secs(NOW)
    }

    fn sleep(&self, _: Duration) {}

    fn random(&self, bytes: &mut [u8]) -> Result<(), Error> {
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::try_from(index % 251).unwrap() + 1;
        }
        Ok(())
    }
}

/// A server's key for passwords, in PEM or as hexadecimal: what it encrypts is no plain text.
pub fn password(data: &[u8]) {
    let [mode, key @ ..] = data else { return };
    let text = String::from_utf8_lossy(key);
    let key = match mode % 4 {
        0 | 1 => text.into_owned(),
        // So that a fuzzer need not find base64 and hexadecimal first.
        2 => {
            use base64::Engine as _;
            let der = base64::engine::general_purpose::STANDARD.encode(key);
            format!("-----BEGIN PUBLIC KEY-----\n{der}\n-----END PUBLIC KEY-----\n")
        }
        _ => key.iter().map(|byte| format!("{byte:02x}")).collect(),
    };
    let encrypted = [
        encrypt_rsa(&key, "PLANTED-1", &Still),
        encrypt_sm2(&key, "PLANTED-1", Sm2Form::default(), &Still),
    ];
    for result in encrypted {
        match result {
            Ok(secret) => assert!(!secret.expose().is_empty() && !secret.expose().contains("PLANTED-1")),
            Err(error) => {
                plain(&error);
                assert!(!format!("{error} {error:?}").contains("PLANTED-1"));
            }
        }
    }
}

/// The answer to a management credential: a token or an error, whatever comes; and the claims inside a token.
pub fn management_token(data: &[u8]) {
    let [mode, rest @ ..] = data else { return };
    let credential = ManagementCredential::new("KEY", "PLANTED-1");
    let body = match mode % 3 {
        0 => rest.to_vec(),
        1 => {
            let token = format!("e30.{}.x", b64(rest));
            json!({ "statusCode": 200, "message": "", "data": { "access_token": token, "expires_in": 60 } })
                .to_string()
                .into_bytes()
        }
        _ => [
            br#"{"statusCode":200,"data":{"access_token":"T","#.as_slice(),
            rest,
            b"}}",
        ]
        .concat(),
    };
    let transport = move |_: Request<Vec<u8>>| Ok::<_, TransportError>(Response::new(body.clone()));
    let client = AuthenticationClient::new(app(), transport).with_system(Still);
    match credential.token(&client) {
        Ok(token) => {
            assert!(!token.secret().expose().is_empty());
            let _ = (token.user_pool_id().map(str::len), format!("{token:?}"));
            credential.reject(&token);
        }
        Err(error) => plain(&error),
    }
    assert!(!format!("{credential:?}").contains("PLANTED-1"));
}

/// Tokens that were kept, and the answer to their renewal.
pub fn token_set(data: &[u8]) {
    let (kept, answer) = data.split_at(data.iter().position(|byte| *byte == 0xFF).unwrap_or(data.len()));
    let tokens = serde_json::from_slice::<Tokens>(kept).unwrap_or_else(|_| {
        let tokens = json!({ "access_token": "A", "refresh_token": "R", "expires_at": NOW });
        serde_json::from_value(tokens).unwrap()
    });
    let written = serde_json::to_value(&tokens).unwrap();
    let again: Tokens = serde_json::from_value(written.clone()).unwrap();
    assert_eq!(serde_json::to_value(&again).unwrap(), written);
    let body = answer.get(1..).unwrap_or_default().to_vec();
    let sent = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&sent);
    let transport = move |_: Request<Vec<u8>>| {
        count.fetch_add(1, Ordering::Relaxed);
        Ok::<_, TransportError>(Response::new(body.clone()))
    };
    let client = AuthenticationClient::new(app(), transport).with_system(Still);
    let set = TokenSet::new(tokens);
    for _ in 0..2 {
        if let Err(error) = set.access_token(&client) {
            plain(&error);
        }
    }
    // Good tokens are not renewed, and failures are not repeated at once.
    assert!(sent.load(Ordering::Relaxed) <= 2);
    let _ = format!("{set:?}");
}

/// Frames and refusals of events.
pub fn events(data: &[u8]) {
    let text = String::from_utf8_lossy(data).into_owned();
    let event = events::Event::new(text.clone());
    assert_eq!(event.text(), text);
    assert_eq!(event.parse::<Value>(), serde_json::from_str(&text).ok());
    let _ = event.parse::<BTreeMap<String, Value>>();
    assert_eq!(format!("{event:?}"), format!("Event({} bytes)", text.len()));
    if let Ok(host) = events::EventHost::new(&text) {
        assert!(
            !host.name().is_empty()
                && (host.is_secure()
                    || matches!(host.name(), "localhost" | "::1")
                    || host.name().starts_with("127.")
                    || host.name().eq_ignore_ascii_case("localhost")
                    || host
                        .name()
                        .parse::<std::net::IpAddr>()
                        .is_ok_and(|address| address.is_loopback())),
            "{host:?}"
        );
    }
}

/// A source of keys whose server answers anything.
pub fn key_source(data: &[u8]) {
    let (discovery, answer) = data.split_at(data.iter().position(|byte| *byte == 0xFF).unwrap_or(data.len()));
    let (discovery, answer) = (discovery.to_vec(), answer.get(1..).unwrap_or_default().to_vec());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    let transport = move |request: Request<Vec<u8>>| {
        let uri = request.uri().to_string();
        let body = if uri.ends_with("/openid-configuration") {
            &discovery
        } else {
            &answer
        };
        seen.lock().unwrap().push(uri);
        Ok::<_, TransportError>(Response::new(body.clone()))
    };
    let client = AuthenticationClient::new(app(), transport).with_system(Still);
    let cache = KeyCache::default();
    let source = JwksSource::with_settings(&client, KeyLocation::Discovery, cache);
    if let Err(error) = source.keys() {
        plain(&error);
    }
    let token = format!(
        "{}.{}.{}",
        b64(br#"{"alg":"RS256","kid":"k"}"#),
        b64(b"{}"),
        b64(&[1; 256])
    );
    assert!(
        source
            .verify_access_token(&AccessTokenVerifier::new(&app()), &token)
            .is_err()
    );
    for uri in asked.lock().unwrap().iter() {
        assert!(uri.starts_with("https://example.com/"), "{uri}");
    }
}
