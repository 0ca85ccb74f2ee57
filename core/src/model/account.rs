//! Who an account belongs to, as sign-in and sign-up name it.

use crate::dto::macros::{object, written};
use crate::dto::one_of;
use crate::dto::table::{Field, Name, Object};

one_of! {
    /// The name of an account: exactly one of four.
    pub enum AccountName {
        /// Any name of the account: user name, phone number or e-mail address.
        Account = "account",
        /// The e-mail address, upper and lower case alike.
        Email = "email",
        /// The user name.
        Username = "username",
        /// The phone number, without the country code.
        Phone = "phone",
    }
}

/// Where a pass code was sent: exactly one of two.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum PassCodeReceiver {
    /// An e-mail address.
    Email {
        /// The address, upper and lower case alike.
        email: String,
    },
    /// A phone.
    Phone {
        /// The number, without the country code.
        phone: String,
        /// The country code, `+86` unless set.
        phone_country_code: Option<String>,
    },
}

impl Object for PassCodeReceiver {
    fn name(&self) -> &'static str {
        "PassCodeReceiver"
    }

    fn names(&self) -> &'static [Name] {
        match self {
            Self::Email { .. } => const { &[Name::exact("email")] },
            Self::Phone { .. } => const { &[Name::exact("phone"), Name::exact("phoneCountryCode")] },
        }
    }

    fn each(&self, see: &mut dyn FnMut(&[&dyn Field])) {
        match self {
            Self::Email { email } => see(&[email]),
            Self::Phone {
                phone,
                phone_country_code,
            } => see(&[phone, phone_country_code]),
        }
    }
}

object!(PassCodeReceiver);
written!(PassCodeReceiver);

// By hand: of two names neither may be lost.
#[cfg(feature = "full-serde")]
impl<'de> serde::Deserialize<'de> for PassCodeReceiver {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        let (name, text, mut others) = crate::dto::tagged::read_one_of(deserializer, &["email", "phone"])?;
        match (name, others.remove("phoneCountryCode")) {
            ("email", None) => Ok(Self::Email { email: text }),
            ("phone", None) => Ok(Self::phone(text)),
            ("phone", Some(serde_json::Value::String(code))) => Ok(Self::phone_abroad(text, code)),
            _ => Err(D::Error::custom("`phoneCountryCode` is a text and goes with `phone`")),
        }
    }
}

impl PassCodeReceiver {
    /// An e-mail address.
    pub fn email(email: impl Into<String>) -> Self {
        Self::Email { email: email.into() }
    }

    /// A phone in the default country (`+86`).
    pub fn phone(phone: impl Into<String>) -> Self {
        Self::Phone {
            phone: phone.into(),
            phone_country_code: None,
        }
    }

    /// A phone in a country of its own, such as `+49`.
    pub fn phone_abroad(phone: impl Into<String>, phone_country_code: impl Into<String>) -> Self {
        Self::Phone {
            phone: phone.into(),
            phone_country_code: Some(phone_country_code.into()),
        }
    }
}
