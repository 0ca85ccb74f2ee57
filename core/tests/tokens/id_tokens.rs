//! ID tokens: good ones are accepted, and each check refuses what it is there for.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use genauth_core::model::user::Gender;
use genauth_core::protocol::claims::AddressClaim;
use genauth_core::protocol::keys::KeySet;
use genauth_core::protocol::verify::{Algorithm, Expected, IdToken, IdTokenVerifier, VerifyError};
use genauth_core::{App, Secret};
use serde_json::{Value, json};

use crate::support::{
    APP_ID, EC_A, EC_B, ISSUER, NOW, RSA_A, RSA_B, RSA_SHORT, SECRET, Signer, app, app_secret, base64url, id_claims,
    jwks, with,
};

/// Nothing: nonce and hashes are looked at in their own tests.
const EXPECTED: Expected<'static> = Expected::NOTHING;

fn hs256(token: &str) -> Result<IdToken, VerifyError> {
    IdTokenVerifier::new(&app()).verify(token, &KeySet::default(), NOW, &EXPECTED)
}

fn key_set(keys: &[Value]) -> KeySet {
    KeySet::from_value(jwks(keys)).unwrap()
}

fn rs256(token: &str, keys: &[Value]) -> Result<IdToken, VerifyError> {
    IdTokenVerifier::new(&app())
        .rs256()
        .verify(token, &key_set(keys), NOW, &EXPECTED)
}

fn claims_error(changes: &Value) -> VerifyError {
    hs256(&app_secret().token(None, &with(id_claims(), changes))).unwrap_err()
}

#[test]
fn a_good_token_is_accepted_with_each_algorithm() {
    let token = app_secret().token(None, &id_claims());
    let good = hs256(&token).unwrap();
    assert_eq!(good.algorithm(), Algorithm::Hs256);
    assert_eq!(good.claims().sub, "62eaa95fca1c596c599b679f");
    assert_eq!(good.claims().aud, [APP_ID]);
    assert_eq!(good.token().expose(), token);

    let token = RSA_A.token(Some("a"), &id_claims());
    let good = rs256(&token, &[RSA_B.jwk("b"), RSA_A.jwk("a"), EC_A.jwk("c")]).unwrap();
    assert_eq!(good.algorithm(), Algorithm::Rs256);

    let token = EC_A.token(Some("a"), &id_claims());
    let keys = key_set(&[EC_B.jwk("b"), EC_A.jwk("a"), RSA_A.jwk("a")]);
    let good = IdTokenVerifier::new(&app())
        .es256()
        .verify(&token, &keys, NOW, &EXPECTED)
        .unwrap();
    assert_eq!(good.algorithm(), Algorithm::Es256);
}

#[test]
fn the_algorithm_is_the_configured_one() {
    // The public key as an HMAC secret: in every form in which a careless reader might hold it.
    let jwk = RSA_A.jwk("a");
    let secrets = [
        jwk.to_string().into_bytes(),
        jwk["n"].as_str().unwrap().as_bytes().to_vec(),
        Vec::new(),
    ];
    for secret in secrets {
        let token = Signer::Hmac(secret).token(Some("a"), &id_claims());
        assert!(matches!(
            rs256(&token, std::slice::from_ref(&jwk)),
            Err(VerifyError::AlgorithmNotAllowed { expected: Algorithm::Rs256, found }) if found == "HS256"
        ));
    }
    // A key of the JWKS in place of the secret.
    let token = RSA_A.token(Some("a"), &id_claims());
    let refused = IdTokenVerifier::new(&app()).verify(&token, &key_set(&[jwk]), NOW, &EXPECTED);
    assert!(matches!(
        refused,
        Err(VerifyError::AlgorithmNotAllowed { expected: Algorithm::Hs256, found }) if found == "RS256"
    ));
    // No signature, in all the spellings, also with a signature that would be right.
    for name in [
        "none", "None", "NONE", "nOnE", "", "hs256", "HS384", "HS512", "HS256 ", " HS256", "HS256\0",
    ] {
        let header = json!({ "alg": name });
        let signed = app_secret().token_of(header.to_string().as_bytes(), id_claims().to_string().as_bytes());
        let (message, _) = signed.rsplit_once('.').unwrap();
        for token in [format!("{message}."), signed.clone()] {
            assert!(
                matches!(hs256(&token), Err(VerifyError::AlgorithmNotAllowed { .. })),
                "{name:?}"
            );
        }
    }
    // The other algorithms of the same keys.
    for name in ["RS384", "RS512", "PS256", "ES256", "RSA-OAEP"] {
        let header = json!({ "alg": name, "kid": "a" });
        let token = RSA_A.token_of(header.to_string().as_bytes(), id_claims().to_string().as_bytes());
        assert!(matches!(
            rs256(&token, &[RSA_A.jwk("a")]),
            Err(VerifyError::AlgorithmNotAllowed { .. })
        ));
    }
}

#[test]
fn a_key_is_never_used_for_another_algorithm() {
    let es256 = IdTokenVerifier::new(&app()).es256();
    let header = json!({ "alg": "ES256", "kid": "a" });
    let token = EC_A.token_of(header.to_string().as_bytes(), id_claims().to_string().as_bytes());
    let unknown = |keys: &[Value]| {
        assert_eq!(
            es256.verify(&token, &key_set(keys), NOW, &EXPECTED).unwrap_err(),
            VerifyError::UnknownKey {
                kid: Some("a".to_owned())
            }
        );
    };
    unknown(&[RSA_A.jwk("a")]);
    unknown(&[app_secret().jwk("a")]);
    for change in [
        json!({ "use": "enc" }),
        json!({ "alg": "ES384" }),
        json!({ "alg": "ECDH-ES" }),
        json!({ "crv": "P-384" }),
        json!({ "key_ops": ["sign"] }),
    ] {
        unknown(&[with(EC_A.jwk("a"), &change)]);
    }
    for change in [
        json!({ "use": null }),
        json!({ "alg": null }),
        json!({ "key_ops": ["verify"] }),
    ] {
        let keys = key_set(&[with(EC_A.jwk("a"), &change)]);
        es256.verify(&token, &keys, NOW, &EXPECTED).unwrap();
    }
}

#[test]
fn a_changed_token_is_refused() {
    let rsa_keys = [RSA_A.jwk("a")];
    let cases = [
        (app_secret().token(None, &id_claims()), None),
        (RSA_A.token(Some("a"), &id_claims()), Some(&rsa_keys)),
    ];
    for (token, keys) in cases {
        let check = |token: &str| match keys {
            None => hs256(token),
            Some(keys) => rs256(token, keys),
        };
        check(&token).unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        let more = base64url(
            with(id_claims(), &json!({ "sub": "somebody else" }))
                .to_string()
                .as_bytes(),
        );
        let other = format!("{}.{more}.{}", parts[0], parts[2]);
        assert_eq!(check(&other).unwrap_err(), VerifyError::SignatureInvalid);
        // A shorter, a longer and no signature.
        let signature = URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
        let longer = [&signature[..], &[0]].concat();
        for signature in [&signature[..signature.len() - 1], &signature[1..], &longer, &[]] {
            let other = format!("{}.{}.{}", parts[0], parts[1], base64url(signature));
            assert_eq!(check(&other).unwrap_err(), VerifyError::SignatureInvalid);
        }
    }
    // Somebody else's key of the same name.
    let token = RSA_B.token(Some("a"), &id_claims());
    assert_eq!(rs256(&token, &rsa_keys).unwrap_err(), VerifyError::SignatureInvalid);
    let token = Signer::Hmac(b"another secret".to_vec()).token(None, &id_claims());
    assert_eq!(hs256(&token).unwrap_err(), VerifyError::SignatureInvalid);
    // An ECDSA signature of zeros, and one in DER.
    let es256 = IdTokenVerifier::new(&app()).es256();
    let keys = key_set(&[EC_A.jwk("a")]);
    let token = EC_A.token(Some("a"), &id_claims());
    let (message, _) = token.rsplit_once('.').unwrap();
    let Signer::P256(key) = &*EC_A else { unreachable!() };
    let der: p256::ecdsa::DerSignature = p256::ecdsa::signature::Signer::sign(key, message.as_bytes());
    for signature in [&[0; 64][..], &[0xff; 64], der.as_bytes()] {
        let other = format!("{message}.{}", base64url(signature));
        assert_eq!(
            es256.verify(&other, &keys, NOW, &EXPECTED).unwrap_err(),
            VerifyError::SignatureInvalid
        );
    }
}

#[test]
fn the_secret_must_be_there() {
    let token = Signer::Hmac(Vec::new()).token(None, &id_claims());
    let public = App::new("https://example.genauth.ai", APP_ID).unwrap();
    let refused = IdTokenVerifier::new(&public).verify(&token, &KeySet::default(), NOW, &EXPECTED);
    assert_eq!(refused.unwrap_err(), VerifyError::MissingSecret);
    // An empty one is none.
    assert!(public.with_secret("").is_err());
}

#[test]
fn keys_are_found_by_their_exact_id() {
    let token = RSA_A.token(Some("a"), &id_claims());
    for kid in ["A", "a ", "aa", "", "b"] {
        let refused = rs256(&token, &[RSA_A.jwk(kid)]).unwrap_err();
        assert_eq!(
            refused,
            VerifyError::UnknownKey {
                kid: Some("a".to_owned())
            }
        );
    }
    // A key without an id is nobody's key by id.
    let nameless = with(RSA_A.jwk("a"), &json!({ "kid": null }));
    assert!(matches!(
        rs256(&token, std::slice::from_ref(&nameless)),
        Err(VerifyError::UnknownKey { .. })
    ));
    let doubled = [RSA_B.jwk("a"), RSA_A.jwk("a")];
    assert_eq!(
        rs256(&token, &doubled).unwrap_err(),
        VerifyError::AmbiguousKey {
            kid: Some("a".to_owned())
        }
    );
    assert_eq!(
        rs256(&token, &[]).unwrap_err(),
        VerifyError::UnknownKey {
            kid: Some("a".to_owned())
        }
    );

    // A token that names no key is good where there is no choice.
    let token = RSA_A.token(None, &id_claims());
    rs256(&token, &[RSA_A.jwk("a"), EC_A.jwk("b"), app_secret().jwk("c")]).unwrap();
    rs256(&token, &[nameless]).unwrap();
    assert_eq!(
        rs256(&token, &[RSA_A.jwk("a"), RSA_B.jwk("b")]).unwrap_err(),
        VerifyError::AmbiguousKey { kid: None }
    );
    assert_eq!(
        rs256(&token, &[EC_A.jwk("b")]).unwrap_err(),
        VerifyError::UnknownKey { kid: None }
    );
}

#[test]
fn short_rsa_keys_are_refused() {
    let token = RSA_SHORT.token(Some("a"), &id_claims());
    assert_eq!(
        rs256(&token, &[RSA_SHORT.jwk("a")]).unwrap_err(),
        VerifyError::WeakKey { bits: 1024 }
    );
}

#[test]
fn unusable_keys_do_not_spoil_the_others() {
    let token = RSA_A.token(Some("a"), &id_claims());
    let good = RSA_A.jwk("a");
    let odd = [
        json!(null),
        json!("text"),
        json!({}),
        json!({ "kty": "OKP", "crv": "Ed25519", "x": "AAAA", "kid": "a" }),
        json!({ "kty": "RSA", "kid": "a" }),
        json!({ "kty": 5, "kid": "a" }),
        with(good.clone(), &json!({ "n": "!!!" })),
        with(
            good.clone(),
            &json!({ "n": good["n"].as_str().unwrap().to_owned() + "=" }),
        ),
        with(good.clone(), &json!({ "e": "AA" })),
        with(good.clone(), &json!({ "e": "Ag" })),
        with(EC_A.jwk("a"), &json!({ "y": EC_B.jwk("b")["y"] })),
        with(EC_A.jwk("a"), &json!({ "x": "AAAA" })),
    ];
    let mut keys = odd.to_vec();
    keys.push(good);
    let set = key_set(&keys);
    assert_eq!(set.len(), 1, "{set:?}");
    rs256(&token, &keys).unwrap();

    for text in ["", "null", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":null}"#, "<html>"] {
        assert!(KeySet::from_json(text.as_bytes()).is_err(), "{text}");
    }
    assert!(KeySet::from_json(br#"{"keys":[]}"#).unwrap().is_empty());
}

#[test]
fn the_issuer_is_exact() {
    for iss in [
        "https://evil.example/oidc",
        "https://example.genauth.ai",
        "https://example.genauth.ai/oidc/",
        "http://example.genauth.ai/oidc",
        "https://EXAMPLE.genauth.ai/oidc",
        "",
    ] {
        let error = claims_error(&json!({ "iss": iss }));
        assert_eq!(
            error,
            VerifyError::WrongIssuer {
                expected: ISSUER.to_owned(),
                found: iss.to_owned()
            }
        );
    }
    assert_eq!(claims_error(&json!({ "iss": null })), VerifyError::MissingClaim("iss"));
    assert_eq!(
        claims_error(&json!({ "iss": [ISSUER] })),
        VerifyError::WrongClaimType("iss")
    );

    let other = "https://login.example.com/oidc";
    let token = app_secret().token(None, &with(id_claims(), &json!({ "iss": other })));
    let verifier = IdTokenVerifier::new(&app()).with_issuer(other);
    verifier.verify(&token, &KeySet::default(), NOW, &EXPECTED).unwrap();
}

#[test]
fn the_default_issuer_is_written_as_servers_write_it() {
    for (host, issuer) in [
        ("https://Example.GenAuth.ai", "https://example.genauth.ai/oidc"),
        ("https://example.genauth.ai:443/", "https://example.genauth.ai/oidc"),
        (
            "https://example.genauth.ai:8443",
            "https://example.genauth.ai:8443/oidc",
        ),
        ("http://127.0.0.1:80", "http://127.0.0.1/oidc"),
        ("http://localhost:3000/Identity/", "http://localhost:3000/Identity/oidc"),
    ] {
        let app = App::new(host, APP_ID).unwrap().with_secret(SECRET).unwrap();
        let token = app_secret().token(None, &with(id_claims(), &json!({ "iss": issuer })));
        IdTokenVerifier::new(&app)
            .verify(&token, &KeySet::default(), NOW, &EXPECTED)
            .unwrap_or_else(|error| panic!("{host}: {error}"));
    }
}

#[test]
fn the_audience_is_this_application() {
    for aud in [
        json!("another"),
        json!(["another"]),
        json!([]),
        json!(""),
        json!("62F733A7148BF958AF1E5410"),
    ] {
        assert_eq!(
            claims_error(&json!({ "aud": aud })),
            VerifyError::WrongAudience {
                expected: APP_ID.to_owned()
            }
        );
    }
    for aud in [json!(5), json!({ "a": APP_ID }), json!([APP_ID, 5]), json!([[APP_ID]])] {
        assert_eq!(claims_error(&json!({ "aud": aud })), VerifyError::WrongClaimType("aud"));
    }
    assert_eq!(claims_error(&json!({ "aud": null })), VerifyError::MissingClaim("aud"));
    for change in [
        json!({ "aud": [APP_ID] }),
        json!({ "aud": ["another", APP_ID], "azp": APP_ID }),
        json!({ "azp": APP_ID }),
    ] {
        hs256(&app_secret().token(None, &with(id_claims(), &change))).unwrap();
    }
}

#[test]
fn the_authorized_party_is_this_application() {
    assert_eq!(
        claims_error(&json!({ "aud": [APP_ID, "another"] })),
        VerifyError::MissingClaim("azp")
    );
    for change in [
        json!({ "aud": [APP_ID, "another"], "azp": "another" }),
        json!({ "azp": "another" }),
        json!({ "azp": "" }),
    ] {
        assert_eq!(claims_error(&change), VerifyError::WrongAuthorizedParty);
    }
    assert_eq!(
        claims_error(&json!({ "azp": [APP_ID] })),
        VerifyError::WrongClaimType("azp")
    );
}

#[test]
fn times_are_exact_at_the_edge_of_the_leeway() {
    let verifier = IdTokenVerifier::new(&app());
    let check = |verifier: &IdTokenVerifier, changes: &Value, now: u64| {
        let token = app_secret().token(None, &with(id_claims(), changes));
        verifier.verify(&token, &KeySet::default(), now, &EXPECTED).map(drop)
    };
    let exp = NOW + 3600;
    check(&verifier, &json!({}), exp + 59).unwrap();
    for now in [exp + 60, exp + 61, u64::MAX] {
        assert_eq!(
            check(&verifier, &json!({}), now),
            Err(VerifyError::Expired {
                exp: i64::try_from(exp).unwrap(),
                now
            })
        );
    }
    let begins = json!({ "nbf": NOW + 600, "iat": NOW });
    check(&verifier, &begins, NOW + 540).unwrap();
    assert_eq!(
        check(&verifier, &begins, NOW + 539),
        Err(VerifyError::NotYetValid {
            nbf: i64::try_from(NOW + 600).unwrap(),
            now: NOW + 539
        })
    );
    check(&verifier, &json!({}), NOW - 60).unwrap();
    for now in [NOW - 61, 0] {
        assert_eq!(
            check(&verifier, &json!({}), now),
            Err(VerifyError::IssuedInFuture {
                iat: i64::try_from(NOW).unwrap(),
                now
            })
        );
    }
    // Without leeway a token is good until the second before it ends.
    let strict = verifier.clone().with_leeway(Duration::ZERO);
    check(&strict, &json!({}), exp - 1).unwrap();
    assert!(matches!(
        check(&strict, &json!({}), exp),
        Err(VerifyError::Expired { .. })
    ));
    check(&strict, &json!({ "nbf": NOW }), NOW).unwrap();
    assert!(check(&strict, &json!({ "nbf": NOW + 1 }), NOW).is_err());
    // Extreme numbers neither overflow nor pass.
    let lax = verifier.with_leeway(Duration::MAX);
    check(&lax, &json!({ "exp": 0 }), u64::MAX - 1).unwrap();
    assert!(matches!(
        check(&strict, &json!({ "exp": i64::MIN }), NOW),
        Err(VerifyError::Expired { .. })
    ));
    check(&strict, &json!({ "exp": i64::MAX }), NOW).unwrap();
}

#[test]
fn times_are_numbers() {
    for name in ["exp", "iat"] {
        assert_eq!(claims_error(&json!({ name: null })), VerifyError::MissingClaim(name));
        for value in [
            json!("1700003600"),
            json!(true),
            json!(1e300),
            json!(u64::MAX),
            json!([NOW]),
        ] {
            assert_eq!(claims_error(&json!({ name: value })), VerifyError::WrongClaimType(name));
        }
    }
    for value in [json!("1"), json!({})] {
        assert_eq!(
            claims_error(&json!({ "nbf": value })),
            VerifyError::WrongClaimType("nbf")
        );
    }
    // JSON does not tell whole numbers from others.
    let token = app_secret().token(None, &with(id_claims(), &json!({ "exp": 1_700_003_600.75 })));
    assert_eq!(hs256(&token).unwrap().claims().exp, 1_700_003_600);
}

#[test]
fn the_sign_in_can_be_too_long_ago() {
    let max_age = Duration::from_secs(300);
    let verifier = IdTokenVerifier::new(&app()).with_max_age(max_age);
    let check = |changes: &Value| {
        let token = app_secret().token(None, &with(id_claims(), changes));
        verifier.verify(&token, &KeySet::default(), NOW, &EXPECTED).map(drop)
    };
    assert_eq!(check(&json!({})), Err(VerifyError::MissingClaim("auth_time")));
    check(&json!({ "auth_time": NOW - 360 })).unwrap();
    assert_eq!(
        check(&json!({ "auth_time": NOW - 361 })),
        Err(VerifyError::TooOld { max_age })
    );
    assert_eq!(
        check(&json!({ "auth_time": "today" })),
        Err(VerifyError::WrongClaimType("auth_time"))
    );
}

#[test]
fn the_nonce_is_the_one_of_the_sign_in() {
    let check = |changes: &Value, expected: &Expected<'_>| {
        let token = app_secret().token(None, &with(id_claims(), changes));
        IdTokenVerifier::new(&app())
            .verify(&token, &KeySet::default(), NOW, expected)
            .map(drop)
    };
    let expected = Expected::default().nonce("NONCE");
    check(&json!({}), &expected).unwrap();
    for nonce in ["NONCF", "nonce", "NONCE ", "NONC", ""] {
        assert_eq!(
            check(&json!({ "nonce": nonce }), &expected),
            Err(VerifyError::WrongNonce)
        );
    }
    assert_eq!(
        check(&json!({ "nonce": null }), &expected),
        Err(VerifyError::MissingClaim("nonce"))
    );
    assert_eq!(
        check(&json!({ "nonce": 5 }), &expected),
        Err(VerifyError::WrongClaimType("nonce"))
    );
    // A sign-in that began with an empty nonce began wrong; a token without one does not answer it.
    assert!(check(&json!({ "nonce": null }), &Expected::default().nonce("")).is_err());
    check(&json!({ "nonce": null }), &Expected::default()).unwrap();
}

#[test]
fn the_hashes_belong_to_what_came_along() {
    // The example of OpenID Connect Core, A.3 and A.4.
    let access_token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
    let at_hash = "77QmUPtjPfzWtF2AnpK9RQ";
    let code = "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk";
    let c_hash = "LDktKdoQak3Pk0cnXxCltA";
    let check = |changes: &Value| {
        let token = app_secret().token(None, &with(id_claims(), changes));
        let expected = Expected::default().access_token(access_token).code(code);
        IdTokenVerifier::new(&app())
            .verify(&token, &KeySet::default(), NOW, &expected)
            .map(drop)
    };
    check(&json!({ "at_hash": at_hash, "c_hash": c_hash })).unwrap();
    check(&json!({})).unwrap();
    for wrong in ["77QmUPtjPfzWtF2AnpK9RR", "77QmUPtjPfzWtF2AnpK9RQ==", "", c_hash] {
        assert_eq!(
            check(&json!({ "at_hash": wrong })),
            Err(VerifyError::WrongAccessTokenHash)
        );
    }
    for wrong in ["LDktKdoQak3Pk0cnXxCltB", "", at_hash] {
        assert_eq!(check(&json!({ "c_hash": wrong })), Err(VerifyError::WrongCodeHash));
    }
    assert_eq!(
        check(&json!({ "at_hash": 5 })),
        Err(VerifyError::WrongClaimType("at_hash"))
    );
    assert_eq!(
        check(&json!({ "c_hash": [] })),
        Err(VerifyError::WrongClaimType("c_hash"))
    );
}

#[test]
fn there_must_be_a_user() {
    assert_eq!(claims_error(&json!({ "sub": null })), VerifyError::MissingClaim("sub"));
    assert_eq!(claims_error(&json!({ "sub": "" })), VerifyError::MissingClaim("sub"));
    assert_eq!(claims_error(&json!({ "sub": 5 })), VerifyError::WrongClaimType("sub"));
}

#[test]
fn the_header_is_understood() {
    let refused = |header: &str| {
        let token = app_secret().token_of(header.as_bytes(), id_claims().to_string().as_bytes());
        hs256(&token).unwrap_err()
    };
    for header in [
        r#"{"alg":"HS256","crit":["b64"],"b64":false}"#,
        r#"{"alg":"HS256","crit":["exp"]}"#,
        r#"{"alg":"HS256","crit":[]}"#,
        r#"{"alg":"HS256","crit":null}"#,
    ] {
        assert_eq!(refused(header), VerifyError::UnknownExtension, "{header}");
    }
    for header in [
        "",
        "null",
        "[]",
        r#""HS256""#,
        "{}",
        r#"{"typ":"JWT"}"#,
        r#"{"alg":null}"#,
        r#"{"alg":["HS256"]}"#,
        r#"{"alg":"HS256","alg":"HS256"}"#,
        r#"{"alg":"none","alg":"HS256"}"#,
        r#"{"alg":"HS256","kid":5}"#,
        r#"{"alg":"HS256","kid":"a","kid":"b"}"#,
        r#"{"alg":"HS256"} "x""#,
        r#"{"alg":"HS256","x":"\ud800"}"#,
        "\u{feff}{\"alg\":\"HS256\"}",
    ] {
        assert!(matches!(refused(header), VerifyError::Malformed(_)), "{header}");
    }
    for typ in ["at+jwt", "application/at+jwt", "logout+jwt", "JWE", ""] {
        let header = json!({ "alg": "HS256", "typ": typ });
        assert_eq!(refused(&header.to_string()), VerifyError::WrongType);
    }
    for header in [
        r#"{"alg":"HS256"}"#,
        r#"{"alg":"HS256","typ":"jwt","x":1,"jwk":{},"jku":"https://evil.example","kid":"../x"}"#,
        r#"{"alg":"HS256","typ":"application/JWT","kid":null}"#,
    ] {
        let token = app_secret().token_of(header.as_bytes(), id_claims().to_string().as_bytes());
        hs256(&token).unwrap();
    }
}

#[test]
fn a_name_stands_once() {
    let claims = id_claims().to_string();
    let claims = claims.trim_end_matches('}');
    for more in [
        format!(r#"{claims},"exp":99999999999}}"#),
        format!(r#"{claims},"aud":"another"}}"#),
        format!(r#"{claims},"\u0065xp":99999999999}}"#),
        format!(r#"{claims},"role":"user","role":"admin"}}"#),
    ] {
        let token = app_secret().token_of(br#"{"alg":"HS256"}"#, more.as_bytes());
        assert!(matches!(hs256(&token), Err(VerifyError::Malformed(_))), "{more}");
    }
}

#[test]
fn malformed_tokens_are_refused() {
    let good = app_secret().token(None, &id_claims());
    let parts: Vec<&str> = good.split('.').collect();
    let [header, claims, signature] = parts[..] else {
        unreachable!()
    };
    for token in [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        "....".to_owned(),
        "no token".to_owned(),
        header.to_owned(),
        format!("{header}.{claims}"),
        format!("{good}."),
        format!(".{good}"),
        format!("{good}.{signature}"),
        format!("{good}.{signature}.{signature}"),
        format!(" {good}"),
        format!("{good} "),
        format!("{good}\n"),
        format!("Bearer {good}"),
        format!("{header}..{signature}"),
        format!(".{claims}.{signature}"),
        format!("{header}.{claims}.\u{e9}"),
    ] {
        let refused = hs256(&token).unwrap_err();
        assert!(
            matches!(refused, VerifyError::Malformed(_) | VerifyError::SignatureInvalid),
            "{token}: {refused}"
        );
    }
    // Claims that are signed and no claims.
    for claims in [
        &b""[..],
        b"null",
        b"[]",
        b"5",
        b"{",
        b"{}{}",
        b"\xff",
        br#"{"sub":"\ud800"}"#,
        br#"{"sub":"\udc00\ud800"}"#,
        "\u{feff}{}".as_bytes(),
    ] {
        let token = app_secret().token_of(br#"{"alg":"HS256"}"#, claims);
        assert!(matches!(hs256(&token), Err(VerifyError::Malformed(_))), "{claims:?}");
    }
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    let token = app_secret().token_of(br#"{"alg":"HS256"}"#, format!(r#"{{"a":{deep}}}"#).as_bytes());
    assert!(matches!(hs256(&token), Err(VerifyError::Malformed(_))));
}

#[test]
fn base64_has_one_spelling() {
    let sign = |message: &str| format!("{message}.{}", base64url(&app_secret().signature(message.as_bytes())));
    // Header bytes chosen so that the encoded form has `-` and `_`, and ends in a character with spare bits.
    let header = base64url(r#"{"alg":"HS256","x":"????>>>>ÿ"}"#.as_bytes());
    assert!(header.contains('_') && !header.len().is_multiple_of(4), "{header}");
    let claims = base64url(id_claims().to_string().as_bytes());
    hs256(&sign(&format!("{header}.{claims}"))).unwrap();

    let spare = {
        let (rest, last) = header.split_at(header.len() - 1);
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let place = alphabet.find(last).unwrap();
        format!("{rest}{}", &alphabet[place + 1..place + 2])
    };
    let pad = |text: &str| format!("{text}{}", "=".repeat((4 - text.len() % 4) % 4));
    for other in [
        pad(&header),
        header.replace('-', "+").replace('_', "/"),
        format!("{header}="),
        format!("{header}\n"),
        format!("{} {}", &header[..4], &header[4..]),
        spare,
    ] {
        let token = sign(&format!("{other}.{claims}"));
        assert!(matches!(hs256(&token), Err(VerifyError::Malformed(_))), "{other}");
    }
    // The signature, too: it is not itself signed, so anybody could spell it otherwise.
    let token = sign(&format!("{header}.{claims}"));
    let (message, signature) = token.rsplit_once('.').unwrap();
    for other in [
        pad(signature),
        format!("{signature}\n"),
        signature.replace('-', "+").replace('_', "/") + "+",
    ] {
        assert!(matches!(
            hs256(&format!("{message}.{other}")),
            Err(VerifyError::Malformed(_))
        ));
    }
}

#[test]
fn a_token_has_a_longest_length() {
    let filler = |length: usize| with(id_claims(), &json!({ "filler": "x".repeat(length) }));
    hs256(&app_secret().token(None, &filler(11_000))).unwrap();
    let token = app_secret().token(None, &filler(16_000));
    assert_eq!(
        hs256(&token).unwrap_err(),
        VerifyError::TooLarge {
            length: token.len(),
            limit: 16 * 1024
        }
    );
    let lax = IdTokenVerifier::new(&app()).with_longest_token(token.len());
    lax.verify(&token, &KeySet::default(), NOW, &EXPECTED).unwrap();
    let strict = lax.with_longest_token(token.len() - 1);
    assert!(strict.verify(&token, &KeySet::default(), NOW, &EXPECTED).is_err());
    assert!(matches!(hs256(&"A".repeat(1 << 24)), Err(VerifyError::TooLarge { .. })));
}

#[test]
fn claims_are_read_as_the_service_sends_them() {
    // As observed: nearly everything null, text for `updated_at`, custom claims beside the standard ones.
    let claims = with(
        id_claims(),
        &json!({
            "gender": "U",
            "email": "test3@123.com",
            "email_verified": false,
            "picture": "https://files.authing.co/authing-console/default-user-avatar.png",
            "updated_at": "2021-03-15T05:54:54.685Z",
            "iss2": "https://baidu.com",
            "KEY": "VALUE",
            "data": { "type": "user", "userPoolId": "60648d4a2b6975b984829331" },
        }),
    );
    let mut claims = claims;
    for name in [
        "birthdate",
        "family_name",
        "given_name",
        "locale",
        "middle_name",
        "name",
        "nickname",
        "preferred_username",
        "profile",
        "website",
        "zoneinfo",
        "phone_number",
        "external_id",
        "unionid",
        "at_hash",
        "azp",
        "auth_time",
        "nbf",
        "acr",
        "amr",
        "sid",
    ] {
        claims[name] = Value::Null;
    }
    claims["address"] = json!({ "country": null, "postal_code": null, "region": null, "formatted": null });
    let token = hs256(&app_secret().token(None, &claims)).unwrap();
    let read = token.claims();
    assert_eq!(read.gender.as_ref().map(Gender::as_str), Some("U"));
    assert_eq!(read.email_verified, Some(false));
    assert_eq!(read.name, None);
    assert_eq!(read.updated_at.as_deref(), Some("2021-03-15T05:54:54.685Z"));
    assert_eq!(read.address, Some(AddressClaim::default()));
    let mut custom: Vec<&str> = read.custom.keys().map(String::as_str).collect();
    custom.sort_unstable();
    assert_eq!(custom, ["KEY", "data", "iss2"]);

    // Odd types of what only describes the user are no reason to refuse it.
    let odd = with(
        id_claims(),
        &json!({
            "updated_at": 1_615_787_694,
            "name": 5,
            "nickname": { "a": 1 },
            "email_verified": "true",
            "phone_number_verified": 1,
            "address": "1 Street",
            "amr": "pwd",
            "gender": [],
        }),
    );
    let token = hs256(&app_secret().token(None, &odd)).unwrap();
    let read = token.claims();
    assert_eq!(read.updated_at.as_deref(), Some("1615787694"));
    assert_eq!(read.name.as_deref(), Some("5"));
    assert_eq!(read.nickname, None);
    assert_eq!(read.email_verified, Some(true));
    assert_eq!(read.phone_number_verified, None);
    assert_eq!(
        read.address.as_ref().and_then(|address| address.formatted.as_deref()),
        Some("1 Street")
    );
    assert_eq!(read.amr, ["pwd"]);
}

#[test]
fn nothing_shows_the_token() {
    let token = app_secret().token(None, &id_claims());
    let good = hs256(&token).unwrap();
    let signature = token.rsplit_once('.').unwrap().1;
    let verifier = IdTokenVerifier::new(&app());
    let expected = Expected::default()
        .nonce("NONCE-1")
        .access_token("TOKEN-1")
        .code("CODE-1");
    for shown in [format!("{good:?}"), format!("{verifier:?}"), format!("{expected:?}")] {
        for secret in [signature, SECRET, "NONCE-1", "TOKEN-1", "CODE-1"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
    // What an attacker can write into an error stays short and on one line.
    let header = json!({ "alg": format!("x\ny{}", "z".repeat(5_000)) });
    let token = app_secret().token_of(header.to_string().as_bytes(), b"{}");
    let shown = hs256(&token).unwrap_err().to_string();
    assert!(shown.len() < 1_100 && !shown.contains('\n'), "{shown}");
    let _: Secret = good.token().clone();
}
