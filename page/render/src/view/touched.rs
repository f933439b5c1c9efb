//! The components that an event touches, as the page has them: their state, and where they stand.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
};

use minijinja::Value;
use page_model::{
    Id, Snapshot,
    snapshot::{Component, Group, Touched},
    status::Status,
};
use serde::Serialize;

use super::component::path_of_rows;
use crate::{locale::Locale, sorted::sort_by_key, tone::Tone};

/// A component by its own name and that of its group.
#[derive(Debug, Serialize)]
pub struct TouchedView<'a> {
    #[serde(skip)]
    id: &'a Id,
    #[serde(skip)]
    rank: (Reverse<Status>, usize),
    pub name: &'a str,
    pub group: Option<&'a str>,
    /// The page that it stands on, and its place there.
    pub path: Value,
    pub anchor: &'a str,
    pub tone: Tone,
    pub status: &'a str,
}

/// Those of a page's components that its open events touch.
#[derive(Default)]
pub struct Components<'a> {
    by_id: HashMap<&'a Id, Place<'a>>,
    large_page: bool,
}

#[derive(Clone, Copy)]
struct Place<'a> {
    group: &'a Group,
    component: &'a Component,
    at: usize,
}

impl<'a> Components<'a> {
    pub fn of(snapshot: &'a Snapshot) -> Self {
        let incidents = snapshot.incidents.iter().filter(|one| !one.status.is_over());
        let maintenances = snapshot.maintenances.iter().filter(|one| !one.status.is_over());
        let touched: HashSet<&Id> = incidents
            .flat_map(|one| &one.components)
            .chain(maintenances.flat_map(|one| &one.components))
            .map(|touched| &touched.id)
            .collect();
        if touched.is_empty() {
            return Self::default();
        }
        let groups = snapshot.groups.iter().filter(|group| group.is_shown());
        let shown = groups.flat_map(|group| group.shown().map(move |component| (group, component)));
        let wanted = shown
            .enumerate()
            .filter(|(_, (_, component))| touched.contains(&component.id));
        Self {
            by_id: wanted
                .map(|(at, (group, component))| (&component.id, Place { group, component, at }))
                .collect(),
            large_page: snapshot.is_large(),
        }
    }

    /// Whether an open event names it.
    pub fn has(&self, id: &Id) -> bool {
        self.by_id.contains_key(id)
    }

    /// The worst first, then as on the page; and the names of those that it does not have.
    pub fn split<'b>(&self, touched: &'b [Touched], locale: &'static Locale) -> (Vec<TouchedView<'a>>, Vec<&'b str>) {
        let mut found = Vec::new();
        let mut others = Vec::new();
        for one in touched {
            match self.by_id.get(&one.id) {
                Some(place) => found.push(place.view(self.large_page, locale)),
                None => others.push(one.name.as_str()),
            }
        }
        sort_by_key(&mut found, |view| view.rank);
        found.dedup_by_key(|view| view.id);
        (found, others)
    }
}

impl<'a> Place<'a> {
    fn view(self, large_page: bool, locale: &'static Locale) -> TouchedView<'a> {
        let Self { group, component, at } = self;
        TouchedView {
            id: &component.id,
            rank: (Reverse(component.status), at),
            name: &component.name,
            group: group.named.as_ref().map(|named| named.name.as_str()),
            path: path_of_rows(group, large_page),
            anchor: component.id.as_str(),
            tone: component.status.into(),
            status: locale.status(component.status),
        }
    }
}
