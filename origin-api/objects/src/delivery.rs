use page_model::PageId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::moment::Moment;

/// Which regions have a change, and since when.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Delivery {
    pub seq: i64,
    pub regions: Vec<RegionDelivery>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RegionDelivery {
    pub region: String,
    /// The page's latest change that this region has; 0 for none.
    pub delivered_seq: i64,
    /// When it had that change; `null` while it has not come to the one that was asked for, and while a change that takes something from
    /// visitors is not with all of them yet: some platforms serve for a moment what was there before.
    pub delivered_at: Option<Moment>,
}

/// What kv-sync reports that a region has stored.
#[derive(Debug, Clone, Deserialize)]
pub struct Delivered {
    pub region: String,
    pub delivered: Vec<DeliveredPage>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct DeliveredPage {
    pub page: PageId,
    pub seq: i64,
    pub at_ms: i64,
    /// How long visitors there may still be served what was there before; an older sync does not say.
    #[serde(default)]
    pub served_ms: u32,
}
