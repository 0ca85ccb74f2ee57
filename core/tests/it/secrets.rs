//! No secret in any text that a log may get: `Debug`, `Display`, sources, URLs.

use std::error::Error as StdError;
use std::fmt::Debug;

use genauth_core::app::ClientAuthentication;
use genauth_core::authentication::{mfa, profile, sign_in, sign_up};
use genauth_core::http::{Request, Response, StatusCode};
use genauth_core::{App, AuthenticationClient, Error, ReplyFormat, Secret};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::operations;
use crate::wire::{Case, cases, check_all};

const SECRET: &str = "S3CRET";

/// A secret has neither text nor equality; a type that has one of them makes the call below ambiguous.
#[test]
fn a_secret_cannot_be_shown_or_compared() {
    trait NotDisplay<A> {
        fn ok() {}
    }
    impl<T: ?Sized> NotDisplay<()> for T {}
    impl<T: ?Sized + std::fmt::Display> NotDisplay<u8> for T {}
    trait NotPartialEq<A> {
        fn ok() {}
    }
    impl<T: ?Sized> NotPartialEq<()> for T {}
    impl<T: ?Sized + PartialEq> NotPartialEq<u8> for T {}
    trait NotDeref<A> {
        fn ok() {}
    }
    impl<T: ?Sized> NotDeref<()> for T {}
    impl<T: ?Sized + std::ops::Deref> NotDeref<u8> for T {}
    <Secret as NotDisplay<_>>::ok();
    <Secret as NotPartialEq<_>>::ok();
    <Secret as NotDeref<_>>::ok();

    let secret = Secret::new(SECRET);
    assert_eq!(
        format!("{secret:?} {:?} {:#?}", Some(&secret), [&secret]),
        "[redacted] Some([redacted]) [\n    [redacted],\n]"
    );
    assert_eq!(secret.clone().expose(), SECRET);
}

fn shows_nothing(what: &impl Debug) {
    for text in [format!("{what:?}"), format!("{what:#?}")] {
        assert!(!text.contains(SECRET), "{text}");
    }
}

/// Reads the type from every case of an operation, its secrets replaced, and looks at what it shows.
fn dto_shows_nothing<T: DeserializeOwned + Debug>(method: &str, secrets: &[&str]) {
    fn seed(value: &mut Value, secrets: &[&str], found: &mut usize) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    if secrets.contains(&name.as_str()) && value.is_string() {
                        *value = SECRET.into();
                        *found += 1;
                    }
                    seed(value, secrets, found);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| seed(item, secrets, found)),
            _ => {}
        }
    }
    let name = format!("AuthenticationClient.{method}");
    let mut all = 0;
    for case in cases().iter().filter(|case| case.method == name) {
        let mut params = case.params.clone();
        let mut found = 0;
        seed(&mut params, secrets, &mut found);
        all += found;
        let dto: T = serde_json::from_value(params).unwrap_or_else(|error| panic!("{}: {error}", case.name()));
        shows_nothing(&dto);
        assert!(format!("{dto:?}").contains("[redacted]") || found == 0, "{dto:?}");
    }
    assert!(all > 0, "{method} has none of {secrets:?}");
}

#[test]
fn requests_show_no_secret() {
    dto_shows_nothing::<profile::BindEmailDto>("bindEmail", &["passCode"]);
    dto_shows_nothing::<profile::UnbindPhoneDto>("unbindPhone", &["passCode"]);
    dto_shows_nothing::<profile::UpdatePasswordDto>(
        "updatePassword",
        &["newPassword", "oldPassword", "passwordResetToken"],
    );
    dto_shows_nothing::<profile::ResetPasswordDto>("resetPassword", &["password", "passwordResetToken"]);
    dto_shows_nothing::<profile::VerifyUpdateEmailRequestDto>(
        "verifyUpdateEmailRequest",
        &["newEmailPassCode", "oldEmailPassCode"],
    );
    dto_shows_nothing::<profile::VerifyDeleteAccountRequestDto>(
        "verifyDeleteAccountRequest",
        &["passCode", "password"],
    );
    dto_shows_nothing::<sign_in::SigninByCredentialsDto>(
        "signInByCredentials",
        &["password", "passCode", "client_secret"],
    );
    dto_shows_nothing::<sign_in::SignInByEmailPassword>("signInByEmailPassword", &["password"]);
    dto_shows_nothing::<sign_in::mobile::SigninByMobileDto>(
        "signInByMobile",
        &[
            "code",
            "access_token",
            "token",
            "accessToken",
            "client_secret",
            "id_token",
            "sessionKey",
        ],
    );
    dto_shows_nothing::<sign_up::SignUpDto>("signUp", &["password", "passCode"]);
    dto_shows_nothing::<mfa::EnrollFactorDto>("enrollFactor", &["passCode", "enrollmentToken"]);
    dto_shows_nothing::<mfa::MfaTokenIntrospectEndpointParams>("verifyMfaToken", &["token"]);
}

#[test]
fn answers_show_no_secret() {
    let tokens = json!({"access_token": SECRET, "id_token": SECRET, "refresh_token": SECRET, "expires_in": 5});
    let tokens: genauth_core::model::tokens::LoginTokenResponseDataDto = serde_json::from_value(tokens).unwrap();
    shows_nothing(&tokens);
    let otp = json!({"enrollmentToken": SECRET, "otpData": {"qrCodeUri": SECRET, "qrCodeDataUrl": SECRET, "recoveryCode": SECRET}});
    let otp: mfa::SendEnrollFactorRequestDataDto = serde_json::from_value(otp).unwrap();
    shows_nothing(&otp);
    let op = operations::named("AuthenticationClient.signInByExtIdp");
    let mut redirect = Response::new(Vec::new());
    *redirect.status_mut() = StatusCode::FOUND;
    redirect.headers_mut().insert(
        "location",
        format!("https://example.com/?code={SECRET}").parse().unwrap(),
    );
    assert_eq!(
        op.reply(&redirect).unwrap()["location"],
        format!("https://example.com/?code={SECRET}")
    );
    let reply: genauth_core::reply::HttpReply = serde_json::from_value(op.reply(&redirect).unwrap()).unwrap();
    shows_nothing(&reply);
}

#[test]
fn callers_and_clients_show_no_secret() {
    let app = App::new("https://example.com", "app-1")
        .unwrap()
        .with_secret(SECRET)
        .unwrap()
        .with_header("x-own", SECRET)
        .unwrap();
    let basic = app
        .clone()
        .with_client_authentication(ClientAuthentication::SecretBasic)
        .unwrap();
    let user = app.signed_in(SECRET).unwrap();
    let client = AuthenticationClient::new(basic.clone(), |_: Request<Vec<u8>>| Ok(Response::new(Vec::new())));
    shows_nothing(&app);
    shows_nothing(&basic);
    shows_nothing(&user);
    shows_nothing(&client);
    shows_nothing(&client.signed_in(SECRET).unwrap());
    // `printf app-1:S3CRET | base64`
    assert!(!format!("{basic:?}{client:?}").contains("YXBwLTE6"));

    let input = profile::GetProfileDto::new();
    let request = profile::GET_PROFILE.request(&user, &input).unwrap();
    shows_nothing(&request.headers());
    shows_nothing(&request);
    let headers = request.headers();
    assert!(
        headers.iter().filter(|(_, value)| value.is_sensitive()).count() == 2,
        "{headers:?}"
    );
    let sign_in = sign_in::SigninByCredentialsDto::new(sign_in::SignInByPasswordPayloadDto::new(
        genauth_core::model::account::AccountName::Email("a@example.com".to_owned()),
        SECRET,
    ));
    let request = sign_in::SIGN_IN_BY_CREDENTIALS.request(&basic, &sign_in).unwrap();
    shows_nothing(&request.headers());
}

/// The names of secrets, wherever the API has them.
const SECRET_NAMES: &[&str] = &[
    "password",
    "newPassword",
    "oldPassword",
    "passCode",
    "newEmailPassCode",
    "oldPhonePassCode",
    "access_token",
    "accessToken",
    "id_token",
    "refresh_token",
    "token",
    "ticket",
    "client_secret",
    "appSecret",
    "passwordResetToken",
    "updateEmailToken",
    "deleteAccountToken",
    "enrollmentToken",
    "recoveryCode",
    "captchaCode",
    "totp",
    "code_verifier",
    "sessionKey",
    "inviteCode",
];

#[test]
fn secrets_travel_in_no_url_where_a_body_can_carry_them() {
    // What the service wants in a query although it is secret.
    let documented = |case: &Case, name: &str| {
        matches!(
            (case.method.as_str(), name),
            (
                "AuthenticationClient.linkExtIdp" | "AuthenticationClient.generateLinkExtIdpUrl",
                "id_token"
            ) | ("AuthenticationClient.getInviteCodeContext", "token")
        )
    };
    check_all(cases(), |case| {
        for name in SECRET_NAMES {
            let in_query = ['?', '&']
                .iter()
                .any(|start| case.expected.uri.contains(&format!("{start}{name}=")));
            if in_query && !documented(case, name) {
                return Err(format!("{}: `{name}` in {}", case.name(), case.expected.uri));
            }
        }
        Ok(())
    });
}

/// Everything that can be read from an error.
fn everything(error: &Error) -> String {
    let mut text = format!("{error}\n{error:?}\n{error:#?}");
    let mut next: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = next {
        text += &format!("\n{error}\n{error:?}");
        next = error.source();
    }
    text
}

/// A JWT as the service makes them.
const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJTM0NSRVQifQ.S3CRETsignature";

#[test]
fn no_error_shows_a_secret_of_the_body() {
    let mut bodies: Vec<String> = Vec::new();
    for name in SECRET_NAMES {
        bodies.extend([
            // In JSON whose other values are wrong, missing, or cut off.
            format!(r#"{{"statusCode":200,"data":{{"{name}":"{SECRET}","emailVerified":"maybe","tokenExpiresIn":"x","expires_in":"x","verified":"x"}}}}"#),
            format!(r#"{{"{name}":"{SECRET}"}}"#),
            format!(r#"{{ "{name}" : "{SECRET}" , "a": }}"#),
            format!("{{\n  \"{name}\": \"{SECRET}\",\n"),
            format!(r#"{{"statusCode":200,"data":{{"{name}":"{SECRET}"#),
            format!(r#"{{"{name}":"a\"{SECRET}","b""#),
            format!(r#"{{"{name}":"a\\\"{SECRET}","b""#),
            format!(r#"{{"{name}":["a","{SECRET}"],"b""#),
            format!(r#"{{"{name}":{{"value":"{SECRET}"}},"b""#),
            format!("{{'{name}': '{SECRET}'"),
            format!("{{{name}: {SECRET}"),
            // As the value that is wrong itself.
            format!(r#"{{"statusCode":200,"data":{{"{name}":{{"{SECRET}":1}}}}}}"#),
            format!(r#"{{"statusCode":200,"data":{{"{name}":["{SECRET}"]}}}}"#),
            // JSON in a text.
            format!(r#"{{"statusCode":"?","body":"{{\"{name}\":\"{SECRET}\"}}"}}"#),
            format!(r#"{{"statusCode":"?","body":"{{\\\"{name}\\\":\\\"{SECRET}\\\"}}"}}"#),
            // A form, a query, a header, a cookie.
            format!("{name}={SECRET}&state=1"),
            format!("a=1&{name}={SECRET}"),
            format!("<html><a href=\"https://example.com/cb?{name}={SECRET}&state=1\">on</a></html>"),
            format!("<html><body>{name}: {SECRET}</body></html>"),
            format!("Set-Cookie: {name}={SECRET}; Path=/"),
            // A page that posts a form, as OIDC does it.
            format!(r#"<form method="post"><input type="hidden" name="{name}" value="{SECRET}"/></form>"#),
            format!(r#"<form method="post"><input type="hidden" value="{SECRET}" name="{name}"></form>"#),
            format!("<reply><{name}>{SECRET}</{name}></reply>"),
            format!("<reply><{name} type=\"text\">{SECRET}</{name}></reply>"),
            // Behind enough other text that the end falls into it.
            format!("{}{name}={SECRET}", "word ".repeat(38)),
            format!(r#"{{"a":"{}","{name}":"{SECRET}"#, "word ".repeat(36)),
        ]);
    }
    for text in [
        format!("Authorization: Bearer {SECRET}"),
        format!("authorization=Basic {SECRET}"),
        format!("{{\"authorization\":\"Bearer {SECRET}\","),
        format!("Cookie: a=1; session={SECRET}"),
        format!("upstream refused Bearer {SECRET}"),
        format!("<p>Authorization: Bearer {SECRET}</p>"),
        format!("token {JWT}"),
        format!("{{\"message\":\"{JWT}\""),
        format!("<p>{JWT}</p>"),
        format!("[\"{JWT}\","),
        JWT.to_owned(),
        format!("-{JWT}"),
        format!("x{JWT}"),
        format!("{}{JWT}", "word ".repeat(39)),
    ] {
        bodies.push(text);
    }
    let ops: Vec<_> = operations::all()
        .iter()
        .filter(|op| {
            matches!(
                op.info.reply,
                ReplyFormat::Envelope | ReplyFormat::Bare | ReplyFormat::Either
            )
        })
        .filter(|op| {
            [
                "getProfile",
                "bindEmail",
                "verifyUpdateEmailRequest",
                "signInByCredentials",
                "verifyMfaToken",
                "getSystemInfo",
                "mfaOtpVerify",
            ]
            .iter()
            .any(|name| op.info.name.ends_with(&format!(".{name}")))
        })
        .collect();
    assert_eq!(ops.len(), 7);
    check_all(&bodies, |body| {
        for op in &ops {
            for status in [200, 500] {
                let mut response = Response::new(body.as_bytes().to_vec());
                *response.status_mut() = StatusCode::from_u16(status).unwrap();
                let Err(error) = op.reply(&response) else { continue };
                let shown = everything(&error);
                if shown.contains(SECRET) || shown.contains("eyJhb") {
                    return Err(format!("{body}\n    shown as {error}"));
                }
            }
        }
        Ok(())
    });
}

#[test]
fn what_is_no_secret_is_shown() {
    let op = operations::named("AuthenticationClient.getProfile");
    for (body, shown) in [
        (
            "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>",
            "502 Bad Gateway",
        ),
        (
            "upstream connect error or disconnect/reset before headers",
            "upstream connect error or disconnect/reset",
        ),
        (
            r#"{"statusCode":200,"data":{"emailVerified":"maybe"}}"#,
            r#""emailVerified":"maybe""#,
        ),
        (r#"{"error":{"reason":"upstream"}}"#, r#""reason":"upstream""#),
        (
            r#"{"statusCode":200,"apiCode":1,"message":"so","data":7}"#,
            r#""statusCode":200,"apiCode":1,"message":"so""#,
        ),
    ] {
        let error = op.reply(&Response::new(body.as_bytes().to_vec())).unwrap_err();
        assert!(!error.to_string().contains(shown), "{error}");
        let Error::Reply(error) = error else {
            panic!("{error:?}")
        };
        assert!(error.excerpt.contains(shown), "{error:?}");
    }
}
