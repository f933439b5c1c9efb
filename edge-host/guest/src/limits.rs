//! What a guest may use and how long it may take.

use std::time::Duration;

/// Visits in the guest at once, for each core. Guests only compute, so more of them only cost latency.
pub const GUEST_VISITS_PER_CORE: usize = 2;
/// Among how many shares hosts are spread by their names; half of the places at most are of one share.
pub const GUEST_HOST_SHARES: usize = 256;
/// Among how many shares clients are spread by their addresses, as hosts are by their names.
pub const GUEST_CLIENT_SHARES: usize = 1024;
/// Visits that wait for a place: all of them, and those of one host or one client. A further one is told at once to come back.
pub const GUEST_WAITING_MAX: usize = 1_024;
pub const GUEST_WAITING_OF_ONE_MAX: usize = 512;
/// A host is crowded where so many of its visits wait, or so many of all.
pub const GUEST_CROWD: usize = 32;
/// A visit that still computes when the epoch passes for this time goes on among the slow threads: after one to two
/// milliseconds. Ticks are counted and not time, of which others may have had the larger part.
pub const GUEST_MOVES_AFTER_TICKS: u32 = 2;
/// A visit that still computes then shows that its host is slow. More than it takes to move, so that a short one on a
/// busy machine, which a tick may meet twice, says nothing of its host.
pub const GUEST_HOST_SLOW_AFTER_TICKS: u32 = 10;
/// For how long the visits of a slow host, or of one whose visit has failed, begin among the slow threads, and have less memory
/// where one had too little.
pub const GUEST_HOST_SLOW_FOR: Duration = Duration::from_secs(2);
/// How long those of the slow threads that take only idle time may get none, until others stand in for them.
pub const GUEST_SLOW_STARVED_AFTER: Duration = Duration::from_millis(25);
/// How much less these others matter than all else, in steps of the operating system: a quarter of the time where both
/// have something to do.
pub const GUEST_SLOW_THREADS_NICENESS: i32 = 5;
/// A visit that has computed for this long gives its place to others, and goes on among the slow ones.
pub const GUEST_SLOW_AFTER: Duration = Duration::from_millis(20);
/// Slow visits at once; a further one is ended, if it is the one that computes.
pub const GUEST_SLOW_MAX: usize = 16;
/// What waits for the slow threads. Each instance is in there once at most, so there is room for more than all.
pub const GUEST_SLOW_QUEUE_MAX: usize = 2 * GUEST_INSTANCES_MAX;
/// Puts at once: what they wait for is the one disk, and a second one would rest on what the first one writes.
pub const GUEST_PUTS_MAX: usize = 1;
/// How often a put begins anew because what it rests on was written meanwhile.
pub const GUEST_PUT_ROUNDS_MAX: usize = 16;
/// Instances at once that work after their reply.
pub const GUEST_AFTERWARDS_AT_ONCE_MAX: usize = 2;
/// Instances that wait for that, or do it; further work is left to the next visit.
pub const GUEST_AFTERWARDS_WAITING_MAX: usize = 16;
/// Cores that count for the first of these limits.
pub const GUEST_CORES_MAX: usize = 64;
/// Instances at work at once: the sum of the above.
pub const GUEST_INSTANCES_MAX: usize =
    GUEST_VISITS_PER_CORE * GUEST_CORES_MAX + GUEST_SLOW_MAX + GUEST_PUTS_MAX + GUEST_AFTERWARDS_WAITING_MAX;
/// How long a visit waits for its turn.
pub const GUEST_QUEUE_MAX: Duration = Duration::from_secs(2);
/// How long the guest may take until its reply is complete.
pub const GUEST_REPLY_MAX: Duration = Duration::from_secs(5);
/// How long the guest may work after its reply: rendering a page of 5,000 components and compressing it takes seconds.
pub const GUEST_AFTERWARDS_MAX: Duration = Duration::from_secs(15);
/// How long an idle instance waits for its next visit.
pub const GUEST_IDLE_MAX: Duration = Duration::from_secs(30);
/// Longest time that a guest computes before other work gets the thread.
pub const GUEST_EPOCH_TICK: Duration = Duration::from_millis(1);
/// Ticks without a guest at work after which the epoch rests.
pub const GUEST_EPOCH_IDLE_TICKS: u32 = 100;
/// Largest linear memory of a guest: a page of 5,000 components, decoded, rendered and compressed, takes about 40 MiB.
pub const GUEST_MEMORY_BYTES_MAX: usize = 128 * 1024 * 1024;
/// The same for visits of a host one of whose visits wanted more a moment ago: what each of them takes the kernel clears and takes
/// back, which everybody notices.
pub const GUEST_MEMORY_BYTES_AFTER_FAILURE_MAX: usize = 32 * 1024 * 1024;
/// An instance whose memory has grown beyond this serves no further visit, so that one large page does not hold it.
pub const GUEST_MEMORY_KEPT_BYTES_MAX: usize = 24 * 1024 * 1024;
/// Elements of a guest's tables; a component of 300 KB needs a few hundred.
pub const GUEST_TABLE_ELEMENTS_MAX: usize = 20_000;
/// Visits that one instance serves, so that a leak in the guest stays small.
pub const GUEST_VISITS_MAX: usize = 100_000;
/// Visits that wait for the origin at once; half of them at most are of one share of hosts.
pub const GUEST_ASKING_MAX: usize = 64;
/// How long a connection to the origin may take.
pub const ORIGIN_CONNECT_MAX: Duration = Duration::from_secs(1);
/// For how long nobody waits for an origin that did not answer.
pub const ORIGIN_AWAY_FOR: Duration = Duration::from_secs(2);
/// Steps of one visit; the longest has seven.
pub const GUEST_STEPS_MAX: usize = 32;
/// Largest reply of the guest.
pub const REPLY_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Longest line that the guest writes to the log.
pub const GUEST_LOG_LINE_BYTES_MAX: usize = 4 * 1024;
