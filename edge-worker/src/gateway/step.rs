//! What a shell does next, and what waits for it meanwhile.

use page_model::{Key, sign_in::Question};

use super::{
    finished::{Encoded, Forms},
    put_batch::{SignedBatch, StoringBatch, Writes},
    reading::Reading,
    reply::Reply,
    validator::Validator,
    visitor::{Arrival, Renewal, SigningIn, SigningOn},
};

/// What a shell does next.
#[derive(Debug)]
pub enum Step {
    /// Look these keys up and hand what was seen, in order, to [`AfterRead::resume`].
    Read(Vec<Key>, AfterRead),
    /// The same, but past everything that remembers an earlier look: what is written next depends on it. The first
    /// [`page_model::limits::RECORD_HEAD_BYTES_MAX`] of each are enough.
    ReadNow(Vec<Key>, AfterRead),
    /// Store these, all at once if the platform likes, and hand to [`AfterWrite::resume`] whether each was stored.
    Write(Vec<(Key, Vec<u8>)>, AfterWrite),
    /// Ask the origin, and hand its answer to [`AfterForward::resume`].
    Forward(Forward, AfterForward),
    /// Send the response; then, where there is work afterwards, begin it.
    Reply(Reply, Option<Afterwards>),
    /// The work afterwards is over.
    Done,
}

/// Work after the reply, when nobody waits.
#[derive(Debug)]
pub enum Afterwards {
    /// Compress and store what was drawn within the visit.
    Store {
        key: Key,
        validator: Validator,
        text: String,
    },
    /// Draw it without a budget, and store it.
    Render(Box<Reading>),
    /// List the objects of the snapshot, and store that.
    List(Box<Reading>),
}

/// Who takes what was read.
#[derive(Debug)]
pub enum AfterRead {
    Site(Box<Arrival>),
    Finished(Box<Reading>),
    Source(Box<Reading>, Option<Encoded>),
    Permalinks(Box<Reading>, Option<Encoded>),
    /// The source again, when nobody waits.
    SourceAfterwards(Box<Reading>, fn(String) -> Forms),
    /// The snapshot again, for its objects.
    ObjectsAfterwards(Box<Reading>),
    Existing(Box<SignedBatch>),
}

/// A question for the origin, as `page_model::sign_in` says how it is signed and sent.
#[derive(Debug)]
pub struct Forward {
    pub question: Vec<u8>,
    /// How long its answer is worth waiting for.
    pub wait_ms_max: u32,
}

/// Who takes what the origin answered.
#[derive(Debug)]
pub enum AfterForward {
    Renewal(Box<Renewal>),
    SignIn(Box<SigningIn>),
    SignOn(Box<SigningOn>),
}

impl Forward {
    pub fn new(question: &Question, wait_ms_max: u32) -> Self {
        Self {
            question: question.to_bytes(),
            wait_ms_max,
        }
    }
}

/// Who takes what was written.
#[derive(Debug)]
pub enum AfterWrite {
    /// With what is written next.
    Closing(Box<StoringBatch>, Writes),
    Content(Box<StoringBatch>),
    Sites(Box<StoringBatch>),
    Cursor(Box<StoringBatch>),
    Finished,
}

impl From<Reply> for Step {
    fn from(reply: Reply) -> Self {
        Step::Reply(reply, None)
    }
}
