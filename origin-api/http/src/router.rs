//! Every URL on one screen.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state},
    routing::{delete, get, post},
};
use origin_objects::{
    component::Component,
    fault::Fault,
    group::Group,
    incident::Incident,
    incident_template::IncidentTemplate,
    link::Link,
    maintenance::Maintenance,
    metric::Metric,
    update::{IncidentUpdate, MaintenanceUpdate},
};

use crate::{
    busy, caller, openapi, oversize,
    problem::Problem,
    push::{
        access, announcement, audiences, audit, delivery, events,
        family::{collection, object},
        incident_templates, maintenance_series,
        members::{self, MEMBERS_AT_ONCE_MAX, MEMBERS_BYTES_MAX},
        metrics, pages, pictures, preview, providers,
        request::BODY_BYTES_MAX,
        sessions, token_keys, tokens,
    },
    state::Origin,
    sync::{delivered::delivered, feed::feed, overtaken::overtaken, records::records},
};

#[rustfmt::skip]
pub fn router(origin: Origin) -> Router {
    let push = Router::new()
        .route("/v1/pages", get(pages::list).post(pages::create))
        .route("/v1/pages/{page}", get(pages::read).patch(pages::change).delete(pages::delete))
        .route("/v1/pages/{page}/announcement", get(announcement::read).put(announcement::put).delete(announcement::delete))
        .route("/v1/pages/{page}/logo", get(pictures::read_logo).put(pictures::put_logo).delete(pictures::delete_logo))
        .route("/v1/pages/{page}/logo-dark", get(pictures::read_logo_dark).put(pictures::put_logo_dark).delete(pictures::delete_logo_dark))
        .route("/v1/pages/{page}/favicon", get(pictures::read_favicon).put(pictures::put_favicon).delete(pictures::delete_favicon))
        .route("/v1/pages/{page}/access", get(access::read))
        .route("/v1/pages/{page}/delivery", get(delivery::read))
        .route("/v1/pages/{page}/audiences", audiences::collection())
        .route("/v1/pages/{page}/audiences/{audience}", audiences::object())
        .route("/v1/pages/{page}/audiences/{audience}/members", get(members::list))
        .route("/v1/pages/{page}/audiences/{audience}/members/{address}", get(members::read).put(members::put).delete(members::delete))
        .route("/v1/pages/{page}/audit", get(audit::of_page))
        .route("/v1/pages/{page}/preview", get(preview::read))
        .route("/v1/audit", get(audit::of_no_page))
        .route("/v1/pages/{page}/sign-in/provider", get(providers::read).put(providers::put).delete(providers::delete))
        .route("/v1/pages/{page}/sign-in/token-keys", get(token_keys::list))
        .route("/v1/pages/{page}/sign-in/token-keys/{key}", get(token_keys::read).put(token_keys::put).delete(token_keys::delete))
        .route("/v1/pages/{page}/links", collection::<Link>())
        .route("/v1/pages/{page}/links/{link}", object::<Link>())
        .route("/v1/pages/{page}/sessions", get(sessions::list).delete(sessions::end_all))
        .route("/v1/pages/{page}/sessions/{session}", delete(sessions::end))
        .route("/v1/pages/{page}/groups", collection::<Group>())
        .route("/v1/pages/{page}/groups/{group}", object::<Group>())
        .route("/v1/pages/{page}/components", collection::<Component>())
        .route("/v1/pages/{page}/components/{component}", object::<Component>())
        .route("/v1/pages/{page}/incidents", collection::<Incident>())
        .route("/v1/pages/{page}/incidents/{incident}", object::<Incident>())
        .route("/v1/pages/{page}/incidents/{incident}/updates", collection::<IncidentUpdate>())
        .route("/v1/pages/{page}/incidents/{incident}/updates/{update}", object::<IncidentUpdate>())
        .route("/v1/pages/{page}/maintenances", collection::<Maintenance>())
        .route("/v1/pages/{page}/maintenances/{maintenance}", object::<Maintenance>())
        .route("/v1/pages/{page}/maintenances/{maintenance}/updates", collection::<MaintenanceUpdate>())
        .route("/v1/pages/{page}/maintenances/{maintenance}/updates/{update}", object::<MaintenanceUpdate>())
        .route("/v1/pages/{page}/incident-templates", collection::<IncidentTemplate>())
        .route("/v1/pages/{page}/incident-templates/{template}", object::<IncidentTemplate>())
        .route("/v1/pages/{page}/incident-templates/{template}/preview", post(incident_templates::preview))
        .route("/v1/pages/{page}/maintenance-series", maintenance_series::collection())
        .route("/v1/pages/{page}/maintenance-series/{series}", maintenance_series::object())
        .route("/v1/pages/{page}/events", get(events::list))
        .route("/v1/pages/{page}/metrics", collection::<Metric>())
        .route("/v1/pages/{page}/metrics/{metric}", object::<Metric>())
        .route("/v1/pages/{page}/metrics/{metric}/points", post(metrics::take_points))
        .route("/v1/tokens", get(tokens::list).post(tokens::create))
        .route("/v1/tokens/{token}", get(tokens::read).patch(tokens::change).delete(tokens::delete))
        .route_layer(from_fn(oversize::refuse))
        .route_layer(from_fn_with_state(origin.clone(), caller::push));
    let push = busy::limited(push, busy::REQUESTS_MAX, busy::REQUEST_TIME_MAX);
    let members = Router::new()
        .route("/v1/pages/{page}/audiences/{audience}/members.csv", post(members::put_all))
        .route_layer(DefaultBodyLimit::max(MEMBERS_BYTES_MAX))
        .route_layer(from_fn_with_state(origin.clone(), caller::push));
    let members = busy::limited(members, MEMBERS_AT_ONCE_MAX, busy::REQUEST_TIME_MAX);
    let sync = Router::new()
        .route("/sync/feed", get(feed))
        .route("/sync/pages/{page}/records", get(records))
        .route("/sync/delivered", post(delivered))
        .route("/sync/overtaken", post(overtaken))
        .route_layer(from_fn_with_state(origin.clone(), caller::sync));
    Router::new()
        .merge(push)
        .merge(members)
        .merge(sync)
        .route("/openapi.json", get(openapi::document))
        .fallback(async || Problem::from(Fault::absent("nothing lives at this address; /openapi.json lists what does")))
        .method_not_allowed_fallback(async || Problem::method())
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(origin)
}
