//! Who counts as one client where many share a machine.

use std::net::{IpAddr, Ipv6Addr};

/// An address of IPv4, or a network of IPv6 as one household has it. From this machine itself no visitor comes, but a proxy that
/// nobody told of: that is no client.
pub fn network(client: IpAddr) -> Option<IpAddr> {
    match client {
        client if client.is_loopback() => None,
        IpAddr::V4(_) => Some(client),
        IpAddr::V6(address) => Some(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn household_is_one_client() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ff:2"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert_eq!((of("::1"), of("127.0.0.2")), (None, None));
    }
}
