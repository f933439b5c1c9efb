//! Cloudflare Workers: `wasm32-unknown-unknown`.

mod ask;
mod current;
mod kv;
mod store;
mod variable;
mod warm;

use std::{cell::RefCell, net::IpAddr, rc::Rc};

use bytes::Bytes;
use http::{HeaderValue, Method, Uri};
use worker::{
    Context, Env, console_error, event,
    js_sys::{Reflect, Uint8Array, futures::JsFuture},
    wasm_bindgen::{JsCast, JsValue},
    web_sys::{Headers, ReadableStreamDefaultReader, Request, Response, ResponseInit},
};

use self::{
    store::{Store, now_ms},
    variable::variable,
};
use edge_worker::gateway::{self, Afterwards, Edge, Forms, PutKeys, Step, Visit};

#[event(fetch)]
async fn fetch(request: Request, env: Env, context: Context) -> worker::Result<Response> {
    let region = Rc::new(Region::of(env));
    let visit = visit(&request, &region).await;
    let (response, afterwards) = region.drive(gateway::open(&region.edge, visit)).await;
    if let Some(work) = afterwards {
        context.wait_until(async move { drop(region.drive(work.begin(&region.edge)).await) });
    }
    Ok(send(response)?)
}

/// What the shell works with: the region's variables and its stores.
struct Region {
    edge: Edge,
    store: Store,
    env: Env,
}

impl Region {
    fn of(env: Env) -> Self {
        let store = Store::of(&env);
        let edge = Edge {
            region: variable(&env, "REGION").unwrap_or_default(),
            put_keys: put_keys(variable(&env, "PUT_VERIFY_KEY").unwrap_or_default()),
            forms: Forms::plain,
            kv_lag_ms_max: store.lag_ms_max(),
            served_ms_max: store.served_ms_max(),
            counts_puts: false,
            // It would weigh as much as everything else at each cold start.
            renderer: None,
        };
        Self { edge, store, env }
    }

    /// Does what each step says until there is a reply or nothing more to do.
    async fn drive(&self, mut step: Step) -> (http::Response<Bytes>, Option<Afterwards>) {
        loop {
            step = match step {
                Step::Read(keys, next) => next.resume(self.store.read(&keys).await),
                Step::ReadNow(keys, next) => next.resume(self.store.read_now(&keys).await),
                Step::Write(records, next) => next.resume(self.store.write(records).await),
                Step::Forward(forward, next) => {
                    let answer = ask::ask(&self.env, &self.edge.region, forward).await;
                    next.resume(answer.as_deref())
                }
                Step::Reply(reply, work) => {
                    if let Some(line) = reply.log {
                        console_error!("{line}");
                    }
                    return (reply.response, work);
                }
                Step::Done => return (http::Response::default(), None),
            };
        }
    }
}

async fn visit(request: &Request, region: &Region) -> Visit {
    let now_ms = now_ms();
    let mut asked = http::Request::new(Bytes::new());
    // What is no URI for the `http` crate is no page either.
    *asked.uri_mut() = request.url().parse().unwrap_or(Uri::from_static("*"));
    *asked.method_mut() = request.method().parse().unwrap_or(Method::OPTIONS);
    let headers = request.headers();
    for name in gateway::REQUEST_HEADERS
        .iter()
        .filter(|name| !OF_THE_PLATFORM.contains(&name.as_str()))
    {
        let value = headers.get(name.as_str()).ok().flatten();
        if let Some(Ok(value)) = value.map(HeaderValue::try_from) {
            asked.headers_mut().insert(name, value);
        }
    }
    let bytes_max = gateway::body_bytes_max(&region.edge, &asked, now_ms);
    if bytes_max > 0 {
        *asked.body_mut() = collect(request, bytes_max).await;
    }
    Visit {
        request: asked,
        now_ms,
        client: client(&headers, &region.env),
    }
}

/// Parsed once for as long as the isolate lives. It may live on with other variables than it began with.
fn put_keys(text: String) -> PutKeys {
    PUT_KEYS.with_borrow_mut(|parsed| {
        if parsed.0 != text {
            let keys = PutKeys::parse(&text);
            *parsed = (text, keys);
        }
        parsed.1.clone()
    })
}

/// A body as far as the gateway could want it: one byte over the limit tells it enough.
async fn collect(request: &Request, bytes_max: usize) -> Bytes {
    let mut bytes = Vec::new();
    let reader = request
        .body()
        .map(|body| body.get_reader().unchecked_into::<ReadableStreamDefaultReader>());
    while let Some(reader) = reader.as_ref().filter(|_| bytes.len() <= bytes_max) {
        let chunk = JsFuture::from(reader.read()).await.unwrap_or_default();
        match Reflect::get(&chunk, &"value".into()).map(JsCast::dyn_into::<Uint8Array>) {
            Ok(Ok(chunk)) => bytes.extend(chunk.to_vec()),
            _ => break,
        }
    }
    bytes.into()
}

/// Only Cloudflare's own network writes this header over what a visitor sent, so the operator says where that is so.
fn client(headers: &Headers, env: &Env) -> Option<IpAddr> {
    variable(env, "TRUST_CF_CONNECTING_IP").filter(|trust| trust == "true")?;
    let told: IpAddr = headers.get("cf-connecting-ip").ok()??.parse().ok()?;
    Some(told.to_canonical())
}

fn send(response: http::Response<Bytes>) -> Result<Response, JsValue> {
    let (head, body) = response.into_parts();
    let headers = Headers::new()?;
    for (name, value) in &head.headers {
        headers.append(name.as_str(), value.to_str().unwrap_or_default())?;
    }
    let init = ResponseInit::new();
    init.set_status(head.status.as_u16());
    init.set_headers(&headers);
    // A status without a body, such as 304, takes none, not even an empty one.
    let body = (!body.is_empty()).then(|| Uint8Array::from(&body[..]));
    Response::new_with_opt_js_u8_array_and_init(body.as_ref(), &init)
}

/// Requests come with these whatever the visitor said: the platform compresses by itself, and no surrogate stands
/// between it and us.
const OF_THE_PLATFORM: [&str; 2] = ["accept-encoding", "surrogate-capability"];

thread_local! {
    static PUT_KEYS: RefCell<(String, PutKeys)> = RefCell::default();
}
