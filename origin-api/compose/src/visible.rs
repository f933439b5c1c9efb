//! What a change lets somebody see, or hides from them: a page before and after it, as far as who sees it goes.

use std::collections::{BTreeMap, BTreeSet};

use origin_objects::{
    audiences::Audiences,
    would_see::{Objects, SeenObject, WouldSee},
};
use page_model::{AudienceId, Id, site::Visibility};
use serde::{Deserialize, Serialize};

use crate::{rows::AudienceSet, seen::Sight};

/// All of a page that is for somebody.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ForWhom {
    pub visibility: Visibility,
    /// The page's audiences.
    pub audiences: Vec<AudienceId>,
    /// Sets of several that somebody was let in with.
    pub several: Vec<Vec<AudienceId>>,
    pub groups: Vec<Thing>,
    pub components: Vec<Thing>,
    pub gone_components: Vec<(Id, Audiences)>,
    /// Incidents and maintenances.
    pub events: Vec<Thing>,
    /// Metrics, and the announcement.
    pub others: Vec<Thing>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Thing {
    pub kind: String,
    pub id: String,
    pub name: String,
    pub audiences: Audiences,
    /// The group of a component; the components of an event.
    pub of: Vec<Id>,
}

/// Who would see something else: strangers, those in each audience, and those in several.
pub fn changes(before: &ForWhom, after: &ForWhom) -> Vec<WouldSee> {
    let viewers = viewers(before).chain(viewers(after)).collect::<BTreeSet<_>>();
    let changes = viewers.into_iter().map(|viewer| {
        let (seen, sees) = (before.seen_by(&viewer), after.seen_by(&viewer));
        let only = |one: &BTreeMap<Place, &Thing>, other: &BTreeMap<Place, &Thing>| {
            let places = one.iter().filter(|(place, _)| !other.contains_key(*place));
            let things: Vec<&Thing> = places.map(|(_, thing)| *thing).collect();
            Objects {
                count: things.len(),
                first: things.iter().take(NAMED_MAX).map(|thing| thing.told()).collect(),
            }
        };
        let (appear, vanish) = (only(&sees, &seen), only(&seen, &sees));
        let audiences = match viewer.is_empty() {
            true => Audiences::default(),
            false => Audiences::of(viewer),
        };
        WouldSee {
            audiences,
            appear,
            vanish,
        }
    });
    changes
        .filter(|change| change.appear.count + change.vanish.count > 0)
        .collect()
}

/// An object of a page: its kind and its id.
type Place<'a> = (&'a str, &'a str);

/// Strangers are in no audience.
fn viewers(page: &ForWhom) -> impl Iterator<Item = Vec<AudienceId>> {
    let alone = page.audiences.iter().map(|audience| vec![audience.clone()]);
    [Vec::new()]
        .into_iter()
        .chain(alone)
        .chain(page.several.iter().cloned())
}

impl ForWhom {
    /// A page that is gone.
    pub fn emptied(&self) -> Self {
        Self {
            visibility: self.visibility,
            audiences: self.audiences.clone(),
            several: self.several.clone(),
            groups: Vec::new(),
            components: Vec::new(),
            gone_components: Vec::new(),
            events: Vec::new(),
            others: Vec::new(),
        }
    }

    fn seen_by(&self, viewer: &[AudienceId]) -> BTreeMap<Place<'_>, &Thing> {
        let set = match (self.visibility, viewer.is_empty()) {
            (Visibility::Public, _) | (Visibility::Layered, true) => AudienceSet::public(),
            (Visibility::Private | Visibility::Unknown, true) => return BTreeMap::new(),
            (_, false) => AudienceSet::of(viewer.to_vec()),
        };
        let groups = self.groups.iter().map(|group| (group, Id::try_from(group.id.clone())));
        let groups: Vec<_> = groups
            .filter_map(|(group, id)| Some((id.ok()?, &group.audiences)))
            .collect();
        let components = self.components.iter().map(|one| (one, Id::try_from(one.id.clone())));
        let components: Vec<_> = components.filter_map(|(one, id)| Some((id.ok()?, one))).collect();
        let sight = Sight::of(
            &set,
            groups.iter().map(|(id, audiences)| (id, *audiences)),
            components.iter().map(|(id, one)| (id, &one.audiences, one.of.first())),
            self.gone_components.iter().map(|(id, audiences)| (id, audiences)),
        );
        let shown = components
            .iter()
            .filter(|(id, _)| !sight.is_hidden(id))
            .map(|(_, one)| *one);
        let events = self
            .events
            .iter()
            .filter(|event| sight.sees_event(&event.audiences, event.of.iter()));
        let plain = self
            .groups
            .iter()
            .chain(&self.others)
            .filter(|one| set.sees(&one.audiences));
        let seen = shown.chain(events).chain(plain);
        seen.map(|thing| ((thing.kind.as_str(), thing.id.as_str()), thing))
            .collect()
    }
}

impl Thing {
    fn told(&self) -> SeenObject {
        SeenObject {
            kind: self.kind.clone(),
            id: self.id.clone(),
            name: self.name.clone(),
        }
    }
}

/// Objects that are named; of others only the number is told.
const NAMED_MAX: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn audience(letter: char) -> AudienceId {
        AudienceId::parse(&letter.to_string().repeat(12)).expect("an id")
    }

    fn thing(kind: &str, id: &str, audiences: &str, of: &[&str]) -> Thing {
        let one = |letter| match letter {
            'p' => AudienceId::public(),
            other => audience(other),
        };
        Thing {
            kind: kind.to_owned(),
            id: id.to_owned(),
            name: id.to_owned(),
            audiences: Audiences::of(audiences.chars().map(one)),
            of: of.iter().map(|id| Id::parse(id).expect("an id")).collect(),
        }
    }

    fn page(visibility: Visibility, component: &str) -> ForWhom {
        ForWhom {
            visibility,
            audiences: vec![audience('a'), audience('b')],
            several: vec![vec![audience('a'), audience('b')]],
            groups: vec![thing("group", "group0000001", "p", &[])],
            components: vec![thing("component", "comp00000001", component, &["group0000001"])],
            gone_components: Vec::new(),
            events: vec![thing("incident", "incident0001", "p", &["comp00000001"])],
            others: vec![thing("metric", "metric000001", "p", &[])],
        }
    }

    fn told(before: &ForWhom, after: &ForWhom) -> Vec<String> {
        let changes = changes(before, after).into_iter().map(|change| {
            let letters = change
                .audiences
                .iter()
                .map(|audience| audience.as_str().get(..1).unwrap_or_default());
            let (appear, vanish) = (change.appear.count, change.vanish.count);
            format!("{} +{appear} -{vanish}", letters.collect::<String>())
        });
        changes.collect()
    }

    #[test]
    fn who_sees_more_or_less_is_told() {
        let public = page(Visibility::Layered, "p");
        let narrow = page(Visibility::Layered, "a");
        // The incident is about that component alone.
        assert_eq!(told(&public, &narrow), ["p +0 -2", "b +0 -2"]);
        assert_eq!(told(&narrow, &public), ["p +2 -0", "b +2 -0"]);
        assert_eq!(told(&narrow, &page(Visibility::Layered, "b")), ["a +0 -2", "b +2 -0"]);
        assert_eq!(told(&public, &public), Vec::<String>::new());
        // To strangers all of a private page is nothing, and to those in an audience all of a public one is what strangers see.
        assert_eq!(
            told(&page(Visibility::Private, "a"), &page(Visibility::Public, "a")),
            ["p +2 -0", "a +0 -2", "ab +0 -2"]
        );
        assert_eq!(told(&public, &page(Visibility::Private, "p")), ["p +0 -4"]);
    }

    #[test]
    fn few_are_named() {
        let many = |audiences: &str| {
            let others = (0..50).map(|n| thing("metric", &format!("metric{n:06}"), audiences, &[]));
            ForWhom {
                others: others.collect(),
                ..page(Visibility::Layered, "p")
            }
        };
        let change = &changes(&many("p"), &many("a"))[0];
        assert_eq!((change.vanish.count, change.vanish.first.len()), (50, NAMED_MAX));
    }
}
