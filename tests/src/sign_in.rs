//! How the regions of a journey ask the origin for visitors.

use std::{fs, net::SocketAddr, path::Path};

use anyhow::{Result, ensure};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::SigningKey;

use crate::visitor::Visitor;

/// The origin's listener for visitors.
#[derive(Debug, Clone, Copy)]
pub struct SignIn(pub SocketAddr);

impl SignIn {
    pub fn url(self) -> String {
        format!("http://{}", self.0)
    }
}

/// Types the password at the door; answers with the cookie of the session.
pub async fn by_password(visitor: &Visitor, host: &str, password: &str) -> Result<String> {
    let form = format!("password={}", password.replace(' ', "+"));
    let reply = visitor
        .send_form(host, DOOR, &format!("http://{host}"), &form, &[])
        .await?;
    ensure!(reply.status == 303, "the sign-in at {host} answered {}", reply.status);
    reply.cookie()
}

pub const DOOR: &str = "/.pharos/sign-in";

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
