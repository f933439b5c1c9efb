//! What measures and shows: the programs `bench`, `replay` and `screenshots`, which stand on the harness of the tests.

pub mod quantile;
pub mod table;
