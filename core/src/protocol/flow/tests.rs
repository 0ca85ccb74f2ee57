use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::*;
use crate::client::System;
use crate::protocol::oidc::OidcUserInfo;
use crate::protocol::token_set::{NextStep, TokenSet};
use crate::protocol::verify::VerifyError;
use crate::transport::TransportError;

const NOW: u64 = 1_700_000_000;
const CALLBACK: &str = "https://app.example/callback?from=genauth";

struct Fixed;

impl System for Fixed {
    fn now(&self) -> Duration {
        Duration::ZERO
    }

    fn unix_time(&self) -> Duration {
        Duration::from_secs(NOW)
    }

    fn sleep(&self, _: Duration) {}

    fn random(&self, bytes: &mut [u8]) -> Result<(), Error> {
        bytes.fill(9);
        Ok(())
    }
}

fn app() -> App {
    App::new("https://example.genauth.ai", "APP_ID")
        .unwrap()
        .with_secret("APP_SECRET")
        .unwrap()
}

/// Every call gives other bytes.
fn counting() -> impl FnMut(&mut [u8]) -> Result<(), Error> {
    let mut last = 0;
    move |bytes| {
        last += 1;
        bytes.fill(last);
        Ok(())
    }
}

fn begin(options: &SignInOptions) -> PendingSignIn {
    PendingSignIn::begin(&app(), options, NOW, counting()).unwrap()
}

fn pending() -> PendingSignIn {
    begin(&SignInOptions::new(CALLBACK))
}

fn answer(query: &str) -> Result<CodeExchange, Error> {
    let pending = pending();
    let query = query.replace("STATE", pending.state.expose());
    pending.callback(&query, NOW)
}

fn exchange() -> CodeExchange {
    answer("code=CODE&state=STATE").unwrap()
}

fn hs256(claims: &Value, secret: &str) -> String {
    let encode = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let message = format!("{}.{}", encode(&json!({"alg": "HS256", "typ": "JWT"})), encode(claims));
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .unwrap()
        .chain_update(&message);
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

fn claims() -> Value {
    let hash = Sha256::digest("ACCESS");
    json!({
        "iss": "https://example.genauth.ai/oidc", "aud": "APP_ID", "sub": "user-1", "nonce": pending().nonce,
        "iat": NOW, "exp": NOW + 3600, "at_hash": URL_SAFE_NO_PAD.encode(&hash[..16]), "name": null, "team": "blue",
    })
}

fn tokens(claims: &Value) -> Value {
    json!({
        "access_token": "ACCESS", "refresh_token": "REFRESH", "id_token": hs256(claims, "APP_SECRET"),
        "expires_in": 3600, "token_type": "Bearer", "scope": "openid profile",
    })
}

fn finish(exchange: &CodeExchange, reply: &Value) -> Result<SignedInTokens, Error> {
    let response = Response::new(reply.to_string().into_bytes());
    exchange.finish(&response, &IdTokenVerifier::new(&app()), &KeySet::default(), NOW)
}

fn query(url: &str) -> Vec<(String, String)> {
    let (_, query) = url.split_once('?').unwrap();
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

#[test]
fn the_url_has_state_nonce_and_challenge() {
    let options = SignInOptions::new(CALLBACK)
        .with_scope("openid email")
        .with_prompt(Prompt::Login)
        .with_tenant_id("t&1")
        .with_ext_idp_conn_id("idp")
        .with_login_page_context("{\"a\":1}")
        .with_device_id("phone")
        .with_login_hint("ada@example.com")
        .with_max_age(Duration::from_secs(300));
    let pending = begin(&options);
    let mut parameters = query(pending.url());
    parameters.sort();
    let challenge = Pkce::from_verifier(pending.code_verifier.clone()).unwrap();
    let mut expected = [
        ("client_id", "APP_ID"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid email"),
        ("state", pending.state.expose()),
        ("nonce", pending.nonce.expose()),
        ("prompt", "login"),
        ("tenant_id", "t&1"),
        ("code_challenge", challenge.challenge()),
        ("code_challenge_method", "S256"),
        ("login_page_context", "{\"a\":1}"),
        ("ext_idp_conn_id", "idp"),
        ("deviceId", "phone"),
        ("login_hint", "ada@example.com"),
        ("max_age", "300"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    expected.sort();
    assert_eq!(parameters, expected);
    assert!(pending.url().starts_with("https://example.genauth.ai/oidc/auth?"));
    let secrets = [&pending.state, &pending.nonce, &pending.code_verifier].map(Secret::expose);
    assert!(secrets.iter().all(|secret| secret.len() == 43));
    assert!(secrets[0] != secrets[1] && secrets[1] != secrets[2] && secrets[0] != secrets[2]);
    assert!(!pending.url().contains(secrets[2]), "the verifier stays here");
}

#[test]
fn the_defaults_are_a_profile_and_consent_for_a_refresh_token() {
    let value = |options: &SignInOptions, name: &str| {
        let parameters = query(begin(options).url());
        parameters
            .into_iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    };
    let options = SignInOptions::new(CALLBACK);
    assert_eq!(value(&options, "scope").as_deref(), Some("openid profile"));
    assert_eq!(value(&options, "prompt"), None);
    assert_eq!(value(&options, "response_mode"), None);
    let offline = options.clone().with_scope("openid offline_access");
    assert_eq!(value(&offline, "prompt").as_deref(), Some("consent"));
    let posted = options.with_form_post();
    assert_eq!(value(&posted, "response_mode").as_deref(), Some("form_post"));
}

#[test]
fn what_would_undo_a_check_is_refused_at_the_beginning() {
    let options = || SignInOptions::new(CALLBACK);
    for refused in [
        options().with_scope("profile"),
        options().with_scope("openid2 openidx"),
        options().with_parameter("state", "mine"),
        options().with_parameter("nonce", "mine"),
        options().with_parameter("code_challenge", "mine"),
        options().with_parameter("response_type", "token"),
        options().with_parameter("max_age", "1"),
        options().with_parameter("request", "e30.e30."),
        options().with_parameter("request_uri", "https://evil.example/request"),
        options().with_parameter("Request_URI", "https://evil.example/request"),
        options().with_parameter("registration", "{}"),
        options().with_parameter("client_assertion", "e30.e30.x"),
        options().with_parameter("dpop_jkt", "x"),
        options().with_parameter("Redirect_Uri", "https://evil.example/"),
        options().with_parameter("redirect_uri[]", "https://evil.example/"),
        options().with_parameter("state ", "mine"),
        options().with_parameter("state\0", "mine"),
        options().with_parameter("", "mine"),
        options().with_token_parameter("code", "mine"),
        options().with_token_parameter("redirect_uri", "https://evil.example/"),
        options().with_token_parameter("Grant_Type", "password"),
        options().with_token_parameter("client_secret", "mine"),
    ] {
        let refused = PendingSignIn::begin(&app(), &refused, NOW, counting());
        assert!(matches!(refused, Err(Error::Request(_))));
    }
    assert!(PendingSignIn::begin(&app(), &options(), NOW, |_| Ok(())).is_err());
}

#[test]
fn a_callback_is_read_as_query_url_or_form() {
    for query in [
        "code=CODE&state=STATE",
        "?state=STATE&code=CODE",
        "https://app.example/callback?from=genauth&code=CODE&state=STATE#_=_",
        "/callback?code=CODE&state=STATE&iss=https%3A%2F%2Fexample.genauth.ai%2Foidc&session_state=x&other",
        "next=/a?b=c&%63ode=%43ODE&state=STATE&broken=%FF",
        "http://host/cb;v=1?code=CODE&state=STATE",
        "/cb;v=1/x=y?code=CODE&state=STATE",
        "com.example.app:/cb=1?code=CODE&state=STATE",
        "HTTPS://app.example/callback?next=https://x/?y=z&code=CODE&state=STATE",
        "code=CODE&state=STATE&next=https://x/?y",
    ] {
        let exchange = answer(query).unwrap_or_else(|error| panic!("{query}: {error}"));
        assert_eq!(exchange.code.expose(), "CODE");
    }
    assert_eq!(answer("code=a+b%2Bc&state=STATE").unwrap().code.expose(), "a b+c");
}

#[test]
fn a_callback_that_does_not_answer_this_sign_in_is_refused() {
    let long = format!("code={}&state=STATE", "x".repeat(LONGEST_QUERY));
    let duplicate = SignInError::DuplicateParameter;
    for (query, expected) in [
        ("", SignInError::MissingState),
        ("code=CODE", SignInError::MissingState),
        ("code=CODE&STATE", SignInError::MissingState),
        ("code=CODE&state=", SignInError::WrongState),
        ("code=CODE&state=STATEx", SignInError::WrongState),
        ("code=CODE&state=other", SignInError::WrongState),
        // The state comes first, whatever else is wrong or said.
        ("error=access_denied&state=other", SignInError::WrongState),
        ("code=CODE&code=OTHER&state=other", SignInError::WrongState),
        ("code=CODE&state=STATE&state=STATE", duplicate("state")),
        ("code=CODE&state=other&st%61te=STATE", duplicate("state")),
        ("code=CODE&code=OTHER&state=STATE", duplicate("code")),
        ("error=x&error=y&state=STATE", duplicate("error")),
        (
            "error=x&error_description=a&error_description=b&state=STATE",
            duplicate("error_description"),
        ),
        (
            "code=CODE&state=STATE&iss=https://example.genauth.ai/oidc&iss=https://evil.example",
            duplicate("iss"),
        ),
        (
            "https://app.example/cb?code=CODE;state=STATE",
            SignInError::MissingState,
        ),
        (
            "https://app.example/cb;code=CODE&state=STATE",
            SignInError::MissingState,
        ),
        ("code=CODE&state=%FF", SignInError::Malformed),
        ("state=STATE", SignInError::MissingCode),
        ("code=&state=STATE", SignInError::MissingCode),
        ("code=%FF&state=STATE", SignInError::Malformed),
        (&long, SignInError::Malformed),
        (
            "code=CODE&state=STATE&iss=https://evil.example/oidc",
            SignInError::WrongIssuer {
                expected: "https://example.genauth.ai/oidc".to_owned(),
            },
        ),
        (
            "error=access_denied&state=STATE&iss=",
            SignInError::WrongIssuer {
                expected: "https://example.genauth.ai/oidc".to_owned(),
            },
        ),
    ] {
        match answer(query) {
            Err(Error::SignIn(error)) => assert_eq!(*error, expected, "{query:.80}"),
            other => panic!("{query:.80}: {other:?}"),
        }
    }
}

#[test]
fn a_sign_in_takes_an_hour_at_the_most() {
    let after = |options: SignInOptions, seconds: u64| {
        let pending = begin(&options);
        let query = format!("code=CODE&state={}", pending.state.expose());
        // By way of a session.
        let kept = serde_json::to_string(&pending).unwrap();
        let pending: PendingSignIn = serde_json::from_str(&kept).unwrap();
        pending.callback(&query, NOW + seconds)
    };
    let options = || SignInOptions::new(CALLBACK);
    let is_late = |result| matches!(result, Err(Error::SignIn(error)) if *error == SignInError::Expired);
    assert!(after(options(), 3599).is_ok());
    assert!(is_late(after(options(), 3600)));
    let short = || options().with_time_limit(Duration::from_secs(60));
    assert!(after(short(), 59).is_ok());
    assert!(is_late(after(short(), 60)));
    assert!(after(options().with_time_limit(Duration::MAX), 1 << 40).is_ok());
    // A forged state is told nothing about the time.
    let forged = pending().callback("code=CODE&state=other", NOW + 4000);
    assert!(matches!(forged, Err(Error::SignIn(error)) if *error == SignInError::WrongState));
}

#[test]
fn an_application_can_demand_to_know_who_answers() {
    let answer = |more: &str| {
        let pending = begin(&SignInOptions::new(CALLBACK).with_required_issuer());
        let query = format!("code=CODE&state={}{more}", pending.state.expose());
        pending.callback(&query, NOW)
    };
    assert!(answer("&iss=https://example.genauth.ai/oidc").is_ok());
    assert!(matches!(answer(""), Err(Error::SignIn(error)) if *error == SignInError::MissingIssuer));
    assert!(matches!(answer("&iss="), Err(Error::SignIn(error)) if matches!(*error, SignInError::WrongIssuer { .. })));
}

#[test]
fn more_parameters_go_to_the_token_endpoint() {
    let options = SignInOptions::new(CALLBACK)
        .with_token_parameter("resource", "https://a.example")
        .with_token_parameter("resource", "https://b.example")
        .with_token_parameter("audience", "c");
    let pending = begin(&options);
    let state = pending.state.expose().to_owned();
    let exchange = pending.callback(&format!("code=CODE&state={state}"), NOW).unwrap();
    let form = exchange.request(&app()).unwrap().into_body();
    let form: Vec<(String, String)> = form_urlencoded::parse(&form).into_owned().collect();
    for expected in [
        ("resource", "https://a.example"),
        ("resource", "https://b.example"),
        ("audience", "c"),
        ("grant_type", "authorization_code"),
        ("code", "CODE"),
    ] {
        let expected = (expected.0.to_owned(), expected.1.to_owned());
        assert!(form.contains(&expected), "{form:?}");
    }
}

#[test]
fn tokens_that_are_no_bearer_tokens_are_refused() {
    let with_type = |token_type: Value| {
        let mut reply = tokens(&claims());
        reply["token_type"] = token_type;
        finish(&exchange(), &reply)
    };
    for token_type in [
        json!("Bearer"),
        json!("bearer"),
        json!("BEARER"),
        json!(""),
        Value::Null,
    ] {
        assert!(with_type(token_type).is_ok());
    }
    for token_type in ["DPoP", "mac", "N_A", "Bearer DPoP"] {
        let refused = with_type(token_type.into());
        assert!(
            matches!(&refused, Err(Error::Reply(error)) if error.path == "token_type"),
            "{refused:?}"
        );
    }
}

#[test]
fn an_answer_with_a_member_twice_is_refused() {
    let good = tokens(&claims()).to_string();
    let finish = |body: String| {
        let response = Response::new(body.into_bytes());
        exchange().finish(&response, &IdTokenVerifier::new(&app()), &KeySet::default(), NOW)
    };
    assert!(finish(good.clone()).is_ok());
    for (name, value) in [
        ("access_token", "\"ACCESS\""),
        ("id_token", "null"),
        ("refresh_token", "\"OTHER\""),
        ("token_type", "\"Bearer\""),
        ("expires_in", "1"),
        ("scope", "\"openid\""),
        ("other", "1,\"other\":2"),
        ("\\u0061ccess_token", "\"OTHER\""),
    ] {
        let doubled = format!("{},\"{name}\":{value}}}", good.trim_end_matches('}'));
        assert!(matches!(finish(doubled), Err(Error::Reply(_))), "{name}");
    }
}

#[test]
fn a_lifetime_of_any_size_does_not_fail_the_sign_in() {
    let ends = |expires_in: &str| {
        let reply = tokens(&claims())
            .to_string()
            .replace("\"expires_in\":3600", &format!("\"expires_in\":{expires_in}"));
        let response = Response::new(reply.into_bytes());
        let signed_in = exchange().finish(&response, &IdTokenVerifier::new(&app()), &KeySet::default(), NOW);
        signed_in.unwrap().token_set().tokens().expires_at
    };
    let endless = NOW + u64::try_from(i64::MAX).unwrap();
    for (expires_in, expected) in [
        ("3600", Some(NOW + 3600)),
        ("\"3600\"", Some(NOW + 3600)),
        ("3600.9", Some(NOW + 3600)),
        ("99999999999999999999999", Some(endless)),
        ("1e300", Some(endless)),
        ("-1", Some(NOW)),
        ("-99999999999999999999999", Some(NOW)),
        ("0", Some(NOW)),
        ("null", None),
        ("\"soon\"", None),
    ] {
        assert_eq!(ends(expires_in), expected, "{expires_in}");
    }
}

#[test]
fn user_info_is_about_the_user_of_the_id_token() {
    let signed_in = finish(&exchange(), &tokens(&claims())).unwrap();
    let client = |sub: &'static str| {
        AuthenticationClient::new(app(), move |request: Request<Vec<u8>>| -> Result<_, TransportError> {
            assert_eq!(request.headers()["authorization"], "Bearer ACCESS");
            Ok(Response::new(
                json!({ "sub": sub, "name": "Ada" }).to_string().into_bytes(),
            ))
        })
        .with_system(Fixed)
    };
    assert_eq!(
        signed_in.user_info(&client("user-1")).unwrap().name.as_deref(),
        Some("Ada")
    );
    assert_eq!(
        signed_in
            .token_set()
            .user_info(&client("user-1"))
            .unwrap()
            .name
            .as_deref(),
        Some("Ada")
    );
    for other in ["user-2", "", "USER-1"] {
        let refused = [
            signed_in.user_info(&client(other)),
            signed_in.token_set().user_info(&client(other)),
        ];
        for refused in refused {
            assert!(
                matches!(&refused, Err(Error::Reply(error)) if error.path == "sub"),
                "{refused:?}"
            );
        }
    }
    // Without an ID token there is nobody whom they could be about.
    let set = TokenSet::new(Tokens::new("ACCESS"));
    assert!(matches!(set.user_info(&client("user-1")), Err(Error::Request(_))));
    assert!(signed_in.check_user_info(&OidcUserInfo::default()).is_err());
}

#[test]
fn signed_in_tokens_can_be_kept_in_a_session() {
    let signed_in = finish(&exchange(), &tokens(&claims())).unwrap();
    let kept = serde_json::to_string(&signed_in).unwrap();
    let back: SignedInTokens = serde_json::from_str(&kept).unwrap();
    assert_eq!(serde_json::to_string(&back).unwrap(), kept);
    assert_eq!(back.claims().sub, "user-1");
    assert_eq!(back.claims().custom["team"], "blue");
    assert_eq!(back.id_token().algorithm().as_str(), "HS256");
    assert_eq!(back.access_token().expose(), "ACCESS");
    assert_eq!(back.tokens().scope.as_deref(), Some("openid profile"));
    // The end of the access token is the one of then.
    assert_eq!(back.token_set().tokens().expires_at, Some(NOW + 3600));
    for damaged in [
        "{}".to_owned(),
        "[]".to_owned(),
        kept.replace("HS256", "none"),
        kept.replace(".eyJ", ".x"),
    ] {
        assert!(serde_json::from_str::<SignedInTokens>(&damaged).is_err(), "{damaged}");
    }
}

#[test]
fn the_id_token_of_a_renewal_is_verified() {
    /// What the renewal of a fresh sign-in gives: the access token and the ID token afterwards.
    fn renewed(id_token: &str) -> Result<(String, String), Error> {
        let signed_in = finish(&exchange(), &tokens(&claims())).unwrap();
        let set = signed_in.token_set();
        let answer = json!({ "access_token": "NEW", "id_token": id_token, "expires_in": 3600 }).to_string();
        let client = AuthenticationClient::new(app(), move |_: Request<Vec<u8>>| -> Result<_, TransportError> {
            Ok(Response::new(answer.clone().into_bytes()))
        })
        .with_system(Fixed);
        set.reject(signed_in.access_token());
        let access = set.access_token(&client)?.expose().to_owned();
        Ok((access, set.tokens().id_token.unwrap().expose().to_owned()))
    }

    let hash = Sha256::digest("NEW");
    let mut claims = claims();
    claims["at_hash"] = URL_SAFE_NO_PAD.encode(&hash[..16]).into();
    claims.as_object_mut().unwrap().remove("nonce");
    let good = hs256(&claims, "APP_SECRET");
    assert_eq!(renewed(&good).unwrap(), ("NEW".to_owned(), good.clone()));

    // The same user, and nothing else is right.
    assert!(matches!(renewed(&hs256(&claims, "OTHER")), Err(Error::Verify(_))));
    claims["at_hash"] = "AAAA".into();
    assert!(matches!(renewed(&hs256(&claims, "APP_SECRET")), Err(Error::Verify(_))));
    claims.as_object_mut().unwrap().remove("at_hash");
    claims["exp"] = (NOW - 60).into();
    assert!(matches!(renewed(&hs256(&claims, "APP_SECRET")), Err(Error::Verify(_))));
    claims["exp"] = (NOW + 60).into();
    claims["sub"] = "user-2".into();
    assert!(matches!(renewed(&hs256(&claims, "APP_SECRET")), Err(Error::Reply(_))));
}

#[test]
fn an_id_token_of_a_renewal_that_cannot_be_checked_is_not_taken() {
    let signed_in = finish(&exchange(), &tokens(&claims())).unwrap();
    let set = signed_in
        .token_set()
        .with_verifier(&IdTokenVerifier::new(&app()).rs256(), None);
    let old = set.tokens().id_token.unwrap().expose().to_owned();
    set.reject(signed_in.access_token());
    let Ok(NextStep::Renew(renewal)) = set.next_step(NOW) else {
        panic!("it is rejected")
    };
    let answer = json!({ "access_token": "NEW", "id_token": hs256(&claims(), "x"), "expires_in": 60 });
    let token = renewal
        .reply(&Response::new(answer.to_string().into_bytes()), NOW)
        .unwrap();
    assert_eq!(token.expose(), "NEW");
    assert_eq!(set.tokens().id_token.unwrap().expose(), old);
    // With keys it is refused.
    set.reject(&token);
    let Ok(NextStep::Renew(renewal)) = set.next_step(NOW) else {
        panic!("it is rejected")
    };
    let refused = renewal.reply_with_keys(&Response::new(answer.to_string().into_bytes()), &KeySet::default(), NOW);
    assert!(matches!(refused, Err(Error::Verify(_))), "{refused:?}");
}

#[test]
fn an_error_of_the_service_is_its_own() {
    let Err(Error::OAuth(error)) = answer("error=access_denied&error_description=not+today%0A!&state=STATE&code=CODE")
    else {
        panic!("an error must not be taken for a code");
    };
    assert_eq!(error.error, "access_denied");
    assert_eq!(error.operation, "AuthenticationClient.authorize");
    assert_eq!(
        error.to_string(),
        "AuthenticationClient.authorize: access_denied: not today !"
    );
}

#[test]
fn a_damaged_session_fits_nothing() {
    let whole = serde_json::to_value(pending()).unwrap();
    for name in ["state", "nonce", "code_verifier"] {
        let mut damaged = whole.clone();
        damaged[name] = "".into();
        let damaged: PendingSignIn = serde_json::from_value(damaged).unwrap();
        let query = format!("code=CODE&state={}", damaged.state.expose());
        assert!(matches!(damaged.callback(&query, NOW), Err(Error::SignIn(_))), "{name}");
    }
}

#[test]
fn the_tokens_come_with_checked_claims() {
    // By way of a session.
    let kept = serde_json::to_string(&pending()).unwrap();
    let pending: PendingSignIn = serde_json::from_str(&kept).unwrap();
    let state = pending.state.expose().to_owned();
    let verifier = pending.code_verifier.expose().to_owned();
    let exchange = pending.callback(&format!("code=C%26D&state={state}"), NOW).unwrap();

    let request = exchange.request(&app()).unwrap();
    assert_eq!(request.uri(), "https://example.genauth.ai/oidc/token");
    let body = format!("?{}", String::from_utf8(request.into_body()).unwrap());
    let mut form = query(&body);
    form.sort();
    let expected = [
        ("client_id", "APP_ID"),
        ("client_secret", "APP_SECRET"),
        ("code", "C&D"),
        ("code_verifier", &verifier),
        ("grant_type", "authorization_code"),
        ("redirect_uri", CALLBACK),
    ];
    assert_eq!(form, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));

    let signed_in = finish(&exchange, &tokens(&claims())).unwrap();
    assert_eq!(signed_in.claims().sub, "user-1");
    assert_eq!(signed_in.claims().custom["team"], "blue");
    assert_eq!(signed_in.tokens().access_token.as_ref().unwrap().expose(), "ACCESS");
    let set = signed_in.token_set();
    assert_eq!(set.tokens().expires_at, Some(NOW + 3600));
    assert_eq!(set.tokens().refresh_token.unwrap().expose(), "REFRESH");
}

#[test]
fn tokens_that_fail_a_check_do_not_come_out() {
    let with = |name: &str, value: Value| {
        let mut claims = claims();
        claims[name] = value;
        tokens(&claims)
    };
    for (reply, expected) in [
        (with("nonce", "other".into()), VerifyError::WrongNonce),
        (with("nonce", Value::Null), VerifyError::MissingClaim("nonce")),
        (with("at_hash", "AAAA".into()), VerifyError::WrongAccessTokenHash),
        (with("c_hash", "AAAA".into()), VerifyError::WrongCodeHash),
        (
            with("aud", "OTHER".into()),
            VerifyError::WrongAudience {
                expected: "APP_ID".to_owned(),
            },
        ),
        (
            with("exp", (NOW - 60).into()),
            VerifyError::Expired {
                exp: i64::try_from(NOW - 60).unwrap(),
                now: NOW,
            },
        ),
    ] {
        match finish(&exchange(), &reply) {
            Err(Error::Verify(error)) => assert_eq!(*error, expected),
            other => panic!("{other:?}"),
        }
    }
    let forged = json!({"access_token": "ACCESS", "id_token": hs256(&claims(), "OTHER_SECRET")});
    let Err(Error::Verify(error)) = finish(&exchange(), &forged) else {
        panic!("the signature is wrong")
    };
    assert_eq!(*error, VerifyError::SignatureInvalid);
}

#[test]
fn tokens_that_are_missing_are_missed() {
    for (name, value) in [
        ("id_token", Value::Null),
        ("id_token", "".into()),
        ("access_token", Value::Null),
        ("access_token", "".into()),
    ] {
        let mut reply = tokens(&claims());
        reply[name] = value;
        match finish(&exchange(), &reply) {
            Err(Error::SignIn(error)) => assert_eq!(*error, SignInError::MissingToken(name)),
            other => panic!("{other:?}"),
        }
    }
    let refused = json!({"error": "invalid_grant", "error_description": "used"});
    assert!(matches!(finish(&exchange(), &refused), Err(Error::OAuth(_))));
}

#[test]
fn the_age_that_was_asked_for_is_checked() {
    let exchange = |age| {
        let pending = begin(&SignInOptions::new(CALLBACK).with_max_age(Duration::from_secs(age)));
        let query = format!("code=CODE&state={}", pending.state.expose());
        pending.callback(&query, NOW).unwrap()
    };
    let mut claims = claims();
    assert!(
        matches!(finish(&exchange(300), &tokens(&claims)), Err(Error::Verify(_))),
        "no auth_time"
    );
    claims["auth_time"] = (NOW - 1000).into();
    assert!(
        matches!(finish(&exchange(300), &tokens(&claims)), Err(Error::Verify(_))),
        "too long ago"
    );
    assert!(finish(&exchange(1000), &tokens(&claims)).is_ok());
}

#[test]
fn another_application_gets_no_code() {
    let other = App::new("https://example.genauth.ai", "OTHER").unwrap();
    let elsewhere = App::new("https://elsewhere.example", "APP_ID").unwrap();
    for app in [other, elsewhere] {
        match exchange().request(&app) {
            Err(Error::SignIn(error)) => assert_eq!(*error, SignInError::OtherApplication),
            unexpected => panic!("{unexpected:?}"),
        }
    }
}

#[test]
fn a_client_goes_all_the_way() {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&calls);
    let transport = move |request: Request<Vec<u8>>| -> Result<_, TransportError> {
        seen.lock().unwrap().push(request.uri().path().to_owned());
        // The nonce of `Fixed`: 32 bytes of 9.
        let mut claims = claims();
        claims["nonce"] = URL_SAFE_NO_PAD.encode([9; 32]).into();
        Ok(Response::new(tokens(&claims).to_string().into_bytes()))
    };
    let client = AuthenticationClient::new(app(), transport).with_system(Fixed);
    let keys = JwksSource::new(&client);
    let verifier = IdTokenVerifier::new(client.app());
    let begin = || client.begin_sign_in(&SignInOptions::new(CALLBACK)).unwrap();

    let state = begin().state.expose().to_owned();
    let query = format!("code=CODE&state={state}");
    let signed_in = client.finish_sign_in(begin(), &query, &verifier, &keys).unwrap();
    assert_eq!(signed_in.claims().sub, "user-1");
    assert_eq!(*calls.lock().unwrap(), ["/oidc/token"], "HS256 needs no keys");

    assert!(
        client
            .finish_sign_in(begin(), "code=CODE&state=x", &verifier, &keys)
            .is_err()
    );
    let rs256 = verifier.rs256();
    assert!(client.finish_sign_in(begin(), &query, &rs256, &keys).is_err());
    assert_eq!(
        calls.lock().unwrap()[1],
        "/oidc/token",
        "nothing was sent for the wrong state"
    );
}

#[test]
fn nothing_shows_a_secret() {
    let pending = pending();
    let secrets = [&pending.state, &pending.nonce, &pending.code_verifier].map(|it| it.expose().to_owned());
    let exchange = exchange();
    let signed_in = finish(&exchange, &tokens(&claims())).unwrap();
    let refused = answer("code=HIDDEN&state=other").unwrap_err();
    let shown = format!("{pending:?}{exchange:?}{signed_in:?}{refused:?}");
    for secret in secrets
        .iter()
        .map(String::as_str)
        .filter(|secret| *secret != claims()["nonce"])
        .chain(["CODE", "HIDDEN", "REFRESH", "eyJ"])
    {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    assert!(!format!("{pending:?}").contains(&secrets[1]));
}
