//! Whatever is handed to the put door by somebody who is not kv-sync: refused, logged, and the page stays as it was.

use anyhow::{Result, ensure};
use ed25519_dalek::SigningKey;
use page_model::{
    Key, PageId, Record, body,
    limits::{PUT_BYTES_MAX, PUT_CLOCK_SKEW_MS_MAX},
    put::{Batch, Outcome},
};
use serde_bytes::ByteBuf;
use tests::{
    Door, Page, System,
    door::{self, Parcel},
    eventually, on_every_platform,
    system::ARRIVAL_MAX,
};

on_every_platform!(
    a_stranger_at_the_door_changes_nothing,
    a_well_signed_batch_cannot_turn_a_page_back_or_cross,
);

async fn a_stranger_at_the_door_changes_nothing(system: &mut System) -> Result<()> {
    let page = settled_page(system, "doors").await?;
    let region = &system.regions[0];
    let door = system.door(region)?;
    let before = region.visitor.page(&page.host, "/").await?;
    for (what, parcel) in forgeries(system, &door, &page).await? {
        let lines_before = region.edge.log().lines().count();
        let (status, reply) = door.hand_over(&parcel).await?;
        let reply = String::from_utf8_lossy(&reply);
        ensure!(status.is_client_error(), "{what}: the door said {status}: {reply}");
        eventually("the refusal is logged", ARRIVAL_MAX, async || {
            let log = region.edge.log();
            let logged = log
                .lines()
                .skip(lines_before)
                .any(|line| line.contains("put") && line.contains("refused"));
            ensure!(logged, "{what} left no line in the log");
            Ok(())
        })
        .await?;
        ensure!(
            region.visitor.page(&page.host, "/").await? == before,
            "{what} changed the page"
        );
    }
    Ok(())
}

async fn a_well_signed_batch_cannot_turn_a_page_back_or_cross(system: &mut System) -> Result<()> {
    let page = settled_page(system, "turned").await?;
    let other = settled_page(system, "other").await?;
    let region = &system.regions[0];
    let door = system.door(region)?;
    let before = region.visitor.page(&page.host, "/").await?;
    let composed = system.records(&page.id).await?;
    for record in &composed.records {
        let older = Record::new(record.key.clone(), record.page.clone(), 1, b"older".to_vec());
        let kept = &door.put(&[older]).await?.outcomes[0];
        ensure!(
            matches!(kept, Outcome::Kept { version } if *version > 1),
            "version 1 of {}: {kept:?}",
            record.key
        );
    }
    for (what, bytes) in misfits(&composed.records, &other)? {
        let batch = Batch {
            records: vec![ByteBuf::from(bytes)],
            cursor: None,
        };
        let outcome = door.put_batch(&batch).await?.outcomes.remove(0);
        ensure!(matches!(outcome, Outcome::Refused { .. }), "{what}: {outcome:?}");
    }
    ensure!(
        region.visitor.page(&page.host, "/").await? == before,
        "the page changed"
    );
    ensure!(region.edge.log().contains("not stored"), "nothing was logged");
    Ok(())
}

/// A page that both regions have and that changes no more.
async fn settled_page(system: &System, name: &str) -> Result<Page> {
    let page = Page::create(&system.push, name, 4).await?;
    system.until_settled(&page).await?;
    system.until_shown(&page, &["Component 3"]).await?;
    Ok(page)
}

async fn forgeries(system: &System, door: &Door, page: &Page) -> Result<Vec<(&'static str, Parcel)>> {
    let defaced = defaced_batch(&system.records(&page.id).await?.records);
    let honest = door.parcel(defaced.clone());
    let stranger = Door::new(
        system.regions[0].visitor.addr(),
        "eu-1",
        SigningKey::from_bytes(&[7; 32]),
    )?;
    let stale_ms = door::now_ms() - PUT_CLOCK_SKEW_MS_MAX - 5_000;
    let early_ms = door::now_ms() + PUT_CLOCK_SKEW_MS_MAX + 5_000;
    let other_region = system.door(&system.regions[1])?;
    Ok(vec![
        ("another key", stranger.parcel(defaced.clone())),
        (
            "a signature of another body",
            Parcel {
                body: body::encode(&Batch::default()),
                ..honest.clone()
            },
        ),
        (
            "a signature cut short",
            Parcel {
                signature: honest.signature[..40].to_vec(),
                ..honest.clone()
            },
        ),
        (
            "no signature",
            Parcel {
                signature: Vec::new(),
                ..honest.clone()
            },
        ),
        ("a batch for another region", other_region.parcel(defaced.clone())),
        (
            "another region's batch, renamed",
            Parcel {
                region: "eu-1".into(),
                ..other_region.parcel(defaced.clone())
            },
        ),
        ("a stale batch", door.parcel_at(defaced.clone(), stale_ms)),
        ("a batch from the future", door.parcel_at(defaced.clone(), early_ms)),
        (
            "a stale batch, renewed",
            Parcel {
                time_ms: door::now_ms(),
                ..door.parcel_at(defaced, stale_ms)
            },
        ),
        (
            "garbage, well signed",
            door.parcel(b"\xff\x00 this is no CBOR".to_vec()),
        ),
        ("100,000 nested arrays, well signed", door.parcel(vec![0x81; 100_000])),
        (
            "more bytes than the door reads",
            door.parcel(vec![0; PUT_BYTES_MAX + 1]),
        ),
    ])
}

/// Newer than everything and empty: if the door took it, the page would be gone.
fn defaced_batch(records: &[Record]) -> Vec<u8> {
    let gone = |record: &Record| Record::tombstone(record.key.clone(), record.page.clone(), u64::MAX / 2);
    let records = records
        .iter()
        .map(|record| ByteBuf::from(gone(record).to_bytes()))
        .collect();
    body::encode(&Batch { records, cursor: None })
}

/// Records that are signed well and yet must not be stored.
fn misfits(records: &[Record], other: &Page) -> Result<Vec<(&'static str, Vec<u8>)>> {
    let snapshot = records.iter().find(|record| matches!(record.key, Key::Snapshot(..)));
    let Some(snapshot) = snapshot else {
        anyhow::bail!("the origin composed no snapshot")
    };
    let newer = Record {
        version: u64::MAX / 2,
        ..snapshot.clone()
    };
    let crossed = Record {
        page: PageId::parse(&other.id)?,
        ..newer.clone()
    };
    let html = Key::parse(&format!("html/{}/public/index", other.host)).expect("an html key");
    let planted = Record {
        key: html,
        ..newer.clone()
    };
    let altered = Record {
        body: b"altered on the way".to_vec(),
        ..newer.clone()
    };
    Ok(vec![
        ("an envelope of another page", crossed.to_bytes()),
        ("finished HTML", planted.to_bytes()),
        ("a body that does not match its hash", altered.to_bytes()),
        ("garbage", vec![0x5a; 300]),
        ("nothing", Vec::new()),
        ("a record cut short", newer.to_bytes()[..100].to_vec()),
    ])
}
