//! Addresses in which a secret stands: `/.pharos/c/SECRET/history.atom`. Whatever writes an address down writes it without.

use std::borrow::Cow;

/// Before the secret. Behind it stands the path of a format.
pub const CAPABILITY: &str = "/.pharos/c/";

/// The secret, and the path that it opens.
pub fn split(path: &str) -> Option<(&str, &str)> {
    let rest = path.strip_prefix(CAPABILITY)?;
    let at = rest.find('/')?;
    Some(rest.split_at(at))
}

/// A path as it may stand in a log, a metric or a trace.
pub fn redacted(path: &str) -> Cow<'_, str> {
    let Some(rest) = path.strip_prefix(CAPABILITY) else {
        return Cow::Borrowed(path);
    };
    let behind = rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default();
    Cow::Owned([CAPABILITY, "…", behind].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_stands_between_two_slashes() {
        for (path, parts) in [
            ("/.pharos/c/secret/history.atom", Some(("secret", "/history.atom"))),
            ("/.pharos/c/secret/", Some(("secret", "/"))),
            ("/.pharos/c//history.atom", Some(("", "/history.atom"))),
            ("/.pharos/c/secret", None),
            ("/.pharos/c", None),
            ("/.pharos/cc/secret/x", None),
            ("/x/.pharos/c/secret/x", None),
        ] {
            assert_eq!(split(path), parts, "{path}");
        }
    }

    #[test]
    fn secret_is_written_nowhere() {
        for (path, written) in [
            (
                "/.pharos/c/secret/api/v2/status.json",
                "/.pharos/c/…/api/v2/status.json",
            ),
            ("/.pharos/c/secret", "/.pharos/c/…"),
            ("/.pharos/c//secret", "/.pharos/c/…/secret"),
            ("/history.atom", "/history.atom"),
        ] {
            assert_eq!(redacted(path), written);
        }
    }
}
