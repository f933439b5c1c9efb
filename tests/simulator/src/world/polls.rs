//! Who waits for a change, and what they are told.

use sync_lane::Event;

use super::World;
use crate::network::{Life, Message};

impl World {
    /// The origin made sure of all that it has.
    pub(super) fn counts(&mut self) {
        self.database.counts = self.database.head;
        self.wake_polls();
    }

    pub(super) fn poll(&mut self, life: Life, id: u64, after: u64, until_ms: u64) {
        if self.origin_is_down {
            let reason = "the origin is down".to_owned();
            self.answer(life, Event::FeedFailed { id, reason });
        } else if after != self.database.counts || until_ms <= self.now_ms {
            self.answer_poll(life, id, after);
        } else {
            self.polls.insert((life, id), after);
            self.network.at(until_ms, Message::PollEnds { life, id });
        }
    }

    pub(super) fn poll_ends(&mut self, life: Life, id: u64) {
        if let Some(after) = self.polls.remove(&(life, id)) {
            self.answer_poll(life, id, after);
        }
    }

    /// The origin answers whoever waits for a change.
    pub(super) fn wake_polls(&mut self) {
        let news = |(_, after): &(&(Life, u64), &u64)| **after != self.database.counts;
        let woken: Vec<((Life, u64), u64)> = self
            .polls
            .iter()
            .filter(news)
            .map(|(poll, after)| (*poll, *after))
            .collect();
        for ((life, id), after) in woken {
            self.polls.remove(&(life, id));
            self.answer_poll(life, id, after);
        }
    }

    fn answer_poll(&mut self, life: Life, id: u64, after: u64) {
        let news = self.database.news(after, self.day_ms + self.now_ms);
        self.answer(life, Event::News { id, news });
    }
}
