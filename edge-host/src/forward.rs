//! What the guest is given of a request.

use std::net::IpAddr;

use bytes::Bytes;
use edge_guest::Asked;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Uri,
    header::{
        CONNECTION, COOKIE, HOST, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
    },
    request::Parts,
    uri::Authority,
};
use page_address::{
    Address,
    cache_policy::SURROGATE_CAPABILITY,
    cookie::{self, SessionCookie},
    fetch,
};
use page_model::put;

use crate::answers::Refusal;

/// The request for a reply that all may share. It holds nothing that the address does not hold, so no header of one
/// visitor can shape what the others see.
pub fn for_all(client: Option<IpAddr>, from: &HeaderMap, address: &Address) -> Result<Asked, Refusal> {
    for_some(client, from, address, HeaderMap::new())
}

/// The request for a reply that those may share who see the same by their sessions.
pub fn for_session(
    client: Option<IpAddr>,
    from: &HeaderMap,
    address: &Address,
    cookie: &SessionCookie,
) -> Result<Asked, Refusal> {
    let cookie = HeaderValue::try_from(cookie::bring(&address.host, cookie)).map_err(|_| Refusal::BadTarget)?;
    for_some(client, from, address, HeaderMap::from_iter([(COOKIE, cookie)]))
}

/// The address that a visitor comes from counts for nothing where another site has their browser ask.
fn for_some(
    client: Option<IpAddr>,
    from: &HeaderMap,
    address: &Address,
    mut headers: HeaderMap,
) -> Result<Asked, Refusal> {
    let near = client.filter(|_| !fetch::is_of_another_site(from));
    address.negotiation.write(&mut headers);
    headers.insert(SURROGATE_CAPABILITY, HeaderValue::from_static(CAPABILITY));
    let host = Authority::try_from(address.host.as_str()).map_err(|_| Refusal::BadHost)?;
    let asked = asked(client, Method::GET, headers, uri(host, &address.target())?);
    Ok(Asked { client: near, ..asked })
}

/// The request for a reply to one visitor: all that the visitor sent, except what only a host may say. Nothing of it is kept, so
/// the guest is told of no surrogate.
pub fn for_one(client: Option<IpAddr>, head: &Parts, host: Authority) -> Result<Asked, Refusal> {
    let mut headers = head.headers.clone();
    for name in connection_options(&head.headers).chain(OF_THIS_HOP) {
        headers.remove(name);
    }
    let is_put = head.method == Method::POST && head.uri.path() == put::PATH;
    for name in head.headers.keys().filter(|name| is_a_hosts(name, is_put)) {
        headers.remove(name);
    }
    // The guest need not know HEAD: its reply to GET has the same head, and the host drops the body.
    let method = if head.method == Method::HEAD {
        Method::GET
    } else {
        head.method.clone()
    };
    let target = head.uri.path_and_query().ok_or(Refusal::BadTarget)?;
    Ok(asked(client, method, headers, uri(host, target.as_str())?))
}

/// What hosts and edges say to each other; what a visitor says in such headers never reaches the guest.
fn is_a_hosts(name: &HeaderName, is_put: bool) -> bool {
    let name = name.as_str();
    let begins = |prefix: &&str| name.starts_with(prefix);
    HOST_PREFIXES.iter().any(begins) || (!is_put && name.starts_with(EDGE_PREFIX))
}

/// The headers that the visitor means for this hop only, besides those that always are.
fn connection_options(headers: &HeaderMap) -> impl Iterator<Item = HeaderName> {
    let lists = headers
        .get_all(CONNECTION)
        .into_iter()
        .filter_map(|value| value.to_str().ok());
    lists
        .flat_map(|list| list.split(','))
        .filter_map(|name| name.trim().parse().ok())
}

fn asked(client: Option<IpAddr>, method: Method, headers: HeaderMap, uri: Uri) -> Asked {
    let mut request = Request::new(Bytes::new());
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;
    Asked {
        request,
        client,
        counts_for: client,
    }
}

fn uri(host: Authority, target: &str) -> Result<Uri, Refusal> {
    let uri = Uri::builder().scheme("http").authority(host).path_and_query(target);
    uri.build().map_err(|_| Refusal::BadTarget)
}

/// What never goes beyond a hop; the host stands in the URI.
const OF_THIS_HOP: [HeaderName; 10] = [
    CONNECTION,
    HOST,
    HeaderName::from_static("keep-alive"),
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    HeaderName::from_static("proxy-connection"),
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];
/// Headers of Spin's own, and those for caches in front of an edge.
const HOST_PREFIXES: [&str; 2] = ["spin-", "surrogate-"];
/// Headers of ours: a put is signed in them.
const EDGE_PREFIX: &str = "pharos-";
const CAPABILITY: &str = "pharos=\"Surrogate/1.0\"";
