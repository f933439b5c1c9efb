//! Stories of a disk that loses its power: what it synced is there, and of what it was told since any part, sector by sector.

use std::{
    collections::BTreeMap,
    fs, io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use redb::{Database, StorageBackend};
use tempfile::TempDir;

use super::Kv;
use crate::{error::KvError, file::File, limits::KV_HTML_BYTES_MAX, metrics::KvMetrics, writes::Writes};

#[derive(Debug, Clone)]
struct TornDisk(Arc<Mutex<Platter>>);

#[derive(Debug)]
struct Platter {
    /// As programs see it.
    shown: Vec<u8>,
    synced: Vec<u8>,
    unsynced: Vec<Told>,
    /// After so many more operations the power is gone.
    left: u64,
}

#[derive(Debug)]
enum Told {
    Write(usize, Vec<u8>),
    Length(usize),
}

impl Platter {
    /// What is under way when the power goes may be there or not.
    fn works(&mut self) -> io::Result<()> {
        self.left = self.left.saturating_sub(1);
        match self.left {
            0 => Err(io::ErrorKind::Other.into()),
            _ => Ok(()),
        }
    }

    fn is_told(&mut self, told: Told) -> io::Result<()> {
        told.whole(&mut self.shown);
        self.unsynced.push(told);
        self.works()
    }
}

impl Told {
    fn whole(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Write(offset, data) => bytes[*offset..offset + data.len()].copy_from_slice(data),
            Self::Length(length) => bytes.resize(*length, 0),
        }
    }

    /// Only some sectors of it, and of a file that did not grow only what is in it.
    fn torn(&self, bytes: &mut Vec<u8>, rng: &mut fastrand::Rng) {
        match self {
            Self::Write(offset, data) => {
                for (number, sector) in data.chunks(SECTOR_BYTES).enumerate() {
                    let at = offset + number * SECTOR_BYTES;
                    if let Some(place) = bytes.get_mut(at..at + sector.len()).filter(|_| rng.bool()) {
                        place.copy_from_slice(sector);
                    }
                }
            }
            Self::Length(_) if rng.bool() => self.whole(bytes),
            Self::Length(_) => {}
        }
    }
}

impl TornDisk {
    fn platter(&self) -> MutexGuard<'_, Platter> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with(bytes: Vec<u8>) -> Self {
        Self(Arc::new(Mutex::new(Platter {
            shown: bytes.clone(),
            synced: bytes,
            unsynced: Vec::new(),
            left: u64::MAX,
        })))
    }

    fn power_for(&self, operations: u64) {
        self.platter().left = operations;
    }

    /// The same disk when its power is back.
    fn after_power_cut(&self, rng: &mut fastrand::Rng) -> Self {
        let mut platter = self.platter();
        let mut bytes = platter.synced.clone();
        for told in std::mem::take(&mut platter.unsynced) {
            told.torn(&mut bytes, rng);
        }
        Self::with(bytes)
    }

    fn open(&self) -> anyhow::Result<Kv> {
        let disk = self.clone();
        let open = move || {
            Ok(Database::builder()
                .set_cache_size(0)
                .create_with_backend(disk.clone())?)
        };
        let metrics = KvMetrics::new("test");
        let file = File::open_with(open, metrics.reads.clone())?;
        Kv::on(file, Arc::new(Writes::default()), metrics, KV_HTML_BYTES_MAX)
    }
}

impl StorageBackend for TornDisk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.platter().shown.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let (platter, offset) = (self.platter(), offset as usize);
        let found = platter.shown.get(offset..offset + out.len());
        out.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.platter().is_told(Told::Length(length as usize))
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut platter = self.platter();
        platter.works()?;
        for told in std::mem::take(&mut platter.unsynced) {
            told.whole(&mut platter.synced);
        }
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.platter().is_told(Told::Write(offset as usize, data.to_owned()))
    }
}

type Records = BTreeMap<String, Vec<u8>>;

/// What lies there, but for finished pages: those may be older ones, but whole.
fn found(kv: &Kv) -> Result<Records, KvError> {
    let mut records = Records::new();
    kv.view()?.each("", |key, value| {
        match key.starts_with("html/") {
            true => assert!(value.iter().all(|byte| *byte == value[0]), "{key} is torn"),
            false => drop(records.insert(key.to_owned(), value.to_owned())),
        }
        true
    })?;
    Ok(records)
}

/// A few of eight keys, each with bytes of its own, or nothing.
fn some(rng: &mut fastrand::Rng) -> Vec<(String, Option<Vec<u8>>)> {
    let entries = (0..rng.usize(1..5)).map(|_| {
        let key = format!("site/{}", rng.u8(..8));
        let value = (rng.u8(..5) > 0).then(|| vec![rng.u8(..); rng.usize(1..9_000)]);
        (key, value)
    });
    entries.collect()
}

/// Puts until the power goes. Gives what was acknowledged, and what was under way.
async fn live(kv: &Kv, mut acknowledged: Records, rng: &mut fastrand::Rng) -> [Records; 2] {
    loop {
        if rng.bool() {
            // Nobody counts on it.
            drop(kv.set(format!("html/{}", rng.u8(..3)), vec![rng.u8(..); 2_000]).await);
        }
        let (mut put, mut then) = (kv.begin(), acknowledged.clone());
        for (key, value) in some(rng) {
            match value {
                Some(value) => {
                    put.set(key.clone(), value.clone()).expect("a record");
                    then.insert(key, value);
                }
                None => {
                    put.remove(key.clone());
                    then.remove(&key);
                }
            }
        }
        match kv.commit(put).await {
            Ok(_) => acknowledged = then,
            Err(_) => return [acknowledged, then],
        }
    }
}

#[test]
fn file_whose_making_was_cut_off_is_made_anew() {
    let folder = TempDir::new().expect("a folder");
    let (path, beginning) = (folder.path().join("kv.redb"), folder.path().join("kv.redb.new"));
    fs::write(&beginning, vec![0; 4_096]).expect("it is written");
    assert!(Database::create(&beginning).is_err(), "this is why");
    let kv = Kv::open(&path, Arc::default(), KvMetrics::new("test")).expect("it opens");
    assert_eq!(found(&kv), Ok(Records::new()));
    assert!(path.exists() && !beginning.exists());
}

#[tokio::test]
async fn put_that_was_acknowledged_outlives_a_torn_disk_and_any_other_is_there_whole_or_not_at_all() {
    let (mut cuts, mut kept) = (0, 0);
    for seed in 0..STORIES {
        let rng = &mut fastrand::Rng::with_seed(seed);
        let (mut disk, mut known) = (TornDisk::with(Vec::new()), Records::new());
        // It has its name once it is whole.
        disk.open().expect("it is made").close().await.expect("it is closed");
        for _ in 0..CUTS {
            // From "hardly opened" to "well under way".
            disk.power_for(rng.u64(1..OPERATIONS_MAX));
            let may_be = match disk.open() {
                Ok(kv) => live(&kv, known.clone(), rng).await,
                Err(_) => [known.clone(), known],
            };
            disk = disk.after_power_cut(rng);
            let kv = disk.open().unwrap_or_else(|error| panic!("story {seed}: {error}"));
            known = found(&kv).expect("it is read");
            assert!(may_be.contains(&known), "story {seed}: {known:?} of {may_be:?}");
            (cuts, kept) = (cuts + 1, kept + known.len());
            kv.close().await.expect("it is closed");
        }
    }
    assert!(kept > cuts, "{kept} records at {cuts} cuts prove little");
}

const STORIES: u64 = 200;
const CUTS: usize = 3;
const OPERATIONS_MAX: u64 = 400;
const SECTOR_BYTES: usize = 512;
