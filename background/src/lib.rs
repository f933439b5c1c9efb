//! Work that comes after all else on the machine: guests that compute for long, comparing passwords, backups.

use thread_priority::{
    Error, NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy,
    thread_native_id,
};

/// This thread, and those that it starts from here on, get what others leave, and give it up the moment that one of those wakes
/// (`SCHED_IDLE` of sched(7)). A thread that merely matters less, by its niceness, keeps its core for some milliseconds then.
pub fn this_thread() -> Result<(), Error> {
    set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, IDLE)
}

/// Whether this thread is in the background, by what the operating system says.
pub fn is_this_thread() -> bool {
    thread_priority::thread_schedule_policy().is_ok_and(|policy| policy == IDLE)
}

const IDLE: ThreadSchedulePolicy = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn a_thread_and_what_it_starts_are_in_the_background() {
        let found = thread::spawn(|| {
            let before = is_this_thread();
            this_thread().expect("everybody may");
            let started = thread::spawn(is_this_thread).join().expect("an answer");
            (before, is_this_thread(), started)
        });
        assert_eq!(found.join().expect("an answer"), (false, true, true));
        assert!(!is_this_thread(), "the others stay as they are");
    }
}
