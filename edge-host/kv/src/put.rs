//! A put: records that are stored together, if nothing that they rest on was written meanwhile.

use std::collections::HashSet;

use crate::{
    error::{KvError, check},
    writes::Writes,
};

pub struct Put {
    since: u64,
    rests_on: Vec<String>,
    entries: Vec<(String, Option<Vec<u8>>)>,
}

impl Put {
    pub(crate) fn since(moment: u64) -> Self {
        Self {
            since: moment,
            rests_on: Vec::new(),
            entries: Vec::new(),
        }
    }

    /// What was read since it began, and decides what is stored.
    pub fn resting_on(mut self, keys: Vec<String>) -> Self {
        self.rests_on.extend(keys);
        self
    }

    pub fn set(&mut self, key: String, value: Vec<u8>) -> Result<(), KvError> {
        check(&key, &value)?;
        self.entries.push((key, Some(value)));
        Ok(())
    }

    /// Nothing lies there afterwards.
    pub fn remove(&mut self, key: String) {
        self.entries.push((key, None));
    }

    pub(crate) fn entries(&self) -> &[(String, Option<Vec<u8>>)] {
        &self.entries
    }

    /// Whether something that it rests on was written since it began, or is in `written`.
    pub(crate) fn is_overtaken(&self, writes: &Writes, written: &HashSet<String>) -> bool {
        let keys = self.rests_on.iter().map(String::as_str);
        let dependence = Writes::dependence(self.since, keys);
        !writes.are_older(&dependence) || self.rests_on.iter().any(|key| written.contains(key))
    }
}
