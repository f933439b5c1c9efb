//! A page that not everybody sees: each set of audiences has a word of its own in everything that is theirs.

use ed25519_dalek::SigningKey;
use page_model::{
    AudienceId, ContentHash, Host, Key, Permalinks, Record, Site,
    access::{Access, Door, Session, SessionKey, Way},
    body,
    capability::{self, Capability, Formats},
    key::{IdInitial, Month},
    network::Network,
    session::seal,
    site::{Current, Outline, SitePage, Visibility},
};

use super::{
    Archive, HOST, Language, NOW_MS, PageId, Region, canary_asset_key, canary_asset_record, composed, described, host,
    incident, page, site_key, stamp, status,
};

/// Sets of audiences, and the word in all that is theirs.
pub const SETS: [(&str, &str); 3] = [
    ("public", "publicword"),
    ("members", "memberword"),
    ("partners", "partnerword"),
];
const HOUR_MS: u64 = 3_600_000;

pub fn region(visibility: Visibility, door: Door) -> Region {
    region_of(visibility, access(door))
}

/// One that also lets in those who come from some networks, and opens some formats to who has a link.
pub fn region_with_links(visibility: Visibility, door: Door) -> Region {
    let network = |first: [u8; 4], prefix, set| Network::of(first.into(), prefix, audience(set));
    let capability = |(secret, set, formats, expires_ms): (&str, &str, Formats, Option<u64>)| Capability {
        hash: capability::hash(secret).to_vec(),
        audience: audience(set),
        formats,
        expires_ms,
    };
    let access = Access {
        ranges: vec![
            network([10, 0, 0, 0], 8, "members"),
            network([10, 9, 0, 0], 16, "partners"),
            network([10, 8, 0, 0], 16, "nobody"),
        ],
        capabilities: LINKS.map(capability).into(),
        ..access(door)
    };
    region_of(visibility, access)
}

/// A private page that lets in those who come from a network, and nobody else.
pub fn region_of_a_network() -> Region {
    let members = Network::of([10, 0, 0, 0].into(), 8, audience("members"));
    let access = Access {
        ranges: vec![members],
        ways: Vec::new(),
        provider: None,
        ..access(Door::Shown)
    };
    region_of(Visibility::Private, access)
}

/// Links by their secrets.
pub const LINKS: [(&str, &str, Formats, Option<u64>); 6] = [
    ("MEMBERS-of-a-machine-1", "members", Formats::Machine, None),
    ("PARTNER-of-a-machine-1", "partners", Formats::Machine, Some(NOW_MS + 1)),
    ("MEMBERS-on-other-sites", "members", Formats::Embed, None),
    ("MEMBERS-until-just-now", "members", Formats::Machine, Some(NOW_MS)),
    ("MEMBERS-of-newer-origs", "members", Formats::Unknown, None),
    ("NOBODY-set-is-not-here", "nobody", Formats::Machine, None),
];

fn region_of(visibility: Visibility, access: Access) -> Region {
    let mut region = Region::with(&["cursor".to_owned()]);
    let sets = SETS.iter().filter(|(set, _)| has(visibility, set));
    let mut audiences = Vec::new();
    for (set, word) in sets {
        let snapshot = snapshot_record(set, word);
        audiences.push(Current {
            audience: audience(set),
            version: 9,
            hash: snapshot.hash,
            as_of: stamp(),
            status: status(),
            outline: Outline {
                components: 2,
                incidents: 0,
                groups: vec![1, -1],
            },
        });
        let records = [snapshot, archive_record(set, word), permalinks_record(set)];
        region.write(
            records
                .into_iter()
                .map(|record| (record.key.clone(), record.to_bytes())),
        );
    }
    let preview = super::preview_record(b"pixels").to_bytes();
    region.write([(canary_asset_key(), canary_asset_record().to_bytes())].into_iter());
    region.write([(super::preview_key(), preview)].into_iter());
    let site = SitePage {
        page: page(),
        name: "Northwind".to_owned(),
        visibility,
        language: Language::En,
        style: None,
        audiences,
        access: (visibility != Visibility::Public).then(|| Box::new(access)),
    };
    let site = Record::new(site_key(), page(), 9, body::encode(&Site::Page(site)));
    region.write([(site_key(), site.to_bytes())].into_iter());
    region
}

/// Whether a page of this visibility shows the set anything.
pub fn has(visibility: Visibility, set: &str) -> bool {
    match visibility {
        Visibility::Public => set == "public",
        Visibility::Private => set != "public",
        Visibility::Layered | Visibility::Unknown => true,
    }
}

fn access(door: Door) -> Access {
    Access {
        door,
        provider: Some("Acme".to_owned()),
        ways: vec![Way::Password, Way::Mail, Way::Provider],
        revision: 5,
        epoch: 3,
        keys: vec![SessionKey {
            id: 1,
            key: ContentHash(key(1).verifying_key().to_bytes()),
        }],
        ..Access::default()
    }
}

/// A session that holds.
pub fn session(set: &str) -> Session {
    Session {
        page: page(),
        host: host(),
        audience: audience(set),
        id: vec![7; 16],
        revision: 5,
        epoch: 3,
        began_ms: NOW_MS - HOUR_MS / 2,
        renew_ms: NOW_MS + HOUR_MS / 2,
        expires_ms: NOW_MS + 24 * HOUR_MS,
        person: None,
        way: None,
        proof: Vec::new(),
    }
}

/// The same with something changed, as text signed by the page's key.
pub fn sealed(set: &str, change: impl FnOnce(&mut Session)) -> String {
    let mut session = session(set);
    change(&mut session);
    seal(&session, 1, &key(1))
}

/// As somebody else would sign it.
pub fn forged(set: &str) -> String {
    seal(&session(set), 1, &key(2))
}

pub fn other_page() -> PageId {
    PageId::parse("southwind001").expect("a page id")
}

pub fn other_host() -> Host {
    Host::parse(&format!("other.{HOST}")).expect("a host")
}

pub fn audience(set: &str) -> AudienceId {
    AudienceId::parse(set).expect("an audience")
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn snapshot_record(set: &str, word: &str) -> Record {
    let key = Key::Snapshot(page(), audience(set));
    Record::new(key, page(), 9, body::encode_compressed(&composed(word)))
}

fn archive_record(set: &str, word: &str) -> Record {
    let archive = Archive {
        page: described(word),
        month: "2026-10".to_owned(),
        incidents: vec![incident("incident0009", word)],
        maintenances: vec![],
        older: None,
        newer: None,
    };
    let key = Key::Archive(page(), audience(set), Month::parse("2026-10").expect("a month"));
    Record::new(key, page(), 9, body::encode_compressed(&archive))
}

fn permalinks_record(set: &str) -> Record {
    let id = page_model::Id::parse("incident0009").expect("an id");
    let permalinks = Permalinks {
        months: [(id, "2026-10".to_owned())].into(),
    };
    let initial = IdInitial::parse("i").expect("an initial");
    let key = Key::Permalinks(page(), audience(set), initial);
    Record::new(key, page(), 9, body::encode(&permalinks))
}
