//! The interface of the component, `edge-worker/host/wit/edge.wit`, as the host calls it.

mod generated {
    wasmtime::component::bindgen!({
        path: "../../edge-worker/host/wit",
        world: "edge",
        exports: { default: async },
        // What a call is given is copied once: into the memory of the guest.
        ownership: Borrowing { duplicate_if_necessary: false },
    });
}

pub use generated::{
    EdgePre,
    exports::pharos::edge::steps::{Body, Entry, Forward, Guest as Steps, Heads, Region, Reply, Seen, Step, Visit},
};
