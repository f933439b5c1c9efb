//! Every address of a page that not everybody sees, asked for by everybody who might see too much: each word of the page is in
//! the replies to those whose word it is, and in no other.
//! The same on every platform stands among the journeys (`tests/tests/journeys/canary_matrix.rs`).

#[path = "../region/mod.rs"]
mod region;

mod links;
mod matrix;
mod replies;
mod sessions;
mod visitors;
mod ways_in;

const HOST: &str = "status.acme.example";
const COOKIE: &str = "__Host-pharos-session";
const HOUR_MS: u64 = 3_600_000;
