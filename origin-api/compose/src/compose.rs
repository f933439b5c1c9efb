//! From the rows of a page to its records. Pure: the same rows give the same bytes.

use page_model::{
    AudienceId, ContentHash, Key, PageId, Permalinks, Record, Site, Snapshot, Stamp,
    asset::{AssetBody, AssetName},
    body,
    key::{IdInitial, Month as MonthKey},
    site::{Current, Outline, SitePage, Visibility},
};

use crate::{
    archive::archive,
    context::PageContext,
    detail::fitting,
    rows::{HostClaim, LivePage, Month, PageRows},
    snapshot::snapshot,
};

/// All that the regions keep of a page: content before the `site/` records that name it.
pub fn compose(loaded: &PageRows) -> Vec<Record> {
    let mut records = kept_apart(loaded);
    records.extend(Shown::of(loaded).records(loaded.as_of_ms));
    records
}

/// What has a change of its own since which the regions do not have it.
pub fn kept_apart(loaded: &PageRows) -> Vec<Record> {
    let months = loaded.months.iter().filter_map(|month| archive_record(loaded, month));
    let permalinks = loaded.permalinks.iter().map(|shard| permalinks_record(loaded, shard));
    let assets = loaded.assets.iter().map(|asset| asset_record(loaded, asset));
    months.chain(permalinks).chain(assets).collect()
}

/// What a page shows, as every change of it may alter it.
pub struct Shown<'a> {
    loaded: &'a PageRows,
    live: Option<(&'a LivePage, Snapshot, Vec<u8>)>,
}

impl<'a> Shown<'a> {
    pub fn of(loaded: &'a PageRows) -> Self {
        let live = loaded.live.as_ref().map(|live| {
            let (snapshot, body) = fitting(|detail| {
                let live = detail.of_page(live);
                snapshot(
                    &PageContext::new(&loaded.page, &live, detail.updates_max),
                    loaded.as_of_ms,
                )
            });
            (live, snapshot, body)
        });
        Self { loaded, live }
    }

    /// The same for two changes between which nobody sees a difference: of everything but the moment.
    pub fn hash(&self) -> ContentHash {
        let shown = self.live.as_ref().map(|(live, snapshot, _)| {
            let at_any_time = Snapshot {
                as_of: Stamp {
                    at_ms: 0,
                    ..snapshot.as_of
                },
                ..snapshot.clone()
            };
            (at_any_time, &live.hosts)
        });
        ContentHash::of(&body::encode(&(shown, &self.loaded.hosts_gone)))
    }

    /// As of a moment at which it was shown already.
    pub fn records(self, as_of_ms: i64) -> Vec<Record> {
        let PageRows { page, seq, .. } = self.loaded;
        let key = Key::Snapshot(page.clone(), AudienceId::public());
        let mut records = Vec::new();
        match self.live {
            Some((live, mut snapshot, mut body)) => {
                if snapshot.as_of.at_ms != as_of_ms {
                    snapshot.as_of.at_ms = as_of_ms;
                    body = body::encode_compressed(&snapshot);
                }
                let record = Record::new(key, page.clone(), *seq, body);
                let site = body::encode(&site(page, &snapshot, &record));
                records.push(record);
                let site =
                    |claim: &HostClaim| Record::new(Key::Site(claim.host.clone()), page.clone(), *seq, site.clone());
                records.extend(live.hosts.iter().map(site));
            }
            None => records.push(Record::tombstone(key, page.clone(), *seq)),
        }
        let gone = |claim: &HostClaim| Record::tombstone(Key::Site(claim.host.clone()), page.clone(), *seq);
        records.extend(self.loaded.hosts_gone.iter().map(gone));
        records
    }
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
    let archive = fitting(|detail| {
        let (live, month) = (detail.of_page(live), detail.of_month(month));
        archive(&PageContext::new(page, &live, detail.updates_max), &month)
    });
    archive.1
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
        access: None,
    })
}

/// What the content security policy must allow, where there is a style.
fn style_hash(style: &str) -> Option<ContentHash> {
    (!style.is_empty()).then(|| ContentHash::of(style.as_bytes()))
}
