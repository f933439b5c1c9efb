//! A stand-in for Spin: the component of `spin.toml` on wasmtime's own `wasi:http`, with a map as its store.
//!
//! Spin is built on the same; what it adds, such as its triggers and its stores on disk, is not here.

mod bindings;
mod instance;
mod kv;
mod state;

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, sync::Arc};

use anyhow::{Result, anyhow};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{ConnectInfo, DefaultBodyLimit, Request, State},
    response::Response,
};
use clap::Parser;
use http::{HeaderName, HeaderValue, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full};
use tokio::net::TcpListener;
use wasmtime_wasi_http::handler::ProxyHandler;

use instance::Instances;

#[derive(Parser)]
struct Args {
    #[arg(long)]
    region: String,
    #[arg(long)]
    put_verify_key: String,
    #[arg(long)]
    listen: SocketAddr,
    #[arg(long)]
    component: PathBuf,
    #[arg(long, default_value = "")]
    visitors_url: String,
    #[arg(long, default_value = "")]
    sign_in_key: String,
    /// As an operator says it who has no proxy before Spin
    #[arg(long, default_value = "true")]
    trust_spin_client_addr: String,
    /// Where compiled components are kept
    #[arg(long, env = "PHAROS_COMPILED")]
    compiled: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let args = Args::parse();
    // reqwest wants a TLS provider to be there even when no address is https.
    drop(rustls::crypto::ring::default_provider().install_default());
    let variables = BTreeMap::from([
        ("region".to_owned(), args.region),
        ("put_verify_key".to_owned(), args.put_verify_key),
        ("visitors_url".to_owned(), args.visitors_url),
        ("sign_in_key".to_owned(), args.sign_in_key),
        ("trust_spin_client_addr".to_owned(), args.trust_spin_client_addr),
    ]);
    let instances = Instances::load(&args.component, args.compiled.as_deref(), variables);
    let handler = ProxyHandler::new(instances.map_err(|error| anyhow!("{error:#}"))?);
    let routes = Router::new()
        .fallback(serve)
        .layer(DefaultBodyLimit::disable())
        .with_state(Arc::new(handler));
    let visitors = routes.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(TcpListener::bind(args.listen).await?, visitors).await?;
    Ok(())
}

async fn serve(
    State(handler): State<Arc<ProxyHandler<Instances>>>,
    ConnectInfo(visitor): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    match answer(&handler, visitor, request).await {
        Ok(response) => response,
        Err(error) => {
            eprintln!("a visit got no reply: {error:#}");
            let mut response = Response::new(Body::from("The component failed.\n"));
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            response
        }
    }
}

async fn answer(handler: &ProxyHandler<Instances>, visitor: SocketAddr, request: Request) -> Result<Response> {
    let (mut head, body) = request.into_parts();
    // As Spin does: the address behind whatever the visitor wrote there, and the host in the URI.
    head.headers
        .append(CLIENT_ADDRESS, HeaderValue::try_from(visitor.to_string())?);
    let host = head.headers.remove(header::HOST);
    let host = host.as_ref().and_then(|host| host.to_str().ok()).unwrap_or_default();
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
    if head.uri.authority().is_none() {
        let named = Uri::builder().scheme("http").authority(host).path_and_query(target);
        // Of a host that is none the component itself may speak.
        head.uri = named.build().unwrap_or(head.uri);
    }
    let body = Full::new(to_bytes(body, BODY_BYTES_MAX).await?);
    let request = Request::from_parts(head, body.map_err(|never| match never {}).boxed_unsync());
    let response = handler
        .handle((), request)
        .await
        .map_err(|error| anyhow!("{error:#}"))?;
    Ok(response.map(Body::new))
}

const CLIENT_ADDRESS: HeaderName = HeaderName::from_static("spin-client-addr");
const BODY_BYTES_MAX: usize = 16 * 1024 * 1024;
