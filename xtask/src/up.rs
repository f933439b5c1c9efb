//! `cargo xtask up`: build, then become `pharos up`.

use std::ffi::OsString;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

use crate::run::{cargo, program, say};
use crate::{checkers, paths, wasm};

pub fn run(args: &[OsString]) -> Result<()> {
    say("Building the edge component for WebAssembly (1 of 2; about a minute the first time).");
    let component = wasm::build()?;
    say("Building pharos (2 of 2; the first time wasmtime and SQLite too, some ten minutes on two cores).");
    // Of the whole workspace, so that check and test find all that is compiled here with the same features.
    cargo(&["build", "--workspace", "--bin", "pharos"])
        .or_else_say("The compiler says above what is wrong.")
        .run_counting()?;

    let (provider, args) = provider(args)?;
    // As its environment, so that every flag of `pharos up` can still be given.
    let data = std::env::var_os("PHAROS_DATA").unwrap_or_else(|| paths::target().join("up").into());
    let up = program(paths::target().join("debug/pharos"), &["up"])
        .args(&args)
        .env("PHAROS_COMPONENT", component)
        .env("PHAROS_DATA", data);
    match provider {
        None => up.exec().map(drop),
        // It ends with this process, which therefore waits.
        Some(_provider) => up
            .env("PHAROS_PROVIDER", format!("http://127.0.0.1:{PROVIDER_PORT}"))
            .run(),
    }
}

/// The switch `--provider` is ours, every other argument is for `pharos up`.
fn provider(args: &[OsString]) -> Result<(Option<Child>, Vec<OsString>)> {
    let others = args.iter().filter(|arg| *arg != "--provider").cloned().collect();
    if args.iter().all(|arg| arg != "--provider") {
        return Ok((None, others));
    }
    checkers::modules()?;
    let redirects = PORTS.map(|port| format!("http://private.localhost:{port}/.pharos/sign-in/callback"));
    let provider = Command::new("node")
        .arg(checkers::folder().join("providers/provider.mjs"))
        .args([PROVIDER_PORT.to_string(), redirects.join(",")])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("Node does not start the identity provider")?;
    say("An identity provider listens beside: on http://private.localhost:8080/ sign in with any name and password.");
    Ok((Some(provider), others))
}

const PROVIDER_PORT: u16 = 8089;
/// Where the regions of `pharos up` listen, if nobody says otherwise.
const PORTS: [u16; 2] = [8080, 8081];
