//! What was measured: servers side by side, and lines with their targets.

use anyhow::{Context, Result};
use bench::{quantile::median, table};
use serde_json::{Value, json};

use crate::wrk::Round;

#[derive(Default)]
pub struct Report {
    speeds: Vec<Speed>,
    growths: Vec<Growth>,
    lines: Vec<Line>,
}

/// What something costs at each of several sizes.
pub struct Growth {
    pub name: String,
    /// With their names, from the smallest on.
    pub sizes: Vec<String>,
    pub values: Vec<f64>,
    pub unit: &'static str,
}

/// One server under load: medians of its rounds.
struct Speed {
    what: String,
    server: &'static str,
    replies_per_s: f64,
    cpu_us: f64,
    user_us: f64,
    system_us: f64,
}

struct Line {
    name: String,
    value: f64,
    unit: &'static str,
    target: Target,
}

#[derive(Clone, Copy)]
pub enum Target {
    AtLeast(f64),
    AtMost(f64),
    /// Measured to be known.
    None,
}

impl Report {
    pub fn add(&mut self, name: impl Into<String>, value: f64, unit: &'static str, target: Target) {
        let name = name.into();
        eprintln!("{name}: {value:.2} {unit}");
        self.lines.push(Line {
            name,
            value,
            unit,
            target,
        });
    }

    /// Also a line of how often the cost at the smallest size goes into that at the largest, where that has a target.
    pub fn add_growth(&mut self, growth: Growth, target: Target) {
        let row = growth.row().join(" | ");
        eprintln!("{row}");
        if let (Some(first), Some(last), true) = (growth.values.first(), growth.values.last(), target.is_some()) {
            self.add(format!("{}: growth", growth.name), last / first, "×", target);
        }
        self.growths.push(growth);
    }

    pub fn add_speed(&mut self, what: impl Into<String>, server: &'static str, rounds: &[Round]) -> Result<()> {
        let of = |value: fn(&Round) -> f64| median_of(rounds, value);
        let speed = Speed {
            what: what.into(),
            server,
            replies_per_s: of(|round| round.replies_per_s)?,
            cpu_us: of(Round::cpu_us)?,
            user_us: of(|round| round.user_us)?,
            system_us: of(|round| round.system_us)?,
        };
        eprintln!("{}", speed.row().join(" | "));
        self.speeds.push(speed);
        Ok(())
    }

    /// Empty where the sections that were run have nothing to show.
    pub fn tables(&self) -> String {
        let speeds = self.speeds.iter().map(Speed::row).collect();
        let lines = self.lines.iter().map(Line::row).collect();
        let mut tables = vec![headed(&SPEED_HEAD, speeds)];
        for grown in self.growths.chunk_by(|one, other| one.sizes == other.sizes) {
            let sizes = grown
                .iter()
                .take(1)
                .flat_map(|growth| growth.sizes.iter().map(String::as_str));
            let head: Vec<&str> = ["what, by size"].into_iter().chain(sizes).chain(["unit"]).collect();
            tables.push(headed(&head, grown.iter().map(Growth::row).collect()));
        }
        tables.push(headed(&LINE_HEAD, lines));
        tables.into_iter().flatten().collect::<Vec<_>>().join("\n")
    }

    pub fn json(&self) -> Value {
        let speeds: Vec<Value> = self.speeds.iter().map(Speed::json).collect();
        let lines: Vec<Value> = self.lines.iter().map(Line::json).collect();
        let growths: Vec<Value> = self.growths.iter().map(Growth::json).collect();
        json!({ "speeds": speeds, "growths": growths, "lines": lines, "pass": self.lines.iter().all(Line::pass) })
    }
}

pub fn mib(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}

pub fn median_of<T>(rounds: &[T], value: impl Fn(&T) -> f64) -> Result<f64> {
    median(&rounds.iter().map(value).collect::<Vec<_>>()).context("nothing was measured")
}

fn headed(head: &[&str], rows: Vec<Vec<String>>) -> Option<String> {
    if rows.is_empty() {
        return None;
    }
    let head = head.iter().map(|&cell| cell.to_owned()).collect();
    Some(table::format(&[vec![head], rows].concat()))
}

impl Target {
    fn is_some(self) -> bool {
        !matches!(self, Self::None)
    }
}

impl Growth {
    fn row(&self) -> Vec<String> {
        let values = self.values.iter().map(|value| format!("{value:.2}"));
        let unit = self.unit.to_owned();
        [self.name.clone()].into_iter().chain(values).chain([unit]).collect()
    }

    fn json(&self) -> Value {
        json!({ "name": self.name, "sizes": self.sizes, "values": self.values, "unit": self.unit })
    }
}

impl Speed {
    fn row(&self) -> Vec<String> {
        let us = |value: f64| format!("{value:.1}");
        vec![
            format!("{}: {}", self.what, self.server),
            format!("{:.0}", self.replies_per_s),
            us(self.cpu_us),
            us(self.user_us),
            us(self.system_us),
        ]
    }

    fn json(&self) -> Value {
        json!({
            "what": self.what,
            "server": self.server,
            "replies_per_s": self.replies_per_s,
            "cpu_us": self.cpu_us,
            "user_us": self.user_us,
            "system_us": self.system_us,
        })
    }
}

impl Line {
    fn pass(&self) -> bool {
        match self.target {
            Target::AtLeast(least) => self.value >= least,
            Target::AtMost(most) => self.value <= most,
            Target::None => true,
        }
    }

    fn row(&self) -> Vec<String> {
        let target = match self.target {
            Target::AtLeast(least) => format!("≥ {least}"),
            Target::AtMost(most) => format!("≤ {most}"),
            Target::None => String::new(),
        };
        let verdict = match self.target {
            Target::None => "",
            _ if self.pass() => "pass",
            _ => "FAIL",
        };
        let digits = if self.value < 1_000.0 { 2 } else { 0 };
        let measured = format!("{:.digits$}", self.value);
        vec![
            self.name.clone(),
            measured,
            self.unit.to_owned(),
            target,
            verdict.to_owned(),
        ]
    }

    fn json(&self) -> Value {
        let (at_least, at_most) = match self.target {
            Target::AtLeast(least) => (Some(least), None),
            Target::AtMost(most) => (None, Some(most)),
            Target::None => (None, None),
        };
        json!({
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "at_least": at_least,
            "at_most": at_most,
            "pass": self.pass(),
        })
    }
}

const SPEED_HEAD: [&str; 5] = ["what: server", "replies/s", "CPU µs/visit", "user", "system"];
const LINE_HEAD: [&str; 5] = ["what", "measured", "unit", "target", ""];
