//! How far the origin's feed has been read.

use page_model::Id;

use crate::{
    event::{Command, News, Origin},
    limits::{FEED_PAUSE_MS_MAX, FEED_WAIT_MS},
    pause::Pause,
};

#[derive(Debug)]
pub struct Feed {
    /// The poll that is on its way, and what it asked for.
    poll: Option<u64>,
    after: u64,
    /// The last change that the database is known to have, and that a region showed since this was asked for.
    head: u64,
    shown_head: u64,
    /// The `after` of the first poll since the last complete answer: of a page that is listed meanwhile, changes behind this
    /// may be news.
    base: u64,
    wait: bool,
    pause: Pause,
    heard_ms: u64,
    origin: Option<Origin>,
    /// The head of the first complete answer.
    first_head: Option<u64>,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Heard {
    Same,
    /// Another database, or an older state of it.
    AnotherOrigin,
}

impl Default for Feed {
    fn default() -> Self {
        Self {
            poll: None,
            after: 0,
            head: 0,
            shown_head: 0,
            base: 0,
            wait: false,
            pause: Pause::new(FEED_PAUSE_MS_MAX),
            heard_ms: 0,
            origin: None,
            first_head: None,
        }
    }
}

impl Feed {
    /// Reads from here, to learn which database the origin has.
    pub fn hear_from(&mut self, after: u64) {
        self.follow(after, 0);
        self.origin = None;
    }

    /// Follows from here: the region has everything up to this, of a database that has `head`.
    pub fn follow(&mut self, after: u64, head: u64) {
        (self.head, self.shown_head) = (head, 0);
        (self.after, self.base) = (after, after);
        // The first answer comes at once, so that the head is known; later ones may wait for a change.
        (self.poll, self.wait, self.first_head) = (None, false, None);
    }

    pub fn base(&self) -> u64 {
        self.base
    }

    /// The last change that the database is known to have.
    pub fn head(&self) -> u64 {
        self.head.max(self.after)
    }

    pub fn heard_ms(&self) -> u64 {
        self.heard_ms
    }

    pub fn first_seq(&self) -> u64 {
        self.origin.as_ref().map_or(0, |origin| origin.first_seq)
    }

    /// Whether a region at `seq` has all that there was when the feed was first read whole.
    pub fn is_filled(&self, seq: u64) -> bool {
        self.first_head.is_some_and(|head| seq >= head)
    }

    /// When it is to be polled.
    pub fn next_ms(&self) -> u64 {
        match self.poll {
            Some(_) => u64::MAX,
            None => self.pause.until_ms(),
        }
    }

    /// The region shows a cursor that has seen this: another sync moved it, or a put that was late. Answers to what was asked before
    /// may be older.
    pub fn shown(&mut self, head: u64) {
        self.shown_head = self.shown_head.max(head);
    }

    pub fn poll(&mut self, id: u64) -> Command {
        self.poll = Some(id);
        self.head = self.head.max(self.shown_head);
        Command::Poll {
            id,
            after: self.after,
            wait_ms: if self.wait { FEED_WAIT_MS } else { 0 },
        }
    }

    /// `None` for an answer to an earlier question.
    pub fn heard(&mut self, id: u64, news: &News, now_ms: u64) -> Option<Heard> {
        self.poll.take_if(|poll| *poll == id)?;
        self.pause.succeeded();
        let is_same = self.origin.as_ref().is_none_or(|origin| *origin == news.origin) && !self.is_ahead_of(news);
        let leads_nowhere = !news.complete && news.head <= self.after;
        if leads_nowhere {
            self.pause.failed(now_ms);
        }
        Some(match is_same {
            true => {
                self.heard_first(news);
                Heard::Same
            }
            false => Heard::AnotherOrigin,
        })
    }

    pub fn heard_first(&mut self, news: &News) {
        self.heard_ms = news.heard_ms;
        self.origin.get_or_insert_with(|| news.origin.clone());
    }

    pub fn is_of(&self, database: &Id) -> bool {
        self.origin.as_ref().is_none_or(|origin| origin.database == *database)
    }

    /// All that it lists is marked.
    pub fn marked(&mut self, news: &News) {
        self.after = news.head;
        self.wait = news.complete;
        if news.complete {
            self.base = news.head;
            self.first_head.get_or_insert(news.head);
        }
    }

    /// A list that was cut does not tell where the database ends.
    fn is_ahead_of(&self, news: &News) -> bool {
        news.head < self.after || news.complete && news.head < self.head()
    }

    /// The origin has less than it said before.
    pub fn overtaken_by(&self, news: &News) -> Option<Command> {
        let is_same = self.origin.as_ref().is_some_and(|origin| *origin == news.origin);
        (is_same && self.is_ahead_of(news)).then(|| Command::Overtaken {
            database: news.origin.database.clone(),
            seq: self.head(),
        })
    }

    /// The origin is being told; it is asked again after a pause.
    pub fn overtaken(&mut self, now_ms: u64) {
        self.pause.failed(now_ms);
        self.origin = None;
    }

    /// How long the pause is, unless the answer is to an earlier question.
    pub fn failed(&mut self, id: u64, now_ms: u64) -> Option<u64> {
        self.poll.take_if(|poll| *poll == id)?;
        Some(self.pause.failed(now_ms))
    }
}
