//! What sets see is composed once for all that see the same, and each sees what it would if it were alone.

use origin_objects::audiences::Audiences;
use page_model::{AudienceId, Key, Snapshot, body, site::Visibility};
use proptest::{collection::vec, prelude::*, sample};

use crate::{
    compose::{Shown, preview},
    rows::{AudienceSet, LivePage, PageRows},
    tests::lifelike,
};

fn audience(letter: char) -> AudienceId {
    AudienceId::parse(&letter.to_string().repeat(12)).expect("an id")
}

/// `p` is the public.
fn list(letters: &str) -> Audiences {
    let one = |letter| match letter {
        'p' => AudienceId::public(),
        other => audience(other),
    };
    Audiences::of(letters.chars().map(one))
}

/// Every list of a layered page that says for whom something is.
fn lists(live: &mut LivePage) -> Vec<&mut Audiences> {
    let groups = live.groups.iter_mut().map(|one| &mut one.audiences);
    let incidents = live.incidents.iter_mut().flat_map(|one| {
        let updates = one.updates.iter_mut().map(|update| &mut update.audiences);
        updates.chain([&mut one.audiences])
    });
    let maintenances = live.maintenances.iter_mut().flat_map(|one| {
        let updates = one.updates.iter_mut().map(|update| &mut update.audiences);
        updates.chain([&mut one.audiences])
    });
    let lists = groups
        .chain(live.components.iter_mut().map(|one| &mut one.audiences))
        .chain(incidents)
        .chain(maintenances)
        .chain(live.cancelled.iter_mut().map(|one| &mut one.audiences))
        .chain(live.metrics.iter_mut().map(|one| &mut one.audiences))
        .chain([&mut live.announcement_audiences]);
    lists.collect()
}

fn layered(which: &[(sample::Index, &'static str)]) -> PageRows {
    let mut loaded = lifelike();
    let live = loaded.live.as_mut().expect("a live page");
    live.visibility = Visibility::Layered;
    let sets = ["", "a", "b", "c", "d", "ab", "ac", "cd", "abcd"];
    let sets = sets.map(|letters| AudienceSet::of(letters.chars().map(audience).collect()));
    live.sets = [AudienceSet::public()].into_iter().chain(sets).collect();
    let mut lists = lists(live);
    for (place, letters) in which {
        **place.get_mut(&mut lists) = list(letters);
    }
    loaded
}

fn shown(loaded: &PageRows) -> Vec<(AudienceId, Snapshot)> {
    let records = Shown::of(loaded).records(loaded.as_of_ms);
    let snapshots = records.into_iter().filter_map(|record| match record.key {
        Key::Snapshot(_, set) => Some((set, body::decode_compressed(&record.body).expect("a snapshot"))),
        _ => None,
    });
    snapshots.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn each_set_sees_what_it_would_alone(
        which in vec((any::<sample::Index>(), sample::select(vec!["a", "b", "ab", "c", "p", "pa"])), 0..4),
    ) {
        let loaded = layered(&which);
        let shown = shown(&loaded);
        let sets = &loaded.live.as_ref().expect("a live page").sets;
        let ids: Vec<_> = shown.iter().map(|(set, _)| set).collect();
        prop_assert_eq!(ids, sets.iter().map(|set| &set.id).collect::<Vec<_>>());
        for (set, (_, snapshot)) in sets.iter().zip(&shown) {
            let (_, records) = preview(layered(&which), set.clone()).expect("a live page");
            let alone = records.iter().find(|record| matches!(record.key, Key::Snapshot(..)));
            let alone: Snapshot = body::decode_compressed(&alone.expect("a snapshot").body).expect("a snapshot");
            prop_assert_eq!(snapshot, &alone);
        }
    }
}

#[test]
fn sets_that_see_the_same_share_it() {
    let mut loaded = layered(&[]);
    assert_eq!(Shown::of(&loaded).contents(), 2, "the public, and all others");
    let live = loaded.live.as_mut().expect("a live page");
    live.components[0].audiences = list("a");
    assert_eq!(Shown::of(&loaded).contents(), 3);
    let live = loaded.live.as_mut().expect("a live page");
    live.components[1].audiences = list("ab");
    assert_eq!(Shown::of(&loaded).contents(), 4);
}
