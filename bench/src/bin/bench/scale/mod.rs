//! How costs grow with the number of pages, and with the number of a page's components.

mod costs;
mod database;
mod filling;
mod midnight;

use std::time::{Duration, Instant};

use anyhow::Result;
use tests::{Page, Platform, System, program::Programs};

use self::{
    costs::Costs,
    filling::{Filled, Regions},
    midnight::Midnight,
};
use crate::{
    effort::Effort,
    report::{Growth, Report, Target},
};

/// What was measured of one number of pages.
struct Size {
    pages: usize,
    costs: Costs,
    tick_ms: f64,
    start_ms: f64,
    /// Of many regions whose KV is a map in memory, and of the two of the system.
    in_memory: Filled,
    own: Filled,
}

pub async fn measure(programs: &Programs, effort: &Effort, report: &mut Report) -> Result<()> {
    by_components(programs, report).await?;
    let mut sizes = Vec::new();
    for (number, pages) in effort.pages.into_iter().enumerate() {
        let is_last = number + 1 == effort.pages.len();
        sizes.push(of_pages(programs, pages, is_last, report).await?);
    }
    report_sizes(&sizes, report);
    if let Some(largest) = sizes.last() {
        report_largest(largest, report);
    }
    Ok(())
}

async fn by_components(programs: &Programs, report: &mut Report) -> Result<()> {
    let mut system = System::prepare(programs.clone(), &[]).await?;
    system.origin.start()?;
    system.origin.healthy().await?;
    let mut of_sizes = Vec::new();
    for size in COMPONENTS {
        let page = Page::create(&system.push, &format!("c{size}"), size).await?;
        let one = (page.id.clone(), page.component(size - 1));
        of_sizes.push(costs::measure(&system, &[one]).await?);
    }
    let sizes: Vec<String> = COMPONENTS.iter().map(|size| format!("{size} components")).collect();
    let mut add = |name: &str, value: fn(&Costs) -> f64| {
        let growth = Growth {
            name: name.to_owned(),
            sizes: sizes.clone(),
            values: of_sizes.iter().map(value).collect(),
            unit: "ms",
        };
        report.add_growth(growth, Target::None);
    };
    add("one change, pushed and composed", |costs| costs.change_ms);
    add("a poll of the feed", |costs| costs.poll_ms);
    add("a lookup of the page", |costs| costs.lookup_ms);
    Ok(())
}

async fn of_pages(programs: &Programs, pages: usize, with_midnight: bool, report: &mut Report) -> Result<Size> {
    eprintln!("scale: {pages} pages");
    let own = OWN.map(|name| (name, Platform::OwnHost));
    let mut system = System::prepare(programs.clone(), &own).await?;
    let within = FILLED_WITHIN + PAGE_WITHIN * u32::try_from(pages)?;
    system.origin.start()?;
    system.origin.healthy().await?;
    let page = database::push_one(&system).await?;
    system.origin.kill();
    let began = Instant::now();
    database::multiply(&system.origin_folder(), &page.id, pages).await?;
    eprintln!("scale: the database is made, in {:.0} s", began.elapsed().as_secs_f64());
    let tick_ms = costs::measure_tick(&system).await?;

    let began = Instant::now();
    system.origin.start()?;
    system.origin.healthy().await?;
    let start_ms = costs::ms(began.elapsed());
    let asked: Vec<_> = (0..pages.min(ASKED_MAX))
        .map(|number| database::copy(1 + number * (pages / pages.min(ASKED_MAX))).0)
        .map(|id| (id, page.component(0)))
        .collect();
    let costs = costs::measure(&system, &asked).await?;

    costs.tell(tick_ms);

    let head = system.head().await?;
    let regions = Regions::in_memory(&system, REGIONS_IN_MEMORY).await?;
    let (in_memory, _) = filling::fill(&system, &regions, head, within).await?;
    drop(regions);
    in_memory.tell("ten regions in memory");
    let regions = Regions::start(&mut system.regions).await?;
    let (own, mut sync) = filling::fill(&system, &regions, head, within).await?;
    own.tell("two regions on our host");
    if with_midnight {
        system.origin.kill();
        let midnight = midnight::measure(&mut system, &mut sync).await?;
        report_midnight(pages, &midnight, report);
    }
    system.check()?;
    Ok(Size {
        pages,
        costs,
        tick_ms,
        start_ms,
        in_memory,
        own,
    })
}

fn report_midnight(pages: usize, midnight: &Midnight, report: &mut Report) {
    eprintln!("scale: {} pushes at midnight", midnight.pushes);
    let mut add = |name: &str, value, unit, target| report.add(name, value, unit, target);
    let name = format!("midnight of {pages} pages");
    match midnight.lasted_s {
        Some(lasted_s) => add(&name, lasted_s, "s", Target::None),
        // Its first minutes were seen.
        None => add(
            &format!("{name}, by its pace"),
            pages as f64 / midnight.pace,
            "s",
            Target::None,
        ),
    }
    add("pages at midnight", midnight.pace, "/s", Target::None);
    add(
        "pages that a region was behind then, at most",
        midnight.behind,
        "",
        Target::None,
    );
    let name = "incident at midnight, push to visible in both regions";
    add(&format!("{name}, p50"), midnight.p50_ms, "ms", Target::None);
    let most = Target::AtMost(MIDNIGHT_MS_MAX);
    add(&format!("{name}, p99"), midnight.p99_ms, "ms", most);
}

fn report_sizes(sizes: &[Size], report: &mut Report) {
    let names: Vec<String> = sizes.iter().map(|size| format!("{} pages", size.pages)).collect();
    let mut add = |name: &str, unit, target, value: fn(&Size) -> f64| {
        let growth = Growth {
            name: name.to_owned(),
            sizes: names.clone(),
            values: sizes.iter().map(value).collect(),
            unit,
        };
        report.add_growth(growth, target);
    };
    let flat = Target::AtMost(GROWTH_MAX);
    add("one change, pushed and composed", "ms", flat, |size| {
        size.costs.change_ms
    });
    add("a poll of the feed", "ms", flat, |size| size.costs.poll_ms);
    add("a lookup of a page", "ms", flat, |size| size.costs.lookup_ms);
    add("a look of the clock", "ms", Target::None, |size| size.tick_ms);
    add("start of the origin", "ms", Target::None, |size| size.start_ms);
    add(
        "refill of a region in memory: CPU of origin and lane",
        "s",
        Target::None,
        |size| size.in_memory.lane_cpu_s,
    );
    add(
        "refill of a region in memory: CPU of its edge",
        "s",
        Target::None,
        |size| size.in_memory.edge_cpu_s,
    );
    add(
        "refill of ten regions in memory, until all are full",
        "s",
        Target::None,
        |size| size.in_memory.wall_s,
    );
    add(
        "refill of a region on our host: CPU of origin and lane",
        "s",
        Target::None,
        |size| size.own.lane_cpu_s,
    );
    add(
        "refill of a region on our host: CPU of its edge",
        "s",
        Target::None,
        |size| size.own.edge_cpu_s,
    );
    add(
        "refill of two regions on our host, until both are full",
        "s",
        Target::None,
        |size| size.own.wall_s,
    );
    add("memory of the origin", "MB", Target::None, |size| {
        mb(size.in_memory.origin_bytes.max(size.own.origin_bytes))
    });
    add("memory of a lane, beside nine others", "MB", Target::None, |size| {
        mb(size.in_memory.lane_bytes)
    });
    add("memory of an edge on our host", "MB", Target::None, |size| {
        mb(size.own.edge_bytes)
    });
}

/// What the largest size must not go beyond.
fn report_largest(largest: &Size, report: &mut Report) {
    let cpu_s = |filled: &Filled| filled.lane_cpu_s + filled.edge_cpu_s;
    let mut add = |name: &str, value, unit, most| report.add(name, value, unit, Target::AtMost(most));
    let (in_memory, own) = (&largest.in_memory, &largest.own);
    add("refill of a region in memory, CPU", cpu_s(in_memory), "s", REFILL_S_MAX);
    add("refill of a region on our host, CPU", cpu_s(own), "s", REFILL_S_MAX);
    let origin = in_memory.origin_bytes.max(own.origin_bytes);
    add("memory of the origin", mb(origin), "MB", ORIGIN_MB_MAX);
    add("memory of a lane", mb(in_memory.lane_bytes), "MB", LANE_MB_MAX);
}

fn mb(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

const COMPONENTS: [usize; 2] = [10, 5_000];
const OWN: [&str; 2] = ["own-1", "own-2"];
const REGIONS_IN_MEMORY: usize = 10;
/// Pages that are asked in turn.
const ASKED_MAX: usize = 100;
const GROWTH_MAX: f64 = 2.0;
const REFILL_S_MAX: f64 = 100.0;
const ORIGIN_MB_MAX: f64 = 600.0;
const LANE_MB_MAX: f64 = 200.0;
const MIDNIGHT_MS_MAX: f64 = 100.0;
/// Then something stands still.
const FILLED_WITHIN: Duration = Duration::from_secs(60);
const PAGE_WITHIN: Duration = Duration::from_millis(30);
