//! The zone of a page, and rules that recur in it.

pub mod recurrence;
pub mod zone;
