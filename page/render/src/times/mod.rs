//! Moments and dates: `reader` writes them for people in a language, `machine` as each format wants them, and `clock` knows
//! what the page's clock shows at a moment.

mod clock;
pub mod machine;
mod reader;

pub use clock::{day_of, month_of, parse_day, parse_month};
pub use reader::{Moment, Zone, zone_of};
