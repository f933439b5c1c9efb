//! Every address of a page, and what is served there.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use edge_worker::gateway;

use crate::{pages::Page, visitor::Visitor};

/// Status and body of each address.
pub type Surfaces = BTreeMap<String, (u16, String)>;

/// Every address of a page with an incident; one month of its history stands for all.
pub fn addresses(page: &Page, incident: &str, month: &str) -> Vec<String> {
    let of_pattern = |pattern: &str| {
        let id = match pattern {
            _ if pattern.starts_with("/groups/") => page.group(0),
            _ if pattern.starts_with("/components/") => page.component(0),
            _ => incident.to_owned(),
        };
        pattern.replace("{id}", &id).replace("{month}", month)
    };
    let mut addresses: Vec<String> = gateway::addresses()
        .filter(|pattern| !pattern.contains("{asset}"))
        .map(of_pattern)
        .collect();
    addresses.push("/search?q=component".to_owned());
    addresses
}

/// What a region serves under these addresses. What is over its budget at first is asked for again.
pub async fn look(visitor: &Visitor, host: &str, addresses: &[String]) -> Result<Surfaces> {
    let mut surfaces = Surfaces::new();
    for address in addresses {
        let reply = visitor.visit(host, address).await?;
        ensure!(
            reply.header("pharos-skeleton").is_none(),
            "{host}{address} is a skeleton"
        );
        let body = String::from_utf8_lossy(&reply.body).into_owned();
        surfaces.insert(address.clone(), (reply.status, body));
    }
    Ok(surfaces)
}

/// Whether two looks saw the same; the error names the addresses that differ.
pub fn ensure_same(before: &Surfaces, after: &Surfaces) -> Result<()> {
    let differing: Vec<String> = before
        .iter()
        .filter(|(address, surface)| after.get(*address) != Some(surface))
        .map(|(address, (status, body))| {
            let (now, text) = after.get(address).cloned().unwrap_or_default();
            format!(
                "{address}: {status} with {} bytes, then {now} with {}",
                body.len(),
                text.len()
            )
        })
        .collect();
    ensure!(differing.is_empty() && before.len() == after.len(), "{differing:#?}");
    Ok(())
}
