//! Pages are asked for ahead of the next visitor, as a visitor would, so that their finished bytes lie there.

use bytes::Bytes;
use http::Request;
use page_model::Key;

use super::edge::Visit;

/// The visits of one turn to some of the hosts whose `site/` keys these are. Turns come every `TURN_MS`; each takes the
/// next `VISITS_PER_TURN_MAX` hosts, so that all have theirs in time.
pub fn turn(keys: &[String], now_ms: u64) -> Vec<Visit> {
    let turns = keys.len().div_ceil(VISITS_PER_TURN_MAX).max(1) as u64;
    let first = usize::try_from(now_ms / TURN_MS % turns).unwrap_or(0) * VISITS_PER_TURN_MAX;
    let hosts = keys.iter().skip(first).take(VISITS_PER_TURN_MAX);
    hosts.filter_map(|key| visit(key, now_ms)).collect()
}

fn visit(key: &str, now_ms: u64) -> Option<Visit> {
    let Key::Site(host) = Key::parse(key)? else {
        return None;
    };
    Some(Visit {
        request: Request::get(format!("https://{host}/")).body(Bytes::new()).ok()?,
        now_ms,
        client: None,
    })
}

/// How often the platform is asked to call; `crons` in wrangler.toml says the same.
const TURN_MS: u64 = 300_000;
/// A visit that finds nothing costs five KV operations, and Workers allow 1,000 in an invocation.
const VISITS_PER_TURN_MAX: usize = 150;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_host_is_visited_once_per_round() {
        let keys: Vec<String> = (0..400).map(|number| format!("site/h{number}.example")).collect();
        let mut seen = BTreeSet::new();
        for number in 7..10 {
            let visits = turn(&keys, number * TURN_MS + 5);
            assert!(visits.len() <= VISITS_PER_TURN_MAX);
            seen.extend(visits.iter().map(|visit| visit.request.uri().to_string()));
        }
        assert_eq!(seen.len(), keys.len());
    }

    #[test]
    fn skips_keys_that_name_no_host() {
        let keys = ["site/a.example", "site/", "snapshot/x", "site/a b"].map(str::to_owned);
        assert_eq!(turn(&keys, 0).len(), 1);
        assert!(turn(&[], 1_000_000).is_empty());
    }
}
