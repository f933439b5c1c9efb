//! Work after the reply, when nobody waits: compress and store a finished page, or render one without a budget.

use page_model::Key;

use super::{
    AfterRead, AfterWrite, Edge, Seen, Step,
    finished::{Finished, Forms},
    validator::Validator,
    visiting::Visiting,
};

#[derive(Debug)]
pub enum Afterwards {
    Store {
        key: Key,
        validator: Validator,
        html: String,
    },
    Render(Box<Visiting>),
}

impl Afterwards {
    pub fn begin(self, edge: &Edge) -> Step {
        match self {
            Self::Store { key, validator, html } => store(key, validator, (edge.forms)(html)),
            Self::Render(visiting) => {
                Step::Read(vec![visiting.source_key()], AfterRead::Unhurried(visiting, edge.forms))
            }
        }
    }
}

pub fn resume_unhurried(visiting: &Visiting, forms: fn(String) -> Forms, seen: Vec<Seen>) -> Step {
    let Some(record) = visiting.source_record(seen) else {
        return Step::Done;
    };
    match visiting.render(&record, None) {
        Some(html) => store(visiting.html_key(), visiting.validator(&record.hash), forms(html)),
        None => Step::Done,
    }
}

fn store(key: Key, validator: Validator, forms: Forms) -> Step {
    let finished = Finished::new(validator, forms);
    Step::Write(vec![(key, finished.to_bytes())], AfterWrite::Finished)
}
