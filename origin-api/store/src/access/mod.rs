//! Who sees a page that is not public.

pub mod audience;
pub mod audiences;
pub mod claims;
pub mod hashing;
pub mod link;
pub mod mail;
pub mod members;
pub mod open;
pub mod passwords;
pub mod provider;
pub mod restricted;
pub mod revision;
pub mod session_keys;
pub mod sets;
pub mod token_keys;
pub mod visited;
