//! Threads whose work may wait for that of all others.

use std::io;

#[cfg(target_os = "linux")]
mod linux;
mod threads;

pub use threads::{Settings, Threads};

/// From here on this thread comes after others, and so do those that it starts: it gets less of a core that others want, by as
/// many steps of niceness (nice(2), 1 to 19). On Linux it also gives that core up as soon as one of them has something to do.
pub fn give_way(niceness: i32) -> io::Result<()> {
    set(None, niceness)
}

/// From here on others have the core of this thread as soon as they have something to do, and it gets as much of it as before.
/// Where that is not known it stays as it is.
pub fn let_others_in() {
    #[cfg(target_os = "linux")]
    if let Err(error) = linux::set_long_slice(linux::THIS_THREAD) {
        tracing::debug!("others wait until this thread has used its slice: {error}");
    }
}

/// From here on this thread has a core only while nobody else wants it, and so have those that it starts. Linux then counts that
/// core as free, and places others there at once; what makes it so busy that this thread gets no time at all, it has to be ready
/// for. Without privileges it cannot be undone.
pub fn only_when_idle() -> io::Result<()> {
    #[cfg(target_os = "linux")]
    return linux::set_idle(linux::THIS_THREAD);
    #[cfg(not(target_os = "linux"))]
    return set(None, LOWEST_PRIORITY);
}

/// The same as `give_way` for the thread of any program, by the number that the system gave it.
pub fn make_give_way(thread: i32, niceness: i32) -> io::Result<()> {
    set(Some(thread), niceness)
}

#[cfg(target_os = "linux")]
fn set(thread: Option<i32>, niceness: i32) -> io::Result<()> {
    linux::set(thread.unwrap_or(linux::THIS_THREAD), niceness)
}

#[cfg(not(target_os = "linux"))]
fn set(thread: Option<i32>, niceness: i32) -> io::Result<()> {
    let thread = thread.and_then(rustix::process::Pid::from_raw);
    Ok(rustix::process::setpriority_process(thread, niceness)?)
}

#[cfg(not(target_os = "linux"))]
const LOWEST_PRIORITY: i32 = 19;
