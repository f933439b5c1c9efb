//! What a guest may use and how long it may take.

use std::time::Duration;

/// Instances at work at once, those included that go on after their reply. Guests only compute and read memory, so more
/// than a few for each core only costs latency; what waits is a put, for the disk.
pub const GUEST_INSTANCES_MAX: usize = 64;
/// How long a visit waits for a free instance.
pub const GUEST_QUEUE_MAX: Duration = Duration::from_secs(2);
/// How long the guest may take until its reply is complete.
pub const GUEST_REPLY_MAX: Duration = Duration::from_secs(5);
/// How long the guest may work after its reply: rendering a page of 5,000 components and compressing it takes seconds.
pub const GUEST_AFTERWARDS_MAX: Duration = Duration::from_secs(15);
/// How long an idle instance waits for its next visit.
pub const GUEST_IDLE_MAX: Duration = Duration::from_secs(30);
/// How precisely the three times above are kept.
pub const GUEST_CLOCK_TICK: Duration = Duration::from_millis(250);
/// Longest time that a guest computes before other work gets the thread.
pub const GUEST_EPOCH_TICK: Duration = Duration::from_millis(1);
/// Largest linear memory of a guest: a page of 5,000 components, decoded, rendered and compressed, takes about 40 MiB.
pub const GUEST_MEMORY_BYTES_MAX: usize = 128 * 1024 * 1024;
/// An instance whose memory has grown beyond this serves no further visit, so that one large page does not hold it.
pub const GUEST_MEMORY_KEPT_BYTES_MAX: usize = 24 * 1024 * 1024;
/// Elements of a guest's tables; a component of 300 KB needs a few hundred.
pub const GUEST_TABLE_ELEMENTS_MAX: usize = 20_000;
/// Visits that one instance serves, so that a leak in the guest stays small.
pub const GUEST_VISITS_MAX: usize = 100_000;
/// Largest reply of the guest.
pub const REPLY_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Longest line that the guest writes to the log.
pub const GUEST_LOG_LINE_BYTES_MAX: usize = 4 * 1024;
