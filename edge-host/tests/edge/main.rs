//! Edge machines with a guest that misbehaves on request, met over real sockets.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod addresses;
mod afterwards;
mod ask;
mod cached;
mod client_address;
mod connections;
mod failing;
mod fairness;
mod frames;
mod greedy;
mod guest_api;
mod http2;
mod machine;
mod puts;
mod sessions;
mod stampede;
