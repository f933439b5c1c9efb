//! The region's file: opened, read, and opened anew once it has failed. redb answers nothing after an error of the disk, whatever
//! the disk does then.

use std::{
    fs,
    ops::Deref,
    path::Path,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
};

use anyhow::Context;
use metrics::Counter;
use redb::{
    Database, DatabaseError, OwnedAccessGuard, ReadOnlyTable, ReadableDatabase, ReadableTable, TableDefinition,
    TableError, TableHandle,
};

use crate::{error::KvError, limits::KV_CACHE_BYTES_MAX};

pub struct File {
    open: Box<Opening>,
    state: RwLock<State>,
    reads: Counter,
}

type Opening = dyn Fn() -> Result<Database, redb::Error> + Send + Sync;

enum State {
    /// With what the last commit left, opened once for all who read it.
    Open(Arc<Database>, View),
    Failed(KvError),
    Closed,
}

/// All records as they are at one moment.
#[derive(Clone)]
pub struct View {
    values: Arc<ReadOnlyTable<&'static str, &'static [u8]>>,
    reads: Counter,
}

/// What lies under a key, where the store has it in memory: nothing is copied.
pub struct Value(OwnedAccessGuard<&'static [u8]>);

impl File {
    pub fn open(path: &Path, reads: Counter) -> anyhow::Result<Self> {
        let place = path.to_owned();
        let open = move || {
            make(&place)?;
            Ok(Database::builder().set_cache_size(KV_CACHE_BYTES_MAX).create(&place)?)
        };
        let opened = Self::open_with(open, reads);
        opened.with_context(|| format!("the KV {} cannot be opened; is another edge using it?", path.display()))
    }

    pub fn open_with(
        open: impl Fn() -> Result<Database, redb::Error> + Send + Sync + 'static,
        reads: Counter,
    ) -> anyhow::Result<Self> {
        let state = opened(&open, &reads).map_err(|error| anyhow::anyhow!("{error}"))?;
        Ok(Self {
            open: Box::new(open),
            state: RwLock::new(state),
            reads,
        })
    }

    pub fn view(&self) -> Result<View, KvError> {
        match &*self.state() {
            State::Open(_, view) => Ok(view.clone()),
            State::Failed(error) => Err(error.clone()),
            State::Closed => Err(KvError::stopped()),
        }
    }

    pub fn database(&self) -> Result<Arc<Database>, KvError> {
        match &*self.state() {
            State::Open(database, _) => Ok(Arc::clone(database)),
            State::Failed(error) => Err(error.clone()),
            State::Closed => Err(KvError::stopped()),
        }
    }

    /// Lets everybody read what was committed.
    pub fn renew(&self, database: &Arc<Database>) -> Result<(), KvError> {
        let view = view_of(database, &self.reads)?;
        self.set(State::Open(Arc::clone(database), view));
        Ok(())
    }

    /// Lets go of the file and opens it again. Until it is open nothing can be read.
    pub fn reopen(&self, reason: KvError) -> Result<(), KvError> {
        if matches!(*self.state(), State::Closed) {
            return Err(KvError::stopped());
        }
        self.set(State::Failed(reason));
        let (state, opened) = match opened(&*self.open, &self.reads) {
            Ok(state) => (state, Ok(())),
            Err(error) => (State::Failed(error.clone()), Err(error)),
        };
        self.set(state);
        opened
    }

    pub fn failure(&self) -> Option<KvError> {
        match &*self.state() {
            State::Failed(error) => Some(error.clone()),
            State::Open(..) | State::Closed => None,
        }
    }

    pub fn close(&self) {
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = State::Closed;
    }

    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was closed stays closed.
    fn set(&self, new: State) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if !matches!(*state, State::Closed) {
            *state = new;
        }
    }
}

/// A file has its name once it is whole: one that was being made when the power went could never be opened.
fn make(path: &Path) -> Result<(), redb::Error> {
    if path.exists() {
        return Ok(());
    }
    let mut beginning = path.as_os_str().to_owned();
    beginning.push(".new");
    let beginning = Path::new(&beginning);
    match Database::create(beginning) {
        Ok(made) => drop(made),
        // Left of a making that was cut off.
        Err(error) if !matches!(error, DatabaseError::DatabaseAlreadyOpen) && beginning.exists() => {
            fs::remove_file(beginning)?;
            drop(Database::create(beginning)?);
        }
        Err(error) => return Err(error.into()),
    }
    fs::rename(beginning, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(())
}

fn opened(open: &dyn Fn() -> Result<Database, redb::Error>, reads: &Counter) -> Result<State, KvError> {
    let database = open()?;
    make_tables(&database)?;
    let view = view_of(&database, reads)?;
    Ok(State::Open(Arc::new(database), view))
}

fn view_of(database: &Database, reads: &Counter) -> Result<View, KvError> {
    Ok(View {
        values: Arc::new(database.begin_read()?.open_table(VALUES)?),
        reads: reads.clone(),
    })
}

/// Only where they are missing: a full disk takes no write, and can be read.
fn make_tables(database: &Database) -> Result<(), KvError> {
    let reading = database.begin_read()?;
    let names: Vec<String> = reading.list_tables()?.map(|table| table.name().to_owned()).collect();
    let is_there = |name: &str| names.iter().any(|known| known == name);
    if is_there(VALUES.name()) && is_there(TOTALS.name()) {
        return Ok(());
    }
    let transaction = database.begin_write()?;
    {
        let values = transaction.open_table(VALUES)?;
        let mut totals = transaction.open_table(TOTALS)?;
        let mut bytes = 0;
        for html in values.range(HTML_PREFIX..HTML_END)? {
            bytes += html?.1.value().len() as u64;
        }
        totals.insert(HTML_BYTES, bytes)?;
    }
    transaction.commit()?;
    Ok(())
}

/// Bytes that all finished pages take.
pub fn html_bytes(database: &Database) -> Result<u64, KvError> {
    let totals = match database.begin_read()?.open_table(TOTALS) {
        Err(TableError::TableDoesNotExist(_)) => return Ok(0),
        totals => totals?,
    };
    Ok(totals.get(HTML_BYTES)?.map_or(0, |bytes| bytes.value()))
}

impl View {
    pub fn get(&self, key: &str) -> Result<Option<Value>, KvError> {
        self.reads.increment(1);
        Ok(self.values.get_owned(key)?.map(Value))
    }

    /// Shows records in the order of their keys, from `first` on, as long as `look` wants more.
    pub fn each(&self, first: &str, mut look: impl FnMut(&str, &[u8]) -> bool) -> Result<(), KvError> {
        for record in self.values.range(first..)? {
            let (key, value) = record?;
            if !look(key.value(), value.value()) {
                break;
            }
        }
        Ok(())
    }
}

impl Deref for Value {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0.value()
    }
}

pub const VALUES: TableDefinition<&str, &[u8]> = TableDefinition::new("values");
/// How much lies there, counted with each commit.
pub const TOTALS: TableDefinition<&str, u64> = TableDefinition::new("totals");
pub const HTML_BYTES: &str = "html bytes";
/// What the edge can draw again.
pub const HTML_PREFIX: &str = "html/";
const HTML_END: &str = "html0";
