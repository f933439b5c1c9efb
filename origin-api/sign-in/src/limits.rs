//! Every limit of signing in, with its unit in the name.

use std::time::Duration;

use page_model::limits::SIGN_IN_CLOCK_SKEW_MS_MAX;

/// Largest question of an edge: a session or a password, and where it was asked.
pub const QUESTION_BYTES_MAX: usize = 16 * 1024;
/// Questions that are answered at the same time.
pub const QUESTIONS_MAX: usize = 256;
/// An edge waits for four seconds.
pub const QUESTION_TIME_MAX: Duration = Duration::from_secs(4);

/// Of the threads that answer them, so that publishers come first (nice(2)).
pub const THREADS_NICENESS: i32 = 10;

/// How long a signature is remembered, so that nobody sends it again: as long as its time may count.
pub const SIGNATURE_KEPT: Duration = Duration::from_millis(2 * SIGN_IN_CLOCK_SKEW_MS_MAX + 1_000);
/// Signatures that are remembered: some 100 bytes each. When more come within that time, nobody is let in until some are forgotten.
pub const SIGNATURES_MAX: u64 = 200_000;

/// Wrong passwords of one client for one page within [`WRONG_KEPT`]; then it waits.
pub const WRONG_MAX: u32 = 10;
pub const WRONG_KEPT: Duration = Duration::from_secs(15 * 60);
/// Clients whose wrong passwords are counted.
pub const WRONG_CLIENTS_MAX: u64 = 100_000;

/// Passwords that wait to be compared: each takes some tens of milliseconds of a core.
pub const WAITING_MAX: usize = 64;
/// Of them those of one page.
pub const WAITING_PAGE_MAX: usize = 16;
/// Of them those typed at one host: beyond that nothing of the page is read before the answer.
pub const WAITING_HOST_MAX: usize = WAITING_PAGE_MAX;
/// How long one waits before it is told that too much is asked.
pub const WAIT_MAX: Duration = Duration::from_secs(3);
/// When it is worth asking again.
pub const BUSY_RETRY_AFTER_S: u32 = 5;

/// After so long the origin is asked whether a session still holds.
pub const RENEW_MS: u64 = 60 * 60 * 1_000;

/// How long a sign-in waits for the regions to have what it lets see, where nobody was let in with that before.
pub const DELIVERED_WAIT_MAX: Duration = Duration::from_secs(2);
/// Between two looks whether they do.
pub const DELIVERED_LOOK_PAUSE: Duration = Duration::from_millis(50);

/// Wrong passwords of a page within the time that they are counted, of which its publisher is told.
pub const FLOOD_WRONG_MIN: u32 = 100;
/// Pages of which they are counted; of others they are counted anew.
pub const FLOOD_PAGES_MAX: u64 = 10_000;

/// The longest time that a session counts which the operator makes.
pub const MINTED_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// Writes of sign-ins that wait; each question has one at most.
pub const WRITES_WAITING_MAX: usize = QUESTIONS_MAX;
/// How many of them share one transaction, and one wait for the disk.
pub const WRITES_AT_ONCE_MAX: usize = 64;

/// How long a mail lets in, and what was asked is remembered.
pub const MAIL_KEPT_MINUTES: i64 = 15;
pub const MAIL_KEPT_MS: i64 = MAIL_KEPT_MINUTES * 60 * 1_000;
/// Within that time: mails to one address.
pub const ADDRESS_MAILS_MAX: i64 = 3;
/// Questions for a mail from one network: an office has one address, and everybody asks when something is wrong.
pub const NETWORK_FLOWS_MAX: i64 = 60;
/// Questions for a mail at one page, whoever asks.
pub const PAGE_FLOWS_MAX: i64 = 5_000;
/// All of them together; each takes some 400 bytes.
pub const FLOWS_MAX: i64 = 40_000;
/// Mails of one page to people who are known by a whole domain alone: whoever asks can make up names in it.
pub const DOMAIN_MAILS_MAX: i64 = 300;
/// Codes that one may type.
pub const CODE_TRIES_MAX: i64 = 5;
/// After each attempt to send a mail, when it is tried again; after the last it is not.
pub const MAIL_PAUSES_MS: [i64; 5] = [5_000, 15_000, 45_000, 120_000, 240_000];
/// Mails that go over one connection, and of them those of one page.
pub const ROUND_MAILS_MAX: i64 = 32;
pub const ROUND_MAILS_PAGE_MAX: i64 = 8;
/// Nobody wakes whoever sends mails when one is to be tried again.
pub const MAIL_LOOK_PAUSE: Duration = Duration::from_secs(1);
/// One step with the server that takes mails.
pub const SMTP_TIME_MAX: Duration = Duration::from_secs(15);

/// Largest answer of an identity provider: Entra's keys are some 10 KB.
pub const PROVIDER_BYTES_MAX: usize = 64 * 1024;
/// How long one is waited for, once. An edge waits four seconds for all of it.
pub const PROVIDER_TIME_MAX: Duration = Duration::from_millis(2_500);
/// How long all that is asked of it for one visitor may take.
pub const PROVIDER_TURN_MAX: Duration = Duration::from_millis(3_000);
/// Providers that are remembered: some 30 KB each.
pub const PROVIDERS_MAX: u64 = 200;
/// How long what a provider says of itself counts.
pub const PROVIDER_KEPT: Duration = Duration::from_secs(60 * 60);
/// How long one that did not answer is left alone.
pub const PROVIDER_FAILED_KEPT: Duration = Duration::from_secs(5);
/// After a signature by an unknown key its keys are looked at again, once in this time.
pub const KEYS_AGAIN_AFTER: Duration = Duration::from_secs(60);
/// Visitors for whom providers are asked at the same time.
pub const PROVIDER_TURNS_MAX: usize = WAITING_MAX;
/// How long signing in at a provider may take.
pub const FLOW_MS_MAX: u64 = 15 * 60 * 1_000;
/// Rules that a session remembers as met, eight bytes each: it has to fit into a cookie.
pub const RULES_MET_MAX: usize = 64;
/// Longest name of somebody at a provider or in a token (OpenID Connect Core, section 2).
pub const SUBJECT_BYTES_MAX: usize = 255;
/// How long a platform token may count, and how far clocks may differ.
pub const TOKEN_S_MAX: u64 = 5 * 60;
pub const TOKEN_SKEW_S_MAX: u64 = 60;
/// Longest id of a token.
pub const TOKEN_ID_BYTES_MAX: usize = 200;
