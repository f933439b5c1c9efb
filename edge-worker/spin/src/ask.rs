//! Asks the origin for visitors who want to be let in, with the region's own key.

use std::{pin::pin, rc::Rc, time::Duration};

use bytes::Bytes;
use ed25519_dalek::SigningKey;
use edge_worker::gateway::Forward;
use futures_util::future::{Either, select};
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use page_model::{limits::ANSWER_BYTES_MAX, sign_in};
use spin_sdk::{http, time::sleep, variables};

/// Where visitors are asked for, and as whom.
pub struct Asker {
    url: String,
    region: Rc<str>,
    key: SigningKey,
}

impl Asker {
    /// `None` in a region without a key of its own: there nobody is let in.
    pub async fn of_variables(region: &str) -> Option<Self> {
        let origin = variables::get("visitors_url").await.ok()?;
        Some(Self {
            url: format!("{}{}", origin.trim_end_matches('/'), sign_in::PATH),
            region: region.into(),
            key: sign_in::key(&variables::get("sign_in_key").await.ok()?)?,
        })
    }

    /// `None` where the origin does not answer in time.
    pub async fn ask(&self, forward: Forward, now_ms: u64) -> Option<Bytes> {
        let wait = Duration::from_millis(u64::from(forward.wait_ms_max));
        let answer = pin!(self.answer(forward.question, now_ms));
        match select(answer, pin!(sleep(wait))).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => None,
        }
    }

    async fn answer(&self, question: Vec<u8>, now_ms: u64) -> Option<Bytes> {
        let mut request = Request::post(&self.url);
        for (name, value) in sign_in::headers(&self.key, &self.region, now_ms, &question) {
            request = request.header(name, value);
        }
        let request = request.body(Full::new(Bytes::from(question))).ok()?;
        let response = match http::send(request).await {
            Ok(response) => response,
            Err(error) => {
                eprintln!("{}: the origin was asked for a visitor in vain: {error:?}", self.region);
                return None;
            }
        };
        if response.status() != StatusCode::OK {
            eprintln!(
                "{}: asked for a visitor, the origin answered {}",
                self.region,
                response.status()
            );
            return None;
        }
        let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await;
        body.ok().map(|body| body.to_bytes())
    }
}
