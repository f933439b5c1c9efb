//! From the rows of a page to its records. Pure: the same rows give the same bytes.

use page_model::{
    AudienceId, ContentHash, Key, PageId, Permalinks, Record, Site, Snapshot, Stamp,
    asset::{AssetBody, AssetName},
    body,
    key::{IdInitial, Month as MonthKey},
    site::{Current, Outline, SitePage},
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
    let months = loaded.months.iter().flat_map(|month| archive_records(loaded, month));
    let permalinks = loaded
        .permalinks
        .iter()
        .flat_map(|shard| permalinks_records(loaded, shard));
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
            (at_any_time, &live.hosts, live.visibility, &live.access)
        });
        ContentHash::of(&body::encode(&(
            shown,
            &self.loaded.hosts_gone,
            &self.loaded.former_sets,
        )))
    }

    /// As of a moment at which it was shown already.
    pub fn records(self, as_of_ms: i64) -> Vec<Record> {
        let PageRows { page, seq, .. } = self.loaded;
        let key = |set: AudienceId| Key::Snapshot(page.clone(), set);
        let nothing = |set| Record::tombstone(key(set), page.clone(), *seq);
        let mut records: Vec<Record> = taken_back(self.loaded).into_iter().map(nothing).collect();
        if let Some((live, mut snapshot, mut body)) = self.live {
            if snapshot.as_of.at_ms != as_of_ms {
                snapshot.as_of.at_ms = as_of_ms;
                body = body::encode_compressed(&snapshot);
            }
            let record = Record::new(key(live.set.clone()), page.clone(), *seq, body);
            let site = body::encode(&site(live, &snapshot, &record));
            records.push(record);
            let site = |claim: &HostClaim| Record::new(Key::Site(claim.host.clone()), page.clone(), *seq, site.clone());
            records.extend(live.hosts.iter().map(site));
        }
        let gone = |claim: &HostClaim| Record::tombstone(Key::Site(claim.host.clone()), page.clone(), *seq);
        records.extend(self.loaded.hosts_gone.iter().map(gone));
        records
    }
}

/// Sets of audiences of which the regions may have content that nobody sees any longer: of a deleted page that of the public
/// too.
fn taken_back(loaded: &PageRows) -> Vec<AudienceId> {
    let mut sets = loaded.former_sets.clone();
    if loaded.live.is_none() && !sets.contains(&AudienceId::public()) {
        sets.push(AudienceId::public());
    }
    sets
}

fn archive_records(loaded: &PageRows, month: &Month) -> Vec<Record> {
    let Some(name) = MonthKey::parse(&month.month) else {
        return Vec::new();
    };
    let body = |live: &LivePage| match month.filled {
        true => archive_body(&loaded.page, live, month),
        false => Vec::new(),
    };
    let key = |set: AudienceId| Key::Archive(loaded.page.clone(), set, name.clone());
    for_each_set(loaded, key, body)
}

fn permalinks_records(loaded: &PageRows, (initial, permalinks): &(IdInitial, Permalinks)) -> Vec<Record> {
    let body = |_: &LivePage| match permalinks.months.is_empty() {
        true => Vec::new(),
        false => body::encode(permalinks),
    };
    let key = |set: AudienceId| Key::Permalinks(loaded.page.clone(), set, *initial);
    for_each_set(loaded, key, body)
}

/// For the set that sees the page, and nothing for those that see it no longer.
fn for_each_set(
    loaded: &PageRows,
    key: impl Fn(AudienceId) -> Key,
    body: impl Fn(&LivePage) -> Vec<u8>,
) -> Vec<Record> {
    let record = |set: AudienceId, body| Record::new(key(set), loaded.page.clone(), loaded.seq, body);
    let seen = loaded.live.iter().map(|live| record(live.set.clone(), body(live)));
    let nothing = taken_back(loaded).into_iter().map(|set| record(set, Vec::new()));
    seen.chain(nothing).collect()
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

fn site(live: &LivePage, snapshot: &Snapshot, record: &Record) -> Site {
    Site::Page(SitePage {
        page: record.page.clone(),
        name: snapshot.page.name.clone(),
        visibility: live.visibility,
        language: snapshot.page.language,
        style: style_hash(&snapshot.page.branding.style),
        audiences: vec![Current {
            audience: live.set.clone(),
            version: record.version,
            hash: record.hash,
            as_of: snapshot.as_of,
            status: snapshot.status.clone(),
            outline: Outline::of(snapshot),
        }],
        access: live.access.clone().map(Box::new),
    })
}

/// What the content security policy must allow, where there is a style.
fn style_hash(style: &str) -> Option<ContentHash> {
    (!style.is_empty()).then(|| ContentHash::of(style.as_bytes()))
}
