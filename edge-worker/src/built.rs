//! What was built before this crate and travels in it.

use crate::gateway::Renderer;

include!(concat!(env!("OUT_DIR"), "/renderer.rs"));
