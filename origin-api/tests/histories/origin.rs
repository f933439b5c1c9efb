//! The origin itself, asked in process: its objects, store and composing, without HTTP and without a disk.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use origin_compose::compose::compose;
use origin_engine::{
    scope::{self, Scope},
    sql::{self, Columns as _},
};
use origin_load::page::load;
use origin_objects::{
    Check, Object,
    component::Component,
    fault::{Fault, FaultKind},
    incident::Incident,
    maintenance::Maintenance,
    page::NewPage,
    update::{IncidentUpdate, MaintenanceUpdate},
};
use origin_store::{
    Change, Condition, Store, agenda,
    commit::PageChange,
    components::check::check,
    family::{self, Family, FamilyChange, Verb},
};
use page_model::{Id, PageId, Record, status::Status};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    http::Http,
    reference::facts::Refused,
    told::{Kind, Told, What, component_id, update_id},
};

/// A store of many pages, and the clock by which it writes.
pub struct Origin {
    store: Store,
    clock: Arc<AtomicI64>,
    /// Where requests go, if not straight to the store.
    http: Option<Http>,
}

/// All that is compared of a page at a moment.
pub struct Shown {
    pub records: Vec<Record>,
    /// The objects of the push API.
    pub components: Vec<Value>,
    /// The status changes of each component, oldest first.
    pub histories: BTreeMap<String, Vec<(i64, Status)>>,
}

impl Origin {
    pub async fn open() -> Self {
        let clock = Arc::new(AtomicI64::new(0));
        let told = clock.clone();
        let (store, writer) = Store::in_memory(Arc::new(move || told.load(Ordering::SeqCst)))
            .await
            .expect("a store");
        tokio::spawn(writer.run());
        Self {
            store,
            clock,
            http: None,
        }
    }

    pub async fn open_over_http() -> Self {
        let origin = Self::open().await;
        let http = Http::serve(origin.store.clone()).await;
        Self {
            http: Some(http),
            ..origin
        }
    }

    /// As kv-sync asks for pages.
    pub fn leaves_out_what_nobody_sees(&self) -> bool {
        self.http.is_some()
    }

    pub fn set_clock(&self, now_ms: i64) {
        self.clock.store(now_ms, Ordering::SeqCst);
    }

    pub async fn add_page(&self, page: &PageId, zone: &str, now_ms: i64) {
        self.set_clock(now_ms);
        let new = json!({"name": "Acme", "hosts": [format!("{page}.acme.com")], "time_zone": zone});
        let new = PageChange::Create(Box::new(parsed::<NewPage>(new).expect("a page")));
        self.make(Change::Page(page.clone(), new)).await.expect("it is added");
    }

    pub async fn tell(&self, page: &PageId, told: &Told) -> Result<(), Refused> {
        self.set_clock(told.now_ms);
        if let (Some(http), Some(request)) = (&self.http, told.what.request()) {
            return http.send(page, request).await;
        }
        let told = match &told.what {
            What::ClockLooks => return self.clock_looks(page, told.now_ms).await,
            What::Tick => Ok(Change::Page(page.clone(), PageChange::Tick)),
            what => change(page, what),
        };
        let answer = match told {
            Ok(change) => self.make(change).await,
            Err(fault) => Err(fault),
        };
        answer.map_err(|fault| Refused(code(&fault)))
    }

    async fn make(&self, change: Change) -> Result<(), Fault> {
        self.store.change(change, Condition::default()).await.map(|_| ())
    }

    /// What is due of the page, until nothing is.
    async fn clock_looks(&self, page: &PageId, now_ms: i64) -> Result<(), Refused> {
        loop {
            let turns = agenda::turns(&self.store, EVERY_PAGE).await.expect("the agenda");
            let due = turns
                .into_iter()
                .find(|turn| turn.page == *page && turn.at_ms <= now_ms);
            let Some(due) = due else { return Ok(()) };
            let change = Change::Page(due.page, PageChange::AdvanceMaintenance(due.maintenance));
            self.make(change).await.expect("it is due");
        }
    }

    pub async fn shown(&self, page: &PageId, components: &[u16]) -> Shown {
        let mut read = Vec::new();
        for component in components {
            read.extend(self.component(page, &component_id(*component)).await);
        }
        Shown {
            records: self.records(page).await,
            components: read,
            histories: self.histories(page).await,
        }
    }

    pub async fn records(&self, page: &PageId) -> Vec<Record> {
        if let Some(http) = &self.http {
            return http.records(page).await;
        }
        let mut view = self.store.view().await.expect("a view");
        compose(&load(&mut view, page, 0).await.expect("it loads").expect("a page"))
    }

    async fn component(&self, page: &PageId, component: &str) -> Option<Value> {
        if let Some(http) = &self.http {
            return http.component(page, component).await;
        }
        let (mut reader, scope) = (self.store.reader().await.expect("a reader"), Scope::page(page.clone()));
        let found = family::read::<Component>(&mut reader, &scope, &id(component.into())).await;
        let found = found.expect("it is read")?;
        Some(serde_json::to_value(found.object).expect("JSON"))
    }

    async fn histories(&self, page: &PageId) -> BTreeMap<String, Vec<(i64, Status)>> {
        let changes = "SELECT component_id, at_ms, status FROM status_changes WHERE page_id = $1
                       ORDER BY component_id, at_ms";
        let mut reader = self.store.reader().await.expect("a reader");
        let changes = sql::query(changes).bind(page.as_str()).fetch_all(&mut *reader).await;
        let mut histories: BTreeMap<String, Vec<(i64, Status)>> = BTreeMap::new();
        for row in changes.expect("the changes") {
            let (component, status): (String, String) = (row.get("component_id"), row.get("status"));
            let change = (row.get("at_ms"), Status::parse(&status).expect("a status"));
            histories.entry(component).or_default().push(change);
        }
        histories
    }
}

impl Origin {
    /// The pages of which the kept history is not what is made again from what was said.
    pub async fn made_again(&self) -> Vec<PageId> {
        let folder = TempDir::new().expect("a folder");
        // Without a mode it would be a copy in memory, as the store is.
        let copy = format!("file:{}/origin.db?mode=rwc&cache=private", folder.path().display());
        let mut reader = self.store.reader().await.expect("a reader");
        for sql in ["PRAGMA query_only = OFF", "VACUUM INTO $1"] {
            let query = sql::query(sql).bind(&copy);
            query.execute(&mut *reader).await.expect("a copy");
        }
        let checked = check(folder.path(), false).await.expect("it is checked");
        assert!(checked.components > 0, "there is something to check");
        checked.differing.into_iter().map(|(page, _)| page).collect()
    }
}

/// The change that a request asks for, as the push API makes it.
fn change(page: &PageId, what: &What) -> Result<Change, Fault> {
    let body = what.request().map_or(Value::Null, |request| request.body);
    let on_page = || Scope::page(page.clone());
    let below = |event: &crate::told::Event| {
        let kind = match event.kind {
            Kind::Incident => scope::Kind::Incident,
            Kind::Maintenance => scope::Kind::Maintenance,
        };
        Scope::below(page.clone(), kind, id(event.id()))
    };
    match what {
        What::AddComponent { .. } => create::<Component>(on_page(), body),
        What::Say { component, .. } => alter::<Component>(on_page(), component_id(*component), body),
        What::DropComponent { component } => Ok(delete::<Component>(on_page(), component_id(*component))),
        What::Open { event, .. } => match event.kind {
            Kind::Incident => create::<Incident>(on_page(), body),
            Kind::Maintenance => create::<Maintenance>(on_page(), body),
        },
        What::Update { event, .. } => match event.kind {
            Kind::Incident => create::<IncidentUpdate>(below(event), body),
            Kind::Maintenance => create::<MaintenanceUpdate>(below(event), body),
        },
        What::Correct { event, update, .. } => match event.kind {
            Kind::Incident => alter::<IncidentUpdate>(below(event), update_id(*update), body),
            Kind::Maintenance => alter::<MaintenanceUpdate>(below(event), update_id(*update), body),
        },
        What::Retract { event, update } => Ok(match event.kind {
            Kind::Incident => delete::<IncidentUpdate>(below(event), update_id(*update)),
            Kind::Maintenance => delete::<MaintenanceUpdate>(below(event), update_id(*update)),
        }),
        What::Forget { event } => Ok(match event.kind {
            Kind::Incident => delete::<Incident>(on_page(), event.id()),
            Kind::Maintenance => delete::<Maintenance>(on_page(), event.id()),
        }),
        What::SetImpact { event, .. } => alter::<Incident>(on_page(), event.id(), body),
        What::SetComponents { event, .. } | What::SetWindow { event, .. } => {
            alter::<Maintenance>(on_page(), event.id(), body)
        }
        What::ClockLooks | What::Tick => unreachable!("no request"),
    }
}

fn create<F: Family>(scope: Scope, body: Value) -> Result<Change, Fault>
where
    Change: From<FamilyChange<F>>,
{
    let verb = Verb::Create(parsed::<F::New>(body)?);
    Ok(FamilyChange::<F> { scope, verb }.into())
}

fn alter<F: Family>(scope: Scope, of: String, body: Value) -> Result<Change, Fault>
where
    Change: From<FamilyChange<F>>,
{
    let verb = Verb::Change(id(of), parsed::<F::Patch>(body)?);
    Ok(FamilyChange::<F> { scope, verb }.into())
}

fn delete<F: Family>(scope: Scope, of: String) -> Change
where
    Change: From<FamilyChange<F>>,
{
    let verb = Verb::Delete(id(of));
    FamilyChange::<F> { scope, verb }.into()
}

fn parsed<T: serde::de::DeserializeOwned + Check>(body: Value) -> Result<T, Fault> {
    let Object(parsed) =
        serde_json::from_value::<Object<T>>(body).map_err(|error| Fault::invalid("", error.to_string()))?;
    parsed.check()?;
    Ok(parsed)
}

fn id(text: String) -> Id {
    Id::parse(&text).expect("an id")
}

fn code(fault: &Fault) -> u16 {
    match fault.kind {
        FaultKind::Absent => 404,
        FaultKind::Conflict | FaultKind::Taken => 409,
        FaultKind::Invalid => 422,
        _ => 500,
    }
}

/// The clock of a page stands where its history does: what is due of the others is not looked at meanwhile.
const EVERY_PAGE: usize = 1_000_000;
