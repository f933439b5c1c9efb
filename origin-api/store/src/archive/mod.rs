//! Which months have an archive, and the month of each permanent link.

pub mod archive_months;
pub mod permalinks;
