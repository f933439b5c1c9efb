//! Waiting for something that takes a moment.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// Asks again until the answer is `Ok`. When the time is over, the error says what was awaited and why the last answer
/// would not do.
pub async fn eventually<T>(what: &str, within: Duration, mut probe: impl AsyncFnMut() -> Result<T>) -> Result<T> {
    let deadline = Instant::now() + within;
    loop {
        match probe().await {
            Ok(value) => return Ok(value),
            Err(error) if Instant::now() >= deadline => {
                return Err(error).with_context(|| format!("not within {within:?}: {what}"));
            }
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

const PAUSE: Duration = Duration::from_millis(20);
