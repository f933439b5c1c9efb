//! What a page is told, one request after the other, and how each looks on the wire.

use std::fmt;

use jiff::Timestamp;
use page_model::status::Status;
use serde_json::{Value, json};

/// A request, and what the origin's clock shows when it arrives.
#[derive(Clone)]
pub struct Told {
    pub now_ms: i64,
    pub what: What,
}

/// Components, events and updates are numbered; `address.rs` makes ids of the numbers.
#[derive(Debug, Clone)]
pub enum What {
    AddComponent {
        component: u16,
        created_at: Option<Moment>,
        status: Option<Status>,
    },
    /// The publisher's own word on a component.
    Say {
        component: u16,
        status: Status,
    },
    DropComponent {
        component: u16,
    },
    Open {
        event: Event,
        first: Update,
        impact: Option<&'static str>,
        /// The components of a maintenance, and its window.
        components: Vec<u16>,
        window: (Moment, Moment),
    },
    Update {
        event: Event,
        update: Update,
    },
    /// A correction of an update: of its words, and perhaps of its moment.
    Correct {
        event: Event,
        update: u16,
        at: Option<Moment>,
    },
    Retract {
        event: Event,
        update: u16,
    },
    Forget {
        event: Event,
    },
    SetImpact {
        event: Event,
        impact: &'static str,
    },
    SetComponents {
        event: Event,
        components: Vec<u16>,
    },
    SetWindow {
        event: Event,
        window: (Moment, Moment),
    },
    /// The origin's clock looks at what is due.
    ClockLooks,
    /// Nothing but time.
    Tick,
}

#[derive(Debug, Clone)]
pub struct Update {
    pub update: u16,
    /// `None`: without a moment of its own.
    pub at: Option<Moment>,
    /// `None`: unchanged.
    pub status: Option<&'static str>,
    pub words: Option<Vec<(u16, Status)>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Incident,
    Maintenance,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    pub kind: Kind,
    pub number: u16,
}

/// Milliseconds since 1970, printed as people read them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub i64);

/// A request of the push API, below the page's address.
pub struct Request {
    pub method: &'static str,
    pub path: String,
    pub body: Value,
}

impl What {
    /// `None` for what no request brings.
    pub fn request(&self) -> Option<Request> {
        let to = |method, path: String, body| Some(Request { method, path, body });
        match self {
            Self::AddComponent {
                component,
                created_at,
                status,
            } => {
                let body = json!({
                    "id": component_id(*component), "name": format!("Component {component}"), "created_at": text(*created_at),
                    "status": status.map(Status::as_str),
                });
                to("POST", "components".into(), body)
            }
            Self::Say { component, status } => {
                let path = format!("components/{}", component_id(*component));
                to("PATCH", path, json!({"status": status.as_str()}))
            }
            Self::DropComponent { component } => to(
                "DELETE",
                format!("components/{}", component_id(*component)),
                Value::Null,
            ),
            Self::Open {
                event,
                first,
                impact,
                components,
                window,
            } => to(
                "POST",
                event.kind.path().into(),
                opening(*event, first, *impact, components, *window),
            ),
            Self::Update { event, update } => {
                let mut body = json!({
                    "id": update_id(update.update), "body": format!("Update {}.", update.update), "at": text(update.at),
                    "components": update.words.as_deref().map(words),
                });
                if let Some(status) = update.status {
                    body["status"] = status.into();
                }
                to("POST", format!("{}/updates", event.path()), body)
            }
            Self::Correct { event, update, at } => {
                let mut body = json!({"body": format!("Update {update}, corrected.")});
                if let Some(at) = at {
                    body["at"] = at.to_string().into();
                }
                to(
                    "PATCH",
                    format!("{}/updates/{}", event.path(), update_id(*update)),
                    body,
                )
            }
            Self::Retract { event, update } => to(
                "DELETE",
                format!("{}/updates/{}", event.path(), update_id(*update)),
                Value::Null,
            ),
            Self::Forget { event } => to("DELETE", event.path(), Value::Null),
            Self::SetImpact { event, impact } => to("PATCH", event.path(), json!({"impact": impact})),
            Self::SetComponents { event, components } => {
                to("PATCH", event.path(), json!({"components": ids(components)}))
            }
            Self::SetWindow { event, window } => {
                let body = json!({"starts_at": window.0.to_string(), "ends_at": window.1.to_string()});
                to("PATCH", event.path(), body)
            }
            Self::ClockLooks | Self::Tick => None,
        }
    }
}

fn opening(
    event: Event,
    first: &Update,
    impact: Option<&'static str>,
    components: &[u16],
    window: (Moment, Moment),
) -> Value {
    let mut body = json!({
        "id": event.id(), "name": event.to_string(), "body": format!("Update {}.", first.update),
        "update_id": update_id(first.update), "at": text(first.at),
    });
    if let Some(status) = first.status {
        body["status"] = status.into();
    }
    match event.kind {
        Kind::Incident => {
            body["impact"] = json!(impact);
            body["components"] = words(first.words.as_deref().unwrap_or_default());
        }
        Kind::Maintenance => {
            body["components"] = json!(ids(components));
            body["starts_at"] = window.0.to_string().into();
            body["ends_at"] = window.1.to_string().into();
            body["update_components"] = json!(first.words.as_deref().map(words));
        }
    }
    body
}

impl Kind {
    fn path(self) -> &'static str {
        match self {
            Self::Incident => "incidents",
            Self::Maintenance => "maintenances",
        }
    }
}

impl Event {
    pub fn id(self) -> String {
        match self.kind {
            Kind::Incident => format!("incident{:04}", self.number),
            Kind::Maintenance => format!("maintena{:04}", self.number),
        }
    }

    fn path(self) -> String {
        format!("{}/{}", self.kind.path(), self.id())
    }
}

pub fn component_id(component: u16) -> String {
    format!("componen{component:04}")
}

pub fn update_id(update: u16) -> String {
    format!("updateof{update:04}")
}

fn ids(components: &[u16]) -> Vec<String> {
    components.iter().copied().map(component_id).collect()
}

fn words(words: &[(u16, Status)]) -> Value {
    let words = words
        .iter()
        .map(|(component, status)| json!({"id": component_id(*component), "status": status.as_str()}));
    words.collect()
}

fn text(at: Option<Moment>) -> Value {
    at.map_or(Value::Null, |at| at.to_string().into())
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.kind, self.number)
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_millisecond(self.0) {
            Ok(at) => write!(f, "{at:.3}"),
            Err(_) => write!(f, "{}", self.0),
        }
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {}: {:?}", Moment(self.now_ms), self.what)
    }
}
