//! Where a visitor's address comes from. The operator says it; whatever is not surely the visitor's address is unknown.

mod header;
mod proxy_protocol;
mod ranges;

use std::{io, net::IpAddr};

pub use header::TrustedHeader;
use http::HeaderMap;
use ipnet::IpNet;
use ranges::are_of;
use tokio::net::TcpStream;

/// Who knows the address of a visitor.
#[derive(Debug, Clone)]
pub enum ClientAddress {
    /// The connection is the visitor's own.
    Peer,
    /// A proxy says it before the first request of each connection; from these alone, if there are any.
    ProxyProtocol { proxies: Vec<IpNet> },
    /// A proxy says it in a header.
    Header(TrustedHeader),
}

/// What a connection says of all visits that come over it.
#[derive(Debug, Clone, Copy)]
pub struct Connection {
    /// The other end of it.
    pub peer: IpAddr,
    /// Whom it is for, as a proxy said before the first request.
    told: Option<IpAddr>,
}

impl ClientAddress {
    /// What stands before the first request is read, and nothing behind it. Fails where it must be there and is not.
    pub async fn arrive(&self, peer: IpAddr, socket: &mut TcpStream) -> io::Result<Connection> {
        let peer = peer.to_canonical();
        let told = match self {
            Self::Peer | Self::Header(_) => None,
            Self::ProxyProtocol { proxies } => {
                if !proxies.is_empty() && !are_of(proxies, peer) {
                    return Err(io::Error::new(
                        io::ErrorKind::PermissionDenied,
                        "it is from no proxy of --client-address",
                    ));
                }
                let told = proxy_protocol::read(socket).await?;
                told.filter(|told| !are_of(proxies, *told))
            }
        };
        Ok(Connection { peer, told })
    }

    /// Whose a connection is, whatever comes over it. That of a proxy which names the visitor with each request is nobody's.
    pub fn of_connection(&self, connection: &Connection) -> Option<IpAddr> {
        match self {
            Self::Peer => Some(connection.peer),
            Self::ProxyProtocol { .. } => connection.told,
            Self::Header(_) => None,
        }
    }

    /// Of one visit.
    pub fn of(&self, connection: &Connection, headers: &HeaderMap) -> Option<IpAddr> {
        match self {
            Self::Peer => Some(connection.peer).filter(|_| !came_through_proxy(headers)),
            Self::ProxyProtocol { .. } => connection.told,
            Self::Header(header) => header.client(connection.peer, headers),
        }
    }
}

/// A proxy that nobody told of stands between: its address is not the visitor's.
fn came_through_proxy(headers: &HeaderMap) -> bool {
    OF_PROXIES.iter().any(|name| headers.contains_key(*name))
}

/// What proxies write where nothing else is set up.
const OF_PROXIES: [&str; 4] = ["forwarded", "via", "x-forwarded-for", "x-real-ip"];

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn peer_is_the_visitor_unless_a_proxy_shows() {
        let peer = IpAddr::from([198, 51, 100, 7]);
        let connection = Connection { peer, told: None };
        let mut headers = HeaderMap::new();
        assert_eq!(ClientAddress::Peer.of(&connection, &headers), Some(peer));
        headers.insert("x-forwarded-for", HeaderValue::from_static("203.0.113.1"));
        assert_eq!(ClientAddress::Peer.of(&connection, &headers), None);
    }
}
