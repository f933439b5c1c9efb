//! From the rows of a page to its records. Pure: the same rows give the same bytes.

use std::collections::HashMap;

use page_model::{
    AudienceId, ContentHash, Key, PageId, Permalinks, Record, Site, Snapshot,
    asset::{AssetBody, AssetName},
    body,
    key::{IdInitial, Month as MonthKey},
    site::{Current, Outline, SitePage},
};

use crate::{
    archive::archive,
    context::PageContext,
    detail::fitting,
    rows::{AudienceSet, HostClaim, LivePage, Month, PageRows},
    seen::{Differences, Seen},
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
    let mut records = Vec::new();
    let is_asked = !(loaded.months.is_empty() && loaded.permalinks.is_empty());
    for (live, set) in views(loaded).filter(|_| is_asked) {
        let seen = Seen::of(live, set);
        let page = seen.page();
        let months = loaded.months.iter().map(|month| seen.month(month));
        records.extend(months.filter_map(|month| archive_record(loaded, &set.id, Some(&page), &month)));
        let shards = loaded.permalinks.iter();
        let shards = shards.map(|(initial, events)| (*initial, seen.permalinks(events)));
        records.extend(shards.map(|(initial, links)| permalinks_record(loaded, &set.id, initial, &links)));
    }
    for set in taken_back(loaded) {
        let months = loaded.months.iter();
        records.extend(months.filter_map(|month| archive_record(loaded, &set, None, month)));
        let shards = loaded.permalinks.iter();
        let nothing = Permalinks::default();
        records.extend(shards.map(|(initial, _)| permalinks_record(loaded, &set, *initial, &nothing)));
    }
    records.extend(loaded.assets.iter().map(|asset| asset_record(loaded, asset)));
    records
}

/// What a page shows, as every change of it may alter it.
pub struct Shown<'a> {
    loaded: &'a PageRows,
    /// What differs between sets, once each: that of the public first.
    contents: Vec<Content>,
    /// Each set, and the place of what it sees.
    sets: Vec<(&'a AudienceId, usize)>,
}

/// What is seen now, by all who see the same.
struct Content {
    snapshot: Snapshot,
    body: Vec<u8>,
}

impl<'a> Shown<'a> {
    pub fn of(loaded: &'a PageRows) -> Self {
        let (mut contents, mut sets) = (Vec::new(), Vec::new());
        let mut places = HashMap::new();
        let differences = loaded.live.as_ref().map(Differences::of).unwrap_or_default();
        for (live, set) in views(loaded) {
            let place = *places.entry(differences.to(set)).or_insert_with(|| {
                let (snapshot, body) = seen_now(loaded, live, set);
                contents.push(Content { snapshot, body });
                contents.len() - 1
            });
            sets.push((&set.id, place));
        }
        Self { loaded, contents, sets }
    }

    pub fn page(&self) -> &PageId {
        &self.loaded.page
    }

    #[cfg(test)]
    pub(crate) fn contents(&self) -> usize {
        self.contents.len()
    }

    /// What somebody sees whom nobody let in.
    pub fn to_strangers(&self) -> Option<&Snapshot> {
        let mut seen = self.contents.iter().map(|content| &content.snapshot);
        seen.find(|snapshot| snapshot.page.branding.previewed)
    }

    /// The same for two changes between which nobody sees a difference: of everything but the moment.
    pub fn hash(&mut self) -> ContentHash {
        self.as_of(0);
        let seen = self.contents.iter().map(|content| &content.snapshot);
        let live = self.loaded.live.as_ref();
        let hash = ContentHash::of_encoded(&(
            (&self.sets, seen.collect::<Vec<_>>()),
            live.map(|live| (&live.hosts, live.visibility, &live.access)),
            (&self.loaded.hosts_moved, &self.loaded.hosts_gone),
            &self.loaded.former_sets,
        ));
        self.as_of(self.loaded.as_of_ms);
        hash
    }

    fn as_of(&mut self, at_ms: i64) {
        for content in &mut self.contents {
            content.snapshot.as_of.at_ms = at_ms;
        }
    }

    /// As of a moment at which it was shown already.
    pub fn records(self, as_of_ms: i64) -> Vec<Record> {
        let PageRows { page, seq, .. } = self.loaded;
        let key = |set: &AudienceId| Key::Snapshot(page.clone(), set.clone());
        let nothing = |set| Record::tombstone(key(&set), page.clone(), *seq);
        let mut records: Vec<Record> = taken_back(self.loaded).into_iter().map(nothing).collect();
        let mut contents = self.contents;
        for content in contents
            .iter_mut()
            .filter(|content| content.snapshot.as_of.at_ms != as_of_ms)
        {
            content.snapshot.as_of.at_ms = as_of_ms;
            content.body = body::encode_compressed(&content.snapshot);
        }
        let outlines: Vec<Outline> = contents.iter().map(|content| Outline::of(&content.snapshot)).collect();
        let mut audiences = Vec::with_capacity(self.sets.len());
        for (set, place) in self.sets {
            let Content { snapshot, body } = &contents[place];
            let record = Record::new(key(set), page.clone(), *seq, body.clone());
            audiences.push(current(set, snapshot, outlines[place].clone(), &record));
            records.push(record);
        }
        if let Some(live) = &self.loaded.live {
            let site = body::encode(&Site::Page(site_page(page, live, audiences)));
            let site = |claim: &HostClaim| Record::new(Key::Site(claim.host.clone()), page.clone(), *seq, site.clone());
            records.extend(live.hosts.iter().map(site));
        }
        let to = self.loaded.live.as_ref().and_then(|live| live.hosts.first());
        let moved = to.map(|to| body::encode(&Site::Moved { to: to.host.clone() }));
        records.extend(self.loaded.hosts_moved.iter().map(|claim| {
            let key = Key::Site(claim.host.clone());
            match &moved {
                Some(moved) => Record::new(key, page.clone(), *seq, moved.clone()),
                None => Record::tombstone(key, page.clone(), *seq),
            }
        }));
        let gone = |claim: &HostClaim| Record::tombstone(Key::Site(claim.host.clone()), page.clone(), *seq);
        records.extend(self.loaded.hosts_gone.iter().map(gone));
        records
    }
}

/// What the regions would keep for a set alone, and the site record that leads to it, whether or not somebody is in that set.
pub fn preview(loaded: PageRows, set: AudienceSet) -> Option<(SitePage, Vec<Record>)> {
    let loaded = PageRows {
        live: Some(LivePage {
            sets: vec![set],
            ..loaded.live?
        }),
        former_sets: Vec::new(),
        ..loaded
    };
    let mut records = kept_apart(&loaded);
    let shown = Shown::of(&loaded);
    let (live, set) = views(&loaded).next()?;
    let Content { snapshot, body } = shown.contents.first()?;
    let key = Key::Snapshot(loaded.page.clone(), set.id.clone());
    let record = Record::new(key, loaded.page.clone(), loaded.seq, body.clone());
    let audiences = vec![current(&set.id, snapshot, Outline::of(snapshot), &record)];
    records.push(record);
    Some((site_page(&loaded.page, live, audiences), records))
}

fn seen_now(loaded: &PageRows, live: &LivePage, set: &AudienceSet) -> (Snapshot, Vec<u8>) {
    let live = Seen::of(live, set).page();
    fitting(|detail| {
        let live = detail.of_page(&live);
        let context = PageContext::new(&loaded.page, &live, detail.updates_max);
        snapshot(&context.for_set(&set.id), loaded.as_of_ms)
    })
}

/// A live page, for each of the sets that see something of it.
fn views(loaded: &PageRows) -> impl Iterator<Item = (&LivePage, &AudienceSet)> {
    let live = loaded.live.iter();
    live.flat_map(|live| live.sets.iter().map(move |set| (live, set)))
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

/// What a set sees of a month, or that it sees nothing of it.
fn archive_record(loaded: &PageRows, set: &AudienceId, live: Option<&LivePage>, month: &Month) -> Option<Record> {
    let name = MonthKey::parse(&month.month)?;
    let body = match live.filter(|_| month.filled) {
        Some(live) => archive_body(&loaded.page, set, live, month),
        None => Vec::new(),
    };
    let key = Key::Archive(loaded.page.clone(), set.clone(), name);
    Some(Record::new(key, loaded.page.clone(), loaded.seq, body))
}

fn permalinks_record(loaded: &PageRows, set: &AudienceId, initial: IdInitial, permalinks: &Permalinks) -> Record {
    let body = match permalinks.months.is_empty() {
        true => Vec::new(),
        false => body::encode(permalinks),
    };
    let key = Key::Permalinks(loaded.page.clone(), set.clone(), initial);
    Record::new(key, loaded.page.clone(), loaded.seq, body)
}

fn asset_record(loaded: &PageRows, (name, bytes): &(AssetName, Option<Vec<u8>>)) -> Record {
    let key = Key::Asset(loaded.page.clone(), name.clone());
    let body = bytes
        .as_ref()
        .map(|bytes| body::encode(&AssetBody { bytes: bytes.clone() }));
    Record::new(key, loaded.page.clone(), loaded.seq, body.unwrap_or_default())
}

fn archive_body(page: &PageId, set: &AudienceId, live: &LivePage, month: &Month) -> Vec<u8> {
    let archive = fitting(|detail| {
        let (live, month) = (detail.of_page(live), detail.of_month(month));
        let context = PageContext::new(page, &live, detail.updates_max);
        archive(&context.for_set(set), &month)
    });
    archive.1
}

fn site_page(page: &PageId, live: &LivePage, audiences: Vec<Current>) -> SitePage {
    SitePage {
        page: page.clone(),
        name: live.name.clone(),
        visibility: live.visibility,
        language: live.language,
        style: style_hash(&live.branding.style),
        audiences,
        access: live.access.clone().map(Box::new),
    }
}

fn current(set: &AudienceId, snapshot: &Snapshot, outline: Outline, record: &Record) -> Current {
    Current {
        audience: set.clone(),
        version: record.version,
        hash: record.hash,
        as_of: snapshot.as_of,
        status: snapshot.status.clone(),
        outline,
    }
}

/// What the content security policy must allow, where there is a style.
fn style_hash(style: &str) -> Option<ContentHash> {
    (!style.is_empty()).then(|| ContentHash::of(style.as_bytes()))
}
