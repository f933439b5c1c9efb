//! What every page has around its content.

use std::sync::LazyLock;

use minijinja::Value;
use page_model::{
    Id, Language, Stamp,
    asset::Asset,
    snapshot::{Branding, Link, Page},
};
use serde::{Serialize, Serializer};

use crate::{
    formats::line::one_line,
    locale::Locale,
    options::RenderOptions,
    render::{address, safe},
    times::{Moment, zone_of},
    tone::Tone,
};

#[derive(Serialize)]
pub struct Frame<'a> {
    pub lang: &'static str,
    pub dir: &'static str,
    /// ` lang="de"` for what the publisher wrote, where the page speaks another language than they.
    pub own_lang: Value,
    #[serde(serialize_with = "as_one_line")]
    pub title: String,
    #[serde(serialize_with = "as_one_line")]
    pub description: String,
    /// A picture for the browser's tab.
    pub icon: Value,
    /// Whose page it is; `None` where that is not known.
    pub site: Option<SiteView<'a>>,
    /// `?lang=de`, behind every address of the page, so that a chosen language stays.
    pub language_query: String,
    /// The other parameters of this page's address, before the language.
    pub query: String,
    /// Behind an address that is narrowed to the same component: the language and the component.
    pub chosen: String,
    /// The address of the page for others, where its host is known.
    pub host: Option<&'a str>,
    pub path: Value,
    /// Which of the pages in the navigation this one belongs to: `status`, `history` or `uptime`.
    pub section: &'static str,
    pub languages: &'static [LanguageLink],
    /// The owner's block of CSS.
    pub style: Option<Value>,
    pub links: Vec<&'a Link>,
    /// Where its picture for links is, if strangers may see it.
    pub preview: Option<Value>,
    /// The time zone of the times on it.
    pub time_zone: Option<String>,
    /// The same by its name, for the visitor's browser.
    pub zone: Option<&'a str>,
    /// Changes with the owner's block of CSS.
    pub style_sum: u32,
    /// Up to when it is known to be true, for a printed sheet.
    pub as_of: Option<Moment>,
}

#[derive(Serialize)]
pub struct SiteView<'a> {
    #[serde(serialize_with = "as_one_line")]
    pub name: &'a str,
    pub website: Option<&'a str>,
    pub logo: Option<Picture>,
    /// Instead of it on a dark ground.
    pub logo_dark: Option<Picture>,
}

#[derive(Serialize)]
pub struct Picture {
    name: String,
    width: u32,
    height: u32,
    /// A wide picture has the name in it; a square one is a sign beside the name.
    shows_name: bool,
}

/// A language by the name that its speakers know.
#[derive(Debug, Serialize)]
pub struct LanguageLink {
    tag: &'static str,
    name: &'static str,
}

impl<'a> Frame<'a> {
    /// The frame of a page that stands on its own.
    pub fn plain(locale: &Locale, title: String, tone: Tone) -> Self {
        Self {
            lang: locale.language.tag(),
            dir: locale.direction(),
            own_lang: Value::from(""),
            description: title.clone(),
            title,
            icon: safe(tone.icon()),
            site: None,
            language_query: String::new(),
            query: String::new(),
            chosen: String::new(),
            host: None,
            path: Value::from(""),
            section: "",
            languages: &[],
            style: None,
            links: Vec::new(),
            preview: None,
            time_zone: None,
            zone: None,
            style_sum: 0,
            as_of: None,
        }
    }

    /// The frame of a publisher's page. `path` is where it is.
    pub fn of_page(page: &'a Page, title: &str, tone: Tone, path: &str, options: RenderOptions) -> Self {
        let locale = Locale::of(options.language);
        let branding = &page.branding;
        let favicon = branding.favicon.as_ref();
        let plain = Self::plain(locale, full_title(title, page, locale), tone);
        Self {
            description: locale.format("page-description", [("name", page.name.as_str().into())]),
            icon: favicon.map_or(plain.icon, |asset| address(format!("/assets/{}", asset.name))),
            site: Some(SiteView {
                name: &page.name,
                website: page.website.as_deref().filter(|url| is_web_address(url)),
                logo: branding.logo.as_ref().map(Picture::of),
                logo_dark: branding.logo_dark.as_ref().map(Picture::of),
            }),
            language_query: language_query(options.language, options.keeps_language),
            host: page.host.as_ref().map(|host| host.as_str()),
            path: address(path.to_owned()),
            section: section_of(path),
            languages: &LANGUAGES,
            style: style(branding),
            preview: branding.previewed.then(|| safe("/preview.png")),
            style_sum: branding
                .style
                .bytes()
                .fold(0, |sum: u32, byte| sum.wrapping_mul(31) ^ u32::from(byte)),
            zone: Some(&page.time_zone),
            own_lang: match page.language == options.language {
                true => plain.own_lang,
                false => safe([" lang=\"", page.language.tag(), "\""].concat()),
            },
            links: branding.links.iter().filter(|link| may_be_linked(&link.url)).collect(),
            ..plain
        }
    }

    /// The frame of a page about signing in, which shows nothing of the page called `name` but that.
    pub fn of_sign_in(locale: &Locale, headline: &str, name: &str, host: &'a str, keeps_language: bool) -> Self {
        let page_title = locale.format("status-of", [("name", name.into())]);
        Self {
            language_query: language_query(locale.language, keeps_language),
            host: Some(host),
            languages: &LANGUAGES,
            ..Self::plain(locale, format!("{headline} – {page_title}"), Tone::Planned)
        }
    }

    /// Of a page that is narrowed to a component, if it is.
    pub fn narrowed(mut self, component: Option<&Id>) -> Self {
        self.chosen.clone_from(&self.language_query);
        if let Some(component) = component {
            let own = ["component=", component.as_str()].concat();
            self.chosen.push(if self.chosen.is_empty() { '?' } else { '&' });
            self.chosen.push_str(&own);
            self.query = own + "&";
        }
        self
    }

    /// With the moment that a printed sheet is of, and the time zone of the page's times.
    pub fn with_moment(self, page: &Page, stamp: Stamp, locale: &Locale) -> Self {
        Self {
            as_of: Some(locale.date_and_time(stamp)),
            // Whoever keeps a picture by its address looks anew.
            preview: self
                .preview
                .as_ref()
                .map(|path| safe(format!("{path}?v={}", stamp.at_ms / 1_000))),
            ..self.with_time_zone(page, stamp, locale)
        }
    }

    /// With the time zone of the page's times.
    pub fn with_time_zone(self, page: &Page, stamp: Stamp, locale: &Locale) -> Self {
        let offset = zone_of(stamp);
        let zone = match page.time_zone.as_str() {
            zone if zone == offset => offset,
            zone => format!("{zone} ({offset})"),
        };
        Self {
            time_zone: Some(locale.format("time-zone", [("zone", locale.left_to_right(zone).into())])),
            ..self
        }
    }
}

impl Picture {
    fn of(asset: &Asset) -> Self {
        let (width, height) = (asset.width.max(1), asset.height.max(1));
        Self {
            name: asset.name.to_string(),
            width,
            height,
            shows_name: width / height >= WIDE,
        }
    }
}

/// Names stand here where no mark ends what they begin.
fn as_one_line<S: Serializer>(text: impl AsRef<str>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&one_line(text.as_ref()))
}

/// What stands behind an address of the page where the visitor chose the language in the address.
pub fn language_query(language: Language, keeps_language: bool) -> String {
    match keeps_language {
        true => format!("?lang={}", language.tag()),
        false => String::new(),
    }
}

fn section_of(path: &str) -> &'static str {
    match path.split('/').nth(1) {
        Some("" | "groups") => "status",
        Some("history" | "incidents" | "maintenances") => "history",
        Some("uptime") => "uptime",
        _ => "",
    }
}

/// The region has received nothing from the origin since then.
pub fn delayed(since: Option<Stamp>, locale: &Locale) -> Option<Moment> {
    since.map(|since| locale.date_and_time(since))
}

pub fn full_title(title: &str, page: &Page, locale: &Locale) -> String {
    let page_title = match &page.branding.title {
        Some(own) => own.clone(),
        None => locale.format("status-of", [("name", page.name.as_str().into())]),
    };
    if title.is_empty() {
        page_title
    } else {
        format!("{title} – {page_title}")
    }
}

/// The owner's block exactly as it was hashed; one that could end early is no style.
fn style(branding: &Branding) -> Option<Value> {
    let style = branding.style.as_str();
    (!style.is_empty() && !style.contains('<')).then(|| safe(style))
}

/// A snapshot may be broken or hostile: a `javascript:` address is a script, and one with a password tells it to everybody.
fn is_web_address(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let authority = rest.and_then(|rest| rest.split(['/', '\\', '?', '#']).next());
    authority.is_some_and(|authority| !authority.contains('@'))
}

fn may_be_linked(url: &str) -> bool {
    is_web_address(url) || url.starts_with("mailto:")
}

/// In the order of [`Language::ALL`], whatever the order of the files is.
static LANGUAGES: LazyLock<Vec<LanguageLink>> = LazyLock::new(|| {
    let link = |language: Language| LanguageLink {
        tag: language.tag(),
        name: Locale::name(language),
    };
    Language::ALL.into_iter().map(link).collect()
});

/// How many times as wide as high a picture is that has a name in it.
const WIDE: u32 = 2;
