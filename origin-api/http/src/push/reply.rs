//! How the push API replies: what became of a change, and what was read.

use axum::{
    Json,
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use origin_engine::{applied::Outcome, etag, paging::Listed, rows::json};
use origin_objects::fault::Fault;
use origin_store::Applied;
use serde::Serialize;

use crate::problem::Problem;

/// A piece of a list.
#[derive(Debug, Serialize)]
struct List<T> {
    items: Vec<T>,
    next: Option<String>,
}

/// The reply to a change that was sent to `path`, below which lies what it created. `visible` says who sees something else.
pub fn applied(applied: Applied, visible: Option<&str>, path: &str) -> Response {
    let mut headers = HeaderMap::new();
    let status = match &applied.outcome {
        Outcome::Created { id } => {
            set(&mut headers, header::LOCATION, &format!("{path}/{id}"));
            StatusCode::CREATED
        }
        Outcome::Added => StatusCode::CREATED,
        Outcome::Changed => StatusCode::OK,
        Outcome::Deleted if applied.answer.is_some() => StatusCode::OK,
        Outcome::Deleted | Outcome::Done => StatusCode::NO_CONTENT,
    };
    if let Some(etag) = applied.etag() {
        set(&mut headers, header::ETAG, &etag);
    }
    let object = applied.shown_once.or(applied.answer).or(applied.object);
    if object.is_some() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if let Some(seq) = applied.seq {
        set(&mut headers, HeaderName::from_static("pharos-seq"), &seq.to_string());
    }
    if let Some(visible) = visible {
        set(&mut headers, HeaderName::from_static("pharos-visible"), visible);
    }
    if applied.replayed {
        set(&mut headers, HeaderName::from_static("idempotency-replayed"), "true");
    }
    (status, headers, object.map_or_else(Body::empty, Body::from)).into_response()
}

pub fn found(object: Option<impl Serialize>, what: &str) -> Result<Response, Problem> {
    let object = object.ok_or_else(|| Fault::absent(format!("there is no such {what}")))?;
    let json = json(&object);
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    set(&mut headers, header::ETAG, &etag::of_json(&json));
    Ok((headers, json).into_response())
}

pub fn listed<T: Serialize>(listed: Listed<T>) -> Response {
    let next = listed.next.map(|cursor| cursor.to_string());
    Json(List {
        items: listed.items,
        next,
    })
    .into_response()
}

fn set(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    // Our ids, numbers and paths always are header values.
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_without_a_body_names_no_media_type() {
        let deleted = applied(Applied::deleted(), None, "/v1/pages/page00000001/groups");
        assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
        assert_eq!(deleted.headers().get(header::CONTENT_TYPE), None);
    }
}
