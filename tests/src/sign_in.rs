//! How the regions of a journey ask the origin for visitors.

use std::{fs, net::SocketAddr, path::Path};

use anyhow::Result;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::SigningKey;

/// The origin's listener for visitors.
#[derive(Debug, Clone, Copy)]
pub struct SignIn(pub SocketAddr);

impl SignIn {
    pub fn url(self) -> String {
        format!("http://{}", self.0)
    }
}

/// A region's own key, each another one.
pub fn key(region: &str) -> String {
    URL_SAFE_NO_PAD.encode(seed(region))
}

/// The same as a file, as `pharos keygen` writes it.
pub fn key_file(region: &str, dir: &Path) -> Result<String> {
    let file = dir.join(format!("sign-in-{region}.key"));
    fs::write(&file, key(region))?;
    Ok(file.display().to_string())
}

/// What the origin knows of it.
pub fn public_half(region: &str) -> String {
    let key = SigningKey::from_bytes(&seed(region)).verifying_key();
    URL_SAFE_NO_PAD.encode(key.as_bytes())
}

fn seed(region: &str) -> [u8; 32] {
    let mut seed = [7; 32];
    for (to, from) in seed.iter_mut().zip(region.bytes()) {
        *to = from;
    }
    seed
}
