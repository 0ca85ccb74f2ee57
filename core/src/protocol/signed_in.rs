//! What comes out of a sign-in through the browser.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::claims::IdTokenClaims;
use super::kept::kept;
use super::keys::JwksSource;
use super::oidc::{OidcTokenResponse, OidcUserInfo};
use super::token_answer::check_subject;
use super::token_set::{TokenSet, Tokens};
use super::verify::{Algorithm, IdToken, IdTokenVerifier};
use crate::client::AuthenticationClient;
use crate::error::Error;
use crate::value::secret::Secret;

/// The tokens of a user who has signed in, with an ID token that has passed every check. There is no other way to make one
/// than a sign-in, or keeping one.
///
/// It can be serialised for the session of a web application, all tokens included, and is believed when it comes back: keep it
/// where the user can neither read nor change it, on the server or in an encrypted cookie.
#[derive(Debug, Clone)]
pub struct SignedInTokens {
    pub(super) answer: OidcTokenResponse,
    pub(super) tokens: Tokens,
    pub(super) id_token: IdToken,
    /// What the ID tokens of renewals are checked with. Not kept.
    pub(super) checks: Option<(IdTokenVerifier, Option<JwksSource>)>,
}

/// [`SignedInTokens`] as they are kept.
struct KeptSignIn {
    tokens: Tokens,
    token_type: Option<String>,
    /// How the ID token is signed.
    algorithm: String,
}

kept!(KeptSignIn {
    tokens,
    token_type,
    algorithm,
});

impl Serialize for SignedInTokens {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let kept = KeptSignIn {
            tokens: self.tokens.clone(),
            token_type: self.answer.token_type.clone(),
            algorithm: self.id_token.algorithm().as_str().to_owned(),
        };
        kept.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SignedInTokens {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let damaged = || serde::de::Error::custom("the kept tokens are damaged");
        let KeptSignIn {
            tokens,
            token_type,
            algorithm,
        } = KeptSignIn::deserialize(deserializer)?;
        let algorithm = Algorithm::named(&algorithm).ok_or_else(damaged)?;
        let id_token = tokens.id_token.clone();
        let answer = OidcTokenResponse {
            access_token: Some(tokens.access_token.clone()),
            id_token: id_token.clone(),
            refresh_token: tokens.refresh_token.clone(),
            expires_in: tokens.lifetime.map(|life| i64::try_from(life).unwrap_or(i64::MAX)),
            token_type,
            scope: tokens.scope.clone(),
            ..OidcTokenResponse::default()
        };
        Ok(Self {
            id_token: id_token
                .and_then(|token| IdToken::kept(token, algorithm))
                .ok_or_else(damaged)?,
            answer,
            tokens,
            checks: None,
        })
    }
}

/// The access token, as [`AuthenticationClient::signed_in`] takes it.
impl From<&SignedInTokens> for Secret {
    fn from(tokens: &SignedInTokens) -> Self {
        tokens.access_token().clone()
    }
}

impl SignedInTokens {
    /// What the ID token says about the user.
    pub fn claims(&self) -> &IdTokenClaims {
        self.id_token.claims()
    }

    /// The ID token.
    pub fn id_token(&self) -> &IdToken {
        &self.id_token
    }

    /// The tokens as they came: access token, refresh token where there is one, lifetime, scope.
    pub fn tokens(&self) -> &OidcTokenResponse {
        &self.answer
    }

    /// The access token.
    pub fn access_token(&self) -> &Secret {
        &self.tokens.access_token
    }

    /// The tokens, ready to be shared and kept fresh.
    ///
    /// The ID tokens of renewals are checked as that of the sign-in was. After these were kept, say again with what:
    /// [`TokenSet::with_verifier`].
    pub fn token_set(&self) -> TokenSet {
        let tokens = TokenSet::new(self.tokens.clone());
        match &self.checks {
            Some((verifier, keys)) => tokens.with_verifier(verifier, keys.as_ref()),
            None => tokens,
        }
    }

    /// Gets the claims of this user, with the access token of the sign-in, and checks that they are about the user of the ID
    /// token (`OpenID` Connect Core 5.3.2).
    ///
    /// Fails with a [`ReplyError`](crate::error::ReplyError) where they are about somebody else. Later, with renewed tokens,
    /// that is [`TokenSet::user_info`].
    pub fn user_info(&self, client: &AuthenticationClient) -> Result<OidcUserInfo, Error> {
        let claims = client.signed_in(self)?.user_info()?;
        self.check_user_info(&claims)?;
        Ok(claims)
    }

    /// Checks that claims are about the user of the ID token: for those who get them without a client.
    pub fn check_user_info(&self, claims: &OidcUserInfo) -> Result<(), Error> {
        check_subject(claims, Some(&self.claims().sub))
    }
}
