//! A page against its peers: from the response cache, and through the guest.

use anyhow::Result;
use bench::cpu::Processes;
use tests::System;

use crate::{
    contenders::{CONTENDERS, Contender, Peer, Rival},
    effort::{Effort, say_round},
    nginx::Nginx,
    node::{self, Node},
    report::{Report, Target, median_of},
    vigil::Vigil,
    warm::{self, COMPONENTS, Warm},
    wrk::{Load, Round},
};

/// The rounds of one contender.
#[derive(Default)]
struct Rounds {
    own: Vec<Round>,
    /// In the order of its rivals.
    rivals: Vec<Vec<Round>>,
}

struct Peers {
    nginx: Nginx,
    nginx_processes: Processes,
    node: Node,
    vigil: Vigil,
}

pub async fn measure(system: &System, effort: &Effort, report: &mut Report) -> Result<()> {
    let warm = Warm::prepare(system, "warm").await?;
    let peers = Peers::start(system, &warm).await?;
    let rounds = take_rounds(&warm, &peers, effort).await?;
    for (contender, rounds) in CONTENDERS.iter().zip(&rounds) {
        tell(contender, rounds, report)?;
    }
    report.add("Vigil's page", peers.vigil.page_bytes as f64, "B", Target::None);
    report.add(
        "our page, not compressed",
        warm.replies[2].body.len() as f64,
        "B",
        Target::None,
    );
    report.add("our page, brotli", warm.replies[0].body.len() as f64, "B", Target::None);
    Ok(())
}

/// Every server in turn, so that all see the same machine.
async fn take_rounds(warm: &Warm<'_>, peers: &Peers, effort: &Effort) -> Result<Vec<Rounds>> {
    let edge = warm::edge(warm.region)?;
    let mut all: Vec<Rounds> = CONTENDERS.iter().map(Rounds::of).collect();
    for round in 0..=effort.rounds {
        say_round("throughput", round, effort.rounds);
        for (contender, rounds) in CONTENDERS.iter().zip(&mut all) {
            let own = contender.load(warm).run(effort.round_s, &edge).await?;
            let mut rivals = Vec::new();
            for rival in contender.rivals {
                let (load, processes) = peers.load(rival.peer, contender, warm);
                rivals.push(load.run(effort.round_s, processes).await?);
            }
            if round > 0 {
                rounds.push(own, rivals);
            }
        }
    }
    Ok(all)
}

fn tell(contender: &Contender, rounds: &Rounds, report: &mut Report) -> Result<()> {
    let name = contender.name;
    report.add_speed(name, "Pharos", &rounds.own)?;
    for (rival, rival_rounds) in contender.rivals.iter().zip(&rounds.rivals) {
        report.add_speed(name, rival.peer.name(), rival_rounds)?;
        tell_ratios(name, rival, &rounds.own, rival_rounds, report)?;
    }
    if !matches!(contender.cpu_us, Target::None) {
        let cpu_us = median_of(&rounds.own, Round::cpu_us)?;
        report.add(format!("{name}, CPU for each visit"), cpu_us, "µs", contender.cpu_us);
    }
    Ok(())
}

fn tell_ratios(name: &str, rival: &Rival, own: &[Round], other: &[Round], report: &mut Report) -> Result<()> {
    let pairs: Vec<(&Round, &Round)> = own.iter().zip(other).collect();
    let peer = rival.peer.name();
    let speed = median_of(&pairs, |(own, other)| own.replies_per_s / other.replies_per_s)?;
    report.add(format!("{name}, to {peer}"), speed, "×", rival.speed);
    let cpu = median_of(&pairs, |(own, other)| own.cpu_us() / other.cpu_us())?;
    report.add(format!("{name}, CPU to {peer}"), cpu, "×", rival.cpu);
    Ok(())
}

impl Rounds {
    fn of(contender: &Contender) -> Self {
        Self {
            own: Vec::new(),
            rivals: vec![Vec::new(); contender.rivals.len()],
        }
    }

    fn push(&mut self, own: Round, rivals: Vec<Round>) {
        self.own.push(own);
        for (rounds, round) in self.rivals.iter_mut().zip(rivals) {
            rounds.push(round);
        }
    }
}

impl Peers {
    async fn start(system: &System, warm: &Warm<'_>) -> Result<Self> {
        let nginx = Nginx::of_files(&warm.replies).await?;
        let snapshot = system.records(&warm.page.id).await?.snapshot()?;
        Ok(Self {
            nginx_processes: nginx.processes(),
            node: Node::start(&warm.page.host, &warm.replies, &snapshot).await?,
            vigil: Vigil::start(COMPONENTS, nginx.addr()).await?,
            nginx,
        })
    }

    fn load(&self, peer: Peer, contender: &Contender, warm: &Warm<'_>) -> (Load, &Processes) {
        let (addr, path, processes) = match peer {
            Peer::Nginx => (
                self.nginx.addr(),
                Nginx::path(contender.encoding),
                &self.nginx_processes,
            ),
            Peer::NodeCached => (self.node.addr(), node::CACHED.to_owned(), self.node.processes()),
            Peer::NodeRendered => (self.node.addr(), node::RENDERED.to_owned(), self.node.processes()),
            Peer::Vigil => (self.vigil.addr(), "/".to_owned(), self.vigil.processes()),
        };
        let url = format!("http://{addr}{path}");
        let headers = contender.headers(warm);
        (Load { url, headers }, processes)
    }
}

impl Contender {
    fn load(&self, warm: &Warm<'_>) -> Load {
        Load {
            url: format!("http://{}{}", warm.region.visitor.addr(), self.path),
            headers: self.headers(warm),
        }
    }

    fn headers(&self, warm: &Warm<'_>) -> Vec<(String, String)> {
        let more = self.header.map(|(name, value)| (name.to_owned(), value.to_owned()));
        warm.headers(self.encoding).into_iter().chain(more).collect()
    }
}
