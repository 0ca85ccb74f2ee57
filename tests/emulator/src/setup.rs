//! What a test sets up and takes away, for the Rust API and the control endpoints alike.

use serde_json::{Map, Value};

use crate::session::Visit;
use crate::setup_error::SetupError;
use crate::state::World;
use crate::totp;
use crate::user::{User, check_member};

impl World {
    pub(crate) fn known_user(&self, user_id: &str) -> Result<&User, SetupError> {
        self.user(user_id)
            .ok_or_else(|| SetupError::UnknownUser(user_id.to_owned()))
    }

    /// Sets members of a user's profile, or none of them.
    pub(crate) fn set_user_fields(&mut self, user_id: &str, fields: &Map<String, Value>) -> Result<(), SetupError> {
        self.known_user(user_id)?;
        fields.iter().try_for_each(|(name, value)| check_member(name, value))?;
        if let Some((member, value)) = self.taken(fields, Some(user_id)) {
            let member = member.to_owned();
            return Err(SetupError::Taken { member, value });
        }
        let now = self.now();
        if let Some(user) = self.user_mut(user_id) {
            for (name, value) in fields {
                user.set(name, value.clone());
            }
            user.updated_at = now;
        }
        Ok(())
    }

    /// The access token of a sign-in without a question.
    pub(crate) fn access_token(&mut self, user_id: &str, scope: &str) -> Result<String, SetupError> {
        self.known_user(user_id)?;
        let visit = Visit {
            method: "loginByTest",
            user_agent: String::new(),
            ip: "127.0.0.1".to_owned(),
        };
        let set = self.sign_in(user_id, scope, &visit)?;
        let token = set.get("access_token").and_then(Value::as_str);
        token
            .map(str::to_owned)
            .ok_or_else(|| SetupError::Refused("there is no access token".to_owned()))
    }

    pub(crate) fn grant_role(&mut self, user_id: &str, namespace: &str, code: &str) -> Result<String, SetupError> {
        self.known_user(user_id)?;
        let role = self.directory.role(namespace, code);
        if !role.members.iter().any(|member| member == user_id) {
            role.members.push(user_id.to_owned());
        }
        Ok(role.id.clone())
    }

    pub(crate) fn add_ext_idp(&mut self, identifier: &str, provider: &str) -> Result<String, SetupError> {
        if self.directory.ext_idp(identifier).is_some() {
            return Err(SetupError::Taken {
                member: "identifier".to_owned(),
                value: identifier.to_owned(),
            });
        }
        Ok(self.directory.add_ext_idp(identifier, provider))
    }

    pub(crate) fn link_identity(
        &mut self,
        user_id: &str,
        ext_idp: &str,
        account_there: &str,
    ) -> Result<(), SetupError> {
        self.known_user(user_id)?;
        let source = self.directory.ext_idp(ext_idp);
        let source = source.ok_or_else(|| SetupError::UnknownExtIdp(ext_idp.to_owned()))?;
        let (source_id, identity) = (source.id.clone(), source.identity(account_there));
        if self.user_linked_to(&source_id, account_there).is_some() {
            return Err(SetupError::Taken {
                member: "userIdInIdp".to_owned(),
                value: account_there.to_owned(),
            });
        }
        if let Some(user) = self.user_mut(user_id) {
            user.identities.push(identity);
        }
        Ok(())
    }

    pub(crate) fn add_public_account(&mut self, user_id: &str, account_id: &str) -> Result<(), SetupError> {
        self.known_user(user_id)?;
        self.known_user(account_id)?;
        let pair = (user_id.to_owned(), account_id.to_owned());
        self.directory.public_accounts.push(pair);
        Ok(())
    }

    /// The code by which this user can show a second factor now, if it is one of an authenticator.
    pub(crate) fn totp_code_of(&self, user_id: &str) -> Option<String> {
        let secret = self.mfa.totp_secret(user_id)?;
        Some(totp::code(secret, self.now()))
    }
}
