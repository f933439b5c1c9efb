//! How much of everything that grows is kept, and how much is done at once.

pub use origin_engine::limits::{QUEUE_MAX, QUEUE_PAGE_MAX};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Texts of the updates of one incident or maintenance, with their HTML: of those that are shown.
pub const EVENT_TEXT_BYTES_MAX: i64 = 4 * 1024 * 1024;

/// Descriptions of a page's components and groups, with their HTML.
pub const PAGE_DESCRIPTIONS_BYTES_MAX: i64 = 4 * 1024 * 1024;

/// Keys and answers together; beyond it the oldest are forgotten earlier.
pub const IDEMPOTENCY_BYTES_MAX: i64 = 256 * 1024 * 1024;
/// How long events are there to be read.
pub const EVENTS_KEPT_MS: i64 = 30 * DAY_MS;
/// How long a reminder that was given is remembered. Its moment is past then, so that it does not come again.
pub const REMINDERS_KEPT_MS: i64 = DAY_MS;
/// How long a page that was deleted is told of, and longer where a region has not heard it.
pub const DELETED_PAGES_KEPT_MS: i64 = 90 * DAY_MS;
/// How long a host that a page gave up is told of, and longer where a region has not heard it.
pub const HOSTS_KEPT_MS: i64 = 90 * DAY_MS;
/// How long a region is known that reports nothing.
pub const REGIONS_KEPT_MS: i64 = 90 * DAY_MS;
/// How long a set of audiences has content after somebody was last let in with it: longer than any session.
pub const SETS_KEPT_MS: i64 = 92 * DAY_MS;
/// Deleted pages that are forgotten in one transaction; each has rows in seven tables.
pub const DELETED_PAGES_AT_ONCE: i64 = 100;
/// Rows of each kind that are forgotten in one transaction.
pub const FORGOTTEN_AT_ONCE: i64 = 250;
