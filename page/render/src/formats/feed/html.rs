//! The content of an entry, as HTML: for a maintenance its window, then its updates, newest first.

use page_model::Stamp;

use super::entry::{Entry, EntryUpdate};
use crate::times::machine::{clock, month_and_day, zone};

pub fn content(entry: &Entry<'_>) -> String {
    let window = entry.window().map(|(from, to)| window(from, to));
    let updates = entry.updates();
    window.into_iter().chain(updates.iter().map(paragraph)).collect()
}

fn window(from: Stamp, to: Stamp) -> String {
    let end = if month_and_day(from) == month_and_day(to) {
        time(to)
    } else {
        day_and_time(to)
    };
    let from_zone = match from.offset_minutes == to.offset_minutes {
        true => String::new(),
        false => format!(" {}", zone(from)),
    };
    format!(
        "<p><strong>THIS IS A SCHEDULED EVENT {}{from_zone} - {end} {}</strong></p>",
        day_and_time(from),
        zone(to)
    )
}

/// The text's own first paragraph goes on behind the heading.
fn paragraph(update: &EntryUpdate<'_>) -> String {
    let head = format!(
        "<p><small>{} {}</small><br><strong>{}</strong>",
        day_and_time(update.at),
        zone(update.at),
        update.heading
    );
    match update.html.strip_prefix("<p>") {
        Some(text) => format!("{head} - {text}"),
        None => format!("{head}</p>{}", update.html),
    }
}

fn day_and_time(stamp: Stamp) -> String {
    let (month, day) = month_and_day(stamp);
    format!("{month} <var data-var='date'>{day}</var>, {}", time(stamp))
}

fn time(stamp: Stamp) -> String {
    format!("<var data-var='time'>{}</var>", clock(stamp))
}
