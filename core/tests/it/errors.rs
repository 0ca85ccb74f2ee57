//! What an error says, and the questions it answers.

use std::error::Error as StdError;

use genauth_core::access::Anyone;
use genauth_core::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use genauth_core::http::{Response, StatusCode};
use genauth_core::transport::{TransportError, TransportErrorKind};
use genauth_core::{ApiCode, Error, Operation, Verb};

use crate::operations;

fn answered(http_status: u16, body: &str) -> Error {
    let op = operations::named("AuthenticationClient.getProfile");
    op.reply(&of(http_status, body)).expect_err("an error")
}

fn of(http_status: u16, body: &str) -> Response<Vec<u8>> {
    Response::builder()
        .status(http_status)
        .body(body.as_bytes().to_vec())
        .unwrap()
}

#[test]
fn the_body_decides_whatever_http_says() {
    let op = operations::named("AuthenticationClient.getProfile");
    for http_status in [200, 201, 400, 401, 404, 429, 500, 503] {
        let answer = op
            .full_reply(&of(
                http_status,
                r#"{"statusCode":200,"message":"","data":{"userId":"user-1"}}"#,
            ))
            .unwrap();
        assert_eq!(answer.data["userId"], "user-1");
        assert_eq!(answer.http_status, http_status);
        assert_eq!(answer.status_code, Some(200));

        let error = answered(
            http_status,
            r#"{"statusCode":403,"apiCode":2333,"message":"wrong","requestId":"request-1","data":null}"#,
        );
        let Error::Api(api) = &error else { panic!("{error:?}") };
        assert_eq!(api.operation, "AuthenticationClient.getProfile");
        assert_eq!(api.http_status, http_status);
        assert_eq!(api.status_code, 403);
        assert_eq!(api.api_code, Some(ApiCode::CredentialsWrong));
        assert_eq!(api.message, "wrong");
        assert_eq!(api.request_id.as_deref(), Some("request-1"));
        assert_eq!(error.api_code(), Some(ApiCode::CredentialsWrong));
        assert_eq!(error.request_id(), Some("request-1"));
        assert_eq!(error.http_status(), StatusCode::from_u16(http_status).ok());
        assert!(!error.may_have_taken_effect());
    }
}

#[test]
fn a_failure_is_found_in_any_envelope() {
    for body in [
        r#"{"statusCode":404}"#,
        r#"{"statusCode":404,"message":null,"apiCode":null}"#,
        r#"{"statusCode":"404","message":"no","data":{"userId":5}}"#,
        r#"{"statusCode":404.0,"message":["no"],"requestId":5}"#,
        r#"{"code":404,"message":"no"}"#,
        r#"{"statusCode":404,"message":"no","data":"text"}"#,
        r#"{"statusCode":404,"message":"no","data":[1]}"#,
        "\u{feff}{\"statusCode\":404}",
    ] {
        let error = answered(200, body);
        assert!(error.is_not_found(), "{body}: {error:?}");
    }
}

#[test]
fn the_older_endpoints_say_code_for_both_codes() {
    let error = answered(200, r#"{"code":2206,"message":"no"}"#);
    assert_eq!(error.api_code(), Some(ApiCode::SessionExpired));
    assert!(error.needs_sign_in());
}

#[test]
fn a_failure_of_another_family_is_no_success() {
    let operation = genauth_core::authentication::public_info::GET_SYSTEM_INFO;
    for body in [
        r#"{"error":{"code":50000,"message":"no"}}"#,
        r#"{"code":"SESSION_EXPIRED","message":"no"}"#,
        r#"{"error":"invalid_request"}"#,
        r#"{"code":500,"message":"no"}"#,
    ] {
        let response = genauth_core::http::Response::new(body.as_bytes().to_vec());
        assert!(operation.reply(&response).is_err(), "{body}");
    }
}

#[test]
fn a_failing_server_may_have_done_it() {
    for (status_code, may_have) in [
        (400, false),
        (404, false),
        (429, false),
        (500, true),
        (503, true),
        (602, true),
    ] {
        let error = answered(200, &format!(r#"{{"statusCode":{status_code},"message":"no"}}"#));
        assert_eq!(error.may_have_taken_effect(), may_have, "{status_code}");
    }
}

#[test]
fn errors_answer_the_questions_of_users() {
    struct Answers {
        not_found: bool,
        rate_limited: bool,
        sign_in: bool,
        next_step: bool,
    }
    let no = Answers {
        not_found: false,
        rate_limited: false,
        sign_in: false,
        next_step: false,
    };
    for (http_status, status_code, api_code, expected) in [
        (200, 400, None, Answers { ..no }),
        (200, 404, None, Answers { not_found: true, ..no }),
        (200, 403, Some(2004), Answers { not_found: true, ..no }),
        (200, 400, Some(2011), Answers { not_found: true, ..no }),
        (200, 400, Some(2224), Answers { not_found: true, ..no }),
        (404, 400, None, Answers { ..no }),
        (
            200,
            429,
            None,
            Answers {
                rate_limited: true,
                ..no
            },
        ),
        (
            429,
            429,
            None,
            Answers {
                rate_limited: true,
                ..no
            },
        ),
        (
            429,
            500,
            None,
            Answers {
                rate_limited: true,
                ..no
            },
        ),
        (200, 401, None, Answers { sign_in: true, ..no }),
        (401, 401, Some(2020), Answers { sign_in: true, ..no }),
        (200, 400, Some(2020), Answers { sign_in: true, ..no }),
        (200, 400, Some(2206), Answers { sign_in: true, ..no }),
        (200, 400, Some(2207), Answers { sign_in: true, ..no }),
        (200, 403, Some(2333), Answers { ..no }),
        (200, 403, Some(2006), Answers { ..no }),
        (200, 400, Some(987_654), Answers { ..no }),
    ] {
        let code = api_code.map_or_else(|| "null".to_owned(), |code: i64| code.to_string());
        let error = answered(
            http_status,
            &format!(r#"{{"statusCode":{status_code},"apiCode":{code},"message":""}}"#),
        );
        let what = format!("HTTP {http_status}, {status_code}, {code}");
        assert_eq!(error.is_not_found(), expected.not_found, "{what}");
        assert_eq!(error.is_rate_limited(), expected.rate_limited, "{what}");
        assert_eq!(error.needs_sign_in(), expected.sign_in, "{what}");
        assert_eq!(error.needs_next_step(), expected.next_step, "{what}");
        assert_eq!(error.api_code().map(ApiCode::as_i64), api_code, "{what}");
        assert!(!error.is_timeout());
    }
    for code in [1635, 1636, 1639, 1640, 1641, 1642, 1643, 2058] {
        let error = answered(200, &format!(r#"{{"statusCode":400,"apiCode":{code},"message":""}}"#));
        assert!(error.needs_next_step(), "{code} is a step, not a failure");
        assert!(!error.needs_sign_in() && !error.is_not_found() && !error.is_rate_limited());
        let text = answered(200, &format!(r#"{{"statusCode":400,"apiCode":"{code}","message":""}}"#));
        assert!(text.needs_next_step(), "{code} as text");
    }
    for code in [0, 200, 2000, 2001, 2004, 2005, 2006, 2020, 2333, 4021, 6001] {
        let error = answered(200, &format!(r#"{{"statusCode":400,"apiCode":{code},"message":""}}"#));
        assert!(!error.needs_next_step(), "{code} is a failure");
    }
}

#[test]
fn an_unknown_code_is_kept() {
    for code in [0, 1, -1, 987_654, i64::MAX, i64::MIN] {
        assert_eq!(ApiCode::from(code).as_i64(), code);
        let error = answered(200, &format!(r#"{{"statusCode":400,"apiCode":{code},"message":""}}"#));
        assert_eq!(error.api_code(), Some(ApiCode::Other(code)));
    }
    // Equal by number, whichever way they were made.
    assert_eq!(ApiCode::Other(2020), ApiCode::NotSignedIn);
}

#[test]
fn an_http_error_without_an_envelope_answers_them_too() {
    let op = operations::named("AuthenticationClient.getProfile");
    let page = |status: u16| {
        op.reply(&of(status, "<html>no</html>"))
            .expect_err("a page is no answer")
    };
    assert!(page(429).is_rate_limited());
    assert!(page(401).needs_sign_in());
    assert!(
        !page(404).is_not_found(),
        "a page says nothing about the thing that was asked for"
    );
    assert!(!page(502).is_rate_limited());
    assert!(
        page(502).may_have_taken_effect(),
        "the proxy lost the answer, not the request"
    );
    let json = answered(502, r#"{"error":{"reason":"upstream"}}"#);
    assert!(matches!(json, Error::Reply(_)) && json.may_have_taken_effect());
}

#[test]
fn an_oauth_error_is_one() {
    let op = operations::named("AuthenticationClient.verifyMfaToken");
    for status in [200, 400, 401] {
        let body = r#"{"error":"invalid_client","error_description":"client authentication failed"}"#;
        let error = op.reply(&of(status, body)).unwrap_err();
        let Error::OAuth(oauth) = &error else {
            panic!("{error:?}")
        };
        assert_eq!(oauth.error, "invalid_client");
        assert_eq!(oauth.error_description.as_deref(), Some("client authentication failed"));
        assert_eq!(oauth.http_status, status);
        assert!(
            !error.needs_sign_in(),
            "the application's secret is wrong, not the user's token"
        );
        assert_eq!(
            error.to_string(),
            "AuthenticationClient.verifyMfaToken: invalid_client: client authentication failed"
        );
    }
    // An envelope where there should be none.
    let error = op
        .reply(&of(200, r#"{"statusCode":429,"message":"slow down"}"#))
        .unwrap_err();
    assert!(error.is_rate_limited());
}

#[test]
fn retry_after_is_read() {
    let op = operations::named("AuthenticationClient.getProfile");
    for (value, expected) in [
        ("3", Some(3)),
        (" 120 ", Some(120)),
        ("0", Some(0)),
        ("-1", None),
        ("1.5", None),
        ("99999999999999999999", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", None),
        ("", None),
    ] {
        for body in [r#"{"statusCode":429,"message":""}"#, "busy"] {
            let mut response = of(429, body);
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from_str(value).unwrap());
            let error = op.reply(&response).unwrap_err();
            assert_eq!(error.retry_after(), expected, "{value}: {error:?}");
            assert!(error.is_rate_limited());
        }
    }
    assert_eq!(answered(429, r#"{"statusCode":429}"#).retry_after(), None);
}

#[test]
fn an_error_is_one_line_whatever_came() {
    for error in [
        answered(
            200,
            r#"{"statusCode":400,"message":"a\nb\r\nFAKE log line\u001b[31m\u0000","requestId":"x\ny"}"#,
        ),
        answered(200, "line 1\nline 2\r\n\u{1b}[31mred\u{7f}"),
        answered(200, r#"{"statusCode":200,"data":{"userId":{"a\nb":1}}}"#),
        answered(200, r#"{"statusCode":200,"data":{"identities":"a\nb"}}"#),
    ] {
        let text = error.to_string();
        assert!(!text.chars().any(char::is_control), "{text:?}");
        assert!(text.starts_with("AuthenticationClient.getProfile: "), "{text}");
    }
    let mut response = of(200, "");
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
    let error = operations::named("AuthenticationClient.getProfile")
        .reply(&response)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "AuthenticationClient.getProfile: the answer is empty (HTTP 200, text/html, 0 bytes)"
    );
    let error = answered(
        200,
        r#"{"statusCode":403,"apiCode":2333,"message":"wrong","requestId":"request-1"}"#,
    );
    assert_eq!(
        error.to_string(),
        "AuthenticationClient.getProfile: the service answered 403, apiCode 2333: wrong (request request-1)"
    );
}

#[test]
fn a_wrong_value_keeps_the_request_id() {
    let error = answered(
        200,
        r#"{"statusCode":200,"requestId":"request-1","data":{"emailVerified":"maybe"}}"#,
    );
    assert_eq!(error.request_id(), Some("request-1"));
    let Error::Reply(reply) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(reply.path, "data.emailVerified");
    assert!(error.source().is_some());
    assert!(error.may_have_taken_effect());
}

#[test]
fn a_transport_error_says_whether_something_was_sent() {
    use TransportErrorKind::{BodyTooLarge, Cancelled, Connect, Other, Timeout, Tls};
    for (kind, reached) in [
        (Connect, false),
        (Tls, false),
        (Timeout, true),
        (BodyTooLarge, true),
        (Cancelled, true),
        (Other, true),
    ] {
        let error = Error::from(TransportError::new(kind, "why").with_source(std::io::Error::other("below")));
        assert_eq!(error.may_have_taken_effect(), reached, "{kind:?}");
        assert_eq!(error.is_timeout(), kind == Timeout);
        assert_eq!(error.http_status(), None);
        assert_eq!(error.retry_after(), None);
        assert!(
            !error.is_not_found() && !error.is_rate_limited() && !error.needs_sign_in() && !error.needs_next_step()
        );
        assert_eq!(error.source().unwrap().to_string(), "below");
        assert!(error.to_string().ends_with(": why"));
        let told = Error::from(TransportError::new(kind, "why").reached_server(!reached));
        assert_eq!(told.may_have_taken_effect(), !reached);
    }
}

#[test]
fn a_refused_request_was_not_sent() {
    let error = genauth_core::App::new("ftp://example.com", "app-1").unwrap_err();
    assert!(matches!(error, Error::Request(_)));
    assert!(!error.may_have_taken_effect() && !error.is_timeout());
    assert!(error.to_string().starts_with("the request was not made: "), "{error}");
}

#[test]
fn results_are_small() {
    // Every call returns one: a large error would be moved through every caller.
    assert_eq!(size_of::<Error>(), 2 * size_of::<usize>());
    assert_eq!(size_of::<Result<(), Error>>(), size_of::<Error>());
}

/// However much a server says, an error is a few lines of a log, and keeps no whole answer.
#[test]
fn a_large_answer_makes_no_large_error() {
    const OP: Operation<(), i64, Anyone> = Operation::new("operation", Verb::Get, "/");
    const OAUTH: Operation<(), serde_json::Value, Anyone> = Operation::new("operation", Verb::Get, "/").bare();
    for unit in ["a", "\\n", "\\u0000", "\u{1f600}", "é"] {
        let long = unit.repeat((1 << 20) / unit.len());
        for (status, body) in [
            (
                200,
                format!(r#"{{"statusCode":500,"message":"{long}","requestId":"{long}"}}"#),
            ),
            (200, format!(r#"{{"statusCode":"500","message":"{long}"}}"#)),
            (400, format!(r#"{{"error":"{long}","error_description":"{long}"}}"#)),
            (502, format!(r#"{{"requestId":"{long}","a":"{long}"}}"#)),
            (200, format!(r#"{{"statusCode":200,"data":"{long}"}}"#)),
            (200, format!(r#"{{"statusCode":200,"data":{{"{long}":[1]}}}}"#)),
            (502, long.clone()),
            (502, format!("<p>{long}")),
        ] {
            let mut response = of(status, &body);
            let kind = HeaderValue::try_from("a".repeat(100_000)).unwrap();
            response.headers_mut().insert(CONTENT_TYPE, kind);
            for error in [OP.reply(&response).err(), OAUTH.reply(&response).err()]
                .into_iter()
                .flatten()
            {
                let (shown, debugged) = (error.to_string(), format!("{error:?}"));
                assert!(shown.len() < 20_000, "{} bytes", shown.len());
                assert!(debugged.len() < 60_000, "{} bytes: {debugged:.200}", debugged.len());
            }
        }
    }
}
