//! The template engine, with the one budget that bounds a visit's work.

use std::{error::Error as _, sync::LazyLock};

use minijinja::{
    Environment, Error, ErrorKind, UndefinedBehavior, Value, default_auto_escape_callback, syntax::SyntaxConfig, tests,
    value::Serde,
};
use page_model::prose::with_headings_at;
use serde::Serialize;

use crate::{
    embedded::{
        BARE_STYLE, CODE, COMPLETE_SCRIPT, EMBED_SCRIPT, EMBED_STYLE, FOOT_STYLE, LIVE_SCRIPT, METRICS_STYLE,
        PAGES_STYLE, PAST_STYLE, STYLE, TEMPLATES,
    },
    locale::Locale,
};

#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// Not a fault: the page is too large for one visit, so draw it afterwards.
    #[error("the fuel for this visit does not suffice to draw the page")]
    OverBudget,
    #[error("the template does not fit what it was given: {0}")]
    Template(Error),
}

/// Draws `view` with the template called `name`, in the words of `locale`.
pub fn render(name: &str, locale: &Locale, view: impl Serialize, fuel: Option<u64>) -> Result<String, RenderError> {
    let mut engine = ENGINE.clone();
    engine.add_global("t", locale.table());
    engine.set_fuel(fuel);
    let template = engine.get_template(name)?;
    Ok(template.render(Serde(view))?)
}

/// For pages that have no budget and are drawn from few words: they come whatever happens.
pub fn render_or_fallback(name: &str, locale: &Locale, view: impl Serialize) -> String {
    render(name, locale, view, None).unwrap_or_else(|_| "This page cannot be shown now. Please try again.".to_owned())
}

/// Marks HTML that must not be escaped: our own, or sanitised by the origin.
pub fn safe(html: impl Into<String>) -> Value {
    Value::from_safe_string(html.into())
}

/// HTML of a publisher, sanitised by the origin; its first heading is of `level`.
pub fn prose(html: &str, level: u8) -> Value {
    // What may be wider than the screen scrolls by itself, also by the keyboard.
    let html = with_headings_at(html, level);
    safe(
        html.replace("<pre>", "<pre tabindex=\"0\">")
            .replace("<table>", "<table tabindex=\"0\">"),
    )
}

/// An address of the page itself: its slashes stay as they are, anything odd in it is escaped like all text.
pub fn address(path: String) -> Value {
    let plain = path.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-.".contains(&b));
    if plain { safe(path) } else { Value::from(path) }
}

impl From<Error> for RenderError {
    fn from(error: Error) -> Self {
        if is_out_of_fuel(&error) {
            Self::OverBudget
        } else {
            Self::Template(error)
        }
    }
}

/// An included template reports it as the source of the including one's error.
fn is_out_of_fuel(error: &Error) -> bool {
    let inner = error.source().and_then(|source| source.downcast_ref::<Error>());
    error.kind() == ErrorKind::OutOfFuel || inner.is_some_and(is_out_of_fuel)
}

/// Compiled once per process or instance: a visit must not pay for it.
static ENGINE: LazyLock<Environment<'static>> = LazyLock::new(|| {
    // Only what the templates use: on Workers each byte of the engine is paid at a cold start.
    let mut engine = Environment::empty();
    engine.set_auto_escape_callback(default_auto_escape_callback);
    engine.add_test("defined", tests::is_defined);
    // A name that does not exist is a mistake in a template: tests must see it, not an empty place on the page.
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
        engine.set_syntax(syntax);
    }
    for (file, source) in TEMPLATES {
        // A template that does not compile is missing from the engine, and every test of its page fails.
        let _ = engine.add_template(file, source);
    }
    for (name, more) in [
        ("style", PAGES_STYLE),
        ("front_style", ""),
        ("metrics_style", METRICS_STYLE),
        ("error_style", BARE_STYLE),
    ] {
        engine.add_global(name, safe([STYLE, more, FOOT_STYLE].concat()));
    }
    engine.add_global("past_style", safe(PAST_STYLE));
    engine.add_global("embed_style", safe(EMBED_STYLE));
    engine.add_global("embed_script", safe(EMBED_SCRIPT));
    engine.add_global("live_script", safe(LIVE_SCRIPT));
    engine.add_global("code", CODE);
    engine.add_global("complete_script", safe(COMPLETE_SCRIPT));
    engine
});
