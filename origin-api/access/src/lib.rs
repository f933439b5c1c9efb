//! By what visitors of a page that is not public are let in, as it stands in the database: what sign-in asks, and what a change
//! of it raises; and by what publishers may push.

pub mod claims;
pub mod ended;
pub mod hashing;
pub mod kiosks;
pub mod mail;
pub mod members;
pub mod open;
pub mod overview;
pub mod passwords;
pub mod provider;
pub mod restricted;
pub mod revision;
pub mod session_keys;
pub mod sessions;
pub mod sets;
pub mod token_keys;
pub mod tokens;
pub mod visited;
