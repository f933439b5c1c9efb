//! Where the origin may connect to when a publisher says so: to what is public, and to what its operator names. Nobody else has it
//! look around in the network that it stands in.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use url::{Host, Origin, Url};

/// What the operator lists besides what is public.
#[derive(Debug, Clone, Default)]
pub struct Outward {
    internal: Arc<[Url]>,
}

impl Outward {
    pub fn new(internal: Vec<Url>) -> Self {
        Self {
            internal: internal.into(),
        }
    }

    /// Whether an address may be asked at all, before its name is looked up.
    pub fn permits(&self, url: &Url) -> Result<(), String> {
        let is_listed = self.lists(&url.origin());
        match (url.scheme(), url.host()) {
            (_, None) => Err(format!("{url} names no host")),
            ("https", Some(Host::Ipv4(address))) => self.permits_address(is_listed, url, address.into()),
            ("https", Some(Host::Ipv6(address))) => self.permits_address(is_listed, url, address.into()),
            ("https", Some(Host::Domain(_))) => Ok(()),
            ("http", Some(host)) if is_listed && is_loopback(&host) => Ok(()),
            _ => Err(format!("{url} does not begin with https://")),
        }
    }

    /// Of a name that was looked up. One address that is not public is too many: whoever owns the name chooses between them.
    pub fn permits_all(&self, name: &str, addresses: &[SocketAddr]) -> Result<(), String> {
        let is_listed = self.internal.iter().any(|url| url.host_str() == Some(name));
        if addresses.is_empty() {
            return Err(format!("{name} has no address"));
        }
        match addresses.iter().find(|address| !is_listed && !is_public(address.ip())) {
            Some(address) => Err(not_public(name, address.ip())),
            None => Ok(()),
        }
    }

    fn permits_address(&self, is_listed: bool, url: &Url, address: IpAddr) -> Result<(), String> {
        match is_listed || is_public(address) {
            true => Ok(()),
            false => Err(not_public(url.as_str(), address)),
        }
    }

    fn lists(&self, origin: &Origin) -> bool {
        self.internal.iter().any(|url| url.origin() == *origin)
    }
}

fn not_public(what: &str, address: IpAddr) -> String {
    format!("{what} is at {address}, which is not public; the operator of the origin lists it with --internal-provider")
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// Whether everybody reaches the same machine there (the registries of RFC 6890, and what carries an IPv4 address inside).
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_shared = a == 100 && (64..128).contains(&b);
    let is_protocol = (a, b, c) == (192, 0, 0) || (a, b, c) == (192, 88, 99);
    let is_benchmark = a == 198 && (b == 18 || b == 19);
    !(a == 0
        || a >= 224
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || is_shared
        || is_protocol
        || is_benchmark)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(mapped) = address.to_ipv4_mapped() {
        return is_public_v4(mapped);
    }
    let [first, second, ..] = address.segments();
    let is_global_unicast = first & 0xe000 == 0x2000;
    // 2001::/23 are protocols such as Teredo, 2002::/16 leads to an IPv4 address, and two are for documentation.
    let is_special = (first == 0x2001 && second < 0x200)
        || first == 0x2002
        || (first == 0x2001 && second == 0xdb8)
        || first == 0x3fff;
    is_global_unicast && !is_special
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().expect("an address")
    }

    #[test]
    fn only_what_everybody_reaches_is_public() {
        for public in [
            "8.8.8.8",
            "100.63.0.1",
            "172.32.0.1",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
        ] {
            assert!(is_public(public.parse().expect("an address")), "{public}");
        }
        for other in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.8",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "64:ff9b::a00:1",
            "2001::1",
            "2001:db8::1",
            "2002:a00:1::",
            "fc00::1",
            "fe80::1",
            "ff02::1",
        ] {
            assert!(!is_public(other.parse().expect("an address")), "{other}");
        }
    }

    #[test]
    fn operator_lists_what_is_reached_besides() {
        let outward = Outward::new(vec![url("https://idp.corp"), url("http://127.0.0.1:9000/x")]);
        for permitted in [
            "https://idp.acme.com/x",
            "https://8.8.8.8",
            "https://idp.corp/jwks",
            "http://127.0.0.1:9000/y",
        ] {
            assert_eq!(outward.permits(&url(permitted)), Ok(()), "{permitted}");
        }
        for other in [
            "http://idp.acme.com",
            "http://idp.corp",
            "http://127.0.0.1:9001",
            "https://127.0.0.1:9000",
            "https://10.0.0.1",
            "https://[::1]",
            "https://0x7f.1",
            "ftp://idp.acme.com",
        ] {
            assert!(outward.permits(&url(other)).is_err(), "{other}");
        }
        let addresses = |list: &[&str]| -> Vec<SocketAddr> {
            let one = |text: &&str| SocketAddr::new(text.parse().expect("an address"), 443);
            list.iter().map(one).collect()
        };
        assert!(outward.permits_all("idp.acme.com", &addresses(&["8.8.8.8"])).is_ok());
        assert!(
            outward
                .permits_all("idp.acme.com", &addresses(&["8.8.8.8", "10.0.0.1"]))
                .is_err()
        );
        assert!(outward.permits_all("idp.acme.com", &[]).is_err());
        assert!(outward.permits_all("idp.corp", &addresses(&["10.0.0.1"])).is_ok());
        let listed = Outward::new(vec![url("http://idp.corp")]);
        assert!(
            listed.permits(&url("http://idp.corp")).is_err(),
            "http is for this machine alone"
        );
    }
}
