//! All platform IO. A shell is a loop over steps and decides nothing.

#[cfg(any(test, all(target_arch = "wasm32", target_os = "unknown")))]
mod memory;
#[cfg(target_os = "wasi")]
#[expect(clippy::disallowed_methods, reason = "the shell is where the clock is read")]
mod spin;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod workers;
