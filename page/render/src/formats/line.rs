//! Text for places that hold one line and no markup.

/// One line: breaks, tabs and controls become single spaces (those that bind words stay what they are), and the marks that turn the direction of what follows are
/// left out, because no place here ends them.
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !turns_direction(*c)) {
        match c {
            '\u{a0}' | '\u{202f}' if !line.is_empty() => line.push(c),
            c if c.is_whitespace() || c.is_control() => {
                if !line.is_empty() && !line.ends_with(' ') {
                    line.push(' ');
                }
            }
            c => line.push(c),
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// The first `width` columns, with an ellipsis where something is missing.
pub fn shortened(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let mut left = width.saturating_sub(1);
    let kept = text.chars().take_while(|c| {
        let fits = column(*c) <= left;
        left = left.saturating_sub(column(*c));
        fits
    });
    let mut kept: String = kept.collect();
    kept.truncate(kept.trim_end().len());
    kept + "…"
}

/// Words in lines of at most `width` columns; a word that is longer is cut.
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split_whitespace() {
        let needed = columns(word);
        if used > 0 && used + 1 + needed > width {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        for c in word.chars() {
            if used + column(c) > width && used > 0 {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push(c);
            used += column(c);
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

pub fn columns(text: &str) -> usize {
    text.chars().map(column).sum()
}

/// Columns of a terminal that a character takes: two in East Asian scripts and for pictures, none for marks.
pub fn column(c: char) -> usize {
    match u32::from(c) {
        0x0300..=0x036f | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f | 0xfe00..=0xfe0f | 0xfeff => 0,
        0x1100..=0x115f
        | 0x2e80..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1faff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn long_lines_wrap_at_words() {
        assert_eq!(wrapped("one two  three\nfour", 9), ["one two", "three", "four"]);
        assert_eq!(wrapped("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrapped("状態は正常", 4), ["状態", "は正", "常"]);
        assert_eq!(shortened("abcdef", 4), "abc…");
        assert_eq!(one_line("  a\r\n\tb\u{202e}c \u{0}"), "a bc");
        assert_eq!(one_line("\u{a0}«\u{a0}a\u{202f}!\u{a0}"), "«\u{a0}a\u{202f}!");
    }

    proptest! {
        #[test]
        fn no_line_is_too_wide(text in ".{0,200}", width in 2..90_usize) {
            for line in wrapped(&text, width) {
                prop_assert!(columns(&line) <= width);
            }
            prop_assert!(columns(&shortened(&text, width)) <= width);
        }

        #[test]
        fn one_line_has_no_control_characters(text in any::<String>()) {
            prop_assert!(!one_line(&text).chars().any(char::is_control));
        }
    }
}
