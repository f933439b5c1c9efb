//! What is too large is read to its end, within bounds, before it is refused: a client that is still sending may find its
//! connection closed before it finds the answer (RFC 9112, section 9.6).

use std::time::Duration;

use axum::{
    body::HttpBody,
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use http_body_util::{BodyExt, Limited};
use origin_objects::fault::Fault;
use tokio::time::timeout;

use crate::{problem::Problem, push::request::BODY_BYTES_MAX};

pub async fn refuse(request: Request, next: Next) -> Response {
    // What the client announces; without an announcement the body is counted while it is read.
    if request.body().size_hint().lower() <= BODY_BYTES_MAX as u64 {
        return next.run(request).await;
    }
    let mut body = Limited::new(request.into_body(), READ_BYTES_MAX);
    // Whatever came of reading, the answer is the same.
    let _ = timeout(READ_MAX, async { while let Some(Ok(_)) = body.frame().await {} }).await;
    Problem::from(Fault::too_large(BODY_BYTES_MAX)).into_response()
}

/// A hundred times what is allowed: who sends more has not made a small mistake.
const READ_BYTES_MAX: usize = 100 * BODY_BYTES_MAX;
const READ_MAX: Duration = Duration::from_secs(5);
