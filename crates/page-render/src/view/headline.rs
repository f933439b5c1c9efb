//! One sentence for somebody who is worried, and how it came about.

use minijinja::Value;
use page_model::{
    Snapshot,
    snapshot::{Headline, Incident},
    status::Status,
};
use serde::Serialize;

use crate::{
    render::address,
    voice::Voice,
    when::{Moment, Zone},
    words::Tone,
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
    pub fn new(snapshot: &'a Snapshot, voice: &'static Voice) -> Self {
        let headline = &snapshot.headline;
        Self {
            text: text(headline, &snapshot.incidents, voice),
            tone: headline.status.into(),
            href: headline.incident.as_ref().map(|id| address(format!("/incidents/{id}"))),
            tally: tally(headline, voice),
            as_of: voice.dated(snapshot.as_of, Zone::Said),
        }
    }
}

/// The publisher's words as they are, and the roll-up in the visitor's language.
pub fn text<'a>(headline: &'a Headline, incidents: &[Incident], voice: &'static Voice) -> &'a str {
    if headline.incident.is_some() {
        return &headline.text;
    }
    let mut unresolved = incidents.iter().filter(|incident| !incident.status.is_over());
    if headline.status == Status::Operational && unresolved.nth(1).is_some() {
        return voice.say("several-incidents");
    }
    voice.roll_up(headline.status)
}

fn tally(headline: &Headline, voice: &Voice) -> Option<String> {
    let (operational, total) = (headline.components_operational, headline.components_total);
    let arguments = [("operational", operational.into()), ("total", total.into())];
    (total > 0).then(|| voice.tell("tally", arguments))
}
