//! An error with all that led to it, as one line.

use std::error::Error;

/// Each cause once: some errors say what their source says.
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let more = cause.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        source = cause.source();
    }
    text.replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the origin cannot be reached: {0}")]
    struct Outer(#[source] Middle);

    #[derive(Debug, thiserror::Error)]
    #[error("no connection")]
    struct Middle(#[source] std::io::Error);

    #[test]
    fn names_every_cause_once_on_one_line() {
        let error = Outer(Middle(std::io::Error::other("refused\nby the peer")));
        assert_eq!(
            chain(&error),
            "the origin cannot be reached: no connection: refused by the peer"
        );
    }
}
