//! What templates are given: borrowed text, chosen words, and finished HTML only where it is marked so.

pub mod bar;
pub mod calendar;
pub mod choice;
pub mod component;
pub mod course;
pub mod headline;
pub mod metric;
pub mod months;
pub mod past;
pub mod report;
pub mod told;
pub mod touched;
