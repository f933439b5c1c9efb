use axum::{Json, extract::State, response::Response};
use origin_objects::{
    fault::Fault,
    incident_template::{IncidentTemplatePatch, NewIncidentTemplate, NewPreview, Preview},
};
use origin_store::{
    Change::Page,
    engine::commit::PageChange::{CreateIncidentTemplate, DeleteIncidentTemplate, PatchIncidentTemplate},
    incidents::incident_templates,
    pages,
};
use page_model::{Id, PageId};

use crate::{
    problem::Problem,
    push::{
        answer::{found, listed},
        request::{Asked, Nothing, Paging, Place},
    },
    state::Origin,
};

pub async fn create(
    State(origin): State<Origin>,
    Place(page): Place<PageId>,
    asked: Asked<NewIncidentTemplate>,
) -> Result<Response, Problem> {
    asked
        .make(&origin, |new| Page(page, CreateIncidentTemplate(Box::new(new))))
        .await
}

pub async fn list(
    State(origin): State<Origin>,
    Place(page): Place<PageId>,
    Paging(window): Paging,
) -> Result<Response, Problem> {
    let mut view = origin.store.view().await?;
    pages::expect(&mut view, &page).await?;
    Ok(listed(incident_templates::list(&mut view, &page, window).await?))
}

pub async fn read(State(origin): State<Origin>, Place((page, id)): Place<(PageId, Id)>) -> Result<Response, Problem> {
    let mut view = origin.store.view().await?;
    found(
        incident_templates::read(&mut view, &page, &id).await?,
        "incident template",
    )
}

pub async fn change(
    State(origin): State<Origin>,
    Place((page, id)): Place<(PageId, Id)>,
    asked: Asked<IncidentTemplatePatch>,
) -> Result<Response, Problem> {
    asked
        .make(&origin, |patch| Page(page, PatchIncidentTemplate(id, Box::new(patch))))
        .await
}

pub async fn delete(
    State(origin): State<Origin>,
    Place((page, id)): Place<(PageId, Id)>,
    asked: Asked<Nothing>,
) -> Result<Response, Problem> {
    asked
        .make(&origin, |Nothing| Page(page, DeleteIncidentTemplate(id)))
        .await
}

/// The incident as it would be created. Nothing is stored.
pub async fn preview(
    State(origin): State<Origin>,
    Place((page, id)): Place<(PageId, Id)>,
    asked: Asked<NewPreview>,
) -> Result<Json<Preview>, Problem> {
    let template = incident_templates::read(&mut *origin.store.reader().await?, &page, &id).await?;
    let template = template.ok_or_else(|| Fault::absent("there is no such incident template"))?;
    Ok(Json(template.object.preview(&asked.into_body().variables)?))
}
