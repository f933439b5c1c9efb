//! A header in which proxies note from whom they have a request, each behind what the one before it noted.

use std::net::IpAddr;

use http::{HeaderMap, HeaderName};
use ipnet::IpNet;

use super::ranges::are_of;

#[derive(Debug, Clone)]
pub struct TrustedHeader {
    pub name: HeaderName,
    /// Only what these say counts.
    pub proxies: Vec<IpNet>,
}

impl TrustedHeader {
    /// The last address that is none of the proxies': what stands before it is the visitor's own word. A header that is not
    /// of this form up to there tells nothing.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> Option<IpAddr> {
        if !are_of(&self.proxies, peer) {
            return None;
        }
        let mut values = headers.get_all(&self.name).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return None;
        };
        for address in value.to_str().ok()?.rsplit(',') {
            let address: IpAddr = address.trim_matches([' ', '\t']).parse().ok()?;
            let address = address.to_canonical();
            if !are_of(&self.proxies, address) {
                return Some(address);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn header() -> TrustedHeader {
        let range = |text: &str| text.parse().expect("a range");
        TrustedHeader {
            name: HeaderName::from_static("x-forwarded-for"),
            proxies: ["10.0.0.0/8", "2001:db8:1::/48"].map(range).into(),
        }
    }

    fn client_of(peer: &str, values: &[&str]) -> Option<IpAddr> {
        let name = HeaderName::from_static("x-forwarded-for");
        let value = |text: &&str| (name.clone(), HeaderValue::from_str(text).expect("a value"));
        header().client(peer.parse().expect("an address"), &values.iter().map(value).collect())
    }

    #[test]
    fn last_address_that_is_no_proxys_counts() {
        for (values, client) in [
            ("203.0.113.9", "203.0.113.9"),
            ("192.0.2.1, 203.0.113.9", "203.0.113.9"),
            ("192.0.2.1,203.0.113.9 ,\t10.3.2.1, 2001:db8:1::7", "203.0.113.9"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
            ("203.0.113.9, ::ffff:10.0.0.1", "203.0.113.9"),
            ("garbage, 10.0.0.1:80, 2001:db8::5", "2001:db8::5"),
        ] {
            assert_eq!(client_of("10.0.0.1", &[values]), client.parse().ok(), "{values}");
        }
    }

    #[test]
    fn whatever_is_not_surely_an_address_is_none() {
        for values in [
            &[][..],
            &[""],
            &["10.0.0.2"],
            &["10.0.0.2, 2001:db8:1::1"],
            &["192.0.2.1", "203.0.113.9"],
            &["203.0.113.9", "203.0.113.9"],
            &["203.0.113.9:1234"],
            &["[2001:db8::5]"],
            &["[2001:db8::5]:443"],
            &["fe80::1%eth0"],
            &["for=203.0.113.9"],
            &["for=203.0.113.9;proto=https"],
            &["\"203.0.113.9\""],
            &["203.0.113.9, unknown"],
            &["203.0.113.9, "],
            &["203.0.113.9,, 10.0.0.2"],
            &["203.0.113.09"],
            &["203.0.113"],
            &["0xcb.0.113.9"],
            &["3405803785"],
            &["203.0.113.9/32"],
            &["203.0.113.9 10.0.0.2"],
        ] {
            assert_eq!(client_of("10.0.0.1", values), None, "{values:?}");
        }
        assert_eq!(client_of("192.0.2.1", &["203.0.113.9"]), None, "said by a stranger");
    }

    proptest! {
        /// Who asks through the proxy can write anything before what the proxy writes.
        #[test]
        fn nobody_forges_an_address(forged in "[0-9a-f.:, \\[\\]%;=]{0,40}") {
            let told = format!("{forged}, 203.0.113.9");
            prop_assert_eq!(client_of("10.0.0.1", &[&told]), "203.0.113.9".parse().ok());
        }
    }
}
