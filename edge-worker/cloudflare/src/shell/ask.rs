//! Asks the origin for visitors who want to be let in, with the region's own key.

use std::{cell::Cell, time::Duration};

use edge_worker::gateway::Forward;
use futures_util::{
    future::{Either, select},
    pin_mut,
};
use page_model::sign_in;
use worker::{
    Delay, Env, console_error,
    js_sys::{self, Uint8Array, futures::JsFuture},
    wasm_bindgen::{JsCast, JsValue},
    web_sys::{Headers, RequestInit, RequestRedirect, Response, WorkerGlobalScope},
};

use super::{store::now_ms, variable::variable};

/// `None` where the region has no key of its own, or the origin does not answer in time.
pub async fn ask(env: &Env, region: &str, forward: Forward) -> Option<Vec<u8>> {
    let _place = Place::take()?;
    let wait = Duration::from_millis(u64::from(forward.wait_ms_max));
    let (answer, late) = (answer(env, region, &forward.question), Delay::from(wait));
    pin_mut!(answer);
    match select(answer, late).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => None,
    }
}

async fn answer(env: &Env, region: &str, question: &[u8]) -> Option<Vec<u8>> {
    let key = sign_in::key(&variable(env, "SIGN_IN_KEY")?)?;
    let origin = variable(env, "VISITORS_URL")?;
    let url = format!("{}{}", origin.trim_end_matches('/'), sign_in::PATH);
    let headers = sign_in::headers(&key, region, now_ms(), question);
    let answer = fetch(&url, &headers, question).await;
    if let Err(error) = &answer {
        console_error!("{region}: the origin was asked for a visitor in vain: {error:?}");
    }
    answer.ok()
}

async fn fetch(url: &str, headers: &[(&str, String)], question: &[u8]) -> Result<Vec<u8>, JsValue> {
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_redirect(RequestRedirect::Manual);
    init.set_body(&Uint8Array::from(question));
    let sent = Headers::new()?;
    for (name, value) in headers {
        sent.append(name, value)?;
    }
    init.set_headers(&sent);
    let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
    let response = JsFuture::from(scope.fetch_with_str_and_init(url, &init)).await?;
    let response: Response = response.unchecked_into();
    if response.status() != 200 {
        return Err(response.status().into());
    }
    let answer = JsFuture::from(response.array_buffer()?).await?;
    Ok(Uint8Array::new(&answer).to_vec())
}

/// One of the questions that an isolate may have open.
struct Place;

impl Place {
    fn take() -> Option<Self> {
        let open = OPEN.get();
        (open < OPEN_MAX).then(|| {
            OPEN.set(open + 1);
            Self
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        OPEN.set(OPEN.get().saturating_sub(1));
    }
}

thread_local! {
    static OPEN: Cell<usize> = const { Cell::new(0) };
}

/// Of the connections that Workers allow at once, a visit's reads need some too.
const OPEN_MAX: usize = 16;
