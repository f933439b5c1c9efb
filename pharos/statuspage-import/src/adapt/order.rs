//! The moments of an event's updates: their listing is their order, whatever moments they show.

/// From the moments that the updates show, in the order in which they were told, to moments that rise by a millisecond
/// at least. The first keeps its own, and so does the last where it shows a later one than the first: they are the start
/// and the end of the event. None lies after `now_ms`.
pub fn rising(shown: &[i64], now_ms: i64) -> Vec<i64> {
    let mut at: Vec<i64> = Vec::with_capacity(shown.len());
    for shown in shown {
        let earliest = at.last().map_or(*shown, |before| before + 1);
        at.push(earliest.max(*shown));
    }
    let (Some(first), Some(last), Some(end)) = (shown.first(), shown.last(), at.last_mut()) else {
        return at;
    };
    let has_room = last - first >= shown.len() as i64 - 1;
    *end = if has_room { *last } else { *end }.min(now_ms);
    let mut next = *end;
    for before in at.iter_mut().rev().skip(1) {
        *before = (*before).min(next - 1);
        next = *before;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_listing_is_the_order() {
        for (shown, expected) in [
            (vec![], vec![]),
            (vec![10], vec![10]),
            (vec![10, 20, 30], vec![10, 20, 30]),
            // Updates of one moment, as many pages have them.
            (vec![10, 10, 10], vec![10, 11, 12]),
            (vec![10, 20, 20], vec![10, 19, 20]),
            // An update that shows a moment before the start.
            (vec![520, 450, 530], vec![520, 521, 530]),
            // An end that shows a moment before the update before it.
            (vec![300, 450, 400], vec![300, 399, 400]),
            // An end that shows a moment before the start.
            (vec![300, 450, 200], vec![300, 450, 451]),
            (vec![999, 1_000, 1_000], vec![998, 999, 1_000]),
            (vec![2_000, 3_000], vec![999, 1_000]),
        ] {
            assert_eq!(rising(&shown, 1_000), expected, "{shown:?}");
        }
    }
}
