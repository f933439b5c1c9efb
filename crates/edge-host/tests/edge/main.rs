//! Edge machines with a guest that misbehaves on request, met over real sockets.

mod afterwards;
mod cached;
mod connections;
mod failing;
mod guest_api;
mod machine;
