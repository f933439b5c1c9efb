//! How a reply is handed to a connection that may not read it.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::oneshot;

use crate::{
    clients::Unread,
    limits::{REPLY_PART_BYTES, REPLY_WHOLE_BYTES_MAX},
    patience::Visiting,
};

/// The body of an answer. A large one is handed over part by part as its connection takes it. No part is a copy: a thousand
/// streams with the same page have it once, and what lies unread in a connection is counted.
#[derive(Default)]
pub struct ReplyBody {
    rest: Bytes,
    is_large: bool,
    visiting: Option<Visiting>,
    unread: Option<Unread>,
    /// Of a stream whose last part is with its connection: closed once that has let go of it.
    sent: Option<oneshot::Receiver<()>>,
}

/// The last part, and what lasts until it is sent.
struct LastPart<T> {
    bytes: Bytes,
    _until_sent: T,
}

impl ReplyBody {
    /// Lasts as long as the body is not read.
    pub fn hold(&mut self, visiting: Visiting, unread: Option<Unread>) {
        self.visiting = Some(visiting);
        self.unread = unread;
        if self.rest.is_empty() {
            self.came_to_its_end();
        }
    }

    pub fn len(&self) -> usize {
        self.rest.len()
    }

    fn came_to_its_end(&mut self) {
        if let Some(visiting) = &mut self.visiting {
            visiting.came_to_its_end();
        }
    }

    /// A visit lasts until its last part is sent, so that who does not read that is not waited for without end: a stream is reset
    /// by itself, and a connection of one visit after the other is cut. Small replies nearly always fit into its socket.
    fn last(&mut self, bytes: Bytes) -> Bytes {
        if self.visiting.as_ref().is_some_and(Visiting::is_stream) {
            let (until_sent, sent) = oneshot::channel();
            self.sent = Some(sent);
            return LastPart::of(bytes, until_sent);
        }
        self.came_to_its_end();
        match self.is_large {
            true => LastPart::of(bytes, (self.visiting.take(), self.unread.take())),
            false => bytes,
        }
    }
}

impl<T: Send + 'static> LastPart<T> {
    fn of(bytes: Bytes, until_sent: T) -> Bytes {
        Bytes::from_owner(Self {
            bytes,
            _until_sent: until_sent,
        })
    }
}

impl<T> AsRef<[u8]> for LastPart<T> {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
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

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(sent) = &mut self.sent {
            // Nothing is ever sent through it: that it is closed says it.
            let _closed = ready!(Pin::new(sent).poll(context));
            self.sent = None;
            self.came_to_its_end();
        }
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let length = match self.is_large {
            true => self.rest.len().min(REPLY_PART_BYTES),
            false => self.rest.len(),
        };
        let part = self.rest.split_to(length);
        let part = match self.rest.is_empty() {
            true => self.last(part),
            false => part,
        };
        Poll::Ready(Some(Ok(Frame::data(part))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.sent.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use std::{pin::pin, sync::Arc, task::Waker};

    use http::Version;
    use http_body_util::BodyExt;

    use super::*;
    use crate::{metrics::Shed, patience::Activity, replies::Replies};

    fn body(bytes: usize, version: Version) -> (ReplyBody, Replies, Arc<Activity>) {
        let (replies, activity) = (Replies::default(), Activity::new(Shed::new("test")));
        let mut body = ReplyBody::from(replies.count(Bytes::from(vec![1; bytes])).unwrap());
        body.hold(activity.begin(version), None);
        (body, replies, activity)
    }

    async fn part(body: &mut ReplyBody) -> Bytes {
        body.frame().await.unwrap().unwrap().into_data().unwrap()
    }

    #[tokio::test]
    async fn counts_what_somebody_still_holds() {
        let (mut body, replies, activity) = body(100_000, Version::HTTP_11);
        let mut parts = Vec::new();
        while !body.is_end_stream() {
            parts.push(part(&mut body).await);
            assert!(parts.last().is_some_and(|part| part.len() <= REPLY_PART_BYTES));
        }
        drop(body);
        assert_eq!(parts.concat(), vec![1; 100_000]);
        let last = parts.pop();
        assert_eq!(
            replies.bytes(),
            100_000,
            "what lies in a connection is the reply itself"
        );
        assert!(activity.is_at_work(), "nobody has read the last part");
        drop((parts, last));
        assert_eq!((replies.bytes(), activity.is_at_work()), (0, false));
    }

    #[tokio::test]
    async fn stream_lasts_until_its_last_part_is_sent() {
        for bytes in [100, 100_000] {
            let (mut body, replies, activity) = body(bytes, Version::HTTP_2);
            let mut length = 0;
            let last = loop {
                let part = part(&mut body).await;
                length += part.len();
                if length == bytes {
                    break part;
                }
            };
            assert!(!body.is_end_stream());
            let waits = pin!(body.frame()).poll(&mut Context::from_waker(Waker::noop()));
            assert!(waits.is_pending(), "its last part is not sent");
            drop(last);
            assert!(body.frame().await.is_none() && body.is_end_stream());
            assert!(activity.is_at_work());
            drop(body);
            assert!(!activity.is_at_work() && activity.has_visited());
            assert_eq!(replies.bytes(), 0);
        }
    }

    #[tokio::test]
    async fn stream_that_ends_before_its_last_part_is_sent_is_given_up() {
        let (mut body, _, activity) = body(100, Version::HTTP_2);
        let last = part(&mut body).await;
        drop((body, last));
        assert!(!activity.has_visited());
    }
}
