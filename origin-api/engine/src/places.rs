//! Places to wait, of which nobody takes more than a share.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

#[derive(Debug, Clone)]
pub struct Places<K: Eq + Hash> {
    all_max: usize,
    own_max: usize,
    taken: Arc<Mutex<HashMap<K, usize>>>,
}

#[derive(Debug)]
pub struct Place<K: Eq + Hash> {
    among: Places<K>,
    of: K,
}

impl<K: Clone + Eq + Hash> Places<K> {
    pub fn new(all_max: usize, own_max: usize) -> Self {
        Self {
            all_max,
            own_max,
            taken: Arc::default(),
        }
    }

    pub fn take(&self, key: &K) -> Option<Place<K>> {
        let mut taken = self.taken();
        let all: usize = taken.values().sum();
        let own = taken.get(key).copied().unwrap_or(0);
        if all >= self.all_max || own >= self.own_max {
            return None;
        }
        taken.insert(key.clone(), own + 1);
        Some(Place {
            among: self.clone(),
            of: key.clone(),
        })
    }
}

impl<K: Eq + Hash> Places<K> {
    /// Nothing is remembered of who was there.
    pub fn are_free(&self) -> bool {
        self.taken().is_empty()
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<K, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash> Place<K> {
    pub fn of(&self) -> &K {
        &self.of
    }
}

impl<K: Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        let mut taken = self.among.taken();
        match taken.get_mut(&self.of) {
            Some(own) if *own > 1 => *own -= 1,
            _ => drop(taken.remove(&self.of)),
        }
    }
}
