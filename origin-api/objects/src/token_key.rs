//! With what a publisher's own product signs that it let somebody in.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use page_model::Id;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{fault::Fault, object::Check, provider::Word, schema, secret::Secret};

/// A key for platform tokens. Each has one algorithm, which follows from the key.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TokenKey {
    #[schema(schema_with = schema::id)]
    pub id: Id,
    /// What a token says in `iss`.
    pub issuer: String,
    pub algorithm: Algorithm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Algorithm {
    #[serde(rename = "EdDSA")]
    EdDsa,
    #[serde(rename = "ES256")]
    Es256,
    #[serde(rename = "HS256")]
    Hs256,
}

/// One of `jwk`, `pem` and `secret`.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTokenKey {
    /// What a token says in `iss`.
    pub issuer: Word,
    /// A public key, Ed25519 or P-256, as a JSON Web Key.
    pub jwk: Option<Jwk>,
    /// The same between `-----BEGIN PUBLIC KEY-----` and `-----END PUBLIC KEY-----`.
    #[schema(max_length = 1000)]
    pub pem: Option<String>,
    /// At least 32 bytes, for HS256.
    pub secret: Option<Secret>,
}

/// What a JSON Web Key says besides these is not looked at.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct Jwk {
    pub kty: String,
    pub crv: String,
    pub x: String,
    pub y: Option<String>,
    #[schema(ignore)]
    d: Option<serde::de::IgnoredAny>,
}

/// What a token is held against.
pub struct KeyMaterial {
    pub algorithm: Algorithm,
    /// An Ed25519 key, an uncompressed point of P-256, or the secret.
    pub bytes: Vec<u8>,
}

impl Check for NewTokenKey {
    fn check(&self) -> Result<(), Fault> {
        self.material().map(drop)
    }
}

impl NewTokenKey {
    pub fn material(&self) -> Result<KeyMaterial, Fault> {
        match (&self.jwk, &self.pem, &self.secret) {
            (Some(jwk), None, None) => jwk.material(),
            (None, Some(pem), None) => of_pem(pem),
            (None, None, Some(secret)) if secret.as_str().len() >= SECRET_BYTES_MIN => Ok(KeyMaterial {
                algorithm: Algorithm::Hs256,
                bytes: secret.as_str().as_bytes().to_vec(),
            }),
            (None, None, Some(_)) => Err(Fault::invalid(
                "secret",
                format!("a secret that signs has at least {SECRET_BYTES_MIN} bytes"),
            )),
            _ => Err(Fault::invalid("jwk", "a key is one of jwk, pem and secret")),
        }
    }
}

impl Jwk {
    fn material(&self) -> Result<KeyMaterial, Fault> {
        if self.d.is_some() {
            let detail = "this is the private key; send the public one, and replace this pair: it has been shown";
            return Err(Fault::invalid("jwk.d", detail));
        }
        let part = |name: &str, text: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == 32);
            bytes.ok_or_else(|| Fault::invalid(format!("jwk.{name}"), "this is 32 bytes in URL-safe base64"))
        };
        let x = part("x", &self.x)?;
        match (self.kty.as_str(), self.crv.as_str(), &self.y) {
            ("OKP", "Ed25519", None) => Ok(KeyMaterial {
                algorithm: Algorithm::EdDsa,
                bytes: x,
            }),
            ("EC", "P-256", Some(y)) => Ok(KeyMaterial {
                algorithm: Algorithm::Es256,
                bytes: [vec![UNCOMPRESSED], x, part("y", y)?].concat(),
            }),
            _ => Err(Fault::invalid("jwk.crv", OF_WHICH_KIND)),
        }
    }
}

/// Both kinds of key have one encoding each (RFC 8410, RFC 5480), so nothing of it has to be parsed.
fn of_pem(pem: &str) -> Result<KeyMaterial, Fault> {
    let fault = |detail: &str| Fault::invalid("pem", detail);
    let text: String = pem.split_whitespace().collect();
    let body = text
        .strip_prefix("-----BEGINPUBLICKEY-----")
        .and_then(|text| text.strip_suffix("-----ENDPUBLICKEY-----"))
        .filter(|_| pem.len() <= PEM_CHARS_MAX);
    let body = body.ok_or_else(|| fault("this begins with -----BEGIN PUBLIC KEY-----"))?;
    let der = STANDARD.decode(body).map_err(|_| fault("this is not base64"))?;
    let of = |prefix: &[u8], length| der.strip_prefix(prefix).filter(|bytes| bytes.len() == length);
    if let Some(bytes) = of(&ED25519, 32) {
        return Ok(KeyMaterial {
            algorithm: Algorithm::EdDsa,
            bytes: bytes.to_vec(),
        });
    }
    match of(&P256, 65).filter(|bytes| bytes.first() == Some(&UNCOMPRESSED)) {
        Some(bytes) => Ok(KeyMaterial {
            algorithm: Algorithm::Es256,
            bytes: bytes.to_vec(),
        }),
        None => Err(fault(OF_WHICH_KIND)),
    }
}

const OF_WHICH_KIND: &str = "a key is an Ed25519 key (EdDSA) or one of P-256 (ES256)";
/// Before an Ed25519 key in a SubjectPublicKeyInfo, and before a point of P-256.
const ED25519: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
const P256: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
const UNCOMPRESSED: u8 = 4;
const PEM_CHARS_MAX: usize = 1_000;
/// As long as what HS256 makes of it (RFC 7518, section 3.2).
const SECRET_BYTES_MIN: usize = 32;
/// Keys of one page.
pub const PAGE_TOKEN_KEYS_MAX: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    fn material(json: &str) -> Result<KeyMaterial, Fault> {
        serde_json::from_str::<NewTokenKey>(json).expect("a key").material()
    }

    #[test]
    fn pem_and_jwk_are_the_same_key() {
        let jwk = r#"{"issuer": "app", "jwk": {"kty": "OKP", "crv": "Ed25519",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kid": "1"}}"#;
        let pem = r#"{"issuer": "app", "pem":
            "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n"}"#;
        let (jwk, pem) = (material(jwk).expect("a key"), material(pem).expect("a key"));
        assert_eq!((jwk.algorithm, &jwk.bytes), (Algorithm::EdDsa, &pem.bytes));
        assert_eq!(pem.algorithm, Algorithm::EdDsa);
    }

    #[test]
    fn what_is_no_key_names_its_field() {
        let secret = |length| format!(r#"{{"issuer": "app", "secret": "{}"}}"#, "x".repeat(length));
        assert!(material(&secret(32)).is_ok());
        for (json, field) in [
            (secret(31).as_str(), "secret"),
            (r#"{"issuer": "app"}"#, "jwk"),
            (r#"{"issuer": "app", "pem": "x", "secret": "y"}"#, "jwk"),
            (r#"{"issuer": "app", "pem": "x"}"#, "pem"),
            (
                r#"{"issuer": "app", "jwk": {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "d": "x"}}"#,
                "jwk.d",
            ),
            (
                r#"{"issuer": "app", "jwk": {"kty": "OKP", "crv": "X25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}}"#,
                "jwk.crv",
            ),
            (
                r#"{"issuer": "app", "jwk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}}"#,
                "jwk.x",
            ),
        ] {
            let fault = material(json).err().expect("a fault");
            assert_eq!(fault.field.as_deref(), Some(field), "{json}");
        }
    }
}
