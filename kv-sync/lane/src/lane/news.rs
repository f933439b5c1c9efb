//! What the feed says: which pages are owed, and whose database it is.

use page_model::put::Cursor;

use super::{Lane, Phase, say};
use crate::{
    beginning::{Beginning, beginning, incompatible, reset},
    event::{About, Command, Level, News},
    feed::Heard,
    ledger::{Class, Debt},
    limits::INCOMPATIBLE_PAUSE_MS,
};

impl Lane {
    pub(super) fn heard(&mut self, now_ms: u64, id: u64, news: News, out: &mut Vec<Command>) {
        let Some(heard) = self.feed.heard(id, &news, now_ms) else {
            return;
        };
        match std::mem::replace(&mut self.phase, Phase::Asking) {
            Phase::Hearing(shown) => self.begin(now_ms, shown, news, out),
            Phase::Following => match heard {
                Heard::Same => {
                    self.phase = Phase::Following;
                    self.mark(now_ms, &news);
                }
                Heard::AnotherOrigin => {
                    out.extend(self.feed.overtaken_by(&news));
                    self.another_origin(now_ms, out);
                }
            },
            phase => self.phase = phase,
        }
    }

    /// The region's cursor is known, and the origin's database: do they belong together?
    fn begin(&mut self, now_ms: u64, shown: Option<Cursor>, news: News, out: &mut Vec<Command>) {
        self.feed.heard_first(&news);
        if let Some(text) = incompatible(news.origin.format, self.region.format) {
            say(out, Level::Error, &text);
            // Either may be another one when it is asked again.
            return self.region.pause.rest(now_ms + INCOMPATIBLE_PAUSE_MS);
        }
        match beginning(shown.as_ref(), &news, self.lost, self.region.is_older_edge()) {
            Beginning::Overtaken { seq } => {
                say(
                    out,
                    Level::Warn,
                    "the region is ahead of the origin: an older database was restored, and goes on behind it",
                );
                let database = news.origin.database;
                out.push(Command::Overtaken { database, seq });
                self.feed.overtaken(now_ms);
                self.phase = Phase::Hearing(shown);
                return;
            }
            Beginning::Fill => {
                self.lost = false;
                say(out, Level::Info, "the region will be filled");
                let filling = self.seed.wrapping_add(self.id);
                let cursor = reset(shown.as_ref(), &news, filling, self.region.is_older_edge());
                self.phase = Phase::Resetting(Box::new(cursor));
                return;
            }
            Beginning::Follow => self.lost = false,
        }
        let seq = shown.as_ref().map_or(0, |cursor| cursor.seq);
        self.feed.follow(seq, shown.as_ref().map_or(0, |cursor| cursor.head));
        for parked in shown.iter().flat_map(|shown| &shown.parked) {
            self.ledger.park(parked);
        }
        self.phase = Phase::Following;
        self.mark(now_ms, &news);
    }

    fn mark(&mut self, now_ms: u64, news: &News) {
        let is_filling = !self.feed.is_filled(u64::MAX) && self.region.cursor.filling;
        for change in &news.changes {
            let class = match change.awaited {
                _ if is_filling => Class::Filling,
                true => Class::Awaited,
                false => Class::Passing,
            };
            let debt = Debt {
                since: self.feed.base(),
                last: change.seq,
            };
            let since_ms = match class {
                // The page is as old as it is, and the region is new.
                Class::Filling => now_ms,
                _ => now_ms.saturating_sub(change.age_ms),
            };
            self.ledger.mark(&change.page, debt, class, now_ms, since_ms);
            if self.ledger.is_overtaken(&change.page) && self.batches.take_back(&change.page) {
                self.ledger.give_back(&change.page);
            }
        }
        self.feed.marked(news);
    }

    pub(super) fn feed_failed(&mut self, now_ms: u64, id: u64, reason: &str, out: &mut Vec<Command>) {
        if self.feed.failed(id, now_ms).is_some() {
            out.push(Command::Trouble {
                about: About::Origin,
                reason: reason.to_owned(),
            });
        }
    }

    pub(super) fn another_origin(&mut self, now_ms: u64, out: &mut Vec<Command>) {
        let text = "the origin has another database, or is of another version: asking the region where it stands";
        say(out, Level::Warn, text);
        self.restart(now_ms);
    }
}
