//! What a template would create.

use axum::{Json, extract::State};
use origin_objects::{
    fault::Fault,
    incident_template::{IncidentTemplate, NewPreview, Preview},
};
use origin_store::family;

use crate::{
    problem::Problem,
    push::request::{ChangeRequest, ObjectOf},
    state::Origin,
};

/// The incident as it would be created. Nothing is stored.
pub async fn preview(
    State(origin): State<Origin>,
    ObjectOf(scope, id, _): ObjectOf<IncidentTemplate>,
    request: ChangeRequest<NewPreview>,
) -> Result<Json<Preview>, Problem> {
    let found = family::read::<IncidentTemplate>(&mut *origin.store.reader().await?, &scope, &id).await?;
    let template = found.ok_or_else(|| Fault::absent("there is no such incident template"))?;
    let preview = request.into_body(&template.object)?;
    Ok(Json(template.object.preview(&preview.variables)?))
}
