//! Which letter is the small one of another, as runs: all pairs, as the standard library has them, would weigh five times as much.

use std::fmt::Write;

/// `(first, last, step, distance to the small one)`, in order.
pub fn runs() -> Vec<(u32, u32, u32, i32)> {
    let mut runs: Vec<(u32, u32, u32, i32)> = Vec::new();
    for letter in '\0'..=char::MAX {
        let mut small = letter.to_lowercase();
        let (Some(small), None) = (small.next(), small.next()) else {
            continue;
        };
        let at = u32::from(letter);
        let distance = small as i32 - letter as i32;
        match runs.last_mut() {
            _ if distance == 0 => {}
            Some((first, last, step, same))
                if *same == distance && (*step == at - *last || first == last && at - *last == 2) =>
            {
                (*last, *step) = (at, at - *last);
            }
            _ => runs.push((at, at, 1, distance)),
        }
    }
    runs
}

pub fn constant(name: &str) -> String {
    let mut rust = format!("pub const {name}: &[(u32, u32, u32, i32)] = &[\n");
    for run in runs() {
        let _ = writeln!(rust, "    {run:?},");
    }
    rust + "];\n"
}
