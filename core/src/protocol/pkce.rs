//! PKCE (RFC 7636): the proof that whoever redeems a code is the one who asked for it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::error::{Error, RequestError};
use crate::protocol::oidc::CodeChallengeMethod;
use crate::value::secret::Secret;

/// A secret, and the challenge made of it by SHA-256.
///
/// The challenge goes with the authorise request, the verifier with the request for tokens.
///
/// ```
/// use genauth_core::protocol::pkce::Pkce;
///
/// // The example of RFC 7636, appendix B.
/// let pkce = Pkce::from_verifier("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")?;
/// assert_eq!(pkce.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
/// # Ok::<(), genauth_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Pkce {
    verifier: Secret,
    challenge: String,
}

impl Pkce {
    /// A new one, of 32 bytes that `random` fills; see [`System::random`](crate::client::System::random).
    pub fn generate(random: impl FnMut(&mut [u8]) -> Result<(), Error>) -> Result<Self, Error> {
        let verifier = generate_code_challenge(random)?;
        Ok(Self {
            challenge: digest(&verifier),
            verifier,
        })
    }

    /// One with a verifier of your own: 43 to 128 letters, digits and `-._~`, as the standard has it.
    pub fn from_verifier(verifier: impl Into<Secret>) -> Result<Self, Error> {
        let verifier = verifier.into();
        check(&verifier)?;
        Ok(Self {
            challenge: digest(&verifier),
            verifier,
        })
    }

    /// The secret, for the request for tokens.
    pub fn verifier(&self) -> &Secret {
        &self.verifier
    }

    /// The challenge, for the authorise request.
    pub fn challenge(&self) -> &str {
        &self.challenge
    }
}

/// A new PKCE verifier of 32 bytes that `random` fills: 43 characters. Official clients call it the code challenge.
#[doc(alias = "generateCodeChallenge")]
pub fn generate_code_challenge(random: impl FnMut(&mut [u8]) -> Result<(), Error>) -> Result<Secret, Error> {
    random_text(random)
}

/// The challenge of a PKCE verifier of 43 to 128 letters, digits and `-._~`. `plain` is the verifier itself and protects
/// nothing.
#[doc(alias = "getCodeChallengeDigest")]
pub fn code_challenge_digest(verifier: &Secret, method: &CodeChallengeMethod) -> Result<String, Error> {
    check(verifier)?;
    match method {
        CodeChallengeMethod::S256 => Ok(digest(verifier)),
        CodeChallengeMethod::Plain => Ok(verifier.expose().to_owned()),
        CodeChallengeMethod::Other(_) => Err(RequestError::new("the method of the PKCE challenge is unknown").into()),
    }
}

fn check(verifier: &Secret) -> Result<(), Error> {
    let verifier = verifier.expose().as_bytes();
    let possible = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    if !(43..=128).contains(&verifier.len()) || !verifier.iter().all(possible) {
        return Err(RequestError::new("a PKCE verifier has 43 to 128 letters, digits and `-._~`").into());
    }
    Ok(())
}

fn digest(verifier: &Secret) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose()))
}

/// 32 random bytes as text.
pub(super) fn random_text(mut random: impl FnMut(&mut [u8]) -> Result<(), Error>) -> Result<Secret, Error> {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    random(bytes.as_mut_slice())?;
    // No random source answers this by chance; one that does nothing does.
    if bytes.iter().all(|byte| *byte == 0) {
        return Err(RequestError::new("the random source gave nothing").into());
    }
    Ok(Secret::from(URL_SAFE_NO_PAD.encode(bytes.as_slice())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    #[test]
    fn the_digest_is_the_one_of_the_standard() {
        let digest = |method| code_challenge_digest(&VERIFIER.into(), &method);
        assert_eq!(
            digest(CodeChallengeMethod::S256).unwrap(),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
        assert_eq!(digest(CodeChallengeMethod::Plain).unwrap(), VERIFIER);
        assert!(matches!(digest("S512".into()), Err(Error::Request(_))));
    }

    #[test]
    fn a_verifier_has_the_length_and_letters_of_the_standard() {
        for good in ["a".repeat(43), "~".repeat(128)] {
            assert!(Pkce::from_verifier(good).is_ok());
        }
        for bad in [
            "a".repeat(42),
            "a".repeat(129),
            format!("{VERIFIER}+"),
            format!("{VERIFIER}é"),
        ] {
            assert!(Pkce::from_verifier(bad).is_err());
        }
    }

    #[test]
    fn a_random_source_that_fails_or_does_nothing_is_noticed() {
        let mut last = 0;
        let mut counting = |bytes: &mut [u8]| {
            last += 1;
            bytes.fill(last);
            Ok(())
        };
        let (one, other) = (
            Pkce::generate(&mut counting).unwrap(),
            Pkce::generate(&mut counting).unwrap(),
        );
        assert_eq!(one.verifier().expose().len(), 43);
        assert_ne!(one.verifier().expose(), other.verifier().expose());
        assert!(Pkce::from_verifier(one.verifier().clone()).unwrap().challenge() == one.challenge());

        assert!(Pkce::generate(|_| Ok(())).is_err());
        assert!(Pkce::generate(|_| Err(RequestError::new("no randomness").into())).is_err());
        assert!(!format!("{one:?}").contains(one.verifier().expose()));
    }
}
