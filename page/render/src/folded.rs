//! Texts for comparing, whatever the size of their letters.

use crate::embedded::SMALL_LETTERS;

/// For comparing: large letters are small ones, and the sigma at the end of a word is one like any other.
pub fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars() {
        match small(letter) {
            'ς' => folded.push('σ'),
            // The one letter whose small one is two.
            'İ' => folded.push_str("i\u{307}"),
            small => folded.push(small),
        }
    }
    folded
}

fn small(letter: char) -> char {
    let at = u32::from(letter);
    let next = SMALL_LETTERS.partition_point(|(first, ..)| *first <= at);
    let run = next.checked_sub(1).and_then(|run| SMALL_LETTERS.get(run));
    let distance = run.filter(|(first, last, step, _)| at <= *last && (at - first).is_multiple_of(*step));
    let small = distance.and_then(|(.., distance)| char::from_u32(at.wrapping_add_signed(*distance)));
    small.unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_is_folded_as_unicode_says() {
        for letter in '\0'..=char::MAX {
            let small: String = letter.to_lowercase().collect();
            assert_eq!(folded(&letter.to_string()), small.replace('ς', "σ"), "{letter:?}");
        }
    }
}
