//! What a host is: the page behind it, who may see it, and which content is current. Small, read by every visit.

use serde::{Deserialize, Serialize};

use crate::{
    access::Access,
    content_hash::ContentHash,
    ids::{AudienceId, Host, PageId},
    language::{self, Language},
    limits::OUTLINE_GROUPS_MAX,
    snapshot::{Group, PageStatus, Snapshot},
    stamp::Stamp,
};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Site {
    Page(SitePage),
    /// The page lives at another host now.
    Moved {
        to: Host,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SitePage {
    pub page: PageId,
    pub name: String,
    pub visibility: Visibility,
    /// What visitors read who ask for no language that the interface speaks. One that only a newer edge speaks is none.
    #[serde(default, deserialize_with = "language::known")]
    pub language: Language,
    /// Hash of the owner's style, for the content security policy.
    #[serde(default)]
    pub style: Option<ContentHash>,
    /// What is current for each set of audiences that sees something else; `public` stands first where the public sees anything.
    pub audiences: Vec<Current>,
    /// How others than the public get in; a public page has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<Box<Access>>,
}

/// Who sees a page. An edge that is older than the origin closes a page that it does not know how to guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    Public,
    /// Those who were let in, and nobody else.
    Private,
    /// Everybody sees the public part, and those who were let in what is theirs beside it.
    Layered,
    #[serde(other)]
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Current {
    pub audience: AudienceId,
    pub version: u64,
    /// Hash of the snapshot that is current.
    pub hash: ContentHash,
    pub as_of: Stamp,
    /// The answer to the visitor's first question; it must not wait for the snapshot.
    #[serde(rename = "headline")]
    pub status: PageStatus,
    pub outline: Outline,
}

/// The geometry of a page, enough to draw its skeleton before the snapshot is decoded.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Outline {
    pub components: u32,
    pub incidents: u16,
    /// Rows of each group that is shown, in the order of the page, at most `OUTLINE_GROUPS_MAX`; a group that is folded or
    /// has a page of its own has none, a group without a name is negative.
    pub groups: Vec<i32>,
}

impl Outline {
    pub fn of(snapshot: &Snapshot) -> Self {
        let (is_large, folds) = (snapshot.is_large(), snapshot.folds());
        let rows = |group: &Group| {
            let stand_here = group.is_open(folds) && !(is_large && group.has_own_page());
            let (lines, rest) = if stand_here { group.lines() } else { Default::default() };
            let rows = lines.len() + usize::from(!rest.is_empty());
            let rows = i32::try_from(rows).unwrap_or(i32::MAX);
            if group.named.is_some() { rows } else { -rows }
        };
        let (groups, rest) = snapshot.groups_on_page();
        let groups = groups.into_iter().map(rows);
        let groups = groups.chain((!rest.is_empty()).then_some(0));
        Self {
            components: snapshot.status.components_total,
            incidents: u16::try_from(snapshot.unresolved()).unwrap_or(u16::MAX),
            groups: groups.take(OUTLINE_GROUPS_MAX).collect(),
        }
    }
}
