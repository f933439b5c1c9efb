//! Pages, and what belongs to a page itself.

pub mod announcements;
pub mod assets;
pub mod days;
pub mod hosts;
pub mod lookup;
pub mod page;
