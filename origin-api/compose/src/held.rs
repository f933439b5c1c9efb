//! What is held of a component over time, and the worst of it.

use page_model::status::Status;

/// A status from each moment on at which it changes, oldest first; before the first it is operational, which holds nothing.
pub type Steps = Vec<(i64, Status)>;

/// Goes on with a status from a moment on. The last word of a moment counts, and what changes nothing is no step.
pub fn go_on(steps: &mut Steps, at_ms: i64, status: Status) {
    steps.pop_if(|(last_ms, _)| *last_ms == at_ms);
    let before = steps.last().map_or(Status::Operational, |(_, status)| *status);
    if status != before {
        steps.push((at_ms, status));
    }
}

pub fn at(steps: &Steps, at_ms: i64) -> Status {
    let behind = steps.partition_point(|(from_ms, _)| *from_ms <= at_ms);
    let last = behind.checked_sub(1).and_then(|place| steps.get(place));
    last.map_or(Status::Operational, |(_, status)| *status)
}

/// At each moment the worst of what several hold.
pub fn worst(held: &[&Steps]) -> Steps {
    let mut worst = Steps::new();
    for at_ms in moments(held) {
        let held_then = held.iter().map(|steps| at(steps, at_ms)).max();
        go_on(&mut worst, at_ms, held_then.unwrap_or(Status::Operational));
    }
    worst
}

/// The first moment at which two differ, and the one from which on they never do again, if there is one.
pub fn difference(one: &Steps, other: &Steps) -> Option<(i64, Option<i64>)> {
    let moments = moments(&[one, other]);
    let differ = |at_ms: &i64| at(one, *at_ms) != at(other, *at_ms);
    let first_ms = moments.iter().copied().find(|at_ms| differ(at_ms))?;
    let alike_again = moments.iter().rev().take_while(|at_ms| !differ(at_ms)).last().copied();
    Some((first_ms, alike_again))
}

fn moments(held: &[&Steps]) -> Vec<i64> {
    let mut moments: Vec<i64> = held
        .iter()
        .flat_map(|steps| steps.iter().map(|(at_ms, _)| *at_ms))
        .collect();
    moments.sort_unstable();
    moments.dedup();
    moments
}

#[cfg(test)]
mod tests {
    use Status::{DegradedPerformance, MajorOutage, Operational, PartialOutage};

    use super::*;

    fn steps(said: &[(i64, Status)]) -> Steps {
        let mut steps = Steps::new();
        for (at_ms, status) in said {
            go_on(&mut steps, *at_ms, *status);
        }
        steps
    }

    #[test]
    fn equal_neighbours_are_one_step_and_the_last_word_of_a_moment_counts() {
        let said = [
            (1, Operational),
            (2, MajorOutage),
            (3, MajorOutage),
            (4, PartialOutage),
            (4, MajorOutage),
        ];
        assert_eq!(steps(&said), [(2, MajorOutage)]);
        assert_eq!(steps(&[(2, MajorOutage), (2, Operational)]), []);
    }

    #[test]
    fn the_worst_counts_and_gives_way_when_it_ends() {
        let long = steps(&[(1, DegradedPerformance), (9, Operational)]);
        let short = steps(&[(3, MajorOutage), (5, Operational)]);
        let both = [
            (1, DegradedPerformance),
            (3, MajorOutage),
            (5, DegradedPerformance),
            (9, Operational),
        ];
        assert_eq!(worst(&[&long, &short]), both);
    }

    #[test]
    fn difference_is_the_span_in_which_they_differ() {
        let before = steps(&[(1, MajorOutage), (5, Operational), (8, PartialOutage)]);
        assert_eq!(difference(&before, &before), None);
        let longer = steps(&[(1, MajorOutage), (6, Operational), (8, PartialOutage)]);
        assert_eq!(difference(&before, &longer), Some((5, Some(6))));
        let goes_on = steps(&[(1, MajorOutage), (5, Operational)]);
        assert_eq!(difference(&before, &goes_on), Some((8, None)));
    }
}
