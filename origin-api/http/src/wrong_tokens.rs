//! Tokens that nobody was given. Only the database knows that of one which looks like a token, so an address has few such looks;
//! whoever is known has more of them, also behind the address of somebody who guesses.

use std::{
    net::{IpAddr, Ipv6Addr},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use moka::sync::Cache;
use origin_engine::random;
use origin_store::accounts::tokens::hash;

/// Where a connection comes from; of a proxy's it is the proxy.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

pub struct WrongTokens {
    by_address: Cache<IpAddr, Arc<AtomicU32>>,
    /// Hashes of tokens that were right a short while ago. Whether they still are, the database says each time.
    known: Cache<[u8; 32], ()>,
}

/// What to do about a token before anybody looks for it.
#[derive(Debug, PartialEq, Eq)]
pub enum Worth {
    Look,
    /// It cannot be one.
    Nothing,
    /// Its address has sent too many wrong ones.
    Later,
}

impl Default for WrongTokens {
    fn default() -> Self {
        let passing = |most| Cache::builder().max_capacity(most).time_to_live(WRONG_FORGOTTEN_AFTER);
        Self {
            by_address: passing(ADDRESSES_MAX).build(),
            known: Cache::builder().max_capacity(KNOWN_MAX).time_to_live(KNOWN_FOR).build(),
        }
    }
}

impl WrongTokens {
    pub fn worth(&self, from: Option<Peer>, token: &str) -> Worth {
        if !random::is_secret(token) {
            return Worth::Nothing;
        }
        let wrong = from.and_then(|from| self.by_address.get(&network(from)));
        let too_many = wrong.is_some_and(|wrong| wrong.load(Ordering::Relaxed) >= WRONG_MAX);
        match too_many && self.known.get(&hash(token)).is_none() {
            true => Worth::Later,
            false => Worth::Look,
        }
    }

    pub fn found(&self, token: &str) {
        self.known.insert(hash(token), ());
    }

    pub fn missed(&self, from: Option<Peer>) {
        let Some(from) = from else {
            return;
        };
        let wrong = self.by_address.get_with(network(from), Arc::default);
        wrong.fetch_add(1, Ordering::Relaxed);
    }
}

/// One household has a network of IPv6.
fn network(Peer(address): Peer) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        address => address,
    }
}

/// Wrong tokens of one address until it has to wait.
pub const WRONG_MAX: u32 = 30;
const WRONG_FORGOTTEN_AFTER: Duration = Duration::from_secs(60);
const ADDRESSES_MAX: u64 = 100_000;
const KNOWN_MAX: u64 = 20_000;
const KNOWN_FOR: Duration = Duration::from_secs(24 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_with_wrong_tokens_waits_and_others_do_not() {
        let wrong = WrongTokens::default();
        let [peer, other] = [7, 8].map(|last| Some(Peer(IpAddr::from([192, 0, 2, last]))));
        let [known, guessed] = [random::secret(), random::secret()];
        wrong.found(&known);
        for _ in 0..WRONG_MAX {
            assert_eq!(wrong.worth(peer, &guessed), Worth::Look);
            wrong.missed(peer);
        }
        assert_eq!(wrong.worth(peer, &guessed), Worth::Later);
        assert_eq!(wrong.worth(peer, &known), Worth::Look);
        assert_eq!(wrong.worth(other, &guessed), Worth::Look);
        assert_eq!(wrong.worth(other, "guess"), Worth::Nothing);
    }
}
