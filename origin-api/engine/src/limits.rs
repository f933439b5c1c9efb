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
