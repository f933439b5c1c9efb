//! The file with the private halves: one key a line, of which the first one signs.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::{MetadataExt, OpenOptionsExt, chown},
    path::Path,
};

use anyhow::Context;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::SigningKey;
use page_model::limits::PUT_KEYS_MAX;
use tempfile::NamedTempFile;

use super::random;

pub struct KeyFile {
    pub signs: SigningKey,
    /// Those that regions are told of before one of them signs.
    pub next: Vec<SigningKey>,
}

impl KeyFile {
    pub fn read(file: &Path) -> Result<Self, String> {
        let shown = file.display();
        let text =
            fs::read_to_string(file).map_err(|error| format!("{shown}: {error}; make one with `pharos keygen`"))?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let keys: Option<Vec<_>> = lines.map(parse).collect();
        let mut keys = keys.unwrap_or_default().into_iter();
        let signs = keys.next();
        let signs = signs.ok_or_else(|| format!("{shown} does not hold a key that `pharos keygen` wrote"))?;
        let next: Vec<_> = keys.collect();
        match next.len() < PUT_KEYS_MAX {
            true => Ok(Self { signs, next }),
            false => Err(format!(
                "{shown} holds more than the {PUT_KEYS_MAX} keys that a region takes"
            )),
        }
    }

    /// Makes a key and writes it to a new file that only its owner may read.
    pub fn generate(file: &Path) -> anyhow::Result<Self> {
        let made = Self {
            signs: SigningKey::from_bytes(&random::bytes()?),
            next: Vec::new(),
        };
        let mut opened = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(file)
            .with_context(|| format!("cannot write a new key to {}", file.display()))?;
        opened.write_all(made.text().as_bytes())?;
        opened.sync_all()?;
        Ok(made)
    }

    pub fn keys(&self) -> impl Iterator<Item = &SigningKey> {
        std::iter::once(&self.signs).chain(&self.next)
    }

    /// What every region is given as its put_verify_key.
    pub fn public_halves(&self) -> String {
        let halves: Vec<_> = self.keys().map(public_half).collect();
        halves.join(",")
    }

    pub fn add(&mut self) -> anyhow::Result<()> {
        anyhow::ensure!(
            self.next.len() + 1 < PUT_KEYS_MAX,
            "a region takes {PUT_KEYS_MAX} keys at most: retire one first"
        );
        self.next.push(SigningKey::from_bytes(&random::bytes()?));
        Ok(())
    }

    /// What is left without the key, whose public half this is.
    pub fn without(&self, key: &str) -> anyhow::Result<Self> {
        let left: Vec<_> = self.keys().filter(|one| public_half(one) != key).cloned().collect();
        anyhow::ensure!(
            left.len() <= self.next.len(),
            "the file has no key {key}; `pharos keys list` shows those that it has"
        );
        let mut left = left.into_iter();
        let signs = left.next();
        Ok(Self {
            signs: signs.context("it is the only key: make the next one with `pharos keys add` first")?,
            next: left.collect(),
        })
    }

    /// In the place of the file that is there, whole or not at all. Who may read it stays: the sync often has a user of its own.
    pub fn replace(&self, file: &Path) -> anyhow::Result<()> {
        let file = fs::canonicalize(file)?;
        let folder = file.parent().context("a key lies in a folder")?;
        let was = fs::metadata(&file)?;
        let mut part = NamedTempFile::with_prefix_in(".pharos-key-", folder)
            .with_context(|| format!("nothing can be written in {}", folder.display()))?;
        part.write_all(self.text().as_bytes())?;
        chown(part.path(), Some(was.uid()), Some(was.gid()))
            .with_context(|| format!("{} cannot be given back to its owner", file.display()))?;
        fs::set_permissions(part.path(), was.permissions())?;
        part.as_file().sync_all()?;
        part.persist(&file)
            .with_context(|| format!("{} cannot be written", file.display()))?;
        Ok(fs::File::open(folder)?.sync_all()?)
    }

    fn text(&self) -> String {
        let line = |key: &SigningKey| format!("{}\n", URL_SAFE_NO_PAD.encode(key.to_bytes()));
        self.keys().map(line).collect()
    }
}

pub fn public_half(key: &SigningKey) -> String {
    URL_SAFE_NO_PAD.encode(key.verifying_key().to_bytes())
}

fn parse(line: &str) -> Option<SigningKey> {
    let bytes = URL_SAFE_NO_PAD.decode(line).ok()?;
    Some(SigningKey::from_bytes(&bytes.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn first_key_signs_until_it_is_retired() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("put.key");
        let first = public_half(&KeyFile::generate(&file).unwrap().signs);
        assert!(
            KeyFile::generate(&file).is_err(),
            "a key that is there is never overwritten"
        );
        let mut keys = KeyFile::read(&file).unwrap();
        assert!(keys.without(&first).is_err(), "nothing would sign");
        keys.add().unwrap();
        keys.replace(&file).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let both = KeyFile::read(&file).unwrap();
        let second = public_half(&both.next[0]);
        assert_eq!(
            (public_half(&both.signs), both.public_halves()),
            (first.clone(), format!("{first},{second}"))
        );
        assert!(both.without("another").is_err());
        assert_eq!(both.without(&second).unwrap().public_halves(), first);
        both.without(&first).unwrap().replace(&file).unwrap();
        assert_eq!(KeyFile::read(&file).unwrap().public_halves(), second);
    }

    #[test]
    fn file_holds_no_more_keys_than_a_region_takes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("put.key");
        let mut keys = KeyFile::generate(&file).unwrap();
        while keys.add().is_ok() {}
        assert_eq!(keys.keys().count(), PUT_KEYS_MAX);
        keys.replace(&file).unwrap();
        assert_eq!(KeyFile::read(&file).unwrap().keys().count(), PUT_KEYS_MAX);
        let line = keys.text();
        fs::write(&file, format!("{line}{line}")).unwrap();
        assert!(KeyFile::read(&file).is_err());
        for broken in ["", "\n", "not a key", &format!("{line}not a key")] {
            fs::write(&file, broken).unwrap();
            assert!(KeyFile::read(&file).is_err(), "{broken:?}");
        }
    }
}
