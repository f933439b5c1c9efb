//! A page as those in some audiences see it, at any of its addresses: answered by the code that answers at an edge.

use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use edge_worker::gateway;
use http::{
    HeaderMap, HeaderValue,
    header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS},
};
use origin_compose::{
    compose,
    rows::{AudienceSet, PageRows},
};
use origin_engine::{clock::now_ms, scope::absent_page};
use origin_load::page::load;
use origin_objects::{audiences::Audiences, fault::Fault};
use origin_store::access::audiences;
use page_address::{Parameter, Query, Route};
use page_model::{AudienceId, Host, Language, PageId, site::Visibility};

use crate::{
    problem::Problem,
    push::{preview_region::PreviewRegion, request::Ids},
    state::Origin,
};

/// Whose page is wanted, and what of it.
struct Wanted {
    audiences: Vec<AudienceId>,
    /// Path and query on the page's host.
    target: String,
    /// Whether that is more than the page shows now.
    needs_past: bool,
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
    let after = if wanted.needs_past { 0 } else { i64::MAX };
    let loaded = load(&mut view, &page, after).await?;
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
    let drawn = move || answer(loaded, set, &wanted.target);
    let answered = origin.long_work.for_publisher(Some(&page), 0, drawn).await?;
    let answered = answered.ok_or_else(|| absent_page(&page))?;
    let headers = headers(answered.headers());
    Ok((answered.status(), headers, answered.into_body()).into_response())
}

fn answer(loaded: PageRows, set: AudienceSet, target: &str) -> Option<http::Response<Bytes>> {
    let first = loaded.live.as_ref()?.hosts.first().map(|claim| claim.host.clone());
    let host = first.or_else(|| Host::parse(NO_HOST).ok())?;
    let (site, records) = compose::preview(loaded, set)?;
    PreviewRegion::of(site, records, host, now_ms().unsigned_abs()).visit(target)
}

/// Those of the edge that say what it is. It is looked at here and does nothing.
fn headers(of_edge: &HeaderMap) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if let Some(media_type) = of_edge.get(CONTENT_TYPE) {
        headers.insert(CONTENT_TYPE, media_type.clone());
    }
    let policy = of_edge
        .get(CONTENT_SECURITY_POLICY)
        .and_then(|policy| policy.to_str().ok());
    let policy = format!("{}; sandbox", policy.unwrap_or("default-src 'none'"));
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex, noarchive"));
    headers
}

fn parsed(query: &str) -> Result<Wanted, Problem> {
    let mut audiences = Vec::new();
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
            "lang" | "path" => {}
            _ => return Err(Fault::invalid("query", format!("unknown field `{name:.40}`")).into()),
        }
    }
    let is_mixed = audiences.len() > 1 && audiences.contains(&AudienceId::public());
    if audiences.is_empty() || is_mixed {
        let detail = "name `public` for strangers, or the audiences that somebody is in";
        return Err(Fault::invalid(AUDIENCE, detail).into());
    }
    let fields = Query::whole(Some(query));
    let language = fields.get("lang");
    if language
        .as_deref()
        .is_some_and(|language| Language::parse(language).is_none())
    {
        return Err(Fault::invalid("lang", "no page is in this language").into());
    }
    let asked = fields.get("path").unwrap_or_else(|| "/".to_owned());
    let (path, query) = asked.split_once('?').unwrap_or((&asked, ""));
    let of_page = Route::of(path).filter(|(route, _)| gateway::addresses().any(|pattern| pattern == route.pattern));
    let (route, _) =
        of_page.ok_or_else(|| Fault::invalid("path", "the page has no such address; write it as `/history`"))?;
    let query = Query::declared(Some(query), route.parameters);
    let spoken = language.map(|language| Query::of(LANGUAGE, &language).suffix());
    let target = match spoken {
        Some(spoken) if query.language().is_none() => joined(path, &spoken, &query),
        _ => format!("{path}{}", query.suffix()),
    };
    Ok(Wanted {
        audiences,
        target,
        needs_past: path != "/",
    })
}

fn joined(path: &str, spoken: &str, query: &Query) -> String {
    match query.text() {
        Some(query) => format!("{path}{spoken}&{query}"),
        None => format!("{path}{spoken}"),
    }
}

const AUDIENCE: &str = "audience";
const LANGUAGE: Parameter = page_address::LANGUAGE;
/// Of a page that has no host yet.
const NO_HOST: &str = "preview.invalid";
