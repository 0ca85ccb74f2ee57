//! What goes to a token endpoint and what comes back, read with care.

use std::collections::HashSet;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::JsonObject;
use crate::error::{Error, ReplyError, RequestError};
use crate::operation::OperationInfo;
use crate::protocol::oidc::{OidcTokenResponse, OidcUserInfo, USER_INFO};
use crate::value::secret::Secret;

/// The answer of a token endpoint, read with care: a member that stands twice is refused, for each reader might take another
/// one; a lifetime of any size is one.
pub(super) struct TokenAnswer(pub(super) OidcTokenResponse);

/// More members than any token endpoint answers.
const MOST_MEMBERS: usize = 100;

impl<'de> Deserialize<'de> for TokenAnswer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = TokenAnswer;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TokenAnswer, A::Error> {
                let mut answer = OidcTokenResponse::default();
                let mut seen = HashSet::new();
                while let Some(name) = map.next_key::<String>()? {
                    match name.as_str() {
                        "access_token" => answer.access_token = map.next_value()?,
                        "id_token" => answer.id_token = map.next_value()?,
                        "refresh_token" => answer.refresh_token = map.next_value()?,
                        "expires_in" => answer.expires_in = whole_seconds(map.next_value()?),
                        "expire_in" => answer.expire_in = whole_seconds(map.next_value()?),
                        "token_type" => answer.token_type = map.next_value()?,
                        "scope" => answer.scope = map.next_value()?,
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                    if !seen.insert(name) {
                        return Err(serde::de::Error::custom("a member stands twice"));
                    }
                    if seen.len() > MOST_MEMBERS {
                        return Err(serde::de::Error::custom("too many members"));
                    }
                }
                Ok(TokenAnswer(answer))
            }
        }

        deserializer.deserialize_map(Members)
    }
}

/// A number of seconds as it was written, however large.
fn whole_seconds(text: Option<String>) -> Option<i64> {
    let text = text?;
    let text = text.trim();
    #[allow(clippy::cast_possible_truncation)] // What is too large becomes the largest.
    text.parse().ok().or_else(|| {
        text.parse::<f64>()
            .ok()
            .filter(|number| !number.is_nan())
            .map(|number| number as i64)
    })
}

/// Checks that claims are about this user: the ID token's (`OpenID` Connect Core 5.3.2).
pub(super) fn check_subject(claims: &OidcUserInfo, sub: Option<&str>) -> Result<(), Error> {
    match (claims.sub.as_deref(), sub) {
        (Some(found), Some(expected)) if found == expected => Ok(()),
        (_, None) => Err(RequestError::new("there is no ID token that would say whose claims are wanted").into()),
        _ => Err(unusable(
            USER_INFO.info(),
            "sub",
            "the claims are about another user than the ID token",
        )),
    }
}

/// By whom, about whom and for whom an ID token is.
#[derive(PartialEq)]
pub(super) struct Identity {
    iss: Option<Value>,
    sub: Option<Value>,
    aud: Vec<Value>,
}

impl Identity {
    /// That of an ID token that nobody has checked, where it is a JWT.
    pub(super) fn of(id_token: &Secret) -> Option<Self> {
        let mut claims = unchecked_claims(id_token.expose())?;
        let mut aud = match claims.remove("aud") {
            Some(Value::Array(audiences)) => audiences,
            aud => aud.into_iter().collect(),
        };
        aud.sort_by_cached_key(Value::to_string);
        Some(Self {
            iss: claims.remove("iss"),
            sub: claims.remove("sub"),
            aud,
        })
    }
}

/// The claims of a token that nobody has checked, where it is a JWT.
pub(super) fn unchecked_claims(token: &str) -> Option<JsonObject> {
    let claims = token.split('.').nth(1)?.trim_end_matches('=');
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
}

/// An answer of the token endpoint that was understood and is not good.
pub(super) fn unusable(operation: &OperationInfo, path: &str, problem: &str) -> Error {
    ReplyError {
        operation: operation.name,
        host: None,
        problem: problem.to_owned(),
        path: path.to_owned(),
        http_status: StatusCode::OK,
        content_type: None,
        length: 0,
        excerpt: String::new(),
        request_id: None,
        retry_after: None,
        source: None,
    }
    .into()
}
