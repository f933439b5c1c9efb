//! What publishers wrote, as it travels: HTML that the origin's sanitiser wrote. It has few tags, each whole, and a `<`
//! stands in it only where a tag begins; what is broken all the same is read as text and never refused.

mod pieces;
mod words;

pub use pieces::{HEADING_LEVEL, HEADING_LEVEL_MAX, Piece, decoded, pieces};
pub use words::words;

/// The HTML with its headings moved, so that the first one is of `level`.
pub fn with_headings_at(html: &str, level: u8) -> String {
    let mut moved = String::with_capacity(html.len());
    for piece in pieces(html) {
        match piece.heading_level() {
            Some(from) => {
                let to = (from + level).saturating_sub(HEADING_LEVEL).clamp(1, HEADING_LEVEL_MAX);
                piece.write_heading(to, &mut moved);
            }
            None => moved.push_str(piece.source()),
        }
    }
    moved
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn headings_keep_their_distance_and_end_at_the_last_level() {
        let html = "<h3 title=\"<h3>\">a</h3><p>h3</p><h4>b</h4><h6>c</h6>";
        for (level, moved) in [
            (2, "<h2 title=\"<h3>\">a</h2><p>h3</p><h3>b</h3><h5>c</h5>"),
            (3, html),
            (5, "<h5 title=\"<h3>\">a</h5><p>h3</p><h6>b</h6><h6>c</h6>"),
        ] {
            assert_eq!(with_headings_at(html, level), moved);
        }
    }

    proptest! {
        #[test]
        fn nothing_but_headings_is_touched(html in "[<>/h3p =\"a&;\n]{0,60}", text in any::<String>()) {
            prop_assert_eq!(with_headings_at(&html, HEADING_LEVEL), html);
            let sources: String = pieces(&text).map(|piece| piece.source().to_owned()).collect();
            prop_assert_eq!(sources, text);
        }
    }
}
