//! Whether the database, what the origin composes and what each region serves agree.

use anyhow::Result;
use page_model::{
    put::Outcome,
    snapshot::{Incident, Maintenance},
};
use tests::{Page, Push, System, records::PageRecords, region::Region};

use crate::plan::{ExpectedEvent, ExpectedUpdate, Plan};

/// How a region ended; equal if nothing is listed.
#[derive(Default)]
pub struct Comparison {
    pub differences: Vec<String>,
    /// Texts that were looked for on the region's pages.
    pub texts: usize,
}

pub async fn compare(system: &System, page: &Page, plan: &Plan, records: &PageRecords) -> Result<Vec<Comparison>> {
    let lost = lost_in_database(&system.push, page, &plan.expected).await?;
    let views = views(records)?;
    let mut comparisons = Vec::new();
    for region in &system.regions {
        let mut comparison = Comparison {
            differences: lost.clone(),
            texts: 0,
        };
        lacking_records(system, region, records, &mut comparison).await?;
        for view in &views {
            view.look_for(region, &page.host, &mut comparison).await?;
        }
        comparisons.push(comparison);
    }
    Ok(comparisons)
}

/// The documents against the database: every event with every update, word for word and once.
async fn lost_in_database(push: &Push, page: &Page, expected: &[ExpectedEvent]) -> Result<Vec<String>> {
    let mut lost = Vec::new();
    for ExpectedEvent { id, family, updates } in expected {
        let found = push.list(&page.path(&format!("/{family}/{id}/updates"))).await?;
        let equal =
            found.len() == updates.len() && found.iter().all(|stored| updates.contains(&ExpectedUpdate::of(stored)));
        if !equal {
            lost.push(format!(
                "{family}/{id} has other updates in the database than in the documents"
            ));
        }
    }
    Ok(lost)
}

/// The composed records against the region's KV. A record of version 0 is never stored where a version lies already,
/// so this asks and changes nothing.
async fn lacking_records(
    system: &System,
    region: &Region,
    records: &PageRecords,
    comparison: &mut Comparison,
) -> Result<()> {
    let probes = records.probes();
    let receipt = system.put_client(region)?.put(&probes).await?;
    for (probe, outcome) in probes.iter().zip(receipt.outcomes) {
        if !matches!(outcome, Outcome::Kept { version } if version <= records.seq) {
            comparison
                .differences
                .push(format!("{} of {} is {outcome:?}", probe.key, region.name));
        }
    }
    Ok(())
}

/// A page of the site and the texts that it must show.
struct View {
    path: String,
    texts: Vec<String>,
}

fn views(records: &PageRecords) -> Result<Vec<View>> {
    let snapshot = records.snapshot()?;
    let components = snapshot
        .groups
        .iter()
        .flat_map(|group| &group.components)
        .map(|component| component.name.clone());
    let index = [snapshot.status.headline.clone()]
        .into_iter()
        .chain(components)
        .collect();
    let mut views = vec![View {
        path: "/".into(),
        texts: index,
    }];
    for (month, archive) in records.archives()? {
        let incidents = archive.incidents.iter().flat_map(incident_texts);
        let texts = incidents
            .chain(archive.maintenances.iter().flat_map(maintenance_texts))
            .collect();
        views.push(View {
            path: format!("/history/{}", month.as_str()),
            texts,
        });
    }
    Ok(views)
}

fn incident_texts(incident: &Incident) -> Vec<String> {
    let updates = incident.updates.iter().map(|update| update.body_html.clone());
    std::iter::once(incident.name.clone()).chain(updates).collect()
}

fn maintenance_texts(maintenance: &Maintenance) -> Vec<String> {
    let updates = maintenance.updates.iter().map(|update| update.body_html.clone());
    std::iter::once(maintenance.name.clone()).chain(updates).collect()
}

impl View {
    async fn look_for(&self, region: &Region, host: &str, comparison: &mut Comparison) -> Result<()> {
        let html = unescape(&region.visitor.page(host, &self.path).await?);
        let missing = self.texts.iter().filter(|text| !html.contains(&unescape(text)));
        let differences = missing.map(|text| format!("{}{} lacks {text:?}", region.name, self.path));
        comparison.differences.extend(differences);
        comparison.texts += self.texts.len();
        Ok(())
    }
}

/// Names are escaped by the templates and bodies by the sanitiser, each in its own spelling.
fn unescape(html: &str) -> String {
    let spellings = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&#x2f;", "/"),
    ];
    let html = spellings
        .iter()
        .fold(html.to_owned(), |html, (from, to)| html.replace(from, to));
    html.replace("&nbsp;", "\u{a0}").replace("&amp;", "&")
}
