//! Who may use the push API and the sync side: the one place that decides.

use axum::{
    extract::{RawPathParams, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, header};
use origin_objects::audit::AuditBy;
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
        Ok(caller) => {
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
) -> Result<Caller, Problem> {
    let caller = caller(origin, from, &token.ok_or_else(Problem::unauthorised)?).await?;
    if let Some((_, page)) = params.iter().find(|(name, _)| *name == "page") {
        caller.expect_page(page)?;
    }
    Ok(caller)
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
