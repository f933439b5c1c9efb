//! What an instance of the component owns.

use std::{collections::BTreeMap, sync::Arc};

use http_body_util::{BodyExt, Full};
use reqwest::Client;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView};

use crate::kv::Kv;

/// What lies in the wasmtime store of an instance.
pub struct InstanceState {
    pub table: ResourceTable,
    pub kv: Kv,
    pub variables: Arc<BTreeMap<String, String>>,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    egress: Egress,
}

impl InstanceState {
    pub fn new(kv: Kv, variables: Arc<BTreeMap<String, String>>) -> Self {
        Self {
            table: ResourceTable::new(),
            wasi: WasiCtx::builder().inherit_stdout().inherit_stderr().build(),
            http: WasiHttpCtx::new(),
            egress: Egress {
                allowed: variables.get("visitors_url").cloned().unwrap_or_default(),
            },
            kv,
            variables,
        }
    }
}

impl WasiView for InstanceState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for InstanceState {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            hooks: &mut self.egress,
            table: &mut self.table,
            ctx: &mut self.http,
        }
    }
}

/// `spin.toml` allows one outbound host: the origin's listener for visitors.
struct Egress {
    allowed: String,
}

type Sending<T> = Box<dyn Future<Output = Result<T, Error>> + Send>;

impl WasiHttpHooks for Egress {
    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        _: Option<RequestOptions>,
        _: Sending<()>,
    ) -> Sending<(http::Response<WasiBody>, Sending<()>)> {
        let is_allowed = !self.allowed.is_empty() && request.uri().to_string().starts_with(&self.allowed);
        Box::new(async move {
            if !is_allowed {
                return Err(Error::HttpRequestDenied);
            }
            let response = send(request).await?;
            let done: Sending<()> = Box::new(async { Ok(()) });
            Ok((response, done))
        })
    }
}

async fn send(request: http::Request<WasiBody>) -> Result<http::Response<WasiBody>, Error> {
    let failed = |error: reqwest::Error| Error::InternalError(Some(error.to_string()));
    let (head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let client = Client::builder().no_proxy().build().map_err(failed)?;
    let request = client.request(head.method, head.uri.to_string());
    let reply = request.headers(head.headers).body(body).send().await.map_err(failed)?;
    let mut response = http::Response::new(());
    *response.status_mut() = reply.status();
    *response.headers_mut() = reply.headers().clone();
    let body = reply.bytes().await.map_err(failed)?;
    Ok(response.map(|()| Full::new(body).map_err(|never| match never {}).boxed_unsync()))
}
