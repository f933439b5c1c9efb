//! The secrets of `pharos up`, kept beside the databases.

use std::{fs, os::unix::fs::OpenOptionsExt, path::Path};

use anyhow::Context;
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};

use crate::{
    config,
    keys::{self, KeyFile},
};

/// Made at the first run and kept beside the databases.
#[derive(Serialize, Deserialize)]
pub struct Secrets {
    pub sync_token: String,
    pub admin_token: String,
}

pub fn secrets(data: &Path) -> anyhow::Result<Secrets> {
    let file = data.join("secrets.json");
    if let Ok(text) = fs::read_to_string(&file) {
        return serde_json::from_str(&text)
            .with_context(|| format!("{} is broken; remove it to get new secrets", file.display()));
    }
    let secrets = Secrets {
        sync_token: keys::token()?,
        admin_token: keys::token()?,
    };
    let mut options = fs::OpenOptions::new();
    let opened = options.write(true).create_new(true).mode(0o600).open(&file)?;
    serde_json::to_writer_pretty(opened, &secrets)?;
    Ok(secrets)
}

pub fn put_keys(data: &Path) -> anyhow::Result<KeyFile> {
    let file = data.join("put.key");
    match file.exists() {
        true => KeyFile::read(&file).map_err(anyhow::Error::msg),
        false => KeyFile::generate(&file),
    }
}

/// With which a region asks for its visitors.
pub fn sign_in_key(data: &Path, region: &str) -> anyhow::Result<SigningKey> {
    key(&data.join(format!("sign-in-{region}.key")))
}

fn key(file: &Path) -> anyhow::Result<SigningKey> {
    match file.exists() {
        true => config::put_key_file(&file.to_string_lossy()).map_err(anyhow::Error::msg),
        false => Ok(KeyFile::generate(file)?.signs),
    }
}
