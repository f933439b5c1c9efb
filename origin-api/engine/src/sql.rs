//! The one file that names the driver: the rest of the origin speaks of connections, rows and queries. Today both are
//! SQLite's; texts are written so that Postgres takes them too.

use std::{
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use anyhow::Context;
use futures_util::TryStreamExt;
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection as _, Either, Executor as _, Sqlite,
    migrate::{Migration, MigrationType, Migrator},
    pool::PoolConnection,
    sqlite::{SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::{runtime::Handle, sync::oneshot};

/// `Columns` gives a row `try_get`.
pub use sqlx::{Row as Columns, query, query_as, query_scalar};

pub type Connection = sqlx::SqliteConnection;
pub type Row = sqlx::sqlite::SqliteRow;
pub type Readers = sqlx::SqlitePool;
/// A connection that reads.
pub type Reader = PoolConnection<Sqlite>;
/// What one moment looked like.
pub type View = sqlx::Transaction<'static, Sqlite>;
pub type Query<'q> = sqlx::query::Query<'q, Sqlite, SqliteArguments>;
pub type Error = sqlx::Error;
pub type Result<T> = std::result::Result<T, Error>;

/// Opens the database in `folder` at the version of this build: the connection that writes, and those that read.
pub async fn open(folder: &Path) -> anyhow::Result<(Connection, Readers)> {
    let options = SqliteConnectOptions::new().filename(file(folder));
    connect(durable(options), MIGRATIONS).await
}

/// Opens the database anew, which has the version of this build, to write.
pub async fn open_writer(folder: &Path) -> Result<Connection> {
    let options = SqliteConnectOptions::new().filename(file(folder));
    let options = durable(options).statement_cache_capacity(STATEMENTS_MAX);
    options.disable_statement_logging().connect().await
}

/// Writes all that the log holds into the file, and begins another.
pub async fn empty_log(conn: &mut Connection) -> Result<()> {
    let row = query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(conn).await?;
    match row.try_get::<i64, _>(0)? {
        0 => Ok(()),
        _ => Err(Error::Io(std::io::Error::other("somebody still reads the log"))),
    }
}

/// Opens what signing in keeps, a database of its own in the same folder: the connection that writes, and those that read.
pub async fn open_sign_in(folder: &Path) -> anyhow::Result<(Connection, Readers)> {
    let options = SqliteConnectOptions::new().filename(sign_in_file(folder));
    connect(durable(options), SIGN_IN_MIGRATIONS).await
}

fn durable(options: SqliteConnectOptions) -> SqliteConnectOptions {
    let options = options.journal_mode(SqliteJournalMode::Wal);
    options.synchronous(SqliteSynchronous::Full)
}

/// Where the database of a folder lies.
pub fn file(folder: &Path) -> PathBuf {
    folder.join(DATABASE_FILE)
}

/// What was committed last, until it is written into the database.
pub fn log_file(folder: &Path) -> PathBuf {
    folder.join(format!("{DATABASE_FILE}-wal"))
}

pub fn sign_in_file(folder: &Path) -> PathBuf {
    folder.join(SIGN_IN_FILE)
}

/// Opens a database file as it is, whatever build wrote it. It is one whole file again once the last connection is closed.
pub async fn open_file(file: &Path) -> Result<Connection> {
    let options = SqliteConnectOptions::new().filename(file).disable_statement_logging();
    options.synchronous(SqliteSynchronous::Full).connect().await
}

/// Holds this moment: until the connection is closed nothing is overwritten that belongs to it, in the file or in its log.
pub async fn hold(conn: &mut Connection) -> Result<()> {
    query("BEGIN").execute(&mut *conn).await?;
    let read = query("SELECT count(*) FROM sqlite_schema").fetch_one(conn).await;
    read.map(|_| ())
}

/// Writes what a database holds at this moment into `to`, an empty file; others may read and write it meanwhile.
pub async fn copy(conn: &mut Connection, to: &Path) -> Result<()> {
    let to = to.to_string_lossy().into_owned();
    query("VACUUM INTO $1").bind(to).execute(conn).await.map(|_| ())
}

/// How many bytes a copy has at most.
pub async fn copy_bytes_max(conn: &mut Connection) -> Result<u64> {
    let pages: i64 = query_scalar("PRAGMA page_count").fetch_one(&mut *conn).await?;
    let bytes: i64 = query_scalar("PRAGMA page_size").fetch_one(conn).await?;
    Ok(u64::try_from(pages.saturating_mul(bytes)).unwrap_or(0))
}

/// Reads every page of the file, and says what is wrong.
pub async fn faults(conn: &mut Connection) -> Result<Vec<String>> {
    let mut said: Vec<String> = query_scalar("PRAGMA integrity_check(10)").fetch_all(conn).await?;
    said.retain(|said| said != "ok");
    Ok(said)
}

/// Opens a database of its own that is gone with its last connection.
pub async fn open_in_memory() -> anyhow::Result<(Connection, Readers)> {
    connect(in_memory()?, MIGRATIONS).await
}

pub async fn open_sign_in_in_memory() -> anyhow::Result<(Connection, Readers)> {
    connect(in_memory()?, SIGN_IN_MIGRATIONS).await
}

fn in_memory() -> Result<SqliteConnectOptions> {
    // A name of its own, under which the connections share it.
    let options: SqliteConnectOptions = "sqlite::memory:".parse()?;
    Ok(options.synchronous(SqliteSynchronous::Off))
}

async fn connect(options: SqliteConnectOptions, migrations: Migrations) -> anyhow::Result<(Connection, Readers)> {
    let options = options
        .create_if_missing(true)
        .statement_cache_capacity(STATEMENTS_MAX)
        .disable_statement_logging();
    let mut writer = options
        .clone()
        .connect()
        .await
        .context("the database cannot be opened")?;
    migrate_by(migrations, &mut writer)
        .await
        .context("the database cannot be brought to this version")?;
    let readers = readers(options).await.context("the database cannot be read")?;
    Ok((writer, readers))
}

pub async fn execute(conn: &mut Connection, sql: &'static str) -> Result<()> {
    query(sql).execute(conn).await.map(|_| ())
}

/// The rows of each of several statements, which stand one behind the other and all bind the same arguments. Each command wakes the
/// thread of the connection and is woken by it, which costs more than most statements do.
pub async fn fetch_each<const COUNT: usize>(conn: &mut Connection, query: Query<'_>) -> Result<[Vec<Row>; COUNT]> {
    let mut all = [const { Vec::new() }; COUNT];
    let mut at = 0;
    let mut answers = conn.fetch_many(query);
    while let Some(answer) = answers.try_next().await? {
        match answer {
            Either::Left(_) => at += 1,
            Either::Right(row) => match all.get_mut(at) {
                Some(rows) => rows.push(row),
                None => return Err(unreadable(format!("more than {COUNT} statements"))),
            },
        }
    }
    match at == COUNT {
        true => Ok(all),
        false => Err(unreadable(format!("{at} statements in place of {COUNT}"))),
    }
}

/// The last connection that is closed writes the log into the file.
pub async fn close(conn: Connection) -> Result<()> {
    conn.close().await
}

/// A statement put together from texts of ours; what strangers send is only ever bound.
pub fn built(sql: String) -> AssertSqlSafe<String> {
    AssertSqlSafe(sql)
}

/// What an error is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// A row that this build cannot read.
    Row,
    /// A statement that what is stored stands against. The transaction stands.
    Statement,
    /// There is no room for more; what is stored stands.
    Full,
    /// The database itself: none of its answers can be trusted.
    Database,
}

impl About {
    pub fn name(self) -> &'static str {
        match self {
            Self::Row => "row",
            Self::Statement => "statement",
            Self::Full => "full",
            Self::Database => "database",
        }
    }
}

pub fn about(error: &Error) -> About {
    match error {
        Error::Decode(_)
        | Error::ColumnDecode { .. }
        | Error::ColumnNotFound(_)
        | Error::ColumnIndexOutOfBounds { .. }
        | Error::TypeNotFound { .. }
        | Error::RowNotFound
        | Error::Encode(_) => About::Row,
        Error::Database(error) => match codes(error.as_ref()) {
            Some((SQLITE_FULL, _) | (_, SQLITE_IOERR_SHMSIZE)) => About::Full,
            Some((SQLITE_ERROR | SQLITE_TOOBIG | SQLITE_CONSTRAINT | SQLITE_MISMATCH | SQLITE_RANGE, _)) => {
                About::Statement
            }
            _ => About::Database,
        },
        _ => About::Database,
    }
}

/// The code and the extended code, of which the driver tells the latter; its low byte is the former.
fn codes(error: &dyn sqlx::error::DatabaseError) -> Option<(u32, u32)> {
    let extended: u32 = error.code()?.parse().ok()?;
    Some((extended & 0xff, extended))
}

/// A column holds what this build cannot read.
pub fn unreadable(detail: impl Into<String>) -> Error {
    Error::Decode(detail.into().into())
}

async fn readers(options: SqliteConnectOptions) -> Result<Readers> {
    readers_up_to(READERS_MAX)
        .connect_with(options.pragma("query_only", "ON"))
        .await
}

/// More of them, for work that comes after others.
pub fn readers_behind_others(readers: &Readers) -> Readers {
    let options = readers.connect_options();
    readers_up_to(READERS_BEHIND_OTHERS_MAX).connect_lazy_with((*options).clone())
}

/// A view through one of those, whoever asks: the thread of a connection has the priority of the thread that opens it.
pub async fn view_behind_others(readers: &Readers) -> Result<View> {
    let (readers, runtime) = (readers.clone(), Handle::current());
    let (begun, view) = oneshot::channel();
    let begin = move || {
        if let Err(error) = background_thread::give_way(READERS_BEHIND_OTHERS_NICENESS) {
            tracing::warn!("large pages are read with the priority of all else: {error}");
        }
        let _context = runtime.enter();
        // Whoever asked may be gone.
        drop(begun.send(runtime.block_on(readers.begin())));
    };
    thread::Builder::new().name("opens-reader".into()).spawn(begin)?;
    view.await.map_err(|_| Error::WorkerCrashed)?
}

fn readers_up_to(count: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(count)
        .test_before_acquire(false)
        .acquire_timeout(READER_WAIT_MAX)
}

/// Brings a database to the version of this build.
pub async fn migrate(writer: &mut Connection) -> anyhow::Result<()> {
    migrate_by(MIGRATIONS, writer).await
}

/// Brings a database of sign-ins to the version of this build.
pub async fn migrate_sign_in(writer: &mut Connection) -> anyhow::Result<()> {
    migrate_by(SIGN_IN_MIGRATIONS, writer).await
}

/// A database as the build made it that had so many migrations.
pub async fn migrate_to(version: usize, writer: &mut Connection) -> anyhow::Result<()> {
    migrate_by(&MIGRATIONS[..version], writer).await
}

async fn migrate_by(migrations: Migrations, writer: &mut Connection) -> anyhow::Result<()> {
    let migrations = migrations.iter().zip(1..).map(|(&(name, sql), version)| {
        let sql = sqlx::SqlSafeStr::into_sql_str(sql);
        Migration::new(version, name.into(), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(migrations.collect()).run(writer).await?;
    Ok(())
}

const SQLITE_ERROR: u32 = 1;
const SQLITE_FULL: u32 = 13;
const SQLITE_TOOBIG: u32 = 18;
const SQLITE_CONSTRAINT: u32 = 19;
const SQLITE_MISMATCH: u32 = 20;
const SQLITE_RANGE: u32 = 25;
/// The index of the write-ahead log cannot grow.
const SQLITE_IOERR_SHMSIZE: u32 = 4874;
/// Names and texts, in their order.
type Migrations = &'static [(&'static str, &'static str)];

const DATABASE_FILE: &str = "origin.db";
const SIGN_IN_FILE: &str = "sign-in.db";
const SIGN_IN_MIGRATIONS: Migrations = &[
    ("mail", include_str!("../migrations/sign-in/0001_mail.sql")),
    ("used", include_str!("../migrations/sign-in/0002_used.sql")),
    ("sessions", include_str!("../migrations/sign-in/0003_sessions.sql")),
];
const MIGRATIONS: Migrations = &[
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
    ("one_status", include_str!("../migrations/sqlite/0006_one_status.sql")),
    (
        "rendered_texts",
        include_str!("../migrations/sqlite/0007_rendered_texts.sql"),
    ),
    ("first_host", include_str!("../migrations/sqlite/0008_first_host.sql")),
    (
        "event_months",
        include_str!("../migrations/sqlite/0009_event_months.sql"),
    ),
    (
        "one_row_a_page",
        include_str!("../migrations/sqlite/0010_one_row_a_page.sql"),
    ),
    ("kept", include_str!("../migrations/sqlite/0011_kept.sql")),
    ("probes", include_str!("../migrations/sqlite/0012_probes.sql")),
    ("lineage", include_str!("../migrations/sqlite/0013_lineage.sql")),
    ("host_claims", include_str!("../migrations/sqlite/0014_host_claims.sql")),
    (
        "hosts_given_up",
        include_str!("../migrations/sqlite/0015_hosts_given_up.sql"),
    ),
    ("awaited", include_str!("../migrations/sqlite/0016_awaited.sql")),
    (
        "private_pages",
        include_str!("../migrations/sqlite/0017_private_pages.sql"),
    ),
    (
        "layered_pages",
        include_str!("../migrations/sqlite/0018_layered_pages.sql"),
    ),
    (
        "audience_sets",
        include_str!("../migrations/sqlite/0019_audience_sets.sql"),
    ),
    ("audit", include_str!("../migrations/sqlite/0020_audit.sql")),
    ("mail", include_str!("../migrations/sqlite/0021_mail.sql")),
    ("provider", include_str!("../migrations/sqlite/0022_provider.sql")),
    ("open_to", include_str!("../migrations/sqlite/0023_open_to.sql")),
    (
        "ended_sessions",
        include_str!("../migrations/sqlite/0031_ended_sessions.sql"),
    ),
    (
        "former_hosts",
        include_str!("../migrations/sqlite/0024_former_hosts.sql"),
    ),
    (
        "update_audiences",
        include_str!("../migrations/sqlite/0033_update_audiences.sql"),
    ),
    ("served", include_str!("../migrations/sqlite/0034_served.sql")),
    ("logo_dark", include_str!("../migrations/sqlite/0038_logo_dark.sql")),
];
/// Connections that read; each has a thread.
const READERS_MAX: u32 = 4;
/// Two for threads that take only idle time, and two for those that stand in for them (`origin-api/http/src/long_work.rs`).
pub const READERS_BEHIND_OTHERS_MAX: u32 = 4;
/// Steps of niceness (nice(2)). A share of a core, as a view that rests holds the log.
const READERS_BEHIND_OTHERS_NICENESS: i32 = 10;
const READER_WAIT_MAX: Duration = Duration::from_secs(5);
/// Prepared statements kept for each connection; the whole store has fewer.
const STATEMENTS_MAX: usize = 200;

#[cfg(test)]
#[tokio::test]
async fn connections_share_no_lock() {
    let (mut conn, _readers) = open_in_memory().await.expect("a database");
    let options = query_scalar("PRAGMA compile_options").fetch_all(&mut conn).await;
    let options: Vec<String> = options.expect("options");
    let has = |option: &str| options.iter().any(|has| has == option);
    assert!(
        has("DEFAULT_MEMSTATUS=0") && !has("ENABLE_MEMORY_MANAGEMENT"),
        "{options:?}"
    );
}
