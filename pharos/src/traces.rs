//! Traces of changes from the push to each region, sent by OTLP over HTTP where somebody wants them.

use std::{fmt, pin::Pin, time::Duration};

use anyhow::Context;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::{
    Resource,
    trace::{BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider},
};
use tokio::runtime::{Builder, Runtime};
use tracing::{Level, Subscriber};
use tracing_subscriber::{Layer, filter::Targets, registry::LookupSpan};

#[derive(clap::Args)]
pub struct TraceArgs {
    /// Where traces are sent, by OTLP over HTTP, such as http://127.0.0.1:4318; without it none are made
    #[arg(long, env = "PHAROS_OTLP_ENDPOINT")]
    pub otlp_endpoint: Option<String>,
}

/// Sends what is left when it ends.
pub struct Sending {
    provider: SdkTracerProvider,
    /// Of its own, as the last traces are sent when that of the program is gone.
    _runtime: Runtime,
}

impl Sending {
    pub fn begin(program: &'static str, endpoint: &str) -> anyhow::Result<Self> {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let client = Client {
            client: reqwest::Client::builder().no_proxy().timeout(SEND_MAX).build()?,
            runtime: runtime.handle().clone(),
        };
        let exporter = opentelemetry_otlp::SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
            .build()
            .context("traces cannot be sent")?;
        let config = BatchConfigBuilder::default().with_scheduled_delay(SEND_PAUSE).build();
        let processor = BatchSpanProcessor::builder(exporter).with_batch_config(config).build();
        let resource = Resource::builder()
            .with_service_name(format!("pharos-{program}"))
            .build();
        let provider = SdkTracerProvider::builder()
            .with_span_processor(processor)
            .with_resource(resource)
            .build();
        Ok(Self {
            provider,
            _runtime: runtime,
        })
    }

    pub fn layer<S: Subscriber + for<'a> LookupSpan<'a>>(&self) -> impl Layer<S> + use<S> {
        let tracer = self.provider.tracer("pharos");
        let is_traced = Targets::new().with_target(trace_context::TARGET, Level::INFO);
        tracing_opentelemetry::layer()
            .with_tracer(tracer)
            .with_filter(is_traced)
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        // Who does not take them is no reason to wait.
        let _ = self.provider.shutdown_with_timeout(SEND_MAX);
    }
}

struct Client {
    client: reqwest::Client,
    runtime: tokio::runtime::Handle,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client")
    }
}

impl HttpClient for Client {
    fn send_bytes<'life, 'sent>(
        &'life self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'sent>>
    where
        'life: 'sent,
        Self: 'sent,
    {
        let client = self.client.clone();
        // Who waits for it is a thread without a runtime.
        let sent = self.runtime.spawn(async move {
            let answer = client.execute(request.try_into()?).await?;
            let mut response = Response::builder().status(answer.status());
            if let Some(headers) = response.headers_mut() {
                *headers = answer.headers().clone();
            }
            Ok::<_, HttpError>(response.body(answer.bytes().await?)?)
        });
        Box::pin(async move { sent.await? })
    }
}

const SEND_PAUSE: Duration = Duration::from_secs(1);
const SEND_MAX: Duration = Duration::from_secs(3);
