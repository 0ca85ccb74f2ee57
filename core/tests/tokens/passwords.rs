//! Encrypted passwords: known answers, and back again.

use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use genauth_core::Error;
use genauth_core::authentication::public_info::GET_SYSTEM_INFO;
use genauth_core::client::System;
use genauth_core::error::RequestError;
use genauth_core::model::password::PasswordEncryptType;
use genauth_core::protocol::password::{PasswordKeys, Sm2Form, encrypt_rsa, encrypt_sm2};
use rsa::pkcs8::EncodePublicKey as _;
use serde_json::json;
use sm2::elliptic_curve::sec1::ToSec1Point as _;
use sm2::pke::{DecryptingKey, Mode};

use crate::support::{RSA_SHORT, Signer};

const PASSWORD: &str = "p\u{e4}ss w\u{f6}rd \u{1f511}";

/// A random source that is made of one function.
struct Random<F>(F);

impl<F: Fn(&mut [u8]) -> Result<(), Error> + Send + Sync> System for Random<F> {
    fn now(&self) -> Duration {
        Duration::ZERO
    }

    fn unix_time(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep(&self, _: Duration) {}

    fn random(&self, bytes: &mut [u8]) -> Result<(), Error> {
        (self.0)(bytes)
    }
}

/// 1, 2, 3 ...: the same in each run.
fn counting() -> impl System {
    let next = AtomicU8::new(1);
    Random(move |bytes: &mut [u8]| {
        bytes.fill_with(|| next.fetch_add(1, Ordering::SeqCst));
        Ok(())
    })
}

fn rsa() -> &'static rsa::PrivateKey {
    match &*RSA_SHORT {
        Signer::Rsa(key) => key,
        _ => unreachable!(),
    }
}

fn rsa_pem() -> String {
    let der = rsa().as_public_key().to_public_key_der().unwrap();
    let base64 = STANDARD.encode(der.as_bytes());
    let lines: Vec<&str> = (0..base64.len())
        .step_by(64)
        .map(|at| &base64[at..base64.len().min(at + 64)])
        .collect();
    format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        lines.join("\n")
    )
}

fn from_rsa(encrypted: &str) -> String {
    let bytes = rsa().pkcs1v15_decrypt(&STANDARD.decode(encrypted).unwrap()).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn sm2_key() -> sm2::SecretKey {
    sm2::SecretKey::from_slice(&[0x33; 32]).unwrap()
}

fn sm2_hex() -> String {
    hex(sm2_key().public_key().to_sec1_point(false).as_bytes())
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from_digit(digit.into(), 16).unwrap())
        .collect()
}

fn from_sm2(mode: Mode, encrypted: &str) -> String {
    let bytes: Vec<u8> = (0..encrypted.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&encrypted[at..at + 2], 16).unwrap())
        .collect();
    let key = DecryptingKey::new_with_mode(sm2_key().to_nonzero_scalar(), mode);
    String::from_utf8(key.decrypt(&bytes).unwrap()).unwrap()
}

// The known answers were made by this code and read by others: OpenSSL for RSA, the npm package sm-crypto for SM2.

#[test]
fn rsa_gives_the_known_answer() {
    let encrypted = encrypt_rsa(&rsa_pem(), PASSWORD, &counting()).unwrap();
    assert_eq!(encrypted.expose(), include_str!("known/rsa.txt").trim_end());
    assert_eq!(from_rsa(encrypted.expose()), PASSWORD);
}

#[test]
fn sm2_gives_the_known_answer_in_each_form() {
    let encrypt = |form| encrypt_sm2(&sm2_hex(), PASSWORD, form, &counting()).unwrap();
    let known = include_str!("known/sm2.txt");
    let [base64, plain, prefixed] = *known.lines().collect::<Vec<_>>() else {
        panic!()
    };

    let encrypted = encrypt(Sm2Form::default());
    assert_eq!(encrypted.expose(), base64);
    assert!(encrypted.expose().starts_with("04"));
    assert_eq!(from_sm2(Mode::C1C2C3, encrypted.expose()), STANDARD.encode(PASSWORD));

    let encrypted = encrypt(Sm2Form::PlainC1C3C2);
    assert_eq!(encrypted.expose(), plain);
    assert_eq!(encrypted.expose().len(), 2 * (64 + 32 + PASSWORD.len()));
    assert_eq!(from_sm2(Mode::C1C3C2, &format!("04{}", encrypted.expose())), PASSWORD);

    let encrypted = encrypt(Sm2Form::PrefixedC1C3C2);
    assert_eq!(encrypted.expose(), prefixed);
    assert_eq!(encrypted.expose().strip_prefix("sm2:"), Some(plain));
}

#[test]
fn the_same_password_is_another_text_each_time() {
    let system = counting();
    let rsa = || encrypt_rsa(&rsa_pem(), PASSWORD, &system).unwrap();
    assert_ne!(rsa().expose(), rsa().expose());
    let sm2 = || encrypt_sm2(&sm2_hex(), PASSWORD, Sm2Form::default(), &system).unwrap();
    assert_ne!(sm2().expose(), sm2().expose());
}

#[test]
fn keys_are_taken_in_the_forms_in_which_they_come() {
    let pem = rsa_pem();
    let bare: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    for pem in [
        pem.replace('\n', "\r\n"),
        pem.trim_end().to_owned(),
        format!("  {bare}\n"),
        bare,
    ] {
        let encrypted = encrypt_rsa(&pem, PASSWORD, &counting()).unwrap();
        assert_eq!(from_rsa(encrypted.expose()), PASSWORD);
    }
    let hex = sm2_hex();
    for key in [hex.to_uppercase(), format!(" {hex}\n"), hex[2..].to_owned()] {
        encrypt_sm2(&key, PASSWORD, Sm2Form::default(), &counting()).unwrap();
    }
}

#[test]
fn what_is_no_key_is_refused() {
    let pem = rsa_pem();
    for key in [
        "",
        "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----",
        "AAAA",
        "!",
        &pem[..pem.len() / 2],
    ] {
        assert!(
            matches!(encrypt_rsa(key, PASSWORD, &counting()), Err(Error::Request(_))),
            "{key}"
        );
    }
    // 512 bits.
    let short = "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBANHLi1/FlS5CoB6PtRf72egLZ2lYz4KkE28/GIU44dYg\
                 lieBLCRiW5DqPG04Y3DVL8EcNeJLV6xn1IGcldx+NoECAwEAAQ==";
    assert!(matches!(
        encrypt_rsa(short, PASSWORD, &counting()),
        Err(Error::Request(_))
    ));

    let hex = sm2_hex();
    let off_the_curve = format!("{}00", &hex[..hex.len() - 2]);
    for key in [
        "",
        "04",
        "zz",
        "00",
        &hex[..hex.len() - 1],
        &hex[..hex.len() - 2],
        &off_the_curve,
        "\u{e9}",
    ] {
        let refused = encrypt_sm2(key, PASSWORD, Sm2Form::default(), &counting());
        assert!(matches!(refused, Err(Error::Request(_))), "{key}");
    }
}

#[test]
fn the_password_has_a_length() {
    assert!(encrypt_rsa(&rsa_pem(), "", &counting()).is_err());
    assert!(encrypt_sm2(&sm2_hex(), "", Sm2Form::default(), &counting()).is_err());
    let longest = "x".repeat(117);
    let encrypted = encrypt_rsa(&rsa_pem(), longest.as_str(), &counting()).unwrap();
    assert_eq!(from_rsa(encrypted.expose()), longest);
    let error = encrypt_rsa(&rsa_pem(), "y".repeat(118), &counting()).unwrap_err();
    assert!(
        matches!(error, Error::Request(_)) && !error.to_string().contains('Y'),
        "{error}"
    );
    let long = "x".repeat(10_000);
    let encrypted = encrypt_sm2(&sm2_hex(), long.as_str(), Sm2Form::PlainC1C3C2, &counting()).unwrap();
    assert_eq!(from_sm2(Mode::C1C3C2, &format!("04{}", encrypted.expose())), long);
}

#[test]
fn a_broken_random_source_neither_hangs_nor_encrypts() {
    let failing = Random(|_: &mut [u8]| Err(RequestError::new("no randomness here").into()));
    let zeros = Random(|bytes: &mut [u8]| {
        bytes.fill(0);
        Ok(())
    });
    let ones = Random(|bytes: &mut [u8]| {
        bytes.fill(0xff);
        Ok(())
    });
    for (system, why) in [
        (&failing as &dyn System, "no randomness here"),
        (&zeros, "the random source is broken"),
    ] {
        let error = encrypt_rsa(&rsa_pem(), PASSWORD, system).unwrap_err();
        assert!(error.to_string().ends_with(why), "{error}");
        let error = encrypt_sm2(&sm2_hex(), PASSWORD, Sm2Form::default(), system).unwrap_err();
        assert!(error.to_string().ends_with(why), "{error}");
    }
    assert!(encrypt_sm2(&sm2_hex(), PASSWORD, Sm2Form::default(), &ones).is_err());
}

#[test]
fn keys_come_from_the_server_bare_or_in_an_envelope() {
    let bare = json!({ "rsa": { "publicKey": rsa_pem() }, "sm2": { "publicKey": sm2_hex() }, "version": {} });
    for body in [bare.clone(), json!({ "statusCode": 200, "message": "", "data": bare })] {
        let info = GET_SYSTEM_INFO.reply(&http::Response::new(body.to_string())).unwrap();
        let keys = PasswordKeys::of(&info).with_sm2_form(Sm2Form::PlainC1C3C2);
        let encrypt = |kind: &PasswordEncryptType| keys.encrypt(kind, PASSWORD, &counting());
        assert_eq!(from_rsa(encrypt(&PasswordEncryptType::Rsa).unwrap().expose()), PASSWORD);
        let sm2 = encrypt(&PasswordEncryptType::Sm2).unwrap();
        assert_eq!(from_sm2(Mode::C1C3C2, &format!("04{}", sm2.expose())), PASSWORD);
        assert_eq!(encrypt(&PasswordEncryptType::None).unwrap().expose(), PASSWORD);
        assert!(encrypt(&PasswordEncryptType::from("rot13")).is_err());
    }
    let none = PasswordKeys::default();
    for kind in [PasswordEncryptType::Rsa, PasswordEncryptType::Sm2] {
        assert!(matches!(
            none.encrypt(&kind, PASSWORD, &counting()),
            Err(Error::Request(_))
        ));
    }
}
