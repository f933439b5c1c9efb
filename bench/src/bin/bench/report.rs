//! Measured lines with their targets.

use bench::table;
use serde_json::{Value, json};

#[derive(Default)]
pub struct Report(Vec<Line>);

pub struct Line {
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
        self.0.push(Line {
            name,
            value,
            unit,
            target,
        });
    }

    pub fn table(&self) -> String {
        let head = ["what", "measured", "unit", "target", ""].map(str::to_owned).to_vec();
        let rows: Vec<Vec<String>> = std::iter::once(head).chain(self.0.iter().map(Line::row)).collect();
        table::format(&rows)
    }

    pub fn json(&self) -> Value {
        let lines: Vec<Value> = self.0.iter().map(Line::json).collect();
        json!({ "lines": lines, "pass": self.0.iter().all(Line::pass) })
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
