//! What a request is for, read before anything is done about it.

use std::sync::Arc;

use http::{HeaderMap, Request, uri::Authority};
use page_address::{
    Address, Unaddressed, authority,
    cookie::{self, SessionCookie},
};

use crate::{answers::Refusal, cache::admissions::Credential};

pub enum Target {
    /// Others may share the reply.
    Shared(Shared),
    /// Those may share the reply who see the same as the visitor by their session.
    OfSession(OfSession),
    /// Only the guest can answer, for this visitor alone. The host as the request names it, and checked: what reaches
    /// the guest has passed here.
    Own(Authority),
}

/// An address whose reply others may share, with its key.
pub struct Shared {
    pub address: Address,
    pub key: Arc<[u8]>,
}

/// The same for visitors who bring a session: the key is one for each audience set.
pub struct OfSession {
    pub address: Address,
    pub key: Arc<[u8]>,
    pub cookie: SessionCookie,
    pub credential: Credential,
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
                if let Some(of_session) = OfSession::of(&address, headers) {
                    return Ok(Self::OfSession(of_session));
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

impl OfSession {
    fn of(address: &Address, headers: &HeaderMap) -> Option<Self> {
        let key = address.cache_key_of_sessions()?.into();
        let cookie = cookie::brought(&address.host, headers)?;
        let credential = Credential::of(&address.host, &cookie.session);
        Some(Self {
            address: address.clone(),
            key,
            cookie,
            credential,
        })
    }
}
