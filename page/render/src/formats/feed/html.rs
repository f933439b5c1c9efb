//! The content of an entry, as HTML: for a maintenance its window, then what was said, newest first.

use page_model::Stamp;

use super::entry::{Entry, Said};
use crate::formats::moment::{clock, month_and_day, zone};

pub fn content(entry: &Entry<'_>) -> String {
    let window = entry.window().map(|(from, to)| window(from, to));
    let said = entry.said();
    window.into_iter().chain(said.iter().map(paragraph)).collect()
}

fn window(from: Stamp, to: Stamp) -> String {
    let end = if month_and_day(from) == month_and_day(to) {
        time(to)
    } else {
        day_and_time(to)
    };
    format!(
        "<p><strong>THIS IS A SCHEDULED EVENT {} - {end} {}</strong></p>",
        day_and_time(from),
        zone(to)
    )
}

/// The text's own first paragraph goes on behind the heading.
fn paragraph(said: &Said<'_>) -> String {
    let head = format!(
        "<p><small>{} {}</small><br><strong>{}</strong>",
        day_and_time(said.at),
        zone(said.at),
        said.heading
    );
    match said.html.strip_prefix("<p>") {
        Some(text) => format!("{head} - {text}"),
        None => format!("{head}</p>{}", said.html),
    }
}

fn day_and_time(stamp: Stamp) -> String {
    let (month, day) = month_and_day(stamp);
    format!("{month} <var data-var='date'>{day}</var>, {}", time(stamp))
}

fn time(stamp: Stamp) -> String {
    format!("<var data-var='time'>{}</var>", clock(stamp))
}
