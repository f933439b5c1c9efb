//! Reads a calendar as strictly as RFC 5545 asks.

use std::collections::BTreeMap;

/// A component: its properties in order, and what stands in it.
#[derive(Debug, Default)]
pub struct Component {
    pub name: String,
    pub properties: Vec<(String, String)>,
    pub inner: Vec<Component>,
}

impl Component {
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut found = self.properties.iter().filter(|(found, _)| found == name);
        found.next().map(|(_, value)| value.as_str())
    }

    pub fn events(&self) -> BTreeMap<&str, &Component> {
        let events = self.inner.iter().filter(|inner| inner.name == "VEVENT");
        events.map(|event| (event.get("UID").expect("a UID"), event)).collect()
    }
}

/// The calendar, with its lines put together again; panics at what breaks the RFC.
pub fn parse(text: &str) -> Component {
    assert!(text.ends_with("\r\n"), "the last line ends");
    let mut lines: Vec<String> = Vec::new();
    for line in text.strip_suffix("\r\n").expect("a line").split("\r\n") {
        assert!(line.len() <= 75, "a line of {} octets", line.len());
        assert!(!line.contains(|c: char| c.is_control() && c != '\t'), "{line:?}");
        match line.strip_prefix(' ') {
            Some(rest) => lines.last_mut().expect("a line to continue").push_str(rest),
            None => lines.push(line.to_owned()),
        }
    }
    let mut open: Vec<Component> = vec![Component::default()];
    for line in lines {
        let (name, value) = line.split_once(':').expect("a name and a value");
        let plain = name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | ';' | '='));
        assert!(plain && !name.is_empty(), "{line:?}");
        match name {
            "BEGIN" => open.push(Component {
                name: value.to_owned(),
                ..Component::default()
            }),
            "END" => {
                let done = open.pop().expect("something is open");
                assert_eq!(done.name, value);
                open.last_mut().expect("something around it").inner.push(done);
            }
            name => open
                .last_mut()
                .expect("a component")
                .properties
                .push((name.to_owned(), value.to_owned())),
        }
    }
    assert_eq!(open.len(), 1, "all is closed");
    let mut whole = open.remove(0).inner;
    assert_eq!(whole.len(), 1);
    whole.remove(0)
}

/// The text without its escapes.
pub fn unescaped(value: &str) -> String {
    let mut out = String::new();
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        assert!(!matches!(c, ',' | ';'), "{c:?} must be escaped in {value:?}");
        match c {
            '\\' => {
                let escape = chars.next().expect("something after a backslash");
                assert!("nN\\;,".contains(escape), "no escape: {escape:?} in {value:?}");
                out.push(if "nN".contains(escape) { '\n' } else { escape });
            }
            c => out.push(c),
        }
    }
    out
}
