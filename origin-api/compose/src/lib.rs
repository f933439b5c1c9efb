//! From the rows of a page to the records that regions keep. What is read is defined here (`rows`), and loaded by the store.

pub mod affected;
mod archive;
pub mod compose;
pub mod context;
pub mod detail;
pub mod held;
mod past;
pub mod rows;
mod sections;
pub mod seen;
#[cfg(test)]
mod sets_tests;
mod snapshot;
pub mod sparkline;
pub mod style;
#[cfg(test)]
mod tests;
pub mod timeline;
pub mod uptime;
pub mod visible;
