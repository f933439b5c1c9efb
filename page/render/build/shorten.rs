//! Makes a script of ours short: no comments, no spaces, names of one or two letters.
//!
//! It knows the JavaScript that we write, and no more: no template literals, a semicolon behind each statement, parentheses around
//! the parameters of each arrow function, and one meaning for each name. A name that is also a key of an object stays as it is.

use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    /// A text or a regular expression.
    Literal,
    Sign,
}

#[derive(Clone, Copy)]
struct Token<'a> {
    kind: Kind,
    text: &'a str,
}

pub fn shorten(script: &str) -> String {
    let tokens = bare_parameters(tokens(script));
    let names = short_names(&tokens);
    let mut short = String::new();
    for (at, token) in tokens.iter().enumerate() {
        let own = match is_key(&tokens, at) {
            true => token.text,
            false => names.get(token.text).map_or(token.text, String::as_str),
        };
        let own = match own {
            "const" => "let",
            "true" => "!0",
            "false" => "!1",
            "undefined" => "void 0",
            other => other,
        };
        if own == "}" && short.ends_with(';') {
            short.pop();
        }
        let is_word =
            |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || "_$".contains(letter));
        if is_word(short.chars().last()) && is_word(own.chars().next()) {
            short.push(' ');
        }
        short.push_str(own);
        // One declaration behind another is one.
        if own == "let" {
            let joined = short.strip_suffix(";let").filter(|rest| ends_with_declaration(rest));
            if let Some(rest) = joined {
                short = format!("{rest},");
            }
        }
    }
    short
}

/// One parameter needs no parentheses.
fn bare_parameters(tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    let is_one = |open: usize| {
        let texts = |from: usize| (from..from + 5).map(|at| tokens.get(at).map_or("", |token| token.text));
        let is_word = tokens.get(open + 1).is_some_and(|token| token.kind == Kind::Word);
        is_word
            && texts(open)
                .enumerate()
                .all(|(at, text)| at == 1 || text == ["(", "", ")", "=", ">"][at])
    };
    let dropped: Vec<usize> = (0..tokens.len())
        .filter(|&at| is_one(at))
        .flat_map(|at| [at, at + 2])
        .collect();
    let kept = tokens.iter().enumerate().filter(|(at, _)| !dropped.contains(at));
    kept.map(|(_, token)| *token).collect()
}

/// Whether what stands behind the last `;`, `{` or `}` outside of brackets is a declaration.
fn ends_with_declaration(script: &str) -> bool {
    let mut depth = 0;
    for (at, letter) in script.char_indices().rev() {
        match letter {
            ')' | ']' | '}' => depth += 1,
            '(' | '[' | '{' if depth > 0 => depth -= 1,
            ';' | '{' | '(' if depth == 0 => return script[at + 1..].starts_with("let "),
            _ => {}
        }
    }
    false
}

fn tokens(script: &str) -> Vec<Token<'_>> {
    let mut found: Vec<Token<'_>> = Vec::new();
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
            _ => (Kind::Sign, first.len_utf8()),
        };
        let (text, behind) = rest.split_at(length);
        found.push(Token { kind, text });
        rest = behind;
    }
    found
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || "_$".contains(letter)
}

/// A slash behind a value divides.
fn may_begin_literal(last: Option<&Token<'_>>) -> bool {
    last.is_some_and(|last| last.kind == Kind::Sign && ![")", "]"].contains(&last.text))
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

/// What stands at a place, counted from another; nothing beyond the ends.
fn text_at<'a>(tokens: &[Token<'a>], at: usize, away: isize) -> &'a str {
    let place = at.checked_add_signed(away);
    place.and_then(|place| tokens.get(place)).map_or("", |token| token.text)
}

/// Behind a dot, other than the three that spread.
fn is_key(tokens: &[Token<'_>], at: usize) -> bool {
    let is_property = text_at(tokens, at, -1) == "." && text_at(tokens, at, -2) != ".";
    tokens[at].kind != Kind::Word || is_property && !OWN.contains(&tokens[at].text)
}

/// What our script notes on elements: names, like all that it declares.
const OWN: [&str; 2] = ["live", "well"];

/// The bracket that is open at a place.
fn opener(tokens: &[Token<'_>], at: usize) -> Option<usize> {
    let mut depth = 0;
    (0..at).rev().find(|&place| match tokens[place].text {
        ")" | "]" | "}" => {
            depth += 1;
            false
        }
        "(" | "[" | "{" if depth == 0 => true,
        "(" | "[" | "{" => {
            depth -= 1;
            false
        }
        _ => false,
    })
}

/// Each name that the script declares, with a shorter one: the most frequent have one letter.
fn short_names<'a>(tokens: &[Token<'a>]) -> BTreeMap<&'a str, String> {
    let (mut declared, mut keys, mut counts) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::new());
    for at in (0..tokens.len()).filter(|&at| !is_key(tokens, at)) {
        let (word, before, after) = (tokens[at].text, text_at(tokens, at, -1), text_at(tokens, at, 1));
        *counts.entry(word).or_insert(0_usize) += 1;
        let open = opener(tokens, at);
        let bracket = open.map_or("", |open| tokens[open].text);
        let is_first = ["const", "let"].contains(&before);
        let is_further = before == ","
            && bracket != "("
            && ["=", ",", ";"].contains(&after)
            && bracket == "{"
            && is_declared(tokens, at);
        let in_pattern =
            bracket == "[" && open.is_some_and(|open| ["const", "let"].contains(&text_at(tokens, open, -1)));
        let is_bare = after == "=" && text_at(tokens, at, 2) == ">";
        let is_parameter = is_bare || bracket == "(" && open.is_some_and(|open| is_in_parameters(tokens, open, at));
        if is_first || OWN.contains(&word) || is_further || in_pattern || is_parameter {
            declared.insert(word);
        } else if bracket == "{" && ["{", ","].contains(&before) && ["}", ",", ":"].contains(&after) {
            keys.insert(word);
        }
    }
    let mut names: Vec<&str> = declared
        .difference(&keys)
        .copied()
        .filter(|name| name.len() > 1)
        .collect();
    names.sort_by_key(|name| std::cmp::Reverse(counts.get(name).copied()));
    let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$";
    let singles = letters.chars().map(String::from);
    let doubles = letters
        .chars()
        .flat_map(|one| ('a'..='z').map(move |other| format!("{one}{other}")));
    let is_free =
        |name: &String| !counts.contains_key(name.as_str()) && !["do", "if", "in", "of", "as"].contains(&name.as_str());
    names.into_iter().zip(singles.chain(doubles).filter(is_free)).collect()
}

/// Whether a name behind a comma is one of a list that `const` or `let` begins.
fn is_declared(tokens: &[Token<'_>], at: usize) -> bool {
    let mut depth = 0;
    for place in (0..at).rev() {
        match tokens[place].text {
            ")" | "]" | "}" => depth += 1,
            "(" | "[" | "{" if depth == 0 => return false,
            "(" | "[" | "{" => depth -= 1,
            ";" if depth == 0 => return false,
            "const" | "let" if depth == 0 => return true,
            _ => {}
        }
    }
    false
}

/// Whether a name stands among the parameters of an arrow function.
fn is_in_parameters(tokens: &[Token<'_>], open: usize, at: usize) -> bool {
    let close = (at..tokens.len()).find(|&place| opener(tokens, place) == Some(open) && tokens[place].text == ")");
    let is_arrow = close.is_some_and(|close| text_at(tokens, close, 1) == "=" && text_at(tokens, close, 2) == ">");
    is_arrow && ["(", ","].contains(&text_at(tokens, at, -1))
}
