//! Makes a script of ours short: no comments, no spaces, names of one letter, fewer brackets and keywords.
//!
//! It knows the JavaScript that we write, and no more: one function around everything, no template literals, a semicolon behind each
//! statement, parentheses around the parameters of each arrow function, no object that takes a name for its key and its value at once,
//! and one meaning for each name within a statement of the outermost function.

mod names;
mod statements;
mod tokens;

use tokens::{Token, is_of_word, tokens};

pub fn shorten(script: &str) -> String {
    let mut tokens = tokens(script);
    statements::drop_needless(&mut tokens);
    statements::expressions_for_statements(&mut tokens);
    statements::returned_expressions(&mut tokens);
    statements::join_declarations(&mut tokens);
    names::shorten(&mut tokens);
    let short = written(&tokens);
    // What a block declares by `let` is its own, as what a function declares is.
    match short.strip_prefix("(()=>{").and_then(|rest| rest.strip_suffix("})();")) {
        Some(body) => format!("{{{body}}}"),
        None => short,
    }
}

fn written(tokens: &[Token]) -> String {
    let mut short = String::new();
    for token in tokens {
        if token.text == "}" && short.ends_with(';') {
            short.pop();
        }
        let of_word = |letter: Option<char>| letter.is_some_and(is_of_word);
        let (last, first) = (short.chars().last(), token.text.chars().next());
        // `a - -b` is not `a--b`.
        if of_word(last) && of_word(first) || last == first && matches!(first, Some('-' | '+')) {
            short.push(' ');
        }
        short.push_str(&token.text);
    }
    short
}
