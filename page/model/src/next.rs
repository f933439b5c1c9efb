//! The version after this one, as far as tests need it. A build with `PHAROS_BUILD_AS_NEXT` in its environment is today's sources
//! with another format number, and writes what today's readers do not know: see `cargo xtask rolling`.

/// Whether this build stands for the next version.
pub const IS_BUILT: bool = option_env!("PHAROS_BUILD_AS_NEXT").is_some();

/// What the next version writes in the place of these bytes: a field more in their map, a language that nobody speaks yet in the
/// place of German, a kind of link that nobody knows yet in the place of those for programs.
pub fn written(mut bytes: Vec<u8>) -> Vec<u8> {
    for (today, next) in [("hlanguagebde", "hlanguagebnl"), ("gmachine", "gmonitor")] {
        let (today, next) = (today.as_bytes(), next.as_bytes());
        while let Some(at) = bytes.windows(today.len()).position(|window| window == today) {
            bytes[at..at + next.len()].copy_from_slice(next);
        }
    }
    // A variant is a map of one, around that of its fields.
    let at = match bytes.first() {
        Some(0xa1) => bytes.get(1).map_or(0, |name| usize::from(name & 0x1f) + 2),
        _ => 0,
    };
    match (bytes.get(at).copied(), bytes.get(at + 1).copied()) {
        (Some(0xa2..=0xb6), _) => bytes[at] += 1,
        (Some(0xb8), Some(..=0xfe)) => bytes[at + 1] += 1,
        _ => return bytes,
    }
    bytes.extend_from_slice(b"\x64next\x01");
    bytes
}
