//! Which characters somebody can see.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Whether a character leaves a mark of its own: no space, no control, nothing that only changes its neighbours, and none
/// of the letters that are there to fill a place.
pub fn is_seen(c: char) -> bool {
    use GeneralCategory as Is;
    match c {
        '\u{115f}' | '\u{1160}' | '\u{2065}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}' => false,
        '\u{fff0}'..='\u{fff8}' | '\u{fffe}'..='\u{ffff}' | '\u{e0000}'..='\u{e0fff}' => false,
        c => !matches!(
            c.general_category(),
            Is::Control
                | Is::Format
                | Is::SpaceSeparator
                | Is::LineSeparator
                | Is::ParagraphSeparator
                | Is::NonspacingMark
                | Is::SpacingMark
                | Is::EnclosingMark
        ),
    }
}
