//! Every limit of the wire and of the page, with its unit in the name and its source beside it.

/// Longest key a KV takes: Spin's Azure and Redis stores agree on 256 B, Workers KV allows 512 B.
pub const KV_KEY_BYTES_MAX: usize = 256;
/// Largest value a KV takes: Spin's default store allows 1 MB, Workers KV 25 MiB.
pub const KV_VALUE_BYTES_MAX: usize = 1_000_000;
/// Shortest time between two writes of one key: Workers KV takes one write per key per second.
pub const KV_WRITE_INTERVAL_MS: u64 = 1_000;

/// Largest body of a put.
pub const PUT_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Most records in one put: Workers allow 1,000 operations on stores per invocation, and each record costs a read, a write
/// and in their fast mode a second write.
pub const PUT_RECORDS_MAX: usize = 300;
/// How much of a record tells which version it is, and of a cursor all: its key, its page and some numbers.
pub const RECORD_HEAD_BYTES_MAX: usize = 8 * 1024;
/// How far the clock of a put may be from the edge's clock, either way.
pub const PUT_CLOCK_SKEW_MS_MAX: u64 = 60_000;
/// Keys that a region takes puts by: the one in use, and those that come after it.
pub const PUT_KEYS_MAX: usize = 4;

/// How far the clock of an edge that asks for a visitor may be from the origin's, either way.
pub const SIGN_IN_CLOCK_SKEW_MS_MAX: u64 = 60_000;
/// How far the clock of an edge may be behind the origin's for a session that has just begun to count.
pub const SESSION_CLOCK_SKEW_MS_MAX: u64 = 60_000;
/// Largest form that a visitor sends: a password, and where they wanted to go.
pub const FORM_BYTES_MAX: usize = 8 * 1024;
/// Largest answer of the origin: a session.
pub const ANSWER_BYTES_MAX: usize = 8 * 1024;
/// How long an edge waits for the origin: somebody who signs in, and a session that is looked at again.
pub const SIGN_IN_WAIT_MS_MAX: u32 = 4_000;
pub const RENEWAL_WAIT_MS_MAX: u32 = 1_000;
/// Longest session as text: browsers keep cookies of 4,096 bytes, their name and attributes included (RFC 6265, section 6.1).
pub const SESSION_CHARS_MAX: usize = 3_500;
/// Sessions of a page that were ended one by one and that its site record names, of 16 bytes each. When more are ended, the
/// origin is asked about every session.
pub const ENDED_SESSIONS_MAX: usize = 64;
/// Longest password that is looked at, in characters.
pub const PASSWORD_CHARS_MAX: usize = 200;

/// Pages that a region's cursor names as parked; it is read by every visit.
pub const PARKED_PAGES_MAX: usize = 64;
/// Syncs whose puts a region counts. One is the rule; each start of kv-sync is another.
pub const COUNTED_SYNCS_MAX: usize = 8;

/// Largest body of a record after decompression. A snapshot of 5,000 components with 90 days each is about 1.5 MB.
pub const BODY_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Arrays and maps inside each other in a body; a snapshot has fewer than a dozen, and what no type names counts too.
pub const BODY_DEPTH_MAX: usize = 64;

/// How long a region may not have heard from the origin before its pages say so.
pub const REGION_DELAYED_AFTER_MS: u64 = 120_000;
/// How often kv-sync moves a region's cursor when nothing changes.
pub const CURSOR_INTERVAL_MS: u64 = 30_000;

/// Fuel (minijinja instructions) a visit may spend on rendering before it is answered with an outdated page or the
/// skeleton: about 8 ms of guest time on one 2020s server core.
pub const RENDER_FUEL_PER_VISIT: u64 = 80_000;
/// Components a visit renders at once; decoding a larger snapshot alone would spend the budget.
pub const RENDER_COMPONENTS_PER_VISIT_MAX: u32 = 600;

/// Days of the uptime bar.
pub const UPTIME_DAYS: usize = 90;
/// Days of past incidents on a page; older ones are in the archive.
pub const PAST_DAYS: usize = 14;
/// Most recent incidents, and maintenances, that a snapshot keeps whatever their age: Statuspage's API lists as many.
pub const RECENT_EVENTS_MAX: usize = 50;
/// Up to this size a page has all rows; of a larger one the groups have pages of their own.
pub const OPEN_COMPONENTS_MAX: usize = 300;
/// From this size on groups that are well begin folded.
pub const FOLDED_COMPONENTS_MIN: usize = 15;
/// A group with more lines than this shows only what is not well.
pub const GROUP_LINES_MAX: usize = 15;
/// The same of components without a group, which have nothing to be folded under.
pub const LINES_MAX: usize = 30;
/// Groups that are well and have a line of their own; those behind them share one.
pub const WELL_GROUPS_MAX: usize = 30;
/// Groups whose sizes a site record remembers, so that the skeleton has the geometry of the page.
pub const OUTLINE_GROUPS_MAX: usize = 200;
/// Months of the archive that one visit looks through: each costs a read.
pub const SEARCH_MONTHS_MAX: usize = 12;
/// What these months may have together, as they lie in the KV: decoding costs more than anything else of a search, and a
/// snapshot of 5,000 components has about as much.
pub const SEARCH_BYTES_MAX: usize = 256 * 1024;
/// Hosts of one page.
pub const PAGE_HOSTS_MAX: usize = 20;
/// Components of one page.
pub const PAGE_COMPONENTS_MAX: usize = 5_000;
/// Component groups of one page.
pub const PAGE_GROUPS_MAX: usize = 500;

/// Metrics of one page.
pub const PAGE_METRICS_MAX: usize = 20;
/// Links at the foot of a page.
pub const FOOTER_LINKS_MAX: usize = 12;
/// Largest style of a page's owner, the accent colour's rules included: it stands in every page.
pub const STYLE_BYTES_MAX: usize = 16 * 1024;
/// Largest logo or favicon.
pub const ASSET_BYTES_MAX: usize = 256 * 1024;

/// Longest name of a page, component, group, incident or maintenance, in characters.
/// Characters that a search takes; what goes beyond is cut off.
pub const SEARCH_CHARS_MAX: usize = 200;
pub const NAME_CHARS_MAX: usize = 200;
/// Longest description of a page, component or group, in characters.
pub const DESCRIPTION_CHARS_MAX: usize = 2_000;
/// Longest text of an incident update, in characters of Markdown.
pub const UPDATE_CHARS_MAX: usize = 25_000;
/// Longest host name. RFC 1035 allows 253; `html/{host}/{audience}/{view}` must fit into a KV key.
pub const HOST_CHARS_MAX: usize = 180;
/// Longest name of an audience and of a view, for the same reason.
pub const AUDIENCE_CHARS_MAX: usize = 24;
pub const VIEW_CHARS_MAX: usize = 40;
