//! A region loses everything that it had stored.

use anyhow::{Result, ensure};
use tests::{
    Page, Platform, System, on_every_platform,
    push::NewIncident,
    surfaces::{self, Surfaces},
};

on_every_platform!(wiped_region_is_filled_within_seconds,);

async fn wiped_region_is_filled_within_seconds(system: &mut System) -> Result<()> {
    let mut pages = Vec::new();
    for number in 0..PAGES {
        let name = format!("page{}", char::from(b'a' + number));
        let page = Page::create(&system.push, &name, 3).await?;
        let old = NewIncident {
            name: format!("Long ago at {name}"),
            body: "It was dark.".into(),
            status: Some("resolved".into()),
            at: Some("2023-05-06T07:08:09Z".into()),
            ..NewIncident::default()
        };
        let incident = system.push.incident(&page.id, &old).await?.id()?.to_owned();
        pages.push((page, incident));
    }
    for (page, _) in &pages {
        system.until_settled(page).await?;
    }
    let before = served(system, &pages).await?;

    // A KV that may show writes late proves nothing to a sync that goes on: there the operator stops it.
    let is_late = system.regions[0].platform == Platform::Workerd;
    if is_late {
        system.sync.kill();
    }
    let region = &mut system.regions[0];
    region.edge.kill();
    region.wipe()?;
    region.edge.start()?;
    region.edge.healthy().await?;
    if is_late {
        system.sync.start()?;
    }

    for (page, _) in &pages {
        system.until_settled(page).await?;
        system.ensure_every_record(&system.regions[0], &page.id).await?;
    }
    for (before, now) in before.iter().zip(served(system, &pages).await?) {
        surfaces::ensure_same(before, &now)?;
    }
    Ok(())
}

/// What the first region serves of each page, its old incident and the month of that.
async fn served(system: &System, pages: &[(Page, String)]) -> Result<Vec<Surfaces>> {
    let visitor = &system.regions[0].visitor;
    let mut served = Vec::new();
    for (page, incident) in pages {
        let addresses = surfaces::addresses(page, incident, "2023-05");
        let surfaces = surfaces::look(visitor, &page.host, &addresses).await?;
        for address in ["/history/2023-05", &format!("/incidents/{incident}")] {
            let (status, body) = &surfaces[address];
            let shows = body.contains(&format!("Long ago at {}", page.name));
            ensure!(*status == 200 && shows, "{address} of {} answers {status}", page.host);
        }
        served.push(surfaces);
    }
    Ok(served)
}

const PAGES: u8 = 20;
