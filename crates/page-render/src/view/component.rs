//! Groups and their components.

use minijinja::Value;
use page_model::{
    snapshot::{Component, Group},
    status::Status,
};
use serde::Serialize;

use super::bar::{Day, bar, days};
use crate::{
    render::safe,
    words::{self, Tone, percent},
};

#[derive(Debug, Serialize)]
pub struct GroupView<'a> {
    name: Option<&'a str>,
    description: Option<Value>,
    tone: Tone,
    word: &'static str,
    /// Whether it can be closed: on a large page, and only where a name is left to be seen.
    folds: bool,
    open: bool,
    /// Whether any row has a bar, and so whether the bars need their legend.
    bars: bool,
    rows: Vec<Row<'a>>,
}

#[derive(Debug, Serialize)]
struct Row<'a> {
    id: &'a str,
    name: &'a str,
    tone: Tone,
    word: &'static str,
    uptime: Option<String>,
    bar: Option<Value>,
    description: Option<Value>,
    days: Vec<Day<'a>>,
    /// Whether there is something to unfold.
    more: bool,
}

impl<'a> GroupView<'a> {
    pub fn new(group: &'a Group, large_page: bool) -> Self {
        let named = group.named.as_ref();
        Self {
            name: named.map(|named| named.name.as_str()),
            description: named.and_then(|named| described(&named.description_html)),
            tone: group.status.into(),
            word: words::status(group.status),
            folds: large_page && named.is_some(),
            open: group.status != Status::Operational,
            bars: group.components.iter().any(|component| component.uptime.is_some()),
            rows: group.components.iter().map(Row::new).collect(),
        }
    }
}

impl<'a> Row<'a> {
    fn new(component: &'a Component) -> Self {
        let uptime = component.uptime.as_ref();
        let days = uptime.map(days).unwrap_or_default();
        let description = described(&component.description_html);
        Self {
            id: component.id.as_str(),
            name: &component.name,
            tone: component.status.into(),
            word: words::status(component.status),
            uptime: uptime.map(|uptime| percent(uptime.up_millionths)),
            bar: uptime.map(|uptime| bar(&uptime.runs, &days)),
            more: description.is_some() || !days.is_empty(),
            description,
            days,
        }
    }
}

/// Sanitised HTML, if there is any.
fn described(html: &str) -> Option<Value> {
    (!html.is_empty()).then(|| safe(html))
}
