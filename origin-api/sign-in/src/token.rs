//! Platform tokens: a publisher's own product says who somebody is, in a JWT (RFC 7519) signed with a key that the page knows.

use jsonwebtoken::{
    Algorithm, DecodingKey, Validation,
    crypto::{CryptoProvider, JwtVerifier, KeyUtils},
    decode, decode_header,
    errors::{Error, ErrorKind},
    signature::{self, Verifier},
};
use origin_access::token_keys::Known;
use origin_objects::{mail::MailAddress, token_key};
use page_model::{Host, Id, PageId};
use ring::{
    hmac,
    signature::{ECDSA_P256_SHA256_FIXED, ED25519, UnparsedPublicKey, VerificationAlgorithm},
};
use serde::Deserialize;

use crate::{
    database::Database,
    limits::{SUBJECT_BYTES_MAX, TOKEN_ID_BYTES_MAX, TOKEN_S_MAX, TOKEN_SKEW_S_MAX},
    proof::OfToken,
    used::{first_use, known_since_ms},
};

/// Why a token lets nobody in; for the log and the metric.
#[derive(Debug, thiserror::Error)]
pub enum Invalid {
    #[error("it is no signed token: {0}")]
    Form(String),
    #[error("the page has no key of this id and algorithm")]
    Key,
    #[error("it does not hold: {0}")]
    Claims(Error),
    #[error("it counts for longer than {TOKEN_S_MAX} seconds")]
    Long,
    #[error("its sub or jti is empty or too long, or its email is none")]
    Names,
    #[error("it names none of the page's audiences")]
    Audiences,
    #[error("it was used before")]
    Used,
    #[error("whether it was used before is not known: a backup was restored, and it may be older (iat)")]
    Forgotten,
    #[error("the database cannot be written: {0}")]
    Database(#[from] origin_engine::sql::Error),
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    jti: String,
    exp: u64,
    iat: Option<u64>,
    email: Option<String>,
    /// Names or ids of the page's audiences.
    #[serde(default)]
    audiences: Vec<String>,
}

/// Has tokens verified by the library that TLS stands on.
pub fn use_ring() {
    // An error only says that one is installed already.
    let _ = RING.install_default();
}

/// Of whom it speaks. Each counts once, at one host.
pub async fn verified(
    database: &Database,
    page: &PageId,
    host: &Host,
    keys: &[Known],
    audiences: &[(Id, String)],
    token: &str,
    now_ms: u64,
) -> Result<OfToken, Invalid> {
    let (key, claims) = read(host, keys, token)?;
    if claims.exp > now_ms / 1_000 + TOKEN_S_MAX + TOKEN_SKEW_S_MAX {
        return Err(Invalid::Long);
    }
    let is_name = |text: &str, most| !text.is_empty() && text.len() <= most;
    if !is_name(&claims.sub, SUBJECT_BYTES_MAX) || !is_name(&claims.jti, TOKEN_ID_BYTES_MAX) {
        return Err(Invalid::Names);
    }
    let address = claims.email.map(|address| MailAddress::parse(&address)).transpose();
    let address = address.map_err(|_| Invalid::Names)?;
    let is_named = |(id, name): &&(Id, String)| {
        claims
            .audiences
            .iter()
            .any(|wanted| wanted == id.as_str() || wanted == name)
    };
    let named: Vec<Id> = audiences.iter().filter(is_named).map(|(id, _)| id.clone()).collect();
    if named.is_empty() && address.is_none() {
        return Err(Invalid::Audiences);
    }
    if let Some(since_ms) = known_since_ms(database, now_ms).await?
        && claims
            .iat
            .is_none_or(|iat| iat.saturating_sub(TOKEN_SKEW_S_MAX).saturating_mul(1_000) < since_ms)
    {
        return Err(Invalid::Forgotten);
    }
    let used_as = format!("token\n{page}\n{}\n{}", key.key.id, claims.jti);
    let until_ms = (claims.exp + TOKEN_SKEW_S_MAX)
        .saturating_mul(1_000)
        .saturating_add(1_000);
    if !first_use(database, &used_as, until_ms, now_ms).await? {
        return Err(Invalid::Used);
    }
    Ok(OfToken {
        key: key.key.id.clone(),
        seq: key.seq,
        subject: claims.sub,
        address,
        audiences: named,
    })
}

/// The token says which of the keys is meant, never what the key is good for.
fn read<'k>(host: &Host, keys: &'k [Known], token: &str) -> Result<(&'k Known, Claims), Invalid> {
    let header = decode_header(token).map_err(|error| Invalid::Form(error.to_string()))?;
    let is_meant = |known: &&Known| {
        algorithm(known.key.algorithm) == header.alg && header.kid.as_ref().is_none_or(|id| id == known.key.id.as_str())
    };
    let mut refused = Invalid::Key;
    for known in keys.iter().filter(is_meant) {
        let mut validation = Validation::new(algorithm(known.key.algorithm));
        validation.leeway = TOKEN_SKEW_S_MAX;
        validation.validate_nbf = true;
        validation.set_required_spec_claims(&["aud", "exp", "iss", "sub"]);
        validation.set_audience(&[host.as_str()]);
        validation.set_issuer(&[known.key.issuer.as_str()]);
        let key = match known.key.algorithm {
            token_key::Algorithm::EdDsa => DecodingKey::from_ed_der(&known.material),
            token_key::Algorithm::Es256 => DecodingKey::from_ec_der(&known.material),
            token_key::Algorithm::Hs256 => DecodingKey::from_secret(&known.material),
        };
        match decode::<Claims>(token, &key, &validation) {
            Ok(decoded) => return Ok((known, decoded.claims)),
            Err(error) => refused = Invalid::Claims(error),
        }
    }
    Err(refused)
}

fn algorithm(of: token_key::Algorithm) -> Algorithm {
    match of {
        token_key::Algorithm::EdDsa => Algorithm::EdDSA,
        token_key::Algorithm::Es256 => Algorithm::ES256,
        token_key::Algorithm::Hs256 => Algorithm::HS256,
    }
}

/// The crate that reads tokens leaves signatures to others. Nothing is signed here, and no key is parsed.
static RING: CryptoProvider = CryptoProvider {
    signer_factory: |_, _| Err(ErrorKind::InvalidAlgorithm.into()),
    verifier_factory: |algorithm, key| {
        let bytes = key.try_get_as_bytes()?.to_vec();
        match algorithm {
            Algorithm::EdDSA => Ok(Box::new(Public(&ED25519, bytes, *algorithm))),
            Algorithm::ES256 => Ok(Box::new(Public(&ECDSA_P256_SHA256_FIXED, bytes, *algorithm))),
            Algorithm::HS256 => Ok(Box::new(Shared(hmac::Key::new(hmac::HMAC_SHA256, &bytes)))),
            _ => Err(ErrorKind::InvalidAlgorithm.into()),
        }
    },
    key_utils: KeyUtils::new_unimplemented(),
};

struct Public(&'static dyn VerificationAlgorithm, Vec<u8>, Algorithm);
struct Shared(hmac::Key);

impl Verifier<Vec<u8>> for Public {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        let key = UnparsedPublicKey::new(self.0, &self.1);
        key.verify(message, signature).map_err(|_| signature::Error::new())
    }
}

impl JwtVerifier for Public {
    fn algorithm(&self) -> Algorithm {
        self.2
    }
}

impl Verifier<Vec<u8>> for Shared {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        hmac::verify(&self.0, message, signature).map_err(|_| signature::Error::new())
    }
}

impl JwtVerifier for Shared {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}
