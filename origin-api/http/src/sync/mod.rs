//! The side that kv-sync speaks with: which pages changed, their records, and what has arrived where.

pub mod delivered;
pub mod feed;
pub mod overtaken;
pub mod previewed;
pub mod recent;
pub mod records;
pub mod shown;
pub mod traces;
