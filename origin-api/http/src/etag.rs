//! An object's version as its ETag.

pub fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

/// The versions that an `If-Match` names; `None` for `*`, which is any. What is no ETag of ours names none.
pub fn versions(if_match: &str) -> Option<Vec<i64>> {
    let tags: Vec<&str> = if_match.split(',').map(str::trim).collect();
    if tags.contains(&"*") {
        return None;
    }
    let version = |tag: &&str| {
        tag.trim_matches('"')
            .parse()
            .ok()
            .filter(|version| etag(*version) == **tag)
    };
    Some(tags.iter().filter_map(version).collect())
}

#[cfg(test)]
mod tests {
    use super::versions;

    #[test]
    fn if_match_names_versions() {
        assert_eq!(versions("\"7\""), Some(vec![7]));
        assert_eq!(versions("\"7\", \"8\""), Some(vec![7, 8]));
        assert_eq!(versions("\"7\", *"), None);
        for foreign in ["7", "W/\"7\"", "\"07\"", "\"+7\"", "\"seven\"", ""] {
            assert_eq!(versions(foreign), Some(Vec::new()), "{foreign}");
        }
    }
}
