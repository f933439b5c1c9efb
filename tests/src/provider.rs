//! The identity provider of a journey: oauth2-mock-server for programs, oidc-provider for people. `cargo xtask test` installs both.

use std::{net::SocketAddr, path::Path};

use anyhow::{Context, Result};

use crate::{
    checkers, http,
    program::{Program, strings},
};

pub struct Provider {
    pub server: Program,
    pub issuer: String,
}

impl Provider {
    pub fn open(addr: SocketAddr, dir: &Path) -> Result<Self> {
        checkers::module("oauth2-mock-server")?;
        let script = checkers::root().join("tests/checkers/providers/lying.mjs");
        let args = strings(&[&script.display().to_string(), &addr.port().to_string(), "customers"]);
        let mut server = Program::of(Path::new("node"), "provider", args, dir);
        server.start()?;
        let issuer = format!("http://{addr}");
        Ok(Self { server, issuer })
    }

    /// One that people use: oidc-provider, which sends them back to these addresses.
    pub async fn open_for_people(addr: SocketAddr, redirects: &[String], dir: &Path) -> Result<Self> {
        checkers::module("oidc-provider")?;
        let script = checkers::root().join("tests/checkers/providers/provider.mjs");
        let (script, port, redirects) = (
            script.display().to_string(),
            addr.port().to_string(),
            redirects.join(","),
        );
        let args = strings(&[&script, &port, &redirects, "customers", "stays"]);
        let mut server = Program::of(Path::new("node"), "provider", args, dir).with_listener(addr);
        server.start()?;
        server.healthy().await?;
        let issuer = format!("http://{addr}");
        Ok(Self { server, issuer })
    }

    /// Goes where the page sends a browser, and answers where the provider sends it back to.
    pub async fn visit(&self, url: &str) -> Result<String> {
        let reply = http::client()?.get(url).send().await?;
        let back = reply
            .headers()
            .get("location")
            .context("the provider sends nobody back")?;
        Ok(back.to_str()?.to_owned())
    }
}
