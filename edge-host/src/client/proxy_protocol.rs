//! The PROXY protocol, versions 1 and 2 (haproxy.org/download/2.9/doc/proxy-protocol.txt): what a proxy sends before the
//! first byte of a connection. Exactly that is read, so that the connection goes on as if it had never been there.

use std::{
    io::{self, ErrorKind},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt},
    time::timeout,
};

use crate::limits::{HEAD_READ_MAX, PROXY_HEADER_BYTES_MAX};

/// Whom the connection is for; `None` where the proxy does not say, as for its own checks of our health.
pub async fn read(socket: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<IpAddr>> {
    match timeout(HEAD_READ_MAX, header(socket)).await {
        Ok(told) => Ok(told?.map(|told| told.to_canonical())),
        Err(_) => Err(io::Error::new(ErrorKind::TimedOut, "its PROXY header did not come")),
    }
}

async fn header(socket: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<IpAddr>> {
    // No header is shorter, of either version.
    let mut begin = [0; SIGNATURE.len()];
    socket.read_exact(&mut begin).await?;
    if begin == SIGNATURE {
        return version_2(socket).await;
    }
    if !begin.starts_with(b"PROXY ") {
        return Err(refused());
    }
    let mut line = begin.to_vec();
    while !line.ends_with(b"\r\n") {
        if line.len() >= LINE_BYTES_MAX {
            return Err(refused());
        }
        line.push(socket.read_u8().await?);
    }
    version_1(&line[..line.len() - 2]).ok_or_else(refused)
}

/// Of the line without its end.
fn version_1(line: &[u8]) -> Option<Option<IpAddr>> {
    let line = std::str::from_utf8(line).ok()?;
    let parts: Vec<&str> = line.split(' ').collect();
    let is_port = |text: &str| text.parse::<u16>().is_ok();
    let (source, destination) = match parts[..] {
        ["PROXY", "UNKNOWN", ..] => return Some(None),
        ["PROXY", "TCP4", source, destination, from, to] if is_port(from) && is_port(to) => {
            let parsed = |text: &str| text.parse::<Ipv4Addr>().map(IpAddr::from).ok();
            (parsed(source)?, parsed(destination)?)
        }
        ["PROXY", "TCP6", source, destination, from, to] if is_port(from) && is_port(to) => {
            let parsed = |text: &str| text.parse::<Ipv6Addr>().map(IpAddr::from).ok();
            (parsed(source)?, parsed(destination)?)
        }
        _ => return None,
    };
    (source.is_ipv4() == destination.is_ipv4()).then_some(Some(source))
}

async fn version_2(socket: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<IpAddr>> {
    let (command, family) = (socket.read_u8().await?, socket.read_u8().await?);
    let length = usize::from(socket.read_u16().await?);
    if length > PROXY_HEADER_BYTES_MAX {
        return Err(refused());
    }
    let mut rest = vec![0; length];
    socket.read_exact(&mut rest).await?;
    match (command, family) {
        (LOCAL, _) | (PROXY, UNSPECIFIED) => Ok(None),
        (PROXY, TCP4) if length >= 12 => Ok(rest.first_chunk::<4>().map(|octets| IpAddr::from(*octets))),
        (PROXY, TCP6) if length >= 36 => Ok(rest.first_chunk::<16>().map(|octets| IpAddr::from(*octets))),
        _ => Err(refused()),
    }
}

fn refused() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "it begins with no PROXY header")
}

const SIGNATURE: [u8; 12] = *b"\r\n\r\n\0\r\nQUIT\n";
/// Version 2 in the upper half, the command in the lower one.
const LOCAL: u8 = 0x20;
const PROXY: u8 = 0x21;
const UNSPECIFIED: u8 = 0x00;
const TCP4: u8 = 0x11;
const TCP6: u8 = 0x21;
/// The longest line of version 1, its end included.
const LINE_BYTES_MAX: usize = 107;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What was told, and how much of the connection is left.
    fn read_all(bytes: &[u8]) -> io::Result<(Option<IpAddr>, Vec<u8>)> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        runtime.block_on(async {
            let mut socket = bytes;
            let told = read(&mut socket).await?;
            Ok((told, socket.to_vec()))
        })
    }

    fn version_2(command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
        let length = u16::try_from(rest.len()).expect("a length").to_be_bytes();
        [&SIGNATURE[..], &[command, family], &length, rest, b"GET /"].concat()
    }

    #[test]
    fn both_versions_tell_the_source_and_nothing_behind_is_read() {
        let v4 = [203, 0, 113, 9, 10, 0, 0, 1, 0, 80, 1, 187];
        let v6: Vec<u8> = [Ipv6Addr::LOCALHOST, Ipv6Addr::UNSPECIFIED]
            .iter()
            .flat_map(Ipv6Addr::octets)
            .chain([0, 80, 1, 187])
            .collect();
        let mapped: Vec<u8> = [Ipv4Addr::new(203, 0, 113, 9).to_ipv6_mapped(), Ipv6Addr::LOCALHOST]
            .iter()
            .flat_map(Ipv6Addr::octets)
            .chain([0, 80, 1, 187])
            .collect();
        let with_more = [&v4[..], &[3, 0, 4, 1, 2, 3, 4]].concat();
        let line = |text: &str| format!("PROXY {text}\r\nGET /").into_bytes();
        for (bytes, told) in [
            (line("TCP4 203.0.113.9 10.0.0.1 56324 443"), Some("203.0.113.9")),
            (line("TCP6 2001:db8::9 2001:db8::1 1 65535"), Some("2001:db8::9")),
            (line("TCP6 ::ffff:203.0.113.9 ::1 1 2"), Some("203.0.113.9")),
            (line("UNKNOWN"), None),
            (line("UNKNOWN 203.0.113.9 10.0.0.1 1 2"), None),
            (version_2(PROXY, TCP4, &v4), Some("203.0.113.9")),
            (version_2(PROXY, TCP4, &with_more), Some("203.0.113.9")),
            (version_2(PROXY, TCP6, &v6), Some("::1")),
            (version_2(PROXY, TCP6, &mapped), Some("203.0.113.9")),
            (version_2(LOCAL, TCP4, &v4), None),
            (version_2(LOCAL, UNSPECIFIED, &[]), None),
            (version_2(PROXY, UNSPECIFIED, &[]), None),
        ] {
            let what = String::from_utf8_lossy(&bytes).into_owned();
            let (found, rest) = read_all(&bytes).expect(&what);
            assert_eq!(found, told.map(|told| told.parse().expect("an address")), "{what}");
            assert_eq!(rest, b"GET /", "{what}");
        }
    }

    #[test]
    fn whatever_is_no_header_is_refused() {
        let long = format!("PROXY UNKNOWN {}\r\n", "x".repeat(100));
        for bytes in [
            b"GET / HTTP/1.1\r\nhost: a.example\r\n\r\n".to_vec(),
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
            b"PROXY".to_vec(),
            b"PROXY TCP4 203.0.113.9 10.0.0.1 1\r\nGET /".to_vec(),
            b"PROXY TCP4 203.0.113.9 10.0.0.1 1 2 3\r\nGET /".to_vec(),
            b"PROXY TCP4 203.0.113.9 10.0.0.1 1 70000\r\nGET /".to_vec(),
            b"PROXY TCP4 ::1 ::2 1 2\r\nGET /".to_vec(),
            b"PROXY TCP6 203.0.113.9 10.0.0.1 1 2\r\nGET /".to_vec(),
            b"PROXY TCP4  203.0.113.9 10.0.0.1 1 2\r\nGET /".to_vec(),
            b"PROXY tcp4 203.0.113.9 10.0.0.1 1 2\r\nGET /".to_vec(),
            b"PROXY UDP4 203.0.113.9 10.0.0.1 1 2\r\nGET /".to_vec(),
            long.into_bytes(),
            version_2(PROXY, TCP4, &[203, 0, 113, 9]),
            version_2(PROXY, TCP6, &[0; 35]),
            version_2(PROXY, 0x12, &[0; 12]),
            version_2(0x22, TCP4, &[0; 12]),
            version_2(0x11, TCP4, &[0; 12]),
            version_2(PROXY, TCP4, &[0; PROXY_HEADER_BYTES_MAX + 1]),
            SIGNATURE.to_vec(),
        ] {
            assert!(read_all(&bytes).is_err(), "{}", String::from_utf8_lossy(&bytes));
        }
    }

    proptest! {
        #[test]
        fn whatever_the_bytes_are_nothing_panics(
            begin in prop_oneof![Just(&SIGNATURE[..]), Just(&b"PROXY "[..]), Just(&b"PROXY TCP4 "[..])],
            rest in proptest::collection::vec(any::<u8>(), 0..200)
        ) {
            let _ = read_all(&[begin, &rest].concat());
        }
    }
}
