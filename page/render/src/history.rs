//! The newest month, and every month that has an archive; or what of late touched one component.

use page_model::{Id, Snapshot, snapshot::Component};
use serde::Serialize;

use crate::{
    frame::{Frame, delayed},
    locale::Locale,
    options::RenderOptions,
    order,
    render::{RenderError, render},
    times::Moment,
    tone::Tone,
    view::{
        choice::{CHOICES_MAX, Choice},
        months::{Counts, Year, years},
        past::{Entry, days_of_component, days_of_newest_month},
    },
};

#[derive(Serialize)]
struct HistoryPage<'a> {
    frame: Frame<'a>,
    delayed: Option<Moment>,
    /// The component that the page is narrowed to.
    component: Option<&'a str>,
    of_component: Option<String>,
    choices: Vec<Choice<'a>>,
    newest: Option<Newest<'a>>,
    days: Vec<Entry<'a>>,
    years: Vec<Year<'a>>,
}

#[derive(Serialize)]
struct Newest<'a> {
    id: &'a str,
    name: String,
    count: Option<String>,
}

/// `/history`, and with `?component=` what touched that one. A component that the page does not show narrows nothing.
pub fn history(snapshot: &Snapshot, component: Option<&Id>, options: RenderOptions) -> Result<String, RenderError> {
    let locale = Locale::of(options.language);
    let page = &snapshot.page;
    let component = component.and_then(|id| shown(snapshot).find(|(_, one)| one.id == *id));
    let component = component.map(|(_, component)| component);
    let counts = Counts::of(snapshot);
    let newest = snapshot.archive_months.first().map(String::as_str);
    let frame = Frame::of_page(page, locale.text("history-of"), Tone::Fine, "/history", options);
    let view = HistoryPage {
        frame: Frame {
            description: locale.format("history-description", [("name", page.name.as_str().into())]),
            ..frame
                .with_moment(page, snapshot.as_of, locale)
                .narrowed(component.map(|one| &one.id))
        },
        delayed: delayed(options.delayed_since, locale),
        component: component.map(|one| one.name.as_str()),
        of_component: component.map(|one| locale.format("incidents-with", [("name", one.name.as_str().into())])),
        choices: choices(snapshot, component),
        days: match (component, newest) {
            (Some(component), _) => days_of_component(snapshot, &component.id, locale),
            (None, Some(month)) => days_of_newest_month(snapshot, month, locale),
            (None, None) => Vec::new(),
        },
        newest: newest.filter(|_| component.is_none()).and_then(|month| {
            Some(Newest {
                id: month,
                name: locale.month_of_year(month)?,
                count: counts.text(month, locale),
            })
        }),
        years: years(
            &snapshot.archive_months,
            // What happened to others does not count for one.
            component.is_none().then_some(&counts),
            locale,
        ),
    };
    render("history.html", locale, view, options.fuel)
}

/// The components that the snapshot has something to tell of.
fn choices<'a>(snapshot: &'a Snapshot, chosen: Option<&Component>) -> Vec<Choice<'a>> {
    let touched: std::collections::HashSet<&Id> = order::all(snapshot)
        .flat_map(|event| event.components())
        .map(|touched| &touched.id)
        .collect();
    let told = shown(snapshot).filter(|(_, component)| touched.contains(&component.id));
    let choices = told.take(CHOICES_MAX).map(|(group, component)| Choice {
        id: component.id.as_str(),
        name: &component.name,
        group,
        chosen: chosen.is_some_and(|chosen| chosen.id == component.id),
    });
    choices.collect()
}

fn shown(snapshot: &Snapshot) -> impl Iterator<Item = (Option<&str>, &Component)> {
    let groups = snapshot.groups.iter().filter(|group| group.is_shown());
    groups.flat_map(|group| {
        let name = group.named.as_ref().map(|named| named.name.as_str());
        group.shown().map(move |component| (name, component))
    })
}
