//! Work after the reply, when nobody waits: compress and store a finished page, or render one without a budget.

use page_model::Key;

use super::{
    AfterRead, AfterWrite, Edge, Seen, Step,
    finished::{Finished, Forms},
    kind::Drawn,
    source,
    validator::Validator,
    visiting::Visiting,
};

#[derive(Debug)]
pub enum Afterwards {
    Store {
        key: Key,
        validator: Validator,
        text: String,
    },
    Render(Box<Visiting>),
}

impl Afterwards {
    pub fn begin(self, edge: &Edge) -> Step {
        match self {
            Self::Store { key, validator, text } => store(key, validator, (edge.forms)(text)),
            Self::Render(visiting) => {
                let keys = visiting.source_key().into_iter().collect();
                Step::Read(keys, AfterRead::Unhurried(visiting, edge.forms))
            }
        }
    }
}

pub fn resume_unhurried(visiting: &Visiting, forms: fn(String) -> Forms, seen: Vec<Seen>) -> Step {
    let Ok(record) = source::record(visiting.source_key().as_ref(), seen) else {
        return Step::Done;
    };
    match (visiting.render(&record, None), visiting.finished_of(&record)) {
        (Some(Drawn::Text(text)), Some((key, validator))) => store(key, validator, forms(text)),
        _ => Step::Done,
    }
}

fn store(key: Key, validator: Validator, forms: Forms) -> Step {
    let finished = Finished::new(validator, forms);
    Step::Write(vec![(key, finished.to_bytes())], AfterWrite::Finished)
}
