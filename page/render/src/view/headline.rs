//! The headline: the state of everything in one sentence, and how many components are operational.

use minijinja::Value;
use page_model::{Snapshot, Stamp, snapshot::Headline, status::Status};
use serde::Serialize;

use crate::{
    locale::Locale,
    render::address,
    times::{Moment, Zone},
    tone::Tone,
};

#[derive(Debug, Serialize)]
pub struct HeadlineView<'a> {
    pub text: &'a str,
    pub tone: Tone,
    /// The page of the incident whose name the text is.
    href: Option<Value>,
    /// `10 of 11 components operational`
    tally: Option<String>,
    as_of: Moment,
}

impl<'a> HeadlineView<'a> {
    pub fn of_snapshot(snapshot: &'a Snapshot, locale: &'static Locale) -> Self {
        Self::new(&snapshot.headline, snapshot.unresolved(), snapshot.as_of, locale)
    }

    /// `unresolved` counts the incidents.
    pub fn new(headline: &'a Headline, unresolved: usize, as_of: Stamp, locale: &'static Locale) -> Self {
        Self {
            text: text(headline, unresolved, locale),
            tone: headline.status.into(),
            href: headline.incident.as_ref().map(|id| address(format!("/incidents/{id}"))),
            tally: tally(headline, locale),
            as_of: locale.short_date_and_time(as_of, Zone::Shown),
        }
    }
}

/// The publisher's words as they are, and the roll-up in the visitor's language.
pub fn text<'a>(headline: &'a Headline, unresolved: usize, locale: &'static Locale) -> &'a str {
    if headline.incident.is_some() {
        return &headline.text;
    }
    if headline.status == Status::Operational && unresolved > 1 {
        return locale.text("several-incidents");
    }
    locale.roll_up(headline.status)
}

fn tally(headline: &Headline, locale: &Locale) -> Option<String> {
    let (operational, total) = (headline.components_operational, headline.components_total);
    let arguments = [("operational", operational.into()), ("total", total.into())];
    (total > 0).then(|| locale.format("tally", arguments))
}
