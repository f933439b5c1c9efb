//! Visits that miss the same reply at the same time share one guest call.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot;

/// Guest calls that others may wait for. `T` is what a call has for those who wait.
pub struct Collapse<T> {
    flights: Arc<Flights<T>>,
}

type Flights<T> = Mutex<Waiting<T>>;
type Waiting<T> = HashMap<Box<[u8]>, Vec<oneshot::Sender<T>>>;

pub enum Role<T> {
    /// The first visit: it makes the call and lands the flight.
    Lead(Lead<T>),
    /// A later visit: it waits. An error means that the call was given up.
    Follow(oneshot::Receiver<T>),
}

/// The duty to land a flight. Dropped without landing, it sends the others on their own way.
pub struct Lead<T> {
    flights: Arc<Flights<T>>,
    key: Option<Box<[u8]>>,
}

impl<T: Clone> Collapse<T> {
    pub fn new() -> Self {
        Self {
            flights: Arc::default(),
        }
    }

    pub fn join(&self, key: &[u8]) -> Role<T> {
        let mut flights = lock(&self.flights);
        if let Some(waiting) = flights.get_mut(key) {
            let (landed, follow) = oneshot::channel();
            waiting.push(landed);
            return Role::Follow(follow);
        }
        flights.insert(key.into(), Vec::new());
        Role::Lead(Lead {
            flights: Arc::clone(&self.flights),
            key: Some(key.into()),
        })
    }
}

impl<T: Clone> Lead<T> {
    /// Hands the outcome to all who wait. Who comes later leads a flight of its own.
    pub fn land(mut self, outcome: T) {
        for follower in self.end() {
            // A visitor who has gone away no longer waits.
            let _ = follower.send(outcome.clone());
        }
    }
}

impl<T> Lead<T> {
    fn end(&mut self) -> Vec<oneshot::Sender<T>> {
        let key = self.key.take();
        key.and_then(|key| lock(&self.flights).remove(&key)).unwrap_or_default()
    }
}

impl<T> Drop for Lead<T> {
    fn drop(&mut self) {
        self.end();
    }
}

/// The map is whole after every statement, so a poisoned lock means nothing.
fn lock<T>(flights: &Flights<T>) -> MutexGuard<'_, Waiting<T>> {
    flights.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn followers_get_the_outcome() {
        let collapse = Collapse::new();
        let Role::Lead(lead) = collapse.join(b"a") else {
            panic!("the first visit leads")
        };
        let followers: Vec<_> = (0..3).map(|_| collapse.join(b"a")).collect();
        assert!(
            matches!(collapse.join(b"b"), Role::Lead(_)),
            "another key is another flight"
        );
        lead.land(7);
        for follower in followers {
            let Role::Follow(outcome) = follower else {
                panic!("a later visit follows")
            };
            assert_eq!(outcome.await, Ok(7));
        }
        assert!(matches!(collapse.join(b"a"), Role::Lead(_)), "a landed flight is over");
    }

    #[tokio::test]
    async fn dropping_the_lead_releases_the_followers() {
        let collapse = Collapse::<u8>::new();
        let lead = collapse.join(b"a");
        let Role::Follow(outcome) = collapse.join(b"a") else {
            panic!("a later visit follows")
        };
        drop(lead);
        assert!(outcome.await.is_err());
        assert!(matches!(collapse.join(b"a"), Role::Lead(_)));
    }

    #[test]
    fn landing_does_not_touch_the_next_flight() {
        let collapse = Collapse::new();
        let Role::Lead(mut first) = collapse.join(b"a") else {
            panic!("the first visit leads")
        };
        first.end();
        let _next = collapse.join(b"a");
        drop(first);
        assert!(
            matches!(collapse.join(b"a"), Role::Follow(_)),
            "the next flight still stands"
        );
        let _: Collapse<u8> = collapse;
    }
}
