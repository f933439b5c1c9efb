//! What every page has around its content.

use minijinja::Value;
use page_model::{
    Language, Stamp,
    asset::Asset,
    snapshot::{Branding, Link, Page},
};
use serde::Serialize;

use crate::{
    ask::Ask,
    render::{address, safe},
    voice::Voice,
    when::{Moment, zone_name},
    words::Tone,
};

#[derive(Serialize)]
pub struct Frame<'a> {
    pub lang: &'static str,
    pub dir: &'static str,
    pub title: String,
    pub description: String,
    /// A picture for the browser's tab.
    pub icon: Value,
    /// Whose page it is; `None` where that is not known.
    pub site: Option<SiteView<'a>>,
    /// Stands behind every address of the page, so that a chosen language stays.
    pub keep: &'static str,
    /// What else the address of this very page says, before the language.
    pub query: String,
    /// The address of the page for others, where its host is known.
    pub host: Option<&'a str>,
    pub path: Value,
    pub languages: &'static [LanguageLink],
    /// The owner's block of CSS.
    pub style: Option<Value>,
    pub links: Vec<&'a Link>,
    /// Whose clock the times are read on.
    pub times_in: Option<String>,
}

#[derive(Serialize)]
pub struct SiteView<'a> {
    pub name: &'a str,
    pub website: Option<&'a str>,
    pub logo: Option<Picture>,
}

#[derive(Serialize)]
pub struct Picture {
    name: String,
    width: u32,
    height: u32,
    /// A wide picture has the name in it; a square one is a sign beside the name.
    names: bool,
}

/// A language by the name that its speakers know.
#[derive(Debug, Serialize)]
pub struct LanguageLink {
    tag: &'static str,
    name: &'static str,
}

impl<'a> Frame<'a> {
    /// The frame of a page that stands on its own.
    pub fn plain(voice: &Voice, title: String, tone: Tone) -> Self {
        Self {
            lang: voice.language.tag(),
            dir: voice.direction(),
            description: title.clone(),
            title,
            icon: safe(tone.icon()),
            site: None,
            keep: "",
            query: String::new(),
            host: None,
            path: Value::from(""),
            languages: &[],
            style: None,
            links: Vec::new(),
            times_in: None,
        }
    }

    /// The frame of a publisher's page. `path` is where it is, `now` a moment of it.
    pub fn of_page(page: &'a Page, title: &str, tone: Tone, path: &str, ask: Ask) -> Self {
        let voice = Voice::of(ask.language);
        let branding = &page.branding;
        let favicon = branding.favicon.as_ref();
        let plain = Self::plain(voice, titled(title, page, voice), tone);
        Self {
            description: voice.tell("page-description", [("name", page.name.as_str().into())]),
            icon: favicon.map_or(plain.icon, |asset| address(format!("/assets/{}", asset.name))),
            site: Some(SiteView {
                name: &page.name,
                website: page.website.as_deref().filter(|url| is_web_address(url)),
                logo: branding.logo.as_ref().map(Picture::of),
            }),
            keep: if ask.keeps_language { kept(ask.language) } else { "" },
            host: page.host.as_ref().map(|host| host.as_str()),
            path: address(path.to_owned()),
            languages: &LANGUAGES,
            style: style(branding),
            links: branding.links.iter().filter(|link| may_be_linked(&link.url)).collect(),
            ..plain
        }
    }

    /// With the clock that the page's times are read on.
    pub fn on_clock_of(self, page: &Page, stamp: Stamp, voice: &Voice) -> Self {
        let offset = zone_name(stamp.offset_minutes);
        let zone = match page.time_zone.as_str() {
            zone if zone == offset => offset,
            zone => format!("{zone} ({offset})"),
        };
        Self {
            times_in: Some(voice.tell("time-zone", [("zone", voice.left_to_right(zone).into())])),
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
            names: width / height >= WIDE,
        }
    }
}

/// The region has not heard from the origin since then.
pub fn delayed(since: Option<Stamp>, voice: &Voice) -> Option<Moment> {
    since.map(|since| voice.whole(since))
}

fn titled(title: &str, page: &Page, voice: &Voice) -> String {
    let whose = match &page.branding.title {
        Some(own) => own.clone(),
        None => voice.tell("status-of", [("name", page.name.as_str().into())]),
    };
    if title.is_empty() {
        whose
    } else {
        format!("{title} – {whose}")
    }
}

/// The owner's block exactly as it was hashed; one that could end early is no style.
fn style(branding: &Branding) -> Option<Value> {
    let style = branding.style.as_str();
    (!style.is_empty() && !style.contains('<')).then(|| safe(style))
}

/// A snapshot may be broken or hostile, and a `javascript:` address is a script.
fn is_web_address(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

fn may_be_linked(url: &str) -> bool {
    is_web_address(url) || url.starts_with("mailto:")
}

fn kept(language: Language) -> &'static str {
    match language {
        Language::En => "?lang=en",
        Language::De => "?lang=de",
        Language::Fr => "?lang=fr",
        Language::Es => "?lang=es",
        Language::Pt => "?lang=pt",
        Language::Ja => "?lang=ja",
        Language::Ar => "?lang=ar",
    }
}

static LANGUAGES: [LanguageLink; Language::ALL.len()] = [
    LanguageLink {
        tag: "en",
        name: "English",
    },
    LanguageLink {
        tag: "de",
        name: "Deutsch",
    },
    LanguageLink {
        tag: "fr",
        name: "Français",
    },
    LanguageLink {
        tag: "es",
        name: "Español",
    },
    LanguageLink {
        tag: "pt",
        name: "Português",
    },
    LanguageLink {
        tag: "ja",
        name: "日本語",
    },
    LanguageLink {
        tag: "ar",
        name: "العربية",
    },
];

/// How many times as wide as high a picture is that has a name in it.
const WIDE: u32 = 2;
