//! All users of the pool, found by their id, name, address or identity without looking at the others.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use crate::user::User;

/// A number that a user keeps; the order in which users were added.
type Place = u64;

/// The users in the order in which they were added.
#[derive(Debug, Clone, Default)]
pub(crate) struct Users {
    in_order: BTreeMap<Place, User>,
    by_id: HashMap<String, Place>,
    next: Place,
    index: RefCell<Index>,
}

/// Who has which name. Whoever may have been changed since is looked at again before the next search.
#[derive(Debug, Clone, Default)]
struct Index {
    owners: HashMap<Key, Vec<Place>>,
    keys: HashMap<Place, Vec<Key>>,
    changed: HashSet<Place>,
}

/// What a user can be found by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    Username(String),
    /// In small letters.
    Email(String),
    /// Without its country code.
    Phone(String),
    Identity {
        ext_idp_id: String,
        user_id_there: String,
    },
}

impl Key {
    pub(crate) fn email(address: &str) -> Self {
        Self::Email(address.to_lowercase())
    }

    /// Everything that an account could be.
    pub(crate) fn of_account(account: &str) -> [Self; 3] {
        [
            Self::Username(account.to_owned()),
            Self::email(account),
            Self::Phone(account.to_owned()),
        ]
    }

    fn all_of(user: &User) -> Vec<Self> {
        let text = |name: &str| user.text(name).map(str::to_owned);
        let identity = |identity: &Value| {
            let text = |name: &str| identity.get(name).and_then(Value::as_str).map(str::to_owned);
            Some(Self::Identity {
                ext_idp_id: text("extIdpId")?,
                user_id_there: text("userIdInIdp")?,
            })
        };
        let names = [
            text("username").map(Self::Username),
            text("email").map(|email| Self::email(&email)),
            text("phone").map(Self::Phone),
        ];
        names
            .into_iter()
            .flatten()
            .chain(user.identities.iter().filter_map(identity))
            .collect()
    }
}

impl Index {
    fn refresh(&mut self, users: &BTreeMap<Place, User>) {
        for place in std::mem::take(&mut self.changed) {
            for key in self.keys.remove(&place).unwrap_or_default() {
                if let Some(owners) = self.owners.get_mut(&key) {
                    owners.retain(|owner| *owner != place);
                    if owners.is_empty() {
                        self.owners.remove(&key);
                    }
                }
            }
            let Some(user) = users.get(&place) else { continue };
            let keys = Key::all_of(user);
            for key in &keys {
                let owners = self.owners.entry(key.clone()).or_default();
                // Who came first is found first.
                let position = owners.partition_point(|owner| *owner < place);
                owners.insert(position, place);
            }
            self.keys.insert(place, keys);
        }
    }
}

impl Users {
    pub(crate) fn push(&mut self, user: User) {
        let place = self.next;
        self.next += 1;
        self.by_id.insert(user.id.clone(), place);
        self.in_order.insert(place, user);
        self.index.get_mut().changed.insert(place);
    }

    pub(crate) fn get(&self, id: &str) -> Option<&User> {
        self.in_order.get(self.by_id.get(id)?)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut User> {
        let place = self.by_id.get(id)?;
        self.index.get_mut().changed.insert(*place);
        self.in_order.get_mut(place)
    }

    pub(crate) fn remove(&mut self, id: &str) -> Option<User> {
        let place = self.by_id.remove(id)?;
        self.index.get_mut().changed.insert(place);
        self.in_order.remove(&place)
    }

    /// Everybody whom one of these keys leads to, in the order of the keys.
    pub(crate) fn find<'a>(&'a self, keys: &[Key]) -> impl Iterator<Item = &'a User> + use<'a> {
        let mut index = self.index.borrow_mut();
        index.refresh(&self.in_order);
        let places: Vec<Place> = keys
            .iter()
            .filter_map(|key| index.owners.get(key))
            .flatten()
            .copied()
            .collect();
        places.into_iter().filter_map(|place| self.in_order.get(&place))
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &User> {
        self.in_order.values()
    }

    pub(crate) fn len(&self) -> usize {
        self.in_order.len()
    }
}
