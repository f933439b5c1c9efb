//! What becomes of a message on its way.

use sync_lane::{Event, Fault};

use crate::{
    network::{Life, Message},
    world::World,
};

impl World {
    /// A question on its way: lost, doubled or so late that its failure is told before it arrives.
    pub fn ask(&mut self, life: Life, question: Message, failed: Event) {
        let at_ms = self.now_ms + self.delay_ms();
        let chance = if self.is_calm {
            u64::MAX
        } else {
            self.rng.u64(..CHANCES)
        };
        let told_ms = self.now_ms + self.rng.u64(100..2_000);
        match chance {
            0 => {
                self.tally.lost += 1;
                self.network.at(told_ms, Message::ToLane(life, failed));
            }
            1 => {
                // It is given up and comes all the same.
                self.network.at(told_ms, Message::ToLane(life, failed));
                let late_ms = told_ms + self.rng.u64(..20_000);
                self.network.at(late_ms, question);
            }
            2 => {
                self.tally.doubled += 1;
                let again_ms = at_ms + self.rng.u64(..LATE_MS);
                self.network.at(again_ms, question.clone());
                self.network.at(at_ms, question);
            }
            _ => self.network.at(at_ms, question),
        }
    }

    pub fn answer(&mut self, life: Life, event: Event) {
        let at_ms = self.now_ms + self.delay_ms();
        let chance = if self.is_calm {
            u64::MAX
        } else {
            self.rng.u64(..CHANCES)
        };
        match chance {
            0 => {
                self.tally.lost += 1;
                let failed_ms = self.now_ms + self.rng.u64(100..2_000);
                self.network.at(failed_ms, Message::ToLane(life, failure_of(event)));
            }
            1 => {
                self.tally.doubled += 1;
                self.network
                    .at(at_ms + self.rng.u64(..LATE_MS), Message::ToLane(life, event.clone()));
                self.network.at(at_ms, Message::ToLane(life, event));
            }
            _ => self.network.at(at_ms, Message::ToLane(life, event)),
        }
    }

    pub fn delay_ms(&mut self) -> u64 {
        match self.rng.u64(..50) {
            0 if !self.is_calm => self.rng.u64(..LATE_MS),
            _ => self.rng.u64(1..20),
        }
    }
}

fn failure_of(event: Event) -> Event {
    let (fault, reason) = (Fault::Retry, "lost".to_owned());
    match event {
        Event::Region { id, .. } | Event::RegionFailed { id, .. } => Event::RegionFailed { id, fault, reason },
        Event::News { id, .. } | Event::FeedFailed { id, .. } => Event::FeedFailed { id, reason },
        Event::Records { id, .. } | Event::PageFailed { id, .. } => Event::PageFailed { id, fault, reason },
        Event::Tick => Event::Tick,
    }
}

const CHANCES: u64 = 25;
const LATE_MS: u64 = 3_000;
