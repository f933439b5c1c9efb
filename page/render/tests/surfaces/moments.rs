//! Moments as the surfaces write them, back to minutes since 1970.

use jiff::{Timestamp, fmt::rfc2822};

/// `2026-08-21T22:46:26.007+02:00`
pub fn iso(text: &str) -> i64 {
    minutes(text.parse().unwrap_or_else(|error| panic!("{text:?}: {error}")))
}

/// `Sat, 22 Aug 2026 00:46:26 +0200`
pub fn rfc822(text: &str) -> i64 {
    let zoned = rfc2822::parse(text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
    minutes(zoned.timestamp())
}

/// `2026-08-22 00:46 UTC+5:30`, at the beginning of what is left of a line.
pub fn plain(text: &str) -> i64 {
    let (date, rest) = text.split_once(' ').expect("a date");
    let (clock, rest) = rest.split_once(' ').expect("a time");
    let zone = rest.split([' ', ',', ')']).next().expect("a zone");
    let offset = zone.strip_prefix("UTC").expect("an offset");
    let offset = match offset.split_at_checked(1) {
        None => "+00:00".to_owned(),
        Some((sign, hours)) => {
            let (hours, minutes) = hours.split_once(':').unwrap_or((hours, "00"));
            format!("{sign}{hours:0>2}:{minutes}")
        }
    };
    iso(&format!("{date}T{clock}:00{offset}"))
}

fn minutes(at: Timestamp) -> i64 {
    at.as_second().div_euclid(60)
}
