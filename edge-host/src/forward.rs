//! What the guest hears of a request.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Uri,
    header::{ACCEPT_ENCODING, CONNECTION, TE, TRAILER},
    request::Parts,
    uri::Authority,
};
use http_body_util::Full;

use crate::{answers::Refusal, encoding::Encodings, key, wishes};

/// The request for a reply that all may share. It holds nothing that the cache's key does not hold, so no header of one
/// visitor can shape what the others see.
pub fn for_all(address: SocketAddr, head: &Parts) -> Result<Request<Full<Bytes>>, Refusal> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT_ENCODING, Encodings::of(&head.headers).header());
    wishes::write(wishes::of(&head.headers), &mut headers);
    let request = request(address, Method::GET, headers, head)?;
    Ok(request.map(|()| Full::default()))
}

/// The request for a reply to one visitor: all that the visitor sent, except what only a host may say.
pub fn for_one(address: SocketAddr, head: &Parts) -> Result<Request<()>, Refusal> {
    let mut headers = head.headers.clone();
    for name in connection_options(&head.headers).chain([TE, TRAILER]) {
        headers.remove(name);
    }
    for name in head
        .headers
        .keys()
        .filter(|name| name.as_str().starts_with(HOST_PREFIX))
    {
        headers.remove(name);
    }
    // The guest need not know HEAD: its reply to GET has the same head, and the host drops the body.
    let method = if head.method == Method::HEAD {
        Method::GET
    } else {
        head.method.clone()
    };
    request(address, method, headers, head)
}

/// The headers that are meant for this hop only. wasmtime removes those that always are, and `host`.
fn connection_options(headers: &HeaderMap) -> impl Iterator<Item = HeaderName> {
    let lists = headers
        .get_all(CONNECTION)
        .into_iter()
        .filter_map(|value| value.to_str().ok());
    lists
        .flat_map(|list| list.split(','))
        .filter_map(|name| name.trim().parse().ok())
}

fn request(address: SocketAddr, method: Method, mut headers: HeaderMap, head: &Parts) -> Result<Request<()>, Refusal> {
    let authority = key::authority(head).ok_or(Refusal::BadHost)?;
    let address = HeaderValue::try_from(address.to_string()).map_err(|_| Refusal::BadHost)?;
    headers.insert(CLIENT_ADDRESS, address);
    headers.insert(SURROGATE_CAPABILITY, HeaderValue::from_static(CAPABILITY));
    let mut request = Request::new(());
    *request.method_mut() = method;
    *request.uri_mut() = target(authority, &head.uri).ok_or(Refusal::BadTarget)?;
    *request.headers_mut() = headers;
    Ok(request)
}

fn target(authority: Authority, uri: &Uri) -> Option<Uri> {
    let path = uri.path_and_query().filter(|path| path.as_str().starts_with('/'))?;
    Uri::builder()
        .scheme("http")
        .authority(authority)
        .path_and_query(path.clone())
        .build()
        .ok()
}

const CLIENT_ADDRESS: HeaderName = HeaderName::from_static("spin-client-addr");
/// Spin's headers all begin so; visitors' copies of them never reach the guest.
const HOST_PREFIX: &str = "spin-";
const SURROGATE_CAPABILITY: HeaderName = HeaderName::from_static("surrogate-capability");
const CAPABILITY: &str = "pharos=\"Surrogate/1.0\"";
