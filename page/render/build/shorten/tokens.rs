//! What a script is made of, and which brackets belong together.

use std::ops::Range;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Word,
    /// A text or a regular expression.
    Literal,
    Sign,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub kind: Kind,
    pub text: String,
}

/// The longest first.
const SIGNS: [&str; 20] = [
    "...", "===", "!==", "&&=", "||=", "??=", "=>", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "++", "--", "+=",
    "-=", "**",
];

pub fn tokens(script: &str) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    let mut rest = script;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = match first {
            _ if first.is_whitespace() => {
                rest = rest.trim_start();
                continue;
            }
            '/' if rest.starts_with("//") => {
                rest = rest.find('\n').map_or("", |end| &rest[end..]);
                continue;
            }
            '"' | '\'' => (Kind::Literal, literal_length(rest, first)),
            '/' if may_begin_literal(found.last()) => (Kind::Literal, literal_length(rest, first)),
            _ if is_of_word(first) => (
                Kind::Word,
                rest.find(|letter| !is_of_word(letter)).unwrap_or(rest.len()),
            ),
            _ => {
                let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
                (Kind::Sign, sign.map_or(first.len_utf8(), |sign| sign.len()))
            }
        };
        let (text, behind) = rest.split_at(length);
        found.push(Token {
            kind,
            text: text.to_owned(),
        });
        rest = behind;
    }
    found
}

pub fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || "_$".contains(letter)
}

/// A slash behind a value divides.
fn may_begin_literal(last: Option<&Token>) -> bool {
    last.is_some_and(|last| last.kind == Kind::Sign && ![")", "]"].contains(&last.text.as_str()))
}

fn literal_length(text: &str, mark: char) -> usize {
    let (mut escaped, mut in_class) = (false, false);
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' if mark == '/' => in_class = true,
            ']' if mark == '/' => in_class = false,
            _ if letter == mark && !in_class => return at + 1,
            _ => {}
        }
    }
    text.len()
}

pub fn sign(text: &str) -> Token {
    Token {
        kind: Kind::Sign,
        text: text.to_owned(),
    }
}

/// What stands at a place; nothing beyond the ends.
pub fn text(tokens: &[Token], at: usize) -> &str {
    tokens.get(at).map_or("", |token| &token.text)
}

pub fn before(tokens: &[Token], at: usize) -> &str {
    at.checked_sub(1).map_or("", |at| text(tokens, at))
}

/// The place of the bracket that closes the one here.
pub fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    tokens.len()
}

/// The places within a range that stand in no further bracket; brackets that open there are among them.
pub fn outermost(tokens: &[Token], range: Range<usize>) -> Vec<usize> {
    let (mut at, mut places) = (range.start, Vec::new());
    while at < range.end {
        places.push(at);
        at = match text(tokens, at) {
            "(" | "[" | "{" => closing(tokens, at) + 1,
            _ => at + 1,
        };
    }
    places
}

/// The place of the bracket that opens the one here.
pub fn opening(tokens: &[Token], close: usize) -> usize {
    let mut depth = 0;
    for at in (0..=close).rev() {
        match text(tokens, at) {
            ")" | "]" | "}" => depth += 1,
            "(" | "[" | "{" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    0
}
