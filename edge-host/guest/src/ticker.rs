//! Lets the epoch of the engine pass while a guest is at work, so that one that only computes yields its thread.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, Thread},
    time::Duration,
};

use anyhow::Context;
use wasmtime::Engine;

use crate::limits::{GUEST_EPOCH_IDLE_TICKS, GUEST_EPOCH_TICK};

pub struct Ticker {
    state: Arc<State>,
    thread: Thread,
}

#[derive(Default)]
struct State {
    at_work: AtomicUsize,
    /// Whether the thread must be woken by the next one that is at work.
    is_parked: AtomicBool,
}

/// The epoch passes as long as one of these is kept.
pub struct Ticking(Arc<State>);

impl Ticker {
    pub fn start(engine: &Engine) -> anyhow::Result<Self> {
        let (engine, state) = (engine.weak(), Arc::new(State::default()));
        let known = Arc::clone(&state);
        let run = move || {
            let mut idle_ticks = 0;
            loop {
                thread::sleep(GUEST_EPOCH_TICK);
                let Some(engine) = engine.upgrade() else {
                    return;
                };
                engine.increment_epoch();
                drop(engine);
                idle_ticks = if known.is_idle() { idle_ticks + 1 } else { 0 };
                if idle_ticks >= GUEST_EPOCH_IDLE_TICKS {
                    known.park();
                }
            }
        };
        let thread = thread::Builder::new()
            .name("guest-epoch".into())
            .spawn(run)
            .context("the epoch thread did not start")?;
        Ok(Self {
            state,
            thread: thread.thread().clone(),
        })
    }

    pub fn keep(&self) -> Ticking {
        self.state.at_work.fetch_add(1, Ordering::SeqCst);
        // Either this sees that the thread is to be woken, or the thread sees before it parks that somebody is at work.
        if self.state.is_parked.load(Ordering::SeqCst) {
            self.thread.unpark();
        }
        Ticking(Arc::clone(&self.state))
    }
}

impl State {
    fn is_idle(&self) -> bool {
        self.at_work.load(Ordering::SeqCst) == 0
    }

    fn park(&self) {
        self.is_parked.store(true, Ordering::SeqCst);
        if self.is_idle() {
            thread::park_timeout(PARKED_MAX);
        }
        self.is_parked.store(false, Ordering::SeqCst);
    }
}

impl Drop for Ticking {
    fn drop(&mut self) {
        self.0.at_work.fetch_sub(1, Ordering::SeqCst);
    }
}

/// After which the thread looks whether there still is an engine.
const PARKED_MAX: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use wasmtime::{Config, Instance, Module, Store};

    use super::*;

    /// `(module (func (export "f") (loop (br 0))))`
    const ENDLESS: &[u8] = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x07\x05\x01\x01f\0\0\x0a\x09\x01\x07\0\x03\x40\x0c\0\x0b\x0b";

    /// Until the epoch passes.
    fn compute(engine: &Engine) {
        let module = Module::new(engine, ENDLESS).unwrap();
        let mut store = Store::new(engine, ());
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        let endless = instance.get_func(&mut store, "f").unwrap();
        store.set_epoch_deadline(1);
        let trap = endless.call(&mut store, &[], &mut []).unwrap_err();
        assert_eq!(trap.downcast_ref(), Some(&wasmtime::Trap::Interrupt));
    }

    #[test]
    fn passes_while_a_guest_is_at_work() {
        let engine = Engine::new(Config::new().epoch_interruption(true)).unwrap();
        let ticker = Ticker::start(&engine).unwrap();
        for _ in 0..3 {
            let ticking = ticker.keep();
            compute(&engine);
            compute(&engine);
            drop(ticking);
            while !ticker.state.is_parked.load(Ordering::SeqCst) {
                thread::sleep(GUEST_EPOCH_TICK);
            }
        }
    }
}
