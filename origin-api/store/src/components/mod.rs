//! Components and their groups.

pub mod component;
pub mod group;
pub mod position;
pub mod statuses;
