//! The one HTTP client: it follows nothing, decodes nothing, and never leaves loopback.

use std::{sync::Once, time::Duration};

use anyhow::{Context, Result};
use reqwest::{Client, ClientBuilder, redirect};

pub fn client() -> Result<Client> {
    build(Client::builder())
}

/// One that opens a connection for each request.
pub fn fresh_client() -> Result<Client> {
    build(Client::builder().pool_max_idle_per_host(0))
}

fn build(builder: ClientBuilder) -> Result<Client> {
    // reqwest wants a TLS provider to be there even when no address is https.
    TLS.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    builder
        .no_proxy()
        .redirect(redirect::Policy::none())
        .timeout(REQUEST_MAX)
        .build()
        .context("the HTTP client cannot be built")
}

static TLS: Once = Once::new();
/// Longer than a feed's long poll.
const REQUEST_MAX: Duration = Duration::from_secs(40);
