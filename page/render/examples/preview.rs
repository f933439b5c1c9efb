//! Writes every state of every page into `target/preview/`, to be looked at.
#![expect(clippy::disallowed_methods, reason = "writes files for people to look at")]

#[path = "../tests/fixture/mod.rs"]
mod fixture;

use std::{fs, io, path::Path};

use fixture::states;
use page_model::Language;
use page_render::formats;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = Path::new("target/preview");
    fs::create_dir_all(folder)?;
    for (name, page) in states::small_pages()?.into_iter().chain(states::languages()?) {
        fs::write(folder.join(format!("{name}.html")), page)?;
    }
    for (size, page) in states::sizes()? {
        fs::write(folder.join(format!("sized-{size}.html")), page)?;
    }
    with_banner(folder)?;
    println!("{}", fs::canonicalize(folder)?.display());
    Ok(())
}

/// Somebody's site on which the banner stands. It asks for nothing there: what it would be answered is written into it.
fn with_banner(folder: &Path) -> io::Result<()> {
    let (snapshot, language) = (fixture::northwind::outage(), Language::En);
    fs::write(folder.join("embed.js"), formats::embed_script(&snapshot, language))?;
    let answer = formats::banner(&snapshot, language);
    let site = format!(
        "<!doctype html><meta name=viewport content=\"width=device-width\"><style>body{{font:1rem/1.5 Georgia,serif;\
         max-width:40rem;margin:3rem auto;padding:0 1rem;min-height:30rem}}</style><h1>Northwind</h1><p>We carry your \
         messages, whatever the weather.</p><script>fetch = async () => new Response({answer:?})</script>\
         <script src=embed.js></script>"
    );
    fs::write(folder.join("banner.html"), site)
}
