//! `--client-address`

use edge_host::{ClientAddress, TrustedHeader};
use http::HeaderName;
use ipnet::IpNet;

pub fn parse(text: &str) -> Result<ClientAddress, String> {
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    match words[..] {
        ["peer"] => Ok(ClientAddress::Peer),
        ["proxy-protocol"] => Ok(ClientAddress::ProxyProtocol { proxies: Vec::new() }),
        ["proxy-protocol", "from", proxies] => Ok(ClientAddress::ProxyProtocol {
            proxies: ranges(proxies)?,
        }),
        ["header", name, "from", proxies] => {
            let named =
                HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("{name:?} is no name of a header"))?;
            if named == http::header::FORWARDED {
                return Err("the header Forwarded is not read; have the proxy write X-Forwarded-For".into());
            }
            Ok(ClientAddress::Header(TrustedHeader {
                name: named,
                proxies: ranges(proxies)?,
            }))
        }
        _ => Err(format!(
            "{text:?} is none of peer, proxy-protocol, proxy-protocol from CIDR,… and header NAME from CIDR,…"
        )),
    }
}

fn ranges(text: &str) -> Result<Vec<IpNet>, String> {
    text.split(',').map(range).collect()
}

fn range(text: &str) -> Result<IpNet, String> {
    let range: IpNet = text
        .parse()
        .map_err(|_| format!("{text:?} is no range of addresses such as 10.0.0.0/8 or 2001:db8::1/128"))?;
    if range != range.trunc() {
        return Err(format!(
            "{text:?} has bits behind its prefix; {} is the range",
            range.trunc()
        ));
    }
    if range.prefix_len() == 0 {
        return Err(format!(
            "{text:?} is everybody: anybody could then say where they come from"
        ));
    }
    Ok(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_sources_are_known() {
        assert!(matches!(parse("peer"), Ok(ClientAddress::Peer)));
        assert!(matches!(parse("proxy-protocol"), Ok(ClientAddress::ProxyProtocol { proxies }) if proxies.is_empty()));
        let from = parse("proxy-protocol from 10.0.0.0/8,2001:db8::/32");
        assert!(matches!(from, Ok(ClientAddress::ProxyProtocol { proxies }) if proxies.len() == 2));
        let header = parse("header X-Forwarded-For from 10.0.0.1/32");
        assert!(matches!(header, Ok(ClientAddress::Header(header)) if header.name == "x-forwarded-for"));
        for wrong in [
            "",
            "proxy",
            "header",
            "header X-Real-IP",
            "header X-Real-IP from",
            "header X-Real-IP from 10.0.0.0",
            "header X-Real-IP from 10.0.0.1/8",
            "header X-Real-IP from 0.0.0.0/0",
            "header X-Real-IP from ::/0",
            "header X-Real-IP from 10.0.0.0/8, 10.1.0.0/16",
            "header X-Real-IP from 10.0.0.0/33",
            "header Forwarded from 10.0.0.0/8",
            "header X:Y from 10.0.0.0/8",
            "proxy-protocol from",
            "peer from 10.0.0.0/8",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
