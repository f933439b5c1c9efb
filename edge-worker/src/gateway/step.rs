//! What a shell does next, and what waits for it meanwhile.

use page_model::Key;

use super::{
    finished::{Encoded, Forms},
    put_batch::{SignedBatch, StoringBatch},
    reading::{Arrival, Reading},
    reply::Reply,
    validator::Validator,
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

/// Who takes what was written.
#[derive(Debug)]
pub enum AfterWrite {
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
