//! The formats, as committed, as parsed back, and with names that nobody should choose.

#[path = "../fixture/mod.rs"]
mod fixture;
#[path = "../random/mod.rs"]
mod random;

mod as_committed;
mod ics;
mod page;
mod strict;
mod v2;
mod words;
