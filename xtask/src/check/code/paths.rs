//! What a module's tokens say of names: declared items, imports, paths, child modules.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, Group, TokenTree};

use super::source::{is_punct, is_word};

/// One module's content; that of its inline children is theirs.
#[derive(Default)]
pub struct Content {
    pub items: BTreeSet<String>,
    pub imports: Vec<Import>,
    /// Of two segments or more, such as `super::limits::TOTAL`.
    pub paths: BTreeSet<Vec<String>>,
    /// Names that stand alone.
    pub words: BTreeSet<String>,
    /// `name!`
    pub macro_calls: BTreeSet<String>,
    pub macros: BTreeSet<String>,
    pub children: Vec<Child>,
}

pub struct Import {
    pub path: Vec<String>,
    pub name: Name,
    pub is_reexport: bool,
}

#[derive(Clone, PartialEq)]
pub enum Name {
    Is(String),
    Underscore,
    Glob,
}

pub struct Child {
    pub name: String,
    /// `None` where it lies in a file of its own.
    pub inline: Option<Vec<TokenTree>>,
    /// `#[path = "…"]`
    pub path: Option<String>,
}

impl Content {
    pub fn read(tokens: &[TokenTree]) -> Content {
        let mut content = Content::default();
        content.walk(tokens, true);
        content
    }

    fn walk(&mut self, tokens: &[TokenTree], is_top: bool) {
        let mut place = 0;
        let mut is_public = false;
        let mut path_attribute = None;
        while let Some(token) = tokens.get(place) {
            let next = tokens.get(place + 1);
            place += 1;
            match token {
                TokenTree::Group(group) => {
                    if let Some(path) = path_of(tokens.get(place.wrapping_sub(2)), group) {
                        path_attribute = Some(path);
                    }
                    self.walk(&inside(group), false);
                }
                TokenTree::Punct(punct) if punct.as_char() == ';' => is_public = false,
                TokenTree::Ident(ident) => match (ident.to_string().as_str(), next) {
                    ("pub", next) => {
                        is_public = true;
                        // `pub(crate)` names no item.
                        place += usize::from(
                            matches!(next, Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis),
                        );
                    }
                    ("use", Some(next)) if !is_punct(next, '<') => {
                        let end = tokens[place..].iter().position(|token| is_punct(token, ';'));
                        let end = end.map_or(tokens.len(), |end| place + end);
                        self.import(&tokens[place..end], &[], is_public);
                        place = end;
                    }
                    ("mod", Some(TokenTree::Ident(name))) => {
                        let (name, path) = (plain(name), path_attribute.take());
                        let inline = match tokens.get(place + 1) {
                            Some(TokenTree::Group(group)) => Some(inside(group)),
                            _ => None,
                        };
                        self.children.push(Child { name, inline, path });
                        place += 2;
                        is_public = false;
                    }
                    ("macro_rules", Some(_)) => {
                        if let Some(TokenTree::Ident(name)) = tokens.get(place + 1) {
                            self.macros.insert(plain(name));
                        }
                        place += 2;
                    }
                    (
                        "fn" | "struct" | "enum" | "union" | "trait" | "type" | "const" | "static",
                        Some(TokenTree::Ident(name)),
                    ) if name != "fn" && name != "unsafe" && name != "extern" && name != "async" => {
                        is_public = false;
                        let name = if name == "mut" { tokens.get(place + 1) } else { next };
                        if let (true, Some(TokenTree::Ident(name))) = (is_top, name) {
                            self.items.insert(plain(name));
                        }
                        place += 1;
                    }
                    _ => place = self.path(tokens, place - 1),
                },
                _ => {}
            }
        }
    }

    /// Notes the path that begins here and says where it ends.
    fn path(&mut self, tokens: &[TokenTree], begin: usize) -> usize {
        let (segments, end) = segments(tokens, begin);
        // A field, a method, or the end of `<T as Trait>::name`, `::absolute`, `Type::<T>::name`.
        let before = begin.checked_sub(1).and_then(|before| tokens.get(before));
        if before
            .is_some_and(|token| is_punct(token, '.') && !is_range(tokens, begin) || is_double_colon(tokens, begin))
        {
            return end;
        }
        if tokens.get(end).is_some_and(|token| is_punct(token, '!')) && segments.len() == 1 {
            self.macro_calls.insert(segments[0].clone());
        }
        if segments.len() == 1 {
            self.words.extend(segments);
        } else {
            self.words.insert(segments[0].clone());
            self.paths.insert(segments);
        }
        end
    }

    /// One tree of a `use`, below a prefix.
    fn import(&mut self, tokens: &[TokenTree], prefix: &[String], is_reexport: bool) {
        // `::name` is another crate's.
        let is_absolute = tokens.first().is_some_and(|token| is_punct(token, ':'));
        let begin = if is_absolute { 2 } else { 0 };
        let (mut own, mut end) = segments(tokens, begin);
        if own.len() == 1 && own[0] == "self" && !prefix.is_empty() {
            own.clear();
        }
        let path = [prefix, &own].concat();
        if tokens.get(end).is_some_and(|token| is_punct(token, ':')) {
            end += 2;
        }
        let name = match tokens.get(end) {
            Some(TokenTree::Group(group)) => {
                for tree in inside(group)
                    .split(|token| is_punct(token, ','))
                    .filter(|tree| !tree.is_empty())
                {
                    self.import(tree, &path, is_reexport);
                }
                return;
            }
            Some(star) if is_punct(star, '*') => Name::Glob,
            Some(word) if is_word(word, "as") => match tokens.get(end + 1) {
                Some(TokenTree::Ident(name)) if name != "_" => Name::Is(plain(name)),
                _ => Name::Underscore,
            },
            _ => match path.last() {
                Some(name) => Name::Is(name.clone()),
                None => return,
            },
        };
        self.imports.push(Import {
            path,
            name,
            is_reexport,
        });
    }
}

/// `a::b::c`, and the place behind it.
fn segments(tokens: &[TokenTree], begin: usize) -> (Vec<String>, usize) {
    let mut segments = Vec::new();
    let mut place = begin;
    while let Some(TokenTree::Ident(ident)) = tokens.get(place) {
        segments.push(plain(ident));
        place += 1;
        if !(is_double_colon(tokens, place + 2) && matches!(tokens.get(place + 2), Some(TokenTree::Ident(_)))) {
            break;
        }
        place += 2;
    }
    (segments, place)
}

/// Whether `::` stands right before the place.
fn is_double_colon(tokens: &[TokenTree], place: usize) -> bool {
    let colon = |back: usize| {
        place
            .checked_sub(back)
            .and_then(|at| tokens.get(at))
            .is_some_and(|token| is_punct(token, ':'))
    };
    colon(1) && colon(2)
}

/// Whether the point before the place is the second of `..`.
fn is_range(tokens: &[TokenTree], place: usize) -> bool {
    place
        .checked_sub(2)
        .and_then(|at| tokens.get(at))
        .is_some_and(|token| is_punct(token, '.'))
}

fn path_of(before: Option<&TokenTree>, group: &Group) -> Option<String> {
    let tokens = inside(group);
    match (before, tokens.as_slice()) {
        (Some(hash), [name, _, TokenTree::Literal(path)]) if is_punct(hash, '#') && is_word(name, "path") => {
            Some(path.to_string().trim_matches('"').to_owned())
        }
        _ => None,
    }
}

fn inside(group: &Group) -> Vec<TokenTree> {
    group.stream().into_iter().collect()
}

fn plain(ident: &proc_macro2::Ident) -> String {
    ident.to_string().trim_start_matches("r#").to_owned()
}
