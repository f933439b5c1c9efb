//! What is kept of what people choose: Argon2id, so that who takes the database away guesses slowly. Each call takes some tens
//! of milliseconds of a core and 19 MiB.

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier};

use origin_engine::random;

/// In the PHC string format, with a salt of its own.
pub fn hash(password: &str) -> Result<String, argon2::password_hash::Error> {
    let salt = random::bytes::<16>();
    let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt)?;
    Ok(hash.to_string())
}

/// Whatever is no such hash matches nothing.
pub fn matches(hash: &str, password: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else {
        return false;
    };
    Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
}

/// Of the fingerprint of a request that holds a password: the same for the same, and as slow to guess from.
pub fn fingerprint(fast: [u8; 32]) -> Result<[u8; 32], argon2::Error> {
    let mut slow = [0; 32];
    Argon2::default().hash_password_into(&fast, b"pharos request fingerprint 1", &mut slow)?;
    Ok(slow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_matches_its_hash() {
        let hash = hash("correct horse").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(matches(&hash, "correct horse"));
        for other in ["correct hors", "Correct horse", "", &hash] {
            assert!(!matches(&hash, other), "{other}");
        }
        assert!(!matches("correct horse", "correct horse"), "no hash");
        assert_ne!(
            hash,
            super::hash("correct horse").unwrap(),
            "each has a salt of its own"
        );
    }

    #[test]
    fn fingerprint_is_the_same_for_the_same() {
        assert_eq!(fingerprint([1; 32]).unwrap(), fingerprint([1; 32]).unwrap());
        assert_ne!(fingerprint([1; 32]).unwrap(), fingerprint([2; 32]).unwrap());
    }
}
