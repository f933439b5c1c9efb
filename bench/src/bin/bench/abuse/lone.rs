//! A region that no sync fills: what it has and when it last heard, we say.

use std::time::Duration;

use anyhow::Result;
use page_model::put::{Batch, Cursor};
use serde_bytes::ByteBuf;
use tests::{Page, Region, System, clock::now_ms};

/// Puts all of a page as it is now into a region that last heard of the origin so long ago.
pub async fn fill(system: &System, region: &Region, page: &Page, heard_ago: Duration) -> Result<()> {
    let composed = system.records(&page.id).await?;
    let records = composed.records.iter().map(|record| ByteBuf::from(record.to_bytes()));
    put(system, region, records.collect(), composed.seq, heard_ago).await
}

/// The same, and nothing of a page.
pub async fn hear(system: &System, region: &Region, seq: u64, heard_ago: Duration) -> Result<()> {
    put(system, region, Vec::new(), seq, heard_ago).await
}

async fn put(system: &System, region: &Region, records: Vec<ByteBuf>, seq: u64, heard_ago: Duration) -> Result<()> {
    let cursor = Cursor {
        seq,
        at_ms: now_ms() - u64::try_from(heard_ago.as_millis())?,
        ..Cursor::default()
    };
    let batch = Batch {
        records,
        cursor: Some(cursor),
        ..Batch::default()
    };
    system.put_client(region)?.put_batch(&batch).await.map(drop)
}
