//! Reading a request's body before the guest is called, so that a slow sender holds no instance.

use std::{sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, header::CONTENT_LENGTH};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use page_model::limits::PUT_BYTES_MAX;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use crate::{
    answers::Refusal,
    limits::{BODIES_BYTES_MAX, BODY_READ_MAX},
};

/// The memory that request bodies may take, all visits together.
pub struct Bodies {
    room: Arc<Semaphore>,
}

/// A complete body, which takes up its room until it is dropped.
pub struct Received {
    pub bytes: Bytes,
    pub _room: Option<OwnedSemaphorePermit>,
}

impl Bodies {
    pub fn new() -> Self {
        Self {
            room: Arc::new(Semaphore::new(BODIES_BYTES_MAX)),
        }
    }

    pub async fn receive(&self, headers: &HeaderMap, mut body: Incoming) -> Result<Received, Refusal> {
        if body.is_end_stream() {
            return Ok(Received {
                bytes: Bytes::new(),
                _room: None,
            });
        }
        let announced = headers
            .get(CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        let received = async {
            if announced.is_some_and(|bytes| bytes > PUT_BYTES_MAX) {
                return Err(Refusal::BodyTooLarge);
            }
            self.collect(&mut body).await
        };
        let received = timeout(BODY_READ_MAX, received)
            .await
            .unwrap_or(Err(Refusal::BodyTooSlow));
        if received
            .as_ref()
            .is_err_and(|refusal| *refusal == Refusal::BodyTooLarge)
        {
            discard(body).await;
        }
        received
    }

    /// Takes room for what has arrived, not for what was announced: who sends nothing takes nothing from others.
    async fn collect(&self, body: &mut Incoming) -> Result<Received, Refusal> {
        let (mut bytes, mut room) = (BytesMut::new(), None::<OwnedSemaphorePermit>);
        while let Some(frame) = body.frame().await {
            let Ok(chunk) = frame.map_err(|_| Refusal::BodyBroken)?.into_data() else {
                continue;
            };
            if bytes.len() + chunk.len() > PUT_BYTES_MAX {
                return Err(Refusal::BodyTooLarge);
            }
            let taken = self.take(chunk.len())?;
            match &mut room {
                Some(room) => room.merge(taken),
                None => room = Some(taken),
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Received {
            bytes: bytes.freeze(),
            _room: room,
        })
    }

    fn take(&self, bytes: usize) -> Result<OwnedSemaphorePermit, Refusal> {
        let bytes = u32::try_from(bytes).map_err(|_| Refusal::BodyTooLarge)?;
        Arc::clone(&self.room)
            .try_acquire_many_owned(bytes)
            .map_err(|_| Refusal::Unavailable)
    }
}

/// Reads on a little without keeping anything: a sender that is cut off in mid-sentence never learns why.
async fn discard(mut body: Incoming) {
    let mut left = PUT_BYTES_MAX;
    let read = async {
        while let Some(Ok(frame)) = body.frame().await {
            let bytes = frame.data_ref().map_or(0, Bytes::len);
            match left.checked_sub(bytes) {
                Some(rest) => left = rest,
                None => return,
            }
        }
    };
    // Who sends on for longer is cut off all the same.
    let _ = timeout(DISCARD_MAX, read).await;
}

const DISCARD_MAX: Duration = Duration::from_secs(2);
