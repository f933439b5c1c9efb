//! Work after the reply, when nobody waits: compress and store a finished page, or render one without a budget.

use page_model::Key;

use super::{AfterRead, AfterWrite, Seen, Step, finished::Finished, validator::Validator, visiting::Visiting};

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
    pub fn begin(self) -> Step {
        match self {
            Self::Store { key, validator, html } => store(key, validator, &html),
            Self::Render(visiting) => Step::Read(vec![visiting.source_key()], AfterRead::Unhurried(visiting)),
        }
    }
}

pub fn resume_unhurried(visiting: &Visiting, seen: Vec<Seen>) -> Step {
    let Some(record) = visiting.source_record(seen) else {
        return Step::Done;
    };
    match visiting.render(&record, None) {
        Some(html) => store(visiting.html_key(), visiting.validator(&record.hash), &html),
        None => Step::Done,
    }
}

fn store(key: Key, validator: Validator, html: &str) -> Step {
    let finished = Finished::new(validator, html);
    Step::Write(vec![(key, finished.to_bytes())], AfterWrite::Finished)
}
