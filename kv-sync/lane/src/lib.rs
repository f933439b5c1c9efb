//! What one region has, what it is still owed, and what to do next. A state machine: it is told what happened and when, and
//! says what to do; it waits for nothing, reads no clock and writes no log. `kv-sync` does what it says.
//!
//! Every command with an `id` is answered by one event with that id, be it that it failed. Answers to what was asked before
//! the lane began anew are ignored.

mod batches;
mod beginning;
mod event;
mod feed;
mod lane;
mod ledger;
pub mod limits;
mod moves;
mod parcel;
mod pause;
mod region;

pub use event::{About, Change, Command, Delivered, Event, Fault, Level, News, Origin};
pub use lane::{Lane, standing::Standing};
