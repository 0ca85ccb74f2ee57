//! Answers as servers really send them, and as they must never be taken.

use std::collections::BTreeSet;

use genauth_core::http::header::CONTENT_TYPE;
use genauth_core::http::{Response, StatusCode};
use genauth_core::{Error, ReplyFormat};
use serde_json::{Value, json};

use crate::operations::{self, Op};
use crate::wire::{Case, check_all, first_cases, without_nulls};

/// The operations whose answer comes in the envelope, with one whole answer of each.
fn enveloped() -> impl Iterator<Item = &'static Case> {
    first_cases().filter(|case| {
        case.response
            .as_ref()
            .is_some_and(|body| body.get("statusCode").is_some())
    })
}

fn response(body: impl Into<Vec<u8>>) -> Response<Vec<u8>> {
    Response::new(body.into())
}

fn of_json(body: &Value) -> Response<Vec<u8>> {
    response(body.to_string())
}

/// Where in the body the result stands.
fn root(case: &Case) -> &'static str {
    match case.op().info.reply {
        ReplyFormat::Bare => "",
        _ if case
            .response
            .as_ref()
            .is_some_and(|body| body.get("statusCode").is_none()) =>
        {
            ""
        }
        _ => "/data",
    }
}

/// The pointers to every value inside, the whole itself first.
fn pointers(value: &Value) -> Vec<String> {
    fn walk(at: String, value: &Value, all: &mut Vec<String>) {
        all.push(at.clone());
        match value {
            Value::Object(fields) => fields.iter().for_each(|(name, value)| {
                walk(
                    format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")),
                    value,
                    all,
                );
            }),
            Value::Array(items) => {
                items
                    .iter()
                    .enumerate()
                    .for_each(|(index, value)| walk(format!("{at}/{index}"), value, all));
            }
            _ => {}
        }
    }
    let mut all = Vec::new();
    walk(String::new(), value, &mut all);
    all
}

/// The same way as an error writes it: `data.list[3].createdAt`.
fn written(pointer: &str) -> String {
    let mut text = String::new();
    for step in pointer.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        match step.parse::<usize>() {
            Ok(index) => text += &format!("[{index}]"),
            Err(_) if text.is_empty() => text += &step,
            Err(_) => text += &format!(".{step}"),
        }
    }
    text
}

/// A whole answer of each operation, with each of its values in turn replaced by others, and what became of it.
fn with_each_value(
    replacements: impl Fn(&Value) -> Vec<Value>,
    check: impl Fn(&str, &Value, &Value, Result<Value, Error>) -> Result<(), String>,
) {
    // One operation of each path: the convenience methods answer what the method behind them does.
    let mut seen = BTreeSet::new();
    let cases = first_cases().filter(|case| case.response.is_some());
    let cases = cases.filter(|case| seen.insert((case.op().info.verb.as_str(), case.op().info.path)));
    check_all(cases, |case| {
        let body = case.response.clone().unwrap();
        let root = root(case);
        let Some(result) = body.pointer(root) else {
            return Ok(());
        };
        // Of a list its first item.
        let further = |pointer: &str| {
            pointer
                .split('/')
                .any(|step| step.parse::<usize>().is_ok_and(|index| index > 0))
        };
        for pointer in pointers(result) {
            let pointer = format!("{root}{pointer}");
            if pointer.is_empty() || further(&pointer) {
                continue;
            }
            let original = body.pointer(&pointer).unwrap();
            for replacement in replacements(original) {
                let mut body = body.clone();
                *body.pointer_mut(&pointer).unwrap() = replacement.clone();
                let answer = case.op().reply(&of_json(&body));
                // Where any JSON is welcome, what came is what is handed out.
                let below = pointer.strip_prefix(root).unwrap();
                if let Ok(answer) = &answer
                    && answer.pointer(below) == Some(&replacement)
                {
                    continue;
                }
                check(below, original, &replacement, answer)
                    .map_err(|error| format!("{}: {replacement} at `{}`: {error}", case.method, written(&pointer)))?;
            }
        }
        Ok(())
    });
}

fn becomes(below: &str, expected: &Value, answer: Result<Value, Error>) -> Result<(), String> {
    let answer = answer.map_err(|error| error.to_string())?;
    match answer.pointer(below).unwrap_or(&Value::Null) {
        got if without_nulls(got) == without_nulls(expected) => Ok(()),
        got => Err(format!("became {got}, not {expected}")),
    }
}

#[test]
fn nothing_needs_to_be_there() {
    check_all(enveloped(), |case| {
        let whole = case.response.clone().unwrap();
        let nulls = match &whole["data"] {
            Value::Object(fields) => fields
                .keys()
                .map(|name| (name.clone(), Value::Null))
                .collect::<serde_json::Map<_, _>>()
                .into(),
            _ => Value::Null,
        };
        let empty = match &whole["data"] {
            Value::Array(_) => json!([]),
            _ => json!({}),
        };
        for (what, body) in [
            ("no data", json!({"statusCode": 200, "message": ""})),
            ("no message", json!({"statusCode": 200})),
            ("data null", json!({"statusCode": 200, "message": "", "data": null})),
            ("data empty", json!({"statusCode": 200, "message": "", "data": empty})),
            (
                "data of nulls",
                json!({"statusCode": 200, "message": null, "requestId": null, "apiCode": null, "data": nulls}),
            ),
        ] {
            let answer = case
                .op()
                .reply(&of_json(&body))
                .map_err(|error| format!("{}, {what}: {error}", case.method))?;
            // Nothing comes out that did not go in, but empty lists.
            for pointer in pointers(&answer) {
                let value = answer.pointer(&pointer).unwrap();
                let nothing = value.is_null() || value.is_object() || *value == json!([]);
                if !nothing {
                    return Err(format!("{}, {what}: `{}` is {value}", case.method, written(&pointer)));
                }
            }
        }
        Ok(())
    });
}

#[test]
fn any_value_may_be_null_or_missing() {
    with_each_value(
        |_| vec![Value::Null],
        |below, original, _, answer| {
            let answer = answer.map_err(|error| error.to_string())?;
            // An item that is nothing is left out: the others move up.
            if let Some((list, "0")) = below.rsplit_once('/')
                && let Some(Value::Array(items)) = answer.pointer(list)
            {
                let nulls = items.iter().filter(|item| item.is_null()).count();
                return if nulls == 0 {
                    Ok(())
                } else {
                    Err(format!("{nulls} nulls stayed in the list"))
                };
            }
            match answer.pointer(below) {
                None | Some(Value::Null) => Ok(()),
                Some(list) if original.is_array() && *list == json!([]) => Ok(()),
                Some(object) if below.is_empty() && pointers(object).len() < pointers(original).len() => Ok(()),
                Some(other) => Err(format!("became {other}")),
            }
        },
    );
    check_all(enveloped(), |case| {
        let body = case.response.clone().unwrap();
        for pointer in pointers(&body["data"])
            .into_iter()
            .filter(|pointer| !pointer.is_empty())
        {
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            let mut body = body.clone();
            let Some(Value::Object(fields)) = body["data"].pointer_mut(parent) else {
                continue;
            };
            fields.remove(&name.replace("~1", "/").replace("~0", "~"));
            case.op()
                .reply(&of_json(&body))
                .map_err(|error| format!("{} without `{}`: {error}", case.method, written(&pointer)))?;
        }
        Ok(())
    });
}

#[test]
fn unknown_fields_change_nothing() {
    fn add(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                fields.values_mut().for_each(add);
                fields.insert("unknownField-1".to_owned(), json!({"deep": [1, {"a": null}]}));
            }
            Value::Array(items) => items.iter_mut().for_each(add),
            _ => {}
        }
    }
    fn remove(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                fields.remove("unknownField-1");
                fields.values_mut().for_each(remove);
            }
            Value::Array(items) => items.iter_mut().for_each(remove),
            _ => {}
        }
    }
    check_all(first_cases().filter(|case| case.response.is_some()), |case| {
        let mut body = case.response.clone().unwrap();
        let expected = case.op().reply(&of_json(&body)).map_err(|error| error.to_string())?;
        add(&mut body);
        let mut answer = case
            .op()
            .reply(&of_json(&body))
            .map_err(|error| format!("{}: {error}", case.method))?;
        remove(&mut answer);
        if answer == expected {
            Ok(())
        } else {
            Err(format!("{}: {answer} is not {expected}", case.method))
        }
    });
}

#[test]
fn unknown_texts_are_kept() {
    with_each_value(
        |value| {
            if value.is_string() {
                vec![json!("something-new \u{e9}"), json!("")]
            } else {
                Vec::new()
            }
        },
        |below, _, replacement, answer| becomes(below, replacement, answer),
    );
}

#[test]
fn numbers_and_booleans_may_be_text() {
    with_each_value(
        |value| match value {
            Value::Number(number) => vec![number.to_string().into(), format!(" {number}").into()],
            Value::Bool(boolean) => vec![boolean.to_string().into()],
            _ => Vec::new(),
        },
        |below, original, _, answer| becomes(below, original, answer),
    );
    // Nothing, written as text.
    with_each_value(
        |value| {
            if value.is_number() || value.is_boolean() {
                vec![json!("")]
            } else {
                Vec::new()
            }
        },
        |below, _, _, answer| becomes(below, &Value::Null, answer),
    );
    // A whole number with a fraction.
    with_each_value(
        |value| if value.is_i64() { vec![json!(7.0)] } else { Vec::new() },
        |below, _, _, answer| becomes(below, &json!(7), answer),
    );
}

#[test]
fn texts_may_be_numbers_and_booleans() {
    with_each_value(
        |value| {
            if value.is_string() {
                vec![json!(1.5), json!(true)]
            } else {
                Vec::new()
            }
        },
        |below, _, replacement, answer| becomes(below, &replacement.to_string().into(), answer),
    );
}

#[test]
fn a_list_may_be_its_one_item_or_json_text() {
    with_each_value(
        |value| match value.as_array().map(Vec::as_slice) {
            Some([first @ Value::Object(_), ..]) => vec![first.clone()],
            _ => Vec::new(),
        },
        |below, original, _, answer| becomes(below, &json!([original[0]]), answer),
    );
    with_each_value(
        |value| {
            if value.is_array() {
                vec![value.to_string().into()]
            } else {
                Vec::new()
            }
        },
        |below, original, _, answer| becomes(below, original, answer),
    );
    with_each_value(
        |value| {
            if value.is_object() {
                vec![value.to_string().into()]
            } else {
                Vec::new()
            }
        },
        |below, original, _, answer| becomes(below, original, answer),
    );
}

#[test]
fn the_envelope_is_read_leniently() {
    check_all(enveloped(), |case| {
        let whole = case.response.clone().unwrap();
        let expected = case.op().reply(&of_json(&whole)).map_err(|error| error.to_string())?;
        let with = |changes: Value| {
            let mut body = whole.clone();
            for (name, value) in changes.as_object().unwrap() {
                body[name] = value.clone();
            }
            of_json(&body)
        };
        let status = |status: u16, mut response: Response<Vec<u8>>| {
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            response
        };
        let mut with_bom = b"\xEF\xBB\xBF".to_vec();
        with_bom.extend_from_slice(whole.to_string().as_bytes());
        for (what, response) in [
            ("201", with(json!({"statusCode": 201}))),
            ("as text", with(json!({"statusCode": "200"}))),
            ("as text with blanks", with(json!({"statusCode": " 200 "}))),
            ("with a fraction", with(json!({"statusCode": 200.0}))),
            ("apiCode", with(json!({"apiCode": 20001}))),
            ("apiCode as text", with(json!({"apiCode": "20001"}))),
            ("apiCode as any text", with(json!({"apiCode": "OK"}))),
            ("message as a list", with(json!({"message": ["a", "b"]}))),
            ("requestId as a number", with(json!({"requestId": 7}))),
            ("HTTP 201", status(201, with(json!({})))),
            ("HTTP 400", status(400, with(json!({})))),
            ("HTTP 500", status(500, with(json!({})))),
            ("byte order mark", response(with_bom)),
            ("blanks", response(format!("\r\n\t {whole} \n"))),
        ] {
            let answer = case
                .op()
                .reply(&response)
                .map_err(|error| format!("{}, {what}: {error}", case.method))?;
            if answer != expected {
                return Err(format!("{}, {what}: {answer} is not {expected}", case.method));
            }
        }
        // The older endpoints say `code`.
        let mut body = whole.clone();
        body.as_object_mut().unwrap().remove("statusCode");
        body["code"] = json!(200);
        let answer = case
            .op()
            .reply(&of_json(&body))
            .map_err(|error| format!("{}, code: {error}", case.method))?;
        if answer == expected {
            Ok(())
        } else {
            Err(format!("{}, code: {answer} is not {expected}", case.method))
        }
    });
}

/// The error of an answer that must not be taken.
fn refusal(op: &Op, what: &str, response: &Response<Vec<u8>>) -> Result<Error, String> {
    match op.reply(response) {
        Err(error) => Ok(error),
        Ok(answer) => Err(format!("{}, {what}: taken as {answer}", op.info.name)),
    }
}

#[test]
fn what_is_no_answer_is_an_error_that_says_so() {
    let json_only = |op: &&Op| {
        matches!(
            op.info.reply,
            ReplyFormat::Envelope | ReplyFormat::Bare | ReplyFormat::Either | ReplyFormat::EnvelopeOrRedirect
        )
    };
    let page = "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";
    check_all(operations::all().iter().filter(json_only), |op| {
        for (what, body, problem) in [
            ("page", page.as_bytes().to_vec(), "web page"),
            ("page after blanks", format!("\n  {page}").into_bytes(), "web page"),
            ("nothing", Vec::new(), "empty"),
            ("blanks", b" \r\n".to_vec(), "empty"),
            ("text", b"upstream connect error".to_vec(), "not JSON"),
            ("cut off", br#"{"statusCode":200,"message":"","da"#.to_vec(), "cut off"),
            (
                "cut off at the end",
                br#"{"statusCode":200,"message":"","data":{}"#.to_vec(),
                "cut off",
            ),
            (
                "two answers",
                br#"{"statusCode":200}{"statusCode":200}"#.to_vec(),
                "not JSON",
            ),
            ("deep list", vec![b'['; 10_000], "cut off"),
            ("deep object", br#"{"a":"#.repeat(10_000), "cut off"),
            (
                "not UTF-8",
                b"{\"statusCode\":200,\"message\":\"\xFF\"}".to_vec(),
                "not JSON",
            ),
            ("UTF-16", b"\xFF\xFE{\0\"\0".to_vec(), "not JSON"),
            ("Infinity", br#"{"statusCode":Infinity}"#.to_vec(), "not JSON"),
            ("NaN", br#"{"statusCode":NaN}"#.to_vec(), "not JSON"),
            (
                "control character",
                b"{\"statusCode\":200,\"message\":\"\n\"}".to_vec(),
                "not JSON",
            ),
        ] {
            for status in [200, 502] {
                let mut answer = response(body.clone());
                *answer.status_mut() = StatusCode::from_u16(status).unwrap();
                answer.headers_mut().insert(CONTENT_TYPE, "text/html".parse().unwrap());
                let Error::Reply(error) = refusal(op, what, &answer)? else {
                    return Err(format!("{}, {what}: the wrong kind of error", op.info.name));
                };
                assert_eq!(error.operation, op.info.name);
                assert_eq!(error.http_status, status);
                assert_eq!(error.content_type.as_deref(), Some("text/html"));
                assert_eq!(error.length, body.len());
                assert!(error.excerpt.chars().count() <= 203, "{}", error.excerpt);
                let text = error.to_string();
                assert!(text.contains(problem), "{}, {what}: {text}", op.info.name);
                assert!(text.contains(op.info.name) && !text.contains('\n'), "{text}");
            }
        }
        Ok(())
    });
}

#[test]
fn a_cut_off_answer_is_never_taken() {
    check_all(first_cases().filter(|case| case.response.is_some()), |case| {
        let whole = case.response.as_ref().unwrap().to_string();
        for end in (0..whole.len()).step_by(41).chain([whole.len() - 1]) {
            refusal(case.op(), "cut off", &response(&whole.as_bytes()[..end]))?;
        }
        Ok(())
    });
}

#[test]
fn an_envelope_that_is_none_is_refused() {
    check_all(enveloped(), |case| {
        let either = case.op().info.reply == ReplyFormat::Either;
        for body in [
            json!(null),
            json!(true),
            json!(200),
            json!("statusCode"),
            json!([]),
            json!([{"statusCode": 200}]),
            json!({}),
            json!({"data": {}}),
            json!({"statusCode": null}),
            json!({"statusCode": {}, "data": {}}),
            json!({"statusCode": [200], "data": {}}),
            json!({"statusCode": true, "data": {}}),
            json!({"statusCode": 200.5, "data": {}}),
            json!({"statusCode": "ok", "data": {}}),
            json!({"code": 200}),
            json!({"statuscode": 200, "data": {}}),
        ] {
            // Without an envelope it may be the bare answer, but not when HTTP says that the call failed.
            let status = if either { 500 } else { 200 };
            let mut answer = of_json(&body);
            *answer.status_mut() = StatusCode::from_u16(status).unwrap();
            let error = refusal(case.op(), &body.to_string(), &answer)?;
            if !matches!(error, Error::Reply(_)) {
                return Err(format!("{}: {body} is {error}", case.method));
            }
        }
        for code in [
            0,
            1,
            100,
            199,
            202,
            204,
            299,
            300,
            400,
            404,
            500,
            -200,
            20001,
            i64::MAX,
            i64::MIN,
        ] {
            let body = json!({"statusCode": code, "message": "no", "data": case.response.as_ref().unwrap()["data"]});
            let error = refusal(case.op(), &code.to_string(), &of_json(&body))?;
            let Error::Api(error) = error else {
                return Err(format!("{}: {code} is {error}", case.method));
            };
            assert_eq!((error.status_code, error.message.as_str()), (code, "no"));
        }
        for code in ["99999999999999999999", "1e300", "-1e300", "2e2000"] {
            let body = format!(r#"{{"statusCode":{code},"message":"","data":{{}}}}"#);
            let mut answer = response(body);
            *answer.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            refusal(case.op(), code, &answer)?;
        }
        Ok(())
    });
}

#[test]
fn a_wrong_value_is_found() {
    // An object where a text, number or boolean is expected; a number where an object is.
    with_each_value(
        |value| match value {
            Value::Array(items) if items.first().is_some_and(Value::is_object) => vec![json!(7), json!("text")],
            Value::Array(items) if !items.is_empty() => vec![json!({"a": 1})],
            Value::Object(_) => vec![json!(7), json!([value])],
            Value::Bool(_) => vec![json!("maybe"), json!({"a": 1}), json!([true])],
            Value::Number(_) => vec![json!("many"), json!({"a": 1}), json!([1])],
            Value::String(_) => vec![json!({"a": 1}), json!(["text"])],
            Value::Array(_) | Value::Null => Vec::new(),
        },
        |below, _, replacement, answer| match answer {
            // Where items may be any JSON, a single one in place of their list is that list of one.
            Ok(answer) if answer.pointer(below) == Some(&json!([replacement])) => Ok(()),
            Ok(answer) => Err(format!("taken as {}", answer.pointer(below).unwrap_or(&Value::Null))),
            Err(Error::Reply(error)) => {
                let path = written(below);
                let found = error
                    .path
                    .strip_prefix("data")
                    .unwrap_or(&error.path)
                    .trim_start_matches('.');
                // The value itself; where an item of a list is wrong, the list may have been read as one item.
                if found == path || found.starts_with(&format!("{path}[")) {
                    Ok(())
                } else {
                    Err(format!("found at `{}`", error.path))
                }
            }
            Err(error) => Err(error.to_string()),
        },
    );
}

#[test]
fn of_a_name_that_stands_twice_the_last_one_counts() {
    let op = operations::named("AuthenticationClient.getProfile");
    let body = r#"{"statusCode":200,"statusCode":500,"message":"no"}"#;
    assert!(matches!(op.reply(&response(body)), Err(Error::Api(error)) if error.status_code == 500));
    let body = r#"{"statusCode":200,"data":{"userId":"1","userId":"2"},"message":"a","message":"b"}"#;
    assert_eq!(op.reply(&response(body)).unwrap()["userId"], "2");
}

#[test]
fn numbers_beyond_their_type_are_refused_with_their_place() {
    let op = operations::named("AuthenticationClient.verifyUpdateEmailRequest");
    for number in [
        "99999999999999999999",
        "-99999999999999999999",
        "1e300",
        "1.5",
        "\"99999999999999999999\"",
        "\"1e5x\"",
    ] {
        let body = format!(r#"{{"statusCode":200,"data":{{"updateEmailToken":"token-1","tokenExpiresIn":{number}}}}}"#);
        let Err(Error::Reply(error)) = op.reply(&response(body)) else {
            panic!("{number} was taken")
        };
        assert_eq!(error.path, "data.tokenExpiresIn", "{number}");
        assert!(!error.to_string().contains("token-1"), "{error}");
    }
}

#[test]
fn any_number_of_values_may_be_wrong() {
    let op = operations::named("AuthenticationClient.getLoginHistory");
    let item = json!({"userId": 1, "success": "true", "loginAt": 5, "parsedUserAgent": "", "geoip": ""});
    for count in [3, 33, 2_000] {
        let body = json!({"statusCode": 200, "data": {"totalCount": "3", "list": vec![item.clone(); count]}});
        let list = op.reply(&of_json(&body)).unwrap()["list"].as_array().unwrap().clone();
        assert_eq!(
            list,
            vec![json!({"userId": "1", "success": true, "loginAt": "5"}); count]
        );
    }
}

#[test]
fn a_number_keeps_its_digits_as_text() {
    let op = operations::named("AuthenticationClient.getProfile");
    for id in ["12345678901234567890123", "1.10"] {
        let body = format!(r#"{{"statusCode":200,"data":{{"userId":{id},"loginsCount":"1"}}}}"#);
        assert_eq!(op.reply(&response(body)).unwrap()["userId"], id);
    }
}
