//! One sentence for somebody who is worried, and how it came about.

use minijinja::Value;
use page_model::{Snapshot, Stamp, snapshot::Headline, status::Status};
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
    pub fn of_snapshot(snapshot: &'a Snapshot, voice: &'static Voice) -> Self {
        Self::new(&snapshot.headline, snapshot.unresolved(), snapshot.as_of, voice)
    }

    /// `unresolved` counts the incidents.
    pub fn new(headline: &'a Headline, unresolved: usize, as_of: Stamp, voice: &'static Voice) -> Self {
        Self {
            text: text(headline, unresolved, voice),
            tone: headline.status.into(),
            href: headline.incident.as_ref().map(|id| address(format!("/incidents/{id}"))),
            tally: tally(headline, voice),
            as_of: voice.dated(as_of, Zone::Said),
        }
    }
}

/// The publisher's words as they are, and the roll-up in the visitor's language.
pub fn text<'a>(headline: &'a Headline, unresolved: usize, voice: &'static Voice) -> &'a str {
    if headline.incident.is_some() {
        return &headline.text;
    }
    if headline.status == Status::Operational && unresolved > 1 {
        return voice.say("several-incidents");
    }
    voice.roll_up(headline.status)
}

fn tally(headline: &Headline, voice: &Voice) -> Option<String> {
    let (operational, total) = (headline.components_operational, headline.components_total);
    let arguments = [("operational", operational.into()), ("total", total.into())];
    (total > 0).then(|| voice.tell("tally", arguments))
}
