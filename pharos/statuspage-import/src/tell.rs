//! Tells one event: whole, or as far as it is followed.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    adapt::word,
    origin::event_path,
    plan::{Act, EventStep, UpdateStep},
    progress::Progress,
    report::{NoteKind, Notes},
    shape::{Fields, Item},
};
use push_client::{Api, Refused};

/// What one step left behind.
#[derive(Default)]
pub struct Left {
    pub notes: Notes,
    /// What was told, by path.
    pub told: Vec<(String, Fields)>,
    /// Paths of what was deleted.
    pub deleted: Vec<String>,
}

/// Tells one event at a time, of many at once.
pub struct Teller<'a> {
    pub api: &'a Api,
    /// The path of the page.
    pub page: &'a str,
    /// Components that events name and the page does not have.
    pub without: &'a BTreeSet<String>,
    pub progress: &'a Progress,
}

impl Teller<'_> {
    pub async fn tell(&self, step: &EventStep) -> (Left, anyhow::Result<()>) {
        let mut left = Left::default();
        let told = match &step.act {
            Act::New => self.anew(step, &mut left).await,
            Act::Again => self.again(step, &mut left).await,
            Act::Follow(patch, updates) => self.follow(step, patch, updates, &mut left).await,
        };
        (left, told)
    }

    async fn again(&self, step: &EventStep, left: &mut Left) -> anyhow::Result<()> {
        let path = event_path(step.kind, &step.event.item.id);
        self.api.delete(&format!("{}/{path}", self.page)).await?;
        left.deleted.push(path);
        self.anew(step, left).await
    }

    /// The event with all its updates, or nothing of it.
    async fn anew(&self, step: &EventStep, left: &mut Left) -> anyhow::Result<()> {
        let event = &step.event;
        let path = event_path(step.kind, &event.item.id);
        let family = format!("{}/{}", self.page, step.kind.family());
        let mut body = event.body(step.kind);
        self.strip(&mut body);
        if let Err(why) = refusal(self.api.post(&family, &body).await)? {
            let first = event.updates.first().map(plain).unwrap_or_default();
            for (field, value) in first {
                body[field] = value;
            }
            if let Some(body) = body.as_object_mut() {
                body.remove("displayed_at");
                body.remove("update_components");
            }
            if refusal(self.api.post(&family, &body).await)?.is_err() {
                left.notes.add(
                    NoteKind::Refused,
                    &event.item.label,
                    format!("{why}; nothing of it is here"),
                );
                self.progress.add(event.updates.len());
                return Ok(());
            }
            left.notes.add(
                NoteKind::Refused,
                &event.item.label,
                format!("{why}; its first update says no more than its status"),
            );
        } else if let Some(first) = event.updates.first() {
            left.told.push(told(&path, first));
        }
        self.progress.add(1);
        for update in event.updates.iter().skip(1) {
            let is_told = self.update(&path, update, left).await?;
            self.progress.add(1);
            if !is_told {
                self.api.delete(&format!("{}/{path}", self.page)).await?;
                left.told.clear();
                left.notes.add(
                    NoteKind::Refused,
                    &event.item.label,
                    "without that update it would be half told; nothing of it is here",
                );
                return Ok(());
            }
        }
        left.told.push((path, event.item.fields.clone()));
        Ok(())
    }

    async fn follow(
        &self,
        step: &EventStep,
        patch: &Fields,
        updates: &[UpdateStep],
        left: &mut Left,
    ) -> anyhow::Result<()> {
        let path = event_path(step.kind, &step.event.item.id);
        let url = format!("{}/{path}", self.page);
        if !patch.is_empty() {
            self.correct(&path, &step.event.item, patch, left).await?;
        }
        for update in updates {
            match update {
                UpdateStep::New(update) => {
                    self.update(&path, update, left).await?;
                    self.progress.add(1);
                }
                UpdateStep::Change(update, patch) => {
                    self.correct(&format!("{path}/updates/{}", update.id), update, patch, left)
                        .await?;
                }
                UpdateStep::Replace(update) => {
                    self.api.delete(&format!("{url}/updates/{}", update.id)).await?;
                    left.deleted.push(format!("{path}/updates/{}", update.id));
                    self.update(&path, update, left).await?;
                }
                UpdateStep::Delete(id) => {
                    self.api.delete(&format!("{url}/updates/{id}")).await?;
                    left.deleted.push(format!("{path}/updates/{id}"));
                }
            }
        }
        Ok(())
    }

    async fn correct(&self, path: &str, item: &Item, patch: &Fields, left: &mut Left) -> anyhow::Result<()> {
        let body = Value::Object(patch.clone());
        match refusal(self.api.patch(&format!("{}/{path}", self.page), &body).await)? {
            Ok(_) => left.told.push((path.to_owned(), patch.clone())),
            Err(why) => left.notes.add(NoteKind::Refused, &item.label, why),
        }
        Ok(())
    }

    /// False where the origin does not even take the bare status.
    async fn update(&self, event: &str, update: &Item, left: &mut Left) -> anyhow::Result<bool> {
        let url = format!("{}/{event}/updates", self.page);
        let mut body = update.body();
        self.strip(&mut body);
        let Err(why) = refusal(self.api.post(&url, &body).await)? else {
            left.told.push(told(event, update));
            return Ok(true);
        };
        let mut bare = plain(update);
        bare.insert("id".into(), json!(update.id));
        let is_told = refusal(self.api.post(&url, &Value::Object(bare)).await)?.is_ok();
        let what = match is_told {
            true => format!("{why}; it says no more than its status"),
            false => why,
        };
        left.notes.add(NoteKind::Refused, &update.label, what);
        Ok(is_told)
    }

    /// Components that the page does not have cannot be named.
    fn strip(&self, body: &mut Value) {
        for field in ["components", "update_components"] {
            if let Some(Value::Array(words)) = body.get_mut(field) {
                words.retain(|word| {
                    !word["id"]
                        .as_str()
                        .or(word.as_str())
                        .is_some_and(|id| self.without.contains(id))
                });
            }
        }
    }
}

/// An update that nothing but its status can be refused of.
fn plain(update: &Item) -> Fields {
    let status = update.fields["status"].as_str().unwrap_or_default();
    let mut plain = Fields::from_iter([
        ("status".into(), json!(status)),
        ("body".into(), json!(word(status))),
        ("components".into(), json!([])),
    ]);
    let at = update.fields.get("at").or(update.once.get("at"));
    plain.extend(at.map(|at| ("at".to_owned(), at.clone())));
    plain
}

fn told(event: &str, update: &Item) -> (String, Fields) {
    let mut fields = update.fields.clone();
    fields.extend(update.once.clone());
    (format!("{event}/updates/{}", update.id), fields)
}

/// What the origin does not take is a line of the report; anything else ends the import.
pub fn refusal(answer: anyhow::Result<Value>) -> anyhow::Result<Result<Value, String>> {
    match answer {
        Ok(answer) => Ok(Ok(answer)),
        Err(error) => match error.downcast::<Refused>() {
            Ok(refused) => Ok(Err(refused.why)),
            Err(error) => Err(error),
        },
    }
}
