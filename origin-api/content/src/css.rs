//! The owner's CSS: read with a browser's tokeniser and accepted whole or not at all. It may style this page; what loads
//! from elsewhere, runs code or leaves the style element is refused with its line. Covering things
//! (`position: fixed`) is the owner's own business: nothing on a page acts in a visitor's name.

use cssparser::{ParseError, Parser, Token};
use page_model::asset::AssetName;

/// Why a style is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub line: u32,
    pub what: String,
}

type Checked = Result<(), Fault>;

pub fn check(css: &str) -> Checked {
    // With it a style could end its element; CSS itself needs it in comparisons of media queries only.
    if let Some(at) = css.find('<') {
        let before = css.get(..at).unwrap_or_default();
        let line = before.matches('\n').count() as u32;
        return Err(fault(line, "'<' is not allowed; write a media query with min-width"));
    }
    let around = Around {
        depth: 0,
        source: Source::Page,
    };
    rules(&mut Parser::new(css), Place::Sheet, around)
}

/// Of a drawing, a style or an attribute that may hold one: it leads to other parts of the drawing only.
pub fn check_drawing(css: &str) -> Checked {
    let around = Around {
        depth: 0,
        source: Source::Drawing,
    };
    values(&mut Parser::new(css), around)
}

/// Where the text that is read stands.
#[derive(Clone, Copy)]
struct Around {
    depth: usize,
    source: Source,
}

#[derive(Clone, Copy)]
enum Source {
    Page,
    Drawing,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Rules only.
    Sheet,
    /// Between braces: declarations and rules.
    Block,
}

/// What has been read of a rule or declaration.
#[derive(Default)]
struct Item {
    line: u32,
    tokens: usize,
    is_at_rule: bool,
    starts_with_name: bool,
    has_colon: bool,
}

/// Items up to the end of a sheet or block.
fn rules(parser: &mut Parser<'_>, place: Place, around: Around) -> Checked {
    let mut item = Item::default();
    loop {
        let Some((line, token)) = next(parser) else { break };
        if item.tokens == 0 {
            item.line = line;
        }
        match &token {
            Token::Semicolon => {
                item.end(place)?;
                item = Item::default();
                continue;
            }
            Token::CurlyBracketBlock => {
                if item.tokens == 0 {
                    return Err(fault(line, "'{' without a selector before it"));
                }
                nested(parser, line, around, |inner, around| rules(inner, Place::Block, around))?;
                item = Item::default();
                continue;
            }
            Token::AtKeyword(_) if item.tokens == 0 => item.is_at_rule = true,
            Token::Ident(name) if item.tokens == 0 => {
                property(name, line)?;
                item.starts_with_name = true;
            }
            Token::Colon if item.tokens == 1 && item.starts_with_name => item.has_colon = true,
            _ => {}
        }
        item.tokens += 1;
        value(parser, &token, line, around)?;
    }
    item.end_of(place)
}

impl Item {
    /// At a semicolon.
    fn end(&self, place: Place) -> Checked {
        let is_declaration = place == Place::Block && self.starts_with_name && self.has_colon;
        match self.tokens {
            0 if place == Place::Block => Ok(()),
            0 => Err(fault(self.line, "unexpected ';'")),
            _ if self.is_at_rule || is_declaration => Ok(()),
            _ if place == Place::Block => Err(fault(self.line, "a declaration is \"property: value\"")),
            _ => Err(fault(self.line, "a rule is \"selector { property: value }\"")),
        }
    }

    /// At the end of the sheet or block, where a declaration needs no semicolon.
    fn end_of(&self, place: Place) -> Checked {
        match place {
            Place::Sheet if self.tokens > 0 => Err(fault(self.line, "the style ends within a rule")),
            Place::Block if self.tokens > 0 => self.end(place),
            _ => Ok(()),
        }
    }
}

/// Everything else: selectors, values, conditions.
fn value(parser: &mut Parser<'_>, token: &Token<'_>, line: u32, around: Around) -> Checked {
    match token {
        Token::AtKeyword(name) => at_rule(name, line),
        Token::UnquotedUrl(url) => address(url, line, around.source),
        Token::Function(name) if name.eq_ignore_ascii_case("url") => {
            nested(parser, line, around, |inner, around| match inner.next() {
                Ok(Token::QuotedString(url)) => address(url, line, around.source),
                _ => Err(fault(line, "url() holds an address")),
            })
        }
        Token::Function(name) if FUNCTIONS_REFUSED.iter().any(|known| name.eq_ignore_ascii_case(known)) => {
            Err(fault(line, format!("{name}() is not allowed")))
        }
        Token::Function(_) | Token::ParenthesisBlock | Token::SquareBracketBlock | Token::CurlyBracketBlock => {
            nested(parser, line, around, values)
        }
        Token::BadUrl(_) => Err(fault(line, "this url() is not valid")),
        Token::BadString(_) => Err(fault(line, "this string does not end on its line")),
        Token::CloseParenthesis => Err(fault(line, "unmatched ')'")),
        Token::CloseSquareBracket => Err(fault(line, "unmatched ']'")),
        Token::CloseCurlyBracket => Err(fault(line, "unmatched '}'")),
        _ => Ok(()),
    }
}

fn values(parser: &mut Parser<'_>, around: Around) -> Checked {
    while let Some((line, token)) = next(parser) {
        if let (Token::Ident(name), Source::Drawing) = (&token, around.source) {
            property(name, line)?;
        }
        value(parser, &token, line, around)?;
    }
    Ok(())
}

/// The next token and the line on which it begins.
fn next<'i>(parser: &mut Parser<'i>) -> Option<(u32, Token<'i>)> {
    parser.skip_whitespace();
    let line = parser.current_source_location().line;
    Some((line, parser.next().ok()?.clone()))
}

/// Into a block or function, which must be closed and not be too deep.
fn nested(
    parser: &mut Parser<'_>,
    line: u32,
    around: Around,
    check: impl FnOnce(&mut Parser<'_>, Around) -> Checked,
) -> Checked {
    if around.depth >= DEPTH_MAX {
        return Err(fault(line, format!("blocks are nested more than {DEPTH_MAX} deep")));
    }
    let within = Around {
        depth: around.depth + 1,
        ..around
    };
    let mut checked = Ok(());
    let mut end = None;
    let _ = parser.parse_nested_block(|inner| -> Result<(), ParseError<()>> {
        checked = check(inner, within);
        while inner.next().is_ok() {}
        end = Some(inner.position());
        Ok(())
    });
    checked?;
    // Closing it moved the parser on, unless the style just ended.
    if end == Some(parser.position()) {
        return Err(fault(line, "the bracket that is opened here is never closed"));
    }
    Ok(())
}

fn at_rule(name: &str, line: u32) -> Checked {
    if AT_RULES.iter().any(|known| name.eq_ignore_ascii_case(known)) {
        return Ok(());
    }
    let why = match name.to_ascii_lowercase().as_str() {
        "import" => "styles are not loaded from elsewhere",
        "font-face" => "fonts are not loaded from elsewhere; name one that visitors have",
        _ => "a page needs none",
    };
    Err(fault(line, format!("@{name} is not allowed: {why}")))
}

fn property(name: &str, line: u32) -> Checked {
    if PROPERTIES_REFUSED.iter().any(|known| name.eq_ignore_ascii_case(known)) {
        return Err(fault(line, format!("{name} is not allowed: it runs code")));
    }
    Ok(())
}

/// A page has what lies at its own host, its assets; a drawing has itself.
fn address(url: &str, line: u32, source: Source) -> Checked {
    match source {
        Source::Page if url.strip_prefix("/assets/").and_then(AssetName::parse).is_some() => Ok(()),
        Source::Page => Err(fault(
            line,
            "url() leads to a picture of this page only, such as /assets/NAME of its logo",
        )),
        Source::Drawing if url.starts_with('#') => Ok(()),
        Source::Drawing => Err(fault(line, "url() leads to a part of the drawing only (#name)")),
    }
}

/// Lines are counted from one for people.
fn fault(line: u32, what: impl Into<String>) -> Fault {
    Fault {
        line: line + 1,
        what: what.into(),
    }
}

const DEPTH_MAX: usize = 32;
const AT_RULES: &[&str] = &[
    "container",
    "keyframes",
    "layer",
    "media",
    "page",
    "property",
    "scope",
    "starting-style",
    "supports",
];
/// They take addresses as plain strings, or run code in browsers of old.
const FUNCTIONS_REFUSED: &[&str] = &[
    "-moz-element",
    "-webkit-image-set",
    "element",
    "expression",
    "image",
    "image-set",
    "paint",
    "src",
];
const PROPERTIES_REFUSED: &[&str] = &["-moz-binding", "behavior"];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn accepts_or_refuses_styles_with_their_line() {
        let deep = format!("{}{}", "a{".repeat(40), "}".repeat(40));
        for (css, expected) in [
            ("", None),
            ("/* nothing */", None),
            (":root{--radius:4px}", None),
            ("body { font: 16px/1.5 Georgia, serif; color: #222 }", None),
            (
                "@media (min-width: 40rem) {\n  .card > a:hover { color: red; }\n  .b { margin: 0 auto !important }\n}",
                None,
            ),
            (
                "@keyframes turn { from { opacity: 0 } 50% { opacity: .5 } to { opacity: 1 } }",
                None,
            ),
            ("@layer base, page;\n@layer base { a { b: c } }", None),
            (
                ".a { &:hover { color: red } .b & { color: blue; } color: green; }",
                None,
            ),
            (".a::before { content: \"}{\"; grid-area: 1 / 2; }", None),
            (
                "a { background: url(/assets/0123456789abcdef0123456789abcdef.png) no-repeat, url('/assets/0123456789abcdef0123456789abcdef.svg') }",
                None,
            ),
            ("a { position: fixed; inset: 0 }", None),
            ("a { color: red;; }", None),
            ("[data-x=\"1\"] { width: calc(1px + (2px * 3)) }", None),
            ("\n@import 'x.css';", Some((2, "@import"))),
            ("@IMPORT url(x.css);", Some((1, "@IMPORT"))),
            ("@\\69mport 'x';", Some((1, "@import"))),
            (
                "@font-face { font-family: x; src: url(/assets/x) }",
                Some((1, "@font-face")),
            ),
            ("@namespace url(x);", Some((1, "@namespace"))),
            ("a { @import 'x'; }", Some((1, "@import"))),
            (
                "a\n{\n  color: red;\n  background: url(https://x.example/p.gif)\n}",
                Some((4, "url()")),
            ),
            ("a { background: url( \"//x.example/p.gif\" ) }", Some((1, "url()"))),
            ("a { background: \\75rl(x) }", Some((1, "url()"))),
            ("a { background: URL(data:image/png;base64,AAAA) }", Some((1, "url()"))),
            ("a { background: url(/assets/../x.png) }", Some((1, "url()"))),
            ("a { background: image-set('x.png' 1x) }", Some((1, "image-set()"))),
            ("a { --x: url(//x.example) }", Some((1, "url()"))),
            ("a { --x: { background: url(//x.example) } }", Some((1, "url()"))),
            ("a { width: expression(alert(1)) }", Some((1, "expression()"))),
            ("a { behavior: url(x.htc) }", Some((1, "behavior"))),
            ("a { -MOZ-binding: none }", Some((1, "-MOZ-binding"))),
            ("</style><script>", Some((1, "'<'"))),
            ("a{}\n\n@media (width < 40rem) {}", Some((3, "'<'"))),
            ("a { color: red", Some((1, "never closed"))),
            ("a { b { c: d }", Some((1, "never closed"))),
            ("a { color: rgb(1, 2, 3 }", Some((1, "unmatched"))),
            ("a { color: red } }", Some((1, "unmatched"))),
            ("a { color red; }", Some((1, "property: value"))),
            ("a {\n  color: red;\n  nothing\n}", Some((3, "property: value"))),
            ("a { color: red };\nb { color: red }", Some((1, "unexpected"))),
            ("a { color: red }\ncolor: blue", Some((2, "within a rule"))),
            ("color: blue;", Some((1, "selector"))),
            ("a { content: \"x\n\" }", Some((1, "string"))),
            ("{ color: red }", Some((1, "without a selector"))),
            (deep.as_str(), Some((1, "nested more than"))),
        ] {
            match (check(css), expected) {
                (Ok(()), None) => {}
                (Err(fault), Some((line, words))) => {
                    assert!(fault.line == line && fault.what.contains(words), "{css}: {fault:?}");
                }
                (found, expected) => panic!("{css}: {found:?}, expected {expected:?}"),
            }
        }
    }

    proptest! {
        #[test]
        fn never_panics_and_accepted_styles_load_nothing(
            css in prop::collection::vec(prop::sample::select(&[
                "a", "{", "}", ":", ";", "(", ")", "[", "]", "url(", "/assets/", "//x", "\"", "'", "\\", "\n", "@media", "@import",
                "/*", "*/", "--x", "#", ".", " ", "!", "expression(", "é", "\u{0}",
            ][..]), 0..24).prop_map(|parts| parts.concat())
        ) {
            if check(&css).is_ok() {
                prop_assert!(!css.contains('<'));
                let open = css.replace('\\', "");
                let hidden = css.contains("/*") || css.contains('"') || css.contains('\'');
                prop_assert!(hidden || !open.contains("url(//x"), "{css}");
            }
        }
    }
}
