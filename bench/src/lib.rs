//! What the programs of this crate share: `bench` and `replay`, which stand on the harness of the tests.

pub mod cpu;
pub mod open_loop;
pub mod quantile;
pub mod stolen;
pub mod table;
