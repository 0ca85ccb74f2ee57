//! Why a sign-in through the browser did not end as it should.

use std::fmt;

/// Why a call-back is no answer to the sign-in that was begun, or its tokens are not complete.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignInError {
    /// It has no state.
    MissingState,
    /// Its state is that of another sign-in: the browser's session was lost, the page was opened twice, or somebody has
    /// forged it.
    WrongState,
    /// It comes later than a sign-in may take.
    Expired,
    /// It does not say who answers (`iss`, RFC 9207), and has to.
    MissingIssuer,
    /// A parameter stands twice.
    DuplicateParameter(&'static str),
    /// It is too long, or a parameter is not encoded as it must be.
    Malformed,
    /// Somebody else answers (RFC 9207).
    WrongIssuer {
        /// Who should.
        expected: String,
    },
    /// It has neither a code nor an error.
    MissingCode,
    /// The sign-in was begun for another application.
    OtherApplication,
    /// The token endpoint left a token out.
    MissingToken(&'static str),
}

impl fmt::Display for SignInError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the sign-in is refused: ")?;
        match self {
            Self::MissingState => f.write_str("the call-back has no state"),
            Self::WrongState => f.write_str("the call-back answers another sign-in (`state`)"),
            Self::Expired => f.write_str("it was begun too long ago"),
            Self::MissingIssuer => f.write_str("the call-back does not say who answers (`iss`)"),
            Self::DuplicateParameter(name) => write!(f, "the call-back has `{name}` twice"),
            Self::Malformed => f.write_str("the call-back is not encoded as it must be"),
            Self::WrongIssuer { expected } => write!(f, "the call-back is not from `{expected}` (`iss`)"),
            Self::MissingCode => f.write_str("the call-back has no code"),
            Self::OtherApplication => f.write_str("it was begun for another application"),
            Self::MissingToken(name) => write!(f, "the answer has no `{name}`"),
        }
    }
}

impl std::error::Error for SignInError {}
