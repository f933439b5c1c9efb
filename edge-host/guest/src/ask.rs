//! Asks the origin for visitors who want to be let in, with the region's own key.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use anyhow::Context;
use ed25519_dalek::SigningKey;
use http::StatusCode;
use page_model::{limits::ANSWER_BYTES_MAX, sign_in};
use reqwest::{Client, Url, redirect::Policy};
use tokio::time::timeout;

use crate::{
    clock::now_ms,
    limits::{GUEST_ASKING_MAX, ORIGIN_AWAY_FOR, ORIGIN_CONNECT_MAX},
    metrics::GuestMetrics,
    places::{Places, Share},
};

/// Where visitors are asked for, and as whom.
pub struct SignIn {
    /// The origin's listener for visitors.
    pub origin: Url,
    pub key: SigningKey,
}

pub struct Asker {
    client: Client,
    url: Url,
    region: String,
    key: SigningKey,
    /// Half of the questions at most are one host's.
    places: Places,
    began: Instant,
    /// Since `began`: until then nobody waits for an origin that was just found away.
    away_until_ms: AtomicU64,
    metrics: GuestMetrics,
}

impl Asker {
    pub fn new(region: String, SignIn { origin, key }: SignIn, metrics: GuestMetrics) -> anyhow::Result<Self> {
        let client = Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .connect_timeout(ORIGIN_CONNECT_MAX);
        Ok(Self {
            client: client.build().context("no client for the origin")?,
            url: origin.join(sign_in::PATH).context("no address for visitors")?,
            region,
            key,
            places: Places::new(GUEST_ASKING_MAX),
            began: Instant::now(),
            away_until_ms: AtomicU64::new(0),
            metrics,
        })
    }

    /// `None` where the origin does not answer in time.
    pub async fn ask(&self, share: Share, question: Vec<u8>, wait: Duration) -> Option<Vec<u8>> {
        self.metrics.questions.increment(1);
        let answer = match self.places.try_take(share) {
            Some(_place) if !self.is_away() => self.answer(question, wait).await,
            _ => None,
        };
        if answer.is_none() {
            self.metrics.unanswered.increment(1);
        }
        answer
    }

    async fn answer(&self, question: Vec<u8>, wait: Duration) -> Option<Vec<u8>> {
        let answer = timeout(wait, self.try_answer(question)).await;
        match answer.context("it took too long").flatten() {
            Ok(answer) => Some(answer),
            Err(error) => {
                tracing::warn!(
                    region = self.region,
                    "the origin was asked for a visitor in vain: {error:#}"
                );
                self.found_away();
                None
            }
        }
    }

    async fn try_answer(&self, question: Vec<u8>) -> anyhow::Result<Vec<u8>> {
        let time_ms = now_ms();
        let mut request = self.client.post(self.url.clone());
        for (name, value) in sign_in::headers(&self.key, &self.region, time_ms, &question) {
            request = request.header(name, value);
        }
        let mut response = request.body(question).send().await?;
        let status = response.status();
        anyhow::ensure!(status == StatusCode::OK, "it answered {status}");
        let mut answer = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            answer.extend_from_slice(&chunk);
            anyhow::ensure!(answer.len() <= ANSWER_BYTES_MAX, "its answer is too large");
        }
        Ok(answer)
    }

    fn is_away(&self) -> bool {
        self.ms_after(Duration::ZERO) < self.away_until_ms.load(Ordering::Relaxed)
    }

    fn found_away(&self) {
        self.away_until_ms
            .store(self.ms_after(ORIGIN_AWAY_FOR), Ordering::Relaxed);
    }

    fn ms_after(&self, wait: Duration) -> u64 {
        u64::try_from((self.began.elapsed() + wait).as_millis()).unwrap_or(u64::MAX)
    }
}
