//! What a lane knows of its region, and of the one put that may be on its way to it.

use page_model::put::{Batch, Cursor, Expects, Outcome, PutNumber, Receipt};

use crate::{
    batches::Sent,
    limits::{LOOK_MS, REGION_PAUSE_MS_MAX},
    moves::Moves,
    pause::Pause,
};

#[derive(Debug)]
pub struct Region {
    /// Tells the puts of this lane since it began, or began anew, from all others.
    sync: u64,
    pub put: Option<Put>,
    pub pause: Pause,
    /// The cursor as the region was last known to have it.
    pub cursor: Cursor,
    moves: Moves,
    lag_ms_max: u64,
    look_ms: u64,
    /// The edge says which format it reads, and looks at what a batch expects. An older one does neither, and drops what it
    /// does not know of a cursor.
    pub format: Option<u8>,
    /// The last put that it showed, or acknowledged, and counted. The cursor alone does not tell that what was put since it moved is lost.
    counted: Option<PutNumber>,
}

#[derive(Debug)]
pub struct Put {
    pub id: u64,
    pub purpose: Purpose,
    cursor: Option<Cursor>,
    expects: Option<Expects>,
    number: Option<PutNumber>,
}

#[derive(Debug)]
pub enum Purpose {
    /// To learn where the region stands.
    Ask,
    /// To begin a filling.
    Reset,
    Records(Sent),
    /// The lane began anew since; another may only follow once it ended.
    Forgotten,
}

/// How a put ended that the region answered.
#[derive(Debug, PartialEq, Eq)]
pub enum Answered {
    /// The region is where it was expected.
    Expected,
    /// It lost something, or somebody else filled it.
    Elsewhere,
    /// Another edge stands there.
    AnotherEdge,
}

impl Put {
    pub fn forgotten(self) -> Self {
        Self {
            purpose: Purpose::Forgotten,
            ..self
        }
    }
}

impl Region {
    pub fn new(sync: u64) -> Self {
        Self {
            sync,
            put: None,
            pause: Pause::new(REGION_PAUSE_MS_MAX),
            cursor: Cursor::default(),
            moves: Moves::default(),
            lag_ms_max: 0,
            look_ms: 0,
            format: None,
            counted: None,
        }
    }

    /// Begins where the region says that it is.
    pub fn begin(&mut self, shown: Option<&Cursor>) {
        self.moves = Moves::from_region(shown);
        self.cursor = shown.cloned().unwrap_or_default();
        self.counted = shown.and_then(|shown| shown.counted.last());
        self.look_ms = 0;
    }

    pub fn is_older_edge(&self) -> bool {
        self.format.is_none()
    }

    /// Nothing is on its way, and it may be asked again.
    pub fn is_free(&self, now_ms: u64) -> bool {
        self.put.is_none() && self.pause.until_ms() <= now_ms
    }

    pub fn cursor_is_free(&self, now_ms: u64) -> bool {
        self.cursor_free_ms() <= now_ms
    }

    pub fn cursor_free_ms(&self) -> u64 {
        self.moves.free_ms()
    }

    pub fn look_ms(&self) -> u64 {
        self.look_ms
    }

    pub fn ask(&mut self, id: u64) -> Batch {
        self.put = Some(Put {
            id,
            purpose: Purpose::Ask,
            cursor: None,
            expects: None,
            number: None,
        });
        Batch::default()
    }

    /// The batch that brings these records and this cursor.
    pub fn send(
        &mut self,
        id: u64,
        purpose: Purpose,
        records: Vec<serde_bytes::ByteBuf>,
        cursor: Option<Cursor>,
        now_ms: u64,
    ) -> Batch {
        let mut expects = self.moves.expects(now_ms, self.lag_ms_max);
        if let Some(cursor) = &cursor {
            self.moves.sending(cursor, now_ms);
        }
        expects.counted = self.counted;
        if matches!(purpose, Purpose::Reset) {
            // An earlier try may have arrived.
            expects = self.moves.expects(now_ms, self.lag_ms_max);
            expects.exactly = true;
        }
        let is_look = records.is_empty() && cursor.is_none();
        let number = (!is_look).then_some(PutNumber::new(self.sync, id));
        self.put = Some(Put {
            id,
            purpose,
            cursor: cursor.clone(),
            expects: Some(expects.clone()),
            number,
        });
        Batch {
            records,
            cursor,
            expects: Some(expects),
            number,
        }
    }

    /// The last change that the region has seen of the database that it is known to follow.
    pub fn seen(&self, receipt: &Receipt) -> u64 {
        let database = |cursor: &Cursor| Some(cursor.lineage.as_ref()?.database.clone());
        let known = database(&self.cursor);
        let shown = receipt.cursor.as_ref();
        let shown = shown.filter(|shown| known.is_some() && database(shown) == known);
        shown.map_or(0, |shown| shown.seq.max(shown.head))
    }

    /// Somebody else put last, though the last put of this lane was acknowledged and counted.
    pub fn is_shared(&self, receipt: &Receipt) -> bool {
        let shown = receipt.cursor.as_ref().and_then(|cursor| cursor.counted.last());
        let is_ours = |put: Option<PutNumber>| put.is_some_and(|put| put.sync == self.sync);
        receipt.counts_puts && is_ours(self.counted) && shown.is_some() && !is_ours(shown)
    }

    /// The put that this answers, and whether the region is where it should be.
    pub fn answered(&mut self, put: &Put, receipt: &Receipt, now_ms: u64) -> Answered {
        self.pause.succeeded();
        self.lag_ms_max = receipt.kv_lag_ms_max;
        self.look_ms = now_ms + LOOK_MS;
        if matches!(put.purpose, Purpose::Forgotten) {
            return Answered::Expected;
        }
        if matches!(put.purpose, Purpose::Ask) {
            self.format = receipt.format;
            return Answered::Expected;
        }
        if self.format != receipt.format {
            return Answered::AnotherEdge;
        }
        let mut expects = put.expects.clone();
        if !receipt.counts_puts {
            // An older edge took the place of one that counted: it shows nothing of that, which is no loss.
            self.counted = None;
            expects.iter_mut().for_each(|expects| expects.counted = None);
        }
        let holds = |expects: Expects| expects.holds(receipt.cursor.as_ref());
        if receipt.unexpected || !expects.is_none_or(holds) {
            return Answered::Elsewhere;
        }
        if receipt.counts_puts && !receipt.cursor_failed {
            let counted = put.number.map(|put| receipt.counted(put));
            self.counted = counted.or(self.counted);
        }
        let is_complete = receipt.outcomes.iter().all(|outcome| match outcome {
            Outcome::Stored | Outcome::Kept { .. } => true,
            // An older edge moves its cursor past a record that it refuses.
            Outcome::Refused { .. } => self.is_older_edge(),
            Outcome::Failed => false,
        });
        if let Some(cursor) = put.cursor.as_ref().filter(|_| is_complete && !receipt.cursor_failed) {
            self.moves.confirmed(cursor, now_ms);
            self.cursor = cursor.clone();
        }
        Answered::Expected
    }
}
