//! From the rows of a page to its records. Pure: the same rows give the same bytes.

use page_model::{
    AudienceId, ContentHash, Key, PageId, Permalinks, Record, Site, Snapshot,
    asset::{AssetBody, AssetName},
    body,
    key::{IdInitial, Month as MonthKey},
    limits::{BODY_BYTES_MAX, KV_VALUE_BYTES_MAX},
    site::{Current, Outline, SitePage, Visibility},
};
use serde::Serialize;

use crate::{
    archive::archive,
    context::PageContext,
    rows::{LivePage, Month, PageRows},
    snapshot::snapshot,
};

/// Content before the `site/` records that name it.
pub fn compose(loaded: &PageRows) -> Vec<Record> {
    let mut records: Vec<Record> = loaded
        .months
        .iter()
        .filter_map(|month| archive_record(loaded, month))
        .collect();
    records.extend(loaded.permalinks.iter().map(|shard| permalinks_record(loaded, shard)));
    records.extend(loaded.assets.iter().map(|asset| asset_record(loaded, asset)));
    let gone = |host| Record::tombstone(Key::Site(host), loaded.page.clone(), loaded.seq);
    let snapshot_key = Key::Snapshot(loaded.page.clone(), AudienceId::public());
    match &loaded.live {
        Some(live) => {
            let (snapshot, body) =
                fitting(|updates_max| snapshot(&PageContext::new(&loaded.page, live, updates_max), loaded.as_of_ms));
            let record = Record::new(snapshot_key, loaded.page.clone(), loaded.seq, body);
            let site = body::encode(&site(&loaded.page, &snapshot, &record));
            records.push(record);
            let site = |host| Record::new(Key::Site(host), loaded.page.clone(), loaded.seq, site.clone());
            records.extend(live.hosts.iter().cloned().map(site));
        }
        None => records.push(Record::tombstone(snapshot_key, loaded.page.clone(), loaded.seq)),
    }
    records.extend(loaded.hosts_gone.iter().cloned().map(gone));
    records
}

fn archive_record(loaded: &PageRows, month: &Month) -> Option<Record> {
    let key = Key::Archive(
        loaded.page.clone(),
        AudienceId::public(),
        MonthKey::parse(&month.month)?,
    );
    let body = match &loaded.live {
        Some(live) if month.filled => archive_body(&loaded.page, live, month),
        _ => Vec::new(),
    };
    Some(Record::new(key, loaded.page.clone(), loaded.seq, body))
}

fn permalinks_record(loaded: &PageRows, (initial, permalinks): &(IdInitial, Permalinks)) -> Record {
    let key = Key::Permalinks(loaded.page.clone(), AudienceId::public(), *initial);
    let body = match permalinks.months.is_empty() {
        true => Vec::new(),
        false => body::encode(permalinks),
    };
    Record::new(key, loaded.page.clone(), loaded.seq, body)
}

fn asset_record(loaded: &PageRows, (name, bytes): &(AssetName, Option<Vec<u8>>)) -> Record {
    let key = Key::Asset(loaded.page.clone(), name.clone());
    let body = bytes
        .as_ref()
        .map(|bytes| body::encode(&AssetBody { bytes: bytes.clone() }));
    Record::new(key, loaded.page.clone(), loaded.seq, body.unwrap_or_default())
}

fn archive_body(page: &PageId, live: &LivePage, month: &Month) -> Vec<u8> {
    fitting(|updates_max| archive(&PageContext::new(page, live, updates_max), month)).1
}

fn site(page: &PageId, snapshot: &Snapshot, record: &Record) -> Site {
    Site::Page(SitePage {
        page: page.clone(),
        name: snapshot.page.name.clone(),
        visibility: Visibility::Public,
        language: snapshot.page.language,
        style: style_hash(&snapshot.page.branding.style),
        audiences: vec![Current {
            audience: AudienceId::public(),
            version: record.version,
            hash: record.hash,
            as_of: snapshot.as_of,
            status: snapshot.status.clone(),
            outline: Outline::of(snapshot),
        }],
    })
}

/// What the content security policy must allow, where there is a style.
fn style_hash(style: &str) -> Option<ContentHash> {
    (!style.is_empty()).then(|| ContentHash::of(style.as_bytes()))
}

/// The value with as many updates of each incident as a record has room for, the newest ones, and its body.
fn fitting<T: Serialize>(make: impl Fn(usize) -> T) -> (T, Vec<u8>) {
    for updates_max in UPDATES_STEPS {
        let value = make(updates_max);
        if body::encode(&value).len() > BODY_BYTES_MAX {
            continue;
        }
        let body = body::encode_compressed(&value);
        if body.len() + ENVELOPE_BYTES_MAX <= KV_VALUE_BYTES_MAX {
            return (value, body);
        }
    }
    let value = make(0);
    let body = body::encode_compressed(&value);
    (value, body)
}

/// Updates of one incident or maintenance that a page shows, the newest ones.
pub const UPDATES_MAX: usize = 1_000;
/// Whole histories nearly always fit; an incident with thousands of updates is cut rather than lost.
const UPDATES_STEPS: [usize; 4] = [UPDATES_MAX, 100, 10, 1];
/// Key, page, version and hash around a body.
const ENVELOPE_BYTES_MAX: usize = 1_000;
