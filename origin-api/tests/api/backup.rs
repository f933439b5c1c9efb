//! One file that holds everything: after a stop, as a backup, and back in its place.

use std::{
    collections::BTreeMap,
    fs,
    io::Cursor,
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use origin_api::backup::{self, Contents, How, Restored, SignIns};
use origin_engine::sql;
use reqwest::Method;
use serde_json::json;
use sqlx::{ConnectOptions, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

use crate::harness::{ADMIN, PAGE, TestOrigin, at};

#[tokio::test]
async fn stop_leaves_one_whole_file() {
    let origin = TestOrigin::with_sample_page().await;
    let folder = origin.stop().await;
    let mut files = names(&folder.path().join("data"));
    files.retain(|name| name != "origin.lock");
    assert_eq!(files, ["origin.db", "sign-in.db"]);
    let copy = TempDir::new().expect("a folder");
    fs::create_dir(copy.path().join("data")).expect("a folder");
    fs::copy(folder.path().join("data/origin.db"), copy.path().join("data/origin.db")).expect("a copy");
    let again = TestOrigin::start_in(copy).await;
    assert_eq!(
        again.get(&at("incidents")).await.expect(200)["items"][0]["name"],
        "Slow"
    );
}

/// Eight publishers, and backups meanwhile: each holds every change up to its last one, and none behind that.
#[tokio::test(flavor = "multi_thread")]
async fn backup_under_load_is_one_moment() {
    let origin = TestOrigin::with_sample_page().await;
    let data = origin.folder.path().join("data");
    let backups = TempDir::new().expect("a folder");
    let (acknowledged, number, done) = (Mutex::new(BTreeMap::new()), AtomicU64::new(0), AtomicBool::new(false));
    let publisher = async || {
        while !done.load(Ordering::Relaxed) {
            let name = format!("Incident {}", number.fetch_add(1, Ordering::Relaxed));
            let posted = origin
                .post(&at("incidents"), json!({"name": name, "body": "We look."}))
                .await;
            let seq: i64 = posted.header("pharos-seq").parse().expect("a number");
            posted.expect(201);
            acknowledged.lock().expect("no panic").insert(seq, name);
        }
    };
    let mut made = Vec::new();
    let backing_up = async {
        for number in 0..BACKUPS {
            let to = backups.path().join(format!("{number}.db"));
            let before = acknowledged.lock().expect("no panic").keys().last().copied();
            let contents = backup::make(&data, &to, &|_, _| {}).await.expect("a backup");
            assert!(Some(contents.head) >= before, "{contents:?} lacks change {before:?}");
            made.push((to, contents));
        }
        done.store(true, Ordering::Relaxed);
    };
    let publishers = futures_util::future::join_all((0..8).map(|_| publisher()));
    tokio::join!(publishers, backing_up);
    let acknowledged = acknowledged.into_inner().expect("no panic");
    for (file, contents) in made {
        let folder = TempDir::new().expect("a folder");
        put_back(folder.path(), &fs::read(&file).expect("bytes"), How::default())
            .await
            .expect("it is restored");
        let mut database = open(&folder.path().join("origin.db")).await;
        let names = "SELECT name FROM incidents WHERE name LIKE 'Incident %' ORDER BY name";
        let names: Vec<String> = sqlx::query_scalar(names).fetch_all(&mut database).await.expect("names");
        let mut expected: Vec<&String> = acknowledged.range(..=contents.head).map(|(_, name)| name).collect();
        expected.sort();
        assert_eq!(names.iter().collect::<Vec<_>>(), expected, "{contents:?}");
    }
}

#[tokio::test]
async fn restored_database_goes_on_as_another_one_behind_what_was_seen() {
    let origin = TestOrigin::with_sample_page().await;
    let folder = origin.stop().await;
    let data = folder.path().join("data");
    let file = backup_of(&data).await;
    let (bytes, before) = (fs::read(&file).expect("bytes"), lineage(&data).await);

    let refused = put_back(&data, &bytes, How::default())
        .await
        .expect_err("a database is there");
    assert!(refused.to_string().contains("--replace"), "{refused}");
    let looked = How {
        dry_run: true,
        ..How::default()
    };
    put_back(&data, &bytes, looked).await.expect("it is looked at");
    assert_eq!(lineage(&data).await, before, "only looked at");

    let again = TestOrigin::start_in(folder).await;
    again
        .post(&at("incidents"), json!({"name": "Later", "body": "Lost."}))
        .await
        .expect(201);
    let folder = again.stop().await;
    let data = folder.path().join("data");
    let replaced = How {
        replace: true,
        ..How::default()
    };
    let restored = put_back(&data, &bytes, replaced).await.expect("it is restored");
    let head = restored.contents.head;
    let before_it = restored.before.expect("it replaced one");
    assert_eq!(before_it.head, Some(head + 1), "the later change");
    assert!(before_it.kept.is_file());
    let (name, first_seq) = lineage(&data).await;
    assert!(name != before.0 && first_seq > head + 1, "{name} {first_seq}");

    let origin = TestOrigin::start_in(folder).await;
    let incidents = origin.get(&at("incidents")).await.expect(200);
    assert_eq!(incidents["items"].as_array().map(Vec::len), Some(1), "{incidents}");
    let next = origin
        .post(&at("incidents"), json!({"name": "Next", "body": "We look."}))
        .await;
    let seq: i64 = next.header("pharos-seq").parse().expect("a number");
    assert!(seq > first_seq, "{seq}");
}

/// Who lost what they were let in by, or could push with, does not have it again.
#[tokio::test]
async fn what_was_taken_back_since_the_backup_stays_so() {
    let origin = TestOrigin::with_sample_page().await;
    let page = format!("/v1/pages/{PAGE}");
    let audience = json!({"id": "audience0001", "name": "Customers", "password": "correct horse"});
    origin.post(&at("audiences"), audience).await.expect(201);
    let member = at("audiences/audience0001/members/ada@example.com");
    let put = origin.send(Method::PUT, &member, ADMIN, &[], Some("{}".into())).await;
    assert!(put.status.is_success(), "{put:?}");
    let link = json!({"id": "link00000001", "name": "A reader", "audiences": ["public"], "formats": "machine"});
    origin.post(&at("links"), link).await.expect(201);
    let token = async |name: &str| origin.post("/v1/tokens", json!({"name": name})).await.expect(201);
    let (taken, kept) = (token("Left").await, token("Stays").await);
    let folder = origin.stop().await;
    let data = folder.path().join("data");
    let bytes = fs::read(backup_of(&data).await).expect("bytes");

    let origin = TestOrigin::start_in(folder).await;
    let id = taken["id"].as_str().expect("an id");
    for path in [member.as_str(), &at("links/link00000001"), &format!("/v1/tokens/{id}")] {
        origin.delete(path).await.expect(204);
    }
    let password = json!({"password": "battery staple"});
    origin.patch(&at("audiences/audience0001"), password).await.expect(200);
    origin.patch(&page, json!({"visibility": "private"})).await.expect(200);
    let folder = origin.stop().await;
    let replace = How {
        replace: true,
        ..How::default()
    };
    let restored = put_back(&data, &bytes, replace).await.expect("it is restored");
    assert_eq!(restored.before.expect("one was there").taken_back, Some(5));

    let origin = TestOrigin::start_in(folder).await;
    let by = async |token: &serde_json::Value| {
        let secret = token["secret"].as_str().expect("a secret");
        origin.send(Method::GET, &page, secret, &[], None).await.status.as_u16()
    };
    assert_eq!((by(&taken).await, by(&kept).await), (401, 200));
    origin.get(&at("links/link00000001")).await.expect(404);
    assert_eq!(origin.get(&page).await.expect(200)["visibility"], "private");
    let members = origin.get(&at("audiences/audience0001/members")).await.expect(200);
    assert_eq!(members["items"], json!([]));
    let folder = origin.stop().await;
    let again = put_back(&data, &bytes, replace).await.expect("it is restored");
    let taken_back = again.before.expect("one was there").taken_back;
    assert_eq!(
        taken_back, None,
        "what came of a restored one is no later state of the backup"
    );
    drop(folder);
}

/// One file has both databases. What an older state of the sign-ins lets in by may have been used since.
#[tokio::test]
async fn backup_has_the_sign_ins_and_no_older_one_lets_anybody_in() {
    let origin = TestOrigin::with_sample_page().await;
    let data = origin.folder.path().join("data");
    change(&data.join("sign-in.db"), SIGN_INS).await;
    let backup = backup_of(&data).await;
    let folder = origin.stop().await;
    let bytes = fs::read(&backup).expect("bytes");

    let elsewhere = TempDir::new().expect("a folder");
    let there = elsewhere.path().join("data");
    let restored = put_back(&there, &bytes, How::default()).await.expect("it is restored");
    assert!(restored.contents.has_sign_ins, "{restored:?}");
    assert_eq!(restored.sign_ins, Some(SignIns::BeginAnew));
    assert_eq!(sign_ins(&there).await, (USED + 1, 0), "and that others are not known");
    assert_eq!(names(&there), ["origin.db", "origin.lock", "sign-in.db"]);
    let left = "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'enclosed_sign_ins'";
    assert_eq!(number(&there.join("origin.db"), left).await, 0);
    TestOrigin::start_in(elsewhere).await.stop().await;

    // A copy of the origin's database alone, and the other beside it, as Litestream has them.
    let beside = TempDir::new().expect("a folder");
    let copy = beside.path().join("copy-of-sign-in.db");
    fs::copy(data.join("sign-in.db"), &copy).expect("a copy");
    let alone = fs::read(data.join("origin.db")).expect("bytes");
    let named = How {
        sign_ins: Some(&copy),
        ..How::default()
    };
    let twice = put_back(&beside.path().join("data"), &bytes, named).await;
    assert!(format!("{:#}", twice.expect_err("it has them")).contains("--sign-ins"));
    let restored = put_back(&beside.path().join("data"), &alone, named).await;
    assert!(!restored.expect("it is restored").contents.has_sign_ins);
    assert_eq!(sign_ins(&beside.path().join("data")).await, (USED + 1, 0));

    // Where it came from somebody signed in meanwhile.
    let replace = How {
        replace: true,
        ..How::default()
    };
    let since = "DELETE FROM mail_sign_ins; DELETE FROM used WHERE hash = x'aa'; INSERT INTO used VALUES (x'bb', 9999999999999)";
    change(&data.join("sign-in.db"), since).await;
    let restored = put_back(&data, &bytes, replace).await.expect("it is restored");
    assert_eq!(restored.sign_ins, Some(SignIns::Kept));
    assert_eq!(sign_ins(&data).await, (USED + 1, 0), "what either knows as used");

    fs::write(data.join("sign-in.db"), "no database").expect("a file");
    let restored = put_back(&data, &bytes, replace).await.expect("it is restored");
    assert_eq!(restored.sign_ins, Some(SignIns::BeginAnew));
    assert_eq!(sign_ins(&data).await, (USED + 1, 0));
    let kept = fs::read(data.join("sign-in.before-restore.db")).expect("it is kept");
    assert_eq!(kept, b"no database");
    TestOrigin::start_in(folder).await;
}

/// A database without a page has no change to count from.
#[tokio::test]
async fn restored_database_without_pages_goes_on_behind_too() {
    let origin = TestOrigin::start().await;
    let folder = origin.stop().await;
    let bytes = fs::read(backup_of(&folder.path().join("data")).await).expect("bytes");
    let empty = TempDir::new().expect("a folder");
    put_back(&empty.path().join("data"), &bytes, How::default())
        .await
        .expect("it is restored");
    let first_seq = lineage(&empty.path().join("data")).await.1;
    let origin = TestOrigin::start_in(empty).await;
    let page = json!({"id": "page00000001", "name": "Acme", "hosts": ["status.acme.com"]});
    let created = origin.post("/v1/pages", page).await;
    let seq: i64 = created.header("pharos-seq").parse().expect("a number");
    assert!(seq >= first_seq && first_seq > 1, "{seq} {first_seq}");
}

#[tokio::test]
async fn what_is_no_whole_backup_is_refused_and_changes_nothing() {
    let origin = TestOrigin::with_sample_page().await;
    let folder = origin.stop().await;
    let data = folder.path().join("data");
    let bytes = fs::read(backup_of(&data).await).expect("bytes");
    let before = fs::read(data.join("origin.db")).expect("bytes");
    let foreign = TempDir::new().expect("a folder");
    let mut other = open(&foreign.path().join("other.db")).await;
    sqlx::query("CREATE TABLE pages (id)")
        .execute(&mut other)
        .await
        .expect("a table");
    drop(other);
    let newer = foreign.path().join("newer.db");
    fs::write(&newer, &bytes).expect("a file");
    let later = "INSERT INTO _sqlx_migrations SELECT version + 1000, description, installed_on, success, checksum, execution_time
        FROM _sqlx_migrations WHERE version = 1";
    sqlx::query(later)
        .execute(&mut open(&newer).await)
        .await
        .expect("a row");
    // An index that does not fit its table, which only looking at both shows.
    let damaged = foreign.path().join("damaged.db");
    fs::write(&damaged, &bytes).expect("a file");
    let misfit = "PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = 'CREATE INDEX pages_in_order ON pages (ordinal, created_at_ms)' WHERE name = 'pages_in_order'";
    sqlx::raw_sql(misfit)
        .execute(&mut open(&damaged).await)
        .await
        .expect("an index");
    let damaged = fs::read(damaged).expect("bytes");
    let damaged_sign_ins = foreign.path().join("sign-ins.db");
    fs::write(&damaged_sign_ins, &bytes).expect("a file");
    change(
        &damaged_sign_ins,
        "UPDATE enclosed_sign_ins SET bytes = zeroblob(length(bytes))",
    )
    .await;
    let cases = [
        ("nothing", Vec::new(), "no database of a Pharos origin"),
        (
            "a text",
            b"Dear operator, this is no database.".repeat(100),
            "no database at all",
        ),
        ("cut off", bytes[..bytes.len() / 2].to_vec(), "damaged"),
        ("damaged", damaged, "missing from index"),
        (
            "with damaged sign-ins",
            fs::read(&damaged_sign_ins).expect("bytes"),
            "the database of sign-ins is damaged",
        ),
        (
            "of something else",
            fs::read(foreign.path().join("other.db")).expect("bytes"),
            "no database of a Pharos origin",
        ),
        ("of a later version", fs::read(&newer).expect("bytes"), "a later one"),
    ];
    for (what, bytes, why) in cases {
        let replace = How {
            replace: true,
            ..How::default()
        };
        let refused = put_back(&data, &bytes, replace).await.expect_err(what);
        assert!(format!("{refused:#}").contains(why), "{what}: {refused:#}");
        assert_eq!(fs::read(data.join("origin.db")).expect("bytes"), before, "{what}");
        assert_eq!(names(&data), ["origin.db", "origin.lock", "sign-in.db"], "{what}");
    }
}

#[tokio::test]
async fn restore_beside_an_origin_at_work_is_refused() {
    let origin = TestOrigin::with_sample_page().await;
    let data = origin.folder.path().join("data");
    let bytes = fs::read(backup_of(&data).await).expect("bytes");
    let replace = How {
        replace: true,
        ..How::default()
    };
    let refused = put_back(&data, &bytes, replace)
        .await
        .expect_err("an origin is at work");
    assert!(refused.to_string().contains("in use by process"), "{refused}");
}

#[tokio::test]
async fn backup_takes_no_files_place_and_only_its_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let origin = TestOrigin::with_sample_page().await;
    let data = origin.folder.path().join("data");
    let file = backup_of(&data).await;
    let mode = fs::metadata(&file).expect("a file").permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
    let refused = backup::make(&data, &file, &|_, _| {})
        .await
        .expect_err("a file is there");
    assert!(refused.to_string().contains("exists already"), "{refused}");
    let nowhere = backup::make(&data.join("nowhere"), &data.join("x.db"), &|_, _| {}).await;
    assert!(nowhere.expect_err("no database").to_string().contains("--data"));
}

/// A backup in the folder above the database's.
async fn backup_of(data: &Path) -> std::path::PathBuf {
    let to = data.parent().expect("a folder").join("backup.db");
    let Contents { pages, .. } = backup::make(data, &to, &|_, _| {}).await.expect("a backup");
    assert!(pages <= 1);
    to
}

async fn put_back(data: &Path, bytes: &[u8], how: How<'_>) -> anyhow::Result<Restored> {
    backup::restore(data, &mut Cursor::new(bytes), how, &|_, _| {}).await
}

async fn lineage(data: &Path) -> (String, i64) {
    let lineage = sqlx::query_as("SELECT database, first_seq FROM lineage");
    lineage
        .fetch_one(&mut open(&data.join("origin.db")).await)
        .await
        .expect("a name")
}

/// What was used, and sign-ins that are under way.
async fn sign_ins(data: &Path) -> (i64, i64) {
    let file = data.join("sign-in.db");
    let used = number(&file, "SELECT COUNT(*) FROM used").await;
    (used, number(&file, "SELECT COUNT(*) FROM mail_sign_ins").await)
}

async fn number(file: &Path, query: &'static str) -> i64 {
    let mut database = open(file).await;
    let found = sqlx::query_scalar(query).fetch_one(&mut database).await;
    sqlx::Connection::close(database).await.expect("it closes");
    found.expect("a number")
}

async fn change(file: &Path, statements: &'static str) {
    let mut database = open(file).await;
    let changed = sqlx::raw_sql(statements).execute(&mut database).await;
    changed.expect("it is changed");
    sqlx::Connection::close(database).await.expect("it closes");
}

async fn open(file: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    options.connect().await.expect("the database opens")
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> = entries.map(|name| name.to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

const BACKUPS: usize = 12;
/// More than is carried at once, and one sign-in that is under way.
const SIGN_INS: &str = "
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
        INSERT INTO used SELECT randomblob(32), 9999999999999 FROM n;
    INSERT INTO used VALUES (x'aa', 9999999999999);
    INSERT INTO mail_sign_ins (flow_hash, page_id, host, origin, address, language, return_to, network, asked_ms)
        VALUES (x'01', 'p', 'h', 'o', 'ada@example.com', 'en', '/', '', 9999999999999)";
const USED: i64 = 10_000;

#[tokio::test]
async fn moment_that_is_held_keeps_its_log() {
    let folder = TempDir::new().expect("a folder");
    let (mut writer, readers) = sql::open(folder.path()).await.expect("it opens");
    sql::execute(&mut writer, "PRAGMA busy_timeout = 0")
        .await
        .expect("it is set");
    let mut holding = sql::open_file(&sql::file(folder.path())).await.expect("it opens");
    sql::hold(&mut holding).await.expect("it is held");
    sql::execute(&mut writer, "CREATE TABLE later (id INTEGER)")
        .await
        .expect("it is written");
    sql::empty_log(&mut writer)
        .await
        .expect_err("the log has what came after the moment");
    sql::close(holding).await.expect("it closes");
    sql::empty_log(&mut writer).await.expect("nobody needs it");
    readers.close().await;
}
