//! The sparklines of a metric.

use page_model::snapshot::{Metric, Series};

use crate::rows::{self, MeasuredStep};

/// A sparkline: so many steps, each of so many stored ones.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    steps: i64,
    pub width: i64,
}

pub const DAY: Span = Span { steps: 96, width: 1 };
pub const WEEK: Span = Span {
    steps: 84,
    width: WEEK_WIDTH,
};
pub const MONTH: Span = Span {
    steps: 84,
    width: MONTH_WIDTH,
};

impl Span {
    fn last(self, as_of_ms: i64) -> i64 {
        as_of_ms / (STEP_MS * self.width)
    }

    pub fn first(self, as_of_ms: i64) -> i64 {
        self.last(as_of_ms) - self.steps + 1
    }

    fn step_minutes(self) -> u32 {
        u32::try_from(STEP_MS * self.width / 60_000).unwrap_or(u32::MAX)
    }

    fn series(self, metric: &rows::Metric, measured: &[MeasuredStep], as_of_ms: i64) -> Series {
        let first = self.first(as_of_ms);
        let mut points = vec![None; self.steps as usize];
        let (mut count, mut sum) = (0, 0.0);
        for one in measured {
            let place = usize::try_from(one.step - first)
                .ok()
                .and_then(|place| points.get_mut(place));
            if let Some(place) = place {
                *place = average(one.count, one.sum).map(|value| rounded(value, metric.decimals + 1));
                (count, sum) = (count + one.count, sum + one.sum);
            }
        }
        let is_here = |at_ms: i64| at_ms / (STEP_MS * self.width) >= first;
        let latest = metric.latest.filter(|(at_ms, _)| is_here(*at_ms));
        Series {
            step_minutes: self.step_minutes(),
            points,
            average: average(count, sum).map(|value| rounded(value, metric.decimals)),
            latest: latest.map(|(_, value)| rounded(value, metric.decimals)),
        }
    }
}

pub fn metric(metric: &rows::Metric, as_of_ms: i64) -> Metric {
    Metric {
        id: metric.id.clone(),
        name: metric.name.clone(),
        suffix: metric.suffix.clone(),
        decimals: metric.decimals,
        day: DAY.series(metric, &metric.day, as_of_ms),
        week: WEEK.series(metric, &metric.week, as_of_ms),
        month: MONTH.series(metric, &metric.month, as_of_ms),
    }
}

fn average(count: i64, sum: f64) -> Option<f64> {
    (count > 0).then(|| sum / count as f64)
}

/// Digits that nobody sees would make the snapshot of a page with metrics twice as large.
fn rounded(value: f64, decimals: u8) -> f64 {
    let scale = 10_f64.powi(decimals.into());
    let rounded = (value * scale).round() / scale;
    // The largest values have no such digits. Minus nothing is nothing.
    if rounded.is_finite() { rounded + 0.0 } else { value }
}

/// A step of the day's sparkline.
pub const STEP_MS: i64 = 15 * 60 * 1000;
/// Steps of the day in a step of the week and of the month.
pub const WEEK_WIDTH: i64 = 8;
pub const MONTH_WIDTH: i64 = 32;

#[cfg(test)]
mod tests {
    use origin_objects::audiences::Audiences;
    use page_model::Id;

    use super::*;

    /// 2026-11-22T12:00:00Z.
    const NOON_MS: i64 = 1_795_348_800_000;

    fn measured(step: i64, count: i64, sum: f64) -> MeasuredStep {
        MeasuredStep { step, count, sum }
    }

    fn row() -> rows::Metric {
        let noon = NOON_MS / STEP_MS;
        rows::Metric {
            audiences: Audiences::default(),
            id: Id::parse("metric000001").expect("an id"),
            name: "Response time".into(),
            suffix: "ms".into(),
            decimals: 1,
            latest: Some((NOON_MS - 1, 42.26)),
            day: vec![
                measured(noon - 96, 9, 9e9),
                measured(noon - 95, 1, 10.0),
                measured(noon, 3, 100.0),
            ],
            week: vec![measured(noon / 8, 4, 110.0)],
            month: Vec::new(),
        }
    }

    #[test]
    fn last_step_holds_the_moment_of_the_snapshot() {
        let drawn = metric(&row(), NOON_MS);
        assert_eq!((drawn.day.points.len(), drawn.day.step_minutes), (96, 15));
        assert_eq!((drawn.day.points[0], drawn.day.points[95]), (Some(10.0), Some(33.33)));
        assert_eq!(
            drawn.day.points.iter().flatten().count(),
            2,
            "yesterday's noon is out of sight"
        );
        assert_eq!((drawn.day.average, drawn.day.latest), (Some(27.5), Some(42.3)));
        assert_eq!((drawn.week.points.len(), drawn.week.step_minutes), (84, 120));
        assert_eq!(drawn.week.points[83], Some(27.5));
        assert_eq!((drawn.month.points.len(), drawn.month.step_minutes), (84, 480));
        assert_eq!(drawn.month.average, None);
    }

    #[test]
    fn metric_without_recent_points_has_no_latest_value() {
        let hours = |n: i64| NOON_MS + n * 3_600_000;
        let latest = |as_of_ms| [DAY, WEEK, MONTH].map(|span| span.series(&row(), &[], as_of_ms).latest.is_some());
        assert_eq!(latest(hours(23)), [true, true, true]);
        assert_eq!(latest(hours(25)), [false, true, true]);
        assert_eq!(latest(hours(24 * 29)), [false, false, false]);
    }

    #[test]
    fn rounds_numbers_to_the_shown_digits() {
        for (value, decimals, shown) in [(1.25, 1, 1.3), (-0.04, 1, 0.0), (1e15, 6, 1e15), (1e300, 7, 1e300)] {
            assert_eq!(rounded(value, decimals), shown);
            assert!(rounded(value, decimals).is_sign_positive());
        }
    }
}
