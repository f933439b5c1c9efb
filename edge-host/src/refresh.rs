//! Replies that are made anew behind visitors' backs, a few at once, while these get the one that is there: so neither the
//! moment in which the time of many replies is over nor a put that ends them all becomes a crowd in front of the guest.

use std::{net::IpAddr, sync::Arc};

use http::{HeaderMap, Request};

use crate::{
    answers::{self, Answer, RequestHead},
    cache::collapse::Role,
    forward,
    target::Shared,
    visit::{Call, Edge},
};

impl Edge {
    /// What may stand in for the reply while it is made anew: one whose time has just ended or, where many wait for the guest
    /// already, the last good one.
    pub fn meanwhile<B>(
        self: &Arc<Self>,
        client: Option<IpAddr>,
        request: &Request<B>,
        shared: &Shared,
    ) -> Option<Answer> {
        let (head, visits) = (RequestHead::by(request), &self.metrics.visits);
        let answer = if let Some(stale) = self.cache.stale(&shared.key) {
            visits.stale.increment(1);
            answers::answer(head, &stale.reply)
        } else if self.guest.is_crowded(shared.address.host.as_str()) {
            let last_good = self.cache.last_good(&shared.key)?;
            visits.last_good.increment(1);
            answers::last_good(head, &last_good.reply)
        } else {
            return None;
        };
        self.refresh(client, request.headers(), shared);
        Some(answer)
    }

    /// Unless somebody is at it already, or as many others are made anew as may be; the next visit then asks again.
    fn refresh(self: &Arc<Self>, client: Option<IpAddr>, headers: &HeaderMap, shared: &Shared) {
        let Ok(turn) = Arc::clone(&self.refreshes).try_acquire_owned() else {
            self.metrics.shed.refreshes.increment(1);
            return;
        };
        let Ok(asked) = forward::for_all(client, headers, &shared.address) else {
            return;
        };
        let Role::Lead(lead) = self.collapse.join(&shared.key) else {
            return;
        };
        let (edge, call) = (Arc::clone(self), Call::for_all(asked, Arc::clone(&shared.key)));
        tokio::spawn(async move {
            let made = edge.make(&call).await;
            lead.land(made.outcome());
            drop(turn);
        });
    }
}
