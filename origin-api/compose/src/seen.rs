//! Who sees what of a page: from all its rows to those that one set of audiences sees. Nothing else decides it; whatever comes
//! behind it knows no more than the set does.

use std::{borrow::Cow, collections::HashSet};

use origin_objects::{audience::PAGE_SETS_MAX, audiences::Audiences, status_change::impact_of};
use page_model::{AudienceId, Id, Permalinks, site::Visibility};

use crate::rows::{AudienceSet, Incident, LinkedEvent, LivePage, Maintenance, Month, Update};

/// An audience of a page, as far as the sets follow from it.
#[derive(Debug, Clone)]
pub struct KnownAudience {
    pub id: AudienceId,
    /// Whether an object names it.
    pub is_named: bool,
    /// Whether somebody can be let in by it.
    pub lets_in: bool,
}

impl AudienceSet {
    pub fn public() -> Self {
        Self {
            id: AudienceId::public(),
            audiences: Vec::new(),
        }
    }

    pub fn of(audiences: Vec<AudienceId>) -> Self {
        Self {
            id: AudienceId::of_set(&audiences),
            audiences,
        }
    }

    /// Who was let in by these audiences: it makes no difference to be in one that nothing is for.
    pub fn of_visitor(known: &[KnownAudience], audiences: &[Id]) -> Self {
        let is_in = |one: &&KnownAudience| audiences.iter().any(|audience| audience.as_str() == one.id.as_str());
        let named = known.iter().filter(is_in).filter(|one| one.is_named);
        let mut named: Vec<AudienceId> = named.map(|one| one.id.clone()).collect();
        named.sort();
        Self::of(named)
    }

    /// Whether it sees what is for these. What is for the public is for all who see anything.
    pub fn sees(&self, audiences: &Audiences) -> bool {
        audiences.is_public() || self.audiences.iter().any(|audience| audiences.contains(audience))
    }
}

/// The sets that see something of a page, that of the public first: of those in one audience, and those of several that somebody
/// was let in with, as far as there is room.
pub fn sets(visibility: Visibility, known: &[KnownAudience], several: Vec<AudienceSet>) -> Vec<AudienceSet> {
    let without_any = AudienceSet::of(Vec::new());
    let mut sets = match visibility {
        Visibility::Public => return vec![AudienceSet::public()],
        // Those in no such audience see what is for all who are let in.
        Visibility::Private | Visibility::Unknown => vec![without_any],
        Visibility::Layered if known.iter().any(|one| one.lets_in && !one.is_named) => {
            vec![AudienceSet::public(), without_any]
        }
        Visibility::Layered => vec![AudienceSet::public()],
    };
    let named: Vec<&AudienceId> = known.iter().filter(|one| one.is_named).map(|one| &one.id).collect();
    sets.extend(named.iter().map(|one| AudienceSet::of(vec![(*one).clone()])));
    let is_several =
        |set: &AudienceSet| set.audiences.len() > 1 && set.audiences.iter().all(|one| named.contains(&one));
    let room = PAGE_SETS_MAX.saturating_sub(sets.len());
    sets.extend(several.into_iter().filter(is_several).take(room));
    sets
}

/// Who sees a component: those who see it and its group.
pub fn of_component(component: &Audiences, group: &Audiences) -> Audiences {
    match (component.is_public(), group.is_public()) {
        (true, _) => group.clone(),
        (_, true) => component.clone(),
        _ => Audiences::of(component.iter().filter(|one| group.contains(one)).cloned()),
    }
}

/// Who sees an event: those whom it is for, if they see one of its components or it has none.
pub fn of_event(event: &Audiences, components: &[Audiences]) -> Audiences {
    if components.is_empty() || components.iter().any(Audiences::is_public) {
        return event.clone();
    }
    let of_any = Audiences::of(components.iter().flat_map(Audiences::iter).cloned());
    of_component(event, &of_any)
}

/// Whether somebody sees now what they did not see before.
pub fn opens(before: &Audiences, now: &Audiences) -> bool {
    !before.is_public() && (now.is_public() || now.iter().any(|one| !before.contains(one)))
}

/// What a set sees, by whom things are for.
pub(crate) struct Sight<'a> {
    set: &'a AudienceSet,
    /// Components that the set does not see, or did not see when they went.
    hidden: HashSet<&'a Id>,
}

impl<'a> Sight<'a> {
    /// Of groups, of components with their group, and of components that are gone.
    pub(crate) fn of(
        set: &'a AudienceSet,
        groups: impl Iterator<Item = (&'a Id, &'a Audiences)>,
        components: impl Iterator<Item = (&'a Id, &'a Audiences, Option<&'a Id>)>,
        gone: impl Iterator<Item = (&'a Id, &'a Audiences)>,
    ) -> Self {
        let groups = groups.filter(|(_, audiences)| !set.sees(audiences));
        let groups: HashSet<&Id> = groups.map(|(id, _)| id).collect();
        let components = components
            .filter(|(_, audiences, group)| !set.sees(audiences) || group.is_some_and(|group| groups.contains(group)));
        let gone = gone.filter(|(_, audiences)| !set.sees(audiences));
        let hidden = components.map(|(id, ..)| id).chain(gone.map(|(id, _)| id)).collect();
        Self { set, hidden }
    }

    pub(crate) fn is_hidden(&self, component: &Id) -> bool {
        self.hidden.contains(component)
    }

    /// An event that is about components is not for those who see none of them, whomever it is for: what it says is about them.
    pub(crate) fn sees_event<'c>(
        &self,
        audiences: &Audiences,
        mut components: impl ExactSizeIterator<Item = &'c Id>,
    ) -> bool {
        let is_about_something = components.len() > 0;
        self.set.sees(audiences)
            && (!is_about_something || components.any(|component| !self.hidden.contains(component)))
    }
}

/// For whom the things of a page are: all that can make two sets see something else of it.
#[derive(Default)]
pub struct Differences<'a>(HashSet<&'a Audiences>);

impl<'a> Differences<'a> {
    /// Every field is named, so that a new one is decided on too.
    pub fn of(live: &'a LivePage) -> Self {
        let LivePage {
            groups,
            components,
            gone_components,
            incidents,
            maintenances,
            cancelled,
            metrics,
            announcement_audiences,
            traces,
            // For all who see something of the page.
            visibility: _,
            sets: _,
            access: _,
            name: _,
            description: _,
            description_html: _,
            language: _,
            branding: _,
            announcement: _,
            website: _,
            time_zone: _,
            hosts: _,
            first_host: _,
            changes: _,
            archive_months: _,
        } = live;
        let lists = groups.iter().map(|one| &one.audiences);
        let lists = lists
            .chain(components.iter().map(|one| &one.audiences))
            .chain(gone_components.iter().map(|one| &one.audiences))
            .chain(incidents.iter().flat_map(Incident::for_whom))
            .chain(maintenances.iter().flat_map(Maintenance::for_whom))
            .chain(cancelled.iter().map(|one| &one.audiences))
            .chain(metrics.iter().map(|one| &one.audiences))
            .chain(traces.iter().flatten().map(|one| &one.audiences))
            .chain([announcement_audiences]);
        Self(lists.filter(|audiences| !audiences.is_public()).collect())
    }

    fn are_seen_by(&self, set: &AudienceSet) -> bool {
        self.0.iter().all(|audiences| set.sees(audiences))
    }

    /// The same for sets that see the same: what the set sees of all this, and whether it is that of the public.
    pub fn to(&self, set: &AudienceSet) -> (bool, Vec<bool>) {
        let sees = self.0.iter().map(|audiences| set.sees(audiences));
        (set.id == AudienceId::public(), sees.collect())
    }
}

/// A page as a set sees it.
pub struct Seen<'a> {
    live: &'a LivePage,
    set: &'a AudienceSet,
    sight: Sight<'a>,
}

impl<'a> Seen<'a> {
    pub fn of(live: &'a LivePage, set: &'a AudienceSet) -> Self {
        let groups = live.groups.iter().map(|group| (&group.id, &group.audiences));
        let components = live.components.iter();
        let components = components.map(|one| (&one.id, &one.audiences, one.group_id.as_ref()));
        let gone = live.gone_components.iter().map(|gone| (&gone.id, &gone.audiences));
        let sight = Sight::of(set, groups, components, gone);
        Self { live, set, sight }
    }

    /// What it sees of the page now. Every field is named, so that a new one is decided on too.
    pub fn page(&self) -> Cow<'a, LivePage> {
        // As on most pages, which are then not copied.
        if self.live.traces.is_none() && Differences::of(self.live).are_seen_by(self.set) {
            return Cow::Borrowed(self.live);
        }
        let live = self.live;
        let sees_announcement = self.set.sees(&live.announcement_audiences);
        let components = live.components.iter().filter(|one| !self.sight.is_hidden(&one.id));
        let changes = live.changes.iter().filter(|(id, _)| !self.sight.is_hidden(id));
        Cow::Owned(LivePage {
            visibility: live.visibility,
            sets: live.sets.clone(),
            access: live.access.clone(),
            name: live.name.clone(),
            description: live.description.clone(),
            description_html: live.description_html.clone(),
            language: live.language,
            branding: live.branding.clone(),
            announcement: live.announcement.clone().filter(|_| sees_announcement),
            announcement_audiences: Audiences::default(),
            website: live.website.clone(),
            time_zone: live.time_zone.clone(),
            hosts: live.hosts.clone(),
            first_host: live.first_host.clone(),
            groups: self.for_it(&live.groups, |one| &one.audiences),
            components: components.cloned().collect(),
            gone_components: Vec::new(),
            changes: changes.map(|(id, changes)| (id.clone(), changes.clone())).collect(),
            incidents: self.incidents(&live.incidents),
            maintenances: self.maintenances(&live.maintenances),
            cancelled: self.for_it(&live.cancelled, |one| &one.audiences),
            metrics: self.for_it(&live.metrics, |one| &one.audiences),
            archive_months: self.archive_months(),
            traces: None,
        })
    }

    /// What it sees of a month; nothing, where all events are for others.
    pub fn month<'m>(&self, month: &'m Month) -> Cow<'m, Month> {
        let for_all = month.incidents.iter().flat_map(Incident::for_whom);
        let mut for_all = for_all.chain(month.maintenances.iter().flat_map(Maintenance::for_whom));
        if self.sight.hidden.is_empty() && for_all.all(|audiences| self.set.sees(audiences)) {
            return Cow::Borrowed(month);
        }
        let (incidents, maintenances) = (self.incidents(&month.incidents), self.maintenances(&month.maintenances));
        Cow::Owned(Month {
            month: month.month.clone(),
            filled: month.filled && !(incidents.is_empty() && maintenances.is_empty()),
            incidents,
            maintenances,
        })
    }

    pub fn permalinks(&self, events: &[LinkedEvent]) -> Permalinks {
        let seen = events
            .iter()
            .filter(|event| self.sees_event(&event.audiences, event.components.iter()));
        Permalinks {
            months: seen.map(|event| (event.id.clone(), event.month.clone())).collect(),
        }
    }

    fn for_it<T: Clone>(&self, all: &[T], audiences: impl Fn(&T) -> &Audiences) -> Vec<T> {
        all.iter()
            .filter(|one| self.set.sees(audiences(one)))
            .cloned()
            .collect()
    }

    /// Months that one of its events touched.
    fn archive_months(&self) -> Vec<String> {
        let Some(traces) = &self.live.traces else {
            return self.live.archive_months.clone();
        };
        let seen = traces
            .iter()
            .filter(|trace| self.sees_event(&trace.audiences, trace.components.iter()));
        let seen: HashSet<&str> = seen.map(|trace| trace.month.as_str()).collect();
        let months = self.live.archive_months.iter();
        months.filter(|month| seen.contains(month.as_str())).cloned().collect()
    }

    fn sees_event<'c>(&self, audiences: &Audiences, components: impl ExactSizeIterator<Item = &'c Id>) -> bool {
        self.sight.sees_event(audiences, components)
    }

    fn incidents(&self, all: &[Incident]) -> Vec<Incident> {
        let seen = all
            .iter()
            .filter(|one| self.sees_event(&one.audiences, one.components.iter().map(|touched| &touched.id)));
        seen.map(|incident| self.incident(incident)).collect()
    }

    fn incident(&self, incident: &Incident) -> Incident {
        let mut seen = incident.clone();
        seen.components.retain(|touched| !self.sight.is_hidden(&touched.id));
        self.cut(&mut seen.updates);
        // How bad it is for components that are hidden tells of them.
        if seen.components.len() < incident.components.len() && !incident.impact_is_given {
            let said = seen.updates.iter().filter_map(|update| update.affected.as_ref());
            seen.impact = impact_of(said.flatten().map(|affected| affected.new_status));
        }
        seen
    }

    fn maintenances(&self, all: &[Maintenance]) -> Vec<Maintenance> {
        let seen = all
            .iter()
            .filter(|one| self.sees_event(&one.audiences, one.components.iter().map(|touched| &touched.id)));
        let seen = seen.map(|maintenance| {
            let mut seen = maintenance.clone();
            seen.components.retain(|touched| !self.sight.is_hidden(&touched.id));
            self.cut(&mut seen.updates);
            seen
        });
        seen.collect()
    }

    /// Updates that are for others, and what the rest say of hidden components; their texts are the event's own.
    fn cut<S>(&self, updates: &mut Vec<Update<S>>) {
        updates.retain(|update| self.set.sees(&update.audiences));
        for update in updates {
            if let Some(affected) = &mut update.affected {
                affected.retain(|one| !self.sight.is_hidden(&one.component));
            }
            update.affected.take_if(|affected| affected.is_empty());
        }
    }
}

impl Incident {
    /// Whom it and its updates are for.
    fn for_whom(&self) -> impl Iterator<Item = &Audiences> {
        [&self.audiences]
            .into_iter()
            .chain(self.updates.iter().map(|update| &update.audiences))
    }
}

impl Maintenance {
    fn for_whom(&self) -> impl Iterator<Item = &Audiences> {
        [&self.audiences]
            .into_iter()
            .chain(self.updates.iter().map(|update| &update.audiences))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audience(letter: char) -> AudienceId {
        AudienceId::parse(&letter.to_string().repeat(12)).expect("an id")
    }

    /// `p` is the public.
    fn list(letters: &str) -> Audiences {
        let one = |letter| match letter {
            'p' => AudienceId::public(),
            other => audience(other),
        };
        Audiences::of(letters.chars().map(one))
    }

    #[test]
    fn component_is_seen_where_its_group_is() {
        for (component, group, seen) in [
            ("p", "p", "p"),
            ("p", "a", "a"),
            ("a", "p", "a"),
            ("ab", "bc", "b"),
            ("a", "b", ""),
            ("pa", "b", "b"),
        ] {
            let both = of_component(&list(component), &list(group));
            assert_eq!(both, list(seen), "{component} in {group}");
        }
    }

    #[test]
    fn event_is_seen_by_whom_it_is_for_and_who_see_one_of_its_components() {
        for (event, components, seen) in [
            ("p", vec![], "p"),
            ("a", vec![], "a"),
            ("p", vec!["a"], "a"),
            ("p", vec!["a", "p"], "p"),
            ("a", vec!["p"], "a"),
            ("p", vec!["a", "b"], "ab"),
            ("a", vec!["b"], ""),
            ("p", vec![""], ""),
        ] {
            let lists: Vec<Audiences> = components.iter().map(|letters| list(letters)).collect();
            assert_eq!(
                of_event(&list(event), &lists),
                list(seen),
                "{event} about {components:?}"
            );
        }
    }

    #[test]
    fn opens_where_somebody_sees_what_they_did_not() {
        for (before, now, opened) in [
            ("p", "p", false),
            ("p", "a", false),
            ("a", "p", true),
            ("a", "ab", true),
            ("ab", "a", false),
            ("a", "b", true),
            ("", "a", true),
            ("a", "", false),
        ] {
            assert_eq!(opens(&list(before), &list(now)), opened, "{before} to {now}");
        }
    }

    #[test]
    fn sets_follow_from_what_audiences_are_for() {
        let known = |letter, is_named, lets_in| KnownAudience {
            id: audience(letter),
            is_named,
            lets_in,
        };
        let ids = |visibility, known: &[KnownAudience]| -> Vec<AudienceId> {
            let sets = sets(visibility, known, Vec::new());
            sets.into_iter().map(|set| set.id).collect()
        };
        let (public, without_any) = (AudienceId::public(), AudienceId::of_set(&[]));
        let a = AudienceId::of_set(&[audience('a')]);
        let named = [known('a', true, false), known('b', false, false)];
        assert_eq!(ids(Visibility::Public, &named), std::slice::from_ref(&public));
        assert_eq!(ids(Visibility::Private, &named), [without_any.clone(), a.clone()]);
        assert_eq!(ids(Visibility::Unknown, &[]), std::slice::from_ref(&without_any));
        assert_eq!(ids(Visibility::Layered, &named), [public.clone(), a.clone()]);
        let other = [known('a', true, true), known('b', false, true)];
        assert_eq!(
            ids(Visibility::Layered, &other),
            [public, without_any.clone(), a.clone()]
        );
        let visitor = |letters: &str| {
            let ids = letters.chars().map(|letter| Id::try_from(audience(letter).to_string()));
            let ids: Vec<Id> = ids.map(|id| id.expect("an id")).collect();
            AudienceSet::of_visitor(&other, &ids).id
        };
        assert_eq!(visitor("a"), a);
        assert_eq!(visitor("b"), without_any);
        assert_eq!(visitor("ba"), a);
        assert_eq!(visitor("x"), without_any);
    }

    #[test]
    fn sets_of_several_are_those_whose_audiences_are_all_named_as_far_as_there_is_room() {
        let known = |letter, is_named| KnownAudience {
            id: audience(letter),
            is_named,
            lets_in: true,
        };
        let known = [known('a', true), known('b', true), known('c', false)];
        let set = |letters: &str| AudienceSet::of(letters.chars().map(audience).collect());
        let several = |sets: &[AudienceSet]| -> Vec<AudienceId> {
            let all = super::sets(Visibility::Private, &known, sets.to_vec());
            all.into_iter().skip(3).map(|set| set.id).collect()
        };
        assert_eq!(several(&[set("ab"), set("ac"), set("abx")]), [set("ab").id]);
        assert_eq!(several(&[set("a"), set("")]), [], "those are there already");
        assert_eq!(several(&vec![set("ab"); 100]).len(), PAGE_SETS_MAX - 3);
        let ids = known
            .each_ref()
            .map(|one| Id::try_from(one.id.to_string()).expect("an id"));
        let visitor = AudienceSet::of_visitor(&known, &[ids[2].clone(), ids[1].clone(), ids[0].clone()]);
        assert_eq!(visitor.id, set("ab").id);
    }
}
