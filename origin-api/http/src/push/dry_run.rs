//! Who sees something else after a change: of one that is only tried and taken back (`?dry_run=true`), of any whose sender asks
//! (`?visible=true`), and in a header of each that says for whom something is.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{Method, Uri, request::Parts};
use origin_compose::visible::{self, ForWhom};
use origin_engine::tx::Watch;
use origin_load::visible::look;
use origin_objects::{
    fault::Fault,
    would_see::{DryRun, WouldSee},
};
use origin_store::Applied;
use page_model::{Id, PageId};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Map, Value};

use crate::problem::Problem;

/// What is to be watched of a change. Members as CSV have a dry run of their own, which holds up no other change.
pub fn wanted(parts: &Parts, body: &[u8]) -> Result<Option<Watch>, Problem> {
    let uri = &parts.uri;
    let (dry_run, visible) = (flag(uri, DRY_RUN)?, flag(uri, VISIBLE)?);
    let mut path = uri.path().strip_prefix("/v1/pages/").unwrap_or_default().split('/');
    let page = path.next().and_then(|page| PageId::parse(page).ok());
    // What follows the page is a family, an event, and its updates.
    let update = path.skip(2).skip_while(|part| *part != "updates").nth(1);
    let update = update.and_then(|update| Id::parse(update).ok());
    let asked = match (dry_run, visible) {
        (true, _) => Some(DRY_RUN),
        (false, true) => Some(VISIBLE),
        (false, false) => None,
    };
    match (page, asked) {
        (None, Some(name)) => Err(Fault::invalid(
            name,
            "only changes of a page that exists can be compared with what was before",
        )
        .into()),
        (Some(page), _) if asked.is_some() || changes_access(parts, body) => Ok(Some(Watch {
            page,
            update,
            look,
            dry_run,
        })),
        _ => Ok(None),
    }
}

pub fn tells_visible(uri: &Uri) -> bool {
    matches!(flag(uri, VISIBLE), Ok(true))
}

fn flag(uri: &Uri, flag: &str) -> Result<bool, Problem> {
    let pairs = uri.query().unwrap_or_default().split('&');
    let mut given = pairs.filter_map(|pair| match pair.split_once('=') {
        Some((name, value)) => (name == flag).then_some(value),
        None => (pair == flag).then_some(""),
    });
    match (given.next(), given.next()) {
        (None, _) | (Some("false"), None) => Ok(false),
        (Some("true"), None) => Ok(true),
        _ => Err(Fault::invalid(flag, "this is `true` or `false`, once").into()),
    }
}

/// Whether a request changes for whom something of the page is. Whose content a link shows is no part of that, and what is new costs
/// no look at all that there is.
fn changes_access(parts: &Parts, body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct ForWhom {
        audiences: Option<IgnoredAny>,
        visibility: Option<IgnoredAny>,
    }
    let is_link = parts.uri.path().split('/').nth(4) == Some("links");
    if is_link || parts.method == Method::POST || parts.method == Method::DELETE {
        return false;
    }
    serde_json::from_slice::<ForWhom>(body).is_ok_and(|given| given.audiences.is_some() || given.visibility.is_some())
}

/// To a change that was only tried.
pub async fn reply(applied: Applied) -> Result<Response, Problem> {
    let (applied, changes) = compared(applied).await?;
    let object = applied.answer.or(applied.object);
    let answer = DryRun {
        dry_run: true,
        object: object.and_then(|object| serde_json::from_str(&object).ok()),
        visible: changes.ok_or_else(Fault::internal)?,
    };
    Ok(Json(answer).into_response())
}

/// What became of a change, and what the answer's header says of who sees something else; its body says all of it where that is
/// wanted.
pub async fn told(applied: Applied, in_body: bool) -> Result<(Applied, Option<String>), Problem> {
    if applied.looks.is_none() {
        return Ok((applied, None));
    }
    let (mut applied, changes) = compared(applied).await?;
    let changes = changes.unwrap_or_default();
    if in_body {
        let shown = applied.shown_once.take().or(applied.answer.take());
        let shown = shown
            .or_else(|| applied.object.clone())
            .unwrap_or_else(|| "{}".to_owned());
        applied.answer = with_changes(&shown, &changes).or(Some(shown));
    }
    Ok((applied, Some(in_short(&changes))))
}

/// Off the threads that answer requests: a page with a long past is compared for each audience.
async fn compared(mut applied: Applied) -> Result<(Applied, Option<Vec<WouldSee>>), Problem> {
    let looks = applied.looks.take();
    let changes = tokio::task::spawn_blocking(move || {
        let [before, after] = (*looks?).map(|look| serde_json::from_str::<Option<ForWhom>>(&look).ok());
        Some(match (before?, after?) {
            (Some(before), Some(after)) => visible::changes(&before, &after),
            (Some(before), None) => visible::changes(&before, &before.emptied()),
            (None, _) => Vec::new(),
        })
    });
    let changes = changes.await.map_err(|error| {
        tracing::error!(%error, "comparing who sees what failed");
        Fault::internal()
    })?;
    Ok((applied, changes))
}

fn with_changes(object: &str, changes: &[WouldSee]) -> Option<String> {
    let mut fields: Map<String, Value> = serde_json::from_str(object).ok()?;
    fields.insert(VISIBLE.to_owned(), serde_json::to_value(changes).ok()?);
    Some(Value::Object(fields).to_string())
}

/// Such as `public;appear=0;vanish=2`; those in several audiences have a `+` between them.
fn in_short(changes: &[WouldSee]) -> String {
    let told = changes.iter().take(IN_SHORT_MAX).map(|change| {
        let audiences: Vec<&str> = change.audiences.iter().map(|audience| audience.as_str()).collect();
        let (appear, vanish) = (change.appear.count, change.vanish.count);
        format!("{};appear={appear};vanish={vanish}", audiences.join("+"))
    });
    let told: Vec<String> = told.collect();
    match told.is_empty() {
        true => "nobody".to_owned(),
        false => told.join(", "),
    }
}

const DRY_RUN: &str = "dry_run";
const VISIBLE: &str = "visible";
/// Of whom a header tells; the body tells of all.
const IN_SHORT_MAX: usize = 20;
