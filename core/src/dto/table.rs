//! What a DTO is to those who read and write it: the names of its fields, and its fields as trait objects.

use std::fmt;

use serde_json::Value;

use crate::value::file::FileBytes;
use crate::{JsonObject, Patch, Secret};

/// Something with named fields.
pub trait Object {
    /// The name of the type, for messages.
    fn name(&self) -> &'static str;

    /// The names of the fields.
    fn names(&self) -> &'static [Name];

    /// Shows the fields, in the order of their names.
    fn each(&self, see: &mut dyn FnMut(&[&dyn Field]));
}

/// Something whose fields can be read one by one, for it can do without any of them.
pub trait Fill: Object {
    /// Shows the fields, in the order of their names.
    fn each_mut(&mut self, see: &mut dyn FnMut(&mut [&mut dyn Field]));
}

/// A field.
pub trait Field {
    /// What it holds.
    fn view(&self) -> View<'_>;

    /// Where to put what comes for it.
    fn slot(&mut self) -> Slot<'_>;
}

/// What a field holds.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "what a field holds may be secret")]
pub enum View<'a> {
    Absent,
    Null,
    Text(&'a str),
    Integer(i64),
    Number(f64),
    Boolean(bool),
    Bytes(&'a [u8]),
    Json(&'a Value),
    Map(&'a JsonObject),
    Object(&'a dyn Object),
    List(&'a dyn List),
}

/// The items of a list, to be written.
pub trait List {
    /// Shows each item.
    fn view_all(&self, see: &mut dyn FnMut(View<'_>));
}

/// Where to put what comes for a field.
#[expect(missing_debug_implementations, reason = "what a field holds may be secret")]
pub enum Slot<'a> {
    Text(&'a mut Option<String>),
    Secret(&'a mut Option<Secret>),
    Integer(&'a mut Option<i64>),
    Number(&'a mut Option<f64>),
    Boolean(&'a mut Option<bool>),
    Json(&'a mut Option<Value>),
    Map(&'a mut Option<JsonObject>),
    Open(&'a mut dyn TakeText),
    Object(&'a mut dyn Make),
    List(&'a mut dyn Extend),
    ObjectOrText(&'a mut dyn MakeOrText),
    /// Is only written.
    Closed,
}

/// Takes the text of an open enum.
pub trait TakeText {
    /// Takes it.
    fn take(&mut self, text: &str);

    /// Becomes nothing.
    fn clear(&mut self);
}

/// Makes an object to be filled.
pub trait Make {
    /// The name of its type.
    fn name(&self) -> &'static str;

    /// Makes it.
    fn make(&mut self) -> &mut dyn Fill;

    /// Becomes nothing.
    fn clear(&mut self);
}

/// Makes an object to be filled, or keeps the text that came instead.
pub trait MakeOrText: Make {
    /// Keeps the text.
    fn keep(&mut self, text: &str);
}

/// A list to be filled.
pub trait Extend {
    /// Has no items any more.
    fn clear(&mut self);

    /// The size of an item in memory.
    fn item_size(&self) -> usize;

    /// Offers a place for one more item; it is in the list if something was put there.
    fn one_more(&mut self, fill: &mut dyn FnMut(Slot<'_>));
}

/// What can stand in a field: directly, optionally, in a list.
pub trait Kind: Sized {
    /// What it is.
    fn view(&self) -> View<'_>;

    /// Where to put it.
    fn slot(place: &mut Option<Self>) -> Slot<'_>;

    /// Where to put it in a field that always has a value: nowhere, but for lists.
    fn own_slot(&mut self) -> Slot<'_> {
        Slot::Closed
    }
}

macro_rules! kinds {
    ($( $type:ty: |$value:ident| $view:expr, $slot:ident; )*) => { $(
        impl Kind for $type {
            fn view(&self) -> View<'_> {
                let $value = self;
                $view
            }

            fn slot(place: &mut Option<Self>) -> Slot<'_> {
                Slot::$slot(place)
            }
        }
    )* };
}

kinds! {
    String: |text| View::Text(text), Text;
    Secret: |secret| View::Text(secret.expose()), Secret;
    i64: |number| View::Integer(*number), Integer;
    f64: |number| View::Number(*number), Number;
    bool: |boolean| View::Boolean(*boolean), Boolean;
    Value: |value| View::Json(value), Json;
    JsonObject: |map| View::Map(map), Map;
}

impl Kind for FileBytes {
    fn view(&self) -> View<'_> {
        View::Bytes(self.as_bytes())
    }

    fn slot(_: &mut Option<Self>) -> Slot<'_> {
        Slot::Closed
    }
}

impl<T: Kind> Kind for Vec<T> {
    fn view(&self) -> View<'_> {
        View::List(self)
    }

    fn slot(place: &mut Option<Self>) -> Slot<'_> {
        Slot::List(place.insert(Self::new()))
    }

    fn own_slot(&mut self) -> Slot<'_> {
        Slot::List(self)
    }
}

impl<T: Fill + Kind + Default> Kind for Box<T> {
    fn view(&self) -> View<'_> {
        T::view(self)
    }

    fn slot(place: &mut Option<Self>) -> Slot<'_> {
        Slot::Object(place)
    }
}

impl<T: Kind> Field for T {
    fn view(&self) -> View<'_> {
        Kind::view(self)
    }

    fn slot(&mut self) -> Slot<'_> {
        self.own_slot()
    }
}

impl<T: Kind> Field for Option<T> {
    fn view(&self) -> View<'_> {
        self.as_ref().map_or(View::Absent, Kind::view)
    }

    fn slot(&mut self) -> Slot<'_> {
        T::slot(self)
    }
}

impl<T: Kind> Field for Patch<T> {
    fn view(&self) -> View<'_> {
        match self {
            Self::Keep => View::Absent,
            Self::Clear => View::Null,
            Self::Set(value) => value.view(),
        }
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Closed
    }
}

impl Field for &'static str {
    fn view(&self) -> View<'_> {
        View::Text(self)
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Closed
    }
}

impl<T: Kind> List for Vec<T> {
    fn view_all(&self, see: &mut dyn FnMut(View<'_>)) {
        for item in self {
            see(item.view());
        }
    }
}

impl<T: Kind> Extend for Vec<T> {
    fn clear(&mut self) {
        self.clear();
    }

    fn item_size(&self) -> usize {
        size_of::<T>()
    }

    fn one_more(&mut self, fill: &mut dyn FnMut(Slot<'_>)) {
        let mut place = None;
        fill(T::slot(&mut place));
        self.extend(place);
    }
}

impl<T: Fill + Default> Make for Option<T> {
    fn name(&self) -> &'static str {
        T::default().name()
    }

    fn make(&mut self) -> &mut dyn Fill {
        self.insert(T::default())
    }

    fn clear(&mut self) {
        *self = None;
    }
}

impl<T: Object> Object for Box<T> {
    fn name(&self) -> &'static str {
        (**self).name()
    }

    fn names(&self) -> &'static [Name] {
        (**self).names()
    }

    fn each(&self, see: &mut dyn FnMut(&[&dyn Field])) {
        (**self).each(see);
    }
}

impl<T: Fill> Fill for Box<T> {
    fn each_mut(&mut self, see: &mut dyn FnMut(&mut [&mut dyn Field])) {
        (**self).each_mut(see);
    }
}

/// The name of a field on the wire, made while compiling.
pub struct Name {
    text: [u8; Self::LONGEST],
    length: usize,
}

impl Name {
    const LONGEST: usize = 56;

    /// The name in camelCase of a field as Rust writes it.
    #[allow(clippy::indexing_slicing)] // Runs while compiling: a name that is too long does not compile.
    pub(crate) const fn field(name: &str) -> Self {
        let name = name.as_bytes();
        let mut text = [0; Self::LONGEST];
        let mut length = 0;
        let mut at = if let [b'r', b'#', ..] = name { 2 } else { 0 };
        while at < name.len() {
            if name[at] == b'_' && length > 0 {
                at += 1;
                text[length] = name[at].to_ascii_uppercase();
            } else {
                text[length] = name[at];
            }
            at += 1;
            length += 1;
        }
        Self { text, length }
    }

    /// A name as it stands; `*` for a field whose own fields stand in its place.
    #[allow(clippy::indexing_slicing)] // As above.
    pub(crate) const fn exact(name: &str) -> Self {
        let name = match name.as_bytes() {
            b"*" => b"",
            name => name,
        };
        let mut text = [0; Self::LONGEST];
        let mut at = 0;
        while at < name.len() {
            text[at] = name[at];
            at += 1;
        }
        Self { text, length: at }
    }

    pub(crate) fn is_flat(&self) -> bool {
        self.length == 0
    }

    #[inline]
    pub(crate) fn is(&self, name: &str) -> bool {
        self.length == name.len() && self.as_bytes() == name.as_bytes()
    }

    fn as_bytes(&self) -> &[u8] {
        self.text.get(..self.length).unwrap_or_default()
    }

    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
