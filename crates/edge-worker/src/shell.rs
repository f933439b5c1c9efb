//! All platform IO. A shell is a loop over steps and decides nothing.

#[cfg(target_os = "wasi")]
mod spin;
