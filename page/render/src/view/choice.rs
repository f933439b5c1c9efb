//! The components that a list of events can be narrowed to.

use page_model::Id;
use serde::Serialize;

use crate::{order::Event, sorted::sort_by_key};

#[derive(Debug, Serialize)]
pub struct Choice<'a> {
    pub id: &'a str,
    pub name: &'a str,
    pub group: Option<&'a str>,
    pub chosen: bool,
}

/// The components that events name, by their names; those of the newest event where it has another since.
pub fn named<'a>(events: &[Event<'a>], chosen: Option<&Id>) -> Vec<Choice<'a>> {
    let mut choices: Vec<Choice<'a>> = Vec::new();
    for touched in events.iter().flat_map(|event| event.components()) {
        let is_new = choices.iter().all(|choice| choice.id != touched.id.as_str());
        if is_new && choices.len() < CHOICES_MAX {
            choices.push(Choice {
                id: touched.id.as_str(),
                name: &touched.name,
                group: None,
                chosen: chosen == Some(&touched.id),
            });
        }
    }
    sort_by_key(&mut choices, |choice| choice.name);
    choices
}

/// More than anybody reads through.
pub const CHOICES_MAX: usize = 100;
