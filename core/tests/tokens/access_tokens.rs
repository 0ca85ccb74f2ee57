//! Access tokens.

use std::time::Duration;

use genauth_core::protocol::keys::KeySet;
use genauth_core::protocol::verify::{AccessToken, AccessTokenVerifier, VerifyError};
use serde_json::{Value, json};

use crate::support::{
    APP_ID, EC_A, ISSUER, NOW, PSS_A, RSA_A, RSA_B, RSA_SHORT, access_claims, app, app_secret, jwks, with,
};

fn keys() -> KeySet {
    KeySet::from_value(jwks(&[RSA_A.jwk("a"), EC_A.jwk("e")])).unwrap()
}

/// The same keys, which do not say what they are for.
fn nameless_keys() -> KeySet {
    let key = with(RSA_A.jwk("a"), &json!({ "alg": null }));
    KeySet::from_value(jwks(&[key])).unwrap()
}

fn check(token: &str) -> Result<AccessToken, VerifyError> {
    AccessTokenVerifier::new(&app()).verify(token, &keys(), NOW)
}

fn claims_error(changes: &Value) -> VerifyError {
    check(&RSA_A.token(Some("a"), &with(access_claims(), changes))).unwrap_err()
}

#[test]
fn a_good_token_is_accepted() {
    let token = RSA_A.token(Some("a"), &access_claims());
    let good = check(&token).unwrap();
    assert_eq!(good.claims().sub.as_deref(), Some("62eaa95fca1c596c599b679f"));
    assert!(good.claims().has_scope("profile") && good.claims().has_scope("openid"));
    assert!(!good.claims().has_scope("prof") && !good.claims().has_scope(""));
    assert_eq!(good.token().expose(), token);

    let es256 = AccessTokenVerifier::new(&app()).es256();
    es256
        .verify(&EC_A.token(Some("e"), &access_claims()), &keys(), NOW)
        .unwrap();
    let ps256 = AccessTokenVerifier::new(&app()).ps256();
    ps256
        .verify(&PSS_A.token(Some("a"), &access_claims()), &nameless_keys(), NOW)
        .unwrap();
    for typ in ["at+jwt", "application/at+jwt", "JWT"] {
        let header = json!({ "alg": "RS256", "kid": "a", "typ": typ });
        check(&RSA_A.token_of(header.to_string().as_bytes(), access_claims().to_string().as_bytes())).unwrap();
    }
    // Scopes as a list, and none at all.
    let listed = with(access_claims(), &json!({ "scope": ["a", "b"] }));
    assert!(check(&RSA_A.token(Some("a"), &listed)).unwrap().claims().has_scope("b"));
    let none = with(access_claims(), &json!({ "scope": null }));
    assert_eq!(
        check(&RSA_A.token(Some("a"), &none)).unwrap().claims().scopes().count(),
        0
    );
}

#[test]
fn a_token_for_machines_names_the_access_key() {
    let claims = with(
        access_claims(),
        &json!({ "sub": null, "aud": "6050751aed0f29bf7723c7a8", "azp": "5f17a529f64fb009b794a2ff" }),
    );
    let token = RSA_A.token(Some("a"), &claims);
    assert!(matches!(check(&token), Err(VerifyError::WrongAudience { .. })));
    let verifier = AccessTokenVerifier::new(&app()).with_audience("6050751aed0f29bf7723c7a8");
    assert_eq!(verifier.verify(&token, &keys(), NOW).unwrap().claims().sub, None);
    let known = verifier.clone().with_authorized_party("5f17a529f64fb009b794a2ff");
    known.verify(&token, &keys(), NOW).unwrap();
    let other = verifier.clone().with_authorized_party("another");
    assert_eq!(
        other.verify(&token, &keys(), NOW).unwrap_err(),
        VerifyError::WrongAuthorizedParty
    );
    let nobody = RSA_A.token(Some("a"), &with(claims, &json!({ "azp": null })));
    assert_eq!(
        other.verify(&nobody, &keys(), NOW).unwrap_err(),
        VerifyError::MissingClaim("azp")
    );
}

#[test]
fn the_algorithm_is_the_configured_one() {
    for token in [
        app_secret().token(None, &access_claims()),
        EC_A.token(Some("e"), &access_claims()),
        RSA_A.token_of(br#"{"alg":"none"}"#, access_claims().to_string().as_bytes()),
    ] {
        assert!(matches!(check(&token), Err(VerifyError::AlgorithmNotAllowed { .. })));
    }
    let es256 = AccessTokenVerifier::new(&app()).es256();
    let token = RSA_A.token(Some("a"), &access_claims());
    assert!(matches!(
        es256.verify(&token, &keys(), NOW),
        Err(VerifyError::AlgorithmNotAllowed { .. })
    ));
}

#[test]
fn the_signature_is_checked() {
    let forged = RSA_B.token(Some("a"), &access_claims());
    assert_eq!(check(&forged).unwrap_err(), VerifyError::SignatureInvalid);
    let unknown = RSA_A.token(Some("b"), &access_claims());
    assert!(matches!(check(&unknown), Err(VerifyError::UnknownKey { .. })));
    let short = KeySet::from_value(jwks(&[RSA_SHORT.jwk("a")])).unwrap();
    let token = RSA_SHORT.token(Some("a"), &access_claims());
    assert_eq!(
        AccessTokenVerifier::new(&app())
            .verify(&token, &short, NOW)
            .unwrap_err(),
        VerifyError::WeakKey { bits: 1024 }
    );
}

#[test]
fn an_id_token_is_no_access_token() {
    for claim in ["nonce", "at_hash", "c_hash"] {
        assert_eq!(claims_error(&json!({ claim: "x" })), VerifyError::WrongType);
    }
    for typ in ["id+jwt", "logout+jwt"] {
        let header = json!({ "alg": "RS256", "kid": "a", "typ": typ });
        let token = RSA_A.token_of(header.to_string().as_bytes(), access_claims().to_string().as_bytes());
        assert_eq!(check(&token).unwrap_err(), VerifyError::WrongType);
    }
}

#[test]
fn issuer_audience_and_times_are_checked() {
    assert!(matches!(
        claims_error(&json!({ "iss": format!("{ISSUER}/") })),
        VerifyError::WrongIssuer { .. }
    ));
    assert_eq!(claims_error(&json!({ "iss": null })), VerifyError::MissingClaim("iss"));
    assert!(matches!(
        claims_error(&json!({ "aud": ["x"] })),
        VerifyError::WrongAudience { .. }
    ));
    assert_eq!(claims_error(&json!({ "aud": null })), VerifyError::MissingClaim("aud"));
    assert_eq!(claims_error(&json!({ "exp": null })), VerifyError::MissingClaim("exp"));
    assert!(matches!(
        claims_error(&json!({ "exp": NOW - 60 })),
        VerifyError::Expired { .. }
    ));
    assert!(matches!(
        claims_error(&json!({ "nbf": NOW + 61 })),
        VerifyError::NotYetValid { .. }
    ));
    assert!(matches!(
        claims_error(&json!({ "iat": NOW + 61 })),
        VerifyError::IssuedInFuture { .. }
    ));
    assert_eq!(claims_error(&json!({ "iat": "x" })), VerifyError::WrongClaimType("iat"));
    assert_eq!(claims_error(&json!({ "sub": 5 })), VerifyError::WrongClaimType("sub"));
    for changes in [
        json!({ "exp": NOW - 59, "iat": NOW - 100 }),
        json!({ "nbf": NOW + 60 }),
        json!({ "iat": NOW + 60 }),
        json!({ "iat": null }),
        json!({ "aud": ["x", APP_ID] }),
    ] {
        check(&RSA_A.token(Some("a"), &with(access_claims(), &changes))).unwrap();
    }
    let strict = AccessTokenVerifier::new(&app()).with_leeway(Duration::ZERO);
    let token = RSA_A.token(Some("a"), &access_claims());
    assert!(strict.verify(&token, &keys(), NOW + 3600).is_err());
    strict.verify(&token, &keys(), NOW + 3599).unwrap();
}
