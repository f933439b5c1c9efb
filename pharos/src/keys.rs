//! `pharos keygen` and `pharos keys`: the keys between kv-sync and the regions.

mod file;
mod replace;

pub use file::KeyFile;
pub use replace::{KeysArgs, run as replace};

use anyhow::Context;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::SigningKey;

#[derive(clap::Args)]
pub struct Args {
    /// Where to write the private half; it must not exist yet
    file: std::path::PathBuf,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let key = KeyFile::generate(&args.file)?;
    println!("{}", key.public_halves());
    eprintln!(
        "Wrote {}. Give the file to `pharos sync --put-key-file`, and the line above to every region as put_verify_key.",
        args.file.display()
    );
    Ok(())
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
