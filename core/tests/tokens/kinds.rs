//! No token is of two kinds, and nothing that a token brings along is believed: RFC 8725, and `OpenID` Connect Core 3.1.3.7.

use std::time::Duration;

use genauth_core::protocol::keys::{JwksSource, KeySet};
use genauth_core::protocol::verify::{AccessTokenVerifier, Expected, IdTokenVerifier, VerifyError};
use genauth_core::transport::{TransportError, TransportErrorKind};
use genauth_core::{App, AuthenticationClient, Error};
use serde_json::{Value, json};

use crate::support::{
    APP_ID, Clock, EC_A, NOW, PSS_A, RSA_A, RSA_B, SECRET, Signer, access_claims, app, app_secret, base64url,
    id_claims, jwks, with,
};

fn keys() -> KeySet {
    KeySet::from_value(jwks(&[RSA_A.jwk("a"), EC_A.jwk("e")])).unwrap()
}

fn signed(typ: Option<&str>, claims: &Value) -> String {
    let header = with(json!({ "alg": "RS256", "kid": "a" }), &json!({ "typ": typ }));
    RSA_A.token_of(header.to_string().as_bytes(), claims.to_string().as_bytes())
}

fn as_id_token(token: &str) -> Result<(), VerifyError> {
    let verifier = IdTokenVerifier::new(&app()).rs256();
    verifier.verify(token, &keys(), NOW, &Expected::NOTHING).map(drop)
}

fn as_access_token(token: &str) -> Result<(), VerifyError> {
    AccessTokenVerifier::new(&app()).verify(token, &keys(), NOW).map(drop)
}

#[test]
fn tokens_as_the_service_issues_them_are_of_one_kind() {
    // Through the hosted page, and through the API: without nonce and hash.
    let hosted = with(
        id_claims(),
        &json!({ "at_hash": "PSg8l9x4etlf-p8P7cbuhA", "gender": "U" }),
    );
    let through_api = with(id_claims(), &json!({ "nonce": null }));
    for claims in [hosted, through_api] {
        for typ in [None, Some("JWT")] {
            as_id_token(&signed(typ, &claims)).unwrap();
            assert_eq!(as_access_token(&signed(typ, &claims)), Err(VerifyError::WrongType));
        }
    }
    // Of a user, and of a machine.
    let machine = with(access_claims(), &json!({ "sub": null, "azp": APP_ID }));
    for claims in [access_claims(), machine] {
        for typ in [None, Some("JWT"), Some("at+jwt")] {
            as_access_token(&signed(typ, &claims)).unwrap();
            assert_eq!(as_id_token(&signed(typ, &claims)), Err(VerifyError::WrongType));
        }
    }
}

#[test]
fn no_token_is_of_both_kinds() {
    let marks = [
        "jti",
        "scope",
        "nonce",
        "at_hash",
        "c_hash",
        "s_hash",
        "events",
        "auth_time",
    ];
    let value = |mark: &str| match mark {
        "events" => json!({ "http://schemas.openid.net/event/backchannel-logout": {} }),
        "auth_time" => json!(NOW),
        _ => json!("x"),
    };
    let (mut id_tokens, mut access_tokens) = (0, 0);
    for chosen in 0..1_u32 << marks.len() {
        let mut claims = with(id_claims(), &json!({ "nonce": null }));
        for (place, mark) in marks.iter().enumerate() {
            if chosen >> place & 1 == 1 {
                claims[*mark] = value(mark);
            }
        }
        for typ in [None, Some("JWT"), Some("at+jwt"), Some("logout+jwt")] {
            let token = signed(typ, &claims);
            let (id, access) = (as_id_token(&token).is_ok(), as_access_token(&token).is_ok());
            assert!(!(id && access), "{typ:?} {claims}");
            if claims.get("events").is_some() || typ == Some("logout+jwt") {
                assert!(!id && !access, "a logout token: {claims}");
            }
            id_tokens += u32::from(id);
            access_tokens += u32::from(access);
        }
    }
    assert!(id_tokens > 0 && access_tokens > 0);
}

#[test]
fn an_access_token_in_the_place_of_an_id_token_is_refused_whatever_is_expected() {
    let token = signed(Some("JWT"), &with(access_claims(), &json!({ "scope": null })));
    assert_eq!(as_id_token(&token), Err(VerifyError::WrongType));
    let token = signed(Some("JWT"), &with(access_claims(), &json!({ "jti": null })));
    assert_eq!(as_id_token(&token), Err(VerifyError::WrongType));
}

#[test]
fn what_a_header_brings_along_is_not_believed() {
    let own = RSA_B.jwk("a");
    for extra in [
        json!({ "jwk": own }),
        json!({ "jku": "https://evil.example/jwks.json" }),
        json!({ "x5u": "https://evil.example/cert.pem" }),
        json!({ "x5c": ["MIIB"] }),
        json!({ "kid": "../../dev/null" }),
        json!({ "kid": "a\0" }),
        json!({ "kid": "' OR 1=1 --" }),
        json!({ "zip": "DEF" }),
        json!({ "cty": "JWT" }),
    ] {
        let mut header = json!({ "alg": "RS256", "kid": "a", "typ": "JWT" });
        for (name, value) in extra.as_object().unwrap() {
            header[name] = value.clone();
        }
        let forged = RSA_B.token_of(header.to_string().as_bytes(), access_claims().to_string().as_bytes());
        let refused = as_access_token(&forged).unwrap_err();
        let expected = match header["kid"].as_str() {
            Some("a") => VerifyError::SignatureInvalid,
            kid => VerifyError::UnknownKey {
                kid: kid.map(|kid| kid.replace('\0', " ")),
            },
        };
        assert_eq!(refused, expected, "{extra}");
    }
    for critical in [json!(["b64"]), json!(["exp"]), json!([]), json!(null)] {
        let header = json!({ "alg": "RS256", "kid": "a", "b64": false, "crit": critical });
        let token = RSA_A.token_of(header.to_string().as_bytes(), access_claims().to_string().as_bytes());
        assert_eq!(as_access_token(&token), Err(VerifyError::UnknownExtension));
    }
    // Encrypted, or a token in a token.
    for other in [
        "e30.e30.e30.e30.e30".to_owned(),
        format!("e30.{}.e30", base64url(b"e30.e30.e30")),
    ] {
        assert!(matches!(as_access_token(&other), Err(VerifyError::Malformed(_))));
    }
}

#[test]
fn hs256_is_keyed_with_the_secret_and_nothing_else() {
    let jwk = RSA_A.jwk("a");
    let rsa_modulus = jwk["n"].as_str().unwrap();
    for key in [
        String::new(),
        APP_ID.to_owned(),
        SECRET.to_uppercase(),
        SECRET[1..].to_owned(),
        format!("{SECRET} "),
        base64url(SECRET.as_bytes()),
        rsa_modulus.to_owned(),
        jwk.to_string(),
        "secret".to_owned(),
    ] {
        let token = Signer::Hmac(key.into_bytes()).token(None, &id_claims());
        let refused = IdTokenVerifier::new(&app()).verify(&token, &keys(), NOW, &Expected::NOTHING);
        assert_eq!(refused.unwrap_err(), VerifyError::SignatureInvalid);
    }
    // The secret as hexadecimal digits stand for bytes, which are not it.
    let bytes = (0..SECRET.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&SECRET[at..at + 2], 16).unwrap());
    let token = Signer::Hmac(bytes.collect()).token(None, &id_claims());
    assert!(
        IdTokenVerifier::new(&app())
            .verify(&token, &keys(), NOW, &Expected::NOTHING)
            .is_err()
    );
    // And a key of the kind `oct` in the JWKS is nobody's.
    assert!(KeySet::from_value(jwks(&[app_secret().jwk("a")])).unwrap().is_empty());
    let public = App::new("https://example.genauth.ai", APP_ID).unwrap();
    let refused = IdTokenVerifier::new(&public).verify(&token, &keys(), NOW, &Expected::NOTHING);
    assert_eq!(refused.unwrap_err(), VerifyError::MissingSecret);
}

#[test]
fn the_two_paddings_of_rsa_are_two_algorithms() {
    let undeclared = KeySet::from_value(jwks(&[with(RSA_A.jwk("a"), &json!({ "alg": null }))])).unwrap();
    let (rs256, ps256) = (
        AccessTokenVerifier::new(&app()),
        AccessTokenVerifier::new(&app()).ps256(),
    );
    let (pkcs1, pss) = (
        RSA_A.token(Some("a"), &access_claims()),
        PSS_A.token(Some("a"), &access_claims()),
    );
    rs256.verify(&pkcs1, &undeclared, NOW).unwrap();
    ps256.verify(&pss, &undeclared, NOW).unwrap();
    for (verifier, token) in [(&rs256, &pss), (&ps256, &pkcs1)] {
        assert!(matches!(
            verifier.verify(token, &undeclared, NOW),
            Err(VerifyError::AlgorithmNotAllowed { .. })
        ));
    }
    // The one name and the other signature.
    let header = json!({ "alg": "PS256", "kid": "a" });
    let mixed = RSA_A.token_of(header.to_string().as_bytes(), access_claims().to_string().as_bytes());
    assert_eq!(
        ps256.verify(&mixed, &undeclared, NOW).unwrap_err(),
        VerifyError::SignatureInvalid
    );
    // A key that is declared for one is not used for the other.
    assert!(matches!(
        ps256.verify(&pss, &keys(), NOW),
        Err(VerifyError::UnknownKey { .. })
    ));
    let declared = KeySet::from_value(jwks(&[PSS_A.jwk("a")])).unwrap();
    ps256.verify(&pss, &declared, NOW).unwrap();
    assert!(matches!(
        rs256.verify(&pkcs1, &declared, NOW),
        Err(VerifyError::UnknownKey { .. })
    ));
}

#[test]
fn a_key_whose_private_half_is_published_is_nobodys() {
    for private in ["d", "k"] {
        let key = with(RSA_A.jwk("a"), &json!({ private: "AQAB" }));
        assert!(KeySet::from_value(jwks(&[key])).unwrap().is_empty());
    }
    for odd in [
        json!({ "kid": 5 }),
        json!({ "use": ["sig"] }),
        json!({ "alg": 5 }),
        json!({ "key_ops": "sign" }),
    ] {
        assert!(
            KeySet::from_value(jwks(&[with(RSA_A.jwk("a"), &odd)]))
                .unwrap()
                .is_empty(),
            "{odd}"
        );
    }
}

#[test]
fn rsa_keys_that_would_only_cost_time_are_left_out() {
    let number = |bytes: &[u8]| json!(base64url(bytes));
    let modulus = |bytes: usize| number(&vec![0xff; bytes]);
    for odd in [
        json!({ "n": modulus(1025) }),
        json!({ "n": modulus(1 << 16) }),
        json!({ "e": modulus(5) }),
        json!({ "e": modulus(1 << 16) }),
        json!({ "e": number(&[1]) }),
        json!({ "e": number(&[1, 0]) }),
        json!({ "e": number(&[]) }),
        json!({ "n": number(&[[0xff; 255].as_slice(), &[0xfe]].concat()) }),
    ] {
        let key = with(RSA_A.jwk("a"), &odd);
        assert!(KeySet::from_value(jwks(&[key])).unwrap().is_empty(), "{odd}");
    }
    // Zeros in front are no mistake.
    let modulus = RSA_A.jwk("a")["n"].as_str().unwrap().to_owned();
    let plain = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let zeros = [vec![0; 3], base64::Engine::decode(&plain, modulus).unwrap()].concat();
    let padded = KeySet::from_value(jwks(&[with(RSA_A.jwk("a"), &json!({ "n": number(&zeros) }))])).unwrap();
    AccessTokenVerifier::new(&app())
        .verify(&RSA_A.token(Some("a"), &access_claims()), &padded, NOW)
        .unwrap();
}

#[test]
fn a_sign_in_of_the_future_is_not_young_enough() {
    let verifier = IdTokenVerifier::new(&app()).with_max_age(Duration::from_secs(300));
    let check = |auth_time: u64| {
        let token = app_secret().token(None, &with(id_claims(), &json!({ "auth_time": auth_time })));
        verifier
            .verify(&token, &KeySet::default(), NOW, &Expected::NOTHING)
            .map(drop)
    };
    check(NOW + 60).unwrap();
    check(NOW - 360).unwrap();
    let auth_time = i64::try_from(NOW + 61).unwrap();
    assert_eq!(
        check(NOW + 61),
        Err(VerifyError::SignedInInFuture { auth_time, now: NOW })
    );
    assert!(matches!(check(NOW - 361), Err(VerifyError::TooOld { .. })));
}

#[test]
fn a_bad_token_fetches_nothing() {
    let transport = |_: http::Request<Vec<u8>>| -> Result<http::Response<Vec<u8>>, TransportError> {
        Err(TransportError::new(TransportErrorKind::Connect, "keys were asked for"))
    };
    let client = AuthenticationClient::new(app(), transport).with_system(Clock::default());
    let source = JwksSource::new(&client);
    let verifier = AccessTokenVerifier::new(&app());
    let changed = |changes: &Value| signed(None, &with(access_claims(), changes));
    for bad in [
        String::new(),
        "no token".to_owned(),
        "a.b.c".to_owned(),
        app_secret().token(None, &access_claims()),
        signed(Some("logout+jwt"), &access_claims()),
        changed(&json!({ "iss": "https://evil.example/oidc" })),
        changed(&json!({ "aud": "another" })),
        changed(&json!({ "exp": NOW - 60 })),
        changed(&json!({ "nonce": "x" })),
        changed(&json!({ "sub": 5 })),
    ] {
        assert!(
            matches!(source.verify_access_token(&verifier, &bad), Err(Error::Verify(_))),
            "{bad}"
        );
        let verifier = IdTokenVerifier::new(&app()).rs256();
        assert!(
            matches!(
                source.verify_id_token(&verifier, &bad, &Expected::NOTHING),
                Err(Error::Verify(_))
            ),
            "{bad}"
        );
    }
    // A good one does.
    let good = changed(&json!({}));
    assert!(matches!(
        source.verify_access_token(&verifier, &good),
        Err(Error::Transport(_))
    ));
}

#[test]
fn claims_can_be_kept_in_a_session() {
    let claims = with(
        id_claims(),
        &json!({
            "email": "ada@example.com", "email_verified": true, "gender": "F", "team": { "name": "blue" },
            "address": { "locality": "Wien" }, "amr": ["pwd", "otp"], "auth_time": NOW,
        }),
    );
    let token = app_secret().token(None, &claims);
    let verified = IdTokenVerifier::new(&app()).verify(&token, &KeySet::default(), NOW, &Expected::NOTHING);
    let kept = serde_json::to_string(verified.unwrap().claims()).unwrap();
    let back: genauth_core::protocol::claims::IdTokenClaims = serde_json::from_str(&kept).unwrap();
    assert_eq!(serde_json::to_string(&back).unwrap(), kept);
    assert_eq!(back.custom["team"]["name"], "blue");
    assert_eq!(back.address.unwrap().locality.as_deref(), Some("Wien"));
    assert_eq!(
        (back.exp, back.aud),
        (i64::try_from(NOW + 3600).unwrap(), vec![APP_ID.to_owned()])
    );

    let token = RSA_A.token(Some("a"), &access_claims());
    let verified = AccessTokenVerifier::new(&app()).verify(&token, &keys(), NOW).unwrap();
    let kept = serde_json::to_string(verified.claims()).unwrap();
    let back: genauth_core::protocol::claims::AccessTokenClaims = serde_json::from_str(&kept).unwrap();
    assert!(back.has_scope("profile"));
}
