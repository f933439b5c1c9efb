//! A record is hostile input: whatever bytes come, reading them ends with a value or an error.

use page_model::{
    Archive, Host, Permalinks, Record, Site, Snapshot,
    asset::{AssetBody, AssetName},
    body,
    limits::BODY_DEPTH_MAX,
    put::{Batch, Cursor, Receipt},
};
use proptest::prelude::*;

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = Record::from_stranger(&bytes);
        let _ = body::decode::<Site>(&bytes);
        let _ = body::decode::<Batch>(&bytes);
        let _ = body::decode::<Receipt>(&bytes);
        let _ = body::decode_compressed::<Snapshot>(&bytes);
        let _ = body::decode_compressed::<Archive>(&bytes);
        let _ = body::decode::<Permalinks>(&bytes);
        let _ = body::decode::<AssetBody>(&bytes);
    }

    /// One changed byte anywhere: refused, or the very same record (a byte that CBOR does not look at).
    #[test]
    fn a_damaged_record_is_never_another_record(at in 0..usize::MAX, with in any::<u8>()) {
        let good = committed_record();
        let mut damaged = good.clone();
        let at = at % damaged.len();
        damaged[at] = with;
        if let Ok(record) = Record::from_stranger(&damaged) {
            let good = Record::from_stranger(&good).expect("a good record");
            prop_assert_eq!(record.hash, good.hash);
        }
    }

    #[test]
    fn no_asset_name_panics(name in ".{0,60}") {
        let parsed = AssetName::parse(&name);
        prop_assert!(parsed.is_none_or(|parsed| parsed.to_string() == name));
    }

    #[test]
    fn no_authority_panics(authority in ".{0,300}") {
        let _ = Host::of_authority(&authority);
    }
}

#[test]
fn deep_nesting_and_huge_lengths_are_refused() {
    let deep = vec![0x81; 100_000];
    assert!(body::decode::<Site>(&deep).is_err());
    // The same behind a field that nobody knows, `{"x": [[[…`.
    let hidden = [&[0xa1, 0x61, b'x'][..], &deep].concat();
    assert!(body::decode::<Cursor>(&hidden).is_err());
    // As deep as a newer type may go, and one deeper.
    let nested = |depth: usize| {
        [
            &[0xa3, 0x61, b'x'][..],
            &vec![0x81; depth],
            b"\x00\x63seq\x01\x65at_ms\x02",
        ]
        .concat()
    };
    assert!(body::decode::<Cursor>(&nested(BODY_DEPTH_MAX - 1)).is_ok());
    assert!(body::decode::<Cursor>(&nested(BODY_DEPTH_MAX)).is_err());
    // A byte string that claims to be four exbibytes long.
    let huge = [0xa1, 0x61, b'b', 0x5b, 0x40, 0, 0, 0, 0, 0, 0, 0];
    assert!(Record::from_stranger(&huge).is_err());
}

#[test]
fn a_body_that_inflates_without_end_is_refused() {
    let bomb = miniz_oxide::deflate::compress_to_vec(&vec![0; 64 * 1024 * 1024], 9);
    assert!(body::decode_compressed::<Snapshot>(&bomb).is_err());
}

fn committed_record() -> Vec<u8> {
    include_bytes!("golden/record.cbor").to_vec()
}
