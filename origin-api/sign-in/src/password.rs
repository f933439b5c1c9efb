//! A password that all of an audience share.

use origin_access::{hashing, passwords::AudiencePassword};
use origin_engine::places::{Place, Places};
use page_model::{Host, PageId, limits::PASSWORD_CHARS_MAX};

use crate::{
    fairness::Fairness,
    limits::{QUESTIONS_MAX, WAITING_HOST_MAX},
    session::Proof,
    tries::{Network, Tries},
};

/// What was found of a password.
#[derive(Debug)]
pub enum Compared {
    Right(Proof),
    Wrong,
    /// It was not looked at.
    Busy,
}

pub struct Passwords {
    fairness: Fairness,
    tries: Tries,
    at_hosts: Places<Host>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            fairness: Fairness::default(),
            tries: Tries::default(),
            at_hosts: Places::new(QUESTIONS_MAX, WAITING_HOST_MAX),
        }
    }
}

impl Passwords {
    /// For one that was typed at a host, before anything is read for it: most of a flood goes no further. `None` where too many wait.
    pub fn place_at(&self, host: &Host) -> Option<Place<Host>> {
        self.at_hosts.take(host)
    }

    /// Compares it with each of the page's, so that it takes as long whichever it is.
    pub async fn compare(
        &self,
        page: &PageId,
        network: Option<Network>,
        known: Vec<AudiencePassword>,
        typed: String,
    ) -> Compared {
        if network.is_some_and(|network| !self.tries.are_left(page, network)) {
            return Compared::Busy;
        }
        if typed.chars().nth(PASSWORD_CHARS_MAX).is_some() {
            return Compared::Wrong;
        }
        let Some(turn) = self.fairness.turn(page).await else {
            return Compared::Busy;
        };
        let found = tokio::task::spawn_blocking(move || {
            let matching: Vec<AudiencePassword> = known
                .into_iter()
                .filter(|known| hashing::matches(&known.hash, &typed))
                .collect();
            matching.into_iter().next()
        });
        let found = found.await;
        drop(turn);
        match found {
            Ok(Some(AudiencePassword { audience, seq, .. })) => Compared::Right(Proof::Password { audience, seq }),
            Ok(None) => {
                if let Some(network) = network {
                    self.tries.note_wrong(page, network);
                }
                Compared::Wrong
            }
            Err(error) => {
                tracing::error!(%error, "comparing a password failed");
                Compared::Busy
            }
        }
    }
}
