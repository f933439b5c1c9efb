//! Journeys through the assembled system: the real programs as processes of their own, spoken to over loopback only.
//!
//! `system` boots origin, sync and regions; `push` is a customer's tool, `visitor` a reader of a page, `put_client`
//! puts records into a region as kv-sync does. The journeys in `tests/` and the crate `bench` share them.

pub mod browsers;
pub mod canary;
pub mod checkers;
pub mod clock;
pub mod disk;
pub mod eventually;
pub mod http;
pub mod kv;
pub mod load;
pub mod lone_origin;
pub mod mailbox;
pub mod memory_region;
pub mod metrics;
mod on_every_platform;
pub mod pages;
pub mod platform;
pub mod ports;
pub mod program;
pub mod provider;
pub mod push;
pub mod put_client;
pub mod records;
pub mod region;
pub mod showcase;
pub mod sign_in;
pub mod surfaces;
pub mod system;
pub mod visitor;
pub mod workerd;

pub use eventually::eventually;
pub use lone_origin::LoneOrigin;
pub use pages::Page;
pub use platform::Platform;
pub use push::Push;
pub use put_client::PutClient;
pub use region::Region;
pub use system::System;
pub use visitor::Visitor;
