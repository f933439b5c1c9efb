//! What a status page *is*, what one audience sees of it, and the exact keys and bytes that travel.
//!
//! Everything here is pure: no IO, no clock, no randomness. The whole wire is `key.rs` (where a record lies), `record.rs`
//! (the envelope around it) and `put.rs` (the signed batch that carries records to a region); `site.rs`, `snapshot.rs` (with `page_status.rs`, `overall.rs` and `uptime.rs`),
//! `archive.rs`, `permalinks.rs` and `asset.rs` are the bodies.

pub mod access;
pub mod archive;
pub mod asset;
pub mod body;
pub mod capability;
pub mod content_hash;
pub mod ids;
pub mod key;
pub mod language;
pub mod limits;
pub mod network;
pub mod next;
mod overall;
pub mod page_status;
pub mod permalinks;
pub mod prose;
pub mod put;
pub mod record;
pub mod session;
pub mod sign_in;
mod signed;
pub mod site;
pub mod snapshot;
pub mod stamp;
pub mod status;
pub mod uptime;

pub use archive::Archive;
pub use content_hash::ContentHash;
pub use ids::{AudienceId, Host, Id, PageId};
pub use key::Key;
pub use language::Language;
pub use permalinks::Permalinks;
pub use record::Record;
pub use site::Site;
pub use snapshot::Snapshot;
pub use stamp::Stamp;
