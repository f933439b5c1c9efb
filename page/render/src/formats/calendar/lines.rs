//! Content lines of RFC 5545: folded at 75 octets, ended by CRLF, with nothing in them that ends them early.

const LINE_OCTETS_MAX: usize = 75;

#[derive(Default)]
pub struct Lines(String);

impl Lines {
    /// A line whose value is ours: a keyword, a moment, an address.
    pub fn plain(&mut self, name: &str, value: &str) -> &mut Self {
        self.fold(&format!("{name}:{}", value.replace(char::is_control, "")));
        self
    }

    /// A line whose value is somebody's text.
    pub fn text(&mut self, name: &str, value: &str) -> &mut Self {
        self.fold(&format!("{name}:{}", escaped(value)));
        self
    }

    pub fn finish(self) -> String {
        self.0
    }

    /// A character is never cut: not every reader puts its octets together again.
    fn fold(&mut self, line: &str) {
        let mut used = 0;
        for c in line.chars() {
            if used + c.len_utf8() > LINE_OCTETS_MAX {
                self.0.push_str("\r\n ");
                used = 1;
            }
            self.0.push(c);
            used += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' | '\r' => out.push_str("\\n"),
            '\t' => out.push(c),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}
