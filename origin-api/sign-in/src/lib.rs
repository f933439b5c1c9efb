//! Lets visitors of private pages in. Edges ask for them, each with a key of its own; nobody else is answered here. Nothing of
//! this writes: what a stranger sends never waits in the queue of publishers.

mod fairness;
pub mod limits;
mod password;
pub mod regions;
pub mod router;
mod session;
mod tries;
