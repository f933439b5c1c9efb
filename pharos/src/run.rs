//! What every program here shares: a runtime, a signal that ends it, its metrics.

use std::{future::Future, net::TcpListener, time::Duration};

use anyhow::Context;
use listenfd::ListenFd;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio_util::sync::CancellationToken;

use crate::allocator;

pub fn block_on<T>(program: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .on_thread_park(allocator::give_back_rarely)
        .build()
        .context("cannot start the runtime")?;
    runtime.block_on(program)
}

/// Cancelled by Ctrl-C or SIGTERM; a second signal ends the process at once.
pub fn until_signal() -> anyhow::Result<CancellationToken> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let shutdown = CancellationToken::new();
    let token = shutdown.clone();
    tokio::spawn(async move {
        for last in [false, true] {
            tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
            if last {
                std::process::exit(130);
            }
            tracing::info!("draining; a second signal ends at once");
            token.cancel();
        }
    });
    Ok(shutdown)
}

/// The socket that systemd hands over, if it does.
pub fn socket() -> anyhow::Result<Option<TcpListener>> {
    let socket = ListenFd::from_env().take_tcp_listener(0);
    socket.context("what systemd hands over is no TCP socket")
}

/// The recorder of this process, with what it is.
pub fn metrics(program: &'static str) -> anyhow::Result<PrometheusHandle> {
    let handle = PrometheusBuilder::new()
        .install_recorder()
        .context("cannot record metrics")?;
    metrics::describe_gauge!("pharos_build_info", "1, with the version and the program as labels.");
    metrics::gauge!("pharos_build_info", "version" => env!("CARGO_PKG_VERSION"), "program" => program).set(1.0);
    let upkeep = handle.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(UPKEEP).await;
            upkeep.run_upkeep();
        }
    });
    Ok(handle)
}

/// How often the recorder folds what it gathered, so that it stays small.
const UPKEEP: Duration = Duration::from_secs(5);
