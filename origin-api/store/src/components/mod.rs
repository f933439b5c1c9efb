//! Components and their groups.

pub mod component;
pub mod group;
pub mod history;
pub mod position;
pub mod statuses;
pub mod words;
