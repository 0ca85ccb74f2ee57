//! The table of the API: the macro of its rows.

/// Declares the operations of a section, one row each. From a row come
///
/// - a constant, for those who do their own I/O;
/// - a method of the client, for those who do not;
/// - an entry of the register.
///
/// ```text
/// NAME = method "documentedName": Credential, VERB [form|multipart|repeatable|once] "/path", Input => Answer [as bare|either|or_redirect|http|empty];
/// ```
macro_rules! operations {
    (
        $client:ident, $section:literal;
        $(
            $(#[$meta:meta])*
            $name:ident = $method:ident $documented:literal: $access:ident,
            $verb:ident $($flag:ident)* $path:literal, $($input:ident)? => $answer:ty $(as $format:ident)?;
        )*
    ) => {
        $(
            $(#[$meta])*
            ///
            #[doc = concat!("`", stringify!($verb), " ", $path, "`, documented as `", $documented, "`. ", $crate::operation::table::access_doc!($access))]
            #[doc(alias = $documented)]
            pub const $name: $crate::Operation<$crate::operation::table::input_type!($($input)?), $answer, $crate::operation::table::access_type!($access)> =
                $crate::Operation::new(
                    concat!(stringify!($client), ".", $documented),
                    $crate::operation::table::verb!($verb),
                    $path,
                )
                .section($section)
                .credential($crate::Credential::$access)
                $( .$flag() )*
                $( .$format() )?;
        )*

        impl<C> $crate::$client<C> {
            $(
                $(#[$meta])*
                ///
                #[doc = concat!("`", stringify!($verb), " ", $path, "`. ", $crate::operation::table::access_doc!($access))]
                #[allow(deprecated)]
                pub fn $method(&self $(, input: &$input)?) -> ::core::result::Result<$answer, $crate::Error>
                where
                    Self: $crate::client::Runs<$crate::operation::table::access_type!($access)>,
                {
                    $crate::client::Runs::run(self, &$name, $crate::operation::table::input_value!($(input $input)?))
                }
            )*
        }

        /// The rows of this section.
        #[allow(deprecated)]
        pub(crate) const REGISTER: &[$crate::OperationInfo] = &[$( *$name.info(), )*];

        /// Shows each operation of this section, with its types.
        #[cfg(feature = "full-serde")]
        #[allow(deprecated)]
        pub(crate) fn visit<V: $crate::OperationVisitor>(visitor: &mut V) {
            $( visitor.visit($name); )*
        }
    };
}

macro_rules! input_type {
    () => {
        ()
    };
    ($input:ident) => {
        $input
    };
}

macro_rules! input_value {
    () => {
        &()
    };
    ($value:ident $input:ident) => {
        $value
    };
}

macro_rules! verb {
    (GET) => {
        $crate::Verb::Get
    };
    (POST) => {
        $crate::Verb::Post
    };
    (PUT) => {
        $crate::Verb::Put
    };
    (DELETE) => {
        $crate::Verb::Delete
    };
}

macro_rules! access_type {
    (User) => {
        $crate::app::access::User
    };
    (Administrator) => {
        $crate::app::access::Administrator
    };
    ($other:ident) => {
        $crate::app::access::Anyone
    };
}

macro_rules! access_doc {
    (None) => {
        "Anybody may call it."
    };
    (Application) => {
        "Needs no user."
    };
    (Client) => {
        "Needs no user; the application proves itself as it is configured."
    };
    (IntrospectionClient) => {
        "Needs no user; the application proves itself as it is configured for introspection."
    };
    (RevocationClient) => {
        "Needs no user; the application proves itself as it is configured for revocation."
    };
    (Input) => {
        "Needs a token in its input, which travels in the authorization header."
    };
    (UserOptional) => {
        "Takes the signed-in user where there is one."
    };
    (User) => {
        "Needs a signed-in user."
    };
    (Administrator) => {
        "Needs an administrator."
    };
}

pub(crate) use {access_doc, access_type, input_type, input_value, operations, verb};

/// Sees every operation with its types: for generic tools such as a command line. Whoever implements it compiles the
/// serialiser and parser of every operation.
#[cfg(feature = "full-serde")]
pub trait OperationVisitor {
    /// Sees one operation.
    fn visit<Q, R, A>(&mut self, operation: crate::Operation<Q, R, A>)
    where
        Q: serde::Serialize + serde::de::DeserializeOwned + 'static,
        R: serde::Serialize + serde::de::DeserializeOwned + 'static,
        A: crate::app::access::Access,
        crate::app::access::SignedIn: crate::app::access::Grants<A>;
}
