//! Replies in memory: how many bytes they take.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use bytes::Bytes;

use crate::limits::{REPLIES_BYTES_MAX, REPLIES_BYTES_PRESSED};

/// Counts the bytes of all replies that the guest made, until nobody holds them any more: neither the cache nor a visitor.
#[derive(Debug, Clone, Default)]
pub struct Replies {
    bytes: Arc<AtomicUsize>,
}

impl Replies {
    /// `None` where there is no room for a further reply.
    pub fn count(&self, body: Bytes) -> Option<Bytes> {
        let before = self.bytes.fetch_add(body.len(), Ordering::Relaxed);
        // Before the comparison: what is dropped gives its bytes back.
        let counted = Counted {
            body,
            all: Arc::clone(&self.bytes),
        };
        (before + counted.body.len() <= REPLIES_BYTES_MAX).then(|| Bytes::from_owner(counted))
    }

    pub fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    pub fn press(&self) -> bool {
        self.bytes() > REPLIES_BYTES_PRESSED
    }
}

struct Counted {
    body: Bytes,
    all: Arc<AtomicUsize>,
}

impl AsRef<[u8]> for Counted {
    fn as_ref(&self) -> &[u8] {
        &self.body
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.all.fetch_sub(self.body.len(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makes_no_room_beyond_the_limit() {
        let replies = Replies::default();
        let large = Bytes::from(vec![0; REPLIES_BYTES_MAX / 2]);
        let held = [replies.count(large.clone()), replies.count(large.clone())];
        assert!(held.iter().all(Option::is_some) && replies.press());
        assert!(replies.count(Bytes::from_static(b"x")).is_none());
        drop(held);
        assert_eq!(replies.bytes(), 0, "what was refused is not counted");
        assert!(replies.count(large).is_some());
    }
}
