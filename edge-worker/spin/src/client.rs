//! Where a visitor comes from, and which of their headers are not theirs to send.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, HeaderName, Method, request::Parts};
use page_model::put;
use spin_sdk::variables;

/// Known where the operator says that Spin itself accepts the connections of visitors.
pub async fn of(headers: &HeaderMap) -> Option<IpAddr> {
    // Only the last is the host's own: it adds it to whatever a visitor put there.
    let told = headers.get_all(CLIENT_ADDRESS).iter().next_back()?;
    let told: SocketAddr = told.to_str().ok()?.parse().ok()?;
    let trusts = variables::get("trust_spin_client_addr").await;
    trusts
        .is_ok_and(|trusts| trusts == "true")
        .then(|| told.ip().to_canonical())
}

/// What hosts and edges say to each other is not for visitors to say; a put is signed in headers of ours.
pub fn forget_hosts_words(head: &mut Parts) {
    let is_put = head.method == Method::POST && head.uri.path() == put::PATH;
    let is_a_hosts = |name: &&HeaderName| {
        let name = name.as_str();
        name.starts_with("spin-") || name.starts_with("surrogate-") || (!is_put && name.starts_with("pharos-"))
    };
    let names: Vec<HeaderName> = head.headers.keys().filter(is_a_hosts).cloned().collect();
    for name in names {
        head.headers.remove(name);
    }
}

const CLIENT_ADDRESS: &str = "spin-client-addr";
