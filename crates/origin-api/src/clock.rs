//! The changes that time makes.

use tokio_util::sync::CancellationToken;

use crate::store::Store;

pub async fn run(_store: Store, shutdown: CancellationToken) {
    shutdown.cancelled().await;
}
