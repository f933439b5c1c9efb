//! Who sees a page that is not public. By what they are let in lies in a crate below, `origin-access`, which sign-in reads too.

pub mod audience;
pub mod audiences;
pub mod link;
pub mod sets;
