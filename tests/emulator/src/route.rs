//! The shape of the routing table, and what a handler gets to see of a request.

use axum::body::Bytes;
use axum::http::HeaderMap;
use serde_json::{Map, Value};

use crate::clock::Millis;
use crate::failure::{Answer, Failure, Reply, coded};
use crate::session::Visit;
use crate::state::World;
use crate::user::User;
use crate::validate::Field;

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Anybody, even without naming an application.
    Anyone,
    /// Whoever names the application.
    App,
    /// Whoever names the application; a user token counts if there is one.
    AppOrUser,
    /// A signed-in user.
    User,
    /// An administrator, by a management token or a signature.
    Management,
}

pub(crate) type Handler = fn(&mut Call<'_>) -> Answer;

/// One row of the routing table.
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) caller: Caller,
    pub(crate) fields: &'static [Field],
    pub(crate) run: Handler,
}

pub(crate) const fn get(path: &'static str, caller: Caller, fields: &'static [Field], run: Handler) -> Route {
    Route {
        method: "GET",
        path,
        caller,
        fields,
        run,
    }
}

pub(crate) const fn post(path: &'static str, caller: Caller, fields: &'static [Field], run: Handler) -> Route {
    Route {
        method: "POST",
        path,
        caller,
        fields,
        run,
    }
}

pub(crate) const fn put(path: &'static str, caller: Caller, fields: &'static [Field], run: Handler) -> Route {
    Route {
        method: "PUT",
        path,
        caller,
        fields,
        run,
    }
}

pub(crate) const fn delete(path: &'static str, caller: Caller, fields: &'static [Field], run: Handler) -> Route {
    Route {
        method: "DELETE",
        path,
        caller,
        fields,
        run,
    }
}

/// One request on its way through a handler.
pub(crate) struct Call<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) now: Millis,
    /// The body of the request, or its query if it has none.
    pub(crate) input: Map<String, Value>,
    /// The files of a multipart body; their names and types are in the input too.
    pub(crate) files: Vec<FilePart>,
    /// The variables of the path.
    pub(crate) path: Vec<(String, String)>,
    pub(crate) headers: &'a HeaderMap,
    /// The user whose token came with the request.
    pub(crate) session: Option<Session>,
}

/// A file in a multipart body.
#[derive(Debug, Clone)]
pub(crate) struct FilePart {
    /// The part's name.
    pub(crate) name: String,
    pub(crate) content: Bytes,
}

/// A signed-in user.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) user_id: String,
}

impl Call<'_> {
    /// A member of the input, its path written with dots.
    pub(crate) fn value(&self, path: &str) -> Option<&Value> {
        let mut steps = path.split('.');
        let first = self.input.get(steps.next()?)?;
        steps
            .try_fold(first, |value, step| value.get(step))
            .filter(|value| !value.is_null())
    }

    /// A text of the input; absent, null and empty are the same.
    pub(crate) fn maybe(&self, path: &str) -> Option<String> {
        self.value(path)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    }

    /// A text that the table of fields cannot require, because it depends on the rest of the request.
    pub(crate) fn needed(&self, path: &str) -> Result<String, Failure> {
        self.maybe(path)
            .ok_or_else(|| Failure::invalid(format!("{path} should not be empty")))
    }

    /// A text that the table of fields requires.
    pub(crate) fn text(&self, path: &str) -> String {
        self.maybe(path).unwrap_or_default()
    }

    pub(crate) fn flag(&self, path: &str) -> bool {
        self.value(path).and_then(Value::as_bool).unwrap_or_default()
    }

    pub(crate) fn texts(&self, path: &str) -> Vec<String> {
        let list = self.value(path).and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    }

    /// The content of a file in a multipart body.
    pub(crate) fn file(&self, name: &str) -> Option<&Bytes> {
        let file = self.files.iter().find(|file| file.name == name);
        file.map(|file| &file.content)
    }

    /// A variable of the path.
    pub(crate) fn variable(&self, name: &str) -> String {
        self.path
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.clone())
            .unwrap_or_default()
    }

    /// How many there are, and those of the page that the request asks for.
    pub(crate) fn page_of(&self, list: Vec<Value>) -> (usize, Vec<Value>) {
        let number = |name: &str| {
            self.value(name)
                .and_then(Value::as_u64)
                .and_then(|n| usize::try_from(n).ok())
        };
        let (page, limit) = (number("page").unwrap_or(1), number("limit").unwrap_or(10));
        let total = list.len();
        (
            total,
            list.into_iter()
                .skip((page.saturating_sub(1)).saturating_mul(limit))
                .take(limit)
                .collect(),
        )
    }

    /// The page that the request asks for, as most lists answer it.
    pub(crate) fn paged(&self, list: Vec<Value>) -> Reply {
        let (total, list) = self.page_of(list);
        Reply::Data(serde_json::json!({ "totalCount": total, "list": list }))
    }

    /// From where and how somebody signs in with this request.
    pub(crate) fn visit(&self, method: &'static str) -> Visit {
        Visit {
            method,
            user_agent: self.header("user-agent").unwrap_or_default().to_owned(),
            ip: self
                .maybe("options.clientIp")
                .or_else(|| self.header("x-real-ip").map(|ip| ip.trim().to_owned()))
                .filter(|ip| !ip.is_empty())
                .unwrap_or_else(|| "127.0.0.1".to_owned()),
        }
    }

    /// The signed-in user.
    pub(crate) fn user(&self) -> Result<&User, Failure> {
        let session = self.session.as_ref().ok_or(coded::NOT_SIGNED_IN)?;
        self.world.user(&session.user_id).ok_or(coded::NOT_SIGNED_IN)
    }

    pub(crate) fn user_id(&self) -> Result<String, Failure> {
        self.user().map(|user| user.id.clone())
    }

    /// The signed-in user, about to be changed.
    pub(crate) fn user_mut(&mut self) -> Result<&mut User, Failure> {
        let session = self.session.as_ref().ok_or(coded::NOT_SIGNED_IN)?;
        let user = self.world.user_mut(&session.user_id).ok_or(coded::NOT_SIGNED_IN)?;
        user.updated_at = self.now;
        Ok(user)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// One of the service's own headers, whichever of its two prefixes the client uses.
    pub(crate) fn service_header(&self, name: &str) -> Option<&str> {
        ["x-genauth-", "x-authing-"]
            .iter()
            .find_map(|prefix| self.header(&format!("{prefix}{name}")))
    }

    /// The content of `Authorization`, if it is of this scheme.
    pub(crate) fn authorization(&self, scheme: &str) -> Option<&str> {
        let (found, value) = self.header("authorization")?.trim().split_once(' ')?;
        found.eq_ignore_ascii_case(scheme).then_some(value.trim())
    }

    /// A token that came with or without `Bearer`.
    pub(crate) fn bearer(&self) -> Option<&str> {
        self.authorization("bearer")
            .or_else(|| self.header("authorization").map(str::trim))
            .filter(|token| !token.is_empty())
    }
}
