//! Statements written as expressions where those are shorter.

use std::collections::BTreeSet;

use super::tokens::{Kind, Token, before, closing, outermost, sign, text};

/// Shorter ways to write the same: `let`, one parameter without parentheses, a class without arguments, a whole value.
pub fn drop_needless(tokens: &mut Vec<Token>) {
    let mut dropped = BTreeSet::new();
    for at in 0..tokens.len() {
        let spelt = match text(tokens, at) {
            "const" => "let",
            "true" => "!0",
            "false" => "!1",
            "undefined" => "void 0",
            "Infinity" => "1/0",
            _ => "",
        };
        if text(tokens, at) == "(" {
            let close = closing(tokens, at);
            let is_parameter = close == at + 2 && tokens[at + 1].kind == Kind::Word && text(tokens, close + 1) == "=>";
            let is_class = close == at + 1 && at > 1 && text(tokens, at - 2) == "new" && text(tokens, close + 1) != ".";
            let is_value = VALUE_BEGINS.contains(&before(tokens, at))
                && (before(tokens, at), text(tokens, at + 1)) != ("=>", "{")
                && VALUE_ENDS.contains(&text(tokens, close + 1));
            let is_list = outermost(tokens, at + 1..close)
                .iter()
                .any(|&at| text(tokens, at) == ",");
            if is_parameter || is_class || is_value && !is_list {
                dropped.extend([at, close]);
            }
        }
        if !spelt.is_empty() && tokens[at].kind == Kind::Word {
            spelt.clone_into(&mut tokens[at].text);
        }
    }
    let mut at = 0..;
    tokens.retain(|_| at.next().is_none_or(|at| !dropped.contains(&at)));
}

/// What stands around one whole value.
const VALUE_BEGINS: [&str; 8] = ["=>", "...", "=", "(", "[", ",", "?", ":"];
const VALUE_ENDS: [&str; 6] = [")", ",", ";", "]", "}", ":"];

const STATEMENTS: [&str; 10] = [
    "let", "if", "else", "for", "while", "return", "throw", "try", "catch", "continue",
];

/// What follows a condition: expressions, and where it ends.
struct Branch {
    expressions: Vec<Vec<Token>>,
    end: usize,
}

/// Reads a branch that holds nothing but expressions.
fn branch(tokens: &[Token], start: usize) -> Option<Branch> {
    let is_block = text(tokens, start) == "{";
    let (range, end) = if is_block {
        let close = closing(tokens, start);
        (start + 1..close, close + 1)
    } else {
        let places = outermost(tokens, start..tokens.len());
        let end = places.into_iter().find(|&at| [";", "}"].contains(&text(tokens, at)))?;
        (start..end, end + usize::from(text(tokens, end) == ";"))
    };
    let mut expressions = vec![Vec::new()];
    let mut at = range.start;
    for place in outermost(tokens, range.clone()).into_iter().chain([range.end]) {
        if place == range.end || text(tokens, place) == ";" {
            expressions.last_mut()?.extend_from_slice(&tokens[at..place]);
            expressions.push(Vec::new());
            at = place + 1;
        }
    }
    expressions.retain(|expression| !expression.is_empty());
    let is_expression =
        |expression: &Vec<Token>| !STATEMENTS.contains(&text(expression, 0)) && text(expression, 0) != "{";
    let all = !expressions.is_empty() && expressions.iter().all(is_expression);
    all.then_some(Branch { expressions, end })
}

/// Whether a sign stands outside of all brackets.
fn has(tokens: &[Token], signs: &[&str]) -> bool {
    let places = outermost(tokens, 0..tokens.len());
    places
        .into_iter()
        .any(|at| tokens[at].kind == Kind::Sign && signs.contains(&text(tokens, at)))
}

const ASSIGNS: [&str; 7] = ["=", "+=", "-=", "&&=", "||=", "??=", "=>"];

fn list(expressions: &[Vec<Token>]) -> Vec<Token> {
    expressions.join(&sign(","))
}

/// One of two values: a list of expressions has parentheses.
fn value(expressions: &[Vec<Token>]) -> Vec<Token> {
    let list = list(expressions);
    match has(&list, &[","]) {
        false => list,
        true => in_parentheses(list),
    }
}

fn in_parentheses(list: Vec<Token>) -> Vec<Token> {
    [vec![sign("(")], list, vec![sign(")")]].concat()
}

/// `if (a) b(); else c();` is `a ? b() : c()`, `if (a) b();` is `a && b()`, and a block of expressions is a list of them.
pub fn expressions_for_statements(tokens: &mut Vec<Token>) {
    for at in (0..tokens.len()).rev() {
        let keyword = text(tokens, at);
        if tokens[at].kind != Kind::Word || !["if", "for", "else"].contains(&keyword) {
            continue;
        }
        let head = if keyword == "else" { at } else { closing(tokens, at + 1) };
        let Some(then) = branch(tokens, head + 1) else {
            continue;
        };
        let condition = tokens.get(at + 2..head).unwrap_or_default().to_vec();
        let is_if = keyword == "if";
        let otherwise = (is_if && text(tokens, then.end) == "else").then(|| branch(tokens, then.end + 1));
        let needs_brackets = has(&condition, &["?", ","]) || has(&condition, &ASSIGNS);
        let (written, end) = match otherwise {
            Some(None) => continue,
            Some(Some(_)) if needs_brackets => continue,
            Some(Some(otherwise)) => {
                let parts = [
                    condition,
                    vec![sign("?")],
                    value(&then.expressions),
                    vec![sign(":")],
                    value(&otherwise.expressions),
                ];
                (parts.concat(), otherwise.end)
            }
            None if is_if && !needs_brackets && !has(&condition, &["||", "??"]) => {
                let mut list = list(&then.expressions);
                if has(&list, &ASSIGNS) || has(&list, &["?", ",", "||", "??"]) {
                    list = in_parentheses(list);
                }
                ([condition, vec![sign("&&")], list].concat(), then.end)
            }
            None => ([tokens[at..=head].to_vec(), list(&then.expressions)].concat(), then.end),
        };
        let written = [written, vec![sign(";")]].concat();
        tokens.splice(at..end, written);
    }
}

/// `=> { a(); return b; }` is `=> (a(), b)`.
pub fn returned_expressions(tokens: &mut Vec<Token>) {
    for at in (0..tokens.len()).rev() {
        if text(tokens, at) != "{" || before(tokens, at) != "=>" {
            continue;
        }
        let close = closing(tokens, at);
        let places = outermost(tokens, at + 1..close);
        let Some(&back) = places.iter().find(|&&place| text(tokens, place) == "return") else {
            continue;
        };
        let ends = places
            .iter()
            .filter(|&&place| place > back && text(tokens, place) == ";");
        if ends.count() > 1 || text(tokens, back + 1) == ";" {
            continue;
        }
        let whole = [&tokens[at..back], &tokens[back + 1..=close]].concat();
        if let Some(body) = branch(&whole, 0) {
            tokens.splice(at..=close, value(&body.expressions));
        }
    }
}

/// One declaration behind another is one.
pub fn join_declarations(tokens: &mut Vec<Token>) {
    for at in (1..tokens.len()).rev() {
        if text(tokens, at) != "let" || before(tokens, at) != ";" {
            continue;
        }
        let mut depth = 0;
        let begins = (0..at - 1).rev().find(|&place| {
            match text(tokens, place) {
                ")" | "]" | "}" => depth += 1,
                "(" | "[" | "{" if depth == 0 => return true,
                "(" | "[" | "{" => depth -= 1,
                ";" if depth == 0 => return true,
                _ => {}
            }
            false
        });
        let first = begins.map_or(0, |place| place + 1);
        if text(tokens, first) == "let" {
            tokens.splice(at - 1..=at, [sign(",")]);
        }
    }
}
