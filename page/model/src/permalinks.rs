//! Where a page's events lie: from the id in a permanent link to the month of the archive.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::Id;

/// The events of one page whose ids begin with the same character, so that a new event rewrites a small record however
/// long the page's history is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Permalinks {
    /// From an incident's or a maintenance's id to its month, `yyyy-mm`.
    pub months: BTreeMap<Id, String>,
}
