//! Ids and secrets.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use page_model::{Id, PageId};

pub fn id() -> Id {
    loop {
        if let Ok(id) = Id::parse(&alphanumerics()) {
            return id;
        }
    }
}

/// Not random at all: the same id for the same hash.
pub fn id_of(hash: &[u8]) -> Id {
    let letters = hash
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()]));
    let letters: String = letters.chain(std::iter::repeat('a')).take(12).collect();
    Id::parse(&letters).unwrap_or_else(|_| id())
}

pub fn page_id() -> PageId {
    loop {
        if let Ok(id) = PageId::parse(&alphanumerics()) {
            return id;
        }
    }
}

/// An API token: 256 random bits behind a prefix that secret scanners can know.
pub fn secret() -> String {
    format!("pharos_{}", URL_SAFE_NO_PAD.encode(bytes::<32>()))
}

/// Whether it has the form of one.
pub fn is_secret(text: &str) -> bool {
    let random = text
        .strip_prefix("pharos_")
        .map(|random| URL_SAFE_NO_PAD.decode(random));
    matches!(random, Some(Ok(bytes)) if bytes.len() == 32)
}

/// Of a link, which stands in addresses: 128 random bits.
pub fn short_secret() -> String {
    URL_SAFE_NO_PAD.encode(bytes::<16>())
}

pub fn below(bound: u64) -> u64 {
    u64::from_le_bytes(bytes::<8>()) % bound.max(1)
}

/// Shorter than an id when the bytes fell badly, then another draw is made.
fn alphanumerics() -> String {
    let letters = bytes::<24>().into_iter().filter(|&byte| usize::from(byte) < FAIR_BELOW);
    letters
        .map(|byte| char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]))
        .take(12)
        .collect()
}

pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // The kernel's generator fails only before it is seeded at boot; then waiting for it is all that can be done.
    while getrandom::fill(&mut bytes).is_err() {
        std::thread::yield_now();
    }
    bytes
}

const ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
/// Bytes from here on would make some letters likelier than others.
const FAIR_BELOW: usize = 252;
