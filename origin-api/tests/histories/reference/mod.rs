//! What a page must show, computed plainly and slowly from the list of what was told: a second opinion that shares no code
//! with the origin.

pub mod events;
pub mod facts;
pub mod page;
pub mod status;
pub mod uptime;
