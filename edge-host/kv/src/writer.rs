//! The one thread that writes. What arrives while the disk is busy shares the next commit.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::Instant,
};

use page_model::{body, put::Cursor};
use redb::{AccessGuard, Durability};
use tokio::sync::oneshot;

use crate::{
    closing,
    error::KvError,
    file::{File, HTML_BYTES, HTML_PREFIX, TOTALS, VALUES, html_bytes},
    limits::{KV_COMMIT_WRITES_MAX, KV_LAZY_MAX, KV_RETRY_PAUSE},
    metrics::KvMetrics,
    put::Put,
    writes::Writes,
};

pub enum Command {
    Write {
        key: String,
        value: Vec<u8>,
        done: oneshot::Sender<Result<(), KvError>>,
    },
    Put(Put, oneshot::Sender<Result<bool, KvError>>),
    Sync {
        done: oneshot::Sender<Result<(), KvError>>,
    },
}

pub struct Writer {
    file: Arc<File>,
    writes: Arc<Writes>,
    metrics: KvMetrics,
    /// Whether a commit has not been synced: redb cannot reuse the space of such commits.
    unsynced: bool,
    html_bytes: Arc<AtomicU64>,
    html_bytes_max: u64,
    /// After a failure nothing is tried until then.
    rests: Option<(Instant, KvError)>,
}

impl Writer {
    pub fn new(file: Arc<File>, writes: Arc<Writes>, metrics: KvMetrics, html_bytes_max: u64) -> Result<Self, KvError> {
        let writer = Self {
            file,
            writes,
            metrics,
            unsynced: false,
            html_bytes: Arc::default(),
            html_bytes_max,
            rests: None,
        };
        writer.count_html()?;
        Ok(writer)
    }

    /// Bytes of all finished pages, as of the last commit.
    pub fn html_bytes(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.html_bytes)
    }

    fn count_html(&self) -> Result<(), KvError> {
        self.set_html_bytes(html_bytes(&*self.file.database()?)?);
        Ok(())
    }

    fn set_html_bytes(&self, bytes: u64) {
        self.html_bytes.store(bytes, Ordering::Relaxed);
        self.metrics.html_bytes.set(bytes as f64);
    }

    pub fn run(mut self, commands: &Receiver<Command>) {
        loop {
            let command = commands.recv_timeout(KV_LAZY_MAX);
            self.reopen_if_failed();
            match command {
                Ok(first) => self.take(first, commands),
                Err(RecvTimeoutError::Timeout) => self.sync_if_needed(),
                Err(RecvTimeoutError::Disconnected) => return self.sync_if_needed(),
            }
        }
    }

    /// Commits the first command together with all that came meanwhile, then tells their senders.
    fn take(&mut self, first: Command, commands: &Receiver<Command>) {
        let batch: Vec<_> = std::iter::once(first)
            .chain(commands.try_iter().take(KV_COMMIT_WRITES_MAX - 1))
            .collect();
        let (batch, overtaken) = self.parted(batch);
        if !batch.is_empty() {
            self.store(batch);
        }
        // After the commit, so that who begins anew reads what overtook it. Who waited for it may be gone.
        for done in overtaken {
            let _ = done.send(Ok(false));
        }
    }

    fn store(&mut self, batch: Vec<Command>) {
        let durability = if batch.iter().any(Command::is_durable) {
            Durability::Immediate
        } else {
            Durability::None
        };
        let result = self.commit(&batch, durability);
        if let Err(error) = &result {
            tracing::error!(writes = batch.len(), "the KV did not take the writes: {error}");
        }
        for command in batch {
            self.finish(command, result.clone());
        }
    }

    /// What is to be stored, and who waits for a put that was overtaken. Only this thread writes, so what holds here still
    /// holds when the batch is committed. A finished page that there is no room for is not stored: it is drawn again.
    fn parted(&self, commands: Vec<Command>) -> (Vec<Command>, Vec<oneshot::Sender<Result<bool, KvError>>>) {
        let mut written = HashSet::new();
        let mut html_bytes = self.html_bytes.load(Ordering::Relaxed);
        let (mut batch, mut overtaken) = (Vec::with_capacity(commands.len()), Vec::new());
        for command in commands {
            match command {
                Command::Put(put, done) if put.is_overtaken(&self.writes, &written) => overtaken.push(done),
                Command::Write { key, value, done }
                    if key.starts_with(HTML_PREFIX) && html_bytes + value.len() as u64 > self.html_bytes_max =>
                {
                    self.metrics.html_refused.increment(1);
                    drop((key, done.send(Err(KvError::Full))));
                }
                command => {
                    for (key, value) in command.entries() {
                        if key.starts_with(HTML_PREFIX) {
                            html_bytes += value.map_or(0, <[u8]>::len) as u64;
                        }
                        written.insert(key.to_owned());
                    }
                    batch.push(command);
                }
            }
        }
        (batch, overtaken)
    }

    fn commit(&mut self, batch: &[Command], durability: Durability) -> Result<(), KvError> {
        if let Some((until, error)) = &self.rests
            && *until > Instant::now()
        {
            return Err(error.clone());
        }
        let committed = self.try_commit(batch, durability);
        match &committed {
            Ok(()) => self.rests = None,
            Err(KvError::Storage(_)) => self.failed(committed.clone().err().unwrap_or_else(KvError::stopped)),
            Err(_) => {}
        }
        committed
    }

    fn try_commit(&mut self, batch: &[Command], durability: Durability) -> Result<(), KvError> {
        let database = self.file.database()?;
        let mut transaction = database.begin_write()?;
        transaction.set_durability(durability)?;
        let (mut hides, mut html_bytes) = (false, self.html_bytes.load(Ordering::Relaxed));
        {
            let mut table = transaction.open_table(VALUES)?;
            for (key, value) in batch.iter().flat_map(Command::entries) {
                let before = match value {
                    Some(value) => table.insert(key, value)?,
                    None => table.remove(key)?,
                };
                let before = before.as_ref().map(AccessGuard::value);
                if key.starts_with(HTML_PREFIX) {
                    html_bytes += value.map_or(0, <[u8]>::len) as u64;
                    html_bytes = html_bytes.saturating_sub(before.map_or(0, <[u8]>::len) as u64);
                }
                hides |= key == CURSOR && is_hiding(before, value.unwrap_or_default());
            }
            // Also where it is the same: an empty commit would not tell whether the disk takes a write.
            transaction.open_table(TOTALS)?.insert(HTML_BYTES, html_bytes)?;
        }
        transaction.commit()?;
        self.unsynced = matches!(durability, Durability::None);
        self.set_html_bytes(html_bytes);
        self.metrics.commits.increment(1);
        let renewed = self.file.renew(&database);
        if hides {
            self.writes.mark_all();
        }
        renewed
    }

    fn finish(&self, command: Command, result: Result<(), KvError>) {
        for (key, value) in command.entries() {
            // Also after a failure: whether the value can be read is then unknown, so no cached reply may count on it.
            let moment = self.writes.mark(key);
            if closing::closes(key, value) {
                self.writes.close(key, moment);
            }
            self.metrics.writes.increment(1);
        }
        // The guest that asked may have ended meanwhile; the write holds all the same.
        match command {
            Command::Write { done, .. } | Command::Sync { done } => drop(done.send(result)),
            Command::Put(_, done) => drop(done.send(result.map(|()| true))),
        }
    }

    fn sync_if_needed(&mut self) {
        if self.unsynced
            && let Err(error) = self.commit(&[], Durability::Immediate)
        {
            tracing::error!("the KV could not be synced: {error}");
        }
    }

    /// The file is opened anew, and what it holds then is what counts: it may lack what was not synced, or have what could not
    /// be said to be stored.
    fn failed(&mut self, error: KvError) {
        let began = Instant::now();
        self.metrics.failures.increment(1);
        self.unsynced = false;
        let reopened = self.file.reopen(error.clone());
        self.writes.mark_all();
        match reopened.and_then(|()| self.count_html()) {
            Ok(()) => tracing::warn!("the KV's file failed and was opened anew"),
            Err(reason) => tracing::error!("the KV's file cannot be opened again yet: {reason}"),
        }
        // Opening reads the whole file, so a disk that stays full must not have it opened all the time.
        let pause = KV_RETRY_PAUSE.max(began.elapsed() * 4);
        self.rests = Some((Instant::now() + pause, error));
    }

    fn reopen_if_failed(&mut self) {
        let is_resting = self.rests.as_ref().is_some_and(|(until, _)| *until > Instant::now());
        if !is_resting && let Some(error) = self.file.failure() {
            self.failed(error);
        }
    }
}

impl Command {
    fn is_durable(&self) -> bool {
        match self {
            Self::Write { key, .. } => !key.starts_with(HTML_PREFIX),
            Self::Put(..) | Self::Sync { .. } => true,
        }
    }

    /// What it stores, in order; nothing where it removes what is there.
    fn entries(&self) -> impl Iterator<Item = (&str, Option<&[u8]>)> {
        let none: &[(String, Option<Vec<u8>>)] = &[];
        let (one, many) = match self {
            Self::Write { key, value, .. } => (Some((key.as_str(), Some(value.as_slice()))), none),
            Self::Put(put, _) => (None, put.entries()),
            Self::Sync { .. } => (None, none),
        };
        let many = many.iter().map(|(key, value)| (key.as_str(), value.as_deref()));
        one.into_iter().chain(many)
    }
}

/// Whether records count as absent since this cursor, or no longer do, without having been written.
fn is_hiding(before: Option<&[u8]>, after: &[u8]) -> bool {
    let read = |bytes| body::decode::<Cursor>(bytes).unwrap_or_default();
    !read(after).hides_as(&before.map(read).unwrap_or_default())
}

const CURSOR: &str = "sync/cursor";
