//! Registration, sign-in, tokens and headers.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::time::Duration;

use common::{Caller, fails, ok};
use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use genauth_emulator::{ClientAuthentication, Emulator, UserSeed};
use rsa::pkcs8::DecodePublicKey;
use serde_json::{Value, json};

fn bob() -> UserSeed {
    UserSeed::new()
        .username("bob")
        .password("passw0rd")
        .email("bob@example.com")
        .phone("18800000000")
}

fn part(token: &Value, index: usize) -> Value {
    let text = token.as_str().unwrap().split('.').nth(index).unwrap();
    serde_json::from_slice(&BASE64URL_NOPAD.decode(text.as_bytes()).unwrap()).unwrap()
}

#[test]
fn registers_with_a_password() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::new(&emulator);
    let sign_up = |payload: Value| {
        caller.post(
            "/api/v3/signup",
            &json!({ "connection": "PASSWORD", "passwordPayload": payload }),
        )
    };
    let user = ok(&sign_up(json!({ "email": "bob@example.com", "password": "passw0rd" })));
    assert_eq!(
        (&user["email"], &user["emailVerified"]),
        (&json!("bob@example.com"), &json!(false))
    );
    fails(
        &sign_up(json!({ "email": "BOB@example.com", "password": "passw0rd" })),
        409,
        2026,
    );
    fails(&sign_up(json!({ "username": "bob", "password": "pass" })), 400, 2029);
    fails(&sign_up(json!({ "password": "passw0rd" })), 400, 0);
    let missing = caller.post("/api/v3/signup", &json!({ "connection": "PASSWORD" }));
    assert_eq!(missing["message"], "passwordPayload should not be empty");

    let closed = Emulator::builder().registration(false).start().unwrap();
    let body = json!({ "connection": "PASSWORD", "passwordPayload": { "username": "bob", "password": "passw0rd" } });
    fails(&Caller::new(&closed).post("/api/v3/signup", &body), 403, 2031);
}

#[test]
fn registers_with_a_code_and_completes_the_profile() {
    let emulator = Emulator::start().unwrap();
    let caller = Caller::new(&emulator);
    let code = caller.sms_code("18800000000", "REGISTER");
    let mut body = json!({
        "connection": "PASSCODE",
        "passCodePayload": { "phone": "18800000000", "passCode": code },
        "profile": { "nickname": "Bobby", "email": "bob@example.com", "customData": { "age": 7 } },
        "options": { "passwordForPhonePassCode": "passw0rd" },
    });
    let email_code = caller.email_code("bob@example.com", "COMPLETE_EMAIL");
    // Either all codes are used up, or none.
    fails(&caller.post("/api/v3/signup", &body), 400, 0);
    body["options"]["emailPassCodeForInformationCompletion"] = json!(email_code);
    let user = ok(&caller.post("/api/v3/signup", &body));
    assert_eq!(user["nickname"], "Bobby");
    assert_eq!(
        (&user["emailVerified"], &user["phoneVerified"]),
        (&json!(true), &json!(true))
    );
    ok(&caller.sign_in("bob@example.com", "passw0rd"));
}

#[test]
fn signs_in_with_a_password_of_every_kind_of_account() {
    let emulator = Emulator::start().unwrap();
    emulator.add_user(bob()).unwrap();
    let caller = Caller::new(&emulator);
    for (name, value) in [
        ("account", "bob"),
        ("account", "bob@example.com"),
        ("account", "18800000000"),
        ("email", "Bob@example.com"),
        ("username", "bob"),
        ("phone", "18800000000"),
    ] {
        let mut body = caller.credentials("", "");
        body["passwordPayload"] = json!({ name: value, "password": "passw0rd" });
        // Some clients send the payloads that they do not use, empty.
        body["passCodePayload"] = json!({ "passCode": "" });
        body["ldapPayload"] = json!({});
        ok(&caller.post("/api/v3/signin", &body));
    }
    fails(&caller.sign_in("bob", "wrong"), 403, 2006);
    fails(&caller.sign_in("nobody", "passw0rd"), 404, 2004);
    fails(
        &caller.post("/api/v3/signin", &json!({ "connection": "MAGIC" })),
        400,
        0,
    );

    let mut body = caller.credentials("bob", "passw0rd");
    body["options"] = json!({ "scope": "profile" });
    fails(&caller.post("/api/v3/signin", &body), 400, 0);
}

#[test]
fn signs_in_with_a_code_or_a_directory() {
    let emulator = Emulator::start().unwrap();
    let id = emulator.add_user(bob()).unwrap();
    let caller = Caller::new(&emulator);
    let with = |extra: Value| {
        let mut body = json!({ "client_id": emulator.app_id(), "client_secret": emulator.app_secret() });
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        caller.post("/api/v3/signin", &body)
    };
    let code = caller.email_code("bob@example.com", "LOGIN");
    let payload = json!({ "email": "bob@example.com", "passCode": code });
    let set = ok(&with(json!({ "connection": "PASSCODE", "passCodePayload": payload })));
    assert_eq!(part(&set["access_token"], 1)["sub"], json!(id));

    let code = caller.email_code("new@example.com", "LOGIN");
    let payload = json!({ "email": "new@example.com", "passCode": code });
    fails(
        &with(json!({ "connection": "PASSCODE", "passCodePayload": payload })),
        404,
        2004,
    );
    emulator.advance(Duration::from_secs(60));
    let code = caller.email_code("new@example.com", "LOGIN");
    let payload = json!({ "email": "new@example.com", "passCode": code });
    let options = json!({ "autoRegister": true });
    ok(&with(
        json!({ "connection": "PASSCODE", "passCodePayload": payload, "options": options }),
    ));

    let good = json!({ "sAMAccountName": "bob", "password": "passw0rd" });
    let bad = json!({ "sAMAccountName": "bob", "password": "wrong1" });
    ok(&with(json!({ "connection": "LDAP", "ldapPayload": good })));
    ok(&with(json!({ "connection": "AD", "adPayload": good })));
    fails(&with(json!({ "connection": "LDAP", "ldapPayload": bad })), 403, 2333);
    fails(&with(json!({ "connection": "AD", "adPayload": bad })), 403, 2338);

    emulator.set_user_field(&id, "status", "Suspended").unwrap();
    fails(&with(json!({ "connection": "LDAP", "ldapPayload": good })), 403, 2005);
}

#[test]
fn answers_the_tokens_that_the_scope_allows() {
    let emulator = Emulator::start().unwrap();
    let id = emulator.add_user(bob()).unwrap();
    emulator.grant_role(&id, "default", "editor").unwrap();
    let caller = Caller::new(&emulator);
    let set = ok(&caller.sign_in("bob", "passw0rd"));
    assert!(set.get("refresh_token").is_none());
    assert_eq!(
        (&set["token_type"], &set["expires_in"]),
        (&json!("Bearer"), &json!(1_209_600))
    );
    let access = part(&set["access_token"], 1);
    assert_eq!(part(&set["access_token"], 0)["alg"], "RS256");
    assert_eq!(access["iss"], json!(format!("{}/oidc", emulator.url())));
    assert_eq!(
        (&access["aud"], &access["scope"]),
        (&json!(emulator.app_id()), &json!("openid profile"))
    );
    assert_eq!(
        access["exp"].as_u64().unwrap() - access["iat"].as_u64().unwrap(),
        1_209_600
    );
    let identity = part(&set["id_token"], 1);
    assert_eq!(part(&set["id_token"], 0), json!({ "alg": "HS256", "typ": "JWT" }));
    assert_eq!((&identity["gender"], &identity["name"]), (&json!("U"), &Value::Null));
    assert!(identity.get("name").is_some() && identity.get("email").is_none() && identity.get("at_hash").is_none());

    let mut body = caller.credentials("bob", "passw0rd");
    body["options"] = json!({ "scope": "openid email phone roles offline_access" });
    let set = ok(&caller.post("/api/v3/signin", &body));
    assert!(set["refresh_token"].is_string());
    let identity = part(&set["id_token"], 1);
    assert_eq!(
        (&identity["email"], &identity["email_verified"]),
        (&json!("bob@example.com"), &json!(true))
    );
    assert_eq!(identity["roles"], json!(["editor"]));
}

#[test]
fn signs_tokens_with_the_listed_keys() {
    let emulator = Emulator::start().unwrap();
    emulator.add_user(bob()).unwrap();
    let caller = Caller::new(&emulator);
    let verifies = |token: &Value| {
        let (message, signature) = token.as_str().unwrap().rsplit_once('.').unwrap();
        let kid = part(token, 0)["kid"].clone();
        let keys = caller.get("/oidc/.well-known/jwks.json");
        let key = keys["keys"]
            .as_array()
            .unwrap()
            .iter()
            .find(|key| key["kid"] == kid)
            .cloned()?;
        let number = |name: &str| BASE64URL_NOPAD.decode(key[name].as_str().unwrap().as_bytes()).unwrap();
        let big = |name: &str| rsa::BoxedUint::from_be_slice_vartime(&number(name));
        assert_eq!(number("n").len(), 256);
        let key = rsa::PublicKey::new(big("n"), big("e")).unwrap();
        let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).unwrap();
        let verified = key.pkcs1v15_verify::<rsa::sha2::Sha256>(message.as_bytes(), &signature);
        Some(verified.is_ok())
    };
    let before = ok(&caller.sign_in("bob", "passw0rd"));
    assert_eq!(verifies(&before["access_token"]), Some(true));
    emulator.rotate_keys().unwrap();
    let after = ok(&caller.sign_in("bob", "passw0rd"));
    assert_ne!(
        part(&before["access_token"], 0)["kid"],
        part(&after["access_token"], 0)["kid"]
    );
    assert_eq!(verifies(&before["access_token"]), Some(true));
    assert_eq!(verifies(&after["access_token"]), Some(true));
    emulator.replace_keys().unwrap();
    assert_eq!(verifies(&after["access_token"]), None);

    let info = Caller::new(&emulator).with_token(format!("Bearer {}", after["access_token"].as_str().unwrap()));
    assert_eq!(info.get("/oidc/me")["picture"], part(&after["id_token"], 1)["picture"]);
    assert_eq!(caller.send("GET", "/oidc/me", &[], b"").unwrap().status, 401);
}

#[test]
fn reads_encrypted_passwords() {
    let emulator = Emulator::start().unwrap();
    emulator
        .add_user(UserSeed::new().username("bob").password("pass wörd"))
        .unwrap();
    let caller = Caller::new(&emulator);
    let system = caller.get("/api/v3/system");
    let sign_in = |kind: &str, sent: String| {
        let mut body = caller.credentials("bob", &sent);
        body["options"] = json!({ "passwordEncryptType": kind });
        caller.post("/api/v3/signin", &body)
    };

    let key = rsa::PublicKey::from_public_key_pem(system["rsa"]["publicKey"].as_str().unwrap()).unwrap();
    let encrypted = key.pkcs1v15_encrypt("pass wörd".as_bytes()).unwrap();
    ok(&sign_in("rsa", BASE64.encode(&encrypted)));

    let point = HEXLOWER
        .decode(system["sm2"]["publicKey"].as_str().unwrap().as_bytes())
        .unwrap();
    assert_eq!(point[0], 4);
    let key = sm2::PublicKey::from_sec1_bytes(&point).unwrap();
    let encrypt = |mode, plain: &[u8]| {
        let mut random = sm2::elliptic_curve::common::getrandom::SysRng;
        HEXLOWER.encode(
            &sm2::pke::EncryptingKey::new_with_mode(key, mode)
                .encrypt(&mut random, plain)
                .unwrap(),
        )
    };
    let base64 = BASE64.encode("pass wörd".as_bytes());
    ok(&sign_in("sm2", encrypt(sm2::pke::Mode::C1C2C3, base64.as_bytes())));
    let direct = encrypt(sm2::pke::Mode::C1C3C2, "pass wörd".as_bytes());
    ok(&sign_in("sm2", direct[2..].to_owned()));
    ok(&sign_in("sm2", format!("sm2:{}", &direct[2..])));

    for (kind, sent) in [("rsa", "AAAA"), ("rsa", "?"), ("sm2", "04ff"), ("sm2", "pass wörd")] {
        let answer = sign_in(kind, sent.to_owned());
        fails(&answer, 400, 0);
        assert_eq!(answer["message"], "解密密码失败");
    }
    let answer = sign_in("aes", "x".to_owned());
    assert_eq!(
        answer["message"],
        "options.passwordEncryptType must be a valid enum value"
    );
}

#[test]
fn authenticates_the_application_as_configured() {
    let try_all = |method: ClientAuthentication| {
        let emulator = Emulator::builder()
            .client_authentication(method)
            .app_secret("s")
            .start()
            .unwrap();
        emulator.add_user(bob()).unwrap();
        let caller = Caller::new(&emulator);
        let post = caller.credentials("bob", "passw0rd");
        let mut bare = post.clone();
        bare.as_object_mut()
            .unwrap()
            .retain(|name, _| !name.starts_with("client_"));
        let basic = format!("Basic {}", BASE64.encode(format!("{}:s", emulator.app_id()).as_bytes()));
        let send = |body: &Value, headers: &[(&str, &str)]| {
            let answer = caller
                .send("POST", "/api/v3/signin", headers, body.to_string().as_bytes())
                .unwrap()
                .json();
            answer["statusCode"] == 200
        };
        let mut wrong = post.clone();
        wrong["client_secret"] = json!("wrong");
        [
            send(&post, &[]),
            send(&bare, &[("authorization", &basic)]),
            send(&bare, &[]),
            send(&wrong, &[]),
        ]
    };
    assert_eq!(try_all(ClientAuthentication::SecretPost), [true, false, false, false]);
    assert_eq!(try_all(ClientAuthentication::SecretBasic), [false, true, false, false]);
    assert_eq!(try_all(ClientAuthentication::None), [false, false, true, false]);
}

#[test]
fn tokens_expire_when_time_passes() {
    let emulator = Emulator::builder()
        .token_lifetime(Duration::from_secs(3600))
        .start()
        .unwrap();
    let caller = Caller::signed_in(&emulator, bob());
    emulator.advance(Duration::from_secs(3500));
    ok(&caller.get("/api/v3/get-profile"));
    emulator.advance(Duration::from_secs(100));
    fails(&caller.get("/api/v3/get-profile"), 401, 2020);
}

#[test]
fn headers_have_two_prefixes_and_tokens_two_forms() {
    let emulator = Emulator::start().unwrap();
    let id = emulator.add_user(bob()).unwrap();
    let token = emulator.access_token(&id).unwrap();
    for prefix in ["x-authing-", "x-genauth-"] {
        for token in [token.clone(), format!("Bearer {token}"), format!("bearer {token}")] {
            ok(&Caller::new(&emulator)
                .with_prefix(prefix)
                .with_token(token)
                .get("/api/v3/get-profile"));
        }
        let caller = Caller::new(&emulator).with_prefix(prefix);
        ok(&caller.post(
            "/api/v3/send-email",
            &json!({ "email": format!("{prefix}@b.c"), "channel": "CHANNEL_LOGIN" }),
        ));
        let pool = [(format!("{prefix}userpool-id"), "unknown")];
        let pool: Vec<_> = pool.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        fails(
            &caller.send("GET", "/api/v3/captcha-code", &pool, b"").unwrap().json(),
            404,
            2224,
        );
    }
    let stranger = Caller::new(&emulator).with_prefix("x-unknown-");
    let body = json!({ "email": "a@b.c", "channel": "CHANNEL_LOGIN" });
    fails(&stranger.post("/api/v3/send-email", &body), 404, 2011);
    let wrong = [("x-authing-app-id", "wrong")];
    let answer = stranger
        .send("POST", "/api/v3/send-email", &wrong, body.to_string().as_bytes())
        .unwrap();
    assert_eq!(answer.status, 200);
    fails(&answer.json(), 404, 2011);
}

#[test]
fn wrong_tokens_are_refused() {
    let emulator = Emulator::start().unwrap();
    let id = emulator.add_user(bob()).unwrap();
    let token = emulator.access_token(&id).unwrap();
    let (head, _) = token.rsplit_once('.').unwrap();
    for wrong in [
        "",
        "Bearer",
        "abc",
        "Bearer abc",
        &format!("{head}.AAAA"),
        &format!("Basic {token}"),
    ] {
        fails(
            &Caller::new(&emulator).with_token(wrong).get("/api/v3/get-profile"),
            401,
            2020,
        );
    }
    fails(&Caller::new(&emulator).get("/api/v3/get-profile"), 401, 2020);
    let other = Emulator::start().unwrap();
    fails(
        &Caller::new(&other).with_token(token).get("/api/v3/get-profile"),
        401,
        2020,
    );
}

#[test]
fn says_what_anybody_may_know() {
    let emulator = Emulator::start().unwrap();
    let bare = Caller::new(&emulator).with_prefix("x-unknown-");
    let system = bare.get("/api/v3/system");
    assert!(system.get("statusCode").is_none());
    let pem = system["rsa"]["publicKey"].as_str().unwrap();
    assert!(pem.starts_with("-----BEGIN PUBLIC KEY-----\n") && pem.ends_with("-----END PUBLIC KEY-----\n"));
    let countries = ok(&bare.get("/api/v3/get-country-list"));
    assert_eq!(
        (&countries[0]["alpha3"], &countries[0]["flag"]),
        (&json!("CHN"), &json!("🇨🇳"))
    );
    let check = |secret: &str| {
        ok(&bare.post(
            "/api/v3/check-app-id-secret",
            &json!({ "appId": emulator.app_id(), "appSecret": secret }),
        ))["valid"]
            .clone()
    };
    assert_eq!(check(emulator.app_secret()), true);
    assert_eq!(check("wrong"), false);
}
