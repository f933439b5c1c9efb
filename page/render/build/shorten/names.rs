//! Names of one letter.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use super::tokens::{Kind, Token, before, closing, opening, outermost, text};

/// What our script notes on elements: names, like all that it declares.
const OWN: [&str; 2] = ["live", "well"];
/// Brackets around the statements of the outermost function.
const OUTERMOST: usize = 2;
/// Where names belong that all statements share.
const EVERYWHERE: usize = 0;

/// A name, and the statement of the outermost function that it belongs to.
type Name = (usize, String);

/// Each name by a shorter one. A name belongs to a statement of the outermost function; in another statement the same letter may
/// stand for something else. Names of properties stay: a letter for one that is asked for often saves letters, and costs more
/// where the page is compressed.
pub fn shorten(tokens: &mut [Token]) {
    let statements = statements(tokens);
    let declared = declared(tokens, &statements);
    let names: Vec<Option<Name>> = (0..tokens.len())
        .map(|at| {
            let places = [EVERYWHERE, statements[at]].into_iter();
            let mut names = places.map(|statement| (statement, text(tokens, at).to_owned()));
            names.find(|name| !is_key(tokens, at) && declared.contains(name))
        })
        .collect();
    let letters = letters(tokens, &names, &statements);
    for (token, name) in tokens.iter_mut().zip(&names) {
        if let Some(letter) = name.as_ref().and_then(|name| letters.get(name)) {
            token.text.clone_from(letter);
        }
    }
}

/// For each place the number of the statement that it is in, from 1; what one `let` declares are statements too.
fn statements(tokens: &[Token]) -> Vec<usize> {
    let (mut depth, mut number) = (0, 1);
    let of_place = |token: &Token| {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            "," | ";" if depth == OUTERMOST => number += 1,
            _ => {}
        }
        number
    };
    tokens.iter().map(of_place).collect()
}

fn declared(tokens: &[Token], statements: &[usize]) -> BTreeSet<Name> {
    let mut found: BTreeSet<Name> = OWN.map(|name| (EVERYWHERE, name.to_owned())).into();
    let mut depth = 0;
    for at in 0..tokens.len() {
        let mut places = Vec::new();
        let mut is_local = true;
        match text(tokens, at) {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            "let" => {
                is_local = depth != OUTERMOST;
                named(tokens, at + 1..tokens.len(), &mut places);
            }
            "=>" if before(tokens, at) == ")" => {
                named(tokens, opening(tokens, at - 1) + 1..at - 1, &mut places);
            }
            "=>" => places.push(at - 1),
            _ => {}
        }
        for place in places {
            let statement = if is_local { statements[place] } else { EVERYWHERE };
            found.insert((statement, text(tokens, place).to_owned()));
        }
    }
    found
}

/// The names of a list of parameters or of what is declared, each perhaps with what it is at first.
fn named(tokens: &[Token], range: Range<usize>, to: &mut Vec<usize>) {
    let mut is_value = false;
    for at in outermost(tokens, range) {
        match text(tokens, at) {
            "of" | ";" => return,
            "," => is_value = false,
            "=" => is_value = true,
            "[" | "{" if !is_value => named(tokens, at + 1..closing(tokens, at), to),
            _ if !is_value && !is_key(tokens, at) => to.push(at),
            _ => {}
        }
    }
}

fn is_property(tokens: &[Token], at: usize) -> bool {
    let is_word = tokens[at].kind == Kind::Word && !OWN.contains(&text(tokens, at));
    is_word && [".", "?."].contains(&before(tokens, at))
}

/// What is no name: a sign, a text, a property, or what stands before the colon of an object.
fn is_key(tokens: &[Token], at: usize) -> bool {
    let is_of_object = ["{", ","].contains(&before(tokens, at)) && text(tokens, at + 1) == ":";
    tokens[at].kind != Kind::Word || is_property(tokens, at) || is_of_object
}

/// The most frequent names take the first letters; one that belongs to a statement takes what is not needed there.
fn letters(tokens: &[Token], names: &[Option<Name>], statements: &[usize]) -> BTreeMap<Name, String> {
    let mut counts: BTreeMap<&Name, usize> = BTreeMap::new();
    let mut shared: BTreeMap<usize, BTreeSet<&Name>> = BTreeMap::new();
    let mut taken: BTreeSet<&str> = ["do", "if", "in", "of", "as"].into();
    for (at, name) in names.iter().enumerate() {
        match name {
            Some(name) => {
                *counts.entry(name).or_default() += 1;
                if name.0 == EVERYWHERE {
                    shared.entry(statements[at]).or_default().insert(name);
                }
            }
            None => {
                taken.insert(text(tokens, at));
            }
        }
    }
    let mut order: Vec<(&Name, usize)> = counts.into_iter().collect();
    order.sort_by_key(|(name, count)| (name.0 != EVERYWHERE, std::cmp::Reverse(*count)));
    let all = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$";
    let doubles = all
        .chars()
        .flat_map(|one| ('a'..='z').map(move |other| format!("{one}{other}")));
    let all: Vec<String> = all.chars().map(String::from).chain(doubles).collect();
    let mut letters: BTreeMap<Name, String> = BTreeMap::new();
    for (name, _) in order {
        let others = shared.get(&name.0).into_iter().flatten().map(|name| (*name).clone());
        let needed: BTreeSet<String> = match name.0 {
            EVERYWHERE => letters.values().cloned().collect(),
            statement => {
                let own = letters.iter().filter(|((of, _), _)| *of == statement);
                let others = others.filter_map(|name| letters.get(&name).cloned());
                own.map(|(_, letter)| letter.clone()).chain(others).collect()
            }
        };
        let is_free = |letter: &&String| !needed.contains(*letter) && !taken.contains(letter.as_str());
        if let Some(letter) = all.iter().find(is_free) {
            letters.insert(name.clone(), letter.clone());
        }
    }
    letters
}
