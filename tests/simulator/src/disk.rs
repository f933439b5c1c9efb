//! A region's disk that dies before its programs do: what they store is shown, acknowledged, and not there when the machine
//! starts again.

use crate::{
    network::Message,
    world::{REGIONS, World},
};

impl World {
    /// From here on nothing reaches the disk of this region, or of the next that has one, and the programs go on for a moment.
    pub fn cut_disk(&mut self, number: usize) {
        let mut numbers = (0..REGIONS).map(|next| (number + next) % REGIONS);
        let Some(number) = numbers.find(|number| self.regions[*number].is_transactional) else {
            return;
        };
        let region = &mut self.regions[number];
        if region.on_disk.is_none() {
            region.on_disk = Some(region.kept.clone());
            let at_ms = self.now_ms + self.rng.u64(1..DEAD_MS_MAX);
            self.network.at(at_ms, Message::Reboot { region: number });
        }
    }

    /// The region has what is on its disk, unless nobody could tell then that an older state of the database was put back.
    pub fn reboot(&mut self, number: usize) {
        let may_lose = self.may_lose(number);
        let region = &mut self.regions[number];
        if let Some(on_disk) = region.on_disk.take().filter(|_| may_lose)
            && on_disk.bytes != region.kept.bytes
        {
            self.tally.lost_disks += 1;
            region.kept = on_disk;
        }
    }
}

const DEAD_MS_MAX: u64 = 3_000;
