//! The only place where truth is written: the push API, composing snapshots, the feed that kv-sync follows.
//!
//! A change goes one way: `push/` parses it, `store/` writes it with its outbox row in one durable transaction, `publish/`
//! says that the page changed and composes its records when they are asked for. `clock` makes the changes that time makes.

mod access;
mod admin;
mod busy;
mod clock;
mod colour;
mod css;
mod listener;
mod objects;
mod origin;
mod oversize;
mod planning;
mod problem;
mod program;
mod publish;
mod push;
mod random;
mod router;
mod schedule;
mod shape;
mod store;
mod svg;
mod template;
mod zone;

pub use program::{Bound, Config, bind};
