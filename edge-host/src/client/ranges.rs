//! Ranges of addresses, as an operator names them.

use std::net::IpAddr;

use ipnet::IpNet;

pub fn are_of(ranges: &[IpNet], address: IpAddr) -> bool {
    ranges.iter().any(|range| range.contains(&address))
}
