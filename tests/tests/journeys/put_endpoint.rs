//! Puts that do not come from kv-sync, or not as it sends them: refused, logged, and the page stays as it was.

use anyhow::{Result, ensure};
use ed25519_dalek::SigningKey;
use page_model::{
    Key, PageId, Record, body,
    limits::{PUT_BYTES_MAX, PUT_CLOCK_SKEW_MS_MAX},
    put::{Batch, Outcome},
};
use serde_bytes::ByteBuf;
use tests::{
    Page, PutClient, System, clock::now_ms, eventually, on_every_platform, put_client::PutRequest, system::ARRIVAL_MAX,
};

on_every_platform!(
    forged_put_is_refused_logged_and_changes_nothing,
    signed_batch_with_old_or_foreign_records_changes_nothing,
);

async fn forged_put_is_refused_logged_and_changes_nothing(system: &mut System) -> Result<()> {
    let page = settled_page(system, "forged").await?;
    let region = &system.regions[0];
    let put_client = system.put_client(region)?;
    let before = region.visitor.page(&page.host, "/").await?;
    for (what, request) in forgeries(system, &put_client, &page).await? {
        let lines_before = region.edge.log().lines().count();
        let (status, reply) = put_client.send(&request).await?;
        let reply = String::from_utf8_lossy(&reply);
        ensure!(status.is_client_error(), "{what}: it answered {status}: {reply}");
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

async fn signed_batch_with_old_or_foreign_records_changes_nothing(system: &mut System) -> Result<()> {
    let other = settled_page(system, "other").await?;
    // Behind the other one, so that nothing of it has the first version there is.
    let page = settled_page(system, "turned").await?;
    let region = &system.regions[0];
    let put_client = system.put_client(region)?;
    let before = region.visitor.page(&page.host, "/").await?;
    let composed = system.records(&page.id).await?;
    for record in &composed.records {
        let older = Record::new(record.key.clone(), record.page.clone(), 1, b"older".to_vec());
        let kept = &put_client.put(&[older]).await?.outcomes[0];
        ensure!(
            matches!(kept, Outcome::Kept { version } if *version > 1),
            "version 1 of {}: {kept:?}",
            record.key
        );
    }
    for (what, bytes) in misfits(&composed.records, &other)? {
        let batch = Batch {
            records: vec![ByteBuf::from(bytes)],
            ..Batch::default()
        };
        let outcome = put_client.put_batch(&batch).await?.outcomes.remove(0);
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

async fn forgeries(system: &System, put_client: &PutClient, page: &Page) -> Result<Vec<(&'static str, PutRequest)>> {
    let defaced = defaced_batch(&system.records(&page.id).await?.records);
    let signed = put_client.sign(defaced.clone());
    let other_key = PutClient::new(
        system.regions[0].visitor.addr(),
        "eu-1",
        SigningKey::from_bytes(&[7; 32]),
    )?;
    let stale_ms = now_ms() - PUT_CLOCK_SKEW_MS_MAX - 5_000;
    let early_ms = now_ms() + PUT_CLOCK_SKEW_MS_MAX + 5_000;
    let other_region = system.put_client(&system.regions[1])?;
    Ok(vec![
        ("another key", other_key.sign(defaced.clone())),
        (
            "a signature of another body",
            PutRequest {
                body: body::encode(&Batch::default()),
                ..signed.clone()
            },
        ),
        (
            "a signature cut short",
            PutRequest {
                signature: signed.signature[..40].to_vec(),
                ..signed.clone()
            },
        ),
        (
            "no signature",
            PutRequest {
                signature: Vec::new(),
                ..signed.clone()
            },
        ),
        ("a batch for another region", other_region.sign(defaced.clone())),
        (
            "another region's batch, renamed",
            PutRequest {
                region: "eu-1".into(),
                ..other_region.sign(defaced.clone())
            },
        ),
        ("a stale batch", put_client.sign_at(defaced.clone(), stale_ms)),
        ("a batch from the future", put_client.sign_at(defaced.clone(), early_ms)),
        (
            "a stale batch, renewed",
            PutRequest {
                time_ms: now_ms(),
                ..put_client.sign_at(defaced, stale_ms)
            },
        ),
        (
            "garbage, well signed",
            put_client.sign(b"\xff\x00 this is no CBOR".to_vec()),
        ),
        (
            "100,000 nested arrays, well signed",
            put_client.sign(vec![0x81; 100_000]),
        ),
        (
            "more bytes than a put may have",
            put_client.sign(vec![0; PUT_BYTES_MAX + 1]),
        ),
    ])
}

/// Newer than everything and empty: if the region took it, the page would be gone.
fn defaced_batch(records: &[Record]) -> Vec<u8> {
    let gone = |record: &Record| Record::tombstone(record.key.clone(), record.page.clone(), u64::MAX / 2);
    let records = records
        .iter()
        .map(|record| ByteBuf::from(gone(record).to_bytes()))
        .collect();
    body::encode(&Batch {
        records,
        ..Batch::default()
    })
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
