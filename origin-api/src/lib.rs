//! The only place where truth is written: the push API, composing snapshots, the feed that kv-sync follows.
//!
//! A change goes one way: `http` parses it, `store` writes it with its outbox row in one durable transaction, and `compose`
//! makes the page's records when they are asked for. `clock` makes the changes that time makes. This crate binds the rooms
//! together: bind, run, drain.

mod admin;
pub mod backup;
mod metrics;
mod mint;
mod program;
mod visitors;

pub use mint::mint_session;
pub use origin_sign_in::mail::smtp::Smtp;
pub use origin_sign_in::mint::Wanted as MintedSession;
pub use origin_store::components::check::{Checked, check as check_history};
pub use program::{Bound, Config, bind};
pub use visitors::Visitors;
