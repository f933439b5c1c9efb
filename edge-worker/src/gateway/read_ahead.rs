//! Which finished pages a visit looked for once its site record was there. The next one to the same address asks for them together
//! with the site record, and waits for the KV once instead of twice. What was read ahead counts only if it is what the site record, as it is
//! then, has the visit look for.

use std::cell::RefCell;

use page_address::Address;
use page_model::Key;

use super::{
    edge::Seen,
    recent::Recent,
    step::{AfterRead, Step},
};

pub fn keys(address: &Address) -> Vec<Key> {
    RECENT.with_borrow_mut(|recent| {
        let known = recent.find(|(known, _)| known == address);
        known.map_or_else(Vec::new, |(_, keys)| keys.clone())
    })
}

/// The step behind it, if what it wants was read ahead.
pub fn go_on(step: Step, ahead: &[Key], seen: Vec<Seen>) -> Step {
    match step {
        Step::Read(keys, next) if keys == ahead => next.resume(seen),
        Step::Read(keys, AfterRead::Finished(reading)) => {
            note(&reading.facts.address, &keys);
            Step::Read(keys, AfterRead::Finished(reading))
        }
        step => step,
    }
}

/// An address with a link's secret in it is not kept in memory, nor is one that only a stranger could have made so long.
fn note(address: &Address, keys: &[Key]) {
    if address.capability.is_none() && address.target().len() <= TARGET_BYTES_MAX {
        RECENT.with_borrow_mut(|recent| recent.add((address.clone(), keys.to_vec()), REMEMBERED_MAX));
    }
}

thread_local! {
    static RECENT: RefCell<Recent<(Address, Vec<Key>)>> = const { RefCell::new(Recent::new()) };
}

const REMEMBERED_MAX: usize = 16;
const TARGET_BYTES_MAX: usize = 256;
