//! The OpenID provider: discovery, the sign-in page, tokens and what becomes of them.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::collections::HashMap;
use std::time::Duration;

use common::{Answer, Caller};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use genauth_emulator::{Builder, ClientAuthentication, Emulator, IdTokenAlgorithm, RefreshRotation, UserSeed};
use hmac::{Hmac, KeyInit, Mac};
use p256::ecdsa::signature::Verifier;
use rsa::sha2::{Digest, Sha256};
use rsa::{BoxedUint, PublicKey};
use serde_json::{Value, json};

const BACK: &str = "http://127.0.0.1:9/back";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A provider and its one user.
struct Provider {
    emulator: Emulator,
    user: String,
}

impl Provider {
    fn start() -> Self {
        Self::of(Emulator::builder())
    }

    fn of(builder: Builder) -> Self {
        let emulator = builder.start().unwrap();
        let bob = UserSeed::new()
            .username("bob")
            .password("passw0rd")
            .email("bob@example.com");
        let user = emulator.add_user(bob).unwrap();
        Self { emulator, user }
    }

    /// A path with parameters, those of a plain sign-in unless they are replaced; an empty one is left out.
    fn path(&self, path: &str, parameters: &[(&str, &str)]) -> String {
        let mut all = vec![
            ("client_id", self.emulator.app_id()),
            ("redirect_uri", BACK),
            ("response_type", "code"),
            ("scope", "openid profile"),
            ("state", "S&T"),
        ];
        all.retain(|(name, _)| parameters.iter().all(|(other, _)| other != name));
        all.extend_from_slice(parameters);
        all.retain(|(_, value)| !value.is_empty());
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(all)
            .finish();
        format!("{path}?{query}")
    }

    fn link(&self, parameters: &[(&str, &str)]) -> String {
        format!("{}{}", self.emulator.url(), self.path("/oidc/auth", parameters))
    }

    /// What the application is sent after a sign-in.
    fn authorize(&self, parameters: &[(&str, &str)]) -> HashMap<String, String> {
        sent(&self.emulator.authorize(&self.link(parameters), &self.user).unwrap())
    }

    fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(body)
            .finish();
        let mut headers = headers.to_vec();
        if method == "POST" {
            headers.push(("content-type", "application/x-www-form-urlencoded"));
        }
        let url = format!("{}{path}", self.emulator.url());
        let mut request = ureq::http::Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let mut response = common::agent().run(request.body(body).unwrap()).unwrap();
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.body_mut().read_to_string().unwrap(),
        }
    }

    /// A form with the application's credentials.
    fn post(&self, path: &str, body: &[(&str, &str)]) -> Answer {
        let credentials = [
            ("client_id", self.emulator.app_id()),
            ("client_secret", self.emulator.app_secret()),
        ];
        self.send("POST", path, &[], &[&credentials, body].concat())
    }

    fn exchange(&self, code: &str) -> Answer {
        let body = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", BACK),
        ];
        self.post("/oidc/token", &body)
    }

    fn refresh(&self, token: &str) -> Answer {
        self.post(
            "/oidc/token",
            &[("grant_type", "refresh_token"), ("refresh_token", token)],
        )
    }

    /// The tokens of a sign-in.
    fn tokens(&self, parameters: &[(&str, &str)]) -> Value {
        let answer = self.exchange(&self.authorize(parameters)["code"]);
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    fn offline_tokens(&self) -> Value {
        self.tokens(&[("scope", "openid offline_access"), ("prompt", "consent")])
    }

    fn introspect(&self, token: &Value) -> Value {
        self.post("/oidc/token/introspection", &[("token", token.as_str().unwrap())])
            .json()
    }

    fn me(&self, token: &Value) -> Answer {
        let bearer = format!("Bearer {}", token.as_str().unwrap());
        self.send("GET", "/oidc/me", &[("authorization", &bearer)], &[])
    }

    /// The key of the key set that the token's header names.
    fn key_of(&self, token: &str) -> Value {
        let keys = self.send("GET", "/oidc/.well-known/jwks.json", &[], &[]).json();
        let kid = part(token, 0)["kid"].clone();
        let keys = keys["keys"].as_array().unwrap();
        keys.iter().find(|key| key["kid"] == kid).cloned().unwrap_or_default()
    }
}

/// The parameters of an address, behind `?` or `#`.
fn sent(address: &str) -> HashMap<String, String> {
    let (_, parameters) = address.split_once(['?', '#']).unwrap();
    form_urlencoded::parse(parameters.as_bytes()).into_owned().collect()
}

fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&BASE64URL_NOPAD.decode(part.as_bytes()).unwrap()).unwrap()
}

/// What was signed, and the signature.
fn signed(token: &str) -> (&[u8], Vec<u8>) {
    let (message, signature) = token.rsplit_once('.').unwrap();
    (
        message.as_bytes(),
        BASE64URL_NOPAD.decode(signature.as_bytes()).unwrap(),
    )
}

fn bytes(key: &Value, name: &str) -> Vec<u8> {
    BASE64URL_NOPAD.decode(key[name].as_str().unwrap().as_bytes()).unwrap()
}

fn half_hash(of: &str) -> String {
    BASE64URL_NOPAD.encode(&Sha256::digest(of.as_bytes())[..16])
}

#[track_caller]
fn assert_rs256(key: &Value, token: &str) {
    assert_eq!(part(token, 0)["alg"], "RS256");
    let key = PublicKey::new(
        BoxedUint::from_be_slice_vartime(&bytes(key, "n")),
        BoxedUint::from_be_slice_vartime(&bytes(key, "e")),
    )
    .unwrap();
    let (message, signature) = signed(token);
    key.pkcs1v15_verify::<Sha256>(message, &signature).unwrap();
}

#[track_caller]
fn refused(answer: &Answer, status: u16, error: &str) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(answer.json()["error"], error, "{}", answer.text);
    assert!(answer.json()["error_description"].is_string());
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("www-authenticate").is_empty(), status != 401);
}

#[test]
fn discovery_names_endpoints_that_exist() {
    let provider = Provider::start();
    let found = provider
        .send("GET", "/oidc/.well-known/openid-configuration", &[], &[])
        .json();
    let issuer = format!("{}/oidc", provider.emulator.url());
    assert_eq!(found["issuer"], issuer.as_str());
    for (name, value) in found.as_object().unwrap() {
        if name.ends_with("_endpoint") || name == "jwks_uri" {
            let path = value.as_str().unwrap().strip_prefix(provider.emulator.url()).unwrap();
            let (get, post) = (
                provider.send("GET", path, &[], &[]),
                provider.send("POST", path, &[], &[]),
            );
            assert!(get.status != 404 || post.status != 404, "{name}");
        }
    }
    let path = format!("/{}/oidc/.well-known/openid-configuration", provider.emulator.app_id());
    assert_eq!(provider.send("GET", &path, &[], &[]).json(), found);
}

#[test]
fn a_code_brings_tokens_that_can_be_checked() {
    let provider = Provider::start();
    let challenge = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    let back = provider.authorize(&[challenge[0], challenge[1], ("nonce", "N"), ("max_age", "60")]);
    assert_eq!(back["state"], "S&T");
    assert_eq!(back["iss"], format!("{}/oidc", provider.emulator.url()));

    let exchange = |verifier: &str, redirect_uri: &str| {
        provider.post(
            "/oidc/token",
            &[
                ("grant_type", "authorization_code"),
                ("code", &back["code"]),
                ("redirect_uri", redirect_uri),
                ("code_verifier", verifier),
            ],
        )
    };
    refused(&exchange("", BACK), 400, "invalid_grant");
    refused(&exchange(&VERIFIER.replace('d', "e"), BACK), 400, "invalid_grant");
    refused(&exchange(CHALLENGE, BACK), 400, "invalid_grant");
    refused(&exchange(VERIFIER, "http://127.0.0.1:9/other"), 400, "invalid_grant");
    refused(&exchange(VERIFIER, ""), 400, "invalid_request");
    let tokens = exchange(VERIFIER, BACK).json();

    assert_eq!(
        (&tokens["token_type"], &tokens["expires_in"]),
        (&json!("Bearer"), &json!(3600))
    );
    assert_eq!(tokens["scope"], "openid profile");
    assert_eq!(tokens.get("refresh_token"), None);
    let (access, id) = (
        tokens["access_token"].as_str().unwrap(),
        tokens["id_token"].as_str().unwrap(),
    );
    assert_rs256(&provider.key_of(access), access);
    assert_eq!(part(access, 1)["aud"], provider.emulator.app_id());

    let (message, signature) = signed(id);
    let mut mac = Hmac::<Sha256>::new_from_slice(provider.emulator.app_secret().as_bytes()).unwrap();
    mac.update(message);
    mac.verify_slice(&signature).unwrap();
    assert_eq!(part(id, 0), json!({ "typ": "JWT", "alg": "HS256" }));
    let claims = part(id, 1);
    for (name, value) in [
        ("sub", provider.user.as_str()),
        ("aud", provider.emulator.app_id()),
        ("iss", &back["iss"]),
        ("nonce", "N"),
        ("at_hash", &half_hash(access)),
        ("gender", "U"),
    ] {
        assert_eq!(claims[name], value, "{claims}");
    }
    assert_eq!(claims["name"], Value::Null);
    assert!(claims["updated_at"].is_string());
    assert_eq!(claims.get("email"), None, "not in the scope");
    assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), 3600);
    assert!(claims["auth_time"].as_u64().unwrap() <= claims["iat"].as_u64().unwrap());

    let me = provider.me(&tokens["access_token"]).json();
    assert_eq!(me["sub"], provider.user.as_str());
    let in_body = provider
        .send("POST", "/oidc/me", &[], &[("access_token", access)])
        .json();
    assert_eq!(in_body, me);

    // A second time the code takes back what it brought.
    refused(&exchange(VERIFIER, BACK), 400, "invalid_grant");
    refused(&provider.me(&tokens["access_token"]), 401, "invalid_token");
}

#[test]
fn a_code_ends_after_ten_minutes() {
    let provider = Provider::start();
    let [in_time, late] = [0; 2].map(|_| provider.authorize(&[])["code"].clone());
    provider.emulator.advance(Duration::from_secs(590));
    assert_eq!(provider.exchange(&in_time).status, 200);
    provider.emulator.advance(Duration::from_secs(10));
    refused(&provider.exchange(&late), 400, "invalid_grant");
    refused(&provider.exchange("made up"), 400, "invalid_grant");
}

#[test]
fn the_plain_challenge_works_too_and_a_public_application_needs_one() {
    let provider = Provider::of(Emulator::builder().client_authentication(ClientAuthentication::None));
    assert_eq!(provider.authorize(&[])["error"], "invalid_request");
    let back = provider.authorize(&[("code_challenge", VERIFIER)]);
    let form = |code_verifier| {
        [
            ("grant_type", "authorization_code"),
            ("code", back["code"].as_str()),
            ("redirect_uri", BACK),
            ("code_verifier", code_verifier),
        ]
    };
    let id = [("client_id", provider.emulator.app_id())];
    let send = |verifier| provider.send("POST", "/oidc/token", &[], &[&id[..], &form(verifier)].concat());
    refused(&provider.post("/oidc/token", &form(VERIFIER)), 401, "invalid_client");
    refused(&send(CHALLENGE), 400, "invalid_grant");
    assert_eq!(send(VERIFIER).status, 200);
}

#[test]
fn refresh_tokens_are_replaced_or_kept() {
    let provider = Provider::start();
    assert_eq!(
        provider
            .tokens(&[("scope", "openid offline_access")])
            .get("refresh_token"),
        None
    );
    let first = provider.offline_tokens();
    let second = provider.refresh(first["refresh_token"].as_str().unwrap()).json();
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    assert_ne!(second["access_token"], first["access_token"]);
    let claims = part(second["id_token"].as_str().unwrap(), 1);
    assert_eq!(claims["at_hash"], half_hash(second["access_token"].as_str().unwrap()));
    assert_eq!(claims.get("nonce"), None);
    assert_eq!(provider.introspect(&second["refresh_token"])["active"], true);
    assert_eq!(provider.introspect(&first["refresh_token"]), json!({ "active": false }));
    // Whoever shows the old one may be a thief.
    let reused = provider.refresh(first["refresh_token"].as_str().unwrap());
    refused(&reused, 400, "invalid_grant");
    for token in ["access_token", "refresh_token"] {
        assert_eq!(provider.introspect(&second[token]), json!({ "active": false }));
    }

    for (rotation, same) in [(RefreshRotation::Keep, true), (RefreshRotation::Omit, false)] {
        let provider = Provider::of(Emulator::builder().refresh_rotation(rotation));
        let first = provider.offline_tokens();
        for _ in 0..2 {
            let next = provider.refresh(first["refresh_token"].as_str().unwrap()).json();
            assert!(next["access_token"].is_string(), "{next}");
            let expected = same.then_some(&first["refresh_token"]);
            assert_eq!(next.get("refresh_token"), expected);
        }
        provider.emulator.advance(Duration::from_secs(30 * 24 * 3600));
        let late = provider.refresh(first["refresh_token"].as_str().unwrap());
        refused(&late, 400, "invalid_grant");
    }
}

#[test]
fn a_narrower_scope_is_for_one_answer_only() {
    let provider = Provider::start();
    let first = provider.tokens(&[("scope", "openid email offline_access"), ("prompt", "consent")]);
    let refresh = |token: &Value, scope| {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token.as_str().unwrap()),
            ("scope", scope),
        ];
        provider.post("/oidc/token", &form)
    };
    refused(&refresh(&first["refresh_token"], "openid phone"), 400, "invalid_scope");
    let narrow = refresh(&first["refresh_token"], "openid").json();
    assert_eq!(narrow["scope"], "openid");
    assert_eq!(provider.me(&narrow["access_token"]).json().get("email"), None);
    let whole = provider.refresh(narrow["refresh_token"].as_str().unwrap()).json();
    assert_eq!(whole["scope"], "openid email offline_access");
}

#[test]
fn introspection_and_revocation() {
    let provider = Provider::start();
    let tokens = provider.offline_tokens();
    let access = provider.introspect(&tokens["access_token"]);
    let claims = part(tokens["access_token"].as_str().unwrap(), 1);
    for name in ["sub", "exp", "iat", "iss", "jti", "scope"] {
        assert_eq!(access[name], claims[name], "{name}");
    }
    assert_eq!(
        (&access["active"], &access["token_type"]),
        (&json!(true), &json!("Bearer"))
    );
    assert_eq!(access["client_id"], provider.emulator.app_id());
    assert_eq!(provider.introspect(&tokens["id_token"]), json!({ "active": false }));

    let revoke = |token: &Value| provider.post("/oidc/token/revocation", &[("token", token.as_str().unwrap())]);
    let answer = revoke(&tokens["access_token"]);
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    assert_eq!(provider.introspect(&tokens["access_token"]), json!({ "active": false }));
    assert_eq!(provider.introspect(&tokens["refresh_token"])["active"], true);
    assert_eq!(revoke(&tokens["access_token"]).status, 200, "again");

    let again = provider.refresh(tokens["refresh_token"].as_str().unwrap()).json();
    revoke(&again["refresh_token"]);
    assert_eq!(provider.introspect(&again["access_token"]), json!({ "active": false }));
    for path in ["/oidc/token/introspection", "/oidc/token/revocation"] {
        refused(&provider.post(path, &[]), 400, "invalid_request");
    }
    let expired = provider.tokens(&[]);
    provider.emulator.advance(Duration::from_secs(3600));
    assert_eq!(
        provider.introspect(&expired["access_token"]),
        json!({ "active": false })
    );
    refused(&provider.me(&expired["access_token"]), 401, "invalid_token");
}

#[test]
fn each_endpoint_has_a_client_authentication_of_its_own() {
    use ClientAuthentication::{None, SecretBasic, SecretPost};
    type Setter = fn(Builder, ClientAuthentication) -> Builder;
    // The way, whether the credentials are right, the header, the body.
    type Presented<'a> = (ClientAuthentication, bool, Option<&'a str>, &'a [(&'a str, &'a str)]);
    // With good credentials the request fails for another reason, or not at all.
    let endpoints: [(Setter, &str); 4] = [
        (Builder::client_authentication, "/oidc/token"),
        (Builder::client_authentication, "/oauth/token"),
        (Builder::introspection_authentication, "/oidc/token/introspection"),
        (Builder::revocation_authentication, "/oauth/token/revocation"),
    ];
    for (set, path) in endpoints {
        for method in [SecretPost, SecretBasic, None] {
            let builder = [
                Builder::client_authentication,
                Builder::introspection_authentication,
                Builder::revocation_authentication,
            ]
            .into_iter()
            .fold(Emulator::builder().app_secret("a&b:c"), |builder, set: Setter| {
                set(builder, if method == None { SecretPost } else { None })
            });
            let provider = Provider::of(set(builder, method));
            let id = provider.emulator.app_id();
            let basic = |text: String| format!("Basic {}", BASE64.encode(text.as_bytes()));
            let [raw, encoded, wrong] = ["a&b:c", "a%26b%3Ac", "a&b"].map(|secret| basic(format!("{id}:{secret}")));
            let post = [("client_id", id), ("client_secret", "a&b:c")];
            let presented: [Presented<'_>; 9] = [
                (SecretPost, true, Option::None, &post),
                (
                    SecretPost,
                    false,
                    Option::None,
                    &[("client_id", id), ("client_secret", "wrong")],
                ),
                (
                    SecretPost,
                    false,
                    Option::None,
                    &[("client_id", "wrong"), ("client_secret", "a&b:c")],
                ),
                (SecretBasic, true, Some(&raw), &[]),
                (SecretBasic, true, Some(&encoded), &[("client_id", id)]),
                (SecretBasic, false, Some(&wrong), &[]),
                (SecretBasic, false, Some("Basic x"), &[]),
                (None, true, Option::None, &[("client_id", id)]),
                (None, false, Option::None, &[("client_id", "wrong")]),
            ];
            for (way, right, header, body) in presented {
                let headers: Vec<_> = header.iter().map(|value| ("authorization", *value)).collect();
                let form = [("grant_type", "refresh_token"), ("refresh_token", "T"), ("token", "T")];
                let answer = provider.send("POST", path, &headers, &[body, &form].concat());
                let refused = answer.status == 401 && answer.json()["error"] == "invalid_client";
                assert_eq!(!refused, right && way == method, "{path} {method:?} {way:?} {body:?}");
            }
        }
    }
}

#[test]
fn machines_prove_themselves() {
    let provider = Provider::start();
    let emulator = &provider.emulator;
    let send = |id: &str, secret: &str| {
        let form = [
            ("grant_type", "client_credentials"),
            ("scope", "order:read"),
            ("client_id", id),
            ("client_secret", secret),
        ];
        provider.send("POST", "/oidc/token", &[], &form)
    };
    for (id, secret) in [
        (emulator.access_key_id(), emulator.access_key_secret()),
        (emulator.app_id(), emulator.app_secret()),
    ] {
        let tokens = send(id, secret).json();
        let token = tokens["access_token"].as_str().unwrap();
        assert_rs256(&provider.key_of(token), token);
        let claims = part(token, 1);
        assert_eq!((&claims["azp"], &claims["scope"]), (&json!(id), &json!("order:read")));
        assert_eq!(claims.get("sub"), None);
        assert_eq!((tokens.get("id_token"), tokens.get("refresh_token")), (None, None));
        assert_eq!(provider.introspect(&tokens["access_token"])["client_id"], id);
        refused(&provider.me(&tokens["access_token"]), 401, "invalid_token");
    }
    refused(
        &send(emulator.access_key_id(), emulator.app_secret()),
        401,
        "invalid_client",
    );

    // The key may stand in the header too, or in the body beside the application's own pair in the header.
    let basic = |id: &str, secret: &str| format!("Basic {}", BASE64.encode(format!("{id}:{secret}").as_bytes()));
    let (key, secret) = (emulator.access_key_id(), emulator.access_key_secret());
    let grant = ("grant_type", "client_credentials");
    for (header, body) in [
        (basic(key, secret), vec![grant]),
        (
            basic(emulator.app_id(), emulator.app_secret()),
            vec![grant, ("client_id", key), ("client_secret", secret)],
        ),
    ] {
        let answer = provider.send("POST", "/oidc/token", &[("authorization", &header)], &body);
        assert_eq!(part(answer.json()["access_token"].as_str().unwrap(), 1)["azp"], key);
    }
}

#[test]
fn a_password_or_a_token_brings_tokens_and_other_grants_do_not() {
    let provider = Provider::start();
    let grant = |grant_type, rest: &[(&str, &str)]| {
        provider.post("/oidc/token", &[&[("grant_type", grant_type)], rest].concat())
    };
    let password = |word| grant("password", &[("username", "bob"), ("password", word)]);
    assert!(password("passw0rd").json()["id_token"].is_string());
    refused(&password("wrong"), 400, "invalid_grant");
    let token = provider.emulator.access_token(&provider.user).unwrap();
    let legacy = "http://authing.cn/oidc/grant_type/authing_token";
    assert!(grant(legacy, &[("token", &token)]).json()["access_token"].is_string());
    refused(&grant(legacy, &[("token", "made up")]), 400, "invalid_grant");
    refused(&grant("magic", &[]), 400, "unsupported_grant_type");
    refused(&provider.post("/oidc/token", &[]), 400, "invalid_request");
}

#[test]
fn what_is_wrong_with_a_request_is_told_to_whom_it_concerns() {
    let provider = Provider::start();
    // The user sees a page, because the address may be an attacker's.
    for parameter in [
        ("client_id", ""),
        ("client_id", "somebody-else"),
        ("redirect_uri", ""),
        ("redirect_uri", "https://attacker.example/back"),
        ("redirect_uri", "http://127.0.0.1.attacker.example/back"),
        ("redirect_uri", "http://localhost@attacker.example/back"),
        ("redirect_uri", "http://127.0.0.1/back#here"),
        ("redirect_uri", "http://127.0.0.1/back\r\nx: y"),
        ("redirect_uri", "javascript://127.0.0.1/"),
    ] {
        let answer = provider.send("GET", &provider.path("/oidc/auth", &[parameter]), &[], &[]);
        assert_eq!(answer.status, 400, "{parameter:?}");
        assert!(answer.header("content-type").starts_with("text/html"));
        assert_eq!(answer.header("location"), "");
        assert!(
            provider
                .emulator
                .authorize(&provider.link(&[parameter]), &provider.user)
                .is_err()
        );
    }
    // The application is told the rest.
    for (parameter, error) in [
        (("response_type", ""), "unsupported_response_type"),
        (("response_type", "token"), "unsupported_response_type"),
        (("response_type", "code magic"), "unsupported_response_type"),
        (("response_type", "id_token"), "invalid_request"),
        (("response_mode", "pigeon"), "invalid_request"),
        (("scope", ""), "invalid_scope"),
        (("scope", "profile"), "invalid_scope"),
        (("prompt", "none login"), "invalid_request"),
        (("prompt", "none"), "login_required"),
        (("max_age", "soon"), "invalid_request"),
        (("code_challenge", "short"), "invalid_request"),
        (("code_challenge_method", "S256"), "invalid_request"),
    ] {
        let answer = provider.send("GET", &provider.path("/oidc/auth", &[parameter]), &[], &[]);
        assert_eq!(answer.status, 302, "{parameter:?}");
        let location = answer.header("location");
        assert!(location.starts_with(BACK), "{location}");
        let sent = sent(location);
        assert_eq!(sent["error"], error, "{parameter:?}");
        assert_eq!(sent["state"], "S&T");
        assert_eq!(sent["iss"], format!("{}/oidc", provider.emulator.url()));
        assert!(!sent.contains_key("code"));
    }
    assert!(
        provider
            .emulator
            .authorize("https://elsewhere.example/oidc/auth", &provider.user)
            .is_err()
    );
    assert!(provider.emulator.authorize(&provider.link(&[]), "nobody").is_err());
}

#[test]
fn registered_addresses_are_good() {
    let provider = Provider::of(Emulator::builder().redirect_uri("https://app.example/back"));
    let there = |uri| {
        provider
            .emulator
            .authorize(&provider.link(&[("redirect_uri", uri)]), &provider.user)
    };
    assert!(
        there("https://app.example/back")
            .unwrap()
            .starts_with("https://app.example/back?code=")
    );
    assert!(
        there("https://app.example/back?x=1")
            .unwrap()
            .starts_with("https://app.example/back?x=1&code=")
    );
    assert!(there("https://app.example/back/further").is_err());
    assert!(there("http://[::1]:7/").is_ok());
}

#[test]
fn tokens_come_back_in_every_way_but_the_query() {
    let provider = Provider::start();
    for (response_type, has) in [
        ("id_token", [false, false, true]),
        ("code id_token", [true, false, true]),
        ("code token", [true, true, false]),
        ("code id_token token", [true, true, true]),
        ("id_token token", [false, true, true]),
    ] {
        let parameters = [("response_type", response_type), ("nonce", "N")];
        let link = provider.link(&parameters);
        let address = provider.emulator.authorize(&link, &provider.user).unwrap();
        assert!(address.starts_with(&format!("{BACK}#")), "{address}");
        let sent = sent(&address);
        let found = ["code", "access_token", "id_token"].map(|name| sent.contains_key(name));
        assert_eq!(found, has, "{response_type}");
        if let Some(id_token) = sent.get("id_token") {
            let claims = part(id_token, 1);
            let hash = |name: &str| sent.get(name).map(|value| json!(half_hash(value)));
            assert_eq!(claims.get("at_hash").cloned(), hash("access_token"), "{response_type}");
            assert_eq!(claims.get("c_hash").cloned(), hash("code"), "{response_type}");
            assert_eq!(claims["nonce"], "N");
        }
        if let Some(code) = sent.get("code") {
            assert_eq!(provider.exchange(code).status, 200);
        }
        let in_query = provider.authorize(&[parameters[0], parameters[1], ("response_mode", "query")]);
        assert_eq!(in_query["error"], "invalid_request");
    }
}

#[test]
fn id_tokens_are_signed_as_configured_and_keys_change() {
    for algorithm in [IdTokenAlgorithm::Rs256, IdTokenAlgorithm::Es256] {
        let provider = Provider::of(Emulator::builder().id_token_algorithm(algorithm));
        let check = |token: &str| {
            let key = provider.key_of(token);
            if algorithm == IdTokenAlgorithm::Rs256 {
                assert_rs256(&key, token);
            } else {
                assert_eq!((&key["kty"], &key["crv"]), (&json!("EC"), &json!("P-256")));
                let point = [&[4], &bytes(&key, "x")[..], &bytes(&key, "y")].concat();
                let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(&point).unwrap();
                let (message, signature) = signed(token);
                key.verify(message, &p256::ecdsa::Signature::from_slice(&signature).unwrap())
                    .unwrap();
            }
        };
        let id_token = || provider.tokens(&[])["id_token"].as_str().unwrap().to_owned();
        let first = id_token();
        check(&first);
        provider.emulator.rotate_keys().unwrap();
        let second = id_token();
        assert_ne!(part(&first, 0)["kid"], part(&second, 0)["kid"]);
        check(&first);
        check(&second);
        provider.emulator.replace_keys().unwrap();
        check(&id_token());
        assert_eq!(provider.key_of(&second), Value::Null);
    }
}

#[test]
fn oauth_has_opaque_tokens() {
    let provider = Provider::start();
    let link = |parameters: &[(&str, &str)]| {
        let link = provider.path("/oauth/auth", &[&[("scope", "")], parameters].concat());
        let link = format!("{}{link}", provider.emulator.url());
        sent(&provider.emulator.authorize(&link, &provider.user).unwrap())
    };
    let code = link(&[])["code"].clone();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", BACK),
    ];
    refused(&provider.post("/oidc/token", &form), 400, "invalid_grant");
    let tokens = provider.post("/oauth/token", &form).json();
    for name in ["access_token", "refresh_token"] {
        let token = tokens[name].as_str().unwrap();
        assert!(token.len() == 40 && token.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
    assert_eq!(
        (&tokens["scope"], &tokens["expires_in"]),
        (&json!("user"), &json!(1_209_599))
    );
    assert_eq!(tokens.get("id_token"), None);

    let token = tokens["access_token"].as_str().unwrap();
    let known = provider.post("/oauth/token/introspection", &[("token", token)]).json();
    assert_eq!(known["iss"], format!("{}/oauth", provider.emulator.url()));
    let me = provider
        .send("GET", "/oauth/me", &[("authorization", token)], &[])
        .json();
    assert_eq!(me["email"], "bob@example.com");
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let again = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    assert!(provider.post("/oauth/token", &again).json()["access_token"].is_string());
    provider.post("/oauth/token/revocation", &[("token", token)]);
    refused(
        &provider.send("GET", "/oauth/me", &[("authorization", token)], &[]),
        401,
        "invalid_token",
    );
    assert!(link(&[("response_type", "token")])["access_token"].len() == 40);
}

#[test]
fn a_browser_signs_in_once_and_out_again() {
    let provider = Provider::start();
    let visit = |cookie: &str, parameters: &[(&str, &str)]| {
        provider.send(
            "GET",
            &provider.path("/oidc/auth", parameters),
            &[("cookie", cookie)],
            &[],
        )
    };
    let page = visit("", &[("login_hint", "<b>\"&'")]);
    assert_eq!(
        (page.status, page.header("content-type")),
        (200, "text/html; charset=utf-8")
    );
    assert!(
        page.text.contains("value=\"&lt;b&gt;&quot;&amp;&#39;\""),
        "{}",
        page.text
    );
    let action = page.text.split("action=\"").nth(1).unwrap().split('"').next().unwrap();

    let wrong = provider.send("POST", action, &[], &[("account", "bob"), ("password", "wrong")]);
    assert_eq!(wrong.status, 403);
    assert!(
        wrong.text.contains("role=\"alert\"") && wrong.text.contains(action),
        "{}",
        wrong.text
    );
    assert_eq!(wrong.header("set-cookie"), "");
    let right = provider.send("POST", action, &[], &[("account", "bob"), ("password", "passw0rd")]);
    assert_eq!(right.status, 302);
    let back = sent(right.header("location"));
    assert_eq!(back["state"], "S&T");
    let tokens = provider.exchange(&back["code"]).json();
    let twice = provider.send("POST", action, &[], &[("account", "bob"), ("password", "passw0rd")]);
    assert_eq!(twice.status, 400, "the page has been used");

    // The browser is known now.
    let set = right.header("set-cookie");
    assert!(set.contains("; HttpOnly") && set.contains("; SameSite=Lax"), "{set}");
    let cookie = format!("other=1; {}", set.split(';').next().unwrap());
    assert!(sent(visit(&cookie, &[("prompt", "none")]).header("location")).contains_key("code"));
    assert_eq!(visit(&cookie, &[("prompt", "login")]).status, 200);
    assert_eq!(visit(&cookie, &[("max_age", "60")]).status, 302);
    provider.emulator.advance(Duration::from_secs(61));
    assert_eq!(visit(&cookie, &[("max_age", "60")]).status, 200);
    let posted = visit(&cookie, &[("response_mode", "form_post"), ("state", "\"><script>")]);
    assert!(
        posted.text.contains("value=\"&quot;&gt;&lt;script&gt;\""),
        "{}",
        posted.text
    );
    let message = visit(&cookie, &[("response_mode", "web_message"), ("state", "</script>")]);
    assert!(
        message.text.contains("\"state\":\"\\u003c/script>\""),
        "{}",
        message.text
    );

    // The way out.
    let id_token = tokens["id_token"].as_str().unwrap();
    provider.emulator.advance(Duration::from_secs(3600));
    let end = |parameters: &[(&str, &str)]| {
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(parameters)
            .finish();
        provider.send(
            "GET",
            &format!("/oidc/session/end?{query}"),
            &[("cookie", &cookie)],
            &[],
        )
    };
    let to = ("post_logout_redirect_uri", BACK);
    assert_eq!(end(&[to]).status, 400);
    assert_eq!(end(&[to, ("id_token_hint", "made.up.token")]).status, 400);
    let attacker = ("post_logout_redirect_uri", "https://attacker.example/");
    assert_eq!(end(&[attacker, ("id_token_hint", id_token)]).status, 400);
    assert_eq!(visit(&cookie, &[("prompt", "none")]).status, 302);
    let out = end(&[to, ("id_token_hint", id_token), ("state", "a b")]);
    assert_eq!(
        (out.status, out.header("location")),
        (302, format!("{BACK}?state=a+b").as_str())
    );
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(
        sent(visit(&cookie, &[("prompt", "none")]).header("location"))["error"],
        "login_required"
    );
    assert_eq!(end(&[]).status, 200);
}

#[test]
fn a_sign_in_can_be_given_up_or_go_on_without_the_form() {
    let provider = Provider::start();
    let begin = || {
        let page = provider.send("GET", &provider.path("/oidc/auth", &[]), &[], &[]);
        let action = page.text.split("action=\"").nth(1).unwrap();
        action.split("/login\"").next().unwrap().to_owned()
    };
    let key = begin();
    let given_up = provider.send("POST", &format!("{key}/abort"), &[], &[]);
    assert_eq!(sent(given_up.header("location"))["error"], "access_denied");
    assert_eq!(provider.send("POST", &format!("{key}/abort"), &[], &[]).status, 400);

    let key = begin();
    let form = [("account", "bob"), ("password", "passw0rd")];
    let in_one = provider.send("POST", &format!("{key}/login"), &[], &form);
    let cookie = in_one.header("set-cookie").split(';').next().unwrap().to_owned();
    for step in ["end", "confirm"] {
        let key = begin();
        let path = format!("{key}/{step}");
        assert_eq!(provider.send("POST", &path, &[], &[]).status, 400, "not signed in");
        let on = provider.send("POST", &path, &[("cookie", &cookie)], &[]);
        assert!(sent(on.header("location")).contains_key("code"));
    }
    let key = begin();
    provider
        .emulator
        .set_user_field(&provider.user, "status", "Suspended")
        .unwrap();
    assert_eq!(provider.send("POST", &format!("{key}/login"), &[], &form).status, 403);
    assert!(
        provider
            .emulator
            .authorize(&provider.link(&[]), &provider.user)
            .is_err()
    );
}

#[test]
fn tokens_of_the_browser_open_the_api() {
    let provider = Provider::start();
    let tokens = provider.tokens(&[]);
    let caller = Caller::new(&provider.emulator).with_token(tokens["access_token"].as_str().unwrap());
    assert_eq!(common::ok(&caller.get("/api/v3/get-profile"))["username"], "bob");
    let history = common::ok(&caller.get("/api/v3/get-my-login-history"));
    assert_eq!(history["totalCount"], 1, "once at the sign-in, not again with the code");
}
