//! The same facts, told in another order: what was created comes first, every status is said, no two updates of an event
//! have one moment, and no two events stand at one place of their list. All else may come in any order.

use fastrand::Rng;

use crate::{
    random::{History, history},
    reference::facts::{Event, Facts},
    told::{Moment, Told, Update, What},
};

/// The facts that remain of a random history, told straight: twice, each time in an order of its own.
pub fn in_two_orders(seed: u64) -> [History; 2] {
    let random = history(seed);
    let first_ms = random.told.first().map_or(0, |told| told.now_ms);
    let last_ms = random.told.last().map_or(0, |told| told.now_ms);
    let mut facts = Facts::new(first_ms);
    for told in &random.told {
        let _ = facts.tell(told);
    }
    make_distinct(&mut facts);
    // Words of the publisher stand at the moment at which they are told; everything else may be told late.
    let end_ms = last_ms.max(facts.now());
    [1, 2].map(|order| {
        let rng = Rng::with_seed(seed.wrapping_mul(2).wrapping_add(order));
        let told = told(&facts, (first_ms, end_ms), rng);
        History {
            zone: random.zone,
            told,
        }
    })
}

fn make_distinct(facts: &mut Facts) {
    let there: Vec<u16> = facts.components.iter().map(|component| component.number).collect();
    for event in &mut facts.events {
        event.components.retain(|component| there.contains(component));
        // Said, whatever it follows from.
        let statuses: Vec<&'static str> = event.timeline().into_iter().map(|(_, status)| status).collect();
        for (update, status) in event.updates.iter_mut().zip(statuses) {
            update.status = Some(status);
            if let Some(words) = &mut update.words {
                words.retain(|(component, _)| there.contains(component));
            }
        }
        event.updates.dedup_by_key(|update| update.at);
    }
    facts.events.sort_by_key(|event| (event.id.kind, event.listed_at()));
    facts.events.dedup_by_key(|event| (event.id.kind, event.listed_at()));
}

fn told(facts: &Facts, (first_ms, end_ms): (i64, i64), mut rng: Rng) -> Vec<Told> {
    let mut told: Vec<Told> = Vec::new();
    let mut tell = |now_ms: i64, what: What| told.push(Told { now_ms, what });
    for component in &facts.components {
        let what = What::AddComponent {
            component: component.number,
            created_at: Some(Moment(component.created_at)),
            status: None,
        };
        tell(first_ms, what);
        for word in &component.own {
            let (component, status) = (component.number, word.status);
            tell(word.at, What::Say { component, status });
        }
    }
    let mut number = 0;
    for event in &facts.events {
        let mut updates = event.updates.iter().map(|update| {
            number += 1;
            Update {
                update: number,
                at: Some(Moment(update.at)),
                status: update.status,
                words: update.words.clone(),
            }
        });
        let Some(first) = updates.next() else { continue };
        let opened_ms = rng.i64(event.start().max(first_ms)..=end_ms);
        for update in updates {
            let at_ms = update.at.map_or(0, |at| at.0);
            let now_ms = rng.i64(at_ms.max(opened_ms)..=end_ms);
            let event = event.id;
            tell(now_ms, What::Update { event, update });
        }
        tell(opened_ms, opening(event, first));
    }
    // What is told at one moment comes in any order, but for what must be there before the rest.
    rng.shuffle(&mut told);
    told.sort_by_key(|told| (told.now_ms, rank(&told.what)));
    told.push(Told {
        now_ms: end_ms,
        what: What::Tick,
    });
    told
}

fn opening(event: &Event, first: Update) -> What {
    What::Open {
        event: event.id,
        first,
        impact: event.impact,
        components: event.components.clone(),
        window: (Moment(event.window.0), Moment(event.window.1)),
    }
}

/// Components come in the order of their numbers, as that is their place on the page.
fn rank(what: &What) -> u32 {
    match what {
        What::AddComponent { component, .. } => u32::from(*component),
        What::Open { .. } => 100_000,
        _ => 100_001,
    }
}
