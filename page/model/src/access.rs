//! How a page lets in those to whom it does not show itself: what an edge decides with. Who they are is known at the origin
//! alone.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    capability::Capability,
    content_hash::ContentHash,
    ids::{AudienceId, Host, PageId},
    network::Network,
};

/// The part of a site record that a page has which is not public.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Access {
    pub door: Door,
    /// By what somebody can be let in; the door offers these, in this order.
    pub ways: Vec<Way>,
    /// Raised when people may have lost what they were let in by: sessions of a lower one are shown to the origin again before
    /// they count.
    pub revision: u64,
    /// Raised to end every session.
    pub epoch: u64,
    /// What sessions are signed with; several while a key is being replaced.
    pub keys: Vec<SessionKey>,
    /// What the door calls the identity provider, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// From where one is let in, whoever one is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ranges: Vec<Network>,
    /// Links that open some formats.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capabilities: Vec<Capability>,
    /// The ids of sessions that were ended one by one, of [`SESSION_ID_BYTES`] each, one after the other.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "serde_bytes")]
    pub ended: Vec<u8>,
}

/// What strangers are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// That the page is private, and how one gets in.
    Shown,
    /// That there is nothing; who knows the address of the sign-in page gets in. So is every door that is not known here.
    #[default]
    #[serde(other)]
    Hidden,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// A password that all of an audience share.
    Password,
    /// A link or a code that is mailed to those whose address is known.
    Mail,
    /// An identity provider says who they are.
    Provider,
    /// One that this edge does not know, and does not offer.
    #[serde(other)]
    Unknown,
}

/// The public half of an Ed25519 key that signs sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionKey {
    pub id: u32,
    pub key: ContentHash,
}

/// A session as it stands in the cookie. Signed by the origin: an edge can read it and cannot make one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub page: PageId,
    /// A session counts at the host where it began.
    pub host: Host,
    /// Whose content the visitor sees.
    pub audience: AudienceId,
    #[serde(with = "serde_bytes")]
    pub id: Vec<u8>,
    pub revision: u64,
    pub epoch: u64,
    pub began_ms: u64,
    /// From then on the origin is asked whether it still holds; if it is away, it does.
    pub renew_ms: u64,
    pub expires_ms: u64,
    /// Who it is, as far as that is known, and by what they were let in: for themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way: Option<Way>,
    /// What the origin needs to look again; nobody else reads it.
    #[serde(with = "serde_bytes")]
    pub proof: Vec<u8>,
}

impl Access {
    pub fn has_ended(&self, session: &Session) -> bool {
        self.ended.chunks(SESSION_ID_BYTES).any(|id| id == session.id)
    }
}

impl AudienceId {
    /// What they see who are in these audiences and in no other that anything of the page is for.
    pub fn of_set(audiences: &[AudienceId]) -> Self {
        let mut names: Vec<&str> = audiences.iter().map(AudienceId::as_str).collect();
        names.sort_unstable();
        names.dedup();
        let hash = Sha256::digest(format!("pharos audience set 1\n{}", names.join("\n")));
        let letters = hash.iter().take(SET_HASH_BYTES).flat_map(|byte| {
            let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
            [digit(byte >> 4), digit(byte & 15)]
        });
        Self::of_letters(letters.collect())
    }
}

pub const SESSION_ID_BYTES: usize = 16;
/// 80 bits: a page has at most some dozens of sets, and nobody chooses an id.
const SET_HASH_BYTES: usize = 10;
