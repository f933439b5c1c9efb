//! What became of a change.

use serde::{Deserialize, Serialize};

use crate::{
    etag,
    rows::{Versioned, json},
};

/// Kept as it is for whoever sends the change again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Applied {
    pub outcome: Outcome,
    /// The object as it is after the change, as JSON.
    pub object: Option<String>,
    /// What the answer says, where that is more than the object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// The sequence number of the change; `None` where it changes no page.
    pub seq: Option<i64>,
    /// Whether this is what became of the change when it was sent before.
    #[serde(skip)]
    pub replayed: bool,
    /// The object with what is shown once and never kept.
    #[serde(skip)]
    pub shown_once: Option<String>,
    /// What was seen before and after it, where the sender wants to know.
    #[serde(skip)]
    pub looks: Option<Box<[String; 2]>>,
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
        Self::of(outcome, &object.object)
    }

    pub fn changed(object: &Versioned<impl Serialize>) -> Self {
        Self::changed_to(&object.object)
    }

    pub fn changed_to(object: &impl Serialize) -> Self {
        Self::of(Outcome::Changed, object)
    }

    pub fn added(object: &impl Serialize) -> Self {
        Self::of(Outcome::Added, object)
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
            answer: None,
            seq: None,
            replayed: false,
            shown_once: None,
            looks: None,
        }
    }

    /// Answers with what may be more than the object, whose ETag stays what it is.
    pub fn answering(self, answer: &impl Serialize) -> Self {
        let answer = Some(json(answer)).filter(|answer| Some(answer) != self.object.as_ref());
        Self { answer, ..self }
    }

    pub fn at(self, seq: i64) -> Self {
        Self { seq: Some(seq), ..self }
    }

    /// Of the object that is at its address after the change.
    pub fn etag(&self) -> Option<String> {
        match self.outcome {
            Outcome::Created { .. } | Outcome::Changed => self.object.as_deref().map(etag::of_json),
            Outcome::Deleted | Outcome::Added | Outcome::Done => None,
        }
    }

    fn of(outcome: Outcome, object: &impl Serialize) -> Self {
        Self {
            outcome,
            object: Some(json(object)),
            ..Self::done()
        }
    }
}

#[cfg(test)]
mod tests {
    use page_model::body;

    use super::*;

    /// A stored reply is read by later builds: these bytes stay readable, or their senders get a conflict for a day.
    const STORED: &[u8] = b"\xa3goutcome\xa1gCreated\xa1bidlcomp00000001fobjectu{\"id\":\"comp00000001\"}cseq\x09";
    /// As builds left it that kept the object's version beside the object.
    const WITH_VERSION: &[u8] =
        b"\xa4goutcome\xa1gCreated\xa1bidlcomp00000001fobjectu{\"id\":\"comp00000001\"}gversion\x07cseq\x09";

    #[test]
    fn stored_reply_keeps_its_shape() {
        for stored in [STORED, WITH_VERSION] {
            let applied: Applied = body::decode(stored).expect("it is read");
            assert_eq!(
                applied.outcome,
                Outcome::Created {
                    id: "comp00000001".into()
                }
            );
            assert_eq!(applied.object.as_deref(), Some(r#"{"id":"comp00000001"}"#));
            assert_eq!((applied.seq, applied.replayed), (Some(9), false));
            assert_eq!(body::encode(&applied), STORED);
        }
    }
}
