//! Other people's programs judge what is served: browsers, checkers and readers.

mod everyone;
mod injection;
mod readers;
