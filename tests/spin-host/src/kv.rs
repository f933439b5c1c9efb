//! A region's store: a map, for as long as the process lives.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

#[derive(Clone, Default)]
pub struct Kv(Arc<Mutex<HashMap<String, Vec<u8>>>>);

impl Kv {
    pub fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.values().get(key).cloned()
    }

    pub fn set(&self, key: String, value: Vec<u8>) {
        self.values().insert(key, value);
    }

    pub fn delete(&self, key: &str) {
        self.values().remove(key);
    }

    pub fn keys(&self) -> Vec<String> {
        self.values().keys().cloned().collect()
    }

    fn values(&self) -> MutexGuard<'_, HashMap<String, Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
