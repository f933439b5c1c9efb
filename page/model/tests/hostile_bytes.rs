//! A record may be hostile: whatever bytes come, decoding them ends with a value or an error.

use page_model::{
    Archive, Host, Permalinks, Record, Site, Snapshot,
    asset::{AssetBody, AssetName},
    body,
    limits::{BODY_BYTES_MAX, BODY_DEPTH_MAX},
    put::{Batch, Cursor, Receipt},
};
use proptest::prelude::*;

proptest! {
    #[test]
    fn decoding_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = Record::from_untrusted(&bytes);
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
    fn record_with_one_changed_byte_is_refused_or_equal(at in 0..usize::MAX, with in any::<u8>()) {
        let good = committed_record();
        let mut damaged = good.clone();
        let at = at % damaged.len();
        damaged[at] = with;
        if let Ok(record) = Record::from_untrusted(&damaged) {
            let good = Record::from_untrusted(&good).expect("a good record");
            prop_assert_eq!(record.hash, good.hash);
        }
    }

    #[test]
    fn parsing_an_asset_name_never_panics(name in ".{0,60}") {
        let parsed = AssetName::parse(&name);
        prop_assert!(parsed.is_none_or(|parsed| parsed.to_string() == name));
    }

    #[test]
    fn parsing_an_authority_never_panics(authority in ".{0,300}") {
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
    assert!(Record::from_untrusted(&huge).is_err());
}

#[test]
fn decompression_bomb_is_refused() {
    // Well formed, so that nothing but its size speaks against it.
    let bomb = body::encode_compressed(&"a".repeat(BODY_BYTES_MAX));
    assert!(bomb.len() < BODY_BYTES_MAX / 100);
    let refused = body::decode_compressed::<String>(&bomb).expect_err("it is too large");
    assert!(refused.to_string().contains("deflate"), "{refused}");
    let largest = body::encode_compressed(&"a".repeat(BODY_BYTES_MAX - 16));
    assert!(body::decode_compressed::<String>(&largest).is_ok());
}

fn committed_record() -> Vec<u8> {
    include_bytes!("golden/record.cbor").to_vec()
}
