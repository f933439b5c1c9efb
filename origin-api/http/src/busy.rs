//! A request is worked on under a permit, for a limited time. When all permits are taken the next request is sent away at once
//! instead of waiting.

use std::time::{Duration, Instant};

use axum::{
    BoxError, Router,
    error_handling::HandleErrorLayer,
    extract::{MatchedPath, Request},
    middleware::{Next, from_fn},
    response::Response,
};
use origin_objects::fault::Fault;
use tower::{ServiceBuilder, limit::GlobalConcurrencyLimitLayer, load_shed::error::Overloaded};

use crate::problem::Problem;

/// These routes share the permits.
pub fn limited<S: Clone + Send + Sync + 'static>(router: Router<S>, permits: usize, time_max: Duration) -> Router<S> {
    router.route_layer(
        ServiceBuilder::new()
            .layer(from_fn(measure))
            .layer(HandleErrorLayer::new(refuse))
            .load_shed()
            .layer(GlobalConcurrencyLimitLayer::new(permits))
            .timeout(time_max),
    )
}

async fn measure(route: MatchedPath, request: Request, next: Next) -> Response {
    let (began, method) = (Instant::now(), request.method().to_string());
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    let labels = [
        ("route", route.as_str().to_owned()),
        ("method", method),
        ("status", status),
    ];
    metrics::histogram!("pharos_origin_request_seconds", &labels).record(began.elapsed().as_secs_f64());
    response
}

async fn refuse(error: BoxError) -> Problem {
    if error.is::<Overloaded>() {
        Fault::overloaded().into()
    } else {
        Problem::slow()
    }
}

/// Twice what the writer's queue holds: readers and bodies on their way come on top.
pub const REQUESTS_MAX: usize = 2 * origin_store::limits::QUEUE_MAX;
/// Those that are about one page. What its publisher sends beyond its places in the queue is refused before it is read.
pub const REQUESTS_PAGE_MAX: usize = origin_store::limits::QUEUE_PAGE_MAX;
/// Receiving, waiting in the queue and writing.
pub const REQUEST_TIME_MAX: Duration = Duration::from_secs(30);
/// How long a name that a publisher sends is looked up.
pub const LOOKUP_TIME_MAX: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use axum::{body::Body, routing::get};
    use http::StatusCode;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn one_too_many_is_sent_away_at_once_and_a_slow_one_when_its_time_is_over() {
        let routes = Router::new()
            .route("/slow", get(std::future::pending::<()>))
            .route("/fast", get(async || {}));
        let router = limited(routes, 2, Duration::from_millis(200));
        let slow = ["/slow", "/slow"].map(|path| tokio::spawn(ask(router.clone(), path)));
        tokio::task::yield_now().await;
        let sent_away = ask(router.clone(), "/fast").await;
        assert!(slow.iter().all(|slow| !slow.is_finished()));
        assert_eq!(sent_away.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(sent_away.headers()["content-type"], "application/problem+json");
        assert_eq!(sent_away.headers()["retry-after"], "1");
        for slow in slow {
            let given_up = slow.await.expect("an answer");
            assert_eq!(given_up.status(), StatusCode::REQUEST_TIMEOUT);
            assert_eq!(given_up.headers()["content-type"], "application/problem+json");
        }
        assert_eq!(ask(router, "/fast").await.status(), StatusCode::OK);
    }

    async fn ask(router: Router, path: &str) -> Response {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        router.oneshot(request).await.expect("an answer")
    }
}
