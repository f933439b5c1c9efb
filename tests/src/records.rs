//! What the origin composes of a page, as kv-sync fetches it.

use anyhow::{Context, Result, anyhow};
use page_model::{Archive, Host, Key, Record, Snapshot, body, key::Month};
use serde::Deserialize;
use serde_bytes::ByteBuf;

use crate::http;

pub struct PageRecords {
    /// The page's last outbox sequence number.
    pub seq: u64,
    pub records: Vec<Record>,
}

impl PageRecords {
    pub async fn fetch(origin_url: &str, sync_token: &str, page: &str) -> Result<Self> {
        let url = format!("{origin_url}/sync/pages/{page}/records?after=0");
        let reply = http::client()?
            .get(url)
            .bearer_auth(sync_token)
            .send()
            .await?
            .error_for_status()?;
        let wire: Wire = body::decode(&reply.bytes().await?)?;
        let records: Result<Vec<Record>, _> = wire.records.iter().map(|bytes| Record::from_untrusted(bytes)).collect();
        Ok(Self {
            seq: wire.seq,
            records: records?,
        })
    }

    pub fn snapshot(&self) -> Result<Snapshot> {
        let of_snapshot = |record: &&Record| matches!(record.key, Key::Snapshot(..));
        let record = self
            .records
            .iter()
            .find(of_snapshot)
            .context("the origin composed no snapshot")?;
        Ok(body::decode_compressed(&record.body)?)
    }

    /// Every month that has an archive.
    pub fn archives(&self) -> Result<Vec<(Month, Archive)>> {
        let archives = self.records.iter().filter_map(|record| match &record.key {
            Key::Archive(_, _, month) if !record.is_tombstone() => Some((month, &record.body)),
            _ => None,
        });
        archives
            .map(|(month, bytes)| Ok((month.clone(), body::decode_compressed(bytes)?)))
            .collect()
    }

    /// A record of version 0 for each record: a region that has the key answers with its version and keeps it.
    pub fn probes(&self) -> Vec<Record> {
        let probe = |record: &Record| Record::tombstone(record.key.clone(), record.page.clone(), 0);
        self.records.iter().map(probe).collect()
    }

    /// The page's site record as it would stand under another host: the same page, at a host that nobody has visited
    /// and nobody warms.
    pub fn site_for(&self, host: &str) -> Result<Record> {
        let of_site = |record: &&Record| matches!(record.key, Key::Site(_)) && !record.is_tombstone();
        let record = self
            .records
            .iter()
            .find(of_site)
            .ok_or_else(|| anyhow!("the page has no host"))?;
        let key = Key::Site(Host::parse(host)?);
        Ok(Record { key, ..record.clone() })
    }
}

#[derive(Deserialize)]
struct Wire {
    seq: u64,
    records: Vec<ByteBuf>,
}
