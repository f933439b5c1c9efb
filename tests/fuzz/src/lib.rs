//! What strangers and publishers can send, as bytes. The targets are tests: see `tests/targets.rs`.
