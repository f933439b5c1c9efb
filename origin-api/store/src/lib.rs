//! The truth. There is one door for changes (`door.rs`), which commits each with its outbox row; readers have a pool of
//! their own and never wait for it.

pub mod accounts;
pub mod archive;
pub mod components;
pub mod engine;
pub mod events;
pub mod incidents;
pub mod load;
pub mod maintenances;
pub mod metrics;
pub mod pages;
pub mod updates;

use std::path::Path;

use anyhow::Context;
use sqlx::{
    ConnectOptions, Sqlite, SqliteConnection, SqlitePool, Transaction,
    migrate::{Migration, MigrationType, Migrator},
    pool::PoolConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::{mpsc, oneshot, watch};

pub use engine::commit::Change;
pub use engine::tx::{Answer, Condition};
use engine::writer::{Door, Job, QUEUE_MAX};

use origin_objects::fault::Fault;

#[derive(Clone)]
pub struct Store {
    readers: SqlitePool,
    queue: mpsc::Sender<Job>,
    head: watch::Receiver<i64>,
}

impl Store {
    /// Opens the database in `folder` and its door, which works until every `Store` is dropped.
    pub async fn open(folder: &Path) -> anyhow::Result<(Self, Door)> {
        tokio::fs::create_dir_all(folder)
            .await
            .with_context(|| format!("the data folder {} cannot be made", folder.display()))?;
        let options = options(&folder.join(DATABASE_FILE));
        let mut writer = options
            .clone()
            .connect()
            .await
            .context("the database cannot be opened")?;
        migrate(&mut writer)
            .await
            .context("the database cannot be brought to this version")?;
        let readers = readers(options).await.context("the database cannot be read")?;
        let (queue, jobs) = mpsc::channel(QUEUE_MAX);
        let (door, head) = Door::open(writer, jobs).await?;
        Ok((Self { readers, queue, head }, door))
    }

    /// Makes a change; when it answers, the change is on disk with its outbox row.
    pub async fn change(&self, change: Change, condition: Condition) -> Result<Answer, Fault> {
        let (reply, answer) = oneshot::channel();
        let job = Job {
            change,
            condition,
            reply,
        };
        self.queue.try_send(job).map_err(|_| Fault::overloaded())?;
        answer.await.unwrap_or_else(|_| Err(Fault::unavailable()))
    }

    pub async fn reader(&self) -> sqlx::Result<PoolConnection<Sqlite>> {
        self.readers.acquire().await
    }

    /// A view of one moment: everything read through it belongs together.
    pub async fn view(&self) -> sqlx::Result<Transaction<'static, Sqlite>> {
        self.readers.begin().await
    }

    /// The sequence number up to which everything is committed; marks a change once it is on disk.
    pub fn head(&self) -> watch::Receiver<i64> {
        self.head.clone()
    }

    pub async fn answers(&self) -> bool {
        let query = sqlx::query("SELECT seq FROM outbox LIMIT 1");
        query.fetch_optional(&self.readers).await.is_ok() && !self.queue.is_closed()
    }
}

fn options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .statement_cache_capacity(STATEMENTS_MAX)
        .disable_statement_logging()
}

async fn readers(options: SqliteConnectOptions) -> sqlx::Result<SqlitePool> {
    SqlitePoolOptions::new()
        .max_connections(READERS_MAX)
        .test_before_acquire(false)
        .acquire_timeout(READER_WAIT_MAX)
        .connect_with(options.pragma("query_only", "ON"))
        .await
}

async fn migrate(writer: &mut SqliteConnection) -> anyhow::Result<()> {
    let migrations = MIGRATIONS.iter().zip(1..).map(|(&(name, sql), version)| {
        let sql = sqlx::SqlSafeStr::into_sql_str(sql);
        Migration::new(version, name.into(), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(migrations.collect()).run(writer).await?;
    Ok(())
}

const DATABASE_FILE: &str = "origin.db";
const MIGRATIONS: &[(&str, &str)] = &[
    ("truth", include_str!("../migrations/sqlite/0001_truth.sql")),
    ("page", include_str!("../migrations/sqlite/0002_page.sql")),
    ("metrics", include_str!("../migrations/sqlite/0003_metrics.sql")),
    (
        "maintenance_series",
        include_str!("../migrations/sqlite/0004_maintenance_series.sql"),
    ),
    (
        "incident_templates",
        include_str!("../migrations/sqlite/0005_incident_templates.sql"),
    ),
];
/// Connections that read; each has a thread.
const READERS_MAX: u32 = 4;
const READER_WAIT_MAX: std::time::Duration = std::time::Duration::from_secs(5);
/// Prepared statements kept for each connection; the whole store has fewer.
const STATEMENTS_MAX: usize = 200;
