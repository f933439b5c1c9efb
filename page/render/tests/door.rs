//! The door and the page of a session: what their forms send, that the language stays, and that nothing strange comes of what
//! strangers write.

mod fixture;
mod tags;

use std::collections::BTreeSet;

use fixture::states::{northwind_door, northwind_session, sign_in};
use page_model::{Language, Stamp, access::Way, limits::PASSWORD_CHARS_MAX};
use page_render::{Door, DoorNotice, SessionPage, door, session};
use scraper::{ElementRef, Html, Selector};

const NOTICES: [DoorNotice; 6] = [
    DoorNotice::WrongPassword,
    DoorNotice::WrongAddress,
    DoorNotice::LinkOver,
    DoorNotice::Busy,
    DoorNotice::Unavailable,
    DoorNotice::SignedOut,
];
const HOSTILE: &str = "<b>bold</b></title></svg></bdi><script>alert(1)</script>\"' onfocus=alert(2) &amp; \u{202e}49";

#[test]
fn the_form_sends_what_is_typed_ticked_and_wanted() {
    for language in Language::ALL {
        let page = Html::parse_document(&door(&northwind_door(language)));
        let form = only(&page, "form");
        assert_eq!(form.attr("method"), Some("post"));
        assert_eq!(form.attr("action"), Some("/.pharos/sign-in"));
        let fields: Vec<_> = all(&page, "form [name]").iter().map(|one| one.attr("name")).collect();
        assert_eq!(fields, [Some("return_to"), Some("password"), Some("shared")]);

        let password = only(&page, "form [name=password]");
        let chars_max = PASSWORD_CHARS_MAX.to_string();
        for (attribute, value) in [
            ("type", "password"),
            ("autocomplete", "current-password"),
            ("maxlength", &chars_max),
            ("required", ""),
            ("autofocus", ""),
        ] {
            assert_eq!(password.attr(attribute), Some(value), "{attribute}");
        }
        let id = password.attr("id").expect("the label names it");
        assert!(!words(only(&page, &format!("label[for={id}]"))).is_empty());

        let return_to = only(&page, "form [name=return_to]");
        assert_eq!(return_to.attr("type"), Some("hidden"));
        assert_eq!(return_to.attr("value"), Some(northwind_door(language).return_to));

        let shared = only(&page, "form label > [name=shared]");
        assert_eq!(shared.attr("type"), Some("checkbox"));
        assert_eq!(
            shared.attr("checked"),
            None,
            "a session lasts unless the visitor says so"
        );
        assert!(!words(only(&page, "form label:has([name=shared])")).is_empty());

        let button = only(&page, "form button");
        assert!(matches!(button.attr("type"), None | Some("submit")));
        assert!(!words(button).is_empty());
    }
}

#[test]
fn a_notice_stands_above_the_field_and_belongs_to_it() {
    for language in Language::ALL {
        let mut texts = BTreeSet::new();
        for notice in NOTICES {
            let page = door(&Door {
                notice: Some(notice),
                ..northwind_door(language)
            });
            let at = |text: &str| page.find(text).expect("it is on the page");
            assert!(at("role=\"alert\"") < at("name=\"password\""));
            let page = Html::parse_document(&page);
            let alert = only(&page, "[role=alert]");
            texts.insert(words(alert));
            let password = only(&page, "[name=password]");
            assert_eq!(password.attr("aria-describedby"), alert.attr("id"));
            let wrong = (notice == DoorNotice::WrongPassword).then_some("true");
            assert_eq!(password.attr("aria-invalid"), wrong, "{notice:?}");
            assert_eq!(password.attr("value"), None, "what was typed does not come back");
        }
        assert_eq!(texts.len(), NOTICES.len(), "{texts:?}");
        assert!(!texts.contains(""));
        let page = Html::parse_document(&door(&northwind_door(language)));
        assert!(all(&page, "[role=alert], [aria-describedby], [aria-invalid]").is_empty());
    }
}

#[test]
fn without_a_password_nothing_is_to_be_typed_and_it_says_whom_to_ask() {
    for language in Language::ALL {
        for notice in NOTICES.into_iter().map(Some).chain([None]) {
            let with = Door {
                notice,
                ..northwind_door(language)
            };
            let without = Door {
                by_password: false,
                ..with
            };
            let page = Html::parse_document(&door(&without));
            assert!(all(&page, "form, input, button").is_empty());
            assert!(words(only(&page, "main")).contains(without.host));
            assert_eq!(all(&page, "[role=alert]").len(), usize::from(notice.is_some()));
            let why = |page: &Html| words(only(page, "h1 + p"));
            assert_ne!(why(&page), why(&Html::parse_document(&door(&with))));
        }
    }
}

#[test]
fn an_address_is_sent_where_a_mail_lets_in() {
    for language in Language::ALL {
        let by_mail = Door {
            by_password: false,
            by_mail: true,
            ..northwind_door(language)
        };
        let page = Html::parse_document(&door(&by_mail));
        assert_eq!(only(&page, "form").attr("action"), Some("/.pharos/sign-in"));
        assert_eq!(names(&page), ["return_to", "email"]);
        let email = only(&page, "[name=email]");
        for (attribute, value) in [
            ("type", "email"),
            ("autocomplete", "email"),
            ("required", ""),
            ("autofocus", ""),
        ] {
            assert_eq!(email.attr(attribute), Some(value), "{attribute}");
        }
        assert!(!words(only(&page, "label[for=email]")).is_empty());
        let both = Html::parse_document(&door(&Door {
            by_password: true,
            ..by_mail
        }));
        assert_eq!(names(&both), ["return_to", "password", "shared", "return_to", "email"]);
        assert_eq!(all(&both, "[autofocus]").len(), 1, "one field has the focus");
        let wrong = Html::parse_document(&door(&Door {
            notice: Some(DoorNotice::WrongAddress),
            ..by_mail
        }));
        assert_eq!(only(&wrong, "[aria-invalid]").attr("name"), Some("email"));
    }
}

#[test]
fn a_code_is_typed_where_the_mail_was_asked_for() {
    for language in Language::ALL {
        let mut texts = BTreeSet::new();
        for (notice, is_wrong) in [(DoorNotice::Mailed, false), (DoorNotice::WrongCode, true)] {
            let page = Html::parse_document(&door(&Door {
                by_mail: true,
                notice: Some(notice),
                ..northwind_door(language)
            }));
            assert_eq!(names(&page), ["return_to", "code", "shared"]);
            let code = only(&page, "[name=code]");
            assert_eq!(code.attr("autocomplete"), Some("one-time-code"));
            assert_eq!(code.attr("inputmode"), Some("numeric"));
            assert_eq!(code.attr("aria-invalid").is_some(), is_wrong);
            let alert = only(&page, "[role=alert]");
            assert_eq!(code.attr("aria-describedby"), alert.attr("id"));
            texts.insert(words(alert));
        }
        assert_eq!(texts.len(), 2, "{texts:?}");
    }
}

/// What stands above the ways in is true of all of them.
#[test]
fn the_door_says_what_is_there_to_do() {
    for language in Language::ALL {
        let plain = northwind_door(language);
        let said = |door_: Door<'_>| {
            let page = Html::parse_document(&door(&door_));
            let why = all(&page, "h1 + p");
            (words(only(&page, "h1")), why.first().map(|why| words(*why)))
        };
        let (private, by_password) = said(plain);
        let mail = Door { by_mail: true, ..plain };
        let (_, by_either) = said(mail);
        let (_, by_mail) = said(Door {
            by_password: false,
            ..mail
        });
        let told: BTreeSet<_> = [by_password, by_either, by_mail].into();
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(told.iter().all(Option::is_some));
        let (_, by_code) = said(Door {
            notice: Some(DoorNotice::Mailed),
            ..mail
        });
        assert_eq!(by_code, None, "the notice says it");
        let (of_a_public_part, _) = said(Door {
            is_private: false,
            ..plain
        });
        assert_ne!(of_a_public_part, private);
    }
}

/// Who looks at it has used nothing up.
#[test]
fn a_link_leads_to_one_button() {
    for language in Language::ALL {
        let of_link = |link| Door {
            link: Some(link),
            by_mail: true,
            ..northwind_door(language)
        };
        let page = Html::parse_document(&door(&of_link("dG9rZW4-_")));
        let form = only(&page, "form");
        assert_eq!(
            (form.attr("method"), form.attr("action")),
            (Some("post"), Some("/.pharos/link"))
        );
        assert_eq!(names(&page), ["token", "shared"]);
        assert_eq!(only(&page, "[name=token]").attr("value"), Some("dG9rZW4-_"));
        assert!(!words(only(&page, "form button")).is_empty());
        for link in all(&page, "footer a[hreflang]") {
            assert!(
                link.attr("href")
                    .expect("an address")
                    .starts_with("?token=dG9rZW4-_&lang=")
            );
        }
        for hostile in ["", "a b", "\"><script>", "a&lang=de"] {
            let page = door(&of_link(hostile));
            harmless_but_named(&page);
            assert!(!page.contains("/.pharos/link"), "{hostile}: it is no link of ours");
        }
    }
}

fn harmless_but_named(page: &str) {
    assert_eq!(tags::mistakes(page), Vec::<String>::new());
    leads_nowhere_else(&Html::parse_document(page));
}

fn names(page: &Html) -> Vec<&str> {
    let fields = all(page, "form [name]").into_iter();
    fields.filter_map(|field| field.value().attr("name")).collect()
}

#[test]
fn a_session_tells_its_times_and_the_way_out() {
    for language in Language::ALL {
        let shown = northwind_session(language);
        let page = Html::parse_document(&session(&shown));
        let times: Vec<_> = all(&page, "main time").iter().map(|one| one.attr("datetime")).collect();
        assert_eq!(times, [Some("2026-11-22T13:02:00Z"), Some("2026-12-06T13:02:00Z")]);
        let form = only(&page, "form");
        assert_eq!(form.attr("method"), Some("post"));
        assert_eq!(form.attr("action"), Some("/.pharos/sign-out"));
        let buttons = all(&page, "form button");
        assert_eq!(buttons.len(), 2, "here and everywhere");
        assert!(buttons.iter().all(|button| !words(*button).is_empty()));
        assert_eq!(only(&page, "form button[name]").attr("name"), Some("everywhere"));
        assert_eq!(words(only(&page, "main li bdi")), "ada@example.com");
        assert_eq!(only(&page, "main a").attr("href"), Some("/"));
    }
    let kept = SessionPage {
        lasts: Some((Stamp::utc(i64::MIN), Stamp::utc(i64::MAX))),
        ..northwind_session(Language::En)
    };
    assert!(
        session(&kept).contains("/.pharos/sign-out"),
        "no moment leaves it undrawn"
    );
    for (way, person, told) in [
        (Some(Way::Password), None, vec!["Password"]),
        (
            Some(Way::Mail),
            Some("ada@example.com"),
            vec!["ada@example.com", "E-mail address"],
        ),
        (Some(Way::Provider), Some("ada"), vec!["ada", "Northwind Login"]),
        (None, Some(HOSTILE), vec![HOSTILE]),
        (None, None, vec![]),
    ] {
        let shown = session(&SessionPage {
            way,
            person,
            ..northwind_session(Language::En)
        });
        let page = Html::parse_document(&shown);
        let found: Vec<String> = all(&page, "main li bdi, main li bdi + small")
            .into_iter()
            .map(words)
            .collect();
        assert_eq!(found, told, "{way:?} {person:?}");
    }
    let by_network = session(&SessionPage {
        lasts: None,
        person: None,
        way: None,
        ..northwind_session(Language::En)
    });
    let page = Html::parse_document(&by_network);
    assert!(words(only(&page, "h1")).contains("network"), "{by_network}");
    assert!(all(&page, "form, time").is_empty(), "there is nothing to end");
}

#[test]
fn door_leads_to_the_provider_by_a_link() {
    for language in Language::ALL {
        let href = "/.pharos/sign-in/provider?return_to=%2F";
        let page = Html::parse_document(&door(&Door {
            by_password: false,
            provider: Some((href, HOSTILE)),
            ..northwind_door(language)
        }));
        let link = only(&page, "main p > a");
        assert_eq!(link.attr("href"), Some(href));
        assert!(
            words(link).contains(HOSTILE) && words(link) != HOSTILE,
            "{}",
            words(link)
        );
        assert!(all(&page, "form").is_empty());
    }
}

#[test]
fn who_comes_as_somebody_else_is_asked_first() {
    for language in Language::ALL {
        let page = Html::parse_document(&session(&SessionPage {
            onward: Some("/history"),
            ..northwind_session(language)
        }));
        let form = only(&page, "form[action='/.pharos/token']");
        assert_eq!(form.attr("method"), Some("post"));
        assert_eq!(only(&page, "[name=return_to]").attr("value"), Some("/history"));
    }
}

#[test]
fn the_language_stays_only_where_the_address_has_it() {
    for language in Language::ALL {
        for keeps_language in [false, true] {
            let lang = match keeps_language {
                true => format!("?lang={}", language.tag()),
                false => String::new(),
            };
            let page = Html::parse_document(&door(&Door {
                keeps_language,
                ..northwind_door(language)
            }));
            let root = only(&page, "html");
            assert_eq!(root.attr("lang"), Some(language.tag()));
            let direction = if language.is_right_to_left() { "rtl" } else { "ltr" };
            assert_eq!(root.attr("dir"), Some(direction));
            assert_eq!(
                only(&page, "form").attr("action"),
                Some(&*format!("/.pharos/sign-in{lang}"))
            );
            let page = Html::parse_document(&session(&SessionPage {
                keeps_language,
                ..northwind_session(language)
            }));
            assert_eq!(only(&page, "html").attr("lang"), Some(language.tag()));
            assert_eq!(
                only(&page, "form").attr("action"),
                Some(&*format!("/.pharos/sign-out{lang}"))
            );
            assert_eq!(only(&page, "main a").attr("href"), Some(&*format!("/{lang}")));
        }
    }
}

/// Who takes another language at the door of a search still comes to what was searched for.
#[test]
fn every_language_can_be_taken_and_the_other_parameters_stay() {
    for (return_to, others) in [
        ("/", ""),
        ("/search?q=late+webhooks", "q=late+webhooks&"),
        ("/search?lang=de&q=a%26b", "q=a%26b&"),
        ("/history?lang=de", ""),
        ("/history?&component=x&&lang=de&slang=y", "component=x&slang=y&"),
    ] {
        let page = Html::parse_document(&door(&Door {
            return_to,
            ..northwind_door(Language::Fr)
        }));
        let links: Vec<_> = all(&page, "footer a[hreflang]")
            .iter()
            .map(|link| link.attr("href").expect("an address").to_owned())
            .collect();
        let wanted = Language::ALL.map(|language| format!("?{others}lang={}", language.tag()));
        assert_eq!(links, wanted, "{return_to}");
        assert_eq!(words(only(&page, "footer a[aria-current]")), "Français");
    }
}

#[test]
fn what_strangers_write_is_text() {
    for language in Language::ALL {
        for return_to in [
            format!("/{HOSTILE}"),
            format!("/search?q={HOSTILE}&x=\"><img src=x>"),
            "//evil.example/?x=1".to_owned(),
            "javascript:alert(1)".to_owned(),
            String::new(),
        ] {
            let hostile = Door {
                name: HOSTILE,
                return_to: &return_to,
                notice: Some(DoorNotice::WrongPassword),
                ..northwind_door(language)
            };
            let drawn = door(&hostile);
            harmless(&drawn);
            let page = Html::parse_document(&drawn);
            assert_eq!(only(&page, "[name=return_to]").attr("value"), Some(&*return_to));
            assert_eq!(words(only(&page, ".course > bdi")), HOSTILE);
        }
        harmless(&session(&SessionPage {
            name: HOSTILE,
            ..northwind_session(language)
        }));
    }
}

fn harmless(page: &str) {
    assert_eq!(tags::mistakes(page), Vec::<String>::new());
    let html = Html::parse_document(page);
    assert!(all(&html, "script, img, svg, main b, iframe, object, [onfocus]").is_empty());
    let title = words(only(&html, "title"));
    assert!(title.contains("<b>bold</b>") && !title.contains('\u{202e}'), "{title}");
    leads_nowhere_else(&html);
}

#[test]
fn no_page_of_signing_in_runs_loads_or_tells_anything() {
    for language in Language::ALL {
        for (name, page) in sign_in(language) {
            assert!(!page.contains("<script") && !page.contains(" style="), "{name}");
            let html = Html::parse_document(&page);
            leads_nowhere_else(&html);
            assert_eq!(only(&html, "meta[name=robots]").attr("content"), Some("noindex"));
            // How much of the address is told to others is said in the headers alone.
            let told = "meta[name=referrer], meta[property], [rel=canonical], [rel=alternate], [http-equiv]";
            assert!(all(&html, told).is_empty(), "{name}");
        }
    }
}

/// Every address is on this host, or a picture in the page itself.
fn leads_nowhere_else(page: &Html) {
    for element in all(page, "*") {
        for (attribute, value) in element.value().attrs() {
            assert!(!attribute.starts_with("on"), "{attribute}={value}");
            if ["href", "src", "action", "formaction", "data", "poster", "srcset"].contains(&attribute) {
                let here = value.starts_with('/') && !value.starts_with("//");
                let icon = attribute == "href" && value.starts_with("data:image/svg+xml,");
                assert!(here || icon || value.starts_with(['?', '#']), "{attribute}={value}");
            }
        }
    }
}

fn all<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    let selector = Selector::parse(selector).expect("a selector");
    page.select(&selector).collect()
}

fn only<'a>(page: &'a Html, selector: &str) -> ElementRef<'a> {
    let found = all(page, selector);
    assert_eq!(found.len(), 1, "{selector}");
    found[0]
}

fn words(element: ElementRef<'_>) -> String {
    let text: String = element.text().collect();
    text.trim().to_owned()
}
