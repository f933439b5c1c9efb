//! `pharos version`: what this build reads and writes, and beside what it may run.

use anyhow::ensure;
use page_model::{
    put::Receipt,
    record::{FORMAT, OLDEST_FORMAT},
};

use crate::{
    config::Problems,
    sync::{Road, RoadArgs},
};

#[derive(clap::Args)]
pub struct Args {
    /// Ask the origin and every region what they are, and say what of it this build may take the place of
    #[arg(long, requires_all = ["origin", "sync_token", "put_key_file", "regions"])]
    check: bool,
    #[command(flatten)]
    road: RoadArgs,
}

pub async fn run(args: Args) -> anyhow::Result<()> {
    let version = env!("CARGO_PKG_VERSION");
    println!("pharos {version}: composes records of format {FORMAT}, reads {OLDEST_FORMAT} to {FORMAT}");
    if !args.check {
        return Ok(());
    }
    let mut problems = Problems::default();
    let Some(Road {
        origin,
        sync_token,
        put_key,
        regions,
    }) = args.road.road(&mut problems)
    else {
        return Err(problems.into());
    };
    let composed = kv_sync::ask_origin(origin, sync_token).await;
    match &composed {
        Ok(format) => println!("origin: composes format {format}"),
        Err(error) => println!("origin: {error:#}"),
    }
    let composed = composed.ok();
    let mut edges = Vec::new();
    for region in &regions {
        match kv_sync::ask(region.clone(), put_key.clone()).await {
            Ok(receipt) => edges.push(Edge::of(&region.name, &receipt)),
            Err(error) => println!("{}: {error:#}", region.name),
        }
    }
    for edge in &edges {
        println!("{}", edge.told());
    }
    let wrong: Vec<String> = edges.iter().filter_map(|edge| edge.beside(composed?)).collect();
    for line in wrong
        .iter()
        .cloned()
        .chain(may_replace(FORMAT, OLDEST_FORMAT, composed, &edges))
    {
        println!("{line}");
    }
    ensure!(
        composed.is_some() && edges.len() == regions.len(),
        "not everything could be asked"
    );
    ensure!(wrong.is_empty(), "what runs does not fit together");
    Ok(())
}

struct Edge {
    region: String,
    /// The newest format that it reads; the one before too.
    reads: u8,
    /// Of which format its records are; none where it has nothing yet.
    holds: Option<u8>,
    filling: bool,
}

impl Edge {
    fn of(region: &str, receipt: &Receipt) -> Self {
        let cursor = receipt.cursor.as_ref();
        let lineage = cursor.and_then(|cursor| cursor.lineage.as_ref());
        Self {
            region: region.to_owned(),
            reads: receipt.format.unwrap_or(OLDEST_FORMAT),
            holds: lineage.map(|lineage| lineage.format),
            filling: cursor.is_some_and(|cursor| cursor.filling),
        }
    }

    fn told(&self) -> String {
        let holds = self
            .holds
            .map_or("holds nothing yet".to_owned(), |format| match self.filling {
                true => format!("is being filled with format {format}"),
                false => format!("holds format {format}"),
            });
        format!("{}: reads up to format {}, {holds}", self.region, self.reads)
    }

    /// What is wrong between it and an origin that composes this.
    fn beside(&self, composed: u8) -> Option<String> {
        let which = match self.reads {
            reads if reads < composed => "its edge",
            reads if reads > composed + 1 => "origin and sync",
            _ => return None,
        };
        Some(format!(
            "{}: it cannot read what the origin composes; upgrade {which}",
            self.region
        ))
    }
}

/// What a build may take the place of that writes this format and reads from the oldest on.
fn may_replace(format: u8, oldest: u8, composed: Option<u8>, edges: &[Edge]) -> Vec<String> {
    let reads = |other: u8| (oldest..=format).contains(&other);
    let as_edge = edges.iter().map(|edge| {
        let holds = edge.holds.unwrap_or(format);
        let no = match composed {
            Some(composed) if !reads(composed) => Some(format!("no, the origin composes format {composed}")),
            _ if !reads(holds) => Some(format!("no, the region holds format {holds}")),
            // The records of before are gone only when all have come anew.
            _ if edge.filling => Some("not yet, the region is being filled".to_owned()),
            _ => None,
        };
        format!(
            "this build as the edge of {}: {}",
            edge.region,
            no.unwrap_or("yes".to_owned())
        )
    });
    let blind: Vec<&str> = edges
        .iter()
        .filter(|edge| edge.beside(format).is_some())
        .map(|edge| edge.region.as_str())
        .collect();
    let as_origin = match blind.is_empty() {
        true => "yes".to_owned(),
        false => format!("no, the edges of {} cannot read what it composes", blind.join(", ")),
    };
    as_edge
        .chain([format!("this build as origin and sync: {as_origin}")])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(reads: u8, holds: u8, filling: bool) -> Edge {
        Edge {
            region: "eu-1".to_owned(),
            reads,
            holds: Some(holds),
            filling,
        }
    }

    fn answers(format: u8, composed: u8, edge: Edge) -> (bool, bool) {
        let lines = may_replace(format, format - 1, Some(composed), &[edge]);
        (lines[0].ends_with("yes"), lines[1].ends_with("yes"))
    }

    /// Up: first the edges, then origin and sync. Down: the other way round.
    #[test]
    fn order_of_an_upgrade_and_of_the_way_back() {
        let next = |composed, edge| answers(6, composed, edge);
        assert_eq!(next(5, edge(5, 5, false)), (true, false), "edges first");
        assert_eq!(next(5, edge(6, 5, false)), (true, true), "then the rest");
        let back = |composed, edge| answers(5, composed, edge);
        assert_eq!(back(6, edge(6, 6, false)), (false, true), "origin and sync first");
        assert_eq!(
            back(5, edge(6, 5, true)),
            (false, true),
            "then everything has to be filled"
        );
        assert_eq!(back(5, edge(6, 5, false)), (true, true), "then the edges");
    }

    #[test]
    fn edge_that_cannot_read_the_origin_is_named() {
        assert!(
            edge(5, 5, false)
                .beside(6)
                .is_some_and(|why| why.contains("upgrade its edge"))
        );
        assert!(
            edge(7, 7, false)
                .beside(5)
                .is_some_and(|why| why.contains("upgrade origin and sync"))
        );
        assert!(edge(5, 5, false).beside(5).is_none() && edge(6, 5, false).beside(5).is_none());
    }
}
