//! Programs of others judge what is served: browsers, checkers and readers.

#[path = "../../../page/render/tests/fixture/mod.rs"]
mod fixture;

mod changes;
mod elsewhere;
mod feed_and_calendar_readers;
mod html_and_accessibility;
mod injection;
mod live;
mod openapi_document;
mod sizes;
mod states;
mod ways;
