//! From a visit and the bytes it asks for to the response: the gateway.
//!
//! It does no IO and reads no clock. It is asked with [`gateway::open`] and answers with a [`gateway::Step`]; the shell of a
//! platform does what the step says and hands back what came of it. A shell is a loop over steps, decides nothing, and is a crate
//! of its own: `host/`, `spin/` and `cloudflare/`.

pub mod built;
pub mod gateway;
