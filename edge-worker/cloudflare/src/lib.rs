//! The shell for Cloudflare Workers, on `wasm32-unknown-unknown`; elsewhere there is nothing of it but what its tests look at.

#[cfg(any(test, all(target_arch = "wasm32", target_os = "unknown")))]
mod memory;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod shell;
