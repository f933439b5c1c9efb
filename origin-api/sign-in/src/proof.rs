//! What a session remembers of those of whom somebody else said who they are.

use origin_objects::mail::MailAddress;
use page_model::Id;
use serde::{Deserialize, Serialize};

/// Whom an identity provider spoke of, and what of it counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfProvider {
    pub issuer: String,
    pub client_id: String,
    pub subject: String,
    /// One that counted.
    pub address: Option<MailAddress>,
    /// Whether the provider said that it verified it; otherwise it counts as long as the publisher lets the provider vouch for it.
    pub is_verified: bool,
    /// Hashes of the rules that were met.
    #[serde(with = "serde_bytes")]
    pub rules: Vec<u8>,
}

/// Whom a token of the publisher's product spoke of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfToken {
    pub key: Id,
    /// With which change the key came.
    pub seq: i64,
    pub subject: String,
    pub address: Option<MailAddress>,
    pub audiences: Vec<Id>,
}
