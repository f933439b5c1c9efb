//! What became of a change.

use serde::{Deserialize, Serialize};

use crate::engine::rows::Versioned;

/// Kept as it is for whoever sends the change again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Applied {
    pub outcome: Outcome,
    /// The object as it is after the change, as JSON.
    pub object: Option<String>,
    /// The object's version, where it has one.
    pub version: Option<i64>,
    /// The sequence number of the change; `None` where it changes no page.
    pub seq: Option<i64>,
    /// Whether this is what became of the change when it was sent before.
    #[serde(skip)]
    pub replayed: bool,
    /// The object with what is shown once and never kept.
    #[serde(skip)]
    pub shown_once: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    Created {
        id: String,
    },
    Changed,
    Deleted,
    /// Taken in, without an object of its own.
    Added,
    /// Nothing to report.
    Done,
}

impl Applied {
    pub fn created(id: &str, object: &Versioned<impl Serialize>) -> Self {
        let outcome = Outcome::Created { id: id.to_owned() };
        Self::of(outcome, &object.object, Some(object.version))
    }

    pub fn changed(object: &Versioned<impl Serialize>) -> Self {
        Self::changed_to(&object.object, object.version)
    }

    pub fn changed_to(object: &impl Serialize, version: i64) -> Self {
        Self::of(Outcome::Changed, object, Some(version))
    }

    pub fn added(object: &impl Serialize) -> Self {
        Self::of(Outcome::Added, object, None)
    }

    pub fn deleted() -> Self {
        Self {
            outcome: Outcome::Deleted,
            ..Self::done()
        }
    }

    pub fn done() -> Self {
        Self {
            outcome: Outcome::Done,
            object: None,
            version: None,
            seq: None,
            replayed: false,
            shown_once: None,
        }
    }

    pub fn at(self, seq: i64) -> Self {
        Self { seq: Some(seq), ..self }
    }

    fn of(outcome: Outcome, object: &impl Serialize, version: Option<i64>) -> Self {
        Self {
            outcome,
            // Our own types always have a JSON form.
            object: Some(serde_json::to_string(object).unwrap_or_default()),
            version,
            ..Self::done()
        }
    }
}

#[cfg(test)]
mod tests {
    use page_model::body;

    use super::*;

    /// A stored reply is read by later builds: these bytes stay readable, or their senders get a conflict for a day.
    const STORED: &[u8] =
        b"\xa4goutcome\xa1gCreated\xa1bidlcomp00000001fobjectu{\"id\":\"comp00000001\"}gversion\x07cseq\x09";

    #[test]
    fn stored_reply_keeps_its_shape() {
        let applied: Applied = body::decode(STORED).expect("it is read");
        assert_eq!(
            applied.outcome,
            Outcome::Created {
                id: "comp00000001".into()
            }
        );
        assert_eq!(applied.object.as_deref(), Some(r#"{"id":"comp00000001"}"#));
        assert_eq!(
            (applied.version, applied.seq, applied.replayed),
            (Some(7), Some(9), false)
        );
        assert_eq!(body::encode(&applied), STORED);
    }
}
