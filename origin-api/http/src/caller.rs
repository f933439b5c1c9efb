//! Who may use the push API and the sync side: the one place that decides.

use axum::{
    extract::{RawPathParams, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, header};
use origin_engine::places::Place;
use origin_objects::{audit::AuditBy, fault::Fault};
use origin_store::accounts::tokens;
use page_model::PageId;
use tracing::{Instrument as _, Span};

use crate::{
    problem::Problem,
    state::Origin,
    wrong_tokens::{Peer, Worth},
};

/// Whose token came with a request.
#[derive(Debug, Clone)]
pub struct Caller {
    pub token_id: String,
    /// Who stands in the audit log.
    pub by: AuditBy,
    /// The one page that the token is for; `None` for all.
    pub page: Option<PageId>,
}

impl Caller {
    /// For what belongs to no page: pages themselves and tokens.
    pub fn expect_all_pages(&self) -> Result<(), Problem> {
        match &self.page {
            None => Ok(()),
            Some(page) => Err(Problem::forbidden(format!("this token is for page {page} only"))),
        }
    }

    /// For what takes from others: names that they could have, and the page itself.
    pub fn expect_all_pages_for(&self, what: &str) -> Result<(), Problem> {
        match &self.page {
            None => Ok(()),
            Some(page) => Err(Problem::forbidden(format!(
                "this token is for page {page} only, and {what}; a token for all pages can"
            ))),
        }
    }

    /// A token for another page is answered alike whether or not the page exists.
    fn expect_page(&self, named: &str) -> Result<(), Problem> {
        match &self.page {
            Some(page) if page.as_str() != named => {
                Err(Problem::forbidden(format!("this token is for page {page} only")))
            }
            _ => Ok(()),
        }
    }
}

/// In front of every route of the push API.
pub async fn push(State(origin): State<Origin>, params: RawPathParams, mut request: Request, next: Next) -> Response {
    let token = bearer(request.headers()).map(str::to_owned);
    let from = request.extensions().get::<Peer>().copied();
    match admitted(&origin, from, token, &params).await {
        Ok((caller, _place)) => {
            request.extensions_mut().insert(caller);
            let span = traced(&origin, &params, &request);
            next.run(request).instrument(span).await
        }
        Err(problem) => problem.into_response(),
    }
}

/// A change of a page, as a part of the publisher's own trace if it is in one.
fn traced(origin: &Origin, params: &RawPathParams, request: &Request) -> Span {
    let page = params.iter().find(|(name, _)| *name == "page");
    let Some((_, page)) = page.filter(|_| *request.method() != Method::GET) else {
        return Span::none();
    };
    let (method, path) = (request.method().as_str(), request.uri().path());
    let span = tracing::info_span!(target: trace_context::TARGET, "push", method, path, page);
    let parent = request.headers().get(trace_context::HEADER);
    if let Some(parent) = parent.and_then(|parent| parent.to_str().ok()) {
        trace_context::follow(&span, parent);
    }
    origin.traces.note(page, &span);
    span
}

/// In front of every route of the sync side.
pub async fn sync(State(origin): State<Origin>, request: Request, next: Next) -> Response {
    match bearer(request.headers()) {
        Some(token) if origin.is_sync(token) => next.run(request).await,
        _ => Problem::unauthorised().into_response(),
    }
}

async fn admitted(
    origin: &Origin,
    from: Option<Peer>,
    token: Option<String>,
    params: &RawPathParams,
) -> Result<(Caller, Option<Place<PageId>>), Problem> {
    let caller = caller(origin, from, &token.ok_or_else(Problem::unauthorised)?).await?;
    let Some((_, page)) = params.iter().find(|(name, _)| *name == "page") else {
        return Ok((caller, None));
    };
    caller.expect_page(page)?;
    let Ok(page) = page.parse() else {
        return Ok((caller, None));
    };
    let place = origin.requests.take(&page).ok_or_else(Fault::overloaded)?;
    Ok((caller, Some(place)))
}

async fn caller(origin: &Origin, from: Option<Peer>, token: &str) -> Result<Caller, Problem> {
    if origin.is_admin(token) {
        return Ok(Caller {
            token_id: ADMIN.into(),
            by: AuditBy::Operator,
            page: None,
        });
    }
    match origin.wrong_tokens.worth(from, token) {
        Worth::Look => {}
        Worth::Nothing => return Err(Problem::unauthorised()),
        Worth::Later => return Err(Problem::too_many_wrong_tokens()),
    }
    let found = tokens::with_secret(&mut *origin.store.reader().await?, token).await?;
    let Some(found) = found else {
        origin.wrong_tokens.missed(from);
        return Err(Problem::unauthorised());
    };
    origin.wrong_tokens.found(token);
    let token = found;
    Ok(Caller {
        token_id: token.id.to_string(),
        page: token.page,
        by: AuditBy::Token {
            id: token.id,
            name: token.name,
        },
    })
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// Stands for the token of the configuration where an id is needed; no stored token has a name this short.
const ADMIN: &str = "admin";

#[cfg(test)]
mod tests {
    use std::{convert::Infallible, sync::Arc};

    use axum::body::{Body, Bytes};
    use futures_util::{FutureExt, future::join_all, stream};
    use http::StatusCode;
    use origin_engine::outward::Outward;
    use origin_store::Store;
    use tokio_util::sync::CancellationToken;
    use tower::ServiceExt;

    use super::*;
    use crate::{busy::REQUESTS_PAGE_MAX, router::router};

    #[tokio::test]
    async fn slow_bodies_for_one_page_leave_room_for_those_of_others() {
        let (store, writer) = Store::in_memory(Arc::new(|| 0)).await.expect("a database");
        let writer = tokio::spawn(writer.run());
        let outward = Outward::default();
        let origin = Origin::new(store, None, TOKEN, "", outward, CancellationToken::new()).expect("threads");
        let router = router(origin.clone());
        let send = async |method, path: &str, body| {
            let request = Request::builder().method(method).uri(path);
            let request = request
                .header(header::AUTHORIZATION, format!("Bearer {TOKEN}"))
                .header(header::CONTENT_TYPE, "application/json")
                .body(body)
                .expect("a request");
            router.clone().oneshot(request).await.expect("an answer")
        };
        let renamed = async |page: &str| send(Method::PATCH, page, Body::from(r#"{"name": "B"}"#)).await;
        for page in PAGES {
            let created = format!(r#"{{"id": "{}", "name": "A"}}"#, &page[page.len() - 12..]);
            let created = send(Method::POST, "/v1/pages", Body::from(created)).await;
            assert_eq!(created.status(), StatusCode::CREATED);
        }
        let [greedy, other] = PAGES;
        let slow = || Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
        let held = (0..REQUESTS_PAGE_MAX).map(|_| send(Method::PATCH, greedy, slow()));
        let mut held = Box::pin(join_all(held));
        assert!(held.as_mut().now_or_never().is_none());
        let refused = renamed(greedy).await;
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(refused.headers()["retry-after"], "1");
        assert_eq!(renamed(other).await.status(), StatusCode::OK);
        drop(held);
        assert_eq!(
            renamed(greedy).await.status(),
            StatusCode::OK,
            "its places are free again"
        );
        writer.abort();
    }

    const TOKEN: &str = "the-admin-token";
    const PAGES: [&str; 2] = ["/v1/pages/page00000001", "/v1/pages/page00000002"];
}
