//! Statuspage's API, version 2, and what it has no document for.

use page_address::cache_policy::Freshness;
use page_model::{Host, Snapshot};
use page_render::formats::{self, v2};

use crate::gateway::{
    kind::{DrawRequest, Drawn, Kind},
    media::Media,
};

/// `/api/v2/summary.json`, and `/index.json` for the widgets that ask there.
pub static SUMMARY: Kind = document("v2.summary", |snapshot, request| {
    text_of(v2::summary, snapshot, request)
});
/// `/api/v2/status.json`
pub static STATUS: Kind = document("v2.status", |snapshot, request| text_of(v2::status, snapshot, request));
/// `/api/v2/components.json`
pub static COMPONENTS: Kind = document("v2.components", |snapshot, request| {
    text_of(v2::components, snapshot, request)
});
/// `/api/v2/incidents.json`
pub static INCIDENTS: Kind = document("v2.incidents", |snapshot, request| {
    text_of(v2::incidents, snapshot, request)
});
/// `/api/v2/incidents/unresolved.json`
pub static UNRESOLVED: Kind = document("v2.incidents.unresolved", |snapshot, request| {
    text_of(v2::unresolved_incidents, snapshot, request)
});
/// `/api/v2/scheduled-maintenances.json`
pub static MAINTENANCES: Kind = document("v2.maintenances", |snapshot, request| {
    text_of(v2::scheduled_maintenances, snapshot, request)
});
/// `/api/v2/scheduled-maintenances/upcoming.json`
pub static UPCOMING: Kind = document("v2.maintenances.upcoming", |snapshot, request| {
    text_of(v2::upcoming_maintenances, snapshot, request)
});
/// `/api/v2/scheduled-maintenances/active.json`
pub static ACTIVE: Kind = document("v2.maintenances.active", |snapshot, request| {
    text_of(v2::active_maintenances, snapshot, request)
});
/// `/uptime.json`
pub static UPTIME: Kind = document("uptime.json", |snapshot, request| {
    text_of(formats::uptime, snapshot, request)
});

const fn document(name: &'static str, draw: fn(&Snapshot, &DrawRequest<'_>) -> Drawn) -> Kind {
    Kind::format(name, &Media::JSON, Freshness::Api, draw)
}

fn text_of(document: fn(&Snapshot, &Host) -> String, snapshot: &Snapshot, request: &DrawRequest<'_>) -> Drawn {
    Drawn::Text(document(snapshot, request.host))
}
