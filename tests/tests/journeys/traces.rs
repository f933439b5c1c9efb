//! A change is one trace, from the publisher's push to the put into each region.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use axum::{Router, body::Bytes, extract::State, http::StatusCode, routing::post};
use opentelemetry_proto::tonic::{collector::trace::v1::ExportTraceServiceRequest, trace::v1::Span};
use prost::Message as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::{
    eventually, http,
    program::{Program, Programs},
    system::ARRIVAL_MAX,
};
use tokio::net::TcpListener;

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<Span>>>);

#[tokio::test(flavor = "multi_thread")]
async fn push_and_each_regions_put_are_one_trace() -> Result<()> {
    let sink = Sink::default();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    let routes = Router::new().route("/v1/traces", post(take)).with_state(sink.clone());
    tokio::spawn(async move { axum::serve(listener, routes).await });

    let (dir, programs) = (TempDir::with_prefix("pharos-traces-")?, Programs::debug()?);
    let data = dir.path().join("data").display().to_string();
    let component = programs.component.display().to_string();
    let args = [
        "up",
        "--port",
        "0",
        "--data",
        &data,
        "--component",
        &component,
        "--otlp-endpoint",
        &endpoint,
    ];
    let mut up = Program::new(&programs, "up", args.map(str::to_owned).to_vec(), dir.path());
    up.start()?;
    eventually("up is ready", ARRIVAL_MAX * 2, async || {
        ensure!(up.output().contains("curl "), "{}", up.log_end());
        Ok(())
    })
    .await?;
    let ready: Value = serde_json::from_slice(&std::fs::read(dir.path().join("data/ready.json"))?)?;
    let text = |name: &str| ready[name].as_str().with_context(|| format!("no {name}"));
    let incident = json!({ "name": "Slow", "body": "We look." });
    let pushed = http::client()?
        .post(format!("{}/pages/{}/incidents", text("push_url")?, text("page")?))
        .bearer_auth(text("token")?)
        .header("traceparent", format!("00-{TRACE}-{PUBLISHER}-01"))
        .json(&incident);
    pushed.send().await?.error_for_status()?;
    eventually("the trace is whole", ARRIVAL_MAX, async || is_whole(&sink.spans())).await?;
    ensure!(!up.log().contains("pharos_traces"), "spans of traces are in the log");
    up.interrupt()?;
    up.exit(ARRIVAL_MAX).await.map(drop)
}

/// push -> deliver -> put -> store, the last three once for each region.
fn is_whole(spans: &[Span]) -> Result<()> {
    let spans: Vec<&Span> = spans.iter().filter(|span| hex(&span.trace_id) == TRACE).collect();
    let children = |name: &str, parent: &str| -> Vec<String> {
        let children = spans
            .iter()
            .filter(|span| span.name == name && hex(&span.parent_span_id) == parent);
        children.map(|span| hex(&span.span_id)).collect()
    };
    let names: Vec<&str> = spans.iter().map(|span| span.name.as_str()).collect();
    let pushes = children("push", PUBLISHER);
    ensure!(pushes.len() == 1, "{names:?}");
    let delivers = children("deliver", &pushes[0]);
    ensure!(delivers.len() >= 2, "{names:?}");
    for deliver in delivers {
        let puts = children("put", &deliver);
        ensure!(!puts.is_empty(), "no put of a delivery: {names:?}");
        ensure!(
            puts.iter().any(|put| !children("store", put).is_empty()),
            "no store of a put: {names:?}"
        );
    }
    Ok(())
}

async fn take(State(sink): State<Sink>, body: Bytes) -> StatusCode {
    let Ok(request) = ExportTraceServiceRequest::decode(body) else {
        return StatusCode::BAD_REQUEST;
    };
    let scopes = request
        .resource_spans
        .into_iter()
        .flat_map(|resource| resource.scope_spans);
    let mut spans = sink.0.lock().unwrap_or_else(PoisonError::into_inner);
    spans.extend(scopes.flat_map(|scope| scope.spans));
    StatusCode::OK
}

impl Sink {
    fn spans(&self) -> Vec<Span> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PUBLISHER: &str = "00f067aa0ba902b7";
