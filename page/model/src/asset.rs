//! Pictures of a page, such as its logo. They lie under their content's hash and never change.

use serde::{Deserialize, Serialize};

use crate::content_hash::ContentHash;

/// What a snapshot says of an asset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asset {
    pub name: AssetName,
    pub width: u32,
    pub height: u32,
}

/// The hash of an asset's bytes and the suffix of its kind, such as `1f0a….png`: its last path segment and the end of
/// its key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AssetName {
    hash: Box<str>,
    kind: AssetKind,
}

/// Formats that every browser draws and that cannot be scripts: an SVG is served with a policy that runs nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AssetKind {
    Png,
    Jpeg,
    Webp,
    Svg,
    Ico,
}

/// The body of an asset's record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssetBody {
    #[serde(with = "serde_bytes")]
    pub bytes: Vec<u8>,
}

impl AssetKind {
    pub const ALL: [Self; 5] = [Self::Png, Self::Jpeg, Self::Webp, Self::Svg, Self::Ico];

    pub fn suffix(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
            Self::Svg => "svg",
            Self::Ico => "ico",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Svg => "image/svg+xml",
            Self::Ico => "image/x-icon",
        }
    }
}

impl AssetName {
    pub fn of(bytes: &[u8], kind: AssetKind) -> Self {
        let hash = ContentHash::of(bytes).0;
        let hex: String = hash[..HASH_BYTES].iter().map(|byte| format!("{byte:02x}")).collect();
        Self { hash: hex.into(), kind }
    }

    /// The one that is not named by its content: the page's picture for links, which is always of now. It lies where pictures lie
    /// and has an address of its own.
    pub fn preview() -> Self {
        Self::of(b"/preview.png", AssetKind::Png)
    }

    pub fn parse(text: &str) -> Option<Self> {
        let (hash, suffix) = text.split_once('.')?;
        let kind = AssetKind::ALL.into_iter().find(|kind| kind.suffix() == suffix)?;
        let valid = hash.len() == 2 * HASH_BYTES && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        valid.then(|| Self {
            hash: hash.into(),
            kind,
        })
    }

    pub fn kind(&self) -> AssetKind {
        self.kind
    }
}

impl std::fmt::Display for AssetName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.hash, self.kind.suffix())
    }
}

impl TryFrom<String> for AssetName {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("{text:?} is not the name of an asset"))
    }
}

impl From<AssetName> for String {
    fn from(name: AssetName) -> String {
        name.to_string()
    }
}

/// 128 bits: nobody finds two pictures with one name.
const HASH_BYTES: usize = 16;
