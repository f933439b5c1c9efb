//! The ninety days of a component in calendars of their months.
//!
//! Written as HTML here, as bars are: a template would be told of each cell.

use minijinja::Value;
use page_model::{
    limits::UPTIME_DAYS,
    snapshot::{DayLevel, Uptime},
};
use time::{Date, Duration};

use super::bar::{Day, levels};
use crate::{locale::Locale, render::safe};

/// The newest month first. `today` is the last of the ninety days; `bad` are those that the page tells of, each under its date.
pub fn calendar(uptime: &Uptime, bad: &[Day<'_>], today: Date, locale: &Locale) -> Value {
    let mut months: Vec<String> = Vec::new();
    for (slot, level) in levels(&uptime.runs).enumerate() {
        let back = Duration::days((UPTIME_DAYS - 1 - slot) as i64);
        let Some(date) = today.checked_sub(back) else { continue };
        // Where a week begins, by the number of its first day; Monday is 1.
        let begins_on: u8 = locale.text("week-begins-on").parse().unwrap_or(1);
        let place = (date.weekday().number_from_monday() + 7 - begins_on) % 7;
        if months.is_empty() || date.day() == 1 {
            months.push(begun(date, place, locale));
        } else if place == 0
            && let Some(month) = months.last_mut()
        {
            month.push_str("</tr><tr>");
        }
        if let Some(month) = months.last_mut() {
            add(month, date.day(), level, bad.iter().find(|day| day.slot == slot));
        }
    }
    let ended = months.into_iter().rev().map(|month| month + "</tr></tbody></table>");
    safe(ended.collect::<String>())
}

/// A month up to its first day that is known.
fn begun(first: Date, before: u8, locale: &Locale) -> String {
    let mut html = "<table class=\"month\"><caption>".to_owned();
    let year_and_month = &first.to_string()[..7];
    html.push_str(&locale.month_of_year(year_and_month).unwrap_or_default());
    html.push_str("</caption><thead><tr>");
    for day in locale.text("weekdays").split(' ') {
        html.push_str("<th scope=\"col\">");
        html.push_str(day);
        html.push_str("</th>");
    }
    html.push_str("</tr></thead><tbody><tr>");
    for _ in 0..before {
        html.push_str("<td></td>");
    }
    html
}

fn add(html: &mut String, day: u8, level: DayLevel, bad: Option<&Day<'_>>) {
    let day = day.to_string();
    let parts = match (bad, level) {
        (Some(bad), _) => {
            let tone = bad.tone.map_or("", |tone| tone.class());
            [
                "<td class=\"",
                tone,
                "\"><a href=\"#",
                &bad.iso,
                "\">",
                &day,
                "<i></i></a></td>",
            ]
        }
        (None, DayLevel::NoHistory) => ["<td>", &day, "</td>", "", "", "", ""],
        (None, _) => ["<td class=\"fine\">", &day, "</td>", "", "", "", ""],
    };
    for part in parts {
        html.push_str(part);
    }
}
