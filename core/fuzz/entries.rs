//! What is true for any bytes, one function for each fuzz target. Each panics where it is not.

// A target uses one of them.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::error::Error as _;

use genauth_core::access::Anyone;
use genauth_core::authentication::{account_linking, mfa, my_resources, profile, public_info, sign_in, uploads};
use genauth_core::http::{Request, Response};
use genauth_core::{App, Error, Operation, Secret, Verb};
use serde_json::Value;

type Fields = BTreeMap<String, Value>;

/// An answer: any status, any body, each way of reading one.
pub fn reply(data: &[u8]) {
    let [operation, status, body @ ..] = data else { return };
    let status = [200, 201, 302, 400, 401, 404, 429, 500, 502][usize::from(*status) % 9];
    let mut response = Response::new(body.to_vec());
    *response.status_mut() = genauth_core::http::StatusCode::from_u16(status).unwrap();
    let error = match operation % 9 {
        0 => profile::GET_PROFILE.reply(&response).err(),
        1 => profile::BIND_EMAIL.reply(&response).err(),
        2 => profile::VERIFY_UPDATE_EMAIL_REQUEST.reply(&response).err(),
        3 => my_resources::GET_LOGIN_HISTORY.reply(&response).err(),
        4 => my_resources::GET_GROUP_LIST.reply(&response).err(),
        5 => public_info::GET_SYSTEM_INFO.reply(&response).err(),
        6 => mfa::VERIFY_MFA_TOKEN.reply(&response).err(),
        7 => account_linking::LINK_EXT_IDP.reply(&response).err(),
        _ => sign_in::GENE_CAPTCHA_CODE.reply(&response).err(),
    };
    let Some(error) = error else { return };
    let text = error.to_string();
    assert!(!text.chars().any(char::is_control), "{text:?}");
    assert!(!matches!(error, Error::Request(_) | Error::Transport(_)), "{text}");
    if let Error::Reply(reply) = &error {
        assert!(reply.excerpt.chars().count() <= 203, "{text}");
        assert_eq!(reply.length, body.len());
    }
    let _ = format!("{error:?} {:?}", error.source().map(ToString::to_string));
}

/// Values on their way into a query, a path and a form: pairs of names and values, parted by 0xFF.
pub fn request(data: &[u8]) {
    const QUERY: Operation<Fields, (), Anyone> = Operation::new("query", Verb::Get, "/query");
    const FORM: Operation<Fields, (), Anyone> = Operation::new("form", Verb::Post, "/form").form();
    const PATH: Operation<Fields, (), Anyone> = Operation::new("path", Verb::Post, "/a/{value}/b");
    let app = App::new("https://example.com/prefix", "app-1").unwrap();
    let mut texts = data
        .split(|byte| *byte == 0xFF)
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let mut pairs = BTreeMap::new();
    while let (Some(name), Some(value)) = (texts.next(), texts.next()) {
        pairs.insert(name, value);
    }
    let input: Fields = pairs
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().into()))
        .collect();

    let url = url(&QUERY.request(&app, &input).unwrap());
    assert_eq!(url.path(), "/prefix/query");
    assert_eq!(url.query_pairs().into_owned().collect::<BTreeMap<_, _>>(), pairs);
    let request = FORM.request(&app, &input).unwrap();
    let sent: BTreeMap<_, _> = url::form_urlencoded::parse(request.body()).into_owned().collect();
    assert_eq!(sent, pairs);

    for value in pairs.values() {
        let input = Fields::from([("value".to_owned(), value.as_str().into())]);
        match PATH.request(&app, &input) {
            Ok(request) => {
                let url = self::url(&request);
                let segments: Vec<&str> = url.path_segments().unwrap().collect();
                assert_eq!(segments.len(), 4, "{url}");
                assert_eq!((segments[0], segments[1], segments[3]), ("prefix", "a", "b"));
                let pair = format!("v={}", segments[2]);
                assert_eq!(
                    url::form_urlencoded::parse(pair.as_bytes()).next().unwrap().1,
                    value.as_str()
                );
            }
            Err(Error::Request(_)) => assert!(matches!(value.as_str(), "" | "." | ".."), "{value:?}"),
            Err(error) => panic!("{error}"),
        }
    }
}

fn url(request: &Request<Vec<u8>>) -> url::Url {
    let url = url::Url::parse(&request.uri().to_string()).unwrap();
    assert_eq!(
        (url.host_str(), url.fragment(), url.username()),
        (Some("example.com"), None, "")
    );
    url
}

/// A file: its name up to the first 0xFF, then its content.
pub fn upload(data: &[u8]) {
    let app = App::new("https://example.com", "app-1").unwrap();
    let (name, content) = data.split_at(data.iter().position(|byte| *byte == 0xFF).unwrap_or(data.len()));
    let input = uploads::UploadDto::new(content).file_name(String::from_utf8_lossy(name));
    let request = uploads::UPLOAD_FILE.request(&app, &input).unwrap();
    let content_type = request.headers()["content-type"].to_str().unwrap();
    let boundary = content_type.split_once("boundary=").unwrap().1;
    assert!((1..=70).contains(&boundary.len()), "{boundary}");
    let body = request.body();
    let places: Vec<usize> = (0..body.len())
        .filter(|start| body[*start..].starts_with(boundary.as_bytes()))
        .collect();
    assert_eq!(
        places.len(),
        2,
        "the boundary opens and closes, and stands nowhere else"
    );
    let inside = &body[..places[1] - 4];
    assert!(inside.ends_with(content));
    let head = &inside[..inside.len() - content.len()];
    assert!(head.ends_with(b"\r\n\r\n"));
    let lines = head.split(|byte| *byte == b'\n').count();
    assert_eq!(lines, 5, "{:?}", String::from_utf8_lossy(head));
}

/// A host: whatever is taken is what any URL parser sees, and plain http stays on this machine.
pub fn host(data: &[u8]) {
    const PING: Operation<(), (), Anyone> = Operation::new("ping", Verb::Get, "/ping");
    let text = String::from_utf8_lossy(data);
    let app = match App::new(&text, "app-1") {
        Ok(app) => app,
        Err(error) => {
            assert!(matches!(error, Error::Request(_)), "{error:?}");
            assert!(!error.to_string().contains('\n'));
            return;
        }
    };
    let uri = PING.request(&app, &()).unwrap().uri().clone();
    let Ok(url) = url::Url::parse(&uri.to_string()) else {
        // Only what is said to be Punycode and is none; no resolver knows it either.
        assert!(uri.host().unwrap().to_ascii_lowercase().contains("xn--"), "{uri}");
        return;
    };
    assert_eq!(
        (url.username(), url.password(), url.query(), url.fragment()),
        ("", None, None, None),
        "{url}"
    );
    let address = url.host_str().unwrap().trim_matches(['[', ']']);
    let loopback = address == "localhost"
        || address
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback());
    assert!(url.scheme() == "https" || loopback, "{url}");
    // What is no address stays as it is.
    let own = uri.host().unwrap().trim_matches(['[', ']']).to_ascii_lowercase();
    assert!(
        own == address || address.parse::<std::net::IpAddr>().is_ok() || own.contains("xn--"),
        "{uri} is {url}"
    );
}

/// An input read from JSON: what is taken is sent, and shows no secret.
pub fn params(data: &[u8]) {
    let Ok(input) = serde_json::from_slice::<sign_in::SigninByCredentialsDto>(data) else {
        return;
    };
    let once = serde_json::to_value(&input).unwrap();
    let again: sign_in::SigninByCredentialsDto = serde_json::from_value(once.clone()).unwrap();
    assert_eq!(serde_json::to_value(&again).unwrap(), once);
    let payloads = once
        .as_object()
        .unwrap()
        .keys()
        .filter(|name| name.ends_with("Payload"))
        .count();
    assert_eq!(payloads, 1, "{once}");
    if let Some(secret) = input
        .client_secret
        .as_ref()
        .map(Secret::expose)
        .filter(|secret| secret.len() > 20)
    {
        assert!(!format!("{input:?}").contains(secret));
    }
}
