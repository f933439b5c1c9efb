//! The edge on Workers: how late each mode shows a change over a KV that repeats what it read.

use std::time::{Duration, Instant};

use anyhow::Result;
use tests::{Page, Platform, System, eventually, kv::KvFaults, program::Programs, push::NewIncident, region::Region};

use crate::{
    effort::Effort,
    report::{Report, Target},
};

pub async fn measure(programs: Programs, effort: &Effort, report: &mut Report) -> Result<()> {
    let regions = [("plain", Platform::Workerd), ("fast", Platform::WorkerdFast)];
    let system = System::boot_on(programs, &regions).await?;
    let page = Page::create(&system.push, "stale", 10).await?;
    system.until_shown(&page, &["Component 9"]).await?;
    for region in &system.regions {
        let reads_repeated_for = KV_READS_REPEATED_FOR;
        region.kv()?.set_faults(KvFaults {
            reads_repeated_for,
            ..KvFaults::default()
        });
    }
    let mut worst_s = [0.0_f64; 2];
    for round in 0..effort.stale_rounds {
        eprintln!("workers, a change to visible: {} of {}", round + 1, effort.stale_rounds);
        let name = format!("Posted in round {round}");
        let incident = NewIncident {
            name: name.clone(),
            body: "We are looking.".into(),
            ..NewIncident::default()
        };
        // Nobody remembers, then somebody asks: so the KV has just read the old page, and repeats it for as long as it can.
        tokio::time::sleep(FORGOTTEN).await;
        for region in &system.regions {
            region.visitor.page(&page.host, "/").await?;
        }
        system.push.incident(&page.id, &incident).await?;
        let begin = Instant::now();
        let [plain, fast] = &system.regions[..] else {
            anyhow::bail!("two regions were started")
        };
        let shown = tokio::try_join!(shown_s(plain, &page, &name, begin), shown_s(fast, &page, &name, begin))?;
        worst_s = [worst_s[0].max(shown.0), worst_s[1].max(shown.1)];
    }
    report.add(
        "Workers, plain: change to visible, worst",
        worst_s[0],
        "s",
        Target::AtMost(65.0),
    );
    report.add(
        "Workers, fast: change to visible, worst",
        worst_s[1],
        "s",
        Target::AtMost(5.0),
    );
    Ok(())
}

async fn shown_s(region: &Region, page: &Page, text: &str, begin: Instant) -> Result<f64> {
    let probe = async || region.visitor.shows(&page.host, &[text]).await;
    eventually("the change is shown", SHOWN_MAX, probe).await?;
    Ok(begin.elapsed().as_secs_f64())
}

/// The shortest `cacheTtl` of Workers KV, which the shell asks for.
const KV_READS_REPEATED_FOR: Duration = Duration::from_secs(30);
/// Longer than an isolate answers from memory.
const FORGOTTEN: Duration = Duration::from_secs(3);
const SHOWN_MAX: Duration = Duration::from_secs(150);
