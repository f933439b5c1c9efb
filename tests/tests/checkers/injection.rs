//! What publishers write executes nothing, even with the content security policy switched off: sanitising alone holds.

use anyhow::{Context, Result, ensure};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::json;
use tests::{
    System,
    browsers::{CHROMIUM, Tab},
    showcase::{Showcase, Texts},
};

#[tokio::test(flavor = "multi_thread")]
async fn text_of_publishers_executes_nothing() -> Result<()> {
    System::journey(async |system| {
        let region = &system.regions[0];
        let all: Vec<&str> = INJECTIONS.iter().map(|injection| injection.text).collect();
        let all = all.join("\n\n");
        let names = names();
        let look = async |number: usize, name: &String| {
            let mut tab = Tab::open_with(CHROMIUM, json!({ "bypassCSP": true })).await?;
            // A name is short, so each page carries a few of them; the texts carry all.
            let texts = Texts { name, text: &all };
            let showcase = Showcase::create(&system.push, &format!("x{number}"), texts).await?;
            system.until_settled_at(&showcase.page).await?;
            let pages = showcase.html();
            let pictures = ["/badge.svg", "/history.rss", "/history.atom", "/status.md"];
            for path in pages.iter().map(String::as_str).chain(pictures) {
                let text = (path == "/").then_some(name);
                let url = region.url(&showcase.host) + path.trim_start_matches('/');
                let found = tab
                    .take("injection.provoked", json!({ "url": url, "text": text }))
                    .await?;
                ensure!(found == json!([]), "{path} with {name:?}: {found}");
            }
            Ok(())
        };
        let looks = names.iter().enumerate().map(|(number, name)| look(number, name));
        stream::iter(looks).buffer_unordered(TABS_MAX).try_collect().await
    })
    .await
}

/// The test can fail: each of the strings, put into a page by somebody careless, does execute.
#[tokio::test(flavor = "multi_thread")]
async fn each_text_executes_where_it_stands_unescaped() -> Result<()> {
    let mut tab = Tab::open(CHROMIUM).await?;
    let mut duds = Vec::new();
    for Injection { text, careless } in &INJECTIONS {
        let page = careless.replace("TEXT", text);
        let page: String = page.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let url = format!("data:text/html,{page}");
        let found = tab.take("injection.provoked", json!({ "url": url })).await?;
        let ran = found.as_array().context("a list")?.contains(&json!("a script ran"));
        if !ran {
            duds.push(format!("{text} in {careless}: {found}"));
        }
    }
    ensure!(duds.is_empty(), "{duds:#?}");
    Ok(())
}

/// Each injection whole in a name, in as few names as the limit of a name allows.
fn names() -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for Injection { text, .. } in &INJECTIONS {
        match names.last_mut() {
            Some(name) if name.len() + text.len() < NAME_BYTES_MAX => *name = format!("{name} {text}"),
            _ => names.push((*text).to_owned()),
        }
    }
    names
}

struct Injection {
    text: &'static str,
    /// A page that takes the text as it is, or as a careless reader of Markdown would make it.
    careless: &'static str,
}

const fn plain(text: &'static str) -> Injection {
    let careless = "<body>TEXT";
    Injection { text, careless }
}

const fn into(careless: &'static str, text: &'static str) -> Injection {
    Injection { text, careless }
}

const INJECTIONS: [Injection; 24] = [
    plain("<script>window.pwned=1</script>"),
    plain("<img src=x onerror=window.pwned=1>"),
    plain("<svg onload=window.pwned=1></svg>"),
    plain("<a href=\"javascript:window.pwned=1\">x</a>"),
    plain("<a href=\" &#106;ava&Tab;script:window.pwned=1\">x</a>"),
    into(
        "<a href='javascript:window.pwned=1'>x</a>",
        "[x](javascript:window.pwned=1)",
    ),
    into(
        "<a href='JaVaScRiPt:window.pwned=1'>x</a>",
        "<JaVaScRiPt:window.pwned=1>",
    ),
    into(
        "<img src=\"x\" onerror=\"window.pwned=1\">",
        "![x](x\" onerror=\"window.pwned=1)",
    ),
    into("<p title=\"TEXT\">", "\"><script>window.pwned=1</script>"),
    into("<p title='TEXT'>", "'><script>window.pwned=1</script>"),
    into("<title>TEXT", "</title><script>window.pwned=1</script>"),
    into("<style>TEXT", "</style><script>window.pwned=1</script>"),
    into("<textarea>TEXT", "</textarea><script>window.pwned=1</script>"),
    into("<!-- TEXT", "--><script>window.pwned=1</script>"),
    into("<script>let name = \"TEXT\"</script>", "\";window.pwned=1//"),
    plain("<iframe srcdoc=\"<script>parent.pwned=1</script>\"></iframe>"),
    plain("<iframe src=\"javascript:parent.pwned=1\"></iframe>"),
    // What it means changes when it is read a second time.
    into(
        "<body><script>const first = document.createElement('p'); first.innerHTML = `TEXT`;
        document.body.innerHTML = first.innerHTML</script>",
        "<form><math><mtext></form><form><mglyph><style></math><img src onerror=window.pwned=1>",
    ),
    plain("<details open ontoggle=window.pwned=1>"),
    plain("<input autofocus onfocus=window.pwned=1>"),
    plain("<form action=\"javascript:window.pwned=1\"><button>x</button></form>"),
    plain("<svg><animate onbegin=window.pwned=1 attributeName=x dur=1s></svg>"),
    plain("<svg><a href=\"javascript:window.pwned=1\"><text>x</text></a></svg>"),
    plain("<noscript><p title=\"</noscript><img src=x onerror=window.pwned=1>\">"),
];
/// What two cores keep busy with.
const TABS_MAX: usize = 3;
/// Below the limit of a name, with room for what the page of many things puts behind it.
const NAME_BYTES_MAX: usize = 190;
