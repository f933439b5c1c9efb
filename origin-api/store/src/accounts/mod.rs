//! Who may push, and what they did.

pub mod audit;

pub use origin_access::tokens;
