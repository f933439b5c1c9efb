//! Journeys through the assembled system: the real programs as processes of their own, spoken to over loopback only.
//!
//! `system` boots origin, sync and regions; `push` is a customer's tool, `visitor` a reader of a page, `door` somebody
//! who puts records into a region. The journeys in `tests/` and the crate `bench` share them.

pub mod checkers;
pub mod devtools;
pub mod door;
pub mod eventually;
pub mod http;
pub mod kv;
pub mod metrics;
pub mod pages;
pub mod platform;
pub mod ports;
pub mod program;
pub mod push;
pub mod records;
pub mod region;
pub mod showcase;
pub mod system;
pub mod visitor;
pub mod workerd;

pub use door::Door;
pub use eventually::eventually;
pub use pages::Page;
pub use platform::Platform;
pub use push::Push;
pub use region::Region;
pub use system::System;
pub use visitor::Visitor;
