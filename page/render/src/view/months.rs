//! The months that have an archive, in a calendar of their years.

use serde::Serialize;

use crate::{locale::Locale, texts::capitalised, times::parse_month};

#[derive(Debug, Serialize)]
pub struct Year<'a> {
    year: i32,
    months: Vec<MonthLink<'a>>,
}

#[derive(Debug, Serialize)]
struct MonthLink<'a> {
    id: &'a str,
    name: String,
}

/// In the order in which they are given: the newest first.
pub fn years<'a>(months: &'a [String], locale: &Locale) -> Vec<Year<'a>> {
    let mut years: Vec<Year<'_>> = Vec::new();
    for (id, (year, month)) in months.iter().filter_map(|text| Some((text, parse_month(text)?))) {
        let link = MonthLink {
            id,
            name: capitalised(locale.month(month)),
        };
        match years.last_mut() {
            Some(last) if last.year == year => last.months.push(link),
            _ => years.push(Year {
                year,
                months: vec![link],
            }),
        }
    }
    years
}
