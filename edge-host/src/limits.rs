//! Every limit of an edge machine. Sizes that travel to other platforms stand in `page_model::limits`.

use std::time::Duration;

/// Memory that the response cache may hold: pages, their headers and the last good ones.
pub const CACHE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Largest reply that is worth a place in the response cache.
pub const CACHED_REPLY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How long a reply that has ended may still stand in for a guest that fails.
pub const LAST_GOOD_MAX: Duration = Duration::from_secs(24 * 3600);
/// How often a visit joins another visit's guest call before it makes its own: a key may be written while they wait.
pub const COLLAPSE_ROUNDS_MAX: usize = 3;

/// Instances at work at once, those included that go on after their reply. Guests only compute and read memory, so more
/// than a few for each core only costs latency; what waits is a put, for the disk.
pub const GUEST_INSTANCES_MAX: usize = 64;
/// How long a visit waits for a free place in the guest.
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

/// Request bodies in memory, of all visits together.
pub const BODIES_BYTES_MAX: usize = 128 * 1024 * 1024;
/// How long a request body may take to arrive.
pub const BODY_READ_MAX: Duration = Duration::from_secs(20);

/// How long the head of a request may take to arrive; a connection that waits for its next request counts too.
pub const HEAD_READ_MAX: Duration = Duration::from_secs(15);
/// Largest head of a request, which is also the size of a connection's buffer.
pub const HEAD_BYTES_MAX: usize = 32 * 1024;
/// Header fields of a request.
pub const HEADERS_MAX: usize = 64;
/// How long a connection may move no byte although one side waits for the other.
pub const STALL_MAX: Duration = Duration::from_secs(30);
/// Streams at once in one HTTP/2 connection.
pub const HTTP2_STREAMS_MAX: u32 = 64;
/// How long visits and work after replies may go on once the host is told to stop.
pub const DRAIN_MAX: Duration = Duration::from_secs(10);
/// How long to wait before the next accept when the operating system refuses one.
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// Connections to the admin port at once.
pub const ADMIN_CONNECTIONS_MAX: usize = 16;
/// How often measured values are folded into their histograms when nobody asks for them.
pub const METRICS_UPKEEP: Duration = Duration::from_secs(5);

/// KV writes that wait for the disk.
pub const KV_WRITES_WAITING_MAX: usize = 4_096;
/// KV writes in one transaction.
pub const KV_COMMIT_WRITES_MAX: usize = 1_024;
/// How long a write that need not survive a crash may stay off the disk.
pub const KV_LAZY_MAX: Duration = Duration::from_secs(1);
/// Memory that the KV spends on pages of its file.
pub const KV_CACHE_BYTES_MAX: usize = 64 * 1024 * 1024;
