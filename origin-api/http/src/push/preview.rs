//! A page as those in some audiences see it, drawn by the code that draws it at the edge.

use axum::{
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use origin_compose::{compose, rows::AudienceSet};
use origin_engine::scope::absent_page;
use origin_load::page::load;
use origin_objects::{audiences::Audiences, fault::Fault};
use origin_store::access::audiences;
use page_model::{AudienceId, ContentHash, Language, PageId, Snapshot, site::Visibility};
use page_render::RenderOptions;

use crate::{problem::Problem, push::request::Ids, state::Origin};

/// Whose page is wanted, and in which language.
struct Wanted {
    audiences: Vec<AudienceId>,
    language: Option<Language>,
}

pub async fn read(
    State(origin): State<Origin>,
    Ids(page): Ids<PageId>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let wanted = parsed(query.as_deref().unwrap_or_default())?;
    let mut view = origin.store.view().await?;
    audiences::expect(&mut view, &page, &Audiences::of(wanted.audiences.clone()))
        .await
        .map_err(|refusal| {
            let mut fault = refusal.into_fault();
            fault.field = fault.field.map(|_| AUDIENCE.to_owned());
            fault
        })?;
    // What lies in archives is on pages of its own.
    let loaded = load(&mut view, &page, i64::MAX).await?;
    let loaded = loaded
        .filter(|loaded| loaded.live.is_some())
        .ok_or_else(|| absent_page(&page))?;
    drop(view);
    let visibility = loaded.live.as_ref().map(|live| live.visibility);
    let is_public = wanted.audiences.contains(&AudienceId::public());
    if is_public && matches!(visibility, Some(Visibility::Private | Visibility::Unknown)) {
        let detail = "the page is private: strangers see its door and nothing else";
        return Err(Fault::conflict(detail).at(AUDIENCE).into());
    }
    let set = match is_public {
        true => AudienceSet::public(),
        false => AudienceSet::of(wanted.audiences),
    };
    let language = wanted.language;
    let drawn = tokio::task::spawn_blocking(move || {
        let snapshot = compose::preview(&loaded, &set)?;
        let options = RenderOptions::new(language.unwrap_or(snapshot.page.language));
        Some(page_render::index(&snapshot, options).map(|html| (policy(&snapshot), html)))
    });
    let drawn = drawn.await.map_err(|error| {
        tracing::error!(%error, "drawing a preview failed");
        Fault::internal()
    })?;
    let (policy, html) = drawn.ok_or_else(|| absent_page(&page))?.map_err(|error| {
        tracing::error!(%error, "a preview cannot be drawn");
        Fault::internal()
    })?;
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let robots = [("x-robots-tag", "noindex, noarchive")];
    Ok((headers, robots, [(CONTENT_SECURITY_POLICY, policy)], html).into_response())
}

/// That of the page, without scripts: it is looked at and does nothing.
fn policy(snapshot: &Snapshot) -> String {
    let style = &snapshot.page.branding.style;
    let style = (!style.is_empty()).then(|| ContentHash::of(style.as_bytes()));
    format!("{}; sandbox", page_render::content_security_policy(style.as_ref()))
}

fn parsed(query: &str) -> Result<Wanted, Problem> {
    let (mut audiences, mut language) = (Vec::new(), None);
    for (name, value) in query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
    {
        match name {
            AUDIENCE => {
                let audience =
                    AudienceId::parse(value).map_err(|invalid| Fault::invalid(AUDIENCE, invalid.to_string()))?;
                audiences.push(audience);
            }
            "lang" if language.is_none() => {
                let known =
                    Language::parse(value).ok_or_else(|| Fault::invalid("lang", "no page is in this language"))?;
                language = Some(known);
            }
            _ => return Err(Fault::invalid("query", format!("unknown field `{name:.40}`")).into()),
        }
    }
    let is_mixed = audiences.len() > 1 && audiences.contains(&AudienceId::public());
    if audiences.is_empty() || is_mixed {
        let detail = "name `public` for strangers, or the audiences that somebody is in";
        return Err(Fault::invalid(AUDIENCE, detail).into());
    }
    Ok(Wanted { audiences, language })
}

const AUDIENCE: &str = "audience";
