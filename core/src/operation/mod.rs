//! One call of the API as a value: verb, path, who may call it, what goes in, what comes out.

use std::fmt;
use std::marker::PhantomData;

use http::{HeaderMap, Request, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

mod info;
pub mod reply;
pub(crate) mod request;
mod spread;
pub(crate) mod table;

pub use info::{BodyFormat, Credential, OperationInfo, ReplyFormat, Verb};
pub use reply::Reply;

use crate::app::access::{Access, AccessKind, Grants, credential};
use crate::error::Error;

/// One call of the API: `Q` goes in, `R` comes out, and the caller must be granted `A`.
///
/// Each documented operation is a constant in its section, for instance
/// [`BIND_EMAIL`](crate::authentication::profile::BIND_EMAIL). It builds the [`request`](Self::request) and reads the
/// [`reply`](Self::reply); who carries the one away and brings the other back is up to you.
///
/// ```
/// use genauth_core::App;
/// use genauth_core::authentication::profile::{BIND_EMAIL, BindEmailDto};
///
/// let app = App::new("https://example.genauth.ai", "APP_ID")?;
/// let request = BIND_EMAIL.request(&app.signed_in("ACCESS_TOKEN")?, &BindEmailDto::new("test@example.com", "123456"))?;
/// assert_eq!(request.uri(), "https://example.genauth.ai/api/v3/bind-email");
///
/// let response = http::Response::new(br#"{"statusCode":200,"message":""}"#.to_vec());
/// BIND_EMAIL.reply(&response)?;
/// # Ok::<(), genauth_core::Error>(())
/// ```
///
/// An operation that this SDK does not have yet is made by hand:
///
/// ```
/// use genauth_core::access::User;
/// use genauth_core::{Operation, Verb};
///
/// const NEW: Operation<(), serde_json::Value, User> = Operation::new("getSomethingNew", Verb::Get, "/api/v3/get-something-new");
/// ```
pub struct Operation<Q, R, A> {
    info: OperationInfo,
    types: PhantomData<fn(Q, A) -> R>,
}

impl<Q, R, A> Clone for Operation<Q, R, A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Q, R, A> Copy for Operation<Q, R, A> {}

impl<Q, R, A> fmt::Debug for Operation<Q, R, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Operation").field(&self.info).finish()
    }
}

impl<Q, R, A: Access> Operation<Q, R, A> {
    /// An operation by its name, verb and path. Its body is JSON, its answer the envelope; only a GET is repeatable.
    pub const fn new(name: &'static str, verb: Verb, path: &'static str) -> Self {
        let info = OperationInfo {
            name,
            section: "",
            verb,
            path,
            access: A::KIND,
            credential: match A::KIND {
                AccessKind::Anyone => Credential::Application,
                AccessKind::User => Credential::User,
                AccessKind::Administrator => Credential::Administrator,
            },
            body: BodyFormat::Json,
            reply: ReplyFormat::Envelope,
            repeatable: matches!(verb, Verb::Get),
        };
        Self {
            info,
            types: PhantomData,
        }
    }

    /// Sets the section it is listed under.
    pub const fn section(mut self, section: &'static str) -> Self {
        self.info.section = section;
        self
    }

    /// The body is a form.
    pub const fn form(mut self) -> Self {
        self.info.body = BodyFormat::Form;
        self
    }

    /// The body is `multipart/form-data`.
    pub const fn multipart(mut self) -> Self {
        self.info.body = BodyFormat::Multipart;
        self
    }

    /// Carrying it out twice does no harm, so that a client may repeat it.
    pub const fn repeatable(mut self) -> Self {
        self.info.repeatable = true;
        self
    }

    /// Carrying it out twice does harm, although it is a GET.
    pub const fn once(mut self) -> Self {
        self.info.repeatable = false;
        self
    }

    /// Sets how a request proves who sends it.
    pub const fn credential(mut self, credential: Credential) -> Self {
        self.info.credential = credential;
        self
    }

    /// The answer is JSON without an envelope.
    pub const fn bare(mut self) -> Self {
        self.info.reply = ReplyFormat::Bare;
        self
    }

    /// The answer comes in an envelope or without one.
    pub const fn either(mut self) -> Self {
        self.info.reply = ReplyFormat::Either;
        self
    }

    /// The answer comes in the envelope, or is a redirect whose place becomes `url`.
    pub const fn or_redirect(mut self) -> Self {
        self.info.reply = ReplyFormat::EnvelopeOrRedirect;
        self
    }

    /// The answer is not JSON: see [`HttpReply`](crate::operation::reply::HttpReply).
    pub const fn http(mut self) -> Self {
        self.info.reply = ReplyFormat::Http;
        self
    }

    /// A successful answer may be empty.
    pub const fn empty(mut self) -> Self {
        self.info.reply = ReplyFormat::Empty;
        self
    }

    /// The same operation with another type for the answer: your own fields, or raw [`serde_json::Value`].
    pub const fn reply_as<T>(self) -> Operation<Q, T, A> {
        Operation {
            info: self.info,
            types: PhantomData,
        }
    }

    /// The same operation with another type for the input.
    pub const fn input_as<T>(self) -> Operation<T, R, A> {
        Operation {
            info: self.info,
            types: PhantomData,
        }
    }

    /// The same operation with another idea of who may call it, for generic tools that learn only at run time what an
    /// operation needs. What is sent of the caller stays as it was.
    pub const fn with_access<B>(self) -> Operation<Q, R, B> {
        Operation {
            info: self.info,
            types: PhantomData,
        }
    }

    /// What is known about it apart from its types.
    pub const fn info(&self) -> &OperationInfo {
        &self.info
    }

    /// The request that carries it out for this caller.
    ///
    /// Fails with [`Error::Request`] where a value cannot be sent, such as an empty value for a part of the path.
    pub fn request<C: Grants<A>>(&self, caller: &C, input: &Q) -> Result<Request<Vec<u8>>, Error>
    where
        Q: Serialize,
    {
        let written = request::write(&self.info, input);
        let request = written.and_then(|input| request::build(&self.info, caller.app(), credential(caller), input));
        request.map_err(|error| error.at(self.info.name, caller.app().host()))
    }

    /// What the answer says: the result, or the error that the service reports.
    pub fn reply<B: AsRef<[u8]>>(&self, response: &Response<B>) -> Result<R, Error>
    where
        R: DeserializeOwned,
    {
        reply::read(
            &self.info,
            response.status(),
            response.headers(),
            response.body().as_ref(),
        )
        .map(|reply| reply.data)
    }

    /// The same as [`reply`](Self::reply), with what stands around the result: message, request id, headers.
    pub fn full_reply<B: AsRef<[u8]>>(&self, response: &Response<B>) -> Result<Reply<R>, Error>
    where
        R: DeserializeOwned,
    {
        let mut reply = reply::read(
            &self.info,
            response.status(),
            response.headers(),
            response.body().as_ref(),
        )?;
        reply.headers = HeaderMap::clone(response.headers());
        Ok(reply)
    }
}
