//! What is mailed: a text and an HTML part, in the words of one language and with the accent colour of the page.

use std::sync::LazyLock;

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use mail_builder::{
    MessageBuilder,
    headers::{address::Address, date::Date, raw::Raw},
};
use minijinja::{Environment, Value, context};
use origin_engine::random;
use page_model::{Host, Language};

use super::letters;
use crate::limits::MAIL_KEPT_MINUTES;

/// A mail that lets somebody in.
pub struct Mail<'a> {
    /// Of the page.
    pub name: &'a str,
    pub host: &'a Host,
    /// `#rrggbb`
    pub accent: Option<&'a str>,
    pub language: Language,
    pub link: &'a str,
    /// As it is read out: two groups of digits.
    pub code: &'a str,
    pub from: &'a str,
    pub to: &'a str,
    pub at_ms: i64,
}

impl Mail<'_> {
    /// As it goes over the wire.
    pub fn to_bytes(&self) -> std::io::Result<Vec<u8>> {
        let words = Words::of(self.language);
        let name = one_line(self.name);
        let said = |message| words.said(message, &name);
        let html = ENGINE.get_template("message.html").and_then(|template| {
            template.render(context! {
                lang => self.language.tag(),
                dir => if self.language.is_right_to_left() { "rtl" } else { "ltr" },
                subject => said("subject"),
                name => &name,
                intro => said("intro"),
                link => Value::from_safe_string(self.link.to_owned()),
                accent => self.accent.unwrap_or(ACCENT),
                sign_in => said("sign-in"),
                link_why => said("link-why"),
                code_why => said("code-why"),
                code => self.code,
                never_share => said("never-share"),
                not_you => said("not-you"),
                host => self.host.as_str(),
            })
        });
        let html = html.map_err(std::io::Error::other)?;
        let text = format!(
            "{}\r\n\r\n{}\r\n{}\r\n\r\n{}\r\n\r\n    {}\r\n\r\n{}\r\n{}\r\n\r\n-- \r\n{name}\r\n{}\r\n",
            said("intro"),
            self.link,
            said("link-why"),
            said("code-why"),
            self.code,
            said("never-share"),
            said("not-you"),
            self.host,
        );
        let domain = self.from.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
        MessageBuilder::new()
            .message_id(format!("{}@{domain}", letters(&random::bytes::<16>())))
            .date(Date::new(self.at_ms / 1_000))
            .from(Address::new_address(Some(name.as_str()), self.from))
            .to(Address::new_address(None::<&str>, self.to))
            .subject(said("subject"))
            // Nobody is told that the reader is away (RFC 3834).
            .header("Auto-Submitted", Raw::new("auto-generated"))
            .header("X-Auto-Response-Suppress", Raw::new("All"))
            .text_body(text)
            .html_body(html)
            .write_to_vec()
    }
}

/// A header has one line, whatever the page is called.
fn one_line(name: &str) -> String {
    let seen = name.chars().map(|c| if c.is_control() { ' ' } else { c });
    seen.collect()
}

struct Words(FluentBundle<FluentResource>);

impl Words {
    fn of(language: Language) -> &'static Self {
        &WORDS[language as usize]
    }

    fn new(language: Language, source: &str) -> Self {
        let tag = language.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        bundle.set_use_isolating(false);
        // What does not parse is left out, and the tests fail then.
        let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(resource, _)| resource);
        let _ = bundle.add_resource(resource);
        Self(bundle)
    }

    fn said(&self, message: &str, name: &str) -> String {
        let mut arguments = FluentArgs::new();
        arguments.set("name", name);
        arguments.set("minutes", MAIL_KEPT_MINUTES);
        let pattern = self.0.get_message(message).and_then(|message| message.value());
        let said = pattern.map(|pattern| self.0.format_pattern(pattern, Some(&arguments), &mut Vec::new()));
        said.unwrap_or_default().into_owned()
    }
}

static WORDS: LazyLock<Vec<Words>> = LazyLock::new(|| {
    let words = Language::ALL.map(|language| Words::new(language, source(language)));
    words.into_iter().collect()
});

fn source(language: Language) -> &'static str {
    match language {
        Language::En => include_str!("texts/en.ftl"),
        Language::De => include_str!("texts/de.ftl"),
        Language::Fr => include_str!("texts/fr.ftl"),
        Language::Es => include_str!("texts/es.ftl"),
        Language::Pt => include_str!("texts/pt.ftl"),
        Language::Ja => include_str!("texts/ja.ftl"),
        Language::Ar => include_str!("texts/ar.ftl"),
    }
}

static ENGINE: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut engine = Environment::empty();
    engine.set_auto_escape_callback(minijinja::default_auto_escape_callback);
    engine.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    // One that does not compile is missing, and no mail can be made: the tests fail.
    let _ = engine.add_template("message.html", include_str!("templates/message.html"));
    engine
});

/// Of a page that has none: the colour of its links.
const ACCENT: &str = "#2c5fb8";

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(name: &'static str, language: Language) -> String {
        let host = Host::parse("status.acme.com").expect("a host");
        let mail = Mail {
            name,
            host: &host,
            accent: Some("#123456"),
            language,
            link: "https://status.acme.com/.pharos/link?token=abc-_123",
            code: "1234 5678",
            from: "status@pharos.example",
            to: "ada@example.com",
            at_ms: 1_795_000_000_000,
        };
        String::from_utf8(mail.to_bytes().expect("a mail")).expect("ASCII")
    }

    #[test]
    fn every_language_says_all_of_it() {
        let names = |language| -> Vec<&str> {
            let lines = source(language).lines().filter(|line| !line.starts_with('#'));
            lines
                .filter_map(|line| line.split_once(" = "))
                .map(|(name, _)| name)
                .collect()
        };
        for language in Language::ALL {
            assert_eq!(names(language), names(Language::En), "{language:?}");
            for name in names(language) {
                let said = Words::of(language).said(name, "Acme");
                assert!(
                    !said.is_empty() && !said.contains(['{', '}', '$']),
                    "{language:?} {name}: {said}"
                );
            }
            let mail = mail("Acme", language);
            for part in [
                "multipart/alternative",
                "text/plain",
                "text/html",
                "Auto-Submitted: auto-generated",
            ] {
                assert!(mail.contains(part), "{language:?}: {part}");
            }
        }
    }

    #[test]
    fn mail_holds_link_and_code_twice() {
        let mail = mail("Acme", Language::En);
        assert!(
            mail.starts_with("Message-ID: <") || mail.contains("\r\nMessage-ID: <"),
            "{mail}"
        );
        assert!(mail.contains("From: \"Acme\" <status@pharos.example>\r\n"), "{mail}");
        assert!(mail.contains("To: <ada@example.com>\r\n"), "{mail}");
        assert!(mail.contains("Subject: Sign in to Acme\r\n"), "{mail}");
        assert_eq!(mail.matches("1234 5678").count(), 2, "{mail}");
        assert!(mail.contains("#123456"));
    }

    /// What a page is called comes from its publisher.
    #[test]
    fn name_of_a_page_is_never_a_header_nor_markup() {
        for language in Language::ALL {
            let mail = mail(
                "A\r\nBcc: eve@evil.example\r\n\r\n<script>\"x\" <eve@evil.example>, b",
                language,
            );
            let (head, body) = mail.split_once("\r\n\r\n").expect("a head");
            let fields = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
            let names: Vec<&str> = fields
                .filter_map(|line| line.split_once(':'))
                .map(|(name, _)| name)
                .collect();
            assert!(!names.contains(&"Bcc"), "{head}");
            assert_eq!(names.iter().filter(|name| **name == "From").count(), 1);
            let (text, html) = body.split_once("text/html").expect("an HTML part");
            assert!(
                text.contains("text/plain") && !html.contains("<script>"),
                "{language:?}: {html}"
            );
        }
    }
}
