//! From truth to records: the feed says which pages changed, `compose` makes of a page's rows what the regions keep.

pub mod affected;
pub mod archive;
pub mod compose;
pub mod delivered;
pub mod feed;
pub mod headline;
pub mod load;
pub mod metrics;
pub mod past;
pub mod recent;
pub mod records;
pub mod reports;
pub mod rows;
pub mod snapshot;
pub mod style;
#[cfg(test)]
mod tests;
pub mod uptime;
