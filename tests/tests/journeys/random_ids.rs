//! A stranger who asks for one thing after the other that is not there, of the component that ships: what it costs, counted.

use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use tests::{Page, Region, System, metrics::Metrics};

#[tokio::test(flavor = "multi_thread")]
async fn random_ids_cost_little_and_leave_nothing() -> Result<()> {
    System::journey(async |system| {
        let (page, other) = (
            Page::create(&system.push, "asked", 100).await?,
            Page::create(&system.push, "other", 3).await?,
        );
        system.until_settled(&page).await?;
        system.until_settled(&other).await?;
        let region = &system.regions[0];
        // Until each is finished and comes from the cache, and until the first of the others has been told that there is nothing.
        for _ in 0..3 {
            region.visitor.page(&other.host, "/").await?;
            ask(region, &page, 0, 20).await?;
        }
        let (before, stored) = (Counted::of(region).await?, stored_bytes(region)?);
        let strangers = try_join_all((0..LANES).map(|lane| ask(region, &page, 100 + lane * EACH, EACH)));
        let neighbours = async {
            for _ in 0..NEIGHBOURS {
                region.visitor.page(&other.host, "/").await?;
            }
            anyhow::Ok(())
        };
        let (strangers, neighbours) = tokio::join!(strangers, neighbours);
        strangers?;
        neighbours?;
        Counted::of(region).await?.ensure_little_since(&before)?;
        let grown = stored_bytes(region)?.saturating_sub(stored);
        ensure!(grown <= STORED_BYTES_MAX, "the store grew by {grown} bytes");
        Ok(())
    })
    .await
}

/// For an incident of the page, and at a host without a page, in turn; each has an address of its own.
async fn ask(region: &Region, page: &Page, from: usize, count: usize) -> Result<()> {
    for at in from..from + count {
        let id = (at as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16;
        let host = match at % 2 {
            0 => page.host.clone(),
            _ => format!("{id:012x}.localhost"),
        };
        let reply = region.visitor.visit(&host, &format!("/incidents/{id:012x}")).await?;
        ensure!(reply.status == 404, "{host} answered {}", reply.status);
        let bytes = reply.body.len();
        ensure!(bytes <= REPLY_BYTES_MAX, "{host} answered {bytes} bytes");
    }
    Ok(())
}

fn stored_bytes(region: &Region) -> Result<u64> {
    Ok(region.folder()?.join("kv.redb").metadata()?.len())
}

struct Counted {
    calls: f64,
    reads: f64,
    hits: f64,
    cached_bytes: f64,
    refused: f64,
    instances: f64,
}

impl Counted {
    async fn of(region: &Region) -> Result<Self> {
        let metrics = Metrics::scrape(region.edge.admin()?).await?;
        ensure!(metrics.has("pharos_edge_kv_reads_total") && metrics.has("pharos_edge_guest_instances"));
        let sum = |name: &str| metrics.sum(name, &[]);
        Ok(Self {
            calls: sum("pharos_edge_guest_calls_total"),
            reads: sum("pharos_edge_kv_reads_total"),
            hits: metrics.sum("pharos_edge_visits_total", &["outcome=\"hit\""]),
            cached_bytes: sum("pharos_edge_cache_bytes"),
            refused: sum("pharos_edge_guest_failures_total") + sum("pharos_edge_shed_total"),
            instances: sum("pharos_edge_guest_instances"),
        })
    }

    fn ensure_little_since(&self, before: &Self) -> Result<()> {
        let visits = (LANES * EACH) as f64;
        let more = |of: fn(&Self) -> f64| of(self) - of(before);
        let calls = more(|counted| counted.calls);
        ensure!(
            (visits..=visits + CALLS_OF_OTHERS_MAX).contains(&calls),
            "{calls} guest calls for {visits} random ids"
        );
        let reads = more(|counted| counted.reads) / calls;
        ensure!(reads <= READS_MAX, "{reads} reads for each of them");
        let hits = more(|counted| counted.hits);
        ensure!(
            hits >= NEIGHBOURS as f64,
            "only {hits} visits of {NEIGHBOURS} to another page came from the cache meanwhile"
        );
        let bytes = more(|counted| counted.cached_bytes) / visits;
        ensure!(bytes <= CACHED_BYTES_MAX, "{bytes} bytes in the cache for each of them");
        let refused = more(|counted| counted.refused);
        ensure!(refused == 0.0, "{refused} visits were refused");
        ensure!(self.instances <= INSTANCES_MAX, "{} instances", self.instances);
        Ok(())
    }
}

const LANES: usize = 8;
const EACH: usize = 100;
const NEIGHBOURS: usize = 100;
/// The region is looked at and put to meanwhile.
const CALLS_OF_OTHERS_MAX: f64 = 100.0;
/// Of records: the site and the cursor, the finished page, where the id would lie, and the snapshot.
const READS_MAX: f64 = 6.0;
const REPLY_BYTES_MAX: usize = 18_000;
const CACHED_BYTES_MAX: f64 = 20_000.0;
/// Those of visits, of puts and of work after a reply.
const INSTANCES_MAX: f64 = 24.0;
const STORED_BYTES_MAX: u64 = 1_000_000;
