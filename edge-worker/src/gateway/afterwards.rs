//! Work after the reply, when nobody waits: compress and store a finished page, or render one without a budget.

use page_model::Key;

use super::{
    edge::{Edge, Seen},
    finished::{Finished, Forms},
    kind::Drawn,
    listing,
    plan::Budget,
    reading::Reading,
    source,
    step::{AfterRead, AfterWrite, Afterwards, Step},
    validator::Validator,
};

impl Afterwards {
    pub fn begin(self, edge: &Edge) -> Step {
        match self {
            Self::Store { key, validator, text } => store(key, validator, (edge.forms)(text)),
            Self::Render(reading) => {
                let keys = reading.source_key().into_iter().collect();
                Step::Read(keys, AfterRead::SourceAfterwards(reading, edge.forms))
            }
            Self::List(reading) => {
                let keys = vec![reading.snapshot_key()];
                Step::Read(keys, AfterRead::ObjectsAfterwards(reading))
            }
        }
    }
}

pub fn resume_source(reading: &Reading, forms: fn(String) -> Forms, seen: Vec<Seen>) -> Step {
    let Ok(record) = source::record(reading.source_key().as_ref(), reading.floor, seen) else {
        return Step::Done;
    };
    match (reading.draw(&record, Budget::Unlimited), reading.html_key()) {
        (Some(Drawn::Text(text)), Some(key)) => store(key, reading.validator_of(&record), forms(text)),
        _ => Step::Done,
    }
}

pub fn resume_objects(reading: &Reading, seen: Vec<Seen>) -> Step {
    let Ok(record) = source::record(Some(&reading.snapshot_key()), reading.floor, seen) else {
        return Step::Done;
    };
    // Of a snapshot that is not current it would not be looked at.
    match (reading.listing_key(), source::snapshot(&record)) {
        (Some(key), Some(snapshot)) if record.hash == reading.page.current().hash => {
            let listing = listing::record(&snapshot, &record.hash);
            Step::Write(vec![(key, listing)], AfterWrite::Finished)
        }
        _ => Step::Done,
    }
}

fn store(key: Key, validator: Validator, forms: Forms) -> Step {
    let finished = Finished::new(validator, forms);
    Step::Write(vec![(key, finished.to_bytes())], AfterWrite::Finished)
}
