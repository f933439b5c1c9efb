//! Instances of the component, as wasmtime's own handler of `wasi:http` makes and keeps them.

use std::{
    collections::BTreeMap,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use tokio::time::{Sleep, sleep};
use wasmtime::{
    Cache, CacheConfig, Config, Engine, Result, Store, StoreContextMut,
    component::{Component, GuestTaskId, Linker},
};
use wasmtime_wasi_http::{
    WasiHttpView,
    handler::{HandlerState, Instance, ProxyPre, ShouldAccept, WorkerExpiration, WorkerState, WorkerStatus},
    p3::bindings::ServicePre,
};

use crate::{bindings, kv::Kv, state::InstanceState};

pub struct Instances {
    engine: Engine,
    pre: ProxyPre<InstanceState>,
    kv: Kv,
    variables: Arc<BTreeMap<String, String>>,
}

impl Instances {
    pub fn load(
        component: &std::path::Path,
        compiled: Option<&std::path::Path>,
        variables: BTreeMap<String, String>,
    ) -> Result<Self> {
        let mut config = Config::new();
        config.wasm_component_model_async(true);
        if let Some(folder) = compiled {
            let mut cache = CacheConfig::new();
            cache.with_directory(std::path::absolute(folder)?);
            config.cache(Some(Cache::new(cache)?));
        }
        let engine = Engine::new(&config)?;
        let component = Component::from_file(&engine, component)?;
        let mut linker = Linker::new(&engine);
        // Rust's standard library imports WASI 0.2 on this target, next to the 0.3 that the component itself speaks.
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        wasmtime_wasi::p3::add_to_linker(&mut linker)?;
        wasmtime_wasi_http::p3::add_to_linker(&mut linker)?;
        bindings::add_to_linker(&mut linker)?;
        Ok(Self {
            pre: ProxyPre::P3(ServicePre::new(linker.instantiate_pre(&component)?)?),
            engine,
            kv: Kv::default(),
            variables: Arc::new(variables),
        })
    }
}

impl HandlerState for Instances {
    type StoreData = InstanceState;
    type WorkerExpiration = Clock;
    type WorkerState = OneAtATime;

    async fn instantiate(&self) -> Result<Instance<InstanceState, Clock, OneAtATime>> {
        let state = InstanceState::new(self.kv.clone(), Arc::clone(&self.variables));
        let mut store = Store::new(&self.engine, state);
        let proxy = self.pre.instantiate_async(&mut store).await?;
        Ok(Instance {
            store,
            proxy,
            view: <InstanceState as WasiHttpView>::http,
            expiration: Clock(Box::pin(sleep(TICK))),
            state: OneAtATime,
        })
    }
}

/// An instance takes the next visit when it is done with the last, so that a trap costs one.
pub struct OneAtATime;

impl WorkerState for OneAtATime {
    type StoreData = InstanceState;
    type RequestData = ();

    fn should_accept_request(&self, calls: usize, _: usize) -> ShouldAccept {
        match calls {
            0 => ShouldAccept::Yes,
            _ => ShouldAccept::No,
        }
    }

    fn on_request_start(
        &self,
        _: StoreContextMut<'_, InstanceState>,
        (): (),
        _: GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + 'static + Send + Sync>> {
        Box::pin(std::future::pending())
    }

    fn drop(&self, _: Store<InstanceState>, result: Result<()>) {
        if let Err(error) = result {
            eprintln!("an instance was ended: {error:#}");
        }
    }
}

/// Ends an instance that takes too long, or that nobody wants.
pub struct Clock(Pin<Box<Sleep>>);

impl WorkerExpiration for Clock {
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>, _: WorkerStatus, since: Instant) -> Poll<()> {
        while self.0.as_mut().poll(cx).is_ready() {
            if since.elapsed() >= INSTANCE_MAX {
                return Poll::Ready(());
            }
            self.0.as_mut().reset(tokio::time::Instant::now() + TICK);
        }
        Poll::Pending
    }
}

const TICK: Duration = Duration::from_millis(250);
const INSTANCE_MAX: Duration = Duration::from_secs(15);
