//! The one HTTP client: it follows nothing, decodes nothing, and never leaves loopback.

use std::{sync::Once, time::Duration};

use anyhow::{Context, Result};
use reqwest::{Client, redirect};

pub fn client() -> Result<Client> {
    // reqwest wants a TLS provider to be there even when no address is https.
    TLS.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    Client::builder()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .timeout(REQUEST_MAX)
        .build()
        .context("the HTTP client cannot be built")
}

static TLS: Once = Once::new();
/// Longer than a feed's long poll.
const REQUEST_MAX: Duration = Duration::from_secs(40);
