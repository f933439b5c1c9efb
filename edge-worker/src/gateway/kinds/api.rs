//! Statuspage's API, version 2.

use page_model::{Host, Snapshot};
use page_render::formats::v2;

use crate::gateway::{
    cache_policy::Freshness,
    kind::{DrawRequest, Drawn, Kind},
    media::Media,
};

/// `/api/v2/summary.json`, and `/index.json` for the widgets that ask there.
pub static SUMMARY: Kind = document("v2.summary", |snapshot, asked| told(v2::summary, snapshot, asked));
/// `/api/v2/status.json`
pub static STATUS: Kind = document("v2.status", |snapshot, asked| told(v2::status, snapshot, asked));
/// `/api/v2/components.json`
pub static COMPONENTS: Kind = document("v2.components", |snapshot, asked| told(v2::components, snapshot, asked));
/// `/api/v2/incidents.json`
pub static INCIDENTS: Kind = document("v2.incidents", |snapshot, asked| told(v2::incidents, snapshot, asked));
/// `/api/v2/incidents/unresolved.json`
pub static UNRESOLVED: Kind = document("v2.incidents.unresolved", |snapshot, asked| {
    told(v2::unresolved_incidents, snapshot, asked)
});
/// `/api/v2/scheduled-maintenances.json`
pub static MAINTENANCES: Kind = document("v2.maintenances", |snapshot, asked| {
    told(v2::scheduled_maintenances, snapshot, asked)
});
/// `/api/v2/scheduled-maintenances/upcoming.json`
pub static UPCOMING: Kind = document("v2.maintenances.upcoming", |snapshot, asked| {
    told(v2::upcoming_maintenances, snapshot, asked)
});
/// `/api/v2/scheduled-maintenances/active.json`
pub static ACTIVE: Kind = document("v2.maintenances.active", |snapshot, asked| {
    told(v2::active_maintenances, snapshot, asked)
});

const fn document(name: &'static str, draw: fn(&Snapshot, &DrawRequest<'_>) -> Drawn) -> Kind {
    Kind::format(name, &Media::JSON, Freshness::Api, draw)
}

fn told(document: fn(&Snapshot, &Host) -> String, snapshot: &Snapshot, asked: &DrawRequest<'_>) -> Drawn {
    Drawn::Text(document(snapshot, asked.host))
}
