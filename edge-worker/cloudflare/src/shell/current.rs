//! The fast mode: a Durable Object for each record that says what is current. What is written there is seen everywhere
//! at once.

use worker::{
    DurableObject, Env, ObjectNamespace, Request, Response, Result, State, durable_object,
    js_sys::{Uint8Array, futures::JsFuture},
    web_sys,
};

use edge_worker::gateway::Seen;

/// The objects, by the keys of their records.
pub struct Current(ObjectNamespace);

impl Current {
    pub fn of(env: &Env) -> Option<Self> {
        env.durable_object("CURRENT").ok().map(Self)
    }

    pub async fn read(&self, key: &str) -> Seen {
        match self.ask(key, None).await {
            Ok(mut response) if response.status_code() == 200 => {
                let bytes = response.bytes().await;
                bytes.map_or(Seen::Failed, |bytes| Seen::Found(bytes.into()))
            }
            Ok(response) if response.status_code() == 404 => Seen::Absent,
            Ok(_) | Err(_) => Seen::Failed,
        }
    }

    pub async fn write(&self, key: &str, bytes: &[u8]) -> bool {
        let answer = self.ask(key, Some(bytes)).await;
        answer.is_ok_and(|response| response.status_code() == 204)
    }

    async fn ask(&self, key: &str, write: Option<&[u8]>) -> Result<Response> {
        let init = web_sys::RequestInit::new();
        if let Some(bytes) = write {
            init.set_method("PUT");
            init.set_body(&Uint8Array::from(bytes));
        }
        let request = web_sys::Request::new_with_str_and_init("http://object/", &init)?;
        self.0.get_by_name(key)?.fetch_with_request(request.into()).await
    }
}

#[durable_object(fetch)]
pub struct CurrentRecord {
    state: State,
}

impl DurableObject for CurrentRecord {
    fn new(state: State, _env: Env) -> Self {
        Self { state }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let storage = self.state.storage();
        if request.inner().method() == "PUT" {
            let bytes = request.bytes().await?;
            storage.put_raw(RECORD, Uint8Array::from(&bytes[..])).await?;
            return Ok(Response::empty()?.with_status(204));
        }
        let record = JsFuture::from(storage.as_raw().get(RECORD)?).await?;
        match record.is_undefined() {
            true => Ok(Response::empty()?.with_status(404)),
            false => Response::from_bytes(Uint8Array::new(&record).to_vec()),
        }
    }
}

const RECORD: &str = "record";
