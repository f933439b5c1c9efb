//! What publishers write executes nothing, even with the content security policy switched off: sanitising alone holds.

use anyhow::{Result, ensure};
use tests::{
    System,
    devtools::Tab,
    showcase::{Showcase, Texts},
};

#[tokio::test(flavor = "multi_thread")]
async fn text_of_publishers_executes_nothing() -> Result<()> {
    System::journey(async |system| {
        let mut tab = Tab::open_blank().await?;
        tab.ignore_content_security_policy().await?;
        let port = system.regions[0].visitor.addr().port();
        for (number, batch) in INJECTIONS.chunks(4).enumerate() {
            // A name is short, so each page carries a few of them; the texts carry all.
            let all = INJECTIONS.join("\n\n");
            let name: String = batch.join(" ").chars().take(190).collect();
            let texts = Texts {
                name: &name,
                text: &all,
            };
            let showcase = Showcase::create(&system.push, &format!("x{number}"), texts).await?;
            system.until_settled_at(&showcase.page).await?;
            let pages = showcase.html();
            let pictures = [
                "/badge.svg",
                "/preview.svg",
                "/history.rss",
                "/history.atom",
                "/status.md",
            ];
            for path in pages.iter().map(String::as_str).chain(pictures) {
                tab.go(&format!("http://{}:{port}{path}", showcase.host)).await?;
                let found = tab.evaluate_async(PROVOKE).await?;
                ensure!(found == serde_json::json!([]), "{path} with {name:?}: {found}");
            }
        }
        tab.close().await
    })
    .await
}

/// The test can fail: the same strings, put into a page as they are, do execute.
#[tokio::test(flavor = "multi_thread")]
async fn same_text_executes_when_not_sanitised() -> Result<()> {
    let mut tab = Tab::open_blank().await?;
    let page: String = INJECTIONS.concat().bytes().map(|byte| format!("%{byte:02x}")).collect();
    tab.go(&format!("data:text/html,<body>{page}")).await?;
    let found = tab.evaluate_async(PROVOKE).await?;
    ensure!(found.as_array().is_some_and(|found| found.len() > 3), "{found}");
    tab.close().await
}

/// Waits for what fires late, clicks every link that is no address, and tells what has happened.
const PROVOKE: &str = "new Promise((resolve) => setTimeout(resolve, 60)).then(() => {
    const found = [];
    if (window.pwned) found.push('a script ran');
    for (const node of document.querySelectorAll('*')) {
        for (const { name, value } of node.attributes) {
            if (/^on/i.test(name)) found.push(`${node.nodeName} has ${name}`);
            if (/^\\s*(javascript|vbscript|data:text)/i.test(value) && /href|src|action|data/i.test(name))
                found.push(`${node.nodeName} points to ${value.slice(0, 40)}`);
        }
        if ((/^(iframe|object|embed|base|form)$/i.test(node.nodeName) || node.httpEquiv) && node.outerHTML.includes('pwned'))
            found.push(node.outerHTML.slice(0, 80));
    }
    return found;
})";

const INJECTIONS: [&str; 20] = [
    "<script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    "<svg onload=window.pwned=1></svg>",
    "<a href=\"javascript:window.pwned=1\">x</a>",
    "[x](javascript:window.pwned=1)",
    "[x](data:text/html;base64,PHNjcmlwdD53aW5kb3cucHduZWQ9MTwvc2NyaXB0Pg==)",
    "![x](x\" onerror=\"window.pwned=1)",
    "\"><script>window.pwned=1</script>",
    "'><script>window.pwned=1</script>",
    "</title><script>window.pwned=1</script>",
    "</style><script>window.pwned=1</script>",
    "</textarea><script>window.pwned=1</script>",
    "<iframe srcdoc=\"<script>parent.pwned=1</script>\"></iframe>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=window.pwned=1>",
    "<details open ontoggle=window.pwned=1>",
    "<input autofocus onfocus=window.pwned=1>",
    "<object data=\"javascript:window.pwned=1\"></object>",
    "<meta http-equiv=refresh content=\"0;url=javascript:window.pwned=1\">",
    "<base href=\"javascript:window.pwned=1//\">",
    "<noscript><p title=\"</noscript><img src=x onerror=window.pwned=1>\">",
];
