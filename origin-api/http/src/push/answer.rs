//! How the push API answers.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use origin_objects::fault::Fault;
use origin_store::{
    Answer,
    engine::{paging::Listed, rows::Kept, tx::etag},
};
use serde::Serialize;

use crate::problem::Problem;

/// The answer to a change.
pub struct Answered(pub Answer);

/// A piece of a list.
#[derive(Debug, Serialize)]
struct List<T> {
    items: Vec<T>,
    next: Option<String>,
}

impl From<Answered> for Response {
    fn from(Answered(answer): Answered) -> Response {
        let mut headers = HeaderMap::new();
        let body = answer.shown_once.unwrap_or(answer.body);
        if !body.is_empty() {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if let Some(version) = answer.etag {
            set(&mut headers, header::ETAG, &etag(version));
        }
        if let Some(location) = &answer.location {
            set(&mut headers, header::LOCATION, location);
        }
        if let Some(seq) = answer.seq {
            set(&mut headers, HeaderName::from_static("pharos-seq"), &seq.to_string());
        }
        if answer.replayed {
            set(&mut headers, HeaderName::from_static("idempotency-replayed"), "true");
        }
        let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
        (status, headers, body).into_response()
    }
}

pub fn found<T: Serialize>(kept: Option<Kept<T>>, what: &str) -> Result<Response, Problem> {
    let kept = kept.ok_or_else(|| Fault::absent(format!("there is no such {what}")))?;
    let mut response = Json(kept.object).into_response();
    set(response.headers_mut(), header::ETAG, &etag(kept.seq));
    Ok(response)
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
