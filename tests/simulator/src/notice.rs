//! Whether anybody can notice that an older state of the database was put back.

use crate::{database::Database, world::World};

impl World {
    /// Whether an older state of the database was put back, and nobody told it.
    pub fn is_unnoticed(&self) -> bool {
        self.put_back.as_ref() == Some(&self.database.origin.database)
    }

    /// Whether a region other than this one makes it known that the origin has this database, though its head were there. An
    /// older state that no region is ahead of is taken for the newest (docs/decisions/lineage.md).
    pub fn somebody_tells(&self, database: &Database, head: u64, but: Option<usize>) -> bool {
        let others = self
            .regions
            .iter()
            .enumerate()
            .filter(|(number, _)| Some(*number) != but);
        others
            .map(|(_, region)| &region.kept)
            .any(|kept| kept.tells_of(database, head))
    }

    /// Whether it stays noticeable that an older state was put back when this region loses what it has.
    pub fn may_lose(&self, number: usize) -> bool {
        !self.is_unnoticed() || self.somebody_tells(&self.database, self.database.head, Some(number))
    }

    /// Whether it stays noticeable that an older state was put back when one more change is made.
    pub fn may_publish(&self) -> bool {
        !self.is_unnoticed() || self.somebody_tells(&self.database, self.database.head + 1, None)
    }
}
