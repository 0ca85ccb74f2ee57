//! Why a token is not good.

use std::fmt;
use std::time::Duration;

/// How a token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC with SHA-256; the key is the application's secret.
    Hs256,
    /// RSA (PKCS#1 v1.5) with SHA-256; the key is in the JWKS.
    Rs256,
    /// ECDSA on P-256 with SHA-256; the key is in the JWKS.
    Es256,
}

impl Algorithm {
    /// The name in a token's header.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a token is refused. Never holds the token.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum VerifyError {
    /// It is no signed token: what is wrong with its form.
    Malformed(&'static str),
    /// It is longer than a token may be.
    TooLarge {
        /// Its length in bytes.
        length: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// It is signed in another way than the verifier is configured for.
    ///
    /// This service signs ID tokens with HS256 unless the console says otherwise of the application: see
    /// [`IdTokenVerifier::rs256`](crate::protocol::verify::IdTokenVerifier::rs256).
    AlgorithmNotAllowed {
        /// What the verifier is configured for.
        expected: Algorithm,
        /// What the token's header says, cut short.
        found: String,
    },
    /// It is a token of another kind: an access token in place of an ID token, or the other way round.
    WrongType,
    /// Its header wants extensions that nobody here understands.
    UnknownExtension,
    /// HS256 is configured and the application has no secret.
    MissingSecret,
    /// No key fits.
    UnknownKey {
        /// The key's id in the token's header, cut short.
        kid: Option<String>,
    },
    /// More than one key fits.
    AmbiguousKey {
        /// The key's id in the token's header, cut short.
        kid: Option<String>,
    },
    /// The key is too short to be trusted: an RSA key of less than 2048 bits.
    WeakKey {
        /// The key's length.
        bits: usize,
    },
    /// Somebody else signed it, or it was changed.
    SignatureInvalid,
    /// A claim that must be there is absent, null or empty.
    MissingClaim(&'static str),
    /// A claim is of a type that it must not be.
    WrongClaimType(&'static str),
    /// Somebody else issued it.
    WrongIssuer {
        /// Who should have.
        expected: String,
        /// Who did, cut short.
        found: String,
    },
    /// It is meant for somebody else.
    WrongAudience {
        /// Whom it should be for.
        expected: String,
    },
    /// Somebody else asked for it.
    WrongAuthorizedParty,
    /// It answers another sign-in.
    WrongNonce,
    /// It does not belong to the access token that came with it.
    WrongAccessTokenHash,
    /// It does not belong to the authorisation code that came with it.
    WrongCodeHash,
    /// Its time is over.
    Expired {
        /// When it ended, in seconds since 1970.
        exp: i64,
        /// The time of the check, in seconds since 1970.
        now: u64,
    },
    /// Its time has not come yet.
    NotYetValid {
        /// When it begins, in seconds since 1970.
        nbf: i64,
        /// The time of the check, in seconds since 1970.
        now: u64,
    },
    /// It claims to be issued in the future: one of the two clocks is wrong.
    IssuedInFuture {
        /// When it says it was issued, in seconds since 1970.
        iat: i64,
        /// The time of the check, in seconds since 1970.
        now: u64,
    },
    /// The user signed in too long ago.
    TooOld {
        /// How long ago it may be.
        max_age: Duration,
    },
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the token is refused: ")?;
        match self {
            Self::Malformed(problem) => f.write_str(problem),
            Self::TooLarge { length, limit } => write!(f, "it has {length} bytes, more than {limit}"),
            Self::AlgorithmNotAllowed { expected, found } => {
                write!(f, "it is signed with {found}, not with {expected}")
            }
            Self::WrongType => f.write_str("it is a token of another kind"),
            Self::UnknownExtension => f.write_str("its header wants extensions that are not supported"),
            Self::MissingSecret => f.write_str("HS256 needs the application's secret, and there is none"),
            Self::UnknownKey { kid: Some(kid) } => write!(f, "no key fits `{kid}`"),
            Self::UnknownKey { kid: None } => f.write_str("no key fits"),
            Self::AmbiguousKey { kid: Some(kid) } => write!(f, "more than one key fits `{kid}`"),
            Self::AmbiguousKey { kid: None } => f.write_str("it names no key and more than one fits"),
            Self::WeakKey { bits } => write!(f, "its key has {bits} bits, less than 2048"),
            Self::SignatureInvalid => f.write_str("its signature is wrong"),
            Self::MissingClaim(name) => write!(f, "the claim `{name}` is missing"),
            Self::WrongClaimType(name) => write!(f, "the claim `{name}` is of a wrong type"),
            Self::WrongIssuer { expected, found } => write!(f, "it was issued by `{found}`, not by `{expected}`"),
            Self::WrongAudience { expected } => write!(f, "it is not meant for `{expected}`"),
            Self::WrongAuthorizedParty => f.write_str("somebody else asked for it (`azp`)"),
            Self::WrongNonce => f.write_str("it answers another sign-in (`nonce`)"),
            Self::WrongAccessTokenHash => f.write_str("it belongs to another access token (`at_hash`)"),
            Self::WrongCodeHash => f.write_str("it belongs to another authorisation code (`c_hash`)"),
            Self::Expired { exp, now } => write!(f, "it ended at {exp}, now it is {now}"),
            Self::NotYetValid { nbf, now } => write!(f, "it begins at {nbf}, now it is {now}"),
            Self::IssuedInFuture { iat, now } => write!(f, "it says it was issued at {iat}, now it is {now}"),
            Self::TooOld { max_age } => write!(f, "the user signed in more than {} s ago", max_age.as_secs()),
        }
    }
}

impl std::error::Error for VerifyError {}
