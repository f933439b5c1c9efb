//! Which objects of a snapshot have an address of their own. Asking for one that was made up costs one small read, and
//! not the decoding of all that the page has.

use page_model::{AudienceId, ContentHash, Host, Id, Key, Snapshot, key::View};

use super::{
    edge::Seen,
    finished::{Encoded, Finished, Forms},
    validator::Validator,
};
use page_address::Encoding;

/// What the listing says of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// There is no listing of the snapshot that is current.
    Unknown,
    Yes,
    No,
}

/// It lies where finished pages lie: it is made from a snapshot too, and can be made again.
pub fn key(host: &Host, audience: &AudienceId) -> Option<Key> {
    View::parse(NAME).map(|view| Key::Html(host.clone(), audience.clone(), view))
}

/// `hash` is that of the snapshot which the site record names.
pub fn listed(seen: Seen, hash: &ContentHash, id: &Id) -> Listed {
    let listing = seen
        .found()
        .and_then(|bytes| Encoded::from_bytes(bytes, Encoding::Identity))
        .filter(|listing| listing.validator == validator(hash));
    match listing {
        None => Listed::Unknown,
        Some(listing)
            if listing
                .bytes
                .split(|byte| *byte == b'\n')
                .any(|line| line == id.as_str().as_bytes()) =>
        {
            Listed::Yes
        }
        Some(_) => Listed::No,
    }
}

/// The record that says so of the snapshot with this hash.
pub fn record(snapshot: &Snapshot, hash: &ContentHash) -> Vec<u8> {
    let named = snapshot
        .groups
        .iter()
        .filter_map(|group| Some(&group.named.as_ref()?.id));
    let components = snapshot.groups.iter().flat_map(|group| &group.components);
    let ids = named
        .chain(components.map(|component| &component.id))
        .chain(snapshot.incidents.iter().map(|incident| &incident.id))
        .chain(snapshot.maintenances.iter().map(|maintenance| &maintenance.id));
    // What is kept is never empty, also of a page that has nothing.
    let mut lines = String::from("\n");
    for id in ids {
        lines.push_str(id.as_str());
        lines.push('\n');
    }
    Finished::new(validator(hash), Forms::plain(lines)).to_bytes()
}

fn validator(hash: &ContentHash) -> Validator {
    Validator::new(hash, NAME, None)
}

/// No kind of page has this name.
const NAME: &str = "objects";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::route::TABLE;

    #[test]
    fn no_page_lies_where_the_listing_lies() {
        assert!(TABLE.iter().all(|(_, kind)| kind.name != NAME));
        assert!(key(&Host::parse("a.example").expect("a host"), &AudienceId::public()).is_some());
    }
}
