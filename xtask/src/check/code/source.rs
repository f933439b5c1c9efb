//! One Rust file as tokens, without comments and test code.

use std::collections::BTreeSet;

use anyhow::{Result, anyhow};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

pub struct Source {
    pub tokens: Vec<TokenTree>,
    pub lines: usize,
}

pub fn read(text: &str) -> Result<Source> {
    let tokens: TokenStream = text.parse().map_err(|error| anyhow!("it is no Rust: {error}"))?;
    let tokens = without_tests(tokens);
    let mut lines = BTreeSet::new();
    note_lines(&tokens, &mut lines);
    // A literal may span blank lines.
    let blank = |line: &usize| text.lines().nth(line - 1).is_some_and(|line| line.trim().is_empty());
    let lines = lines.iter().filter(|line| !blank(line)).count();
    Ok(Source { tokens, lines })
}

fn note_lines(tokens: &[TokenTree], lines: &mut BTreeSet<usize>) {
    for token in tokens {
        if let TokenTree::Group(group) = token {
            lines.insert(group.span_open().start().line);
            note_lines(&group.stream().into_iter().collect::<Vec<_>>(), lines);
            lines.insert(group.span_close().end().line);
        } else {
            lines.extend(token.span().start().line..=token.span().end().line);
        }
    }
}

fn without_tests(tokens: TokenStream) -> Vec<TokenTree> {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut kept = Vec::new();
    let mut rest = tokens.as_slice();
    while let Some(token) = rest.first() {
        if let Some(attribute) = Attribute::at(rest) {
            if attribute.is_for_tests() && attribute.inner {
                return Vec::new();
            } else if attribute.is_for_tests() {
                rest = after_item(&rest[attribute.length..]);
                continue;
            } else if attribute.is_named("doc") {
                rest = &rest[attribute.length..];
                continue;
            }
        }
        kept.push(match token {
            TokenTree::Group(group) => {
                let mut clean = Group::new(group.delimiter(), without_tests(group.stream()).into_iter().collect());
                clean.set_span(group.span());
                clean.into()
            }
            other => other.clone(),
        });
        rest = &rest[1..];
    }
    kept
}

/// `#[…]` or `#![…]`.
struct Attribute {
    inner: bool,
    length: usize,
    content: Vec<TokenTree>,
}

impl Attribute {
    fn at(tokens: &[TokenTree]) -> Option<Attribute> {
        if !is_punct(tokens.first()?, '#') {
            return None;
        }
        let inner = is_punct(tokens.get(1)?, '!');
        let length = if inner { 3 } else { 2 };
        match tokens.get(length - 1)? {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => Some(Attribute {
                inner,
                length,
                content: group.stream().into_iter().collect(),
            }),
            _ => None,
        }
    }

    fn is_named(&self, name: &str) -> bool {
        self.content.first().is_some_and(|token| is_word(token, name))
    }

    /// `cfg(test)` or `cfg(all(test, …))`.
    fn is_for_tests(&self) -> bool {
        let mut content = self.content.clone();
        if !self.is_named("cfg") {
            return false;
        }
        while let Some(TokenTree::Group(group)) = content.get(1) {
            content = group.stream().into_iter().collect();
            if content.iter().any(|token| is_word(token, "test")) {
                return true;
            }
            if !content.first().is_some_and(|token| is_word(token, "all")) {
                return false;
            }
        }
        false
    }
}

/// What stands behind an item (or a field, or an arm of a match), with its other attributes.
fn after_item(mut tokens: &[TokenTree]) -> &[TokenTree] {
    while let Some(attribute) = Attribute::at(tokens) {
        tokens = &tokens[attribute.length..];
    }
    let words = tokens
        .iter()
        .take_while(|token| matches!(token, TokenTree::Ident(_) | TokenTree::Group(_)));
    let words: Vec<_> = words.map(ToString::to_string).collect();
    let is = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
    let has_body = is(&["fn", "mod", "impl", "struct", "enum", "trait", "union", "macro_rules"]);
    let ends_with_semicolon = !has_body && is(&["use", "const", "static", "type", "let", "extern"]);
    for (place, token) in tokens.iter().enumerate() {
        let ends = match token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace && !ends_with_semicolon,
            TokenTree::Punct(punct) => {
                punct.as_char() == ';' || (punct.as_char() == ',' && !has_body && !ends_with_semicolon)
            }
            _ => false,
        };
        if ends {
            return &tokens[place + 1..];
        }
    }
    &[]
}

pub fn is_punct(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}

pub fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

#[cfg(test)]
mod tests {
    use super::read;

    fn lines(text: &str) -> usize {
        read(text).unwrap().lines
    }

    #[test]
    fn counts_neither_blanks_nor_comments() {
        let text = "//! What it is.\n\n/// Why.\nfn f() { // here\n    /* more\n    of it */\n    call(\n        \"a\n\n b\",\n    );\n}\n";
        assert_eq!(lines(text), 6);
    }

    #[test]
    fn counts_no_test_code() {
        let text = "use a::B;\n#[cfg(test)]\nuse c::{\n    D,\n};\n#[cfg(test)]\n#[expect(dead_code)]\nfn t<A, B>(a: A) {\n}\n\
                    #[cfg(all(test, unix))]\nconst X: [u8; 1] = {\n    [1]\n};\nfn f() {}\n#[cfg(test)]\nmod tests {\n    fn g() {}\n}\n";
        assert_eq!(lines(text), 2);
        assert_eq!(lines("#![cfg(test)]\nfn f() {}\n"), 0);
    }

    #[test]
    fn counts_what_is_built_outside_tests() {
        assert_eq!(
            lines("#[cfg(not(test))]\nfn f() {}\n#[cfg(any(test, unix))]\nfn g() {}\n"),
            4
        );
    }
}
