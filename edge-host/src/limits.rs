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
/// For how long a reply may be shown after its time, where browsers may do so too, while it is made anew: replies whose time is
/// over in the same second are then made one by one.
pub const STALE_MAX: Duration = Duration::from_secs(10);
/// Guest calls at once that make such replies anew.
pub const REFRESHES_MAX: usize = 2;
/// How often a visit joins another visit's guest call before it makes its own: a key may be written while they wait.
pub const COLLAPSE_ROUNDS_MAX: usize = 3;

/// Replies in memory, those in the response cache included. Where there are more, no further one is made.
pub const REPLIES_BYTES_MAX: usize = 112 * 1024 * 1024;
/// From here on slow readers are waited for no longer than `REPLY_READ_PRESSED_MAX`, and a client that has as much unread as it may
/// gets no further reply made.
pub const REPLIES_BYTES_PRESSED: usize = 96 * 1024 * 1024;
/// What one client may have unread then, and among how many clients they are spread by their addresses.
pub const CLIENT_UNREAD_BYTES_MAX: usize = 8 * 1024 * 1024;
pub const CLIENT_SHARES: usize = 1024;
/// How much of a larger reply is handed to a connection at once.
pub const REPLY_PART_BYTES: usize = 16 * 1024;
/// Up to here a reply is handed over whole: a page in plain text.
pub const REPLY_WHOLE_BYTES_MAX: usize = 64 * 1024;
/// What the kernel takes of a reply before it is sent: a reply that is handed over whole.
pub const UNSENT_BYTES_MAX: u32 = 64 * 1024;
/// How long a visit may take, the reading of its reply included: a megabyte over a slow mobile network.
pub const REPLY_READ_MAX: Duration = Duration::from_secs(60);
/// The same while replies in memory press.
pub const REPLY_READ_PRESSED_MAX: Duration = Duration::from_secs(10);

/// Forms of visitors in memory, of all visits together.
pub const FORMS_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Bodies of puts in memory that were signed with the region's key, and of those that may be a stranger's.
pub const PUTS_BYTES_MAX: usize = 64 * 1024 * 1024;
pub const UNPROVEN_PUTS_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Puts at once that may be a stranger's, and how long a further one waits.
pub const UNPROVEN_PUTS_MAX: usize = 4;
pub const UNPROVEN_PUT_WAIT_MAX: Duration = Duration::from_secs(2);
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
/// How often a connection looks at itself.
pub const CONNECTION_LOOK: Duration = Duration::from_secs(5);
/// How long a connection may be open without a visit. Its own `PING`s do not count.
pub const CONNECTION_IDLE_MAX: Duration = Duration::from_secs(20);
/// The same while every slot is taken and others wait for one.
pub const CONNECTION_IDLE_PRESSED_MAX: Duration = Duration::from_secs(5);
/// How long a connection may stay once it was told to go.
pub const CONNECTION_GOING_MAX: Duration = Duration::from_secs(5);
/// Visits that a connection may give up before their replies are read, unless it lets more come to their end.
pub const GIVEN_UP_MAX: u64 = 200;
/// Connections of one client, as a part of all; never fewer than the second.
pub const CLIENT_CONNECTIONS_PART: usize = 4;
pub const CLIENT_CONNECTIONS_FLOOR: usize = 64;
/// Streams at once in one HTTP/2 connection.
pub const HTTP2_STREAMS_MAX: u32 = 64;
/// How much of each one's reply its connection takes before it sends it.
pub const HTTP2_SEND_BYTES_MAX: usize = 32 * 1024;
/// What a peer may send of bodies before somebody reads them, in one connection.
pub const HTTP2_RECEIVE_BYTES_MAX: u32 = 65_535;
/// Streams that a peer resets before they were looked at, and those that the host resets for a peer's errors.
pub const HTTP2_RESETS_MAX: usize = 20;
pub const HTTP2_ERRORS_MAX: usize = 100;
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
