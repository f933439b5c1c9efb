//! The permanent pages of incidents and maintenances. Statuspage knows both as incidents, so each leads to the other.

use http::StatusCode;
use page_model::Id;
use page_render::Events;

use crate::gateway::kind::{Draw, DrawRequest, Drawn, Kind};

/// `/incidents/{id}`
pub static INCIDENT: Kind = Kind::page("incident", Draw::Event(incident));

/// `/maintenances/{id}`
pub static MAINTENANCE: Kind = Kind::page("maintenance", Draw::Event(maintenance));

fn incident(events: &Events<'_>, request: &DrawRequest<'_>) -> Drawn {
    let Some(id) = request.id() else {
        return Drawn::Missing;
    };
    match events.incidents.iter().find(|incident| incident.id == *id) {
        Some(incident) => page_render::incident(events, incident, request.ask).into(),
        None if events.maintenances.iter().any(|maintenance| maintenance.id == *id) => moved("maintenances", id),
        None => Drawn::Missing,
    }
}

fn maintenance(events: &Events<'_>, request: &DrawRequest<'_>) -> Drawn {
    let Some(id) = request.id() else {
        return Drawn::Missing;
    };
    match events.maintenances.iter().find(|maintenance| maintenance.id == *id) {
        Some(maintenance) => page_render::maintenance(events, maintenance, request.ask).into(),
        None if events.incidents.iter().any(|incident| incident.id == *id) => moved("incidents", id),
        None => Drawn::Missing,
    }
}

fn moved(to: &str, id: &Id) -> Drawn {
    Drawn::Redirect(StatusCode::PERMANENT_REDIRECT, format!("/{to}/{id}"))
}
