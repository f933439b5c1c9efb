//! What is too large is read to its end, within bounds, before it is refused: a client that is still sending may find its
//! connection closed before it finds the answer (RFC 9112, section 9.6).

use std::time::Duration;

use axum::{
    body::Body,
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::StreamExt;
use http::{HeaderMap, header};
use origin_objects::fault::Fault;
use tokio::time::timeout;

use crate::{problem::Problem, push::request::BODY_BYTES_MAX};

pub async fn refuse(request: Request, next: Next) -> Response {
    if length(request.headers()).is_none_or(|bytes| bytes <= BODY_BYTES_MAX) {
        return next.run(request).await;
    }
    // Whatever came of reading, the answer is the same.
    let _ = timeout(READ_MAX, read_away(request.into_body())).await;
    Problem::from(Fault::too_large(BODY_BYTES_MAX)).into_response()
}

/// What the client announces; without an announcement the body is counted while it is read.
fn length(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn read_away(body: Body) {
    let mut chunks = body.into_data_stream();
    let mut left = READ_BYTES_MAX;
    while let Some(Ok(chunk)) = chunks.next().await {
        match left.checked_sub(chunk.len()) {
            Some(less) => left = less,
            None => return,
        }
    }
}

/// A hundred times what is allowed: who sends more has not made a small mistake.
const READ_BYTES_MAX: usize = 100 * BODY_BYTES_MAX;
const READ_MAX: Duration = Duration::from_secs(5);
