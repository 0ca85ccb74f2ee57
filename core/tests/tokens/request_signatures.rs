//! The HMAC-SHA1 signature of requests.

use std::time::Duration;

use genauth_core::Error;
use genauth_core::protocol::signature::RequestSigner;
use http::Request;

const DATE: &str = "Sun, 09 Oct 2022 06:14:00 GMT";
const NONCE: &str = "f02a938cdbcf1b1f10bf14887eda6659";

fn signer() -> RequestSigner {
    RequestSigner::new("id", "secret")
}

fn post(body: &str) -> Request<Vec<u8>> {
    Request::post("https://api.authing.cn/api/v3/list-users")
        .header("accept", "application/json")
        .header("content-type", "application/json")
        .header("x-authing-lang", "zh-CN")
        .header("x-authing-sdk-version", "authing-node-sdk:4.0.2")
        .body(body.as_bytes().to_vec())
        .unwrap()
}

fn resource(signer: &RequestSigner, request: &Request<Vec<u8>>) -> String {
    let text = signer.string_to_sign(request).unwrap();
    text.rsplit_once('\n').unwrap().1.to_owned()
}

#[test]
fn the_documented_example_comes_out() {
    let mut request = post(r#"{"options":{"pagination":{"page":1,"limit":10}},"keywords":"alice"}"#);
    signer().sign(&mut request, DATE, NONCE).unwrap();
    assert_eq!(
        signer().string_to_sign(&request).unwrap(),
        "POST\n\
         date:Sun, 09 Oct 2022 06:14:00 GMT\n\
         x-authing-lang:zh-CN\n\
         x-authing-sdk-version:authing-node-sdk:4.0.2\n\
         x-authing-signature-method:HMAC-SHA1\n\
         x-authing-signature-nonce:f02a938cdbcf1b1f10bf14887eda6659\n\
         x-authing-signature-version:1.0\n\
         /api/v3/list-users?keywords=alice&options={\"pagination\":{\"page\":1,\"limit\":10}}"
    );
    let authorization = &request.headers()["authorization"];
    assert_eq!(authorization, "authing id:mQkkTFUeVoFy+2aNlBYCtv29t/I=");
    assert!(authorization.is_sensitive());
}

#[test]
fn scheme_and_header_prefix_are_settings() {
    let signer = signer().with_scheme("GenAuth").with_header_prefix("X-GenAuth-");
    let mut request = post("{}");
    request.headers_mut().insert("x-genauth-lang", "en-US".parse().unwrap());
    signer.sign(&mut request, DATE, NONCE).unwrap();
    let text = signer.string_to_sign(&request).unwrap();
    assert!(
        text.contains("\nx-genauth-lang:en-US\n") && !text.contains("x-authing-"),
        "{text}"
    );
    assert!(request.headers().contains_key("x-genauth-signature-nonce"));
    assert!(
        request.headers()["authorization"]
            .to_str()
            .unwrap()
            .starts_with("GenAuth id:")
    );
}

#[test]
fn the_body_is_signed_as_it_is_sent() {
    for (body, signed) in [
        ("", ""),
        ("{}", ""),
        (
            r#"{"b":null,"a":true,"c":1.50,"B":"x y&z=\u00e9"}"#,
            "?B=x y&z=\u{e9}&a=true&b=null&c=1.50",
        ),
        (r#"{"z":[{"b":1,"a":2},"\u00e9"]}"#, r#"?z=[{"b":1,"a":2},"\u00e9"]"#),
        // By UTF-16 code units, as JavaScript sorts: the second is a surrogate pair.
        (r#"{"\uffe6":1,"\ud83d\ude00":2}"#, "?\u{1f600}=2&\u{ffe6}=1"),
    ] {
        assert_eq!(
            resource(&signer(), &post(body)),
            format!("/api/v3/list-users{signed}"),
            "{body}"
        );
    }
    for body in ["[]", "null", "text", r#"{"a":"\ud800"}"#, "{", "\u{0}"] {
        assert!(
            matches!(signer().string_to_sign(&post(body)), Err(Error::Request(_))),
            "{body}"
        );
    }
}

#[test]
fn the_query_of_a_get_is_signed_and_of_others_not() {
    let request = |method: &str| {
        Request::builder()
            .method(method)
            .uri("https://api.authing.cn/identity/api/v3/get-user?userId=1%2B2%20%C3%A9&b=2&a=1&b=3&flag&&")
            .body(Vec::new())
            .unwrap()
    };
    let signer = signer().with_base_path("/identity");
    assert_eq!(
        resource(&signer, &request("GET")),
        "/api/v3/get-user?a=1&b=[\"2\",\"3\"]&flag=&userId=1+2 \u{e9}"
    );
    assert_eq!(resource(&signer, &request("DELETE")), "/api/v3/get-user");
}

#[test]
fn header_values_are_one_line() {
    let mut request = post("");
    let headers = request.headers_mut();
    headers.insert("x-authing-lang", "a\tb ".parse().unwrap());
    assert!(
        signer()
            .string_to_sign(&request)
            .unwrap()
            .contains("x-authing-lang:a b\n")
    );
    request
        .headers_mut()
        .insert("x-authing-lang", http::HeaderValue::from_bytes(b"\xff").unwrap());
    assert!(matches!(signer().string_to_sign(&request), Err(Error::Request(_))));
    for (date, nonce) in [("a\nb", NONCE), (DATE, "a\r\nb")] {
        assert!(matches!(
            signer().sign(&mut post(""), date, nonce),
            Err(Error::Request(_))
        ));
    }
}

#[test]
fn dates_are_written_for_any_time() {
    assert_eq!(RequestSigner::date(Duration::ZERO), "Thu, 01 Jan 1970 00:00:00 GMT");
    assert_eq!(RequestSigner::date(Duration::MAX), "Fri, 31 Dec 9999 23:59:59 GMT");
}

#[test]
fn nothing_shows_the_secret() {
    let shown = format!("{:?}", RequestSigner::new("id", "S3CRET"));
    assert!(shown.contains("\"id\"") && !shown.contains("S3CRET"), "{shown}");
}
