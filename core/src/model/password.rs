//! How a password travels.

use crate::dto::open_enum;

open_enum! {
    /// How passwords are encrypted before they are sent.
    pub enum PasswordEncryptType {
        /// With the server's public SM2 key.
        Sm2 = "sm2",
        /// With the server's public RSA key (PKCS #1 v1.5, in Base64).
        Rsa = "rsa",
        /// Not encrypted, protected by HTTPS alone; the default.
        None = "none",
    }
}
