//! The component, compiled once and linked.

use std::{path::Path, time::Instant};

use anyhow::Context;
use wasmtime::{
    Cache, CacheConfig, Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig,
    component::{Component, Linker},
};

use crate::{
    bindings::EdgePre,
    instance::InstanceState,
    limits::{GUEST_INSTANCES_MAX, GUEST_MEMORY_BYTES_MAX, GUEST_TABLE_ELEMENTS_MAX},
};

/// Takes the compiled component from the folder `compiled`; a new one is compiled first, which takes some seconds.
pub fn load(component: &Path, compiled: &Path) -> anyhow::Result<EdgePre<InstanceState>> {
    let cache = cache(compiled)
        .map_err(in_words)
        .with_context(|| format!("compiled components cannot be kept in {}", compiled.display()))?;
    let engine = engine(cache.clone()).map_err(in_words)?;
    tracing::info!(component = %component.display(), "loads the component; a new one is compiled first, which takes some seconds");
    let start = Instant::now();
    let linked = link(&engine, component).map_err(in_words).with_context(|| {
        let component = component.display();
        format!("the component {component} cannot run here; `cargo xtask wasm` builds edge_steps.wasm for it")
    })?;
    tracing::info!(
        ms = start.elapsed().as_millis(),
        compiled = cache.cache_misses() > 0,
        "the component is loaded"
    );
    Ok(linked)
}

fn cache(folder: &Path) -> wasmtime::Result<Cache> {
    let mut config = CacheConfig::new();
    // Wasmtime takes no path that depends on where the process runs.
    config.with_directory(std::path::absolute(folder)?);
    Cache::new(config)
}

fn engine(cache: Cache) -> wasmtime::Result<Engine> {
    let mut pool = PoolingAllocationConfig::new();
    let instances = POOL_INSTANCES;
    pool.total_component_instances(instances)
        .total_core_instances(instances * CORE_INSTANCES_PER_COMPONENT)
        .total_memories(instances)
        .total_tables(instances * CORE_INSTANCES_PER_COMPONENT)
        .total_stacks(instances)
        .max_memory_size(GUEST_MEMORY_BYTES_MAX)
        .table_elements(GUEST_TABLE_ELEMENTS_MAX)
        .linear_memory_keep_resident(MEMORY_KEPT_RESIDENT_BYTES);
    let mut config = Config::new();
    config
        // Nothing in the component is async, so a call needs no task of wasmtime's.
        .concurrency_support(false)
        .epoch_interruption(true)
        .cache(Some(cache))
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    Engine::new(&config)
}

fn link(engine: &Engine, component: &Path) -> wasmtime::Result<EdgePre<InstanceState>> {
    let component = Component::from_file(engine, component)?;
    let mut linker = Linker::new(engine);
    // Rust's standard library imports WASI 0.2 on this target; the guest itself imports nothing.
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    EdgePre::new(linker.instantiate_pre(&component)?)
}

pub fn in_words(error: wasmtime::Error) -> anyhow::Error {
    anyhow::anyhow!("{error:#}")
}

/// Room for those that are at work or idle, and for those that are just being dropped.
const POOL_INSTANCES: u32 = 2 * GUEST_INSTANCES_MAX as u32;
/// Core modules that the toolchain puts into one component: the guest and its adapters.
const CORE_INSTANCES_PER_COMPONENT: u32 = 8;
/// Memory of a free slot that is zeroed by hand instead of given back to the operating system.
const MEMORY_KEPT_RESIDENT_BYTES: usize = 1024 * 1024;
