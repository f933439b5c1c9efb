//! The push API and the sync side from outside, against a real bound server. Files mirror the routes.

mod harness;
mod smoke;
