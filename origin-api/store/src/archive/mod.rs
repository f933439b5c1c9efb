//! Which months have an archive, what stands in each, and the month of each permanent link.

pub mod archive_months;
pub mod filing;
pub mod permalinks;
