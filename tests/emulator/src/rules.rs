//! Rules of the user pool and the application that a test can switch on, also while the emulator runs.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::clock::{Millis, millis};
use crate::failure::{Failure, coded};
use crate::setup_error::SetupError;

/// Rules that can be switched on, before the start ([`Builder::rules`](crate::Builder::rules)) and while the emulator runs
/// ([`Emulator::set_rules`](crate::Emulator::set_rules)). Without any of them it is as lenient as the service is by default.
///
/// ```
/// use std::time::Duration;
/// use genauth_emulator::{Emulator, PasswordPolicy, Rules};
///
/// # fn main() -> std::io::Result<()> {
/// let rules = Rules::new()
///     .password_policy(PasswordPolicy::new(10, 3))
///     .lock_out(5, Some(Duration::from_secs(600)));
/// let emulator = Emulator::builder().rules(rules).start()?;
/// # drop(emulator);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rules {
    pub(crate) password_policy: PasswordPolicy,
    pub(crate) lock_out: Option<LockOut>,
    pub(crate) captcha: Captcha,
    pub(crate) first_password: bool,
    pub(crate) second_factor: SecondFactor,
    pub(crate) strict_redirect_uris: bool,
    pub(crate) profile_by_scope: bool,
    pub(crate) allowed_origins: Vec<String>,
}

/// What a new password must be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordPolicy {
    length: usize,
    kinds: u8,
}

impl PasswordPolicy {
    /// At least so many characters, of at least so many of the four kinds: small letters, capitals, digits, others.
    /// Shorter ones fail with `apiCode` 2029, plainer ones with 2061.
    pub fn new(length: usize, kinds: u8) -> Self {
        Self {
            length,
            kinds: kinds.min(4),
        }
    }
}

/// Six characters of any kind.
impl Default for PasswordPolicy {
    fn default() -> Self {
        Self::new(6, 1)
    }
}

/// When an account is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LockOut {
    pub(crate) failures: u32,
    pub(crate) lasts: Option<Duration>,
}

/// When signing in with a password needs the letters of a picture, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Captcha {
    /// Never. Letters that are sent nevertheless have to be right.
    #[default]
    Never,
    /// After so many wrong passwords of an account in a row.
    AfterFailures(u32),
    /// Always.
    Always,
}

/// Who has to show a second factor, on the sign-in page. The API's own sign-in cannot ask for it and answers with `apiCode`
/// 1635 or 1636 and the data for the next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SecondFactor {
    /// Nobody.
    #[default]
    Nobody,
    /// Whoever has enrolled one (1635).
    Enrolled,
    /// Everybody (1636). Who has enrolled none gets a code by e-mail or SMS; who has no address either cannot sign in.
    Everybody,
}

const CAPTCHAS: &[&str] = &["never", "afterFailures", "always"];
const FACTORS: &[(SecondFactor, &str)] = &[
    (SecondFactor::Nobody, "nobody"),
    (SecondFactor::Enrolled, "enrolled"),
    (SecondFactor::Everybody, "everybody"),
];

impl Rules {
    /// No rule is switched on.
    pub fn new() -> Self {
        Self::default()
    }

    /// What new passwords must be like; six characters unless told otherwise.
    pub fn password_policy(mut self, policy: PasswordPolicy) -> Self {
        self.password_policy = policy;
        self
    }

    /// Locks an account (`apiCode` 2005) after so many wrong passwords in a row, for this time of the emulator's clock, or
    /// until [`Emulator::unlock`](crate::Emulator::unlock).
    pub fn lock_out(mut self, failures: u32, lasts: Option<Duration>) -> Self {
        self.lock_out = Some(LockOut {
            failures: failures.max(1),
            lasts,
        });
        self
    }

    /// When signing in needs the letters of a picture (`apiCode` 2000).
    pub fn captcha(mut self, captcha: Captcha) -> Self {
        self.captcha = captcha;
        self
    }

    /// Makes users whose `resetPasswordOnNextLogin` is set choose a new password, on the sign-in page; the API's own sign-in
    /// answers with `apiCode` 1639.
    pub fn first_password(mut self, demanded: bool) -> Self {
        self.first_password = demanded;
        self
    }

    /// Who has to show a second factor.
    pub fn second_factor(mut self, who: SecondFactor) -> Self {
        self.second_factor = who;
        self
    }

    /// Sends browsers back to registered addresses only; those of this machine have to be registered, too.
    pub fn strict_redirect_uris(mut self, strict: bool) -> Self {
        self.strict_redirect_uris = strict;
        self
    }

    /// Shows in a profile only what the scope of the access token allows.
    pub fn profile_by_scope(mut self, filtered: bool) -> Self {
        self.profile_by_scope = filtered;
        self
    }

    /// Lets pages of this origin (`https://app.example.com`, or `*` for all) call from a browser. Can be called more than
    /// once.
    pub fn allow_origin(mut self, origin: impl Into<String>) -> Self {
        self.allowed_origins.push(origin.into());
        self
    }

    pub(crate) fn allows_origin(&self, origin: &str) -> bool {
        self.allowed_origins
            .iter()
            .any(|allowed| allowed == "*" || allowed.trim_end_matches('/') == origin)
    }

    /// Refuses a password that may not be set.
    pub(crate) fn check_new_password(&self, password: &str) -> Result<(), Failure> {
        let PasswordPolicy { length, kinds } = self.password_policy;
        if password.chars().count() < length {
            return Err(Failure {
                message: format!("The password must have at least {length} characters").into(),
                ..coded::PASSWORD_TOO_SHORT
            });
        }
        let present = [
            password.chars().any(char::is_lowercase),
            password.chars().any(char::is_uppercase),
            password.chars().any(|c| c.is_ascii_digit()),
            password.chars().any(|c| !c.is_alphanumeric()),
        ];
        if present.into_iter().filter(|present| *present).count() < usize::from(kinds) {
            return Err(coded::PASSWORD_TOO_PLAIN);
        }
        Ok(())
    }

    pub(crate) fn to_json(&self) -> Value {
        let (captcha, failures) = match self.captcha {
            Captcha::Never => ("never", None),
            Captcha::AfterFailures(failures) => ("afterFailures", Some(failures)),
            Captcha::Always => ("always", None),
        };
        let factor = FACTORS.iter().find(|(who, _)| *who == self.second_factor);
        json!({
            "passwordPolicy": { "length": self.password_policy.length, "kinds": self.password_policy.kinds },
            "lockOut": self.lock_out.map(|rule| json!({
                "failures": rule.failures,
                "seconds": rule.lasts.map(|lasts| lasts.as_secs()),
            })),
            "captcha": captcha,
            "captchaFailures": failures,
            "firstPassword": self.first_password,
            "secondFactor": factor.map(|(_, name)| name),
            "strictRedirectUris": self.strict_redirect_uris,
            "profileByScope": self.profile_by_scope,
            "allowedOrigins": self.allowed_origins,
        })
    }

    /// These rules with what the members change; all of it or nothing.
    pub(crate) fn changed(&self, members: &Map<String, Value>) -> Result<Self, SetupError> {
        let mut rules = self.clone();
        let unfit = |name: &str| SetupError::Malformed(format!("{name} does not have a value that fits"));
        let number = |value: &Value| value.as_u64().and_then(|number| u32::try_from(number).ok());
        for (name, value) in members {
            let unfit = || unfit(name);
            let flag = || value.as_bool().ok_or_else(unfit);
            match name.as_str() {
                "passwordPolicy" => {
                    let members = value.as_object().ok_or_else(unfit)?;
                    let mut policy = rules.password_policy;
                    for (name, value) in members {
                        let value = number(value).ok_or_else(unfit)?;
                        match name.as_str() {
                            "length" => policy.length = usize::try_from(value).unwrap_or(usize::MAX),
                            "kinds" => policy.kinds = u8::try_from(value).ok().filter(|n| *n <= 4).ok_or_else(unfit)?,
                            _ => return Err(SetupError::UnknownMember(format!("passwordPolicy.{name}"))),
                        }
                    }
                    rules.password_policy = policy;
                }
                "lockOut" if value.is_null() => rules.lock_out = None,
                "lockOut" => {
                    let members = value.as_object().ok_or_else(unfit)?;
                    if let Some(name) = members
                        .keys()
                        .find(|name| !["failures", "seconds"].contains(&name.as_str()))
                    {
                        return Err(SetupError::UnknownMember(format!("lockOut.{name}")));
                    }
                    let failures = members.get("failures").and_then(number).filter(|count| *count > 0);
                    let lasts = match members.get("seconds") {
                        None | Some(Value::Null) => None,
                        Some(seconds) => Some(Duration::from_secs(seconds.as_u64().ok_or_else(unfit)?)),
                    };
                    rules = rules.lock_out(failures.ok_or_else(unfit)?, lasts);
                }
                "captcha" => {
                    let name = value
                        .as_str()
                        .filter(|name| CAPTCHAS.contains(name))
                        .ok_or_else(unfit)?;
                    rules.captcha = match name {
                        "never" => Captcha::Never,
                        "always" => Captcha::Always,
                        _ => Captcha::AfterFailures(members.get("captchaFailures").and_then(number).ok_or_else(unfit)?),
                    };
                }
                "captchaFailures" => {
                    if !value.is_null() && !members.contains_key("captcha") {
                        return Err(unfit());
                    }
                }
                "firstPassword" => rules.first_password = flag()?,
                "secondFactor" => {
                    let named = FACTORS.iter().find(|(_, name)| value.as_str() == Some(name));
                    rules.second_factor = named.ok_or_else(unfit)?.0;
                }
                "strictRedirectUris" => rules.strict_redirect_uris = flag()?,
                "profileByScope" => rules.profile_by_scope = flag()?,
                "allowedOrigins" => {
                    let list = value.as_array().ok_or_else(unfit)?;
                    let origins: Option<Vec<_>> = list.iter().map(|one| one.as_str().map(str::to_owned)).collect();
                    rules.allowed_origins = origins.ok_or_else(unfit)?;
                }
                _ => return Err(SetupError::UnknownMember(name.clone())),
            }
        }
        Ok(rules)
    }
}

/// The wrong passwords of each user since the last right one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Attempts(HashMap<String, Failed>);

#[derive(Debug, Clone, Default)]
struct Failed {
    count: u32,
    last: Millis,
}

impl Attempts {
    pub(crate) fn fail(&mut self, user_id: &str, rules: &Rules, now: Millis) {
        // Failures from before a lock that is over count no more.
        if self.lock_is_over(user_id, rules, now) {
            self.forget(user_id);
        }
        let failed = self.0.entry(user_id.to_owned()).or_default();
        failed.count = failed.count.saturating_add(1);
        failed.last = now;
    }

    pub(crate) fn forget(&mut self, user_id: &str) {
        self.0.remove(user_id);
    }

    pub(crate) fn count(&self, user_id: &str) -> u32 {
        self.0.get(user_id).map_or(0, |failed| failed.count)
    }

    pub(crate) fn is_locked(&self, user_id: &str, rules: &Rules, now: Millis) -> bool {
        let reached = rules.lock_out.is_some_and(|rule| self.count(user_id) >= rule.failures);
        reached && !self.lock_is_over(user_id, rules, now)
    }

    fn lock_is_over(&self, user_id: &str, rules: &Rules, now: Millis) -> bool {
        let (Some(rule), Some(failed)) = (rules.lock_out, self.0.get(user_id)) else {
            return false;
        };
        failed.count >= rule.failures
            && rule
                .lasts
                .is_some_and(|lasts| now >= failed.last.saturating_add(millis(lasts)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(members: Value) -> Result<Rules, SetupError> {
        let Value::Object(members) = members else {
            panic!("not an object")
        };
        Rules::new().changed(&members)
    }

    #[test]
    fn are_written_as_they_are_read() {
        let rules = Rules::new()
            .password_policy(PasswordPolicy::new(8, 3))
            .lock_out(3, Some(Duration::from_secs(60)))
            .captcha(Captcha::AfterFailures(2))
            .first_password(true)
            .second_factor(SecondFactor::Everybody)
            .strict_redirect_uris(true)
            .profile_by_scope(true)
            .allow_origin("https://app.example.com");
        assert_eq!(change(rules.to_json()), Ok(rules));
        assert_eq!(change(Rules::new().to_json()), Ok(Rules::new()));
    }

    #[test]
    fn refuse_what_they_do_not_know() {
        for bad in [
            json!({ "captch": "always" }),
            json!({ "captcha": "sometimes" }),
            json!({ "captcha": "afterFailures" }),
            json!({ "captchaFailures": 3 }),
            json!({ "lockOut": { "failures": 0 } }),
            json!({ "lockOut": { "failures": 1, "minutes": 1 } }),
            json!({ "passwordPolicy": { "kinds": 5 } }),
            json!({ "passwordPolicy": 6 }),
            json!({ "firstPassword": "yes" }),
            json!({ "allowedOrigins": "https://app.example.com" }),
        ] {
            assert!(change(bad.clone()).is_err(), "{bad}");
        }
    }

    #[test]
    fn count_kinds_of_characters() {
        let rules = Rules::new().password_policy(PasswordPolicy::new(8, 3));
        assert_eq!(rules.check_new_password("aB3").unwrap_err().api_code, Some(2029));
        assert_eq!(rules.check_new_password("abcdefg1").unwrap_err().api_code, Some(2061));
        assert!(rules.check_new_password("abcdEfg1").is_ok());
        assert!(Rules::new().check_new_password("aaaaaa").is_ok());
    }
}
