//! How much of a page stands in its records. A KV takes values up to a size; what is over it is left out, the least of it
//! first, so that a page of any content is shown and goes on.

use std::{borrow::Cow, cmp::Reverse};

use page_model::{
    body,
    limits::{BODY_BYTES_MAX, KV_VALUE_BYTES_MAX, NAME_CHARS_MAX},
    snapshot::Touched,
};
use serde::Serialize;

use crate::rows::{Incident, LivePage, Maintenance, Month};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Detail {
    /// Updates of each incident and maintenance, the newest ones.
    pub updates_max: usize,
    /// The descriptions of components and groups.
    descriptions: bool,
    /// The days of components.
    uptime: bool,
    /// Incidents, and maintenances: first those that go on, the worst of them before others, then the newest.
    events_max: usize,
    /// Components that an event names.
    touched_max: usize,
    /// Characters of a name.
    name_chars_max: usize,
}

/// The value with as much detail as a record has room for, and its body.
pub fn fitting<T: Serialize>(make: impl Fn(&Detail) -> T) -> (T, Vec<u8>) {
    let mut fitted = None;
    for detail in STEPS {
        let value = make(&detail);
        let Some(encoded) = body::encode_up_to(&value, BODY_BYTES_MAX) else {
            continue;
        };
        let body = body::compressed(&encoded);
        let fits = body.len() + ENVELOPE_BYTES_MAX <= KV_VALUE_BYTES_MAX;
        fitted = Some((value, body));
        if fits {
            break;
        }
    }
    // The last step has room in any page.
    fitted.unwrap_or_else(|| {
        let value = make(&LEAST);
        let body = body::encode_compressed(&value);
        (value, body)
    })
}

impl Detail {
    pub fn of_page<'a>(&self, live: &'a LivePage) -> Cow<'a, LivePage> {
        if self.is_whole() {
            return Cow::Borrowed(live);
        }
        let mut live = live.clone();
        for group in &mut live.groups {
            self.cut_name(&mut group.name);
            self.cut_descriptions([&mut group.description, &mut group.description_html]);
        }
        for component in &mut live.components {
            self.cut_name(&mut component.name);
            self.cut_descriptions([&mut component.description, &mut component.description_html]);
            component.show_uptime &= self.uptime;
        }
        for cancelled in &mut live.cancelled {
            self.cut_name(&mut cancelled.name);
        }
        self.cut_incidents(&mut live.incidents);
        self.cut_maintenances(&mut live.maintenances);
        Cow::Owned(live)
    }

    pub fn of_month<'a>(&self, month: &'a Month) -> Cow<'a, Month> {
        if self.is_whole() {
            return Cow::Borrowed(month);
        }
        let mut month = month.clone();
        self.cut_incidents(&mut month.incidents);
        self.cut_maintenances(&mut month.maintenances);
        Cow::Owned(month)
    }

    /// But for the number of updates.
    fn is_whole(&self) -> bool {
        let Self { updates_max, .. } = *self;
        Self { updates_max, ..WHOLE } == *self
    }

    fn cut_incidents(&self, incidents: &mut Vec<Incident>) {
        self.keep_first(incidents, |incident| (!incident.status.is_over(), incident.impact));
        for incident in incidents {
            self.cut_name(&mut incident.name);
            self.cut_touched(&mut incident.components);
        }
    }

    fn cut_maintenances(&self, maintenances: &mut Vec<Maintenance>) {
        self.keep_first(maintenances, |maintenance| !maintenance.status.is_over());
        for maintenance in maintenances {
            self.cut_name(&mut maintenance.name);
            self.cut_touched(&mut maintenance.components);
        }
    }

    /// They stay in their order, which is newest first.
    fn keep_first<T, R: Ord>(&self, events: &mut Vec<T>, rank: impl Fn(&T) -> R) {
        let mut places: Vec<usize> = (0..events.len()).collect();
        places.sort_by_key(|place| Reverse(rank(&events[*place])));
        let mut kept = vec![false; events.len()];
        places
            .iter()
            .take(self.events_max)
            .for_each(|place| kept[*place] = true);
        let mut kept = kept.into_iter();
        events.retain(|_| kept.next().unwrap_or(false));
    }

    fn cut_touched(&self, touched: &mut Vec<Touched>) {
        touched.truncate(self.touched_max);
        touched.iter_mut().for_each(|one| self.cut_name(&mut one.name));
    }

    fn cut_name(&self, name: &mut String) {
        if name.chars().count() > self.name_chars_max {
            *name = name
                .chars()
                .take(self.name_chars_max.saturating_sub(1))
                .chain(['…'])
                .collect();
        }
    }

    fn cut_descriptions(&self, texts: [&mut String; 2]) {
        if !self.descriptions {
            texts.into_iter().for_each(String::clear);
        }
    }
}

/// Updates of one incident or maintenance that a page shows, the newest ones.
pub const UPDATES_MAX: usize = 1_000;
/// A full name is that of a group and that of a component.
const FULL_NAME_CHARS_MAX: usize = 2 * NAME_CHARS_MAX + 3;
const WHOLE: Detail = Detail {
    updates_max: UPDATES_MAX,
    descriptions: true,
    uptime: true,
    events_max: usize::MAX,
    touched_max: usize::MAX,
    name_chars_max: FULL_NAME_CHARS_MAX,
};
const WITHOUT_TEXTS: Detail = Detail {
    updates_max: 1,
    descriptions: false,
    ..WHOLE
};
const FEW_EVENTS: Detail = Detail {
    events_max: 50,
    touched_max: 20,
    ..WITHOUT_TEXTS
};
const LEAST: Detail = Detail {
    updates_max: 0,
    uptime: false,
    events_max: 10,
    touched_max: 10,
    name_chars_max: 16,
    ..FEW_EVENTS
};
/// Whole histories nearly always fit; an incident with thousands of updates is cut rather than lost.
const STEPS: [Detail; 9] = [
    WHOLE,
    Detail {
        updates_max: 100,
        ..WHOLE
    },
    Detail {
        updates_max: 10,
        ..WHOLE
    },
    Detail {
        updates_max: 1,
        ..WHOLE
    },
    WITHOUT_TEXTS,
    FEW_EVENTS,
    Detail {
        uptime: false,
        ..FEW_EVENTS
    },
    Detail {
        uptime: false,
        name_chars_max: 40,
        ..FEW_EVENTS
    },
    LEAST,
];
/// Key, page, version and hash around a body.
const ENVELOPE_BYTES_MAX: usize = 1_000;

#[cfg(test)]
mod tests {
    use page_model::{Key, Record, Snapshot, snapshot::Announcement, status::Status};

    use super::*;
    use crate::{
        compose::compose,
        rows::{Component, PageRows},
        tests::{id, lifelike, snapshot},
    };

    /// Text that nothing makes smaller, four bytes a character.
    struct Noise(u64);

    impl Noise {
        fn text(&mut self, chars: usize) -> String {
            let next = |_| {
                self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                char::from_u32(0x2_0000 + (self.0 >> 33) as u32 % 0xA000).unwrap_or('x')
            };
            (0..chars).map(next).collect()
        }
    }

    fn components(noise: &mut Noise, count: usize, described_chars: usize) -> Vec<Component> {
        let one = lifelike().live.expect("a live page").components.remove(0);
        let components = (0..count).map(|number| Component {
            id: id(&format!("c{number:011}")),
            name: noise.text(NAME_CHARS_MAX),
            description: noise.text(described_chars),
            description_html: format!("<p>{}</p>", noise.text(described_chars)),
            group_id: None,
            status: if number == 0 {
                Status::MajorOutage
            } else {
                Status::Operational
            },
            show_uptime: true,
            ..one.clone()
        });
        components.collect()
    }

    fn fits(records: &[Record]) {
        for record in records {
            let bytes = record.to_bytes().len();
            assert!(bytes <= KV_VALUE_BYTES_MAX, "{}: {bytes} bytes", record.key);
            let content = matches!(record.key, Key::Snapshot(..)) && !record.is_tombstone();
            if content {
                let _: Snapshot = body::decode_compressed(&record.body).expect("a snapshot that an edge reads");
            }
        }
    }

    #[test]
    fn descriptions_give_way_before_anything_that_happens() {
        let (mut loaded, mut noise) = (lifelike(), Noise(1));
        let live = loaded.live.as_mut().expect("a live page");
        live.components = components(&mut noise, 950, 2_000);
        let records = compose(&loaded);
        fits(&records);
        let shown = snapshot(&records);
        assert_eq!((shown.components(), shown.incidents.len()), (950, 2));
        let component = &shown.groups[0].components[0];
        assert_eq!(
            (component.description.len(), component.name.chars().count()),
            (0, NAME_CHARS_MAX)
        );
        assert!(component.uptime.is_some() && !shown.incidents[0].updates.is_empty());
    }

    /// The most that the push API takes of everything.
    #[test]
    fn largest_page_fits_with_every_component_and_what_goes_on() {
        let (mut loaded, mut noise) = (lifelike(), Noise(2));
        fill(&mut loaded, &mut noise);
        let records = compose(&loaded);
        fits(&records);
        let shown = snapshot(&records);
        assert_eq!((shown.components(), shown.status.components_total), (5_000, 5_000));
        assert_eq!(shown.groups[0].components[0].status, Status::MajorOutage);
        assert_eq!(
            (shown.incidents.len(), shown.unresolved()),
            (50, 50),
            "what goes on comes first"
        );
        assert!(shown.maintenances.iter().any(|one| !one.status.is_over()));
        assert!(shown.incidents[0].name.ends_with('…'));
    }

    fn fill(loaded: &mut PageRows, noise: &mut Noise) {
        let live = loaded.live.as_mut().expect("a live page");
        live.components = components(noise, 5_000, 100);
        live.announcement = Some(Announcement {
            body: noise.text(20_000),
            body_html: noise.text(20_000),
        });
        let touched: Vec<Touched> = (live.components.iter().take(100))
            .map(|component| Touched {
                id: component.id.clone(),
                name: component.name.clone(),
            })
            .collect();
        let (open, over) = (live.incidents[0].clone(), live.incidents[1].clone());
        let many = (0..1_000).map(|number| Incident {
            id: id(&format!("i{number:011}")),
            name: noise.text(NAME_CHARS_MAX),
            components: touched.clone(),
            ..if number % 2 == 0 { over.clone() } else { open.clone() }
        });
        live.incidents = many.collect();
        let one = live.maintenances[1].clone();
        let many = (0..1_000).map(|number| Maintenance {
            id: id(&format!("m{number:011}")),
            name: noise.text(NAME_CHARS_MAX),
            components: touched.clone(),
            ..one.clone()
        });
        live.maintenances = many.collect();
        loaded.months[0].incidents = live.incidents.clone();
        loaded.months[0].maintenances = live.maintenances.clone();
    }
}
