//! What Spin gives to a component beyond WASI: `spin:key-value` and `spin:variables`.

use self::generated::spin::{
    key_value::key_value::{self, Error},
    variables::variables,
};
use wasmtime::{
    Result,
    component::{Accessor, FutureReader, HasData, Linker, Resource, StreamReader},
};

use crate::{kv::Kv, state::InstanceState};

mod generated {
    wasmtime::component::bindgen!({
        path: ["wit/spin-key-value@3.0.0", "wit/spin-variables@3.0.0"],
        inline: "
            package pharos:spin-host;
            world imports {
                import spin:key-value/key-value@3.0.0;
                import spin:variables/variables@3.0.0;
            }
        ",
        imports: { default: async | store | trappable },
        with: { "spin:key-value/key-value.store": super::OpenStore },
    });
}

/// A KV that the guest has opened. There is one KV, so there is nothing to remember.
pub struct OpenStore;

pub fn add_to_linker(linker: &mut Linker<InstanceState>) -> Result<()> {
    key_value::add_to_linker::<_, Imports>(linker, |state| state)?;
    variables::add_to_linker::<_, Imports>(linker, |state| state)
}

/// Says to wasmtime that our imports work on the whole state of an instance.
struct Imports;

impl HasData for Imports {
    type Data<'a> = &'a mut InstanceState;
}

impl key_value::Host for &mut InstanceState {}

impl key_value::HostStore for &mut InstanceState {}

impl<T: Send> key_value::HostStoreWithStore<T> for Imports {
    async fn open(accessor: &Accessor<T, Self>, label: String) -> Result<Result<Resource<OpenStore>, Error>> {
        if label != STORE_LABEL {
            return Ok(Err(Error::NoSuchStore));
        }
        accessor.with(|mut access| Ok(Ok(access.get().table.push(OpenStore)?)))
    }

    async fn get(
        accessor: &Accessor<T, Self>,
        _: Resource<OpenStore>,
        key: String,
    ) -> Result<Result<Option<Vec<u8>>, Error>> {
        Ok(Ok(kv(accessor).get(&key)))
    }

    async fn set(
        accessor: &Accessor<T, Self>,
        _: Resource<OpenStore>,
        key: String,
        value: Vec<u8>,
    ) -> Result<Result<(), Error>> {
        kv(accessor).set(key, value);
        Ok(Ok(()))
    }

    async fn delete(accessor: &Accessor<T, Self>, _: Resource<OpenStore>, key: String) -> Result<Result<(), Error>> {
        kv(accessor).delete(&key);
        Ok(Ok(()))
    }

    async fn exists(accessor: &Accessor<T, Self>, _: Resource<OpenStore>, key: String) -> Result<Result<bool, Error>> {
        Ok(Ok(kv(accessor).get(&key).is_some()))
    }

    async fn get_keys(
        accessor: &Accessor<T, Self>,
        _: Resource<OpenStore>,
    ) -> Result<(StreamReader<String>, FutureReader<Result<(), Error>>)> {
        let keys = kv(accessor).keys();
        accessor.with(|mut access| {
            let keys = StreamReader::new(&mut access, keys)?;
            Ok((
                keys,
                FutureReader::new(&mut access, async { wasmtime::error::Ok(Ok(())) })?,
            ))
        })
    }

    async fn drop(accessor: &Accessor<T, Self>, store: Resource<OpenStore>) -> Result<()> {
        accessor.with(|mut access| access.get().table.delete(store).map(drop))?;
        Ok(())
    }
}

impl variables::Host for &mut InstanceState {}

impl<T: Send> variables::HostWithStore<T> for Imports {
    async fn get(accessor: &Accessor<T, Self>, name: String) -> Result<Result<String, variables::Error>> {
        let value = accessor.with(|mut access| access.get().variables.get(&name).cloned());
        Ok(value.ok_or(variables::Error::Undefined(name)))
    }
}

fn kv<T>(accessor: &Accessor<T, Imports>) -> Kv {
    accessor.with(|mut access| access.get().kv.clone())
}

/// The only store that `spin.toml` grants to the component.
const STORE_LABEL: &str = "default";
