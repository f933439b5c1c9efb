//! A measured number as a small line.

use std::fmt::Write;

use minijinja::Value;
use page_model::snapshot::{Metric, Series};
use serde::Serialize;

use crate::{formats::line::one_line, locale::Locale, render::safe, texts::unbroken};

#[derive(Debug, Serialize)]
pub struct MetricView<'a> {
    id: &'a str,
    name: &'a str,
    spans: Vec<Span<'a>>,
}

/// One of the lengths of time over which a metric is drawn.
#[derive(Debug, Serialize)]
struct Span<'a> {
    class: &'static str,
    label: &'a str,
    latest: Option<String>,
    /// The average, or that there is none.
    average: String,
    line: Option<Value>,
}

impl<'a> MetricView<'a> {
    pub fn new(metric: &'a Metric, locale: &'static Locale) -> Self {
        let spans = [
            ("h24", "last-day", &metric.day),
            ("d7", "last-week", &metric.week),
            ("d28", "last-month", &metric.month),
        ];
        Self {
            id: metric.id.as_str(),
            name: &metric.name,
            spans: spans
                .map(|(class, label, series)| Span::new(class, locale.text(label), metric, series, locale))
                .into(),
        }
    }
}

impl<'a> Span<'a> {
    fn new(class: &'static str, label: &'a str, metric: &Metric, series: &Series, locale: &Locale) -> Self {
        let with_unit = |number: f64| {
            let number = locale.number(number, metric.decimals);
            unbroken(format!("{number} {}", one_line(&metric.suffix)).trim_end())
        };
        let points = thinned(&series.points);
        let average = finite(series.average).map(with_unit);
        Self {
            class,
            label,
            latest: finite(series.latest).map(with_unit),
            average: match average {
                Some(value) => locale.format("average", [("value", locale.isolated(value).into())]),
                None => locale.text("no-data").to_owned(),
            },
            line: Range::of(&points).map(|range| {
                let arguments = [
                    ("lowest", locale.isolated(with_unit(range.low)).into()),
                    ("highest", locale.isolated(with_unit(range.high)).into()),
                ];
                let text = locale.format("lowest-and-highest", arguments);
                line(&points, &range, &format!("{label}: {text}"))
            }),
        }
    }
}

/// The lowest and the highest that was measured.
struct Range {
    low: f64,
    high: f64,
}

impl Range {
    fn of(points: &[Option<f64>]) -> Option<Self> {
        let measured = || points.iter().flatten().copied();
        Some(Self {
            low: measured().reduce(f64::min)?,
            high: measured().reduce(f64::max)?,
        })
    }

    /// The edges of the drawing: from zero where that is near, else around the line, and never so near that noise looks like
    /// news.
    fn edges(&self) -> (f64, f64) {
        if self.low >= 0.0 && self.low <= self.high / 2.0 {
            return (0.0, self.high);
        }
        let middle = f64::midpoint(self.low, self.high);
        let reach = ((self.high - self.low) / 2.0).max(middle.abs() * REACH_MIN);
        (middle - reach, middle + reach)
    }
}

/// One path; where nothing was measured it has a gap.
fn line(points: &[Option<f64>], range: &Range, text: &str) -> Value {
    let (bottom, top) = range.edges();
    let scale = if top > bottom {
        f64::from(HEIGHT) / (top - bottom)
    } else {
        0.0
    };
    let width = points.len().saturating_sub(1).max(1);
    let mut svg = format!("<svg class=\"line\" viewBox=\"0 0 {width} {HEIGHT}\" ");
    svg.push_str("preserveAspectRatio=\"none\" role=\"img\"><title>");
    escape(&mut svg, text);
    svg.push_str("</title><path vector-effect=\"non-scaling-stroke\" d=\"");
    let mut last: Option<i64> = None;
    for (at, point) in points.iter().enumerate() {
        // Whole units: the drawing has about as many of them as a screen has pixels for it.
        let y = point.map(|number| i64::from(HEIGHT) - ((number - bottom) * scale).round() as i64);
        let _ = match (last, y) {
            (None, Some(y)) => write!(svg, "M{at} {y}h0"),
            (Some(last), Some(y)) => write!(svg, "l1 {}", y - last),
            (_, None) => Ok(()),
        };
        last = y;
    }
    svg.push_str("\"/></svg>");
    safe(svg)
}

/// At most `POINTS_MAX` points, each the mean of its neighbours.
fn thinned(points: &[Option<f64>]) -> Vec<Option<f64>> {
    let step = points.len().div_ceil(POINTS_MAX).max(1);
    let mean = |chunk: &[Option<f64>]| {
        let measured = || chunk.iter().copied().filter_map(finite);
        let count = measured().count();
        (count > 0).then(|| measured().sum::<f64>() / count as f64)
    };
    points.chunks(step).map(mean).map(finite).collect()
}

/// A snapshot may be broken, and no line goes to infinity.
fn finite(number: Option<f64>) -> Option<f64> {
    number.filter(|number| number.abs() <= NUMBER_MAX)
}

fn escape(svg: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '<' => svg.push_str("&lt;"),
            '&' => svg.push_str("&amp;"),
            letter => svg.push(letter),
        }
    }
}

const HEIGHT: u8 = 40;
/// Half of the least range that a drawing has, as a share of the number itself.
const REACH_MIN: f64 = 0.05;
/// More than these are closer together than the pixels of a phone.
const POINTS_MAX: usize = 168;
/// Larger than what anybody measures, and a difference of two of them is still a number.
const NUMBER_MAX: f64 = 1e18;
