//! What one client may have of a machine that others want too. Clients are told apart by their addresses, as far as these are
//! known; those of whom nothing is known meet the limits of all.

use std::{
    collections::hash_map::RandomState,
    hash::BuildHasher,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use edge_guest::network;

use crate::limits::{
    CLIENT_CONNECTIONS_FLOOR, CLIENT_CONNECTIONS_PART, CLIENT_SHARES, CLIENT_UNREAD_BYTES_MAX, REPLY_PART_BYTES,
};

/// Clients by the chance of their addresses: who has many addresses meets the limits of all.
pub struct Clients {
    by_address: RandomState,
    shares: Vec<Share>,
    connections_max: usize,
}

#[derive(Default)]
struct Share {
    connections: Arc<AtomicUsize>,
    unread_bytes: Arc<AtomicUsize>,
}

/// Part of a client's due, until it is dropped.
#[derive(Debug)]
pub struct Taken {
    of: Arc<AtomicUsize>,
    count: usize,
}

/// Bytes of a reply that its visitor has not read yet.
pub type Unread = Taken;

impl Clients {
    /// Where the machine takes so many connections.
    pub fn new(connections_max: usize) -> Self {
        Self {
            by_address: RandomState::new(),
            shares: (0..CLIENT_SHARES).map(|_| Share::default()).collect(),
            connections_max: (connections_max / CLIENT_CONNECTIONS_PART).max(CLIENT_CONNECTIONS_FLOOR),
        }
    }

    /// A slot for a connection; `None` where the client has its part of them. Whoever is not known has no part.
    pub fn connect(&self, client: Option<IpAddr>) -> Option<Option<Taken>> {
        let Some(share) = self.share(client) else {
            return Some(None);
        };
        let taken = Taken::of(&share.connections, 1);
        (share.connections.load(Ordering::Relaxed) <= self.connections_max).then_some(Some(taken))
    }

    /// Counts a reply for its client. Small ones fit into a connection and are not worth it.
    pub fn unread(&self, client: Option<IpAddr>, bytes: usize) -> Option<Unread> {
        let share = self.share(client).filter(|_| bytes > REPLY_PART_BYTES)?;
        Some(Taken::of(&share.unread_bytes, bytes))
    }

    pub fn reads_too_little(&self, client: Option<IpAddr>) -> bool {
        let share = self.share(client);
        share.is_some_and(|share| share.unread_bytes.load(Ordering::Relaxed) >= CLIENT_UNREAD_BYTES_MAX)
    }

    fn share(&self, client: Option<IpAddr>) -> Option<&Share> {
        let share = self.by_address.hash_one(network(client?)?) % CLIENT_SHARES as u64;
        self.shares.get(usize::try_from(share).ok()?)
    }
}

impl Taken {
    fn of(of: &Arc<AtomicUsize>, count: usize) -> Self {
        of.fetch_add(count, Ordering::Relaxed);
        Self {
            of: Arc::clone(of),
            count,
        }
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.of.fetch_sub(self.count, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn one_client_has_a_part_of_the_connections() {
        let clients = Clients::new(4 * CLIENT_CONNECTIONS_FLOOR);
        let of = |address: &str| clients.connect(client(address));
        let held: Vec<_> = (0..CLIENT_CONNECTIONS_FLOOR)
            .map(|_| of("192.0.2.1").unwrap())
            .collect();
        assert!(of("192.0.2.1").is_none());
        assert!(of("192.0.2.1").is_none(), "who was refused holds nothing");
        assert!(of("127.0.0.1").is_some() && clients.connect(None).is_some());
        drop(held);
        assert!(of("192.0.2.1").is_some());
    }

    #[test]
    fn unread_replies_are_counted_until_they_are_dropped() {
        let clients = Clients::new(1);
        let of = client("192.0.2.1");
        assert!(clients.unread(of, REPLY_PART_BYTES).is_none());
        let unread = clients.unread(of, CLIENT_UNREAD_BYTES_MAX);
        assert!(clients.reads_too_little(of));
        assert!(!clients.reads_too_little(None));
        drop(unread);
        assert!(!clients.reads_too_little(of));
    }
}
