//! Who was let in, as the guest said: whose replies a session's visitor may get from the response cache.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use edge_guest::Reply;
use edge_kv::{Dependence, Writes};
use moka::sync::Cache;
use page_address::cache_policy::WITHIN;
use page_model::{ContentHash, Host, Key};

use super::{lasting, may_be_kept};
use crate::limits::ADMISSIONS_MAX;

/// Sessions that the guest has looked at. One counts until it may have changed: its time is over, or the site record was written
/// that it was held against.
pub struct Admissions {
    known: Cache<Credential, Arc<Admission>>,
    writes: Arc<Writes>,
}

/// A session at a host, without what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Credential([u8; 32]);

struct Admission {
    set: Box<str>,
    ends: Instant,
    dependence: Dependence,
}

/// What the guest says of the session that a reply was made for, and of the reply.
pub struct Within<'a> {
    pub set: &'a str,
    holds: Duration,
    pub lifetime: Duration,
}

impl Credential {
    pub fn of(host: &Host, session: &str) -> Self {
        Self(ContentHash::of(format!("{}\n{session}", host.as_str()).as_bytes()).0)
    }
}

impl<'a> Within<'a> {
    /// `None` for what others may not get.
    pub fn of(reply: &'a Reply) -> Option<Self> {
        let mut parts = reply.headers.get(WITHIN)?.to_str().ok()?.split(' ');
        let set = parts.next()?;
        let mut seconds = || lasting(parts.next()?.parse().ok()?);
        let (holds, lifetime) = (seconds()?, seconds()?);
        may_be_kept(reply).then_some(Self { set, holds, lifetime })
    }
}

impl Admissions {
    pub fn new(writes: Arc<Writes>) -> Self {
        Self {
            known: Cache::new(ADMISSIONS_MAX),
            writes,
        }
    }

    pub fn entries(&self) -> u64 {
        self.known.entry_count()
    }

    /// The key of the reply that the session's visitor sees under `address_key`. `None` until the guest has looked.
    pub fn key_of(&self, credential: &Credential, address_key: &[u8]) -> Option<Arc<[u8]>> {
        let admission = self.known.get(credential)?;
        let counts = Instant::now() < admission.ends && self.writes.are_older(&admission.dependence);
        counts.then(|| key_within(address_key, &admission.set))
    }

    /// Of a guest call that began at the moment `since`.
    pub fn keep(&self, credential: Credential, host: &Host, within: &Within<'_>, since: u64) {
        let site = Key::Site(host.clone()).to_string();
        let admission = Admission {
            set: within.set.into(),
            ends: Instant::now() + within.holds,
            dependence: Writes::dependence(since, std::iter::once(site.as_str())),
        };
        self.known.insert(credential, Arc::new(admission));
    }

    pub fn forget(&self, credential: &Credential) {
        self.known.invalidate(credential);
    }
}

/// No key of an address has a line break.
pub fn key_within(address_key: &[u8], set: &str) -> Arc<[u8]> {
    [address_key, b"\n", set.as_bytes()].concat().into()
}
