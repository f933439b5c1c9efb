//! `?dry_run=true` with any change of a page: it is tried and taken back, and the answer says who would see something else.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::Uri;
use origin_compose::visible::{self, ForWhom};
use origin_engine::tx;
use origin_load::visible::look;
use origin_objects::{fault::Fault, would_see::DryRun};
use origin_store::Applied;
use page_model::PageId;

use crate::problem::Problem;

/// Whether a change is only to be tried. Members as CSV have a dry run of their own, which holds up no other change.
pub fn wanted(uri: &Uri) -> Result<Option<tx::DryRun>, Problem> {
    let pairs = uri.query().unwrap_or_default().split('&');
    let mut given = pairs.filter_map(|pair| match pair.split_once('=') {
        Some((name, value)) => (name == NAME).then_some(value),
        None => (pair == NAME).then_some(""),
    });
    match (given.next(), given.next()) {
        (None, _) | (Some("false"), None) => Ok(None),
        (Some("true"), None) => {
            let of_page = uri.path().strip_prefix("/v1/pages/");
            let page = of_page.and_then(|rest| PageId::parse(rest.split('/').next()?).ok());
            let page = page.ok_or_else(|| Fault::invalid(NAME, "only changes of a page that exists can be tried"))?;
            Ok(Some(tx::DryRun { page, look }))
        }
        _ => Err(Fault::invalid(NAME, "this is `true` or `false`, once").into()),
    }
}

/// Off the threads that answer requests: a page with a long past is compared for each audience.
pub async fn reply(applied: Applied) -> Result<Response, Problem> {
    let visible = tokio::task::spawn_blocking(move || {
        let looks = applied.tried.as_deref()?;
        let [before, after] = looks
            .each_ref()
            .map(|look| serde_json::from_str::<Option<ForWhom>>(look).ok());
        let (before, after) = (before?, after?);
        let object = applied.answer.or(applied.object);
        let changes = match (before, after) {
            (Some(before), Some(after)) => visible::changes(&before, &after),
            (Some(before), None) => visible::changes(&before, &before.emptied()),
            (None, _) => Vec::new(),
        };
        Some(DryRun {
            dry_run: true,
            object: object.and_then(|object| serde_json::from_str(&object).ok()),
            visible: changes,
        })
    });
    let answer = visible.await.map_err(|error| {
        tracing::error!(%error, "comparing who sees what failed");
        Fault::internal()
    })?;
    answer
        .map(|answer| Json(answer).into_response())
        .ok_or_else(|| Fault::internal().into())
}

const NAME: &str = "dry_run";
