//! What one region has, what it still needs, and the batches that bring it there. Pure: receives feed answers, records,
//! receipts and the time, and does no IO. `driver` acts on what it decides.

mod coalesce;
mod cursor_moves;
mod parcel;
mod region_state;

pub use coalesce::Due;
pub use parcel::{Parcel, Put};
pub use region_state::Lane;
