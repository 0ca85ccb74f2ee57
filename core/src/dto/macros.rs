//! The macros that declare DTOs.

/// Declares an input. What is an `Option` or a `Patch` has a setter of its own name; the other fields make up `new`.
/// The fields of what is marked `#[wire = "*"]` stand in its place.
macro_rules! input {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $(
                $(#[doc = $doc:literal])*
                $(#[alias = $alias:literal])?
                $(#[wire = $wire:literal])?
                pub $field:ident: $wrap:ident $(<$inner:ty>)?
            ),* $(,)?
        }
    ) => {
        $crate::dto::macros::record!(
            $(#[$meta])*
            pub struct $name {
                $(
                    $(#[doc = $doc])*
                    $(#[alias = $alias])?
                    $(#[wire = $wire])?
                    pub $field: $wrap $(<$inner>)?
                ),*
            }
        );

        #[allow(clippy::new_without_default, clippy::too_many_arguments)]
        impl $name {
            $crate::dto::macros::new!([] [] $( $field: $wrap $(<$inner>)?, )*);

            $( $crate::dto::macros::setter!($field: $wrap $(<$inner>)?; $($doc)*); )*
        }
    };
}

/// Declares an input that is made by functions of its own.
macro_rules! record {
    (
        $(#[$meta:meta])*
        $of:vis struct $name:ident {
            $(
                $(#[doc = $doc:literal])*
                $(#[alias = $alias:literal])?
                $(#[wire = $wire:literal])?
                $vis:vis $field:ident: $type:ty
            ),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone)]
        #[non_exhaustive]
        $of struct $name {
            $(
                $(#[doc = $doc])*
                $(#[doc(alias = $alias)])?
                $vis $field: $type,
            )*
        }

        $crate::dto::macros::fields!($name: $( $field ($($wire)?), )*);
        $crate::dto::macros::object!($name);
        $crate::dto::macros::written!($name);

        $crate::dto::macros::given!($name: $( $field ($($wire)?), )*);
    };
}

/// Declares an input that goes onto the wire as another one, which is made of it by `From`.
macro_rules! shorthand {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $(
                $(#[doc = $doc:literal])*
                $(#[wire = $name_on_wire:literal])?
                pub $field:ident: $wrap:ident $(<$inner:ty>)?
            ),* $(,)?
        }

        type Wire = $wire:ident;
    ) => {
        $(#[$meta])*
        ///
        #[doc = concat!("Goes onto the wire as [`", stringify!($wire), "`].")]
        #[derive(Debug, Clone)]
        #[non_exhaustive]
        pub struct $name {
            $(
                $(#[doc = $doc])*
                pub $field: $wrap $(<$inner>)?,
            )*
        }

        impl $name {
            $crate::dto::macros::new!([] [] $( $field: $wrap $(<$inner>)?, )*);

            $( $crate::dto::macros::setter!($field: $wrap $(<$inner>)?; $($doc)*); )*
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
                serde::Serialize::serialize(&$wire::from(self.clone()), serializer)
            }
        }

        $crate::dto::macros::given!($name: $( $field ($($name_on_wire)?), )*);
    };
}

/// What is read field by field, for generic tools.
macro_rules! given {
    ($name:ident: $( $field:ident $wire:tt, )*) => {
        #[cfg(feature = "full-serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> ::core::result::Result<Self, D::Error> {
                #[allow(unused_mut)]
                let mut fields = $crate::dto::given::Fields::read(deserializer)?;
                Ok(Self {
                    $( $field: fields.take(const { &$crate::dto::macros::wire_name!($field $wire) })?, )*
                })
            }
        }
    };
}

/// Declares an answer: every field is an `Option` or a `Vec`.
macro_rules! answer {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $(
                $(#[doc = $doc:literal])*
                $(#[alias = $alias:literal])?
                $(#[wire = $wire:literal])?
                pub $field:ident: $type:ty
            ),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default)]
        #[non_exhaustive]
        pub struct $name {
            $(
                $(#[doc = $doc])*
                $(#[doc(alias = $alias)])?
                pub $field: $type,
            )*
        }

        $crate::dto::macros::fields!($name: $( $field ($($wire)?), )*);
        $crate::dto::macros::filled!($name: $( $field ),*);
        #[cfg(feature = "full-serde")]
        $crate::dto::macros::written!($name);
    };
}

/// Declares what goes in and comes out: every field is an `Option` or a `Vec`, and has a setter of its own name.
macro_rules! both {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $(
                $(#[doc = $doc:literal])*
                $(#[alias = $alias:literal])?
                $(#[wire = $wire:literal])?
                pub $field:ident: $wrap:ident <$inner:ty>
            ),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default)]
        #[non_exhaustive]
        pub struct $name {
            $(
                $(#[doc = $doc])*
                $(#[doc(alias = $alias)])?
                pub $field: $wrap<$inner>,
            )*
        }

        impl $name {
            /// With nothing set.
            pub fn new() -> Self {
                Self::default()
            }

            $( $crate::dto::macros::setter!($field: $wrap<$inner>; $($doc)*); )*
        }

        $crate::dto::macros::fields!($name: $( $field ($($wire)?), )*);
        $crate::dto::macros::filled!($name: $( $field ),*);
        $crate::dto::macros::written!($name);
    };
}

/// `new`, with the fields that are neither optional nor patched. The two lists gather the required and the other fields.
macro_rules! new {
    ([$($required:tt)*] [$($other:ident)*] $field:ident: Option<$type:ty>, $($more:tt)*) => {
        $crate::dto::macros::new!([$($required)*] [$($other)* $field] $($more)*);
    };
    ([$($required:tt)*] [$($other:ident)*] $field:ident: Patch<$type:ty>, $($more:tt)*) => {
        $crate::dto::macros::new!([$($required)*] [$($other)* $field] $($more)*);
    };
    ([$($required:tt)*] [$($other:ident)*] $field:ident: Vec<$type:ty>, $($more:tt)*) => {
        $crate::dto::macros::new!(
            [$($required)* ($field (impl IntoIterator<Item = impl Into<$type>>) ($field.into_iter().map(Into::into).collect()))]
            [$($other)*]
            $($more)*
        );
    };
    ([$($required:tt)*] [$($other:ident)*] $field:ident: $wrap:ident $(<$inner:ty>)?, $($more:tt)*) => {
        $crate::dto::macros::new!(
            [$($required)* ($field (impl Into<$wrap $(<$inner>)?>) ($field.into()))]
            [$($other)*]
            $($more)*
        );
    };
    ([] [$($other:ident)*]) => {
        /// With nothing set.
        pub fn new() -> Self {
            Self { $( $other: Default::default(), )* }
        }
    };
    ([$(($field:ident ($($type:tt)+) ($($value:tt)+)))+] [$($other:ident)*]) => {
        /// With everything that is required, and nothing else.
        pub fn new($( $field: $($type)+ ),+) -> Self {
            Self { $( $field: $($value)+, )+ $( $other: Default::default(), )* }
        }
    };
}

/// The setter of a field, of the same name and with the same documentation; none for what is required.
macro_rules! setter {
    ($field:ident: Option<$type:ty>; $($doc:literal)*) => {
        $(#[doc = $doc])*
        pub fn $field(mut self, $field: impl Into<$type>) -> Self {
            self.$field = Some($field.into());
            self
        }
    };
    ($field:ident: Patch<$type:ty>; $($doc:literal)*) => {
        $(#[doc = $doc])*
        pub fn $field(mut self, $field: impl Into<$crate::Patch<$type>>) -> Self {
            self.$field = $field.into();
            self
        }
    };
    ($field:ident: Vec<$type:ty>; $($doc:literal)*) => {
        $(#[doc = $doc])*
        pub fn $field(mut self, $field: impl IntoIterator<Item = impl Into<$type>>) -> Self {
            self.$field = $field.into_iter().map(Into::into).collect();
            self
        }
    };
    ($($required:tt)*) => {};
}

/// The name of a field.
macro_rules! wire_name {
    ($field:ident ()) => {
        $crate::dto::table::Name::field(stringify!($field))
    };
    ($field:ident ($wire:literal)) => {
        $crate::dto::table::Name::exact($wire)
    };
}

/// The table of the fields.
macro_rules! fields {
    ($name:ident: $( $field:ident $wire:tt, )*) => {
        impl $crate::dto::table::Object for $name {
            #[inline]
            fn name(&self) -> &'static str {
                stringify!($name)
            }

            #[inline]
            fn names(&self) -> &'static [$crate::dto::table::Name] {
                const { &[$( $crate::dto::macros::wire_name!($field $wire) ),*] }
            }

            #[inline]
            fn each(&self, see: &mut dyn FnMut(&[&dyn $crate::dto::table::Field])) {
                see(&[$( &self.$field ),*]);
            }
        }
    };
}

/// What is an object in a field, and is only written.
macro_rules! object {
    ($name:ident) => {
        impl $crate::dto::table::Kind for $name {
            #[inline]
            fn view(&self) -> $crate::dto::table::View<'_> {
                $crate::dto::table::View::Object(self)
            }

            #[inline]
            fn slot(_: &mut Option<Self>) -> $crate::dto::table::Slot<'_> {
                $crate::dto::table::Slot::Closed
            }
        }
    };
}

/// What is written.
macro_rules! written {
    ($name:ident) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::dto::write::write(self, serializer)
            }
        }
    };
}

/// What is read, and can do without any of its fields.
macro_rules! filled {
    ($name:ident: $( $field:ident ),*) => {
        impl $crate::dto::table::Fill for $name {
            #[inline]
            fn each_mut(&mut self, see: &mut dyn FnMut(&mut [&mut dyn $crate::dto::table::Field])) {
                see(&mut [$( &mut self.$field ),*]);
            }
        }

        impl $crate::dto::table::Kind for $name {
            #[inline]
            fn view(&self) -> $crate::dto::table::View<'_> {
                $crate::dto::table::View::Object(self)
            }

            #[inline]
            fn slot(place: &mut Option<Self>) -> $crate::dto::table::Slot<'_> {
                $crate::dto::table::Slot::Object(place)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> ::core::result::Result<Self, D::Error> {
                $crate::dto::read::read(deserializer)
            }
        }
    };
}

pub(crate) use {
    answer, both, fields, filled, given, input, new, object, record, setter, shorthand, wire_name, written,
};
