//! The headline: the state of everything in one sentence, and how many components are operational.

use std::borrow::Cow;

use minijinja::Value;
use page_model::{Stamp, snapshot::PageStatus, status::Status};
use serde::Serialize;

use super::course::Course;
use crate::{
    locale::Locale,
    render::address,
    times::{Moment, Zone},
    tone::Tone,
};

#[derive(Debug, Serialize)]
pub struct HeadlineView<'a> {
    pub text: Cow<'a, str>,
    pub tone: Tone,
    /// The name of the incident that the text tells, and its page.
    name: Option<&'a str>,
    href: Option<Value>,
    /// `10 of 11 components operational`
    tally: Option<String>,
    as_of: Moment,
    /// How bad it is, and since when.
    pub course: Option<Course<'a>>,
    /// Whether something is open whose course is not known here.
    has_course: bool,
    /// The moment up to which all is known, where news may be missing.
    last_known: Option<Moment>,
}

impl<'a> HeadlineView<'a> {
    pub fn new(status: &'a PageStatus, as_of: Stamp, locale: &'static Locale) -> Self {
        Self {
            text: text(status, locale),
            tone: status.into(),
            name: status.incident.as_ref().map(|_| status.headline.as_str()),
            href: status.incident.as_ref().map(|id| address(format!("/incidents/{id}"))),
            tally: tally(status, locale),
            as_of: locale.short_date_and_time(as_of, Zone::Shown),
            course: None,
            has_course: status.open_incidents > 0,
            last_known: None,
        }
    }

    /// Of a region that has heard nothing since then: what it shows may be over, or only the beginning, so it has no tone.
    pub fn known_until(self, delayed_since: Option<Stamp>, locale: &'static Locale) -> Self {
        let Some(since) = delayed_since else {
            return self;
        };
        Self {
            tone: Tone::Unknown,
            last_known: Some(locale.short_date_and_time(since, Zone::Shown)),
            ..self
        }
    }

    /// For the browser's tab and for previews.
    pub fn title(&self, locale: &'static Locale) -> String {
        match &self.last_known {
            Some(_) => {
                let arguments = [
                    ("state", locale.text("last-known-state").into()),
                    ("name", self.text.as_ref().into()),
                ];
                locale.format("open-incident", arguments)
            }
            None => self.text.to_string(),
        }
    }
}

/// The publisher's words as they are, and the roll-up in the visitor's language. Where nothing is wrong any more but an
/// incident is open, its state says so.
pub fn text<'a>(status: &'a PageStatus, locale: &'static Locale) -> Cow<'a, str> {
    match status.level {
        level if status.incident.is_none() => summary(status, level, locale).into(),
        Status::Operational => match status.incident_status {
            Some(state) => {
                let arguments = [
                    ("state", locale.incident(state).into()),
                    ("name", status.headline.as_str().into()),
                ];
                locale.format("open-incident", arguments).into()
            }
            None => status.headline.as_str().into(),
        },
        _ => status.headline.as_str().into(),
    }
}

fn summary(status: &PageStatus, level: Status, locale: &'static Locale) -> &'static str {
    match level {
        Status::Operational if status.open_incidents > 0 => locale.text("several-incidents"),
        Status::Operational if !status.calm => locale.roll_up(Status::UnderMaintenance),
        level => locale.roll_up(level),
    }
}

/// The same in a word or two.
pub fn word(status: &PageStatus, locale: &'static Locale) -> &'static str {
    match (status.level, status.incident_status) {
        (Status::Operational, _) if status.calm => locale.status(Status::Operational),
        (Status::Operational, Some(state)) => locale.incident(state),
        (Status::Operational, None) if status.open_incidents > 0 => locale.text("several-incidents"),
        (Status::Operational, None) => locale.status(Status::UnderMaintenance),
        (level, _) => locale.status(level),
    }
}

fn tally(status: &PageStatus, locale: &Locale) -> Option<String> {
    let (operational, total) = (status.components_operational, status.components_total);
    let arguments = [("operational", operational.into()), ("total", total.into())];
    (total > 0).then(|| locale.format("tally", arguments))
}
