//! Every limit of an edge machine. Sizes that travel to other platforms stand in `page_model::limits`.

use std::time::Duration;

/// Memory that the response cache may hold: pages, their headers and the last good ones.
pub const CACHE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Largest reply that is worth a place in the response cache.
pub const CACHED_REPLY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Sessions whose audience set is remembered, some 300 bytes each; those of others are looked at again.
pub const ADMISSIONS_MAX: u64 = 50_000;
/// How long a reply that has ended may still stand in for a guest that fails.
pub const LAST_GOOD_MAX: Duration = Duration::from_secs(24 * 3600);
/// How often a visit joins another visit's guest call before it makes its own: a key may be written while they wait.
pub const COLLAPSE_ROUNDS_MAX: usize = 3;

/// Request bodies in memory, of all visits together.
pub const BODIES_BYTES_MAX: usize = 128 * 1024 * 1024;
/// How long a request body may take to arrive.
pub const BODY_READ_MAX: Duration = Duration::from_secs(20);

/// How long the head of a request may take to arrive; a connection that waits for its next request counts too.
pub const HEAD_READ_MAX: Duration = Duration::from_secs(15);
/// Largest head of a request, which is also the size of a connection's buffer.
pub const HEAD_BYTES_MAX: usize = 32 * 1024;
/// Longest header of the PROXY protocol, version 2, without its first 16 bytes: addresses and what a proxy adds to them.
pub const PROXY_HEADER_BYTES_MAX: usize = 2 * 1024;
/// Header fields of a request.
pub const HEADERS_MAX: usize = 64;
/// How long a connection may move no byte although one side waits for the other.
pub const STALL_MAX: Duration = Duration::from_secs(30);
/// Streams at once in one HTTP/2 connection.
pub const HTTP2_STREAMS_MAX: u32 = 64;
/// How long visits and work after replies may go on once the host is told to stop.
pub const DRAIN_MAX: Duration = Duration::from_secs(10);
/// How long somebody who came just before has to ask.
pub const YOUNG_MAX: Duration = Duration::from_millis(500);
/// How long to wait before the next accept when the operating system refuses one.
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// Connections to the admin port at once.
pub const ADMIN_CONNECTIONS_MAX: usize = 16;
/// How often measured values are folded into their histograms when nobody asks for them.
pub const METRICS_UPKEEP: Duration = Duration::from_secs(5);
