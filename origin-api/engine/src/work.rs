//! What the writer makes, whatever it is.

use page_model::PageId;

use crate::{
    applied::Applied,
    tx::{Refusal, Tx},
};

pub trait Work: Sized + Send + 'static {
    fn apply(self, tx: &mut Tx<'_>) -> impl Future<Output = Result<Applied, Refusal>> + Send;
    /// Nobody waits for it.
    fn is_unhurried(&self) -> bool;
    /// Whom it belongs to.
    fn page(&self) -> Option<&PageId>;
}
