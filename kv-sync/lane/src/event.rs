//! What a lane is told, and what it says.

use page_model::{
    Host, Id, PageId,
    put::{Batch, Receipt},
};
use serde_bytes::ByteBuf;

#[derive(Debug, Clone)]
pub enum Event {
    /// Nothing happened but that time passed.
    Tick,
    /// The region answered a put.
    Region {
        id: u64,
        receipt: Receipt,
    },
    RegionFailed {
        id: u64,
        fault: Fault,
        reason: String,
    },
    /// The feed answered a poll.
    News {
        id: u64,
        news: News,
    },
    FeedFailed {
        id: u64,
        reason: String,
    },
    /// The origin answered a fetch: all that a region should have of the page as of `seq`, content before the `site/`
    /// records that name it; what did not change since the fetch's `since` may be left out.
    Records {
        id: u64,
        seq: u64,
        /// The database that they were read from; an older origin does not say.
        database: Option<Id>,
        records: Vec<ByteBuf>,
    },
    PageFailed {
        id: u64,
        fault: Fault,
        reason: String,
    },
}

/// Whose fault a failure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nobody's who was asked: it could not be reached, or refuses everybody.
    Retry,
    /// What was asked for is at fault.
    Asked,
}

/// An answer of the feed.
#[derive(Debug, Clone)]
pub struct News {
    pub head: u64,
    /// Every page with a change behind the poll's `after` up to `head` is listed.
    pub complete: bool,
    pub origin: Origin,
    /// When it was received, in milliseconds since 1970.
    pub heard_ms: u64,
    /// Ascending by `seq`.
    pub changes: Vec<Change>,
}

/// Which database the origin has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub database: Id,
    /// Its first sequence number: what regions have of lower versions is not of this database, or every page has been
    /// announced again since.
    pub first_seq: u64,
    /// The format of the records that it composes.
    pub format: u8,
}

/// A page and its last change.
#[derive(Debug, Clone)]
pub struct Change {
    pub page: PageId,
    pub seq: u64,
    /// Somebody waits for a change of it behind the poll's `after`; for the others, time went on.
    pub awaited: bool,
    /// How long ago it was made, when the feed was answered.
    pub age_ms: u64,
}

#[derive(Debug, Clone)]
pub enum Command {
    Poll {
        id: u64,
        after: u64,
        wait_ms: u64,
    },
    Fetch {
        id: u64,
        page: PageId,
        since: u64,
        /// Somebody waits for it.
        awaited: bool,
    },
    Put {
        id: u64,
        batch: Box<Batch>,
    },
    /// Tell the origin that this region has seen sequence numbers up to `seq`, which its database has not: it must go on
    /// behind them, as another database. Not answered.
    Overtaken {
        database: Id,
        seq: u64,
    },
    /// Tell the origin what arrived. Not answered.
    Report(Vec<Delivered>),
    /// Ask for a page as a visitor would, so that the next one finds it finished. Not answered.
    Warm {
        host: Host,
        /// The change was awaited: its page comes before others.
        first: bool,
    },
    Say {
        level: Level,
        text: String,
    },
    /// Something does not work and is tried again. It works once the region answers, the feed is read, or the page arrives.
    Trouble {
        about: About,
        /// The whole cause, without what was done about it.
        reason: String,
    },
}

/// What does not work.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    Origin,
    Region,
    /// Another sync puts into the region.
    AnotherSync,
    /// One page, by itself.
    Page(PageId),
    /// The same where the others no longer wait for it.
    Parked(PageId),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    pub page: PageId,
    pub seq: u64,
    /// How long it was owed.
    pub waited_ms: u64,
    /// How long visitors of the region may still be served what was there before.
    pub served_ms: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Info,
    Warn,
    Error,
}
