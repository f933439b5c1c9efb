//! Whatever comes together, nobody sees what is not clearly theirs.

use ed25519_dalek::SigningKey;
use page_model::{
    ContentHash, Language, PageId, Stamp,
    access::{SessionKey, Way},
    session::seal,
    site::{Current, Outline},
    snapshot::PageStatus,
};
use proptest::prelude::*;

use super::*;

const NOW_MS: u64 = 1_795_357_920_000;
const HOUR_MS: u64 = 3_600_000;

fn host(name: &str) -> Host {
    Host::parse(name).expect("a host")
}

fn page(id: &str) -> PageId {
    PageId::parse(id).expect("a page id")
}

fn audience(name: &str) -> AudienceId {
    AudienceId::parse(name).expect("an audience")
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn access() -> Access {
    Access {
        door: Door::Shown,
        provider: None,
        ways: vec![Way::Password],
        revision: 5,
        epoch: 3,
        keys: vec![SessionKey {
            id: 1,
            key: ContentHash(key(1).verifying_key().to_bytes()),
        }],
        ..Access::default()
    }
}

fn site(visibility: Visibility, audiences: &[AudienceId], access: Option<Access>) -> SitePage {
    let current = |audience: &AudienceId| Current {
        audience: audience.clone(),
        version: 9,
        hash: ContentHash([0; 32]),
        as_of: Stamp {
            at_ms: 0,
            offset_minutes: 0,
        },
        status: PageStatus::of(&[], &[], &[]),
        outline: Outline::default(),
    };
    SitePage {
        page: page("northwind001"),
        name: "Northwind".to_owned(),
        visibility,
        language: Language::En,
        style: None,
        audiences: audiences.iter().map(current).collect(),
        access: access.map(Box::new),
    }
}

fn session() -> Session {
    Session {
        page: page("northwind001"),
        host: host("status.acme.com"),
        audience: audience("members"),
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

fn standing_of(session: &Session, key_id: u32, seed: u8) -> Standing {
    let site = site(Visibility::Private, &[audience("members")], Some(access()));
    let text = seal(session, key_id, &key(seed));
    standing(&site, &host("status.acme.com"), &text, NOW_MS)
}

#[test]
fn session_counts_only_where_when_and_as_it_was_made() {
    let good = session();
    assert_eq!(standing_of(&good, 1, 1), Standing::Holds(good.clone()));
    let due = Session {
        renew_ms: NOW_MS,
        ..session()
    };
    assert_eq!(standing_of(&due, 1, 1), Standing::Due(due.clone()));
    for revised in [good.clone(), due] {
        let before = Session { revision: 4, ..revised };
        assert_eq!(standing_of(&before, 1, 1), Standing::Unproven(before.clone()));
    }
    let later = Session {
        revision: 6,
        epoch: 4,
        began_ms: NOW_MS + 60_000,
        ..session()
    };
    assert_eq!(standing_of(&later, 1, 1), Standing::Holds(later.clone()));
    assert_eq!(standing_of(&good, 1, 2), Standing::Nothing, "another key signed");
    assert_eq!(
        standing_of(&good, 2, 1),
        Standing::Nothing,
        "of a key that is not known"
    );
    type Change = fn(&mut Session);
    let cases: [(&str, Change); 5] = [
        ("of another page", |session| session.page = page("northwind002")),
        ("of another host", |session| session.host = host("other.acme.com")),
        ("over", |session| session.expires_ms = NOW_MS),
        ("not yet", |session| session.began_ms = NOW_MS + 60_001),
        ("ended", |session| session.epoch = 2),
    ];
    for (why, change) in cases {
        let mut changed = session();
        change(&mut changed);
        assert_eq!(standing_of(&changed, 1, 1), Standing::Nothing, "{why}");
    }
    let ids = [[1; 16], [2; 16]];
    for (ended, stands) in [(&ids[..], false), (&ids[..1], true)] {
        let ended = ended.concat();
        let access = Access { ended, ..access() };
        let site = site(Visibility::Private, &[audience("members")], Some(access));
        let second = Session {
            id: ids[1].to_vec(),
            ..session()
        };
        let text = seal(&second, 1, &key(1));
        let standing = standing(&site, &host("status.acme.com"), &text, NOW_MS);
        assert_eq!(standing != Standing::Nothing, stands, "ended by itself");
    }
    let public = site(Visibility::Public, &[AudienceId::public()], None);
    let text = seal(&good, 1, &key(1));
    assert_eq!(
        standing(&public, &host("status.acme.com"), &text, NOW_MS),
        Standing::Nothing
    );
}

fn visibilities() -> impl Strategy<Value = Visibility> {
    prop_oneof![
        Just(Visibility::Public),
        Just(Visibility::Private),
        Just(Visibility::Layered),
        Just(Visibility::Unknown)
    ]
}

proptest! {
    /// The rules once more, each by itself.
    #[test]
    fn nobody_sees_what_is_not_clearly_theirs(
        visibility in visibilities(),
        of_site in proptest::collection::vec(prop_oneof!["public", "members", "partners"], 0..4),
        has_access in any::<bool>(),
        is_hidden in any::<bool>(),
        let_in in proptest::option::of(prop_oneof!["public", "members", "partners", "nobody"]),
    ) {
        let door = if is_hidden { Door::Hidden } else { Door::Shown };
        let access = has_access.then(|| Access { door, ..access() });
        let audiences: Vec<AudienceId> = of_site.iter().map(|name| audience(name)).collect();
        let site = site(visibility, &audiences, access);
        let session = let_in.as_ref().map(|name| Session { audience: audience(name), ..session() });
        let identity = session.as_ref().map_or(Identity::Anonymous, Identity::LetIn);
        match authorize(&site, identity) {
            Ok(at) => {
                let seen = site.audiences[at].audience.as_str();
                match visibility {
                    Visibility::Public => prop_assert_eq!(seen, "public"),
                    Visibility::Private => prop_assert_eq!(Some(seen), let_in.as_deref()),
                    Visibility::Layered => prop_assert!(seen == "public" || Some(seen) == let_in.as_deref()),
                    Visibility::Unknown => prop_assert!(false, "an unknown visibility was open"),
                }
                prop_assert!(has_access || visibility == Visibility::Public);
            }
            Err(Denied::Door) => prop_assert!(has_access && !is_hidden && let_in.is_none()),
            Err(Denied::NotYet) => prop_assert!(has_access && let_in.is_some()),
            Err(Denied::Hidden) => prop_assert!(
                !has_access || is_hidden || matches!(visibility, Visibility::Public | Visibility::Unknown)
            ),
        }
    }
}
