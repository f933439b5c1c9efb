//! What waits, by whom it is of: nobody has two turns while others wait for their first.

use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
};

#[derive(Debug)]
pub struct Turns<K, T> {
    waiting: HashMap<K, VecDeque<T>>,
    /// Who has something waiting, in the order of their turns.
    order: VecDeque<K>,
}

impl<K, T> Default for Turns<K, T> {
    fn default() -> Self {
        Self {
            waiting: HashMap::new(),
            order: VecDeque::new(),
        }
    }
}

impl<K: Clone + Eq + Hash, T> Turns<K, T> {
    pub fn add(&mut self, of: K, item: T) {
        let waiting = self.waiting.entry(of.clone()).or_default();
        if waiting.is_empty() {
            self.order.push_back(of);
        }
        waiting.push_back(item);
    }

    /// Who has something waiting.
    pub fn waiting(&self) -> impl Iterator<Item = &K> {
        self.order.iter()
    }

    /// The next turn among those who may have one. What one of them has waiting is taken in the order in which it came.
    pub fn next(&mut self, may: impl Fn(&K) -> bool) -> Option<T> {
        let at = self.order.iter().position(may)?;
        let of = self.order.remove(at)?;
        let waiting = self.waiting.get_mut(&of)?;
        let item = waiting.pop_front();
        match waiting.is_empty() {
            true => drop(self.waiting.remove(&of)),
            false => self.order.push_back(of),
        }
        item
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn rest<T>(turns: &mut Turns<u8, T>) -> Vec<T> {
        std::iter::from_fn(|| turns.next(|_| true)).collect()
    }

    #[test]
    fn one_who_has_much_is_not_in_the_way_of_others() {
        let mut turns = Turns::default();
        for item in ["1a", "1b", "1c", "2a", "3a", "3b"] {
            turns.add(item.as_bytes()[0], item);
        }
        assert_eq!(turns.next(|_| true), Some("1a"));
        turns.add(b'4', "4a");
        assert_eq!(turns.next(|of| *of != b'2'), Some("3a"), "2 may not yet");
        assert_eq!(turns.next(|_| false), None);
        assert_eq!(rest(&mut turns), ["2a", "1b", "4a", "3b", "1c"]);
        assert!(turns.waiting.is_empty(), "nothing is left of who went");
    }

    proptest! {
        #[test]
        fn everything_comes_once_and_in_the_order_of_each(of in vec(0..5_u8, 0..60)) {
            let mut turns = Turns::default();
            for (at, of) in of.iter().enumerate() {
                turns.add(*of, (*of, at));
            }
            let mut taken = rest(&mut turns);
            for each in 0..5 {
                let own: Vec<_> = taken.iter().filter(|(of, _)| *of == each).collect();
                prop_assert!(own.is_sorted());
            }
            taken.sort_by_key(|(_, at)| *at);
            prop_assert!(taken.into_iter().eq(of.into_iter().enumerate().map(|(at, of)| (of, at))));
        }
    }
}
