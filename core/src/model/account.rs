//! Who an account belongs to, as sign-in and sign-up name it.

use serde::Serialize;

/// The name of an account: exactly one of four.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum AccountName {
    /// Any name of the account: user name, phone number or e-mail address.
    Account(String),
    /// The e-mail address, upper and lower case alike.
    Email(String),
    /// The user name.
    Username(String),
    /// The phone number, without the country code.
    Phone(String),
}

// By hand: derived, it would take the first of two names and lose the other.
#[cfg(feature = "full-serde")]
impl<'de> serde::Deserialize<'de> for AccountName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (name, text, _) = crate::dto::wire::one_of(deserializer, &["account", "email", "username", "phone"])?;
        Ok(match name {
            "account" => Self::Account(text),
            "email" => Self::Email(text),
            "username" => Self::Username(text),
            _ => Self::Phone(text),
        })
    }
}

/// Where a pass code was sent: exactly one of two.
#[derive(Debug, Clone, Serialize)]
// Untagged, for the service tells them apart by their fields: {"email": ".."} or {"phone": "..", "phoneCountryCode": ".."}.
#[serde(untagged, rename_all_fields = "camelCase")]
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
        #[serde(skip_serializing_if = "Option::is_none")]
        phone_country_code: Option<String>,
    },
}

// By hand, for the same reason.
#[cfg(feature = "full-serde")]
impl<'de> serde::Deserialize<'de> for PassCodeReceiver {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        let (name, text, mut others) = crate::dto::wire::one_of(deserializer, &["email", "phone"])?;
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
