//! What is known about an operation apart from its types.

use crate::app::access::AccessKind;

/// How a request proves who sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Credential {
    /// Not at all.
    None,
    /// By the application's id, which every request of the authentication API carries.
    Application,
    /// By the application's id and secret, as it is [configured](crate::App::with_client_authentication).
    Client,
    /// The same, as it is configured for asking what a token is worth.
    IntrospectionClient,
    /// The same, as it is configured for revoking tokens.
    RevocationClient,
    /// By the signed-in user's token, where somebody is signed in.
    UserOptional,
    /// By the signed-in user's token.
    User,
    /// By a user's token that stands in the input, as `access_token`; it travels in the authorization header.
    Input,
    /// By the administrator's token, or a signature.
    Administrator,
}

impl Credential {
    /// The word of the documentation for it: `none`, `app`, `user-optional`, `user`, `administrator`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Application | Self::Client | Self::IntrospectionClient | Self::RevocationClient => "app",
            Self::UserOptional => "user-optional",
            Self::User | Self::Input => "user",
            Self::Administrator => "administrator",
        }
    }

    /// Who may call an operation that needs this.
    pub const fn access(self) -> AccessKind {
        match self {
            Self::User => AccessKind::User,
            Self::Administrator => AccessKind::Administrator,
            _ => AccessKind::Anyone,
        }
    }
}

/// The verb of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verb {
    /// `GET`: the input travels in the query.
    Get,
    /// `POST`: the input travels in the body.
    Post,
    /// `PUT`: the input travels in the body.
    Put,
    /// `DELETE`: the input travels in the query.
    Delete,
}

impl Verb {
    /// The verb as it stands on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }

    pub(crate) fn method(self) -> http::Method {
        match self {
            Self::Get => http::Method::GET,
            Self::Post => http::Method::POST,
            Self::Put => http::Method::PUT,
            Self::Delete => http::Method::DELETE,
        }
    }
}

/// How the body of an operation is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BodyFormat {
    /// `application/json`.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data`; the field `file` is a file part.
    Multipart,
}

/// How the answer of an operation is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReplyFormat {
    /// The envelope `{statusCode, message, data}`; the result is `data`.
    Envelope,
    /// JSON without an envelope; a failure may come in one nevertheless.
    Bare,
    /// An envelope or bare JSON, whichever comes: the documents do not say, or servers differ.
    Either,
    /// The envelope, or a redirect: then the result is `{"url": ..}`, the place it leads to.
    EnvelopeOrRedirect,
    /// Not JSON: status, headers and text are the result.
    Http,
    /// A success needs no body; a failure is JSON.
    Empty,
}

/// What is known about an operation apart from its types. Travels in the extensions of every request, so that transports
/// can log and count by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct OperationInfo {
    /// The documented name with its client, such as `AuthenticationClient.bindEmail`.
    pub name: &'static str,
    /// The section of the API it stands in, such as `profile`.
    pub section: &'static str,
    /// The verb.
    pub verb: Verb,
    /// The path. `{name}` stands for a field of the input; names behind `?` are the fields that travel in the query where
    /// the rest travels in the body.
    pub path: &'static str,
    /// Who may call it.
    pub access: AccessKind,
    /// How a request proves who sends it.
    pub credential: Credential,
    /// How the body is written.
    pub body: BodyFormat,
    /// How the answer is read.
    pub reply: ReplyFormat,
    /// Whether it does no harm when it is carried out twice.
    pub repeatable: bool,
}

impl OperationInfo {
    /// The path without the names of the fields that travel in the query.
    pub fn path_template(&self) -> &'static str {
        self.path.split_once('?').map_or(self.path, |(path, _)| path)
    }
}
