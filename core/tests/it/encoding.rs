//! Whatever a value holds, it arrives as it was: in a query, a path, a form and a multipart body. The proof is a parser that
//! this project did not write.

use std::collections::BTreeMap;

use genauth_core::access::Anyone;
use genauth_core::authentication::uploads::{UPLOAD_FILE, UploadDto};
use genauth_core::http::Request;
use genauth_core::{App, Operation, Verb};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::wire::multipart_parts;

type Fields = BTreeMap<String, Value>;

const QUERY: Operation<Fields, (), Anyone> = Operation::new("query", Verb::Get, "/api/v3/query");
const PATH: Operation<Fields, (), Anyone> =
    Operation::new("path", Verb::Post, "/api/v3/{first}/and/{second}/end?third");
const FORM: Operation<Fields, (), Anyone> = Operation::new("form", Verb::Post, "/api/v3/form").form();

fn app() -> App {
    App::new("https://example.com/prefix", "app-1").unwrap()
}

fn parsed(request: &Request<Vec<u8>>) -> url::Url {
    url::Url::parse(&request.uri().to_string()).unwrap()
}

/// Any text, and the kinds of text that have broken encoders.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[ -~]{0,40}",
        "[%&=+;#?/\\\\.:@ \"'<>\\[\\]{}|^`~\r\n\t\0]{0,20}",
        "(\\.|%2e|%2E|/|\\\\|%2f|%5c|%00|%25){1,6}",
        "\\PC{0,20}",
    ]
}

fn sorted(mut pairs: Vec<(String, String)>) -> Vec<(String, String)> {
    pairs.sort();
    pairs
}

proptest! {
    // A failure is printed; no file is written for it.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_query_arrives(fields in btree_map(text(), vec(text(), 1..4), 0..5)) {
        let input: Fields = fields.iter().map(|(name, values)| (name.clone(), json!(values))).collect();
        let request = QUERY.request(&app(), &input).unwrap();
        let url = parsed(&request);
        let expected = fields.iter().flat_map(|(name, values)| values.iter().map(|value| (name.clone(), value.clone())));
        prop_assert_eq!(sorted(url.query_pairs().into_owned().collect()), sorted(expected.collect()));
        prop_assert_eq!(url.path(), "/prefix/api/v3/query");
        prop_assert_eq!(url.fragment(), None);
        prop_assert_eq!(url.host_str(), Some("example.com"));
        prop_assert!(request.uri().to_string().is_ascii());
        // The order of a list is kept.
        for (name, values) in &fields {
            let got: Vec<String> = url.query_pairs().filter(|(key, _)| key == name).map(|(_, value)| value.into_owned()).collect();
            prop_assert_eq!(&got, values);
        }
    }

    #[test]
    fn a_path_keeps_its_shape(first in text(), second in text(), third in text()) {
        let input: Fields = [("first", &first), ("second", &second), ("third", &third)]
            .into_iter()
            .map(|(name, value)| (name.to_owned(), json!(value)))
            .collect();
        let refused = |text: &str| matches!(text, "" | "." | "..");
        let result = PATH.request(&app(), &input);
        prop_assert_eq!(result.is_err(), refused(&first) || refused(&second));
        let Ok(request) = result else { return Ok(()) };
        let url = parsed(&request);
        let segments: Vec<String> = url
            .path_segments()
            .unwrap()
            .map(percent_decode)
            .collect();
        prop_assert_eq!(segments, ["prefix", "api", "v3", first.as_str(), "and", second.as_str(), "end"]);
        prop_assert_eq!(url.query_pairs().into_owned().collect::<Vec<_>>(), [("third".to_owned(), third)]);
        // No parser sees more segments, whatever it decodes first.
        prop_assert_eq!(request.uri().path().matches('/').count(), 7);
        prop_assert!(!request.uri().path().contains('\\'));
        prop_assert!(request.body().is_empty());
    }

    #[test]
    fn a_form_arrives(fields in btree_map(text(), text(), 1..6)) {
        let input: Fields = fields.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let request = FORM.request(&app(), &input).unwrap();
        let got: Vec<(String, String)> = url::form_urlencoded::parse(request.body()).into_owned().collect();
        prop_assert_eq!(sorted(got), fields.into_iter().collect::<Vec<_>>());
        prop_assert_eq!(&request.headers()["content-type"], "application/x-www-form-urlencoded");
        prop_assert!(request.body().is_ascii());
    }

    #[test]
    fn a_file_arrives(content in vec(any::<u8>(), 0..300), name in text(), folder in text()) {
        check_upload(&content, &name, &folder);
    }

    #[test]
    fn a_file_that_knows_the_boundary_arrives(
        pieces in vec(prop_oneof!["--", "\r\n", "genauth", "[a-z-]{0,4}", "x{1,80}", "[0-9a-f]{1,20}"], 0..30),
    ) {
        check_upload(pieces.concat().as_bytes(), "file.txt", "photos");
    }

    #[test]
    fn a_basic_header_holds_both_parts(id in "[!-~]{1,20}", secret in text().prop_filter("none is empty", |secret| !secret.is_empty())) {
        use genauth_core::app::ClientAuthentication;
        use genauth_core::access::Anyone;
        use genauth_core::operation::Credential;
        const TOKEN: Operation<(), (), Anyone> = Operation::new("token", Verb::Post, "/token").credential(Credential::Client).form();
        let app = App::new("https://example.com", id.as_str()).unwrap().with_secret(secret.as_str()).unwrap();
        let app = app.with_client_authentication(ClientAuthentication::SecretBasic).unwrap();
        let request = TOKEN.request(&app, &()).unwrap();
        let value = request.headers()["authorization"].to_str().unwrap();
        let pair = String::from_utf8(base64_decode(value.strip_prefix("Basic ").unwrap())).unwrap();
        let (got_id, got_secret) = pair.split_once(':').unwrap();
        prop_assert_eq!(percent_decode(got_id), id);
        prop_assert_eq!(percent_decode(got_secret), secret);
    }
}

fn percent_decode(text: &str) -> String {
    // A blank never comes as `+`, so that this reading and the other agree.
    assert!(!text.contains('+'), "{text}");
    let pairs = format!("a={text}");
    let mut pairs = url::form_urlencoded::parse(pairs.as_bytes());
    pairs.next().unwrap().1.into_owned()
}

fn base64_decode(text: &str) -> Vec<u8> {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::new();
    let mut bits = 0_u32;
    let mut count = 0;
    for digit in text.trim_end_matches('=').chars() {
        bits = bits << 6 | u32::try_from(DIGITS.find(digit).unwrap()).unwrap();
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xFF).unwrap());
        }
    }
    bytes
}

fn check_upload(content: &[u8], name: &str, folder: &str) {
    let input = UploadDto::new(content).file_name(name).folder(folder);
    let request = UPLOAD_FILE.request(&app(), &input).unwrap();
    let parts = multipart_parts(&request);
    assert_eq!(parts.len(), 1, "{}", String::from_utf8_lossy(request.body()));
    assert_eq!(parts[0].name, "file");
    assert_eq!(parts[0].content, content);
    // The name is escaped as browsers do, and cannot end its line or its quotes.
    assert_eq!(parts[0].headers.split("\r\n").count(), 2, "{}", parts[0].headers);
    let file_name = parts[0].headers.split_once("filename=\"").unwrap().1;
    let file_name = &file_name[..file_name.find("\"\r\n").unwrap()];
    assert_eq!(
        file_name,
        name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
    );
}

#[test]
fn a_file_that_holds_every_boundary_of_a_series_arrives() {
    // Boundaries that are made longer until they fit end somewhere.
    let longest = format!("\r\n--genauth-boundary{}", "x".repeat(200));
    check_upload(
        format!("{longest}--\r\n{longest}\r\nContent-Disposition: form-data; name=\"evil\"\r\n\r\n1").as_bytes(),
        "a",
        "b",
    );
}

#[test]
fn a_boundary_does_not_depend_on_chance() {
    let input = UploadDto::new(b"content".as_slice());
    let first = UPLOAD_FILE.request(&app(), &input).unwrap();
    let second = UPLOAD_FILE.request(&app(), &input).unwrap();
    assert_eq!(first.body(), second.body());
}

#[test]
fn values_of_every_kind_have_a_place_in_a_query() {
    let input: Fields = [
        ("boolean", json!(true)),
        ("integer", json!(-5)),
        ("fraction", json!(1.5)),
        ("large", json!(u64::MAX)),
        ("nothing", json!(null)),
        ("list", json!(["a", 1, true])),
        ("empty", json!("")),
        ("no items", json!([])),
        ("object", json!({"a": [1]})),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    let request = QUERY.request(&app(), &input).unwrap();
    let got = sorted(parsed(&request).query_pairs().into_owned().collect());
    let expected = [
        ("boolean", "true"),
        ("empty", ""),
        ("fraction", "1.5"),
        ("integer", "-5"),
        ("large", "18446744073709551615"),
        ("list", "1"),
        ("list", "a"),
        ("list", "true"),
        ("object", "{\"a\":[1]}"),
    ];
    assert_eq!(got, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}
