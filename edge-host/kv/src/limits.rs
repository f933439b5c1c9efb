//! Limits of the KV on this machine; keys and values have theirs in `page_model::limits`.

use std::time::Duration;

/// KV writes that wait for the disk.
pub const KV_WRITES_WAITING_MAX: usize = 4_096;
/// KV writes in one transaction.
pub const KV_COMMIT_WRITES_MAX: usize = 1_024;
/// How long a write that need not survive a crash may stay off the disk.
pub const KV_LAZY_MAX: Duration = Duration::from_secs(1);
/// Memory that the KV spends on pages of its file.
pub const KV_CACHE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// After the file has failed nothing is written for so long, or four times as long as opening it took.
pub const KV_RETRY_PAUSE: Duration = Duration::from_secs(1);

/// What all finished pages may take together: the next one is not kept. They can be drawn again.
pub const KV_HTML_BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;
/// Beyond this share of it the sweep makes room, down to the other.
pub const KV_HTML_FULL_PERCENT: u64 = 90;
pub const KV_HTML_ROOM_PERCENT: u64 = 80;
/// How long a tombstone stays. The origin tells of what is gone for as long.
pub const KV_TOMBSTONES_KEPT_DAYS: u64 = 90;
/// Largest record that may be a tombstone.
pub const KV_TOMBSTONE_BYTES_MAX: usize = 512;
/// Records that the sweep looks at together, and how long it rests then.
pub const KV_SWEPT_AT_ONCE: usize = 1_000;
pub const KV_SWEEP_PAUSE: Duration = Duration::from_secs(1);
/// How long it rests when it has seen everything.
pub const KV_SWEEP_INTERVAL: Duration = Duration::from_secs(600);
