//! What was refused is tried again after a pause that grows, so that it costs neither the log nor the writer much.

use std::collections::HashMap;
use std::hash::Hash;

/// Each known by what is to be done.
#[derive(Debug)]
pub struct Setbacks<K>(HashMap<K, Setback>);

#[derive(Debug, Clone, Copy)]
struct Setback {
    pause_ms: i64,
    again_ms: i64,
}

impl<K> Default for Setbacks<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Hash + Eq> Setbacks<K> {
    /// When it is tried again; `None` where that is now.
    pub fn again_ms(&self, done: &K, now_ms: i64) -> Option<i64> {
        let again_ms = self.0.get(done)?.again_ms;
        (again_ms > now_ms).then_some(again_ms)
    }

    pub fn refused(&mut self, done: K, now_ms: i64) {
        // Others may have done it meanwhile, or taken it away.
        self.0.retain(|_, known| known.again_ms + KEPT_MS > now_ms);
        let known = self.0.get(&done).map_or(0, |known| known.pause_ms);
        let pause_ms = (2 * known).clamp(PAUSE_MS_MIN, PAUSE_MS_MAX);
        let again_ms = now_ms + pause_ms;
        self.0.insert(done, Setback { pause_ms, again_ms });
    }

    pub fn succeeded(&mut self, done: &K) {
        self.0.remove(done);
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }
}

const PAUSE_MS_MIN: i64 = 1_000;
const PAUSE_MS_MAX: i64 = 60 * 1000;
/// How long one is known after the moment at which it is tried again.
const KEPT_MS: i64 = 5 * 60 * 1000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pause_grows_up_to_a_minute() {
        let mut setbacks = Setbacks::default();
        let mut now_ms = 0;
        let mut pauses = Vec::new();
        for _ in 0..8 {
            setbacks.refused("page", now_ms);
            let again_ms = setbacks.again_ms(&"page", now_ms).expect("later");
            pauses.push((again_ms - now_ms) / 1000);
            assert_eq!(setbacks.again_ms(&"page", again_ms), None);
            now_ms = again_ms;
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60]);
        setbacks.succeeded(&"page");
        setbacks.refused("page", now_ms);
        assert_eq!(setbacks.again_ms(&"page", now_ms), Some(now_ms + 1_000));
    }

    #[test]
    fn what_is_not_tried_again_is_forgotten() {
        let mut setbacks = Setbacks::default();
        setbacks.refused("gone", 0);
        setbacks.refused("page", KEPT_MS);
        assert_eq!(setbacks.len(), 2);
        setbacks.refused("page", PAUSE_MS_MIN + KEPT_MS);
        assert_eq!(setbacks.len(), 1);
    }
}
