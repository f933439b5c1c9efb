//! Reading a request's body before the guest is called, so that a slow sender holds no instance.

use std::{sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use edge_guest::now_ms;
use http::{HeaderMap, Method, header::CONTENT_LENGTH, request::Parts};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use page_model::{
    limits::PUT_BYTES_MAX,
    put::{self, Claim, PutKeys},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use crate::{
    answers::Refusal,
    limits::{
        BODY_READ_MAX, FORMS_BYTES_MAX, PUTS_BYTES_MAX, UNPROVEN_PUT_WAIT_MAX, UNPROVEN_PUTS_BYTES_MAX,
        UNPROVEN_PUTS_MAX,
    },
};

/// The memory that request bodies may take, all visits together. Each kind has its own: no form, and no put of a stranger's,
/// keeps a put from the region that its key has signed.
pub struct Bodies {
    region: String,
    put_keys: PutKeys,
    forms: Arc<Semaphore>,
    puts: Arc<Semaphore>,
    unproven_puts: Arc<Semaphore>,
    unproven: Arc<Semaphore>,
}

/// A complete body, which takes up its room until it is dropped.
pub struct Received {
    pub bytes: Bytes,
    _room: Option<OwnedSemaphorePermit>,
    /// Of a put that may be a stranger's.
    _turn: Option<OwnedSemaphorePermit>,
}

impl Bodies {
    pub fn new(region: &str, put_verify_key: Option<&str>) -> Self {
        let room = |bytes| Arc::new(Semaphore::new(bytes));
        Self {
            region: region.to_owned(),
            put_keys: PutKeys::parse(put_verify_key.unwrap_or_default()),
            forms: room(FORMS_BYTES_MAX),
            puts: room(PUTS_BYTES_MAX),
            unproven_puts: room(UNPROVEN_PUTS_BYTES_MAX),
            unproven: room(UNPROVEN_PUTS_MAX),
        }
    }

    pub fn claim(&self, head: &Parts) -> Claim {
        if head.method != Method::POST || head.uri.path() != put::PATH {
            return Claim::Form;
        }
        let header = |name: &'static str| head.headers.get(name).and_then(|value| value.to_str().ok());
        Claim::of(&self.put_keys.0, &self.region, now_ms(), &header)
    }

    pub async fn receive(&self, claim: Claim, headers: &HeaderMap, mut body: Incoming) -> Result<Received, Refusal> {
        if let Claim::Refused(why) = claim {
            tokio::spawn(discard(body));
            return Err(Refusal::Put(why));
        }
        let turn = match claim {
            Claim::Unproven => Some(self.turn().await?),
            _ => None,
        };
        if body.is_end_stream() {
            return Ok(Received {
                bytes: Bytes::new(),
                _room: None,
                _turn: turn,
            });
        }
        let announced = headers
            .get(CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        let received = async {
            if announced.is_some_and(|bytes| bytes > claim.bytes_max()) {
                return Err(Refusal::BodyTooLarge);
            }
            self.collect(claim, &mut body).await
        };
        let received = timeout(BODY_READ_MAX, received)
            .await
            .unwrap_or(Err(Refusal::BodyTooSlow));
        match received {
            Err(Refusal::BodyTooLarge) => {
                tokio::spawn(discard(body));
                Err(Refusal::BodyTooLarge)
            }
            received => received.map(|received| Received {
                _turn: turn,
                ..received
            }),
        }
    }

    async fn turn(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        let turn = timeout(UNPROVEN_PUT_WAIT_MAX, Arc::clone(&self.unproven).acquire_owned()).await;
        turn.ok().and_then(Result::ok).ok_or(Refusal::Unavailable)
    }

    /// Takes room for what has arrived, not for what was announced: who sends nothing takes nothing from others.
    async fn collect(&self, claim: Claim, body: &mut Incoming) -> Result<Received, Refusal> {
        let room_of_all = match claim {
            Claim::Signed => &self.puts,
            Claim::Unproven => &self.unproven_puts,
            Claim::Form | Claim::Refused(_) => &self.forms,
        };
        let (mut bytes, mut room) = (BytesMut::new(), None::<OwnedSemaphorePermit>);
        while let Some(frame) = body.frame().await {
            let Ok(chunk) = frame.map_err(|_| Refusal::BodyBroken)?.into_data() else {
                continue;
            };
            if bytes.len() + chunk.len() > claim.bytes_max() {
                return Err(Refusal::BodyTooLarge);
            }
            let taken = take(room_of_all, chunk.len())?;
            match &mut room {
                Some(room) => room.merge(taken),
                None => room = Some(taken),
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Received {
            bytes: bytes.freeze(),
            _room: room,
            _turn: None,
        })
    }
}

fn take(room: &Arc<Semaphore>, bytes: usize) -> Result<OwnedSemaphorePermit, Refusal> {
    let bytes = u32::try_from(bytes).map_err(|_| Refusal::BodyTooLarge)?;
    Arc::clone(room)
        .try_acquire_many_owned(bytes)
        .map_err(|_| Refusal::Unavailable)
}

/// Reads on a little without keeping anything, while the answer is sent: a sender that is cut off in mid-sentence never learns
/// why.
async fn discard(mut body: Incoming) {
    let mut left = DISCARDED_BYTES_MAX;
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
const DISCARDED_BYTES_MAX: usize = PUT_BYTES_MAX;
