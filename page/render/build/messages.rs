//! The texts of the languages without the names of the messages, which all languages have alike: they are there once.

/// In the order of `locales/en.ftl`.
pub const OTHERS_FOLLOW: &str = "locales/en.ftl";

/// Messages of a file, each with its name. They begin at the edge, and all else is indented or closes what is.
pub fn of(locale: &str) -> Vec<(&str, String)> {
    let mut messages: Vec<(&str, String)> = Vec::new();
    for line in locale.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.split_once(" =") {
            Some((name, text)) if line.starts_with(|c: char| c.is_ascii_lowercase()) => {
                messages.push((name, text.to_owned()));
            }
            _ => {
                if let Some((_, text)) = messages.last_mut() {
                    *text += "\n";
                    *text += line;
                }
            }
        }
    }
    messages
}

pub fn names(locale: &str) -> String {
    let names: Vec<&str> = of(locale).into_iter().map(|(name, _)| name).collect();
    names.join("\n")
}

/// The texts in the order of `names`, with `\u{1}` between; none for a message that the language does not have.
pub fn texts(locale: &str, names: &str) -> String {
    let messages = of(locale);
    let text_of = |name| {
        messages
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, text)| text.as_str())
    };
    let texts = names.lines().map(|name| squeeze(text_of(name).unwrap_or_default()));
    texts.collect::<Vec<_>>().join("\u{1}")
}

/// Without the spaces that are there for those who write it.
fn squeeze(text: &str) -> String {
    let lines = text.lines().map(|line| match line.trim_start() {
        variant if variant.starts_with(['[', '*']) => variant.replacen("] ", "]", 1),
        line => line.to_owned(),
    });
    let whole = lines.collect::<Vec<_>>().join("\n");
    whole.replace("{ $", "{$").replace(" }", "}")
}
