//! Why a test's set-up was refused.

use std::fmt;

use crate::failure::Failure;

/// A set-up that is refused; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SetupError {
    /// There is no user of this id.
    UnknownUser(String),
    /// There is no identity source of this identifier or id.
    UnknownExtIdp(String),
    /// There is no such thing (a request for access, a snapshot) of this number or id.
    Unknown(String),
    /// There is no member of this name; a misspelt one would be ignored.
    UnknownMember(String),
    /// Somebody has this user name, e-mail address, phone number, `externalId` or id already.
    Taken {
        /// The member of the profile, by its name on the wire.
        member: String,
        /// The value that is taken.
        value: String,
    },
    /// A value that does not fit; the text says which.
    Malformed(String),
    /// The sign-in was refused, for instance because the user is suspended; the text says why.
    Refused(String),
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownUser(id) => write!(f, "there is no user {id:?}"),
            Self::UnknownExtIdp(name) => write!(f, "there is no identity source {name:?}"),
            Self::Unknown(name) => write!(f, "there is no {name:?}"),
            Self::UnknownMember(name) => write!(f, "there is no member {name:?}"),
            Self::Taken { member, value } => write!(f, "the {member} {value:?} is taken"),
            Self::Malformed(why) | Self::Refused(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for SetupError {}

/// For the control endpoints.
impl From<SetupError> for Failure {
    fn from(error: SetupError) -> Self {
        let status = match &error {
            SetupError::UnknownUser(_) | SetupError::UnknownExtIdp(_) | SetupError::Unknown(_) => 404,
            SetupError::Taken { .. } => 409,
            SetupError::UnknownMember(_) | SetupError::Malformed(_) => 400,
            SetupError::Refused(_) => 422,
        };
        Self::new(status, error.to_string())
    }
}

impl From<Failure> for SetupError {
    fn from(failure: Failure) -> Self {
        Self::Refused(failure.message.into_owned())
    }
}
