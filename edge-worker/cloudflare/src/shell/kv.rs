//! Workers KV, as far as this shell uses it. The `worker` crate's own binding brings a deserializer for values of any
//! type, which is a thirtieth of the bundle.

use worker::{
    Env,
    js_sys::{Array, ArrayBuffer, JSON, Object, Promise, Reflect, Uint8Array, futures::JsFuture},
    wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen},
};

use edge_worker::gateway::Seen;

#[wasm_bindgen]
extern "C" {
    /// A namespace; each call begins at once.
    pub type Kv;

    #[wasm_bindgen(method, catch)]
    fn get(this: &Kv, key: &str, options: &JsValue) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn put(this: &Kv, key: &str, value: &Uint8Array) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn list(this: &Kv, options: &JsValue) -> Result<Promise, JsValue>;
}

impl Kv {
    /// A binding that is not there fails at its first use.
    pub fn of(env: &Env) -> Self {
        Reflect::get(env, &"KV".into()).unwrap_or_default().unchecked_into()
    }

    pub async fn read(&self, key: &str) -> Seen {
        let options = JSON::parse(READ_OPTIONS).unwrap_or_default();
        match settle(self.get(key, &options)).await {
            Ok(value) if value.is_null() => Seen::Absent,
            Ok(value) => match value.dyn_into::<ArrayBuffer>() {
                Ok(buffer) => Seen::Found(Uint8Array::new(&buffer).to_vec().into()),
                Err(_) => Seen::Failed,
            },
            Err(_) => Seen::Failed,
        }
    }

    pub async fn write(&self, key: &str, bytes: &[u8]) -> bool {
        settle(self.put(key, &Uint8Array::from(bytes))).await.is_ok()
    }

    /// Keys that begin with `prefix`, as far as one invocation reads them.
    pub async fn names(&self, prefix: &str) -> Vec<String> {
        let mut names = Vec::new();
        let options = Object::new();
        let _ = Reflect::set(&options, &"prefix".into(), &prefix.into());
        for _ in 0..LISTS_MAX {
            let part = settle(self.list(&options)).await.unwrap_or_default();
            let member = |name: &str| Reflect::get(&part, &name.into()).unwrap_or_default();
            for key in member("keys").dyn_into::<Array>().unwrap_or_default().iter() {
                names.extend(
                    Reflect::get(&key, &"name".into())
                        .ok()
                        .and_then(|name| name.as_string()),
                );
            }
            let cursor = member("cursor");
            if !cursor.is_string() {
                break;
            }
            let _ = Reflect::set(&options, &"cursor".into(), &cursor);
        }
        names
    }
}

async fn settle(begun: Result<Promise, JsValue>) -> Result<JsValue, JsValue> {
    JsFuture::from(begun?).await
}

/// The shortest time for which Workers KV keeps what it read, also that there was nothing.
const READ_OPTIONS: &str = r#"{"type":"arrayBuffer","cacheTtl":30}"#;
/// A list gives 1,000 keys.
const LISTS_MAX: usize = 50;
