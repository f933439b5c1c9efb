//! What travels over the push API: each object once, as it is read (`Component`), created (`NewComponent`) and changed
//! (`ComponentPatch`). Parsing is strict and happens here; the values of these types are within their limits.

pub mod access;
mod address;
pub mod address_range;
pub mod announcement;
pub mod audience;
pub mod audiences;
pub mod audit;
pub mod branding;
pub mod component;
pub mod delivery;
pub mod event;
pub mod fault;
pub mod group;
pub mod incident;
pub mod incident_template;
pub mod link;
pub mod link_formats;
pub mod mail;
pub mod maintenance;
pub mod maintenance_series;
pub mod markdown;
pub mod member;
pub mod metric;
pub mod moment;
mod object;
pub mod page;
pub mod picture;
pub mod provider;
pub mod reminder;
pub mod schema;
pub mod secret;
pub mod session;
pub mod sign_in;
pub mod status_change;
pub mod string_enum;
pub mod text;
pub mod token;
pub mod token_key;
pub mod update;
mod visible;
pub mod would_see;

pub use object::{Check, Object};
