//! Who may push.

pub mod tokens;
