//! What a page is to hold, in the words of the push API.

use serde_json::{Map, Value};

pub type Fields = Map<String, Value>;

/// An object of the push API.
#[derive(Debug, Clone)]
pub struct Item {
    pub id: String,
    /// What lines of the report call it.
    pub label: String,
    /// What a later import follows.
    pub fields: Fields,
    /// What only its creation says.
    pub once: Fields,
}

/// An incident or a maintenance.
#[derive(Debug, Clone)]
pub struct Event {
    pub item: Item,
    /// Oldest first, never none.
    pub updates: Vec<Item>,
}

/// What a component is to show in the end.
#[derive(Debug, Clone)]
pub struct Shown {
    pub id: String,
    pub label: String,
    pub status: String,
    /// What the publisher has to say of the component itself, so that it shows that beside what its events say.
    pub own: String,
}

#[derive(Debug, Clone)]
pub struct Content {
    pub page: Item,
    pub groups: Vec<Item>,
    pub components: Vec<Item>,
    pub shown: Vec<Shown>,
    pub incidents: Vec<Event>,
    pub maintenances: Vec<Event>,
}

/// Incidents and maintenances differ in few things only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Incident,
    Maintenance,
}

impl Item {
    /// The body that creates it.
    pub fn body(&self) -> Value {
        let mut body = self.once.clone();
        body.extend(self.fields.clone());
        body.insert("id".into(), self.id.clone().into());
        // An absent field and null are one to the API, and a release may not know every field.
        body.retain(|_, value| !value.is_null());
        Value::Object(body)
    }
}

impl Event {
    /// The body that creates it, with the first of its updates.
    pub fn body(&self, kind: Kind) -> Value {
        let Some(first) = self.updates.first() else {
            return self.item.body();
        };
        let mut body = first.body();
        body["update_id"] = body["id"].take();
        if kind == Kind::Maintenance {
            body["update_components"] = body["components"].take();
        }
        if let (Value::Object(body), Value::Object(event)) = (&mut body, self.item.body()) {
            body.extend(event);
        }
        body
    }
}

impl Kind {
    pub fn family(self) -> &'static str {
        match self {
            Self::Incident => "incidents",
            Self::Maintenance => "maintenances",
        }
    }

    pub fn noun(self) -> &'static str {
        match self {
            Self::Incident => "incident",
            Self::Maintenance => "maintenance",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn item(id: &str, fields: Value) -> Item {
        let Value::Object(fields) = fields else { unreachable!() };
        Item {
            id: id.into(),
            label: id.into(),
            fields,
            once: Fields::new(),
        }
    }

    #[test]
    fn an_event_is_created_with_its_first_update() {
        let update = item(
            "u",
            json!({ "status": "scheduled", "components": [], "displayed_at": null }),
        );
        let event = Event {
            item: item("m", json!({ "name": "Work", "components": ["a"] })),
            updates: vec![update],
        };
        assert_eq!(
            event.body(Kind::Maintenance),
            json!({
                "id": "m", "name": "Work", "components": ["a"], "update_id": "u", "status": "scheduled",
                "update_components": [],
            })
        );
    }
}
