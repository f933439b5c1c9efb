//! What a lane holds at most, and how long it waits.

/// Pages that are fetched at once, and how many places of these are kept for pages that somebody waits for.
pub const FETCHES_MAX: usize = 8;
pub const FETCHES_KEPT: usize = 4;
/// Pages whose records are here and wait for a put; more are not fetched.
pub const READY_PAGES_MAX: usize = 64;
pub const READY_BYTES_MAX: usize = 16 * 1024 * 1024;
/// As many more of pages that somebody waits for.
pub const READY_PAGES_KEPT: usize = 16;
pub const READY_BYTES_KEPT: usize = 4 * 1024 * 1024;
/// Pages for which nobody waits go together: a put waits for so many while others are coming, and of those that time changed
/// has no more. What somebody waits for is behind one put at most.
pub const PAGES_TOGETHER: usize = 16;
/// How long the origin holds a poll while nothing changes: it bounds how old a quiet region's cursor may look.
pub const FEED_WAIT_MS: u64 = 10_000;
/// How often a region is asked whether it is still what it was: a wiped region is noticed within this time.
pub const LOOK_MS: u64 = 3_000;
/// Pauses after a failure: each twice as long as the one before.
pub const PAUSE_MS_MIN: u64 = 100;
pub const REGION_PAUSE_MS_MAX: u64 = 3_000;
/// How long a region rests whose edge cannot read what the origin composes.
pub const INCOMPATIBLE_PAUSE_MS: u64 = 5_000;
pub const FEED_PAUSE_MS_MAX: u64 = 2_000;
pub const PAGE_PAUSE_MS_MAX: u64 = 30_000;
/// A page that fails so often, while others arrive, is parked.
pub const PAGE_FAILURES_MAX: u32 = 6;
/// How long a parked page rests until it is tried again.
pub const PARKED_PAUSE_MS: u64 = 60_000;
/// A put of one page that the region refuses so often is that page's fault.
pub const REFUSALS_MAX: u32 = 3;
/// Moves of the cursor are at least a second apart, so these cover any lag that a region may claim.
pub const MOVES_MAX: usize = 600;
