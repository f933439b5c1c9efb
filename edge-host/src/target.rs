//! What a request is for, read before anything is done about it.

use std::sync::Arc;

use http::{Request, uri::Authority};
use page_address::{Address, Unaddressed, authority};

use crate::answers::Refusal;

pub enum Target {
    /// Others may share the reply.
    Shared(Shared),
    /// Only the guest can answer, for this visitor alone. The host as the request names it, and checked: what reaches
    /// the guest has passed here.
    Own(Authority),
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
        match Address::parse(request.method(), uri, headers) {
            Ok(address) => {
                if let Some(key) = address.cache_key() {
                    let key = key.into();
                    return Ok(Self::Shared(Shared { address, key }));
                }
            }
            Err(Unaddressed::BadHost) => return Err(Refusal::BadHost),
            Err(Unaddressed::NoPath) => return Err(Refusal::BadTarget),
            // The guest says so itself, and takes puts at such a host.
            Err(Unaddressed::NoPage) => {}
        }
        let authority = authority::authority(uri, headers).map_err(|_| Refusal::BadHost)?;
        Ok(Self::Own(authority))
    }
}
