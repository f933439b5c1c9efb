//! What a provider said of somebody, held against the rules of the page's audiences.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use origin_objects::{
    mail::MailAddress,
    provider::{ClaimRule, GROUPS, Provider},
};
use page_model::Id;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::{
    limits::{RULES_MET_MAX, SUBJECT_BYTES_MAX},
    proof::OfProvider,
};

/// Those of a token that was verified.
pub fn of_token(token: &str) -> Option<Map<String, Value>> {
    let payload = token.split('.').nth(1)?;
    let bytes = URL_SAFE_NO_PAD.decode(payload).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// What the session remembers of them. `None` where they have no name to be known by.
pub fn proof(provider: &Provider, rules: &[(Id, Vec<ClaimRule>)], claims: &Map<String, Value>) -> Option<OfProvider> {
    let subject = claims.get("sub")?.as_str()?;
    if subject.is_empty() || subject.len() > SUBJECT_BYTES_MAX {
        return None;
    }
    let address = claims.get("email").and_then(Value::as_str);
    let address = address.and_then(|address| MailAddress::parse(address).ok());
    let is_verified = claims.get("email_verified") == Some(&Value::Bool(true));
    let counts = |address: &MailAddress| is_verified || provider.vouches_for(address.as_str());
    Some(OfProvider {
        issuer: provider.issuer.clone(),
        client_id: provider.client_id.clone(),
        subject: subject.to_owned(),
        address: address.filter(counts),
        is_verified,
        rules: met(provider, rules, claims),
    })
}

/// Whether the provider says that there are more groups than it lists, as Entra does with more than 200: then they are looked up
/// elsewhere, which is not done here, and nobody is in a group.
pub fn is_overage(provider: &Provider, claims: &Map<String, Value>) -> bool {
    let elsewhere = claims.get("_claim_names").and_then(Value::as_object);
    elsewhere.is_some_and(|names| names.contains_key(&provider.groups_claim)) || claims.contains_key("hasgroups")
}

/// The rules that they meet, one of each audience first: a session has room for some.
fn met(provider: &Provider, rules: &[(Id, Vec<ClaimRule>)], claims: &Map<String, Value>) -> Vec<u8> {
    let of_each = rules.iter().map(|(_, rules)| {
        let met = rules.iter().filter(|rule| is_met(provider, rule, claims));
        met.map(hash).collect::<Vec<_>>()
    });
    let of_each: Vec<Vec<RuleHash>> = of_each.collect();
    let first = of_each.iter().filter_map(|met| met.first());
    let others = of_each.iter().flat_map(|met| met.iter().skip(1));
    first.chain(others).take(RULES_MET_MAX).flatten().copied().collect()
}

fn is_met(provider: &Provider, rule: &ClaimRule, claims: &Map<String, Value>) -> bool {
    if rule.claim.0 == GROUPS && is_overage(provider, claims) {
        return false;
    }
    match claims.get(provider.claim(&rule.claim.0)) {
        Some(Value::String(text)) => *text == rule.value,
        Some(Value::Array(list)) => list.iter().any(|one| one.as_str() == Some(&rule.value)),
        _ => false,
    }
}

/// Whether somebody who met these when they signed in is in an audience that has these rules now.
pub fn still_meets(remembered: &[u8], rules: &[ClaimRule]) -> bool {
    let remembered = remembered.chunks_exact(RULE_HASH_BYTES);
    rules
        .iter()
        .map(hash)
        .any(|wanted| remembered.clone().any(|met| met == wanted))
}

/// Rules of one page are told apart by so much.
fn hash(rule: &ClaimRule) -> RuleHash {
    let text = format!("pharos claim rule 1\n{}\n{}", rule.claim.0, rule.value);
    Sha256::digest(text).first_chunk().copied().unwrap_or_default()
}

type RuleHash = [u8; RULE_HASH_BYTES];
const RULE_HASH_BYTES: usize = 8;

#[cfg(test)]
mod tests {
    use origin_objects::provider::{NewProvider, Word};
    use serde_json::json;

    use super::*;

    fn provider() -> Provider {
        let new = json!({"issuer": "https://a.b", "client_id": "x", "name": "Acme", "vouches_for": ["acme.com"],
            "groups_claim": "roles"});
        let new: NewProvider = serde_json::from_value(new).expect("a provider");
        new.told(false)
    }

    fn rule(claim: &str, value: &str) -> ClaimRule {
        ClaimRule {
            claim: Word(claim.to_owned()),
            value: value.to_owned(),
        }
    }

    fn audiences() -> Vec<(Id, Vec<ClaimRule>)> {
        let id = |id| Id::parse(id).expect("an id");
        vec![
            (id("audience0001"), vec![rule("groups", "ops"), rule("hd", "acme.com")]),
            (id("audience0002"), vec![rule("groups", "dev")]),
        ]
    }

    fn of(claims: Value) -> Option<OfProvider> {
        proof(&provider(), &audiences(), claims.as_object().expect("claims"))
    }

    fn in_audiences(claims: Value) -> Vec<bool> {
        let proof = of(claims).expect("a proof");
        let audiences = audiences();
        audiences
            .iter()
            .map(|(_, rules)| still_meets(&proof.rules, rules))
            .collect()
    }

    #[test]
    fn groups_and_other_claims_are_texts_or_lists() {
        for (claims, expected) in [
            (json!({"sub": "1", "roles": ["ops", "dev"]}), [true, true]),
            (json!({"sub": "1", "roles": "dev"}), [false, true]),
            (json!({"sub": "1", "hd": "acme.com"}), [true, false]),
            (json!({"sub": "1", "groups": ["ops"]}), [false, false]),
            (json!({"sub": "1", "roles": ["OPS", "ops ", 1, null]}), [false, false]),
            (json!({"sub": "1", "roles": {"ops": true}, "hd": true}), [false, false]),
            (json!({"sub": "1"}), [false, false]),
        ] {
            assert_eq!(in_audiences(claims.clone()), expected, "{claims}");
        }
    }

    #[test]
    fn groups_that_are_listed_elsewhere_count_as_none() {
        let claims = json!({"sub": "1", "roles": ["ops"], "_claim_names": {"roles": "src1"}});
        assert_eq!(in_audiences(claims.clone()), [false, false]);
        assert!(is_overage(&provider(), claims.as_object().expect("claims")));
    }

    #[test]
    fn address_counts_where_it_was_verified_or_is_vouched_for() {
        for (claims, expected) in [
            (
                json!({"sub": "1", "email": "a@b.com", "email_verified": true}),
                Some("a@b.com"),
            ),
            (json!({"sub": "1", "email": "a@b.com", "email_verified": "true"}), None),
            (json!({"sub": "1", "email": "a@b.com"}), None),
            (
                json!({"sub": "1", "email": "a@acme.com", "email_verified": false}),
                Some("a@acme.com"),
            ),
            (json!({"sub": "1", "email": ["a@acme.com"]}), None),
        ] {
            let proof = of(claims.clone()).expect("a proof");
            let address = proof.address.as_ref().map(MailAddress::as_str);
            assert_eq!(address, expected, "{claims}");
        }
        assert!(of(json!({"email": "a@acme.com"})).is_none());
        assert!(of(json!({"sub": "x".repeat(256)})).is_none());
    }

    #[test]
    fn session_remembers_one_rule_of_each_audience_before_a_second_of_any() {
        let many = (0..100).map(|number| rule("groups", &number.to_string())).collect();
        let id = |id| Id::parse(id).expect("an id");
        let audiences = vec![
            (id("audience0001"), many),
            (id("audience0002"), vec![rule("groups", "dev")]),
        ];
        let groups: Vec<String> = (0..100)
            .map(|number| number.to_string())
            .chain(["dev".to_owned()])
            .collect();
        let claims = json!({"sub": "1", "roles": groups});
        let remembered = met(&provider(), &audiences, claims.as_object().expect("claims"));
        assert_eq!(remembered.len(), RULES_MET_MAX * RULE_HASH_BYTES);
        assert!(audiences.iter().all(|(_, rules)| still_meets(&remembered, rules)));
    }
}
