//! Every operation of the register behind one type, so that tests can go through all of them.

use std::any::TypeId;
use std::fmt;
use std::sync::OnceLock;

use genauth_core::access::{Access, Anyone, Grants, SignedIn};
use genauth_core::http::{Request, Response};
use genauth_core::reply::Reply;
use genauth_core::{App, Error, Operation, OperationInfo, OperationVisitor, visit_operations};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(crate) enum Who<'a> {
    Nobody(&'a App),
    User(&'a SignedIn),
}

/// Why there is no request.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The input's type does not hold these parameters.
    Params(String),
    Request(Error),
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Params(problem) => write!(f, "no such parameters: {problem}"),
            Self::Request(error) => error.fmt(f),
        }
    }
}

type Build = Box<dyn Fn(Who<'_>, &Value) -> Result<Request<Vec<u8>>, Refused> + Send + Sync>;
type Read = Box<dyn Fn(&Response<Vec<u8>>) -> Result<Reply<Value>, Error> + Send + Sync>;
type Convert = Box<dyn Fn(&Value) -> Result<Value, String> + Send + Sync>;

/// An operation whose types only its functions know.
pub(crate) struct Op {
    pub(crate) info: OperationInfo,
    build: Build,
    read: Read,
    input: Convert,
    answer: Convert,
}

impl Op {
    /// The request for these parameters.
    pub(crate) fn request(&self, who: Who<'_>, params: &Value) -> Result<Request<Vec<u8>>, Refused> {
        (self.build)(who, params)
    }

    /// The answer as its type holds it.
    pub(crate) fn reply(&self, response: &Response<Vec<u8>>) -> Result<Value, Error> {
        (self.read)(response).map(|reply| reply.data)
    }

    /// The answer with what stands around it.
    pub(crate) fn full_reply(&self, response: &Response<Vec<u8>>) -> Result<Reply<Value>, Error> {
        (self.read)(response)
    }

    /// The parameters, read into the input's type and written again.
    pub(crate) fn input(&self, params: &Value) -> Result<Value, String> {
        (self.input)(params)
    }

    /// The answer, read into its type and written again.
    pub(crate) fn answer(&self, answer: &Value) -> Result<Value, String> {
        (self.answer)(answer)
    }
}

/// Every operation.
pub(crate) fn all() -> &'static [Op] {
    static ALL: OnceLock<Vec<Op>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut collect = Collect(Vec::new());
        visit_operations(&mut collect);
        collect.0
    })
}

/// The operation of this name.
pub(crate) fn named(name: &str) -> &'static Op {
    all()
        .iter()
        .find(|op| op.info.name == name)
        .unwrap_or_else(|| panic!("{name} is not in the register"))
}

struct Collect(Vec<Op>);

impl OperationVisitor for Collect {
    fn visit<Q, R, A>(&mut self, operation: Operation<Q, R, A>)
    where
        Q: Serialize + DeserializeOwned + 'static,
        R: Serialize + DeserializeOwned + 'static,
        A: Access,
        SignedIn: Grants<A>,
    {
        let for_anybody = operation.with_access::<Anyone>();
        self.0.push(Op {
            info: *operation.info(),
            build: Box::new(move |who, params| {
                let input: Q = read(params).map_err(Refused::Params)?;
                match who {
                    Who::Nobody(app) => for_anybody.request(app, &input),
                    Who::User(user) => operation.request(user, &input),
                }
                .map_err(Refused::Request)
            }),
            read: Box::new(move |response| {
                let reply = operation.full_reply(response)?;
                let data = serde_json::to_value(&reply.data).unwrap();
                // The envelope is kept; only the result changes its type.
                let mut generic = Operation::<(), Value, Anyone>::new(
                    operation.info().name,
                    operation.info().verb,
                    operation.info().path,
                )
                .full_reply(&Response::new(br#"{"statusCode":200}"#.to_vec()))?;
                generic.data = data;
                generic.status_code = reply.status_code;
                generic.message = reply.message;
                generic.api_code = reply.api_code;
                generic.request_id = reply.request_id;
                generic.http_status = reply.http_status;
                generic.headers = reply.headers;
                Ok(generic)
            }),
            input: Box::new(convert::<Q>),
            answer: Box::new(convert::<R>),
        });
    }
}

fn read<T: DeserializeOwned + 'static>(value: &Value) -> Result<T, String> {
    // No parameters at all are an empty object outside and nothing inside.
    let nothing = TypeId::of::<T>() == TypeId::of::<()>() && value.as_object().is_some_and(serde_json::Map::is_empty);
    let value = if nothing { Value::Null } else { value.clone() };
    serde_json::from_value(value).map_err(|error| error.to_string())
}

fn convert<T: DeserializeOwned + Serialize + 'static>(value: &Value) -> Result<Value, String> {
    Ok(serde_json::to_value(read::<T>(value)?).unwrap())
}
