//! The one place of the origin that reads the clock.

use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// What tells a store the time of each change.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;
