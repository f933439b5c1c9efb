//! What an isolate remembers of its stores, so that a crowd does not ask them for each visit.

use std::collections::HashMap;

#[derive(Debug, Default)]
pub struct Memory {
    entries: HashMap<String, Entry>,
    bytes: usize,
}

#[derive(Debug)]
struct Entry {
    value: Vec<u8>,
    until_ms: u64,
}

impl Memory {
    pub fn get(&self, key: &str, now_ms: u64) -> Option<Vec<u8>> {
        let entry = self.entries.get(key).filter(|entry| now_ms < entry.until_ms)?;
        Some(entry.value.clone())
    }

    /// Where it would grow too large, it forgets everything: it fills again within a few visits.
    pub fn put(&mut self, key: String, value: Vec<u8>, until_ms: u64) {
        let size = key.len() + value.len();
        if self.bytes + size > MEMORY_BYTES_MAX {
            *self = Self::default();
        }
        if size > MEMORY_BYTES_MAX {
            return;
        }
        self.bytes += size;
        let key_bytes = key.len();
        if let Some(before) = self.entries.insert(key, Entry { value, until_ms }) {
            self.bytes -= key_bytes + before.value.len();
        }
    }
}

/// An isolate has 128 MB for everything.
const MEMORY_BYTES_MAX: usize = 16 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_forgets_when_the_time_is_over() {
        let mut memory = Memory::default();
        memory.put("a".to_owned(), vec![1], 1_000);
        assert_eq!(memory.get("a", 999), Some(vec![1]));
        assert_eq!(memory.get("a", 1_000), None);
        assert_eq!(memory.get("b", 0), None);
    }

    #[test]
    fn it_does_not_grow_without_bound() {
        let mut memory = Memory::default();
        for number in 0..100 {
            memory.put(format!("key {}", number % 70), vec![0; 1_000_000], u64::MAX);
            let held: usize = memory
                .entries
                .iter()
                .map(|(key, entry)| key.len() + entry.value.len())
                .sum();
            assert_eq!(memory.bytes, held);
            assert!(held <= MEMORY_BYTES_MAX);
        }
        memory.put("large".to_owned(), vec![0; MEMORY_BYTES_MAX], u64::MAX);
        assert_eq!(memory.get("large", 0), None);
    }
}
