//! Lets visitors of private pages in. Edges ask for them, each with a key of its own; nobody else is answered here. Nothing of
//! this writes into the database of publishers: what a stranger sends never waits in their queue.

pub mod database;
mod fairness;
mod flood;
pub mod limits;
pub mod mail;
pub mod mint;
mod password;
mod proof;
mod provider;
pub mod regions;
pub mod restored;
pub mod router;
mod sealed;
mod session;
mod set;
mod token;
mod tries;
pub mod used;
mod ways;
