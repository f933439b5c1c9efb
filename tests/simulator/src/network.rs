//! Messages in flight: each is late, some are very late, lost, or come twice.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
};

use page_model::{Id, PageId, put::Batch};
use sync_lane::Event;

/// Which life of which sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Life {
    pub lane: usize,
    pub number: u64,
}

#[derive(Debug, Clone)]
pub enum Message {
    Wake(Life),
    ToLane(Life, Event),
    Poll {
        life: Life,
        id: u64,
        after: u64,
        until_ms: u64,
    },
    Fetch {
        life: Life,
        id: u64,
        page: PageId,
        since: u64,
    },
    Put {
        life: Life,
        id: u64,
        sent_ms: u64,
        batch: Batch,
    },
    Overtaken {
        database: Id,
        seq: u64,
    },
    /// The publisher and the faults, each in its own time.
    Publish,
    Trouble,
    /// The origin made sure of what can be read already.
    Counts,
    /// A region's machine starts anew, with what is on its disk.
    Reboot {
        region: usize,
    },
    PollEnds {
        life: Life,
        id: u64,
    },
}

#[derive(Default)]
pub struct Network {
    due: BinaryHeap<Reverse<(u64, u64)>>,
    messages: BTreeMap<u64, Message>,
    sent: u64,
    /// Of each link, the number of the message that arrived last.
    arrived: BTreeMap<(usize, bool), u64>,
    pub reordered: u64,
}

impl Network {
    pub fn at(&mut self, at_ms: u64, message: Message) {
        self.sent += 1;
        self.due.push(Reverse((at_ms, self.sent)));
        self.messages.insert(self.sent, message);
    }

    pub fn next(&mut self) -> Option<(u64, Message)> {
        let Reverse((at_ms, number)) = self.due.pop()?;
        let message = self.messages.remove(&number)?;
        let link = match &message {
            Message::ToLane(life, _) => Some((life.lane, true)),
            Message::Fetch { life, .. } | Message::Put { life, .. } => Some((life.lane, false)),
            _ => None,
        };
        if let Some(link) = link {
            let last = self.arrived.entry(link).or_default();
            self.reordered += u64::from(*last > number);
            *last = (*last).max(number);
        }
        Some((at_ms, message))
    }
}
