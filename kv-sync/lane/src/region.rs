//! What a lane knows of its region, and of the one put that may be on its way to it.

use page_model::put::{Batch, Cursor, Expects, Outcome, Receipt};

use crate::{
    batches::Sent,
    limits::{LOOK_MS, REGION_PAUSE_MS_MAX},
    moves::Moves,
    pause::Pause,
};

#[derive(Debug)]
pub struct Region {
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
}

#[derive(Debug)]
pub struct Put {
    pub id: u64,
    pub purpose: Purpose,
    cursor: Option<Cursor>,
    expects: Option<Expects>,
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

impl Default for Region {
    fn default() -> Self {
        Self {
            put: None,
            pause: Pause::new(REGION_PAUSE_MS_MAX),
            cursor: Cursor::default(),
            moves: Moves::default(),
            lag_ms_max: 0,
            look_ms: 0,
            format: None,
        }
    }
}

impl Region {
    /// Begins where the region says that it is.
    pub fn begin(&mut self, shown: Option<&Cursor>) {
        self.moves = Moves::from_region(shown);
        self.cursor = shown.cloned().unwrap_or_default();
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
        if matches!(purpose, Purpose::Reset) {
            // An earlier try may have arrived.
            expects = self.moves.expects(now_ms, self.lag_ms_max);
            expects.exactly = true;
        }
        self.put = Some(Put {
            id,
            purpose,
            cursor: cursor.clone(),
            expects: Some(expects.clone()),
        });
        Batch {
            records,
            cursor,
            expects: Some(expects),
        }
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
        let holds = |expects: &Expects| expects.holds(receipt.cursor.as_ref());
        if receipt.unexpected || !put.expects.as_ref().is_none_or(holds) {
            return Answered::Elsewhere;
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
