//! Every URL on one screen.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state},
    routing::{get, post},
};
use origin_objects::fault::Fault;

use crate::{
    busy, caller, openapi, oversize,
    problem::Problem,
    push::{
        announcement, components, delivery, events, groups, incident_templates, incident_updates, incidents,
        maintenance_series, maintenance_updates, maintenances, metrics, pages, pictures, request::BODY_BYTES_MAX,
        tokens,
    },
    state::Origin,
    sync::{delivered::delivered, feed::feed, records::records},
};

#[rustfmt::skip]
pub fn router(origin: Origin) -> Router {
    let push = Router::new()
        .route("/v1/pages", get(pages::list).post(pages::create))
        .route("/v1/pages/{page}", get(pages::read).patch(pages::change).delete(pages::delete))
        .route("/v1/pages/{page}/announcement", get(announcement::read).put(announcement::put).delete(announcement::delete))
        .route("/v1/pages/{page}/logo", get(pictures::read_logo).put(pictures::put_logo).delete(pictures::delete_logo))
        .route("/v1/pages/{page}/favicon", get(pictures::read_favicon).put(pictures::put_favicon).delete(pictures::delete_favicon))
        .route("/v1/pages/{page}/delivery", get(delivery::read))
        .route("/v1/pages/{page}/groups", get(groups::list).post(groups::create))
        .route("/v1/pages/{page}/groups/{group}", get(groups::read).patch(groups::change).delete(groups::delete))
        .route("/v1/pages/{page}/components", get(components::list).post(components::create))
        .route("/v1/pages/{page}/components/{component}", get(components::read).patch(components::change).delete(components::delete))
        .route("/v1/pages/{page}/incidents", get(incidents::list).post(incidents::create))
        .route("/v1/pages/{page}/incidents/{incident}", get(incidents::read).patch(incidents::change).delete(incidents::delete))
        .route("/v1/pages/{page}/incidents/{incident}/updates", get(incident_updates::list).post(incident_updates::create))
        .route("/v1/pages/{page}/incidents/{incident}/updates/{update}", get(incident_updates::read).patch(incident_updates::change).delete(incident_updates::delete))
        .route("/v1/pages/{page}/maintenances", get(maintenances::list).post(maintenances::create))
        .route("/v1/pages/{page}/maintenances/{maintenance}", get(maintenances::read).patch(maintenances::change).delete(maintenances::delete))
        .route("/v1/pages/{page}/maintenances/{maintenance}/updates", get(maintenance_updates::list).post(maintenance_updates::create))
        .route("/v1/pages/{page}/maintenances/{maintenance}/updates/{update}", get(maintenance_updates::read).patch(maintenance_updates::change).delete(maintenance_updates::delete))
        .route("/v1/pages/{page}/incident-templates", get(incident_templates::list).post(incident_templates::create))
        .route("/v1/pages/{page}/incident-templates/{template}", get(incident_templates::read).patch(incident_templates::change).delete(incident_templates::delete))
        .route("/v1/pages/{page}/incident-templates/{template}/preview", post(incident_templates::preview))
        .route("/v1/pages/{page}/maintenance-series", get(maintenance_series::list).post(maintenance_series::create))
        .route("/v1/pages/{page}/maintenance-series/{series}", get(maintenance_series::read).patch(maintenance_series::change).delete(maintenance_series::delete))
        .route("/v1/pages/{page}/events", get(events::list))
        .route("/v1/pages/{page}/metrics", get(metrics::list).post(metrics::create))
        .route("/v1/pages/{page}/metrics/{metric}", get(metrics::read).patch(metrics::change).delete(metrics::delete))
        .route("/v1/pages/{page}/metrics/{metric}/points", post(metrics::take_points))
        .route("/v1/tokens", get(tokens::list).post(tokens::create))
        .route("/v1/tokens/{token}", get(tokens::read).patch(tokens::change).delete(tokens::delete))
        .route_layer(from_fn(oversize::refuse))
        .route_layer(from_fn_with_state(origin.clone(), caller::push))
        .route_layer(from_fn_with_state(busy::Places::default(), busy::admit));
    let sync = Router::new()
        .route("/sync/feed", get(feed))
        .route("/sync/pages/{page}/records", get(records))
        .route("/sync/delivered", post(delivered))
        .route_layer(from_fn_with_state(origin.clone(), caller::sync));
    Router::new()
        .merge(push)
        .merge(sync)
        .route("/openapi.json", get(openapi::document))
        .fallback(async || Problem::from(Fault::absent("nothing lives at this address; /openapi.json lists what does")))
        .method_not_allowed_fallback(async || Problem::method())
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(origin)
}
