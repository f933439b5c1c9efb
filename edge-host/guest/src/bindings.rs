//! The interface of the component, `edge-worker/host/wit/edge.wit`, as the host calls it.

mod generated {
    wasmtime::component::bindgen!({
        path: "../../edge-worker/host/wit",
        world: "edge",
        exports: { default: async },
    });
}

pub use generated::{
    EdgePre,
    exports::pharos::edge::steps::{Body, Entry, Guest as Steps, Region, Reply, Seen, Step, Visit},
};
