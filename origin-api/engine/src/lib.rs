//! What every family stands on: the database and its one writer, a change in its transaction, the outbox, the memory of answers.

pub mod applied;
pub mod audit;
pub mod clock;
pub mod durable;
pub mod etag;
pub mod idempotency;
pub mod limits;
pub mod lineage;
pub mod lock;
pub mod outbox;
pub mod outward;
pub mod paging;
pub mod places;
pub mod probe;
pub mod queue;
pub mod random;
pub mod rows;
pub mod scope;
pub mod sql;
pub mod turns;
pub mod tx;
pub mod work;
pub mod writer;
