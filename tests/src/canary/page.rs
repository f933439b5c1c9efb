//! The page of the matrix, as an origin composes it, and the sites under which regions get it.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use ed25519_dalek::SigningKey;
use page_model::{
    AudienceId, ContentHash, Host, Key, PageId, Record, Snapshot,
    access::{Access, Session, SessionKey},
    body,
    capability::{self, Capability, Formats},
    network::Network,
    session::seal,
    site::{Site as SiteBody, Visibility},
};
use serde_json::{Value, json};

use crate::{
    clock::now_ms,
    eventually::eventually,
    push::Push,
    records::PageRecords,
    system::{ARRIVAL_MAX, System},
};

/// Whose something is, from the one whose components are well to the one whose are worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Set {
    Public,
    Beta,
    Alpha,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Group,
    Component,
    Incident,
    PastIncident,
    Maintenance,
    ActiveMaintenance,
}

pub struct CanaryPage {
    pub id: String,
    pub host: String,
    pub visibility: Visibility,
    /// The month that only the archive has.
    pub past_month: String,
    /// The name of its logo.
    pub asset: String,
    records: PageRecords,
    /// By whose words are in them.
    sets: BTreeMap<Vec<Set>, AudienceId>,
}

/// The page under a host of its own.
pub struct Site {
    pub host: Host,
    pub access: Access,
}

impl Set {
    pub const ALL: [Self; 3] = [Self::Public, Self::Beta, Self::Alpha];

    /// Stands in everything that is theirs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Public => "canarypublic",
            Self::Beta => "canarybeta",
            Self::Alpha => "canaryalpha",
        }
    }

    /// What a summary says, in lower case, where the worst is theirs; that strangers see no more is told by what it does not say.
    pub fn level(self) -> &'static str {
        match self {
            Self::Public => "",
            Self::Beta => "degraded",
            Self::Alpha => "major",
        }
    }

    /// What lets into its audience.
    pub fn password(self) -> String {
        format!("canary password {self:?}")
    }

    fn audience(self, id: &str) -> Option<String> {
        match self {
            Self::Public => None,
            Self::Beta => Some(of(id, 'a', 1)),
            Self::Alpha => Some(of(id, 'a', 2)),
        }
    }

    fn status(self) -> &'static str {
        match self {
            Self::Public => "operational",
            Self::Beta => "degraded_performance",
            Self::Alpha => "major_outage",
        }
    }
}

impl CanaryPage {
    /// Has the origin compose it. `id` has at most seven lower-case letters and is unique in the system.
    pub async fn create(system: &System, id: &str, visibility: Visibility) -> Result<Self> {
        push_everything(&system.push, id, visibility).await?;
        until_active(&system.push, id).await?;
        let records = system.records(&of(id, 'p', 0)).await?;
        let asset = records.records.iter().find_map(|record| match &record.key {
            Key::Asset(_, name) => Some(name.to_string()),
            _ => None,
        });
        let mut page = Self {
            id: id.to_owned(),
            host: host_of(id),
            visibility,
            past_month: past().strftime("%Y-%m").to_string(),
            asset: asset.context("the page has no picture")?,
            sets: BTreeMap::new(),
            records,
        };
        page.find_sets()?;
        Ok(page)
    }

    pub fn page_id(&self) -> String {
        of(&self.id, 'p', 0)
    }

    /// A path of the push API below this page.
    pub fn path(&self, rest: &str) -> String {
        format!("/pages/{}{rest}", of(&self.id, 'p', 0))
    }

    pub fn id_of(&self, kind: Kind, set: Set) -> String {
        id_of(&self.id, kind, set)
    }

    /// Whether an object is seen by who sees these sets' content.
    pub fn is_seen(&self, of: Set, sets: &[Set]) -> bool {
        sets.contains(&of)
    }

    /// Everything of the page but its site.
    pub fn content(&self) -> Vec<Record> {
        let is_site = |record: &&Record| matches!(record.key, Key::Site(_));
        self.records
            .records
            .iter()
            .filter(|record| !is_site(record))
            .cloned()
            .collect()
    }

    /// The page under a name of its own, with sessions that this test signs, and links whose secrets it knows.
    pub fn site(&self, name: &str, ranges: &[(&str, u8)]) -> Result<(Site, Record)> {
        let host = match name {
            "" => self.host.clone(),
            name => format!("{name}.{}", self.host),
        };
        let record = self.records.site_for(&host)?;
        let SiteBody::Page(mut site) = body::decode::<SiteBody>(&record.body)? else {
            anyhow::bail!("the page is elsewhere");
        };
        let access = site.access.as_mut().context("the page lets nobody in")?;
        access.revision = 5;
        access.epoch = 3;
        access.keys = vec![SessionKey {
            id: 1,
            key: ContentHash(key(1).verifying_key().to_bytes()),
        }];
        access.capabilities = LINKS
            .iter()
            .map(|link| {
                Ok(Capability {
                    hash: capability::hash(link.secret).to_vec(),
                    audience: self.set(link.sees)?.clone(),
                    formats: link.formats,
                    expires_ms: link.is_over.then_some(1),
                })
            })
            .collect::<Result<_>>()?;
        access.ranges = ranges
            .iter()
            .map(|(first, prefix)| {
                Ok(Network::of(
                    first.parse()?,
                    *prefix,
                    self.set(&[Set::Public, Set::Alpha])?.clone(),
                ))
            })
            .collect::<Result<_>>()?;
        let access = Access::clone(access);
        let host = Host::parse(&host)?;
        let record = Record::new(
            record.key,
            record.page,
            record.version,
            body::encode(&SiteBody::Page(site)),
        );
        Ok((Site { host, access }, record))
    }

    /// A session that holds at the site, with something changed, signed by the page's key or another one.
    pub fn session(&self, site: &Site, sets: &[Set], key_of: u8, change: impl FnOnce(&mut Session)) -> Result<String> {
        let now = now_ms();
        let mut session = Session {
            page: self.page()?,
            host: site.host.clone(),
            audience: self.set(sets)?.clone(),
            id: vec![7; 16],
            revision: site.access.revision,
            epoch: site.access.epoch,
            began_ms: now - 60_000,
            renew_ms: now + HOUR_MS,
            expires_ms: now + 24 * HOUR_MS,
            person: None,
            way: None,
            proof: Vec::new(),
        };
        change(&mut session);
        Ok(seal(&session, 1, &key(key_of)))
    }

    fn page(&self) -> Result<PageId> {
        Ok(PageId::parse(&of(&self.id, 'p', 0))?)
    }

    fn set(&self, sets: &[Set]) -> Result<&AudienceId> {
        let found = self.sets.get(sets);
        found.with_context(|| format!("the origin composed nothing for {sets:?}: {:?}", self.sets))
    }

    /// Which set is whose follows from the words in what was composed for it.
    fn find_sets(&mut self) -> Result<()> {
        for record in &self.records.records {
            let Key::Snapshot(_, audience) = &record.key else {
                continue;
            };
            if record.is_tombstone() {
                continue;
            }
            let text = format!("{:?}", body::decode_compressed::<Snapshot>(&record.body)?);
            let told = SECRETS.iter().find(|secret| text.contains(**secret));
            ensure!(told.is_none(), "LEAK: {told:?} was composed: {text}");
            let sees = Set::ALL.into_iter().filter(|set| text.contains(set.word())).collect();
            let before = self.sets.insert(sees, audience.clone());
            ensure!(before.is_none(), "two sets see the same: {:?}", self.sets);
        }
        Ok(())
    }
}

/// A link whose secret the test knows.
pub struct Link {
    pub secret: &'static str,
    pub formats: Formats,
    pub sees: &'static [Set],
    pub is_over: bool,
}

const ALPHA: &[Set] = &[Set::Public, Set::Alpha];
const ALL: &[Set] = &[Set::Public, Set::Beta, Set::Alpha];

pub const LINKS: [Link; 4] = [
    Link {
        secret: "Alpha-of-a-machine-001",
        formats: Formats::Machine,
        sees: ALPHA,
        is_over: false,
    },
    Link {
        secret: "Alpha-on-other-sites-1",
        formats: Formats::Embed,
        sees: ALPHA,
        is_over: false,
    },
    Link {
        secret: "Alpha-until-just-now-1",
        formats: Formats::Machine,
        sees: ALPHA,
        is_over: true,
    },
    Link {
        secret: "All-that-there-is-0001",
        formats: Formats::Machine,
        sees: ALL,
        is_over: false,
    },
];

/// What no visitor is ever shown, and no region has: of whom an audience knows, of its password, of what Argon2 makes of it.
pub const SECRETS: [&str; 4] = ["canaryperson", "canarydomain", "canary password", "$argon2"];

async fn push_everything(push: &Push, id: &str, visibility: Visibility) -> Result<()> {
    let page = of(id, 'p', 0);
    let at = |rest: &str| format!("/pages/{page}{rest}");
    push.page(&page, "Northwind", &host_of(id)).await?;
    for set in [Set::Beta, Set::Alpha] {
        let audience = json!({
            "id": set.audience(id), "name": format!("{} customers", set.word()), "password": set.password(),
            "emails": [format!("canaryperson@{set:?}.example").to_lowercase(), "canarydomain.example"],
        });
        push.create(&at("/audiences"), &audience).await?;
    }
    for set in Set::ALL {
        push_objects(push, id, set).await?;
    }
    for set in [Set::Beta, Set::Alpha] {
        push_updates(push, id, set).await?;
    }
    // What somebody in both sees is composed once something is for them.
    let both = [Set::Beta, Set::Alpha].map(|set| set.audience(id));
    let link = json!({"name": "both", "audiences": both, "formats": "machine"});
    push.create(&at("/links"), &link).await?;
    let picture = push.request(reqwest::Method::PUT, &at("/logo"));
    let picture = picture.header("content-type", "image/svg+xml").body(LOGO);
    push.send(picture).await?.accepted()?;
    let visibility = match visibility {
        Visibility::Layered => "layered",
        _ => "private",
    };
    push.change(&at(""), &json!({ "visibility": visibility }))
        .await
        .map(drop)
}

/// Time itself begins what was planned for now.
async fn until_active(push: &Push, id: &str) -> Result<()> {
    for set in Set::ALL {
        let path = format!(
            "/pages/{}/maintenances/{}",
            of(id, 'p', 0),
            id_of(id, Kind::ActiveMaintenance, set)
        );
        eventually("the maintenance begins", ARRIVAL_MAX, async || {
            let status = push.read(&path).await?["status"].clone();
            ensure!(status == "in_progress", "it is {status}");
            Ok(())
        })
        .await?;
    }
    Ok(())
}

async fn push_objects(push: &Push, id: &str, set: Set) -> Result<()> {
    let at = |rest: &str| format!("/pages/{}{rest}", of(id, 'p', 0));
    let named = |kind: Kind, mut object: Value| {
        object["id"] = json!(id_of(id, kind, set));
        object["name"] = json!(format!("{} {kind:?}", set.word()));
        object["audiences"] = json!([set.audience(id).unwrap_or_else(|| "public".to_owned())]);
        object
    };
    let described = json!({"description": format!("{} described", set.word())});
    push.create(&at("/groups"), &named(Kind::Group, described.clone()))
        .await?;
    let mut component = named(Kind::Component, described);
    component["group_id"] = json!(id_of(id, Kind::Group, set));
    push.create(&at("/components"), &component).await?;
    let told = format!("{} told", set.word());
    let component = id_of(id, Kind::Component, set);
    let touched = |status: &str| json!([{"id": component, "status": status}]);
    let past =
        json!({"body": told, "status": "resolved", "at": past().to_string(), "components": touched("operational")});
    push.create(&at("/incidents"), &named(Kind::PastIncident, past)).await?;
    let open = json!({"body": told, "components": touched(set.status())});
    push.create(&at("/incidents"), &named(Kind::Incident, open)).await?;
    let maintenance =
        json!({"body": told, "starts_at": in_hours(48), "ends_at": in_hours(50), "components": [component]});
    push.create(&at("/maintenances"), &named(Kind::Maintenance, maintenance))
        .await?;
    let active = json!({"body": told, "starts_at": in_hours(0), "ends_at": in_hours(2)});
    push.create(&at("/maintenances"), &named(Kind::ActiveMaintenance, active))
        .await?;
    let mut metric = json!({"name": format!("{} metric", set.word()), "suffix": "ms"});
    metric["audiences"] = json!([set.audience(id).unwrap_or_else(|| "public".to_owned())]);
    let metric = push.create(&at("/metrics"), &metric).await?;
    let points = json!({"points": [{"value": 80.0}]});
    push.create(&at(&format!("/metrics/{}/points", metric.id()?)), &points)
        .await?;
    if set == Set::Alpha {
        let announcement = json!({"body": told, "audiences": [set.audience(id)]});
        push.put(&at("/announcement"), &announcement).await?;
    }
    Ok(())
}

/// What is said of something that all see, to those in one audience.
async fn push_updates(push: &Push, id: &str, set: Set) -> Result<()> {
    for (kind, family, at) in [
        (Kind::Incident, "incidents", jiff::Timestamp::now()),
        (Kind::PastIncident, "incidents", past()),
        (Kind::Maintenance, "maintenances", jiff::Timestamp::now()),
    ] {
        let path = format!(
            "/pages/{}/{family}/{}/updates",
            of(id, 'p', 0),
            id_of(id, kind, Set::Public)
        );
        let body = format!("{} noted", set.word());
        let update = json!({"body": body, "at": at.to_string(), "audiences": [set.audience(id)]});
        push.create(&path, &update).await?;
    }
    Ok(())
}

fn id_of(id: &str, kind: Kind, set: Set) -> String {
    let (letter, add) = match kind {
        Kind::Group => ('g', 0),
        Kind::Component => ('c', 0),
        Kind::Incident => ('i', 0),
        Kind::PastIncident => ('i', 10),
        Kind::Maintenance => ('m', 0),
        Kind::ActiveMaintenance => ('m', 10),
    };
    of(id, letter, add + set as usize)
}

fn of(id: &str, kind: char, number: usize) -> String {
    format!("{id:0<9.9}{kind}{number:02}")
}

fn host_of(id: &str) -> String {
    format!("{id}.localhost")
}

/// A moment that lies before all that a page shows of its past.
fn past() -> jiff::Timestamp {
    jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24 * 100)
}

fn in_hours(hours: i64) -> String {
    (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(hours)).to_string()
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

const HOUR_MS: u64 = 3_600_000;
const LOGO: &str = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'><path d='M0 0h8v8H0z'/></svg>";
