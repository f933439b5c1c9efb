//! Components and their groups.

pub mod check;
pub mod component;
pub mod group;
pub mod history;
mod planned;
pub mod position;
mod room;
pub mod statuses;
pub mod words;
