//! Who was let in to a page, and the end of it.

use axum::{extract::State, response::Response};
use origin_access::{
    ended::{self, Ended, Over},
    sessions::{self, Counting},
};
use origin_engine::{
    clock::now_ms,
    paging::{Listed, Window},
    scope::absent_page,
    sql::{self, Readers},
};
use origin_objects::session::SessionId;
use origin_store::{
    Change::Page,
    commit::PageChange::{EndEach, EndSessions},
};
use page_model::PageId;
use serde::Deserialize;

use crate::{
    problem::Problem,
    push::{
        reply::listed,
        request::{ChangeRequest, Ids, NoBody, Strict, window},
    },
    state::Origin,
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionsQuery {
    limit: Option<i64>,
    after: Option<String>,
    /// Only those of whoever is called so.
    person: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhoseQuery {
    person: Option<String>,
}

pub async fn list(
    State(origin): State<Origin>,
    Ids(page): Ids<PageId>,
    Strict(query): Strict<SessionsQuery>,
) -> Result<Response, Problem> {
    let window: Window = window(query.limit, query.after)?;
    let over = over(&origin, &page).await?;
    let Some(sign_ins) = &origin.sign_ins else {
        let nobody: Vec<SessionId> = Vec::new();
        return Ok(listed(Listed {
            items: nobody,
            next: None,
        }));
    };
    let counting = Counting {
        page: &page,
        over: &over,
        now_ms: now_ms(),
        person: query.person.as_deref(),
    };
    let mut reader = sign_ins.acquire().await?;
    Ok(listed(sessions::list(&mut reader, &counting, window).await?))
}

/// Whoever it is has to sign in again.
pub async fn end(
    State(origin): State<Origin>,
    Ids((page, session)): Ids<(PageId, String)>,
    request: ChangeRequest<NoBody>,
) -> Result<Response, Problem> {
    let mut ended = Vec::new();
    if let (Some(sign_ins), Some(id)) = (&origin.sign_ins, SessionId::parse(&session)) {
        let over = over(&origin, &page).await?;
        let counting = Counting {
            page: &page,
            over: &over,
            now_ms: now_ms(),
            person: None,
        };
        let mut reader = sign_ins.acquire().await?;
        ended.extend(sessions::one(&mut reader, &counting, id).await?);
    }
    request.make(&origin, |NoBody| Page(page, EndEach(ended))).await
}

/// Everybody who was let in has to sign in again, or everybody who is called so.
pub async fn end_all(
    State(origin): State<Origin>,
    Ids(page): Ids<PageId>,
    Strict(query): Strict<WhoseQuery>,
    request: ChangeRequest<NoBody>,
) -> Result<Response, Problem> {
    let Some(person) = query.person else {
        return request.make(&origin, |NoBody| Page(page, EndSessions)).await;
    };
    let over = over(&origin, &page).await?;
    let ended = match &origin.sign_ins {
        Some(sign_ins) => of_person(sign_ins, &page, &over, &person).await?,
        None => Vec::new(),
    };
    request.make(&origin, |NoBody| Page(page, EndEach(ended))).await
}

async fn of_person(sign_ins: &Readers, page: &PageId, over: &Over, person: &str) -> sql::Result<Vec<Ended>> {
    let counting = Counting {
        page,
        over,
        now_ms: now_ms(),
        person: Some(person),
    };
    let mut reader = sign_ins.acquire().await?;
    sessions::of_person(&mut reader, &counting).await
}

async fn over(origin: &Origin, page: &PageId) -> Result<Over, Problem> {
    let mut view = origin.store.view().await?;
    let over = ended::over(&mut view, page).await?;
    over.ok_or_else(|| absent_page(page).into())
}
