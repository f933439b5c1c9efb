//! The components of one group, which a large page only names.

use page_model::{Id, Snapshot};
use serde::Serialize;

use crate::{
    frame::{Frame, delayed},
    index::legend,
    locale::Locale,
    options::RenderOptions,
    render::{RenderError, render},
    times::Moment,
    tone::Tone,
    view::component::{GroupView, open_group},
};

#[derive(Serialize)]
struct GroupPage<'a> {
    frame: Frame<'a>,
    tone: Tone,
    delayed: Option<Moment>,
    as_of: Moment,
    group: GroupView<'a>,
    legend: [String; 2],
}

/// `/groups/{id}`; `None` where the page shows no such group.
pub fn group(snapshot: &Snapshot, id: &Id, options: RenderOptions) -> Option<Result<String, RenderError>> {
    let shown = snapshot.groups.iter().filter(|group| group.is_shown());
    let mut named = shown.filter_map(|group| Some((group, group.named.as_ref()?)));
    let (group, named) = named.find(|(_, named)| named.id == *id)?;
    let (page, locale) = (&snapshot.page, Locale::of(options.language));
    let path = format!("/groups/{id}");
    let tone = match options.delayed_since {
        Some(_) => Tone::Unknown,
        None => group.status.into(),
    };
    let view = GroupPage {
        tone,
        frame: Frame::of_page(page, &named.name, tone, &path, options).with_moment(page, snapshot.as_of, locale),
        delayed: delayed(options.delayed_since, locale),
        as_of: locale.date_and_time(snapshot.as_of),
        group: open_group(snapshot, group, group.shown(), DESCRIPTION_LEVEL, locale),
        legend: legend(locale),
    };
    Some(render("group_page.html", locale, view, options.fuel))
}

/// Of headings in descriptions: the group's name is that of the page.
const DESCRIPTION_LEVEL: u8 = 2;
