//! From a visit and the bytes it asks for to the response: the gateway, and one thin shell per platform.
//!
//! The gateway does no IO and reads no clock. It is asked with [`gateway::open`] and answers with a [`gateway::Step`];
//! the shell of the platform that the target triple picks does what the step says and hands back what came of it.

pub mod built;
pub mod gateway;

mod shell;
