//! What providers say of themselves: where they are asked, and with which keys they sign.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use moka::sync::Cache;
use openidconnect::{IssuerUrl, core::CoreProviderMetadata};
use tokio::sync::Mutex;

use super::client::Client;
use crate::limits::{KEYS_AGAIN_AFTER, PROVIDER_FAILED_KEPT, PROVIDER_KEPT, PROVIDERS_MAX};

pub struct Directory {
    pub client: Client,
    known: Cache<String, Arc<Mutex<Entry>>>,
}

#[derive(Default)]
struct Entry {
    metadata: Option<Arc<CoreProviderMetadata>>,
    asked: Option<Instant>,
    /// When it was last asked for a key that it did not have.
    asked_again: Option<Instant>,
    /// Why it was not found when it was asked last.
    failed: Option<String>,
}

impl Directory {
    pub fn new(client: Client) -> Self {
        Self {
            client,
            known: Cache::builder().max_capacity(PROVIDERS_MAX).build(),
        }
    }

    /// One of many who come at once asks; the others wait for the answer.
    pub async fn of(&self, issuer: &IssuerUrl) -> Result<Arc<CoreProviderMetadata>, String> {
        let entry = self.entry(issuer);
        let mut entry = entry.lock().await;
        let kept = if entry.failed.is_some() {
            PROVIDER_FAILED_KEPT
        } else {
            PROVIDER_KEPT
        };
        self.look(&mut entry, issuer, kept).await
    }

    /// After a signature by none of its keys: it may have new ones. It is not asked more often than once a minute, as tokens by
    /// strangers are many.
    pub async fn again(&self, issuer: &IssuerUrl) -> Result<Arc<CoreProviderMetadata>, String> {
        let entry = self.entry(issuer);
        let mut entry = entry.lock().await;
        if entry
            .asked_again
            .is_some_and(|asked| asked.elapsed() < KEYS_AGAIN_AFTER)
        {
            return self.look(&mut entry, issuer, PROVIDER_KEPT).await;
        }
        entry.asked_again = Some(Instant::now());
        self.look(&mut entry, issuer, Duration::ZERO).await
    }

    fn entry(&self, issuer: &IssuerUrl) -> Arc<Mutex<Entry>> {
        self.known.get_with(issuer.as_str().to_owned(), Arc::default)
    }

    async fn look(
        &self,
        entry: &mut Entry,
        issuer: &IssuerUrl,
        kept: Duration,
    ) -> Result<Arc<CoreProviderMetadata>, String> {
        if entry.asked.is_none_or(|asked| asked.elapsed() >= kept) {
            // So it stands there if nobody waits until it answers.
            entry.asked = Some(Instant::now());
            (entry.metadata, entry.failed) = (None, Some("it takes too long".to_owned()));
            let found = CoreProviderMetadata::discover_async(issuer.clone(), &self.client).await;
            match found {
                Ok(metadata) => (entry.metadata, entry.failed) = (Some(Arc::new(metadata)), None),
                Err(error) => (entry.metadata, entry.failed) = (None, Some(told(&error))),
            }
        }
        let failed = || entry.failed.clone().unwrap_or_default();
        entry.metadata.clone().ok_or_else(failed)
    }
}

/// An error and its causes, in which the useful word often is.
pub fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text.chars().filter(|c| !c.is_control()).take(TOLD_CHARS_MAX).collect()
}

/// Of what a stranger's server says, a log line takes no more.
const TOLD_CHARS_MAX: usize = 300;
