//! What a request holds, parsed strictly: where, what, and under which condition.

use std::marker::PhantomData;

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, RawPathParams, Request, rejection::BytesRejection},
    response::Response,
};
use http::{HeaderMap, Method, StatusCode, header, request::Parts};
use origin_engine::{
    paging::{Cursor, Window},
    scope::Scope,
    tx::IdempotencyKey,
};
use origin_objects::{Check, Object, fault::Fault, picture::Picture};
use origin_store::{Change, Condition, family::Family};
use page_model::{Id, PageId};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    caller::Caller,
    problem::Problem,
    push::{dry_run, if_match, reply},
    state::Origin,
};
use sha2::{Digest, Sha256};

/// The ids in a path. One that cannot be an id names nothing.
pub struct Ids<T>(pub T);

/// The page that a path names, or the incident or maintenance, for objects of a family below it.
pub struct ScopeOf<F>(pub Scope, pub PhantomData<F>);

/// An object of a family that a path names.
pub struct ObjectOf<F>(pub Scope, pub Id, pub PhantomData<F>);

/// A query string without unknown parameters.
pub struct Strict<T>(pub T);

/// `?limit=50&after=CURSOR`.
pub struct Paging(pub Window);

/// A change: its body, its conditions and where it was sent.
pub struct ChangeRequest<T> {
    body: T,
    condition: Condition,
    /// Whether the answer says who sees something else now.
    tells_visible: bool,
    path: String,
}

/// The body that puts a picture: its bytes.
pub struct PictureBody(pub Picture);

/// The body of a `DELETE`.
pub struct NoBody;

impl<T> ChangeRequest<T> {
    /// For what changes nothing, but reads an object under a condition.
    pub fn into_body(self, known: &impl Serialize) -> Result<T, Problem> {
        self.condition.expect_known(Some(known))?;
        Ok(self.body)
    }

    pub fn new(body: T, condition: Condition, path: &str) -> Self {
        Self {
            body,
            condition,
            tells_visible: false,
            path: path.to_owned(),
        }
    }

    pub fn body(&self) -> &T {
        &self.body
    }

    pub fn body_mut(&mut self) -> &mut T {
        &mut self.body
    }

    /// Without a memory of the answer, for a change that is the same when it is made twice.
    pub fn unremembered(self) -> Self {
        Self {
            condition: Condition {
                idempotency: None,
                ..self.condition
            },
            ..self
        }
    }

    /// By what the request is known again, where it is remembered.
    pub fn fingerprint_mut(&mut self) -> Option<&mut [u8; 32]> {
        let idempotency = self.condition.idempotency.as_mut()?;
        Some(&mut idempotency.fingerprint)
    }

    /// Makes the change and shapes the reply.
    pub async fn make(self, origin: &Origin, change: impl FnOnce(T) -> Change) -> Result<Response, Problem> {
        let is_dry_run = self.condition.watch.as_ref().is_some_and(|watch| watch.dry_run);
        let applied = origin.store.change(change(self.body), self.condition).await?;
        match is_dry_run {
            true => dry_run::reply(applied).await,
            false => {
                let (applied, visible) = dry_run::told(applied, self.tells_visible).await?;
                Ok(reply::applied(applied, visible.as_deref(), &self.path))
            }
        }
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Ids<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<T>::from_request_parts(parts, state).await;
        path.map(|Path(ids)| Self(ids))
            .map_err(|_| Fault::absent("an id has 12 lower-case letters and digits").into())
    }
}

impl<F: Family, S: Send + Sync> FromRequestParts<S> for ScopeOf<F> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let scope = match F::PARENT {
            None => {
                let Ids(page) = Ids::from_request_parts(parts, state).await?;
                Scope::page(page)
            }
            Some(kind) => {
                let Ids((page, parent)) = Ids::from_request_parts(parts, state).await?;
                Scope::below(page, kind, parent)
            }
        };
        Ok(Self(scope, PhantomData))
    }
}

impl<F: Family, S: Send + Sync> FromRequestParts<S> for ObjectOf<F> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let (scope, id) = match F::PARENT {
            None => {
                let Ids((page, id)) = Ids::from_request_parts(parts, state).await?;
                (Scope::page(page), id)
            }
            Some(kind) => {
                let Ids((page, parent, id)) = Ids::from_request_parts(parts, state).await?;
                (Scope::below(page, kind, parent), id)
            }
        };
        Ok(Self(scope, id, PhantomData))
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Strict<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = axum::extract::Query::<T>::try_from_uri(&parts.uri);
        let query = query.map_err(|rejection| Fault::invalid("query", rejection.body_text()))?;
        Ok(Self(query.0))
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct PagingQuery {
    limit: Option<i64>,
    after: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Paging {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Strict(query) = Strict::<PagingQuery>::from_request_parts(parts, state).await?;
        window(query.limit, query.after).map(Self)
    }
}

/// The piece of a list that is asked for.
pub fn window(limit: Option<i64>, after: Option<String>) -> Result<Window, Problem> {
    let limit = limit.unwrap_or(LIMIT_DEFAULT);
    if !(1..=LIMIT_MAX).contains(&limit) {
        let detail = format!("a list has between 1 and {LIMIT_MAX} items");
        return Err(Fault::invalid("limit", detail).into());
    }
    let cursor = |text: String| text.parse::<Cursor>();
    let after = after.map(cursor).transpose();
    let after = after.map_err(|()| Fault::invalid("after", "this is not a cursor that a list has answered"))?;
    Ok(Window { after, limit })
}

impl<T: DeserializeOwned + Check + Send + 'static> FromRequest<Origin> for ChangeRequest<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, origin: &Origin) -> Result<Self, Problem> {
        expect_json(request.headers())?;
        let (mut parts, body) = request.into_parts();
        let bytes = Bytes::from_request(Request::from_parts(parts.clone(), body), origin).await;
        let bytes = bytes.map_err(unread)?;
        let body: T = match bytes.len() <= SHORT_BODY_BYTES {
            true => parse(&bytes)?,
            false => {
                let (page, bytes, length) = (page_of(&mut parts).await, bytes.clone(), bytes.len());
                let parsed = move || parse(&bytes);
                origin.long_work.for_publisher(page.as_ref(), length, parsed).await??
            }
        };
        body.check()?;
        Ok(Self {
            body,
            condition: condition(&parts, &bytes)?,
            tells_visible: dry_run::tells_visible(&parts.uri),
            path: parts.uri.path().to_owned(),
        })
    }
}

impl FromRequest<Origin> for ChangeRequest<PictureBody> {
    type Rejection = Problem;
    async fn from_request(request: Request, origin: &Origin) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let bytes = Bytes::from_request(Request::from_parts(parts.clone(), body), origin).await;
        let bytes = bytes.map_err(unread)?;
        let media_type = parts
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        Ok(Self {
            body: PictureBody(Picture::parse(media_type.unwrap_or_default(), bytes.to_vec())?),
            condition: condition(&parts, &bytes)?,
            tells_visible: false,
            path: parts.uri.path().to_owned(),
        })
    }
}

impl FromRequestParts<Origin> for ChangeRequest<NoBody> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &Origin) -> Result<Self, Problem> {
        Ok(Self {
            body: NoBody,
            condition: condition(parts, &[])?,
            tells_visible: dry_run::tells_visible(&parts.uri),
            path: parts.uri.path().to_owned(),
        })
    }
}

/// The page that the path names.
pub async fn page_of(parts: &mut Parts) -> Option<PageId> {
    let params = RawPathParams::from_request_parts(parts, &()).await.ok()?;
    let (_, page) = params.iter().find(|(name, _)| *name == "page")?;
    page.parse().ok()
}

/// JSON, whole and nothing else; a fault is reported with the path of the field.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value: Result<Object<T>, _> = serde_path_to_error::deserialize(&mut json);
    let Object(value) = value.map_err(|error| {
        let path = error.path().to_string();
        fault(&path, error.into_inner())
    })?;
    json.end().map_err(|error| fault(".", error))?;
    Ok(value)
}

fn fault(path: &str, error: serde_json::Error) -> Problem {
    let detail = error.to_string();
    if !error.is_data() {
        return Problem::malformed(format!("the body is not JSON: {detail}"));
    }
    // serde tells the line and column of a fault too; the path says it better.
    let detail = detail
        .rsplit_once(" at line ")
        .map_or(detail.as_str(), |(message, _)| message);
    let missing = detail
        .strip_prefix("missing field `")
        .and_then(|rest| rest.strip_suffix('`'));
    let field = match (path, missing) {
        (".", Some(missing)) => missing.to_owned(),
        (path, Some(missing)) => format!("{path}.{missing}"),
        (path, None) => path.to_owned(),
    };
    Fault::invalid(field, detail).into()
}

fn expect_json(headers: &HeaderMap) -> Result<(), Problem> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        Ok(())
    } else {
        Err(Problem::media_type())
    }
}

fn unread(rejection: BytesRejection) -> Problem {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Fault::too_large(BODY_BYTES_MAX).into(),
        _ => Problem::malformed("the body did not arrive whole"),
    }
}

pub fn condition(parts: &Parts, body: &[u8]) -> Result<Condition, Problem> {
    let if_match = if_match::lines(&parts.headers)?;
    Ok(Condition {
        if_match: if_match.as_deref().map(if_match::parse),
        idempotency: idempotency_key(parts, if_match.unwrap_or_default().as_bytes(), body)?,
        by: parts.extensions.get::<Caller>().map(|caller| caller.by.clone()),
        watch: dry_run::wanted(parts, body)?,
    })
}

fn idempotency_key(parts: &Parts, if_match: &[u8], body: &[u8]) -> Result<Option<IdempotencyKey>, Problem> {
    let mut keys = parts.headers.get_all("idempotency-key").iter();
    let Some(value) = keys.next() else {
        return Ok(None);
    };
    if keys.next().is_some() {
        return Err(Fault::invalid("idempotency-key", "a request has one key").into());
    }
    let key = value.to_str().unwrap_or_default();
    if !(1..=KEY_CHARS_MAX).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        let detail = format!("a key has 1 to {KEY_CHARS_MAX} visible ASCII characters without spaces");
        return Err(Fault::invalid("idempotency-key", detail).into());
    }
    let caller = parts.extensions.get::<Caller>();
    Ok(caller.map(|caller| IdempotencyKey {
        token_id: caller.token_id.clone(),
        key: key.to_owned(),
        fingerprint: fingerprint(&parts.method, parts.uri.path(), if_match, body),
    }))
}

fn fingerprint(method: &Method, path: &str, if_match: &[u8], body: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [method.as_str().as_bytes(), path.as_bytes(), if_match, body] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// Texts in a body of this size are rendered in less than a millisecond or two, and at once.
const SHORT_BODY_BYTES: usize = 4 * 1024;
/// Largest body of the push API.
pub const BODY_BYTES_MAX: usize = 256 * 1024;
const KEY_CHARS_MAX: usize = 200;
const LIMIT_DEFAULT: i64 = 50;
/// Most items of a list.
pub const LIMIT_MAX: i64 = 100;
