//! The components of one group, which a large page only names.

use page_model::{Id, Snapshot};
use serde::Serialize;

use crate::{
    ask::Ask,
    frame::{Frame, delayed},
    index::legend,
    render::{RenderError, render},
    view::component::{GroupView, alone},
    voice::Voice,
    when::Moment,
};

#[derive(Serialize)]
struct GroupPage<'a> {
    frame: Frame<'a>,
    delayed: Option<Moment>,
    as_of: Moment,
    group: GroupView<'a>,
    legend: [String; 2],
}

/// `/groups/{id}`; `None` where the page shows no such group.
pub fn group(snapshot: &Snapshot, id: &Id, ask: Ask) -> Option<Result<String, RenderError>> {
    let shown = snapshot.groups.iter().filter(|group| group.is_shown());
    let mut named = shown.filter_map(|group| Some((group, group.named.as_ref()?)));
    let (group, named) = named.find(|(_, named)| named.id == *id)?;
    let (page, voice) = (&snapshot.page, Voice::of(ask.language));
    let path = format!("/groups/{id}");
    let view = GroupPage {
        frame: Frame::of_page(page, &named.name, group.status.into(), &path, ask).on_clock_of(
            page,
            snapshot.as_of,
            voice,
        ),
        delayed: delayed(ask.delayed_since, voice),
        as_of: voice.whole(snapshot.as_of),
        group: alone(group, group.shown(), voice),
        legend: legend(voice),
    };
    Some(render("group_page.html", voice, view, ask.fuel))
}
