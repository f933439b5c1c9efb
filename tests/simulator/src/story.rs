//! One story: a while in which everything goes wrong, then one bad page alone, then nothing.

use page_model::PageId;

use crate::{
    database::{Bad, page_id},
    network::Message,
    region::Kept,
    rules,
    tally::Tally,
    world::{PAGES, REGIONS, SIGNED_MS, Sync, World},
};

/// How a story ended.
pub struct Told {
    pub seed: u64,
    pub tally: Tally,
    /// The rule that was broken, and when.
    pub broken: Option<String>,
}

/// `aloud` prints what each sync is told and says, for a seed that is to be understood.
pub fn tell(seed: u64, aloud: bool) -> Told {
    let mut world = World::new(seed);
    world.is_aloud = aloud;
    let told = told(&mut world);
    world.tally.reordered = world.network.reordered;
    Told {
        seed,
        tally: world.tally,
        broken: told.err().map(|broken| format!("after {} ms: {broken}", world.now_ms)),
    }
}

fn told(world: &mut World) -> Result<(), String> {
    trouble(world)?;
    calm_down(world);
    let up_ms = world
        .regions
        .iter()
        .map(|region| region.down_until_ms)
        .max()
        .unwrap_or(0);
    run_until(world, up_ms)?;
    if world.is_unnoticed() {
        let until_ms = world.now_ms + NOTICED_MS;
        run_until(world, until_ms)?;
        if world.is_unnoticed() {
            return Err("nobody noticed that an older state of the database was put back".to_owned());
        }
    }
    one_bad_page(world)?;
    settle(world, SETTLED_MS, None)?;
    one_wipe(world)
}

/// Everything goes wrong.
fn trouble(world: &mut World) -> Result<(), String> {
    world.network.at(1, Message::Publish);
    world.network.at(1_000, Message::Trouble);
    while world.now_ms < TROUBLE_MS {
        match world.run(TROUBLE_MS)? {
            Some(Message::Publish) => {
                let page = world.page();
                if world.may_publish() && !world.origin_is_down {
                    world.publish(page);
                }
                let next_ms = world.now_ms
                    + if world.rng.bool() {
                        world.rng.u64(1..100)
                    } else {
                        world.rng.u64(1..3_000)
                    };
                world.network.at(next_ms, Message::Publish);
            }
            Some(_) => {
                one_trouble(world)?;
                let next_ms = world.now_ms + world.rng.u64(1..3_000);
                world.network.at(next_ms, Message::Trouble);
            }
            None => break,
        }
    }
    Ok(())
}

fn one_trouble(world: &mut World) -> Result<(), String> {
    let number = world.rng.usize(..REGIONS);
    let now_ms = world.now_ms;
    match world.rng.u64(..16) {
        0 if world.may_lose(number) => wipe(world, number),
        1 => {
            let region = &mut world.regions[number];
            let kept = region.kept.clone();
            region.copies.push((now_ms, kept));
        }
        2 if world.may_lose(number) => restore_region(world, number),
        3 => {
            let copy = world.database.clone();
            world.copies.push(copy);
        }
        4 | 5 => restore_database(world),
        6 if world.lanes.len() < 2 * REGIONS => {
            world.tally.doubled_syncs += 1;
            world.start(number);
        }
        7 if world.lanes.len() > REGIONS => {
            let lane = world.rng.usize(REGIONS..world.lanes.len());
            if world.lanes[lane].lane.is_some() {
                world.stop(lane);
            } else {
                world.tally.doubled_syncs += 1;
                world.restart(lane);
            }
        }
        8 => {
            let lane = world.rng.usize(..REGIONS);
            world.tally.lane_crashes += 1;
            world.restart(lane);
        }
        9 => world.make_bad(),
        10 => world.bad.clear(),
        11 => world.regions[number].fails_one_in = [0, 10, 40][world.rng.usize(..3)],
        12 => world.jump_day(),
        13 => world.origin_is_down = !world.origin_is_down && world.rng.bool(),
        _ => world.cut_disk(number),
    }
    Ok(())
}

/// Its file is put back as it was some time ago, while its cursor stood elsewhere, and it is down until no batch of before
/// is taken any more. Where no cursor that a sync is sure of tells,
/// the sync is begun anew too, as the manual asks for.
fn restore_region(world: &mut World, number: usize) {
    let now_ms = world.now_ms;
    let region = &mut world.regions[number];
    let place = |kept: &Kept| kept.cursor.as_ref().map(|cursor| (cursor.lineage.clone(), cursor.seq));
    let then = region
        .copies
        .iter()
        .rposition(|(_, kept)| place(kept) != place(&region.kept));
    if let Some(then) = then {
        world.tally.region_restores += 1;
        region.kept = region.copies[then].1.clone();
        region.on_disk = None;
        region.down_until_ms = now_ms + SIGNED_MS;
        let seq = region.kept.cursor.as_ref().map_or(0, |cursor| cursor.seq);
        let alive = |sync: &&Sync| sync.region == number && sync.lane.is_some();
        let alive: Vec<&Sync> = world.lanes.iter().filter(alive).collect();
        let is_sure = |sync: &&Sync| sync.lane.as_ref().is_some_and(|lane| lane.cursor().seq > seq);
        if alive.len() == 1 && alive.iter().all(is_sure) {
            return;
        }
        for lane in alive.iter().map(|sync| sync.life.lane).collect::<Vec<_>>() {
            world.restart(lane);
        }
    }
}

/// An older state of the database is put back, which a region's cursor tells of.
fn restore_database(world: &mut World) {
    if let Some(copy) = world.copies.pop()
        && world.somebody_tells(&copy, copy.head, None)
    {
        world.put_back(copy);
    }
}

fn calm_down(world: &mut World) {
    world.is_calm = true;
    world.origin_is_down = false;
    world.bad.clear();
    for region in &mut world.regions {
        region.fails_one_in = 0;
    }
    for number in 0..REGIONS {
        world.reboot(number);
    }
    for lane in REGIONS..world.lanes.len() {
        if world.rng.bool() {
            world.stop(lane);
        }
    }
}

/// A page that cannot be composed delays no other, and holds no cursor for long.
fn one_bad_page(world: &mut World) -> Result<(), String> {
    let (bad, good) = (world.page(), world.page());
    let good = if good == bad { (good + 1) % PAGES } else { good };
    settle(world, SETTLED_MS, None)?;
    world.bad.insert(page_id(bad), Bad::Fails);
    world.publish(bad);
    world.publish(good);
    settle_page(world, &page_id(good))?;
    // Others arrive, so that the page itself is at fault.
    world.publish(good);
    settle(world, PARKED_MS, Some(&page_id(bad)))?;
    world.bad.clear();
    Ok(())
}

/// A quiet region that loses everything is noticed, and filled, within seconds.
fn one_wipe(world: &mut World) -> Result<(), String> {
    let number = world.rng.usize(..REGIONS);
    wipe(world, number);
    settle(world, WIPED_MS, None)
}

fn wipe(world: &mut World, number: usize) {
    world.tally.wipes += 1;
    world.regions[number].kept = Kept::default();
    world.regions[number].on_disk = None;
    world.regions[number].wiped_ms = world.now_ms;
}

/// The page arrives within a moment.
fn settle_page(world: &mut World, page: &PageId) -> Result<(), String> {
    let until_ms = world.now_ms + ARRIVED_MS;
    run_until(world, until_ms)?;
    for (key, (owner, history)) in &world.database.keys {
        let last = history.last().and_then(|(_, value)| *value);
        let late = world.regions.iter().any(|region| region.kept.value(key) != last);
        if owner == page && late {
            return Err(format!("{key} waits for a page that is bad"));
        }
    }
    Ok(())
}

/// Every region equals the database in so long a time.
fn settle(world: &mut World, ms: u64, without: Option<&PageId>) -> Result<(), String> {
    let until_ms = world.now_ms + ms;
    loop {
        let lacks = world.regions.iter().enumerate().find_map(|(number, region)| {
            let settled = rules::is_settled(&region.kept, &world.database, without);
            settled.err().map(|lacks| format!("region {number}: {lacks}"))
        });
        let Some(lacks) = lacks else {
            return Ok(());
        };
        if world.now_ms >= until_ms {
            return Err(format!("not settled: {lacks}"));
        }
        let next_ms = world.now_ms + 1_000;
        run_until(world, next_ms)?;
    }
}

fn run_until(world: &mut World, until_ms: u64) -> Result<(), String> {
    while world.now_ms < until_ms {
        // Neither the publisher nor a fault comes any more.
        if world.run(until_ms)?.is_none() && world.now_ms < until_ms {
            return Err("nobody does anything any more".to_owned());
        }
    }
    Ok(())
}

const TROUBLE_MS: u64 = 45_000;
/// Far more than the longest pause of a page and the latest message.
const SETTLED_MS: u64 = 300_000;
/// A page is given up after some seconds of pauses.
const PARKED_MS: u64 = 60_000;
/// It is looked at every three seconds, and its cursor is written once a second.
const WIPED_MS: u64 = 15_000;
const NOTICED_MS: u64 = 30_000;
const ARRIVED_MS: u64 = 6_000;
