//! The allocator of the whole program, SQLite included.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use libmimalloc_sys::{mi_collect, mi_option_set, mi_option_t};
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

/// For a thread that is about to wait. What others freed of its memory stays with it until it needs memory of the same size again, which after
/// thousands of connections may be never.
pub fn give_back_rarely() {
    thread_local!(static GIVEN_BACK: Cell<Option<Instant>> = const { Cell::new(None) });
    let now = Instant::now();
    let is_due = |then| now.duration_since(then) >= GIVE_BACK_EVERY;
    if GIVEN_BACK.get().is_none_or(is_due) {
        GIVEN_BACK.set(Some(now));
        // SAFETY: it goes through the memory of this thread, and gives back what is free.
        #[expect(unsafe_code, reason = "the allocator has no other way in")]
        unsafe {
            mi_collect(true);
        }
    }
}

/// It takes a thread some tenths of a millisecond, and what it needs again afterwards a page fault each.
const GIVE_BACK_EVERY: Duration = Duration::from_secs(30);

/// `mi_option_purge_delay` of mimalloc.h, which the library does not name.
const PURGE_DELAY: mi_option_t = 15;
const PURGE_DELAY_MS: std::ffi::c_long = 100;

#[cfg(test)]
mod tests {
    use std::{fs, sync::mpsc, thread};

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

    #[test]
    fn what_others_freed_goes_back() {
        const BLOCKS: usize = 100_000;
        let (blocks, taken) = mpsc::channel();
        let (done, freed) = mpsc::channel::<()>();
        let owner = thread::spawn(move || {
            blocks.send(vec![vec![1_u8; 1_000]; BLOCKS]).unwrap();
            freed.recv().unwrap();
            let before = held_bytes();
            give_back_rarely();
            (before, held_bytes())
        });
        drop(taken.recv().unwrap());
        done.send(()).unwrap();
        let (before, after) = owner.join().unwrap();
        assert!(after + 64_000_000 < before, "{before} bytes before, {after} after");
    }

    fn held_bytes() -> u64 {
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let held = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        held.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1_024
    }
}
