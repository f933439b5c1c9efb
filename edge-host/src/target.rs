//! What a request is for, read before anything is done about it.

use std::sync::Arc;

use http::{Request, uri::Authority};
use page_address::{Address, Unaddressed, authority};

use crate::answers::Refusal;

pub struct Target {
    /// The host that the request names, as it names it, and checked: what reaches the guest has passed here.
    pub authority: Authority,
    /// What a reply for all is asked for with; `None` for what only the guest can answer, for this visitor alone.
    pub shared: Option<Shared>,
}

/// An address whose reply others may share, with its key.
pub struct Shared {
    pub address: Address,
    pub key: Arc<[u8]>,
}

impl Target {
    pub fn of<B>(request: &Request<B>) -> Result<Self, Refusal> {
        let (uri, headers) = (request.uri(), request.headers());
        authority::check_wire(request.version(), headers).map_err(|_| Refusal::BadHost)?;
        let authority = authority::authority(uri, headers).map_err(|_| Refusal::BadHost)?;
        let shared = match Address::parse(request.method(), uri, headers) {
            Ok(address) => address.cache_key().map(|key| Shared {
                address,
                key: key.into(),
            }),
            Err(Unaddressed::BadHost) => return Err(Refusal::BadHost),
            Err(Unaddressed::NoPath) => return Err(Refusal::BadTarget),
            // The guest says so itself, and takes puts at such a host.
            Err(Unaddressed::NoPage) => None,
        };
        Ok(Self { authority, shared })
    }
}
