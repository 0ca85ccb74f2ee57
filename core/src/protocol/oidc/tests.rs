use http::{Request, Response};

use super::*;
use crate::app::ClientAuthentication::{self, None as NoProof, SecretBasic, SecretPost};
use crate::protocol::oauth::{OAUTH_REVOKE_TOKEN, OAUTH_USER_INFO_BY_ACCESS_TOKEN};

fn app() -> App {
    App::new("https://example.genauth.ai", "APP_ID").unwrap()
}

fn with_secret() -> App {
    app().with_secret("S&cret").unwrap()
}

/// The fields of a form, in the order of their names.
fn form(request: &Request<Vec<u8>>) -> String {
    assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
    let mut fields: Vec<&str> = std::str::from_utf8(request.body()).unwrap().split('&').collect();
    fields.sort_unstable();
    fields.join("&")
}

fn read<Q, R: serde::de::DeserializeOwned, A: crate::app::access::Access>(
    operation: &Operation<Q, R, A>,
    status: u16,
    body: &str,
) -> Result<R, Error> {
    operation.reply(
        &Response::builder()
            .status(status)
            .body(body.as_bytes().to_vec())
            .unwrap(),
    )
}

// `APP_ID:S%26cret`
const BASIC: &str = "Basic QVBQX0lEOlMlMjZjcmV0";

#[test]
fn each_endpoint_has_its_own_client_authentication() {
    type Setter = fn(App, ClientAuthentication) -> Result<App, Error>;
    type Maker = fn(&App) -> Request<Vec<u8>>;
    let endpoints: [(Setter, Maker); 4] = [
        (App::with_client_authentication, |app| {
            let input = GetNewAccessTokenByRefreshToken::new("T");
            GET_NEW_ACCESS_TOKEN_BY_REFRESH_TOKEN.request(app, &input).unwrap()
        }),
        (App::with_introspection_authentication, |app| {
            let input = TokenIntrospectEndpointParams::new("T");
            INTROSPECT_TOKEN.request(app, &input).unwrap()
        }),
        (App::with_revocation_authentication, |app| {
            let input = TokenRevocationEndpointParams::new("T");
            REVOKE_TOKEN.request(app, &input).unwrap()
        }),
        (App::with_revocation_authentication, |app| {
            let input = TokenRevocationEndpointParams::new("T");
            OAUTH_REVOKE_TOKEN.request(app, &input).unwrap()
        }),
    ];
    let all: [Setter; 3] = [
        App::with_client_authentication,
        App::with_introspection_authentication,
        App::with_revocation_authentication,
    ];
    for (set, make) in endpoints {
        for (way, header, credentials) in [
            (SecretPost, None, "client_id=APP_ID&client_secret=S%26cret&"),
            (SecretBasic, Some(BASIC), ""),
            (NoProof, None, "client_id=APP_ID&"),
        ] {
            // The others are set to something else, which must not matter.
            let other = if way == NoProof { SecretBasic } else { NoProof };
            let app = all.iter().try_fold(with_secret(), |app, set| set(app, other)).unwrap();
            let request = make(&set(app, way).unwrap());
            let value = request.headers().get("authorization");
            assert_eq!(value.map(|value| value.to_str().unwrap()), header, "{way:?}");
            assert!(value.is_none_or(http::HeaderValue::is_sensitive));
            let body = form(&request);
            assert!(body.starts_with(credentials), "{way:?}: {body}");
            assert_eq!(body.contains("client_id"), !credentials.is_empty(), "{way:?}: {body}");
            assert_eq!(body.contains("client_secret"), way == SecretPost, "{way:?}: {body}");
            assert!(body.contains("token=T"), "{body}");
        }
        assert!(set(app(), SecretPost).is_err(), "there is no secret");
        assert!(form(&make(&app())).starts_with("client_id=APP_ID&"));
        assert!(form(&make(&with_secret())).contains("client_secret=S%26cret"));
    }
}

#[test]
fn client_authentication_is_set_once() {
    let app = with_secret().with_client_authentication(SecretBasic).unwrap();
    let ways = |app: &App| {
        [
            app.client_authentication(),
            app.introspection_authentication(),
            app.revocation_authentication(),
        ]
    };
    assert_eq!(ways(&app), [SecretBasic; 3]);
    let apart = app.with_revocation_authentication(NoProof).unwrap();
    assert_eq!(ways(&apart), [SecretBasic, SecretBasic, NoProof]);
    assert_eq!(ways(&with_secret()), [SecretPost; 3]);
}

#[test]
fn a_machine_can_name_the_resources_that_it_wants_a_token_for() {
    let parameters = TokenEndPointParams::client_credentials("KEY", "K&Y", "a b")
        .parameter("resource", "https://a.example")
        .parameter("resource", "https://b.example");
    let request = EXCHANGE_TOKEN.request(&with_secret(), &parameters).unwrap();
    let sent = form(&request);
    for part in [
        "resource=https%3A%2F%2Fa.example&resource=https%3A%2F%2Fb.example",
        "grant_type=client_credentials",
    ] {
        assert!(sent.contains(part), "{sent}");
    }
}

#[test]
fn a_life_that_is_over_before_it_began_is_none() {
    let life = |expires_in| OidcTokenResponse {
        expires_in,
        ..OidcTokenResponse::default()
    };
    assert_eq!(life(Some(-1)).lifetime(), Some(Duration::ZERO));
    assert_eq!(life(Some(7)).lifetime(), Some(Duration::from_secs(7)));
    assert_eq!(life(None).lifetime(), None);
}

#[test]
fn an_input_with_credentials_of_its_own_gets_no_others() {
    for way in [SecretPost, SecretBasic, NoProof] {
        let app = with_secret().with_client_authentication(way).unwrap();
        let input = GetAccessTokenByClientCredentials::new("a b", "KEY", "K&Y");
        let request = GET_ACCESS_TOKEN_BY_CLIENT_CREDENTIALS.request(&app, &input).unwrap();
        assert_eq!(
            form(&request),
            "client_id=KEY&client_secret=K%26Y&grant_type=client_credentials&scope=a%20b"
        );
        assert!(!request.headers().contains_key("authorization"));

        let mut input = TokenEndPointParams::refresh_token("R");
        input.client_id = Some("OTHER".to_owned());
        let request = EXCHANGE_TOKEN.request(&app, &input).unwrap();
        assert_eq!(
            form(&request),
            "client_id=OTHER&grant_type=refresh_token&refresh_token=R"
        );
        assert!(!request.headers().contains_key("authorization"));
    }
}

#[test]
fn every_grant_has_its_form() {
    let app = app();
    let sent = |input: &TokenEndPointParams| {
        let request = EXCHANGE_TOKEN.request(&app, input).unwrap();
        form(&request)
    };
    for (input, expected) in [
        (
            TokenEndPointParams::authorization_code("C", "https://a/?b=c").code_verifier("V"),
            "client_id=APP_ID&code=C&code_verifier=V&grant_type=authorization_code&redirect_uri=https%3A%2F%2Fa%2F%3Fb%3Dc",
        ),
        (
            TokenEndPointParams::refresh_token("R"),
            "client_id=APP_ID&grant_type=refresh_token&refresh_token=R",
        ),
        (
            TokenEndPointParams::password("ada", "p w").scope("openid"),
            "client_id=APP_ID&grant_type=password&password=p%20w&scope=openid&username=ada",
        ),
        (
            TokenEndPointParams::authing_token("T"),
            "client_id=APP_ID&grant_type=http%3A%2F%2Fauthing.cn%2Foidc%2Fgrant_type%2Fauthing_token&token=T",
        ),
        (
            TokenEndPointParams::new("custom").client("ID", "KEY"),
            "client_id=ID&client_secret=KEY&grant_type=custom",
        ),
    ] {
        assert_eq!(sent(&input), expected);
    }
    let by_code = GetAccessTokenByCode::new("C", "https://a").code_verifier("V");
    let request = GET_ACCESS_TOKEN_BY_CODE.request(&app, &by_code).unwrap();
    assert_eq!(
        form(&request),
        "client_id=APP_ID&code=C&code_verifier=V&grant_type=authorization_code&redirect_uri=https%3A%2F%2Fa"
    );
}

#[test]
fn a_users_token_travels_in_the_header_only() {
    let user = app().signed_in("TOKEN").unwrap();
    let requests = [
        USER_INFO.request(&user, &()).unwrap(),
        USER_INFO_POST.request(&user, &()).unwrap(),
        GET_USER_INFO_BY_ACCESS_TOKEN
            .request(&app(), &GetUserInfoByAccessToken::new("TOKEN"))
            .unwrap(),
        // Another user's token, asked about by a signed-in one.
        OAUTH_USER_INFO_BY_ACCESS_TOKEN
            .request(
                &app().signed_in("MINE").unwrap(),
                &GetUserInfoByAccessToken::new("TOKEN"),
            )
            .unwrap(),
    ];
    for request in requests {
        assert_eq!(request.headers()["authorization"], "Bearer TOKEN");
        assert!(request.headers()["authorization"].is_sensitive());
        assert_eq!(request.uri().query(), None);
        assert!(request.body().is_empty());
    }
    for bad in ["", "a\nb"] {
        let refused = GET_USER_INFO_BY_ACCESS_TOKEN.request(&app(), &GetUserInfoByAccessToken::new(bad));
        assert!(matches!(refused, Err(Error::Request(_))));
    }
}

#[test]
fn a_token_answer_is_read_in_every_spelling() {
    for (body, seconds) in [
        (r#"{"access_token":"A","expires_in":3600}"#, Some(3600)),
        (r#"{"access_token":"A","expires_in":"3600"}"#, Some(3600)),
        (r#"{"access_token":"A","expire_in":"7200"}"#, Some(7200)),
        (r#"{"access_token":"A","expires_in":3600,"expire_in":1}"#, Some(3600)),
        (r#"{"access_token":"A","expires_in":-1}"#, Some(0)),
        (r#"{"access_token":"A","expires_in":null,"more":{}}"#, None),
    ] {
        let tokens = read(&EXCHANGE_TOKEN, 200, body).unwrap();
        assert_eq!(tokens.lifetime().map(|life| life.as_secs()), seconds, "{body}");
        assert_eq!(tokens.access_token.unwrap().expose(), "A");
    }
    let body = r#"{"error":"invalid_grant","error_description":"used"}"#;
    for status in [200, 400, 401] {
        let Err(Error::OAuth(error)) = read(&EXCHANGE_TOKEN, status, body) else {
            panic!("an error must not be taken for tokens");
        };
        assert_eq!((&*error.error, error.http_status.as_u16()), ("invalid_grant", status));
    }
}

#[test]
fn only_a_clear_yes_is_active() {
    for (body, active) in [
        (
            r#"{"active":true,"sub":"u","exp":"12","team":{"a":1},"scope":["x"]}"#,
            true,
        ),
        (r#"{"active":"true"}"#, true),
        (r#"{"active":false}"#, false),
        (r#"{"active":null}"#, false),
        (r#"{"active":"yes"}"#, false),
        (r#"{"active":1}"#, false),
        ("{}", false),
    ] {
        assert_eq!(
            read(&INTROSPECT_TOKEN, 200, body).unwrap().is_active(),
            active,
            "{body}"
        );
    }
    let answer = read(
        &INTROSPECT_TOKEN,
        200,
        r#"{"active":true,"exp":"12","team":{"a":1},"scope":["x"]}"#,
    )
    .unwrap();
    assert_eq!((answer.exp, answer.scope.as_deref()), (Some(12), Some("x")));
    assert_eq!(Value::Object(answer.other), serde_json::json!({"team": {"a": 1}}));
}

#[test]
fn a_revocation_needs_no_answer() {
    for body in [
        "",
        "\n",
        "{}",
        "true",
        r#"{"statusCode":200,"message":"","data":{"success":true}}"#,
    ] {
        assert!(read(&REVOKE_TOKEN, 200, body).is_ok(), "{body}");
    }
    assert!(read(&REVOKE_TOKEN, 204, "").is_ok());
    let refused = r#"{"error":"invalid_client"}"#;
    assert!(matches!(read(&REVOKE_TOKEN, 401, refused), Err(Error::OAuth(_))));
    assert!(matches!(read(&REVOKE_TOKEN, 200, refused), Err(Error::OAuth(_))));
    let refused = r#"{"statusCode":400,"message":"no"}"#;
    assert!(matches!(read(&REVOKE_TOKEN, 200, refused), Err(Error::Api(_))));
    for (status, body) in [
        (500, ""),
        (302, ""),
        (302, "{}"),
        (404, "{}"),
        (200, "<html>"),
        (200, "{\"a\":"),
    ] {
        assert!(
            matches!(read(&REVOKE_TOKEN, status, body), Err(Error::Reply(_))),
            "{status} {body}"
        );
    }
}

#[test]
fn claims_of_every_kind_are_kept() {
    let body = serde_json::json!({
        "sub": "u", "name": null, "gender": "U", "updated_at": 12, "email_verified": "true", "phone_number": false,
        "nickname": ["a"], "address": {"country": null}, "team": "blue", "level": 3,
    });
    let info = read(&USER_INFO, 200, &body.to_string()).unwrap();
    assert_eq!(info.sub.as_deref(), Some("u"));
    assert_eq!(info.gender, Some(Gender::Unknown));
    assert_eq!((info.name, info.nickname), (None, None));
    assert_eq!(info.updated_at.as_deref(), Some("12"));
    assert_eq!(info.email_verified, Some(true));
    assert!(info.address.unwrap().is_object());
    assert_eq!(
        Value::Object(info.other),
        serde_json::json!({"nickname": ["a"], "team": "blue", "level": 3})
    );
    let denied = read(&USER_INFO, 401, r#"{"error":"invalid_token"}"#).unwrap_err();
    assert!(denied.needs_sign_in());
}

#[test]
#[allow(deprecated)]
fn the_older_endpoint_answers_claims_or_a_code() {
    let request = VALIDATE_TOKEN
        .request(&app(), &ValidateTokenDto::id_token("a.b&c"))
        .unwrap();
    assert_eq!(request.uri().query(), Some("id_token=a.b%26c"));
    let body = r#"{"sub":"u","aud":"APP_ID","exp":12,"name":null,"email":"a@example.com","team":"blue"}"#;
    let claims = read(&VALIDATE_TOKEN, 200, body).unwrap();
    assert_eq!((claims.aud.as_deref(), claims.exp), (Some("APP_ID"), Some(12)));
    assert_eq!(claims.user.email.as_deref(), Some("a@example.com"));
    assert_eq!(claims.user.other["team"], "blue");
    let Err(Error::Api(error)) = read(&VALIDATE_TOKEN, 200, r#"{"code":400,"message":"bad"}"#) else {
        panic!("a refused token has no claims");
    };
    assert_eq!(error.status_code, 400);
}

#[test]
fn keys_are_those_of_the_issuer_or_of_one_application() {
    let app = App::new("https://example.genauth.ai/base", "a/b").unwrap();
    let path = |request: Request<Vec<u8>>| request.uri().path().to_owned();
    assert_eq!(
        path(JWKS.request(&app, &()).unwrap()),
        "/base/oidc/.well-known/jwks.json"
    );
    let own = JWKS_OF_APP.request(&app, &JwksOfAppDto::new()).unwrap();
    assert_eq!(path(own), "/base/a%2Fb/oidc/.well-known/jwks.json");
    let other = JWKS_OF_APP.request(&app, &JwksOfAppDto::new().app_id("c")).unwrap();
    assert_eq!(path(other), "/base/c/oidc/.well-known/jwks.json");
    let keys = read(&JWKS, 200, r#"{"keys":[{"kty":"RSA","kid":"1"}]}"#).unwrap();
    assert_eq!(keys.keys[0]["kid"], "1");
    assert!(read(&JWKS, 200, r#"{"keys":null}"#).unwrap().keys.is_empty());
}

#[test]
fn a_raw_link_has_any_response_type() {
    let parameters = AuthorizeParams::new("https://a/?b=c&d#e", "s t")
        .response_type(ResponseType::CodeIdToken)
        .response_mode(ResponseMode::FormPost)
        .scope("openid ü")
        .nonce("n")
        .tenant_id("t")
        .parameter("login_hint", "a+b@example.com");
    assert_eq!(
        app().authorize_url(&parameters).unwrap(),
        "https://example.genauth.ai/oidc/auth?client_id=APP_ID&redirect_uri=https%3A%2F%2Fa%2F%3Fb%3Dc%26d%23e\
         &response_type=code%20id_token&response_mode=form_post&scope=openid%20%C3%BC&state=s%20t&nonce=n&tenant_id=t\
         &login_hint=a%2Bb%40example.com"
    );
    let oauth = crate::protocol::oauth::OAuthAuthorizeParams::new("https://a", "s").code_challenge("c");
    assert_eq!(
        app().oauth_authorize_url(&oauth).unwrap(),
        "https://example.genauth.ai/oauth/auth?client_id=APP_ID&redirect_uri=https%3A%2F%2Fa&response_type=code\
         &scope=user&state=s&code_challenge=c&code_challenge_method=S256"
    );
}
