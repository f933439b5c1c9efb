//! All platform IO. A shell is a loop over steps and decides nothing.

#[cfg(target_os = "wasi")]
#[expect(clippy::disallowed_methods, reason = "the shell is where the clock is read")]
mod spin;
