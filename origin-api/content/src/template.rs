//! Text with variables: `{{ region }}`, and `{% if region %}…{% else %}…{% endif %}` for one that may be empty. No more than
//! that on purpose: what it gives is as long as its parts, so no template of a stranger can grow or loop.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

#[derive(Debug, Clone, PartialEq)]
pub struct Template(Vec<Piece>);

#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Text(String),
    Variable(Variable),
    Condition {
        variable: Variable,
        filled: Vec<Piece>,
        empty: Vec<Piece>,
    },
}

#[derive(Debug, Clone, PartialEq)]
struct Variable {
    name: String,
    /// Where its tag begins.
    at: usize,
}

/// Where a template is wrong, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    line: usize,
    column: usize,
    reason: String,
}

/// The text between two tags, or one tag.
#[derive(Debug)]
enum Token<'a> {
    Text(&'a str),
    Variable(&'a str),
    If(&'a str),
    Else,
    EndIf,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.reason)
    }
}

impl Template {
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let mut open: Vec<OpenCondition> = Vec::new();
        let mut pieces = Vec::new();
        let mut tokens = Tokens { text, at: 0 };
        while let Some((at, token)) = tokens.next()? {
            match token {
                Token::Text(text) => pieces.push(Piece::Text(text.to_owned())),
                Token::Variable(name) => pieces.push(Piece::Variable(Variable::new(name, at))),
                Token::If(_) if open.len() == DEPTH_MAX => {
                    return Err(fault(
                        text,
                        at,
                        format!("more than {DEPTH_MAX} conditions within each other"),
                    ));
                }
                Token::If(name) => open.push(OpenCondition {
                    variable: Variable::new(name, at),
                    around: std::mem::take(&mut pieces),
                    filled: None,
                }),
                Token::Else => match open.last_mut() {
                    Some(open) if open.filled.is_none() => open.filled = Some(std::mem::take(&mut pieces)),
                    _ => return Err(fault(text, at, "this {% else %} belongs to no {% if … %}")),
                },
                Token::EndIf => {
                    let Some(ended) = open.pop() else {
                        return Err(fault(text, at, "this {% endif %} belongs to no {% if … %}"));
                    };
                    pieces = ended.end(pieces);
                }
            }
        }
        match open.last() {
            Some(open) => Err(fault(text, open.variable.at, "this {% if … %} has no {% endif %}")),
            None => Ok(Self(pieces)),
        }
    }

    /// Whether it names these variables only; `text` is what it was parsed from.
    pub fn expect_only(&self, text: &str, known: &BTreeSet<&str>) -> Result<(), Fault> {
        match unknown(&self.0, known) {
            Some(variable) => Err(fault(
                text,
                variable.at,
                format!("the template has no variable {}", variable.name),
            )),
            None => Ok(()),
        }
    }

    /// With the values of its variables, one without a value being empty. `None` when it becomes longer than that.
    pub fn fill(&self, values: &BTreeMap<String, String>, bytes_max: usize) -> Option<String> {
        let mut filled = String::new();
        fill(&self.0, values, bytes_max, &mut filled).then_some(filled)
    }
}

/// A condition whose end has not come yet.
struct OpenCondition {
    variable: Variable,
    /// What stood before it.
    around: Vec<Piece>,
    /// The pieces between `if` and `else`.
    filled: Option<Vec<Piece>>,
}

impl Variable {
    fn new(name: &str, at: usize) -> Self {
        Self {
            name: name.to_owned(),
            at,
        }
    }
}

impl OpenCondition {
    fn end(self, last: Vec<Piece>) -> Vec<Piece> {
        let (filled, empty) = match self.filled {
            Some(filled) => (filled, last),
            None => (last, Vec::new()),
        };
        let mut pieces = self.around;
        pieces.push(Piece::Condition {
            variable: self.variable,
            filled,
            empty,
        });
        pieces
    }
}

struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    /// The next token and where it begins.
    fn next(&mut self) -> Result<Option<(usize, Token<'a>)>, Fault> {
        let (at, rest) = (self.at, &self.text[self.at..]);
        if rest.is_empty() {
            return Ok(None);
        }
        let (token, bytes) = if let Some(tag) = rest.strip_prefix("{{") {
            let inner = self.inner(tag, "}}")?;
            (Token::Variable(self.name(inner)?), inner.len() + 4)
        } else if let Some(tag) = rest.strip_prefix("{%") {
            let inner = self.inner(tag, "%}")?;
            (self.tag(inner)?, inner.len() + 4)
        } else {
            let ends = ["{{", "{%"].into_iter().filter_map(|tag| rest.find(tag)).min();
            let text = &rest[..ends.unwrap_or(rest.len())];
            (Token::Text(text), text.len())
        };
        self.at += bytes;
        Ok(Some((at, token)))
    }

    /// The content of a tag, on one line.
    fn inner(&self, tag: &'a str, end: &str) -> Result<&'a str, Fault> {
        let line = tag.lines().next().unwrap_or_default();
        let length = line
            .find(end)
            .ok_or_else(|| self.fault(format!("this tag has no {end}")))?;
        Ok(&tag[..length])
    }

    fn name(&self, inner: &'a str) -> Result<&'a str, Fault> {
        let name = inner.trim();
        if is_name(name) {
            return Ok(name);
        }
        let shown: String = name.chars().take(40).collect();
        Err(self.fault(format!("{shown:?} is not a variable; its name has {NAME_RULE}")))
    }

    fn tag(&self, inner: &'a str) -> Result<Token<'a>, Fault> {
        let (word, rest) = inner.trim().split_once(' ').unwrap_or((inner.trim(), ""));
        match (word, rest) {
            ("if", name) => self.name(name).map(Token::If),
            ("else", "") => Ok(Token::Else),
            ("endif", "") => Ok(Token::EndIf),
            _ => Err(self.fault("only {% if variable %}, {% else %} and {% endif %} are known here")),
        }
    }

    fn fault(&self, reason: impl Into<String>) -> Fault {
        fault(self.text, self.at, reason)
    }
}

pub fn is_name(name: &str) -> bool {
    name.len() <= NAME_CHARS_MAX
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Counted in characters from 1, as editors do.
fn fault(text: &str, at: usize, reason: impl Into<String>) -> Fault {
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    Fault {
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
        reason: reason.into(),
    }
}

/// The first variable that is not known.
fn unknown<'a>(pieces: &'a [Piece], known: &BTreeSet<&str>) -> Option<&'a Variable> {
    let is_unknown = |variable: &Variable| !known.contains(variable.name.as_str());
    pieces.iter().find_map(|piece| match piece {
        Piece::Text(_) => None,
        Piece::Variable(variable) => Some(variable).filter(|variable| is_unknown(variable)),
        Piece::Condition {
            variable,
            filled,
            empty,
        } => {
            let within = || unknown(filled, known).or_else(|| unknown(empty, known));
            Some(variable).filter(|variable| is_unknown(variable)).or_else(within)
        }
    })
}

/// False as soon as it is too long.
fn fill(pieces: &[Piece], values: &BTreeMap<String, String>, bytes_max: usize, out: &mut String) -> bool {
    let value = |variable: &Variable| values.get(&variable.name).map(String::as_str).unwrap_or_default();
    pieces.iter().all(|piece| match piece {
        Piece::Text(text) => push(out, text, bytes_max),
        Piece::Variable(variable) => push(out, value(variable), bytes_max),
        Piece::Condition { variable, filled, .. } if !value(variable).is_empty() => {
            fill(filled, values, bytes_max, out)
        }
        Piece::Condition { empty, .. } => fill(empty, values, bytes_max, out),
    })
}

fn push(out: &mut String, text: &str, bytes_max: usize) -> bool {
    let fits = out.len() + text.len() <= bytes_max;
    if fits {
        out.push_str(text);
    }
    fits
}

/// Conditions within each other.
const DEPTH_MAX: usize = 8;
const NAME_CHARS_MAX: usize = 40;
pub const NAME_RULE: &str = "1 to 40 lower-case letters, digits and _, and begins with a letter";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn filled(text: &str) -> String {
        let values = [("region", "eu-west-1"), ("empty", ""), ("braces", "{{ region }}")];
        let values = values.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        Template::parse(text)
            .expect("a template")
            .fill(&values, 1_000)
            .expect("it fits")
    }

    #[test]
    fn fills_in_variables_and_conditions() {
        for (text, becomes) in [
            ("", ""),
            ("No variable { at } all 100% {", "No variable { at } all 100% {"),
            ("In {{ region }}, {{region}}.", "In eu-west-1, eu-west-1."),
            ("{{ braces }}", "{{ region }}"),
            ("[{{ empty }}][{{ unknown }}]", "[][]"),
            ("Slow{% if region %} in {{ region }}{% endif %}.", "Slow in eu-west-1."),
            (
                "Slow{% if empty %} in {{ empty }}{% else %} everywhere{% endif %}.",
                "Slow everywhere.",
            ),
            (
                "{% if region %}{% if empty %}a{% else %}b{% endif %}c{% endif %}d",
                "bcd",
            ),
            ("{%if region%}é{%endif%}", "é"),
        ] {
            assert_eq!(filled(text), becomes, "{text}");
        }
    }

    #[test]
    fn reports_faults_with_their_place() {
        insta::assert_debug_snapshot!(
            [
                "Slow in {{ region",
                "Slow\nin {{ Region }}",
                "{{ region | upper }}",
                "{{ region.name }}",
                "{{}}",
                "é {% for r in regions %}x{% endfor %}",
                "{% include 'secrets' %}",
                "{% set a = a ~ a %}",
                "{% if region %}x",
                "x{% endif %}",
                "{% else %}",
                "{% if a %}{% else %}{% else %}{% endif %}",
                "{% if a and b %}{% endif %}",
                "{% endif\n%}",
            ]
            .map(|text| (text, Template::parse(text).map_err(|fault| fault.to_string())))
        );
        let deep = "{% if a %}".repeat(9);
        assert!(Template::parse(&deep).is_err());
    }

    #[test]
    fn stops_when_the_text_becomes_too_long() {
        let template = Template::parse(&"{{ a }}".repeat(5_000)).expect("a template");
        let values = BTreeMap::from([("a".to_owned(), "x".repeat(2_000))]);
        assert_eq!(template.fill(&values, 100_000), None);
    }

    proptest! {
        #[test]
        fn any_text_parses_or_gives_a_fault(text in "(\\{\\{|\\}\\}|\\{%|%\\}|if|else|endif| |a|é|\n){0,40}") {
            if let Ok(template) = Template::parse(&text) {
                let filled = template.fill(&BTreeMap::new(), 1_000).expect("it is no longer than the text");
                prop_assert!(filled.len() <= text.len());
            }
        }

        #[test]
        fn keeps_text_without_tags(text in "[^{]{0,200}") {
            let template = Template::parse(&text).expect("a template");
            prop_assert_eq!(template.fill(&BTreeMap::new(), 1_000), Some(text));
        }
    }
}
