//! How a reply is handed to a connection that may not read it.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use crate::{
    clients::Unread,
    limits::{REPLY_PART_BYTES, REPLY_WHOLE_BYTES_MAX},
    patience::Visiting,
};

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
            is_large: rest.len() > REPLY_WHOLE_BYTES_MAX,
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
    use crate::replies::Replies;

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
}
