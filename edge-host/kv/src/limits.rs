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
