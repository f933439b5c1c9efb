//! Carries a plan out: in parallel, going on after what cannot be brought, and never leaving an incident half told.

use std::collections::BTreeSet;

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use super::{
    brought::Brought,
    compare::{OWN, PAGE},
    origin::{AT_ONCE, objects},
    plan::{EventStep, Plan, Step},
    progress::Progress,
    report::{NoteKind, Notes},
    shape::{Fields, Item, Shown},
    tell::{Teller, refusal},
};
use push_client::Api;

/// What became of it, also where the origin went away before the end.
pub struct Done {
    pub notes: Notes,
    pub brought: Brought,
    pub ended: anyhow::Result<()>,
}

pub async fn carry_out(api: &Api, page: &str, plan: Plan, documented: &BTreeSet<String>, progress: &Progress) -> Done {
    let mut carrier = Carrier {
        api,
        page: format!("/pages/{page}"),
        without: plan.without,
        brought: plan.brought,
        notes: Notes::default(),
    };
    let steps = Steps {
        page: plan.page,
        groups: plan.groups,
        components: plan.components,
        events: plan.events,
        own: plan.own,
        shown: plan.shown,
    };
    let ended = carrier.all(steps, documented, progress).await;
    Done {
        notes: carrier.notes,
        brought: carrier.brought,
        ended,
    }
}

struct Steps {
    page: Option<Step>,
    groups: Vec<Step>,
    components: Vec<Step>,
    events: Vec<EventStep>,
    own: Vec<Shown>,
    shown: Vec<Shown>,
}

struct Carrier<'a> {
    api: &'a Api,
    /// The path of the page.
    page: String,
    /// Components that events name and the page does not have.
    without: BTreeSet<String>,
    brought: Brought,
    notes: Notes,
}

impl Carrier<'_> {
    async fn all(&mut self, steps: Steps, documented: &BTreeSet<String>, progress: &Progress) -> anyhow::Result<()> {
        match steps.page {
            Some(Step::New(page)) => {
                self.api.post("/pages", &page.body()).await?;
                self.told(PAGE, page.fields);
            }
            Some(Step::Change(page, patch)) => {
                let path = self.page.clone();
                self.change(PAGE, &path, &page, patch).await?;
            }
            None => {}
        }
        self.items("groups", steps.groups).await?;
        self.items("components", steps.components).await?;
        self.events(&steps.events, progress).await?;
        self.own(steps.own).await?;
        self.verify(&steps.shown, documented).await
    }

    async fn items(&mut self, family: &str, steps: Vec<Step>) -> anyhow::Result<()> {
        for step in steps {
            match step {
                Step::New(item) => {
                    let body = self.body(&item);
                    let path = format!("{family}/{}", item.id);
                    match refusal(self.api.post(&format!("{}/{family}", self.page), &body).await)? {
                        Ok(_) => self.told(&path, item.fields),
                        Err(why) => {
                            self.notes.add(NoteKind::Refused, &item.label, why);
                            self.without.insert(item.id);
                        }
                    }
                }
                Step::Change(item, patch) => {
                    let path = format!("{family}/{}", item.id);
                    self.change(&path, &format!("{}/{path}", self.page), &item, patch)
                        .await?;
                }
            }
        }
        Ok(())
    }

    /// A group that could not be brought is none.
    fn body(&self, item: &Item) -> Value {
        let mut body = item.body();
        if body["group_id"]
            .as_str()
            .is_some_and(|group| self.without.contains(group))
        {
            body["group_id"] = Value::Null;
        }
        body
    }

    async fn change(&mut self, path: &str, url: &str, item: &Item, patch: Fields) -> anyhow::Result<()> {
        match refusal(self.api.patch(url, &Value::Object(patch.clone())).await)? {
            Ok(_) => self.told(path, patch),
            Err(why) => self.notes.add(NoteKind::Refused, &item.label, why),
        }
        Ok(())
    }

    async fn events(&mut self, steps: &[EventStep], progress: &Progress) -> anyhow::Result<()> {
        let teller = Teller {
            api: self.api,
            page: &self.page,
            without: &self.without,
            progress,
        };
        let mut telling = stream::iter(steps)
            .map(|step| teller.tell(step))
            .buffer_unordered(AT_ONCE);
        let (mut left, mut ended) = (Vec::new(), Ok(()));
        while let Some((what, told)) = telling.next().await {
            left.push(what);
            if told.is_err() {
                ended = told;
                break;
            }
        }
        drop(telling);
        for left in left {
            self.notes.append(left.notes);
            for path in left.deleted {
                self.brought.forget(&path);
            }
            for (path, fields) in left.told {
                self.told(&path, fields);
            }
        }
        ended
    }

    async fn own(&mut self, own: Vec<Shown>) -> anyhow::Result<()> {
        for shown in own {
            if self.without.contains(&shown.id) {
                continue;
            }
            let path = format!("components/{}", shown.id);
            let patch = json!({ "status": shown.own });
            match refusal(self.api.patch(&format!("{}/{path}", self.page), &patch).await)? {
                Ok(_) => self.brought.set(&path, OWN, json!(shown.own)),
                Err(why) => self.notes.add(NoteKind::Refused, &shown.label, why),
            }
        }
        Ok(())
    }

    /// Whether components show in the end what the documents say, unless what is only known here decides.
    async fn verify(&mut self, shown: &[Shown], documented: &BTreeSet<String>) -> anyhow::Result<()> {
        let here = objects(self.api, &format!("{}/components", self.page)).await?;
        for shown in shown {
            let Some(component) = here.get(&shown.id).filter(|here| here["status"] != shown.status) else {
                continue;
            };
            let holders: Vec<&str> = component["held_by"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|holder| holder.as_str().or(holder["id"].as_str()))
                .collect();
            let by = match holders.is_empty() {
                true => String::new(),
                false => format!(", held by {}", holders.join(", ")),
            };
            let is_ours = holders.iter().any(|holder| !documented.contains(*holder));
            let kind = if is_ours { NoteKind::Kept } else { NoteKind::Differs };
            let now = component["status"].as_str().unwrap_or_default();
            let what = format!("status: {} there, {now} here{by}", shown.status);
            self.notes.add(kind, &shown.label, what);
        }
        Ok(())
    }

    fn told(&mut self, path: &str, fields: Fields) {
        for (field, value) in fields {
            self.brought.set(path, &field, value);
        }
    }
}
