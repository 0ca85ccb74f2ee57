//! Types that several sections of the API share, each in the file of the thing it describes.

pub mod account;
pub mod identity;
pub mod language;
pub mod outcome;
pub mod password;
pub mod tokens;
pub mod user;
