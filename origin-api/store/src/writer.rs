//! What the writer makes of a change, and which changes let others go first.

use origin_engine::{
    applied::Applied,
    tx::{Refusal, Tx},
    writer::{self, Work},
};

use crate::commit::Change;

pub type Writer = writer::Writer<Change>;

impl Work for Change {
    async fn apply(self, tx: &mut Tx<'_>) -> Result<Applied, Refusal> {
        Change::apply(self, tx).await
    }

    fn is_unhurried(&self) -> bool {
        match self {
            Self::Page(_, change) => !change.is_awaited(),
            Self::Looked(_) | Self::Delivered(_) | Self::PostponeSeries(_) | Self::Prune => true,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests;
