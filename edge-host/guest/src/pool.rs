//! Instances that rest. Each thread takes the one that it put back last: its memory is in the caches of the processor.

use std::{
    cell::Cell,
    collections::VecDeque,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use crate::{instance::Instance, limits::GUEST_IDLE_MAX};

pub struct Pool {
    stacks: Box<[Mutex<Stack>]>,
    /// Those of slow hosts: where a visit ends its instance, the next one to such a host waits until another is made, and
    /// nobody else does.
    of_slow_hosts: Mutex<Stack>,
}

type Stack = VecDeque<(Instant, Instance)>;

impl Pool {
    /// For about as many threads; more of them share.
    pub fn new(threads: usize) -> Self {
        Self {
            stacks: (0..threads.max(1)).map(|_| Mutex::default()).collect(),
            of_slow_hosts: Mutex::default(),
        }
    }

    /// This thread's own, else one of another.
    pub fn take(&self, for_slow_host: bool) -> Option<Instance> {
        if for_slow_host {
            return lock(&self.of_slow_hosts).pop_back().map(|(_, instance)| instance);
        }
        let own = thread_number();
        let mut stacks = (0..self.stacks.len()).map(|at| self.stack(own + at));
        stacks
            .find_map(|mut stack| stack.pop_back())
            .map(|(_, instance)| instance)
    }

    /// Keeps the instance for later, and lets one go that nobody wanted for long.
    pub fn put_back(&self, mut instance: Instance) {
        instance.rest();
        let now = Instant::now();
        let mut stack = match instance.is_for_slow_hosts {
            true => lock(&self.of_slow_hosts),
            false => self.stack(thread_number()),
        };
        let is_unwanted = |(since, _): &(Instant, Instance)| now.duration_since(*since) >= GUEST_IDLE_MAX;
        let unwanted = match stack.front().is_some_and(is_unwanted) {
            true => stack.pop_front(),
            false => None,
        };
        stack.push_back((now, instance));
        drop(stack);
        drop(unwanted);
    }

    pub fn clear(&self) {
        for at in 0..self.stacks.len() {
            self.stack(at).clear();
        }
        lock(&self.of_slow_hosts).clear();
    }

    fn stack(&self, at: usize) -> MutexGuard<'_, Stack> {
        lock(&self.stacks[at % self.stacks.len()])
    }
}

fn lock(stack: &Mutex<Stack>) -> MutexGuard<'_, Stack> {
    stack.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Threads are numbered as they first come here.
fn thread_number() -> usize {
    NUMBER.with(|number| {
        let known = number.get().unwrap_or_else(|| COUNT.fetch_add(1, Ordering::Relaxed));
        number.set(Some(known));
        known
    })
}

static COUNT: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static NUMBER: Cell<Option<usize>> = const { Cell::new(None) };
}
