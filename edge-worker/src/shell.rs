//! All platform IO. A shell is a loop over steps and decides nothing. The shells of `wasm32-wasip2` are crates of their own,
//! `edge-worker/spin` and `edge-worker/host`: each is a component with an interface of its own.

#[cfg(any(test, all(target_arch = "wasm32", target_os = "unknown")))]
mod memory;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod workers;
