//! What follows a put but must not delay the next one: the origin is told, and pages are warmed. Neither waits for the other.

use std::collections::{BTreeMap, BTreeSet};

use page_model::{Host, PageId};
use tokio::{
    sync::mpsc::{self, error::TryRecvError},
    task::JoinSet,
    time::{Instant, timeout_at},
};

use crate::{
    cause::chain,
    clients::{
        origin::{Delivered, Origin},
        region::PutClient,
    },
};

/// Of each page, the last change that arrived, and when.
pub type Reports = BTreeMap<PageId, (u64, u64, u64)>;

/// Warming is a kindness: what is too much is left to the first visitor.
#[derive(Default)]
pub struct Hosts {
    first: BTreeSet<Host>,
    others: BTreeSet<Host>,
}

impl Hosts {
    pub fn is_empty(&self) -> bool {
        self.first.is_empty() && self.others.is_empty()
    }

    pub fn add(&mut self, host: Host, first: bool) {
        let hosts = if first { &mut self.first } else { &mut self.others };
        if hosts.len() < HOSTS_MAX {
            hosts.insert(host);
        }
    }

    fn join(&mut self, more: Self) {
        for (hosts, first) in [(more.first, true), (more.others, false)] {
            hosts.into_iter().for_each(|host| self.add(host, first));
        }
    }

    /// `any`: one that nobody waited for will do.
    fn next(&mut self, any: bool) -> Option<Host> {
        let first = self.first.pop_first();
        match any {
            true => first.or_else(|| self.others.pop_first()),
            false => first,
        }
    }
}

pub struct Followups {
    pub reports: mpsc::Sender<Reports>,
    pub hosts: mpsc::Sender<Hosts>,
}

pub fn start(origin: Origin, region: PutClient) -> (Followups, JoinSet<()>) {
    let (reports, reported) = mpsc::channel(QUEUED_MAX);
    let (hosts, warmed) = mpsc::channel(QUEUED_MAX);
    let mut working = JoinSet::new();
    working.spawn(report(origin, region.clone(), reported));
    working.spawn(warm(region, warmed));
    (Followups { reports, hosts }, working)
}

async fn report(origin: Origin, region: PutClient, mut reports: mpsc::Receiver<Reports>) {
    while let Some(reports) = reports.recv().await {
        let delivered = reports.into_iter();
        let delivered: Vec<_> = delivered
            .map(|(page, (seq, at_ms, served_ms))| Delivered {
                page,
                seq,
                at_ms,
                served_ms,
            })
            .collect();
        for delivered in delivered.chunks(REPORTED_MAX) {
            if let Err(error) = origin.delivered(region.name(), delivered).await {
                let cause = chain(&error);
                tracing::warn!(
                    region = region.name(),
                    cause,
                    "the origin could not be told of a delivery"
                );
            }
        }
    }
}

/// One after the other: visitors of the region come before what nobody asked for. Pages that nobody waited for have a part of the time
/// only, as drawing thousands of them takes longer than carrying them.
async fn warm(region: PutClient, mut more: mpsc::Receiver<Hosts>) {
    let (mut hosts, mut rests_until) = (Hosts::default(), Instant::now());
    loop {
        match more.try_recv() {
            Ok(more) => hosts.join(more),
            Err(TryRecvError::Disconnected) => return,
            Err(TryRecvError::Empty) => match hosts.next(Instant::now() >= rests_until) {
                Some(host) => {
                    let began = Instant::now();
                    if let Err(error) = region.warm(&host).await {
                        tracing::debug!(region = region.name(), %host, %error, "not warmed");
                    }
                    rests_until = Instant::now() + began.elapsed() * WARM_RESTS;
                }
                None => match hosts.others.is_empty() {
                    true => match more.recv().await {
                        Some(more) => hosts.join(more),
                        None => return,
                    },
                    false => match timeout_at(rests_until, more.recv()).await {
                        Ok(Some(more)) => hosts.join(more),
                        Ok(None) => return,
                        Err(_) => {}
                    },
                },
            },
        }
    }
}

/// Pages in one report: the origin takes more, and writes each while publishers wait.
const REPORTED_MAX: usize = 100;
const HOSTS_MAX: usize = 1_000;
/// After a page that was drawn, so many times as long as that took, before one that nobody waited for.
const WARM_RESTS: u32 = 4;
const QUEUED_MAX: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    fn host(number: usize) -> Host {
        Host::parse(&format!("h{number}.example.com")).expect("a host")
    }

    #[test]
    fn pages_that_somebody_waits_for_are_warmed_first() {
        let mut hosts = Hosts::default();
        hosts.add(host(1), false);
        let mut more = Hosts::default();
        more.add(host(2), true);
        more.add(host(0), false);
        hosts.join(more);
        let order: Vec<Host> = std::iter::from_fn(|| hosts.next(true)).collect();
        assert_eq!(order, [2, 0, 1].map(host));
    }

    #[test]
    fn many_that_nobody_waits_for_leave_room_for_one_that_is_awaited() {
        let mut hosts = Hosts::default();
        (0..2 * HOSTS_MAX).for_each(|number| hosts.add(host(number), false));
        hosts.add(host(9_999), true);
        assert_eq!((hosts.others.len(), hosts.next(false)), (HOSTS_MAX, Some(host(9_999))));
        assert_eq!(hosts.next(false), None, "the others rest");
    }
}
