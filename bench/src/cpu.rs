//! CPU time and memory of servers, as the kernel counts them.

use std::{collections::HashMap, fs, ops::Sub, process};

use anyhow::{Context, Result, ensure};

/// The processes of one server; what they start counts too.
#[derive(Clone)]
pub struct Processes(Vec<u32>);

/// In the process itself, and in the kernel on its behalf.
#[derive(Clone, Copy, Default)]
pub struct Cpu {
    pub user_s: f64,
    pub system_s: f64,
}

/// A line of `/proc/PID/stat`.
#[derive(Debug, PartialEq)]
struct Stat {
    pid: u32,
    parent: u32,
    user_ticks: u64,
    system_ticks: u64,
}

impl Processes {
    pub fn of(pid: u32) -> Self {
        Self(vec![pid])
    }

    /// The child of this program that has `text` somewhere in its arguments, such as its port.
    pub fn child_with(text: &str) -> Result<Self> {
        let own = process::id();
        let children = stats()?.into_iter().filter(|stat| stat.parent == own);
        let named: Vec<u32> = children
            .map(|stat| stat.pid)
            .filter(|pid| arguments(*pid).contains(text))
            .collect();
        ensure!(
            named.len() == 1,
            "{} of the programs that were started have {text:?} in their arguments; one should",
            named.len()
        );
        Ok(Self(named))
    }

    /// They get what nobody else wants of the machine, as those that stand for others.
    pub fn after_all_others(&self) -> Result<()> {
        for pid in &self.0 {
            for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
                let id = thread?.file_name().to_string_lossy().parse()?;
                background_thread::make_give_way(id, LOWEST_PRIORITY)?;
            }
        }
        Ok(())
    }

    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The most that each has held in memory since it was started, added up. What they start does not count.
    pub fn peak_bytes(&self) -> Result<u64> {
        self.0.iter().map(|pid| memory_bytes(*pid, "VmHWM:")).sum()
    }

    /// What each holds in memory now, added up. What they start does not count.
    pub fn held_bytes(&self) -> Result<u64> {
        self.0.iter().map(|pid| memory_bytes(*pid, "VmRSS:")).sum()
    }

    /// Of the processes themselves, without what they started.
    pub fn cpu_alone(&self) -> Result<Cpu> {
        let stats = stats()?;
        let own = stats.iter().filter(|stat| self.0.contains(&stat.pid));
        Ok(Cpu::of(own))
    }

    /// Since they were started, with all of their threads.
    pub fn cpu(&self) -> Result<Cpu> {
        let stats = stats()?;
        Ok(Cpu::of(family(&self.0, &stats)?))
    }
}

/// What this thread does gets what nobody else wants of the machine.
pub fn this_thread_after_all_others() -> Result<()> {
    Ok(background_thread::give_way(LOWEST_PRIORITY)?)
}

/// Of one process, a line of its status.
fn memory_bytes(pid: u32, name: &str) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let peak = status.lines().find_map(|line| line.strip_prefix(name));
    let peak = peak.and_then(|peak| peak.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    Ok(peak.with_context(|| format!("/proc/{pid}/status says nothing of memory"))? * 1024)
}

impl Cpu {
    fn of<'a>(stats: impl IntoIterator<Item = &'a Stat>) -> Self {
        let mut cpu = Self::default();
        for stat in stats {
            cpu.user_s += stat.user_ticks as f64 / TICKS_PER_S;
            cpu.system_s += stat.system_ticks as f64 / TICKS_PER_S;
        }
        cpu
    }

    pub fn together_s(self) -> f64 {
        self.user_s + self.system_s
    }
}

impl Sub for Cpu {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self {
            user_s: self.user_s - earlier.user_s,
            system_s: self.system_s - earlier.system_s,
        }
    }
}

/// The processes themselves and all that descend from them.
fn family<'a>(roots: &[u32], stats: &'a [Stat]) -> Result<Vec<&'a Stat>> {
    let mut children: HashMap<u32, Vec<&Stat>> = HashMap::new();
    for stat in stats {
        children.entry(stat.parent).or_default().push(stat);
    }
    let mut family = Vec::new();
    for root in roots {
        let stat = stats.iter().find(|stat| stat.pid == *root);
        family.push(stat.with_context(|| format!("process {root} runs no longer"))?);
    }
    let mut next = 0;
    while let Some(stat) = family.get(next) {
        family.extend(children.remove(&stat.pid).unwrap_or_default());
        next += 1;
    }
    Ok(family)
}

fn stats() -> Result<Vec<Stat>> {
    let mut stats = Vec::new();
    for entry in fs::read_dir("/proc").context("CPU time is read from /proc, which only Linux has")? {
        let path = entry?.path().join("stat");
        // Most entries are no processes, and a process may end meanwhile.
        stats.extend(fs::read_to_string(path).ok().as_deref().and_then(Stat::parse));
    }
    Ok(stats)
}

fn arguments(pid: u32) -> String {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&line).replace('\0', " ")
}

impl Stat {
    /// The second field is the program's name in parentheses, which may hold any character.
    fn parse(line: &str) -> Option<Self> {
        let (head, rest) = line.rsplit_once(") ")?;
        let fields: Vec<&str> = rest.split(' ').collect();
        let number = |field: usize| fields.get(field)?.parse().ok();
        Some(Self {
            pid: head.split(' ').next()?.parse().ok()?,
            parent: fields.get(1)?.parse().ok()?,
            user_ticks: number(11)?,
            system_ticks: number(12)?,
        })
    }
}

/// Of nice(2).
const LOWEST_PRIORITY: i32 = 19;
/// `USER_HZ`, which is 100 wherever the bench runs.
const TICKS_PER_S: f64 = 100.0;

#[cfg(test)]
mod tests {
    use super::*;

    fn stat(pid: u32, parent: u32) -> Stat {
        Stat {
            pid,
            parent,
            user_ticks: 1,
            system_ticks: 2,
        }
    }

    #[test]
    fn a_line_of_stat() {
        let line = "77 (a) (b c) S 5 77 77 0 -1 4194304 100 0 0 0 4321 123 9 8 20 0 4 0 100 0 0\n";
        let expected = Stat {
            pid: 77,
            parent: 5,
            user_ticks: 4321,
            system_ticks: 123,
        };
        assert_eq!(Stat::parse(line), Some(expected));
        assert_eq!(Stat::parse("no stat"), None);
    }

    #[test]
    fn descendants_count_once() {
        let stats = [
            stat(1, 0),
            stat(10, 1),
            stat(11, 10),
            stat(12, 11),
            stat(20, 1),
            stat(30, 1),
        ];
        let pids = |roots: &[u32]| -> Vec<u32> {
            let family = family(roots, &stats).unwrap();
            family.iter().map(|stat| stat.pid).collect()
        };
        assert_eq!(pids(&[10]), [10, 11, 12]);
        assert_eq!(pids(&[10, 20]), [10, 20, 11, 12]);
        assert!(family(&[99], &stats).is_err());
    }

    #[test]
    fn own_memory_is_counted() {
        let own = Processes::of(process::id());
        let before = own.peak_bytes().unwrap();
        let block = vec![1_u8; 64 << 20];
        std::hint::black_box(&block);
        let grown = own.peak_bytes().unwrap() - before;
        assert!((32 << 20..256 << 20).contains(&grown), "{grown}");
    }

    #[test]
    fn own_time_is_counted() {
        let own = || Processes::of(process::id()).cpu().unwrap().together_s();
        let (before, begin) = (own(), std::time::Instant::now());
        while own() - before < 0.1 {
            assert!(begin.elapsed().as_secs() < 30, "nothing was counted");
        }
        let (spent, cores) = (own() - before, std::thread::available_parallelism().unwrap());
        let most = begin.elapsed().as_secs_f64() * cores.get() as f64 + 0.05;
        assert!(spent <= most, "{spent} of {most}");
    }
}
