//! What sched_setattr(2) sets for a thread, which no library offers without unsafe code.

use std::io;

/// As long as the kernel allows. Who wakes is let in before a slice is over where its own is shorter, which is so for all
/// threads that do not ask for one. Kernels before 6.12 know no slices of threads and leave it out.
const SLICE_NS: u64 = 100_000_000;
/// As short as the kernel allows. Whoever has a slice keeps the core until it is over, also one that has only idle time; and that
/// is looked at once in a timer tick.
const SLICE_WHEN_IDLE_NS: u64 = 100_000;

/// `sched_attr` in its first version, which all kernels know.
#[repr(C)]
#[derive(Default)]
struct Attributes {
    size: u32,
    policy: u32,
    flags: u64,
    nice: i32,
    priority: u32,
    runtime: u64,
    deadline: u64,
    period: u64,
}

const SIZE: u32 = size_of::<Attributes>() as u32;
pub const THIS_THREAD: libc::pid_t = 0;
const NO_FLAGS: libc::c_uint = 0;

pub fn set(thread: libc::pid_t, niceness: i32) -> io::Result<()> {
    let attributes = Attributes {
        policy: libc::SCHED_OTHER as u32,
        nice: niceness,
        runtime: SLICE_NS,
        ..Attributes::default()
    };
    set_attributes(thread, attributes)
}

pub fn set_long_slice(thread: libc::pid_t) -> io::Result<()> {
    set_slice(thread, SLICE_NS)
}

pub fn set_idle(thread: libc::pid_t) -> io::Result<()> {
    // Kept, and not taken together with that class.
    set_slice(thread, SLICE_WHEN_IDLE_NS)?;
    let attributes = Attributes {
        policy: libc::SCHED_IDLE as u32,
        ..Attributes::default()
    };
    set_attributes(thread, attributes)
}

/// Everything else stays as it is.
fn set_slice(thread: libc::pid_t, runtime: u64) -> io::Result<()> {
    let attributes = Attributes {
        runtime,
        ..attributes(thread)?
    };
    set_attributes(thread, attributes)
}

fn set_attributes(thread: libc::pid_t, attributes: Attributes) -> io::Result<()> {
    let attributes = Attributes {
        size: SIZE,
        ..attributes
    };
    // SAFETY: the kernel reads `size` bytes from the pointer, all of which are those of `attributes`, and keeps none.
    #[allow(unsafe_code)]
    let outcome = unsafe { libc::syscall(libc::SYS_sched_setattr, thread, &raw const attributes, NO_FLAGS) };
    if outcome == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

fn attributes(thread: libc::pid_t) -> io::Result<Attributes> {
    let mut attributes = Attributes::default();
    // SAFETY: the kernel writes at most `SIZE` bytes to the pointer, all of which are those of `attributes`.
    #[allow(unsafe_code)]
    let outcome = unsafe { libc::syscall(libc::SYS_sched_getattr, thread, &raw mut attributes, SIZE, NO_FLAGS) };
    if outcome == 0 {
        Ok(attributes)
    } else {
        Err(io::Error::last_os_error())
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, thread};

    use super::*;

    fn own() -> Attributes {
        attributes(THIS_THREAD).unwrap()
    }

    /// Since 6.12.
    fn kernel_knows_slices() -> bool {
        let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
        let mut numbers = release.split(['.', '-']).map_while(|number| number.parse::<u32>().ok());
        (numbers.next().unwrap(), numbers.next().unwrap()) >= (6, 12)
    }

    #[test]
    fn this_thread_and_those_that_it_starts() {
        let before = own();
        let background = thread::spawn(|| {
            set(THIS_THREAD, 7).unwrap();
            let started = thread::spawn(own).join().unwrap();
            [own(), started]
        });
        for attributes in background.join().unwrap() {
            assert_eq!(attributes.nice, 7);
            if kernel_knows_slices() {
                assert_eq!(attributes.runtime, SLICE_NS);
            }
        }
        let idle = thread::spawn(|| {
            set_idle(THIS_THREAD).unwrap();
            own()
        });
        let idle = idle.join().unwrap();
        assert_eq!(idle.policy, libc::SCHED_IDLE as u32);
        if kernel_knows_slices() {
            assert_eq!(idle.runtime, SLICE_WHEN_IDLE_NS);
        }
        let with_long_slice = thread::spawn(|| {
            set_long_slice(THIS_THREAD).unwrap();
            own()
        });
        let with_long_slice = with_long_slice.join().unwrap();
        assert_eq!(with_long_slice.nice, before.nice);
        if kernel_knows_slices() {
            assert_eq!(with_long_slice.runtime, SLICE_NS);
        }
        let after = own();
        assert_eq!(after.policy, before.policy);
        assert_eq!((after.nice, after.runtime), (before.nice, before.runtime));
    }
}
