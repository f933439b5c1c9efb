//! By what visitors of a page that is not public are let in, as it stands in the database: what sign-in asks, and what a change
//! of it raises.

pub mod claims;
pub mod hashing;
pub mod mail;
pub mod passwords;
pub mod provider;
pub mod restricted;
pub mod revision;
pub mod session_keys;
pub mod token_keys;
pub mod visited;
