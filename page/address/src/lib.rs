//! What a visitor asks for, parsed once, with the same code for the edge's host and for the gateway.
//!
//! An [`Address`] is the host, the path, the query parameters that the route declares, and what was negotiated: encoding,
//! language, media type. It is the cache key: two requests with equal addresses get the same reply, and nothing else of
//! a request shapes a reply that is shared. `routes.rs` lists every address, `cache_policy.rs` says who may keep a reply
//! for how long. Everything here is pure.

pub mod authority;
pub mod cache_policy;
pub mod capability;
pub mod conditional;
pub mod cookie;
pub mod fetch;
pub mod header_block;

mod address;
mod encoding;
mod negotiation;
mod query;
mod routes;
mod weighted;

pub use address::{Address, Unaddressed};
pub use encoding::Encoding;
pub use negotiation::Negotiation;
pub use query::Query;
pub use routes::{
    CALLBACK, ErrorFormat, LANGUAGE, LINK, PLATFORM_TOKEN, PROVIDER, Parameter, RETURN_TO, Route, SESSION, SIGN_IN,
    SIGN_OUT, SIGNED_OUT, Shared, Subject, TABLE, TOKEN,
};
