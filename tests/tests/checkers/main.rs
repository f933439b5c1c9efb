//! Programs of others judge what is served: browsers, checkers and readers.

mod elsewhere;
mod feed_and_calendar_readers;
mod html_and_accessibility;
mod injection;
mod openapi_document;
