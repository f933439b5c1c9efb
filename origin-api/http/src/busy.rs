//! A request is worked on under a permit, for a limited time. When all permits are taken the next request is sent away at once
//! instead of waiting.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use origin_objects::fault::Fault;
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout},
};

use crate::problem::Problem;

#[derive(Clone)]
pub struct Permits(Arc<Semaphore>);

impl Default for Permits {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(REQUESTS_MAX)))
    }
}

pub async fn admit(State(permits): State<Permits>, route: MatchedPath, request: Request, next: Next) -> Response {
    let (began, method) = (Instant::now(), request.method().to_string());
    let response = match permits.0.try_acquire() {
        Ok(_permit) => {
            let ended = timeout(REQUEST_TIME_MAX, next.run(request)).await;
            ended.unwrap_or_else(|_| Problem::slow().into_response())
        }
        Err(_) => Problem::from(Fault::overloaded()).into_response(),
    };
    let status = response.status().as_u16().to_string();
    let labels = [
        ("route", route.as_str().to_owned()),
        ("method", method),
        ("status", status),
    ];
    metrics::histogram!("origin_request_seconds", &labels).record(began.elapsed().as_secs_f64());
    response
}

/// Twice what the writer's queue holds: readers and bodies on their way come on top.
const REQUESTS_MAX: usize = 2 * origin_store::engine::writer::QUEUE_MAX;
/// Receiving, waiting in the queue and writing.
const REQUEST_TIME_MAX: Duration = Duration::from_secs(30);
