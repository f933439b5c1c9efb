//! Writes every state of every page into `target/preview/`, to be looked at.

#![expect(clippy::disallowed_methods, reason = "writes files for people to look at")]

#[path = "../tests/fixture/mod.rs"]
mod fixture;

use std::{fs, path::Path};

use fixture::{AS_OF, minutes_ago, northwind, stress};
use page_model::{
    AudienceId, Snapshot,
    record::ContentHash,
    site::{Current, Outline, SitePage, Visibility},
};
use page_render::{RenderError, gone, index, month, not_found, skeleton, unavailable};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = Path::new("target/preview");
    fs::create_dir_all(folder)?;
    for (name, page) in pages()? {
        fs::write(folder.join(format!("{name}.html")), page)?;
    }
    println!("{}", fs::canonicalize(folder)?.display());
    Ok(())
}

fn pages() -> Result<Vec<(String, String)>, RenderError> {
    let northwind = northwind::incident();
    let mut pages = vec![
        ("incident", index(&northwind, None, None)?),
        ("delayed", index(&northwind, Some(minutes_ago(148)), None)?),
        ("calm", index(&northwind::calm(), None, None)?),
        ("maintenance", index(&northwind::maintenance(), None, None)?),
        ("outage", index(&northwind::outage(), None, None)?),
        ("hostile", index(&stress::hostile(), None, None)?),
        ("month", month(&northwind::archive(), None, None)?),
        ("skeleton", skeleton_of(&northwind)),
        ("not-found", not_found("status.northwind.example")),
        ("gone", gone("status.northwind.example")),
        ("unavailable", unavailable()),
    ]
    .into_iter()
    .map(|(name, page)| (name.to_owned(), page))
    .collect::<Vec<_>>();
    for size in [3, 30, 100, 300, 5_000] {
        pages.push((format!("sized-{size}"), index(&stress::sized(size), None, None)?));
    }
    Ok(pages)
}

fn skeleton_of(snapshot: &Snapshot) -> String {
    let sizes = snapshot.groups.iter().map(|group| group.components.len() as i32);
    let current = Current {
        audience: AudienceId::public(),
        version: 1,
        hash: ContentHash::of(b""),
        as_of: AS_OF,
        outline: Outline {
            components: snapshot.headline.components_total,
            incidents: snapshot.incidents.len() as u16,
            groups: sizes.collect(),
        },
    };
    let site = SitePage {
        page: snapshot.page.id.clone(),
        name: snapshot.page.name.clone(),
        visibility: Visibility::Public,
        audiences: vec![current.clone()],
    };
    skeleton(&site, &current)
}
