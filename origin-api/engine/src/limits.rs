use std::time::Duration;

/// Changes that wait for the writer; the next one is answered 503. As many again that nobody waits for.
pub const QUEUE_MAX: usize = 1_024;
/// The same of one page.
pub const QUEUE_PAGE_MAX: usize = 128;
/// Changes that share a transaction.
pub const BATCH_MAX: usize = 256;
/// After this time a transaction takes in no further change, so that the first one does not wait long for its answer.
pub const BATCH_TIME_MAX: Duration = Duration::from_millis(100);
/// The same for changes that nobody waits for, as somebody may come who waits behind them.
pub const UNHURRIED_TIME_MAX: Duration = Duration::from_millis(10);
/// Of these, in a transaction that somebody waits for: some, so that they come to their turn under any load.
pub const UNHURRIED_BESIDE_OTHERS_MAX: usize = 2;
/// While several pages have changes, each waits for its next turn so many times as long as the last one took the writer: it has a
/// 32nd of it at most.
pub const PAGE_REST: u32 = 32;
/// But no longer than this: whoever has put a long list has news all the same.
pub const PAGE_REST_MAX: Duration = Duration::from_secs(1);
/// How much of that may be left when its turn comes, so that changes which come together share a transaction.
pub const PAGE_REST_LEFT_MAX: Duration = Duration::from_millis(64);
/// For how long a page counts as one of several after its last change.
pub const PAGE_OF_SEVERAL_FOR: Duration = Duration::from_secs(10);
/// After an error of the database nothing is written for so long, or four times as long as opening it anew took.
pub const DATABASE_RETRY_PAUSE: Duration = Duration::from_secs(1);

/// How long the answer to an idempotency key is remembered.
pub const IDEMPOTENCY_KEPT_MS: i64 = 24 * 60 * 60 * 1000;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// How long the audit log is there to be read.
pub const AUDIT_KEPT_MS: i64 = 730 * DAY_MS;
/// How long it names people by their address.
pub const AUDIT_PEOPLE_KEPT_MS: i64 = 90 * DAY_MS;
/// Entries of one page; beyond it the oldest are forgotten earlier.
pub const AUDIT_PAGE_ENTRIES_MAX: i64 = 100_000;
/// What is told of one value.
pub const AUDIT_VALUE_CHARS_MAX: usize = 400;
