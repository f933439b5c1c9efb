//! Lets people in by a mail to their address: a link that counts once, and a code for the browser that asked. Nothing that is
//! answered depends on whether an address is known: that is looked up behind the answer, from a queue.

pub mod answers;
mod flows;
pub mod mailer;
mod message;
pub mod smtp;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// Of random bytes: letters, digits, `-` and `_`.
fn letters(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What is kept of a secret. Each use has a name of its own, so that none is taken for another.
fn hash(what: &str, secret: &[u8]) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(format!("pharos mail {what} 1\n"));
    hash.update(secret);
    hash.finalize().to_vec()
}
