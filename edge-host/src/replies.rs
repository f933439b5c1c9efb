//! Replies in memory: how many bytes they take, and how they are handed to connections that may not read them.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use crate::{
    clients::Unread,
    limits::{REPLIES_BYTES_MAX, REPLIES_BYTES_PRESSED, REPLY_PART_BYTES},
    patience::Visiting,
};

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

/// The body of an answer. A large one is copied part by part as its connection takes it, so that what lies unread in a
/// connection holds no whole reply.
#[derive(Default)]
pub struct ReplyBody {
    rest: Bytes,
    is_large: bool,
    visiting: Option<Visiting>,
    unread: Option<Unread>,
}

impl ReplyBody {
    /// Lasts as long as the body is not read.
    pub fn hold(&mut self, visiting: Visiting, unread: Option<Unread>) {
        self.visiting = Some(visiting);
        self.unread = unread;
        self.note();
    }

    pub fn len(&self) -> usize {
        self.rest.len()
    }

    fn note(&mut self) {
        if self.rest.is_empty()
            && let Some(visiting) = &mut self.visiting
        {
            visiting.came_to_its_end();
        }
    }
}

impl From<Bytes> for ReplyBody {
    fn from(rest: Bytes) -> Self {
        Self {
            is_large: rest.len() > REPLY_PART_BYTES,
            rest,
            ..Self::default()
        }
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let part = match self.is_large {
            true => {
                let length = self.rest.len().min(REPLY_PART_BYTES);
                Bytes::copy_from_slice(&self.rest.split_to(length))
            }
            false => std::mem::take(&mut self.rest),
        };
        self.note();
        Poll::Ready(Some(Ok(Frame::data(part))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test]
    async fn counts_what_somebody_still_holds() {
        let replies = Replies::default();
        let reply = replies.count(Bytes::from(vec![1; 100_000])).unwrap();
        let mut body = ReplyBody::from(reply.clone());
        drop(reply);
        assert_eq!(replies.bytes(), 100_000);
        let mut parts = Vec::new();
        while let Some(part) = body.frame().await {
            parts.push(part.unwrap().into_data().unwrap());
        }
        assert_eq!(parts.concat(), vec![1; 100_000]);
        drop(body);
        assert_eq!(replies.bytes(), 0, "what lies in a connection holds no whole reply");
    }

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
