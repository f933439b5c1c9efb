//! The allocator of the whole program, SQLite included.

use libmimalloc_sys::{mi_option_set, mi_option_t};
use mimalloc::MiMalloc;

/// A visit through the guest allocates a hundred small things; the system allocator spends a sixth of the visit on them.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// For the origin, which composes pages of megabytes with pauses between: what one took goes back to the system before the next one
/// begins, not a whole second later.
#[expect(unsafe_code, reason = "the allocator's options have no other way in")]
pub fn give_back_early() {
    // SAFETY: it stores a number; nobody else sets an option.
    unsafe { mi_option_set(PURGE_DELAY, PURGE_DELAY_MS) };
}

/// `mi_option_purge_delay` of mimalloc.h, which the library does not name.
const PURGE_DELAY: mi_option_t = 15;
const PURGE_DELAY_MS: std::ffi::c_long = 100;

#[cfg(test)]
mod tests {
    use libmimalloc_sys::mi_option_get;

    use super::*;

    #[test]
    #[expect(unsafe_code, reason = "the allocator's options have no other way in")]
    fn the_option_is_the_delay() {
        // SAFETY: they read and store a number.
        let delay_ms = || unsafe { mi_option_get(PURGE_DELAY) };
        assert_eq!(delay_ms(), 1_000, "what it is by default");
        give_back_early();
        assert_eq!(delay_ms(), PURGE_DELAY_MS);
    }
}
