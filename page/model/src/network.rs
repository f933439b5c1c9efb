//! Ranges of addresses as an edge holds visitors against them.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::ids::AudienceId;

/// A range of addresses, and what those see who come from there. Ranges lie in each other or apart; what is seen in the
/// inner one counts what is seen in the outer one in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// The bytes of its first address, then how many bits of them all of its addresses share.
    #[serde(rename = "r", with = "serde_bytes")]
    range: Vec<u8>,
    #[serde(rename = "s")]
    pub audience: AudienceId,
}

impl Network {
    pub fn of(first: IpAddr, prefix: u8, audience: AudienceId) -> Self {
        let mut range = octets(first).to_vec();
        range.push(prefix);
        Self { range, audience }
    }

    /// The narrowest range that an address is in. An address of the older kind in the clothes of the newer one is of the older.
    pub fn around(networks: &[Self], address: IpAddr) -> Option<&Self> {
        let address = octets(address.to_canonical());
        let around = networks.iter().filter(|network| network.holds(&address));
        around.max_by_key(|network| network.range.last())
    }

    /// What is no range holds nothing.
    fn holds(&self, address: &[u8]) -> bool {
        let Some((prefix, first)) = self.range.split_last() else {
            return false;
        };
        let (whole, rest) = (usize::from(prefix / 8), prefix % 8);
        let begins = first.get(..whole).is_some_and(|begin| address.starts_with(begin));
        let shares_rest = match (first.get(whole), address.get(whole)) {
            (Some(first), Some(octet)) => rest == 0 || (first ^ octet) >> (8 - rest) == 0,
            _ => rest == 0,
        };
        *prefix > 0 && first.len() == address.len() && begins && shares_rest
    }
}

fn octets(address: IpAddr) -> Octets {
    match address {
        IpAddr::V4(address) => Octets(address.to_ipv6_compatible().octets(), 12),
        IpAddr::V6(address) => Octets(address.octets(), 0),
    }
}

/// Of an address, without room of its own.
struct Octets([u8; 16], usize);

impl std::ops::Deref for Octets {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        self.0.get(self.1..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use proptest::prelude::*;

    use super::*;

    fn network(range: &str, audience: &str) -> Network {
        let (first, prefix) = range.split_once('/').expect("a prefix");
        let audience = AudienceId::parse(audience).expect("an audience");
        Network::of(
            first.parse().expect("an address"),
            prefix.parse().expect("a number"),
            audience,
        )
    }

    #[test]
    fn narrowest_range_counts() {
        let networks = [
            network("10.0.0.0/8", "wide"),
            network("10.1.0.0/16", "narrow"),
            network("10.1.2.3/32", "one"),
            network("192.0.2.128/25", "half"),
            network("2001:db8::/33", "newer"),
            network("0.0.0.0/1", "odd"),
        ];
        for (address, audience) in [
            ("10.0.0.1", Some("wide")),
            ("10.1.2.4", Some("narrow")),
            ("10.1.2.3", Some("one")),
            ("::ffff:10.1.2.3", Some("one")),
            ("::10.1.2.3", None),
            ("192.0.2.128", Some("half")),
            ("192.0.2.127", None),
            ("192.0.3.128", None),
            ("2001:db8:7fff::1", Some("newer")),
            ("2001:db8:8000::1", None),
            ("127.0.0.1", Some("odd")),
            ("128.0.0.1", None),
        ] {
            let found = Network::around(&networks, address.parse().expect("an address"));
            assert_eq!(found.map(|network| network.audience.as_str()), audience, "{address}");
        }
    }

    #[test]
    fn what_is_no_range_holds_nobody() {
        for range in [
            &[][..],
            &[0],
            &[10, 0, 0, 0, 0],
            &[10, 0, 0, 0, 33],
            &[10, 0, 0, 0, 255],
            &[10, 8],
            &[10, 0, 0, 0, 0, 8],
            &[0; 17],
        ] {
            let network = Network {
                range: range.to_vec(),
                audience: AudienceId::public(),
            };
            for address in [IpAddr::from([10, 0, 0, 0]), Ipv6Addr::UNSPECIFIED.into()] {
                assert_eq!(
                    Network::around(std::slice::from_ref(&network), address),
                    None,
                    "{range:?}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn holds_what_shares_its_first_bits(first: u32, address: u32, prefix in 1_u8..=32) {
            let network = Network::of(Ipv4Addr::from(first).into(), prefix, AudienceId::public());
            let held = Network::around(std::slice::from_ref(&network), Ipv4Addr::from(address).into()).is_some();
            prop_assert_eq!(held, (first ^ address).leading_zeros() >= u32::from(prefix));
        }

        #[test]
        fn so_do_the_newer_ones(first: u128, differs: u128, prefix in 1_u8..=128, shared in 0_u32..=128) {
            let address = first ^ differs.checked_shr(shared).unwrap_or(0);
            prop_assume!(address >> 32 != 0xffff);
            let network = Network::of(Ipv6Addr::from(first).into(), prefix, AudienceId::public());
            let held = Network::around(std::slice::from_ref(&network), Ipv6Addr::from(address).into()).is_some();
            prop_assert_eq!(held, (first ^ address).leading_zeros() >= u32::from(prefix));
        }
    }
}
