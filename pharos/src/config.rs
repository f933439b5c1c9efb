//! Reads settings whole: every problem is found and listed before anything is opened.

use std::{
    fmt,
    fs::File,
    io::{ErrorKind, Read},
    net::SocketAddr,
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{SigningKey, VerifyingKey};
use page_model::limits::PUT_KEYS_MAX;
use reqwest::Url;

use crate::keys::KeyFile;

/// All that is wrong with the settings, one line each, which begins with the name of the flag.
#[derive(Debug, Default)]
pub struct Problems(Vec<String>);

impl Problems {
    pub fn add(&mut self, problem: impl Into<String>) {
        self.0.push(problem.into());
    }

    pub fn lines(&self) -> &[String] {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Says of each where the setting stands.
    pub fn located(&mut self, place: impl Fn(&str) -> Option<String>) {
        for problem in &mut self.0 {
            if let Some(place) = flag_of(problem).and_then(&place) {
                problem.push_str(&format!(" ({place})"));
            }
        }
    }

    /// The value of a setting that must be there; `None` after noting why it is not usable.
    pub fn required<T>(
        &mut self,
        name: &str,
        text: Option<&str>,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        match text {
            None => {
                self.add(format!(
                    "{name} is missing (flag {name}, variable {}, or in the file of --config)",
                    variable(name)
                ));
                None
            }
            Some(text) => self.note(name, parse(text)),
        }
    }

    /// The value of a setting that may be left out, after noting why it is not usable.
    pub fn optional<T>(
        &mut self,
        name: &str,
        text: Option<&str>,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<Option<T>> {
        text.map_or(Some(None), |text| self.note(name, parse(text)).map(Some))
    }

    pub fn note<T>(&mut self, name: &str, parsed: Result<T, String>) -> Option<T> {
        parsed.map_err(|why| self.add(format!("{name}: {why}"))).ok()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "These settings have to be put right first:")?;
        self.0.iter().try_for_each(|problem| writeln!(f, "  {problem}"))
    }
}

impl std::error::Error for Problems {}

pub fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is not an address and port such as 127.0.0.1:8080"))
}

pub fn url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("{text:?} is not a URL: {error}"))?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        scheme => Err(format!("{text:?} begins with {scheme}:, not with http: or https:")),
    }
}

/// A secret that a stranger cannot guess.
pub fn token(text: &str) -> Result<String, String> {
    match text.len() {
        TOKEN_CHARS_MIN.. => Ok(text.to_owned()),
        length => Err(format!(
            "{length} characters are too few for a secret; give {TOKEN_CHARS_MIN} or more"
        )),
    }
}

pub fn region_name(text: &str) -> Result<String, String> {
    let valid = (1..=REGION_CHARS_MAX).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    match valid {
        true => Ok(text.to_owned()),
        false => Err(format!(
            "{text:?} is not a region name (1 to {REGION_CHARS_MAX} lower-case letters, digits and '-')"
        )),
    }
}

pub fn region(text: &str) -> Result<kv_sync::Region, String> {
    let (name, address) = text
        .split_once('=')
        .ok_or_else(|| format!("{text:?} is not NAME=URL such as eu-1=https://eu-1.edge.example"))?;
    Ok(kv_sync::Region {
        name: region_name(name)?,
        url: url(address)?,
    })
}

pub fn verify_key(text: &str) -> Result<VerifyingKey, String> {
    let bytes = URL_SAFE_NO_PAD
        .decode(text.trim())
        .ok()
        .and_then(|bytes| bytes.try_into().ok());
    let key = bytes.and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok());
    key.ok_or_else(|| {
        "this is not a public key; give the line that `pharos keygen` printed, of 43 characters".to_owned()
    })
}

/// The keys that a region takes puts by, commas between.
pub fn verify_keys(text: &str) -> Result<Vec<VerifyingKey>, String> {
    let keys: Vec<_> = text.split(',').map(verify_key).collect::<Result<_, _>>()?;
    match keys.len() {
        ..=PUT_KEYS_MAX => Ok(keys),
        count => Err(format!(
            "{count} keys are more than the {PUT_KEYS_MAX} that a region takes; leave out those that are retired"
        )),
    }
}

pub fn region_key(text: &str) -> Result<(String, VerifyingKey), String> {
    let (name, key) = text
        .split_once('=')
        .ok_or_else(|| format!("{text:?} is not NAME=KEY, the key as `pharos keygen` prints it"))?;
    Ok((region_name(name)?, verify_key(key)?))
}

/// Reads the key that signs from a file that `pharos keygen` or `pharos keys` wrote.
pub fn put_key_file(path: &str) -> Result<SigningKey, String> {
    Ok(KeyFile::read(Path::new(path))?.signs)
}

/// A file that begins as a WebAssembly component does; whether it runs here, only wasmtime can say.
pub fn component(text: &str) -> Result<PathBuf, String> {
    let mut start = [0; 8];
    let path = PathBuf::from(text);
    if !path.is_file() {
        return Err(format!(
            "there is no file at {text}; `cargo xtask wasm` builds the component"
        ));
    }
    let read = File::open(&path).and_then(|mut file| file.read_exact(&mut start));
    match (read, &start) {
        (Ok(()), COMPONENT) => Ok(path),
        (Ok(()), MODULE) => Err(format!(
            "{text} is a plain WebAssembly module, not a component; `cargo xtask wasm` builds edge_steps.wasm"
        )),
        (Err(error), _) if error.kind() != ErrorKind::UnexpectedEof => Err(format!("{text} cannot be read: {error}")),
        _ => Err(format!(
            "{text} is no WebAssembly component; `cargo xtask wasm` builds edge_steps.wasm"
        )),
    }
}

pub fn folder(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    match path.exists() && !path.is_dir() {
        true => Err(format!("{text} is a file, not a folder")),
        false => Ok(path),
    }
}

/// The name without its dashes of the flag that a problem is about.
pub fn flag_of(problem: &str) -> Option<&str> {
    let rest = problem.strip_prefix("--")?;
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    Some(&rest[..end.unwrap_or(rest.len())])
}

fn variable(name: &str) -> String {
    format!(
        "PHAROS_{}",
        name.trim_start_matches('-').replace('-', "_").to_uppercase()
    )
}

const TOKEN_CHARS_MIN: usize = 16;
const REGION_CHARS_MAX: usize = 40;
/// Magic number, version and layer, by which the two kinds of WebAssembly binaries differ.
const COMPONENT: &[u8; 8] = b"\0asm\x0d\0\x01\0";
const MODULE: &[u8; 8] = b"\0asm\x01\0\0\0";

#[cfg(test)]
mod tests {
    use super::component;

    /// The message about a file with these bytes.
    fn message_about(name: &str, bytes: &[u8]) -> Result<(), String> {
        let file = std::env::temp_dir().join(format!("pharos-{}-{name}.wasm", std::process::id()));
        std::fs::write(&file, bytes).unwrap();
        let message = component(&file.to_string_lossy()).map(drop);
        std::fs::remove_file(file).unwrap();
        message
    }

    #[test]
    fn takes_a_component() {
        assert_eq!(message_about("component", b"\0asm\x0d\0\x01\0\0"), Ok(()));
    }

    #[test]
    fn says_in_words_what_is_wrong_with_another_file() {
        let module = message_about("module", b"\0asm\x01\0\0\0").unwrap_err();
        assert!(module.contains("plain WebAssembly module"), "{module}");
        for (name, bytes) in [("text", &b"[package]\nname"[..]), ("short", b"\0asm"), ("empty", b"")] {
            let message = message_about(name, bytes).unwrap_err();
            assert!(message.contains("is no WebAssembly component"), "{message}");
        }
        assert!(component("/nowhere/at.wasm").unwrap_err().contains("no file"));
    }
}
