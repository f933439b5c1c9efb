//! How wide text is, roughly, in a font that nobody can look at: Verdana's widths, which no common sans serif exceeds.

use super::line::column;

/// In hundredths of the font's size, from the space to `~`.
const ASCII: [u8; 95] = [
    35, 39, 46, 82, 64, 108, 73, 27, 45, 45, 64, 82, 36, 45, 36, 45, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 45, 45,
    82, 82, 82, 55, 100, 68, 69, 70, 77, 63, 57, 78, 75, 42, 45, 69, 56, 84, 75, 79, 60, 79, 70, 68, 62, 73, 68, 99,
    69, 62, 69, 45, 45, 45, 82, 64, 64, 60, 62, 52, 62, 60, 35, 62, 63, 27, 34, 59, 27, 97, 63, 61, 62, 62, 43, 52, 39,
    63, 59, 82, 59, 59, 53, 63, 45, 63, 82,
];

pub fn width_px(text: &str, size_px: f64) -> f64 {
    let hundredths: u32 = text.chars().map(hundredths).sum();
    (hundredths as f64 * size_px / 100.0).ceil()
}

fn hundredths(c: char) -> u32 {
    let at = u32::from(c).checked_sub(32).and_then(|at| usize::try_from(at).ok());
    match at.and_then(|at| ASCII.get(at)) {
        Some(width) => u32::from(*width),
        None => column(c) as u32 * if column(c) == 2 { 55 } else { 70 },
    }
}
