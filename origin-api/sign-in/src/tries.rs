//! How often a client gave a wrong password for a page. Others are not held up by it: not by another client of the page, and not
//! by the same client at another page.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use moka::sync::Cache;
use page_model::PageId;

use crate::limits::{WRONG_CLIENTS_MAX, WRONG_KEPT, WRONG_MAX};

pub struct Tries(Cache<(PageId, Network), Arc<AtomicU32>>);

/// Whom one counts as: an IPv4 address, or the 64 bits of an IPv6 address that a connection has for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Network {
    V4([u8; 4]),
    V6([u8; 8]),
}

impl Default for Tries {
    fn default() -> Self {
        let cache = Cache::builder().max_capacity(WRONG_CLIENTS_MAX);
        Self(cache.time_to_live(WRONG_KEPT).build())
    }
}

impl Tries {
    pub fn are_left(&self, page: &PageId, network: Network) -> bool {
        let known = self.0.get(&(page.clone(), network));
        known.is_none_or(|wrong| wrong.load(Ordering::Relaxed) < WRONG_MAX)
    }

    pub fn note_wrong(&self, page: &PageId, network: Network) {
        let wrong = self.0.get_with((page.clone(), network), Arc::default);
        wrong.fetch_add(1, Ordering::Relaxed);
    }
}

impl Network {
    /// The same for the same.
    pub fn name(self) -> String {
        match self {
            Self::V4(address) => Ipv4Addr::from(address).to_string(),
            Self::V6(half) => format!("{:016x}", u64::from_be_bytes(half)),
        }
    }

    pub fn of(client: IpAddr) -> Self {
        match client.to_canonical() {
            IpAddr::V4(address) => Self::V4(address.octets()),
            IpAddr::V6(address) => Self::V6(first_half(address)),
        }
    }
}

fn first_half(address: Ipv6Addr) -> [u8; 8] {
    address.octets().first_chunk().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_waits_and_no_other_does() {
        let tries = Tries::default();
        let (one, two) = (page("page00000001"), page("page00000002"));
        let of = |client: &str| Network::of(client.parse().expect("an address"));
        for left in (0..WRONG_MAX).rev() {
            assert!(tries.are_left(&one, of("192.0.2.7")), "{left}");
            tries.note_wrong(&one, of("192.0.2.7"));
        }
        assert!(!tries.are_left(&one, of("192.0.2.7")));
        assert!(
            !tries.are_left(&one, of("::ffff:192.0.2.7")),
            "the same, spelled as IPv6"
        );
        assert!(tries.are_left(&one, of("192.0.2.8")));
        assert!(tries.are_left(&two, of("192.0.2.7")));
    }

    #[test]
    fn addresses_of_one_connection_count_as_one() {
        let of = |client: &str| Network::of(client.parse().expect("an address"));
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
    }

    fn page(id: &str) -> PageId {
        PageId::parse(id).expect("a page id")
    }
}
