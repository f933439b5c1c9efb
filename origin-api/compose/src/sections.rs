//! The page from top to bottom.

use std::collections::HashMap;

use page_model::Id;

use crate::rows::{self, LivePage};

/// A group with its components, or one component without a group.
pub struct Section<'a> {
    pub group: Option<&'a rows::Group>,
    pub components: Vec<&'a rows::Component>,
}

/// The page from top to bottom. Groups without components are not shown.
pub fn sections(live: &LivePage) -> Vec<Section<'_>> {
    let mut grouped: HashMap<&Id, Vec<&rows::Component>> = HashMap::new();
    let mut placed = Vec::new();
    for component in &live.components {
        match &component.group_id {
            Some(group) => grouped.entry(group).or_default().push(component),
            None => {
                let section = Section {
                    group: None,
                    components: vec![component],
                };
                placed.push(((component.position, component.ordinal), section));
            }
        }
    }
    for group in &live.groups {
        if let Some(components) = grouped.remove(&group.id) {
            let section = Section {
                group: Some(group),
                components,
            };
            placed.push(((group.position, group.ordinal), section));
        }
    }
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, section)| section).collect()
}
