//! Moments in which the hypervisor gave a core of this machine to others, which the kernel counts as stolen. Who is late then says nothing
//! of a server.

use std::{
    fs, io,
    ops::Range,
    sync::mpsc::{RecvTimeoutError, Sender, channel},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow};

/// Looks again and again until it is ended.
pub struct Watch {
    end: Sender<()>,
    looks: JoinHandle<io::Result<Vec<Look>>>,
}

#[derive(Clone, Copy)]
struct Look {
    at: Instant,
    stolen_ticks: u64,
}

pub struct Stolen(pub(crate) Vec<Range<Instant>>);

impl Watch {
    pub fn start() -> Self {
        let (end, ended) = channel();
        let looks = thread::spawn(move || {
            let mut looks = vec![Look::now()?];
            while ended.recv_timeout(BETWEEN) == Err(RecvTimeoutError::Timeout) {
                looks.push(Look::now()?);
            }
            looks.push(Look::now()?);
            Ok(looks)
        });
        Self { end, looks }
    }

    pub fn end(self) -> Result<Stolen> {
        drop(self.end);
        let looks = self.looks.join().map_err(|_| anyhow!("the looks panicked"))?;
        let looks = looks.context("what is stolen is read from /proc/stat, which only Linux has")?;
        Ok(Stolen::between(&looks))
    }
}

impl Look {
    fn now() -> io::Result<Self> {
        let stolen_ticks = stolen_ticks(&fs::read_to_string("/proc/stat")?).ok_or(io::ErrorKind::InvalidData)?;
        Ok(Self {
            at: Instant::now(),
            stolen_ticks,
        })
    }
}

impl Stolen {
    /// From one look before: a tick is counted when a hundredth of a second is full, of which a part may be older.
    fn between(looks: &[Look]) -> Self {
        let stolen = looks.windows(2).enumerate().filter_map(|(number, pair)| {
            let since = looks[number.saturating_sub(1)].at;
            (pair[1].stolen_ticks > pair[0].stolen_ticks).then_some(since..pair[1].at)
        });
        Self(stolen.collect())
    }

    pub fn holds(&self, moment: Instant) -> bool {
        self.0.iter().any(|stolen| stolen.contains(&moment))
    }
}

/// Of all cores: the eighth number of the first line of `/proc/stat`.
fn stolen_ticks(stat: &str) -> Option<u64> {
    stat.strip_prefix("cpu ")?.split_whitespace().nth(7)?.parse().ok()
}

const BETWEEN: Duration = Duration::from_millis(50);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_all_cores() {
        let stat = "cpu  1535568 32449 211276 1220732 8462 7 14540 25274 1 0\ncpu0 1 2 3 4 5 6 7 8 9 0\n";
        assert_eq!(stolen_ticks(stat), Some(25_274));
        assert_eq!(stolen_ticks("cpu0 1 2 3 4 5 6 7 8 9 0\n"), None);
    }

    #[test]
    fn what_was_stolen_began_a_look_before_it_was_seen() {
        let begin = Instant::now();
        let at = |ms| begin + Duration::from_millis(ms);
        let looks = [(0, 5), (50, 5), (100, 5), (150, 6), (200, 6)].map(|(ms, stolen_ticks)| Look {
            at: at(ms),
            stolen_ticks,
        });
        let stolen = Stolen::between(&looks);
        let held = |ms| stolen.holds(at(ms));
        assert_eq!([20, 60, 110, 149, 160].map(held), [false, true, true, true, false]);
        assert!(Stolen::between(&looks[..3]).0.is_empty());
    }

    #[test]
    fn a_watch_ends() {
        let watch = Watch::start();
        thread::sleep(2 * BETWEEN);
        assert!(watch.end().is_ok());
    }
}
