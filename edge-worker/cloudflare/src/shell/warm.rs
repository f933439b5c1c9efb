//! The cron trigger: pages are made ahead of the next visitor.

use worker::{Env, ScheduleContext, ScheduledEvent, event};

use super::{Region, store::now_ms};
use edge_worker::gateway;

#[event(scheduled)]
async fn scheduled(_event: ScheduledEvent, env: Env, _context: ScheduleContext) {
    let region = Region::of(env);
    let sites = region.store.sites().await;
    for visit in gateway::turn(&sites, now_ms()) {
        let (_, afterwards) = region.drive(gateway::open(&region.edge, visit)).await;
        if let Some(work) = afterwards {
            region.drive(work.begin(&region.edge)).await;
        }
    }
}
