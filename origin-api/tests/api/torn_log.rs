//! Stories of a machine that loses its power while a change is being written: what was acknowledged is in the database, and the change
//! itself is there whole or not at all, whatever sectors of the log the disk has of it.

use std::fs;

use serde_json::json;
use sqlx::{ConnectOptions, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

use crate::harness::{TestOrigin, at};

/// What lies on the disk once so many changes were acknowledged.
struct Acknowledged {
    database: Vec<u8>,
    log: Vec<u8>,
    seq: i64,
}

impl Acknowledged {
    /// The log as a disk may have it that was told to write all that came until `next`.
    fn torn(&self, next: &Self, rng: &mut fastrand::Rng) -> Vec<u8> {
        let mut log = self.log.clone();
        let length = match rng.u8(..3) {
            0 => next.log.len(),
            1 => self.log.len(),
            _ => rng.usize(self.log.len()..=next.log.len()),
        };
        log.resize(length, 0);
        // Some stories have nearly all of it.
        let lost_one_in = [2, 8, 64, usize::MAX][rng.usize(..4)];
        for (kept, told) in log.chunks_mut(SECTOR_BYTES).zip(next.log.chunks(SECTOR_BYTES)) {
            if rng.usize(..lost_one_in) > 0 {
                let length = kept.len().min(told.len());
                kept[..length].copy_from_slice(&told[..length]);
            }
        }
        log
    }
}

/// What a program finds that opens the database then.
struct Found {
    faults: String,
    incidents: Vec<String>,
    updates: i64,
    seq: i64,
}

async fn found(database: &[u8], log: &[u8]) -> Found {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("origin.db"), database).expect("it is written");
    fs::write(folder.path().join("origin.db-wal"), log).expect("it is written");
    let options = SqliteConnectOptions::new().filename(folder.path().join("origin.db"));
    let mut db = options.connect().await.expect("the database opens");
    let faults = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut db).await;
    let incidents = "SELECT id FROM incidents WHERE id LIKE 'told%' ORDER BY id";
    let incidents = sqlx::query_scalar(incidents).fetch_all(&mut db).await;
    let updates = "SELECT COUNT(*) FROM updates WHERE parent_id LIKE 'told%'";
    let updates = sqlx::query_scalar(updates).fetch_one(&mut db).await;
    let seq = sqlx::query_scalar("SELECT MAX(seq) FROM outbox")
        .fetch_one(&mut db)
        .await;
    Found {
        faults: faults.expect("it is checked"),
        incidents: incidents.expect("it is read"),
        updates: updates.expect("it is read"),
        seq: seq.expect("it is read"),
    }
}

async fn acknowledged() -> Vec<Acknowledged> {
    let origin = TestOrigin::with_sample_page().await;
    let mut states = Vec::new();
    for number in 0..CHANGES {
        let incident = json!({"id": name(number), "name": "Slow", "body": "We look. ".repeat(200)});
        let answer = origin.post(&at("incidents"), incident).await;
        let seq = answer.header("pharos-seq").parse().expect("a number");
        answer.expect(201);
        let read = |file: &str| fs::read(origin.folder.path().join("data").join(file)).expect("a file");
        states.push(Acknowledged {
            database: read("origin.db"),
            log: read("origin.db-wal"),
            seq,
        });
    }
    states
}

fn name(number: usize) -> String {
    format!("told{number:08}")
}

#[tokio::test]
async fn change_that_was_acknowledged_outlives_a_torn_log_and_the_next_is_there_whole_or_not_at_all() {
    let states = acknowledged().await;
    let pairs = states.iter().zip(&states[1..]).enumerate();
    // Where the log was begun anew meanwhile, its sectors are of another one.
    let pairs: Vec<_> = pairs
        .filter(|(_, (now, next))| now.database == next.database && next.log.starts_with(&now.log))
        .collect();
    assert!(pairs.len() > CHANGES / 2, "{} pairs prove little", pairs.len());
    let (mut whole, mut without) = (0, 0);
    for seed in 0..STORIES {
        let rng = &mut fastrand::Rng::with_seed(seed);
        let (number, (now, next)) = pairs[rng.usize(..pairs.len())];
        let found = found(&now.database, &now.torn(next, rng)).await;
        assert_eq!(found.faults, "ok", "story {seed}");
        let has_next = found.incidents.len() == number + 2;
        let expected: Vec<String> = (0..=number + usize::from(has_next)).map(name).collect();
        assert_eq!(found.incidents, expected, "story {seed}");
        assert_eq!(found.updates as usize, expected.len(), "story {seed}");
        // A change and its row for the regions go together; the clock may have added one.
        assert_eq!(
            found.seq >= next.seq,
            has_next,
            "story {seed}: {} of {}",
            found.seq,
            next.seq
        );
        assert!(found.seq >= now.seq, "story {seed}");
        whole += u64::from(has_next);
        without += u64::from(!has_next);
    }
    assert!(
        whole.min(without) > STORIES / 10,
        "{whole} with the change, {without} without"
    );
}

const STORIES: u64 = 200;
const CHANGES: usize = 24;
const SECTOR_BYTES: usize = 512;
