//! How much of what can go wrong the stories held.

use std::{fmt, ops::AddAssign};

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    pub changes: u64,
    pub puts: u64,
    pub lane_crashes: u64,
    pub region_crashes: u64,
    pub wipes: u64,
    pub region_restores: u64,
    pub lost_disks: u64,
    pub database_restores: u64,
    pub doubled_syncs: u64,
    pub lost: u64,
    pub doubled: u64,
    pub reordered: u64,
    pub kv_failures: u64,
    pub bad_pages: u64,
    pub parked: u64,
    pub clock_jumps: u64,
}

impl Tally {
    /// What a run must hold enough of.
    pub fn kinds(&self) -> [(&'static str, u64); 9] {
        [
            ("crashes of a sync", self.lane_crashes),
            ("crashes of a region", self.region_crashes),
            ("wipes", self.wipes),
            ("disks that lost something", self.lost_disks),
            ("restores", self.region_restores + self.database_restores),
            ("reorderings", self.reordered),
            ("doubled syncs", self.doubled_syncs),
            ("messages lost", self.lost),
            ("messages doubled", self.doubled),
        ]
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.changes += other.changes;
        self.puts += other.puts;
        self.lane_crashes += other.lane_crashes;
        self.region_crashes += other.region_crashes;
        self.wipes += other.wipes;
        self.region_restores += other.region_restores;
        self.lost_disks += other.lost_disks;
        self.database_restores += other.database_restores;
        self.doubled_syncs += other.doubled_syncs;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.reordered += other.reordered;
        self.kv_failures += other.kv_failures;
        self.bad_pages += other.bad_pages;
        self.parked += other.parked;
        self.clock_jumps += other.clock_jumps;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} changes, {} puts, crashes: {} of a sync, {} of a region; {} wipes; {} disks that lost something; restores: {} of a region, {} of the database; \
             {} doubled syncs; messages: {} lost, {} doubled, {} reordered; {} KV failures, {} bad pages, {} parked, {} clock jumps",
            self.changes,
            self.puts,
            self.lane_crashes,
            self.region_crashes,
            self.wipes,
            self.lost_disks,
            self.region_restores,
            self.database_restores,
            self.doubled_syncs,
            self.lost,
            self.doubled,
            self.reordered,
            self.kv_failures,
            self.bad_pages,
            self.parked,
            self.clock_jumps,
        )
    }
}
