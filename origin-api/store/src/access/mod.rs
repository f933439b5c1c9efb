//! Who sees a page that is not public. By what they are let in lies in a crate below, which sign-in reads too.

pub mod audience;
pub mod audiences;
pub mod link;
pub mod sets;

pub use origin_access::{
    claims, ended, hashing, kiosks, mail, members, open, overview, passwords, provider, restricted, revision, session_keys, sessions,
    token_keys, visited,
};
