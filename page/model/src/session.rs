//! A session as text: what is signed, then the signature, each in unpadded URL-safe base64. It fits into a cookie.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use crate::{
    access::{Session, SessionKey},
    body,
    limits::SESSION_CHARS_MAX,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSession {
    #[error("the session is not of this form")]
    Form,
    #[error("the key of the session is not known")]
    Key,
    #[error("the signature of the session does not match")]
    Signature,
}

#[derive(Serialize, Deserialize)]
struct Signed {
    /// Which key.
    key: u32,
    session: Session,
}

pub fn seal(session: &Session, key_id: u32, key: &SigningKey) -> String {
    let signed = body::encode(&Signed {
        key: key_id,
        session: session.clone(),
    });
    let signature = key.sign(&message(&signed)).to_bytes();
    format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(signed),
        URL_SAFE_NO_PAD.encode(signature)
    )
}

/// With the key that it was signed with. Whatever is not surely a session of one of these keys is none. Its times, its page and
/// its revision are still to be looked at.
pub fn open(text: &str, keys: &[SessionKey]) -> Result<(Session, SessionKey), InvalidSession> {
    if text.len() > SESSION_CHARS_MAX {
        return Err(InvalidSession::Form);
    }
    let (signed, signature) = text.split_once('.').ok_or(InvalidSession::Form)?;
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidSession::Form);
    let (bytes, signature) = (decode(signed)?, decode(signature)?);
    let signature = <[u8; 64]>::try_from(signature).map_err(|_| InvalidSession::Form)?;
    let signed: Signed = body::decode(&bytes).map_err(|_| InvalidSession::Form)?;
    let key = keys
        .iter()
        .find(|key| key.id == signed.key)
        .ok_or(InvalidSession::Key)?;
    let verifying = VerifyingKey::from_bytes(&key.key.0).map_err(|_| InvalidSession::Key)?;
    verifying
        .verify_strict(&message(&bytes), &Signature::from_bytes(&signature))
        .map_err(|_| InvalidSession::Signature)?;
    Ok((signed.session, *key))
}

/// The first line separates this use of a key from every other.
fn message(signed: &[u8]) -> Vec<u8> {
    [b"pharos session 1\n".as_slice(), signed].concat()
}
