//! The canary matrix: every address of a page, asked for by everybody who might see too much. Each audience has words of its own
//! in all that is theirs; whoever is shown one of another audience has found a leak.
//!
//! What is asked for and by whom is data: [`rows`] and [`visitors`]. A new address without a row is an error.

pub mod page;
pub mod rows;
pub mod visitors;

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use page_model::{Host, Snapshot, body};
use reqwest::Method;

use crate::{
    canary::{
        page::{CanaryPage, SECRETS, Set, Site},
        rows::{Cell, Row, Shows},
        visitors::Visitor,
    },
    region::Region,
    visitor::Reply,
};

/// What came of a cell: the same on every platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub status: u16,
    /// Whose words were in it.
    pub words: BTreeSet<&'static str>,
}

/// Somebody who asks, with what, and whose content is theirs: `None` where they are shown the door.
pub struct Asker<'a> {
    pub who: &'a str,
    pub headers: Vec<(&'static str, String)>,
    pub seen: Option<Vec<Set>>,
    /// Their session would have to be proven first, which nobody can.
    pub is_unproven: bool,
}

/// Asks for the address as one of the visitors of the table.
pub async fn ask(
    region: &Region,
    page: &CanaryPage,
    site: &Site,
    cell: &Cell<'_>,
    who: &Visitor,
) -> Result<(Outcome, Reply)> {
    let asker = Asker {
        who: who.who,
        headers: who.headers(page, site)?,
        seen: who.sees(page.visibility, cell.row),
        is_unproven: who.is_unproven,
    };
    look(region, page, &site.host, cell, &asker).await
}

/// Asks for the address, and holds the reply against what is theirs who ask. The error says what leaked.
pub async fn look(
    region: &Region,
    page: &CanaryPage,
    host: &Host,
    cell: &Cell<'_>,
    asker: &Asker<'_>,
) -> Result<(Outcome, Reply)> {
    let (path, seen) = (cell.path_at(host), &asker.seen);
    let headers: Vec<_> = asker
        .headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let reply = region
        .visitor
        .request(Method::GET, host.as_str(), &path, &headers)
        .await?;
    let what = format!("{:?} {:?}: {} at {path}", region.platform, page.visibility, asker.who);
    let shown = shown(&reply).with_context(|| what.clone())?;
    let words = words(&shown);
    let allowed: BTreeSet<&str> = seen.iter().flatten().map(|set| set.word()).collect();
    let leaked: Vec<_> = words.difference(&allowed).collect();
    ensure!(leaked.is_empty(), "LEAK: {what} was shown {leaked:?}:\n{shown}");
    for secret in SECRETS {
        ensure!(!shown.contains(secret), "LEAK: {what} was shown {secret}:\n{shown}");
    }
    ensure!(
        reply
            .headers
            .keys()
            .all(|name| !OF_OUR_OWN.iter().any(|own| name.as_str().starts_with(own))),
        "{what} was told what hosts and edges tell each other: {:?}",
        reply.headers
    );
    let expected = expected(cell, page, asker);
    ensure!(
        expected.contains(&reply.status),
        "{what} was answered {} and not {expected:?}:\n{shown}",
        reply.status
    );
    if reply.status == 200 {
        ensure!(
            control(cell, seen.as_deref().unwrap_or_default(), &words, &shown),
            "CONTROL: {what} was not shown what is theirs:\n{shown}"
        );
    }
    let status = reply.status;
    Ok((Outcome { status, words }, reply))
}

/// With which status somebody is answered who sees these sets' content.
fn expected(cell: &Cell<'_>, page: &CanaryPage, asker: &Asker<'_>) -> Vec<u16> {
    match (cell.row.shows, asker.seen.as_deref()) {
        // Where people are let in and out nothing of a page is shown, whatever is answered.
        (Shows::Entrance, _) => vec![200, 303, 403, 404, 405, 503],
        (Shows::Nothing, _) => vec![200, 404],
        (_, None) if asker.is_unproven => vec![503],
        (_, None) => vec![403],
        (Shows::Object, Some(sets)) => match cell.of {
            Some(of) if page.is_seen(of, sets) => vec![200],
            _ => vec![404],
        },
        (Shows::Picture, Some(_)) => vec![200, 404],
        (Shows::Words | Shows::Level | Shows::Alike, Some(_)) => vec![200],
    }
}

/// The positive control: what others must not see is there for those whose it is.
fn control(cell: &Cell<'_>, seen: &[Set], words: &BTreeSet<&str>, shown: &str) -> bool {
    match cell.row.shows {
        Shows::Words => seen.iter().all(|set| words.contains(set.word())),
        // What is said of it to some is there for those.
        Shows::Object if cell.of == Some(Set::Public) && cell.row.pattern == "/incidents/{id}" => {
            seen.iter().all(|set| words.contains(set.word()))
        }
        Shows::Object => cell.of.is_none_or(|of| words.contains(of.word())),
        Shows::Level => {
            let worst = seen.iter().max().copied().unwrap_or(Set::Public);
            let worse = Set::ALL.iter().filter(|set| **set > worst);
            let shown = shown.to_lowercase();
            shown.contains(worst.level()) && worse.into_iter().all(|set| !shown.contains(set.level()))
        }
        Shows::Picture | Shows::Alike | Shows::Nothing | Shows::Entrance => true,
    }
}

fn words(shown: &str) -> BTreeSet<&'static str> {
    let shown = shown.to_lowercase();
    Set::ALL
        .iter()
        .map(|set| set.word())
        .filter(|word| shown.contains(*word))
        .collect()
}

/// Everything of a reply, decoded.
pub fn shown(reply: &Reply) -> Result<String> {
    let text = match reply.header("content-type") {
        Some("application/octet-stream") if !reply.body.is_empty() => {
            format!("{:?}", body::decode_compressed::<Snapshot>(&reply.body)?)
        }
        Some("image/png") => String::from_utf8_lossy(&reply.body).into_owned(),
        _ => reply.text()?,
    };
    Ok(format!("{} {:?}\n{text}", reply.status, reply.headers))
}

/// Every cell of a page: each row of the table, once for each object that it may name.
pub fn cells(page: &CanaryPage) -> Result<Vec<Cell<'static>>> {
    let mut cells = Vec::new();
    for route in page_address::TABLE {
        let row = Row::of(route.pattern).with_context(|| {
            format!(
                "{} has no row in the canary matrix: write one into rows.rs",
                route.pattern
            )
        })?;
        cells.extend(row.cells(page));
    }
    Ok(cells)
}

/// Headers in which hosts and edges speak to each other.
const OF_OUR_OWN: [&str; 3] = ["surrogate-", "pharos-within", "pharos-client"];
