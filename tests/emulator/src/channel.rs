//! What a pass code is for.

use std::fmt;
use std::str::FromStr;

/// What a pass code is for. A code of one channel is no good for another.
///
/// ```
/// use genauth_emulator::Channel;
///
/// assert_eq!(Channel::BindEmail.as_str(), "CHANNEL_BIND_EMAIL");
/// assert_eq!("CHANNEL_BIND_EMAIL".parse(), Ok(Channel::BindEmail));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Channel {
    /// Signing in.
    Login,
    /// Registering.
    Register,
    /// Choosing a new password without the old one.
    ResetPassword,
    /// Proving an e-mail address by a link.
    VerifyEmailLink,
    /// Changing the e-mail address; both addresses get a code.
    UpdateEmail,
    /// Adding an e-mail address.
    BindEmail,
    /// Removing the e-mail address.
    UnbindEmail,
    /// Adding a phone number, also in place of another.
    BindPhone,
    /// Removing the phone number, also for another.
    UnbindPhone,
    /// Enrolling a second factor.
    BindMfa,
    /// Signing in with a second factor.
    VerifyMfa,
    /// Removing a second factor.
    UnbindMfa,
    /// Unlocking the account.
    UnlockAccount,
    /// An e-mail address that is given while registering.
    CompleteEmail,
    /// A phone number that is given while registering.
    CompletePhone,
    /// Proving who somebody is.
    IdentityVerification,
    /// Deleting the account.
    DeleteAccount,
}

const NAMES: &[(Channel, &str)] = &[
    (Channel::Login, "CHANNEL_LOGIN"),
    (Channel::Register, "CHANNEL_REGISTER"),
    (Channel::ResetPassword, "CHANNEL_RESET_PASSWORD"),
    (Channel::VerifyEmailLink, "CHANNEL_VERIFY_EMAIL_LINK"),
    (Channel::UpdateEmail, "CHANNEL_UPDATE_EMAIL"),
    (Channel::BindEmail, "CHANNEL_BIND_EMAIL"),
    (Channel::UnbindEmail, "CHANNEL_UNBIND_EMAIL"),
    (Channel::BindPhone, "CHANNEL_BIND_PHONE"),
    (Channel::UnbindPhone, "CHANNEL_UNBIND_PHONE"),
    (Channel::BindMfa, "CHANNEL_BIND_MFA"),
    (Channel::VerifyMfa, "CHANNEL_VERIFY_MFA"),
    (Channel::UnbindMfa, "CHANNEL_UNBIND_MFA"),
    (Channel::UnlockAccount, "CHANNEL_UNLOCK_ACCOUNT"),
    (Channel::CompleteEmail, "CHANNEL_COMPLETE_EMAIL"),
    (Channel::CompletePhone, "CHANNEL_COMPLETE_PHONE"),
    (Channel::IdentityVerification, "CHANNEL_IDENTITY_VERIFICATION"),
    (Channel::DeleteAccount, "CHANNEL_DELETE_ACCOUNT"),
];

impl Channel {
    /// The name on the wire, for instance `CHANNEL_BIND_EMAIL`.
    pub fn as_str(self) -> &'static str {
        NAMES
            .iter()
            .find(|(channel, _)| *channel == self)
            .map_or("", |(_, name)| name)
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownChannel(String);

impl fmt::Display for UnknownChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no channel of pass codes", self.0)
    }
}

impl std::error::Error for UnknownChannel {}

/// By the name on the wire; the prefix `CHANNEL_` may be left out.
impl FromStr for Channel {
    type Err = UnknownChannel;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let wanted = name.strip_prefix("CHANNEL_").unwrap_or(name);
        NAMES
            .iter()
            .find(|(_, known)| known.strip_prefix("CHANNEL_") == Some(wanted))
            .map(|(channel, _)| *channel)
            .ok_or_else(|| UnknownChannel(name.to_owned()))
    }
}
