//! What does not work, since when and why. It is said at once, then with growing pauses, and so is that it works again.

use std::collections::BTreeMap;

use sync_lane::About;

#[derive(Debug, Default)]
pub struct Troubles(BTreeMap<About, Trouble>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    pub since_ms: u64,
    pub last_ms: u64,
    /// Failures in a row.
    pub times: u64,
    pub cause: String,
    said_cause: String,
    said_ms: u64,
    pause_ms: u64,
}

impl Troubles {
    /// Gives the trouble where it is to be said.
    pub fn failed(&mut self, now_ms: u64, about: About, cause: String) -> Option<&Trouble> {
        match &about {
            // It failed by itself before, or others wait for it again.
            About::Page(page) => drop(self.0.remove(&About::Parked(page.clone()))),
            About::Parked(page) => drop(self.0.remove(&About::Page(page.clone()))),
            _ => {}
        }
        if self.0.len() >= TROUBLES_MAX && !self.0.contains_key(&about) {
            return None;
        }
        // Once may be a put of our own that was late.
        let first = if about == About::AnotherSync { 2 } else { 1 };
        let trouble = self.0.entry(about).or_insert_with(|| Trouble {
            since_ms: now_ms,
            last_ms: now_ms,
            times: 0,
            cause: String::new(),
            said_cause: String::new(),
            said_ms: 0,
            pause_ms: SAID_PAUSE_MS_MIN,
        });
        trouble.last_ms = now_ms;
        trouble.times += 1;
        trouble.cause = cause;
        if trouble.times < first {
            return None;
        }
        let is_other = trouble.said_cause != trouble.cause && now_ms >= trouble.said_ms + OTHER_CAUSE_PAUSE_MS;
        let is_due = trouble.times == first || now_ms >= trouble.said_ms + trouble.pause_ms;
        if !is_other && !is_due {
            return None;
        }
        if trouble.times > first && is_due {
            trouble.pause_ms = (trouble.pause_ms * 2).min(SAID_PAUSE_MS_MAX);
        }
        trouble.said_ms = now_ms;
        trouble.said_cause.clone_from(&trouble.cause);
        Some(trouble)
    }

    /// Gives the trouble that is over.
    pub fn works(&mut self, about: &About) -> Option<Trouble> {
        self.0.remove(about)
    }

    /// Nobody says that another sync is gone; it is when nothing was seen of it for a while.
    pub fn forget_another_sync(&mut self, now_ms: u64) -> Option<Trouble> {
        let seen = self.0.get(&About::AnotherSync)?;
        let is_over = now_ms >= seen.last_ms + ANOTHER_SYNC_SEEN_MS;
        is_over.then(|| self.works(&About::AnotherSync)).flatten()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&About, &Trouble)> {
        self.0.iter()
    }
}

/// Pages that fail by themselves beyond these are not told one by one.
const TROUBLES_MAX: usize = 1_000;
const SAID_PAUSE_MS_MIN: u64 = 10_000;
const SAID_PAUSE_MS_MAX: u64 = 600_000;
const OTHER_CAUSE_PAUSE_MS: u64 = 5_000;
/// Several times what a quiet sync waits until it moves the cursor.
const ANOTHER_SYNC_SEEN_MS: u64 = 90_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn said(troubles: &mut Troubles, now_ms: u64, cause: &str) -> bool {
        troubles.failed(now_ms, About::Region, cause.to_owned()).is_some()
    }

    #[test]
    fn is_said_once_then_with_growing_pauses() {
        let mut troubles = Troubles::default();
        let times: Vec<u64> = (0..=700)
            .map(|second| second * 1_000)
            .filter(|now_ms| said(&mut troubles, *now_ms, "away"))
            .collect();
        assert_eq!(times, [0, 10_000, 30_000, 70_000, 150_000, 310_000, 630_000]);
        let over = troubles.works(&About::Region).expect("it was known");
        assert_eq!((over.since_ms, over.last_ms, over.times), (0, 700_000, 701));
        assert!(said(&mut troubles, 701_000, "away"), "it begins anew");
    }

    #[test]
    fn other_cause_is_said_at_once_but_two_in_turn_say_little() {
        let mut troubles = Troubles::default();
        assert!(said(&mut troubles, 0, "away"));
        assert!(said(&mut troubles, 6_000, "full"));
        let times = (60..160).filter(|tenth| said(&mut troubles, tenth * 100, ["away", "full"][*tenth as usize % 2]));
        assert!(times.count() <= 3);
    }

    #[test]
    fn page_that_is_parked_is_one_trouble() {
        let page = page_model::PageId::parse("page00000001").expect("a page id");
        let mut troubles = Troubles::default();
        troubles.failed(1, About::Page(page.clone()), "too large".to_owned());
        troubles.failed(2, About::Parked(page.clone()), "too large".to_owned());
        assert_eq!(troubles.iter().count(), 1);
        assert!(troubles.works(&About::Parked(page)).is_some());
        assert_eq!(troubles.iter().count(), 0);
    }

    #[test]
    fn many_pages_are_bounded_and_another_sync_is_forgotten() {
        let mut troubles = Troubles::default();
        for number in 0..TROUBLES_MAX + 10 {
            let page = page_model::PageId::parse(&format!("page{number:08}")).expect("a page id");
            troubles.failed(0, About::Page(page), "no".to_owned());
        }
        assert_eq!(troubles.iter().count(), TROUBLES_MAX);
        let mut troubles = Troubles::default();
        assert!(troubles.failed(0, About::AnotherSync, "two".to_owned()).is_none());
        assert!(troubles.failed(0, About::AnotherSync, "two".to_owned()).is_some());
        assert!(troubles.forget_another_sync(ANOTHER_SYNC_SEEN_MS - 1).is_none());
        assert!(troubles.forget_another_sync(ANOTHER_SYNC_SEEN_MS).is_some());
    }
}
