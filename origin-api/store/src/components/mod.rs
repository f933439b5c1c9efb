//! Components and their groups.

pub mod check;
pub mod component;
pub mod group;
pub mod history;
mod planned;
pub mod position;
pub mod statuses;
pub mod words;
