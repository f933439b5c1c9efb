//! `pharos keygen`: the key pair between kv-sync and the regions.

use std::{fs::OpenOptions, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

use anyhow::Context;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::SigningKey;

#[derive(clap::Args)]
pub struct Args {
    /// Where to write the private half; it must not exist yet
    file: std::path::PathBuf,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let key = generate(&args.file)?;
    println!("{}", public_half(&key));
    eprintln!(
        "Wrote {}. Give the file to `pharos sync --put-key-file`, and the line above to every region as put_verify_key.",
        args.file.display()
    );
    Ok(())
}

/// Makes a key and writes it to a new file that only its owner may read.
pub fn generate(file: &Path) -> anyhow::Result<SigningKey> {
    let key = SigningKey::from_bytes(&random()?);
    let mut opened = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .with_context(|| format!("cannot write a new key to {}", file.display()))?;
    writeln!(opened, "{}", URL_SAFE_NO_PAD.encode(key.to_bytes()))?;
    opened.sync_all()?;
    Ok(key)
}

pub fn public_half(key: &SigningKey) -> String {
    URL_SAFE_NO_PAD.encode(key.verifying_key().to_bytes())
}

/// A secret for a bearer token.
pub fn token() -> anyhow::Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(random::<24>()?))
}

fn random<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).context("this machine gives no random bytes")?;
    Ok(bytes)
}
