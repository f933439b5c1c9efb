//! The rules of zones are those that we bring along, whatever the machine says.

#![expect(clippy::disallowed_methods, reason = "it makes a machine whose rules are false")]

use std::{env, fs, process::Command};

use jiff::{Timestamp, tz::TimeZone};
use origin_time::zone;

/// Runs itself again as on a machine whose rules are false.
#[test]
fn rules_are_not_those_of_the_machine() {
    if env::var_os(HAS_FALSE_RULES).is_some() {
        let winter: Timestamp = "2026-01-15T12:00:00Z".parse().unwrap();
        let of_machine = TimeZone::get("Europe/Berlin").unwrap().to_offset(winter);
        assert_eq!(of_machine.seconds(), 9 * 3_600, "the machine's rules are not false");
        let ours = zone::stamp(&zone::named("Europe/Berlin"), winter.as_millisecond());
        assert_eq!(ours.offset_minutes, 60);
        return;
    }
    let zones = tempfile::TempDir::new().unwrap();
    fs::create_dir(zones.path().join("Europe")).unwrap();
    fs::write(zones.path().join("Europe/Berlin"), nine_hours_ahead()).unwrap();
    let again = Command::new(env::current_exe().unwrap())
        .args(["rules_are_not_those_of_the_machine", "--exact"])
        .env(HAS_FALSE_RULES, "1")
        .env("TZDIR", zones.path())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&again.stdout);
    assert!(again.status.success() && told.contains("1 passed"), "{again:?}");
}

/// A file of RFC 8536 with one offset for all times.
fn nine_hours_ahead() -> Vec<u8> {
    let counts = [0_u32, 0, 0, 0, 1, 4].map(u32::to_be_bytes).concat();
    let header = [b"TZif2".as_slice(), &[0; 15], &counts].concat();
    let data = [&32_400_i32.to_be_bytes()[..], &[0, 0], b"+09\0"].concat();
    [&header[..], &data, &header, &data, b"\n<+09>-9\n"].concat()
}

const HAS_FALSE_RULES: &str = "THIS_MACHINE_HAS_FALSE_RULES";
