//! Field by field: what changed there, and what changed here.

use serde_json::Value;

use super::shape::Fields;

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// What the documents say now, and the page is to say too.
    pub follow: Fields,
    /// Changed here only.
    pub kept: Vec<String>,
    /// Neither is known to be the older.
    pub differ: Vec<String>,
}

/// `brought` is what was brought over last, as far as anyone knows; `theirs` wins where it is told to.
pub fn merge(theirs: &Fields, here: &Value, brought: Option<&Fields>, theirs_wins: bool) -> Merged {
    let mut merged = Merged::default();
    for (field, there) in theirs {
        let now = sorted(&here[field]);
        let there = sorted(there);
        if there == now {
            continue;
        }
        let before = brought.and_then(|brought| brought.get(field)).map(sorted);
        match before {
            _ if theirs_wins => drop(merged.follow.insert(field.clone(), there)),
            Some(before) if before == now => drop(merged.follow.insert(field.clone(), there)),
            Some(before) if before == there => merged.kept.push(field.clone()),
            _ => merged.differ.push(field.clone()),
        }
    }
    merged
}

/// Whether nothing of what was brought over was changed here.
pub fn is_untouched(here: &Value, brought: &Fields) -> bool {
    brought
        .iter()
        .all(|(field, before)| sorted(before) == sorted(&here[field]))
}

/// Lists of the push API are sets; and it tells the name of each component that an update speaks of, which is its own doing.
fn sorted(value: &Value) -> Value {
    let mut value = value.clone();
    if let Value::Array(items) = &mut value {
        for item in items.iter_mut().filter_map(Value::as_object_mut) {
            item.remove("name");
        }
        items.sort_by_key(ToString::to_string);
    }
    value
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(value: Value) -> Fields {
        value.as_object().cloned().unwrap_or_default()
    }

    /// What becomes of a field: followed, kept, different, or nothing.
    fn fate(there: &str, here: &str, brought: Option<&str>, theirs_wins: bool) -> &'static str {
        let brought = brought.map(|name| fields(json!({ "name": name })));
        let merged = merge(
            &fields(json!({ "name": there })),
            &json!({ "name": here, "other": 1 }),
            brought.as_ref(),
            theirs_wins,
        );
        match (merged.follow.len(), merged.kept.len(), merged.differ.len()) {
            (0, 0, 0) => "same",
            (1, 0, 0) => "follow",
            (0, 1, 0) => "kept",
            (0, 0, 1) => "differ",
            _ => "more than one",
        }
    }

    #[test]
    fn the_side_that_changed_is_right() {
        for (there, here, brought, expected, with_theirs) in [
            ("A", "A", None, "same", "same"),
            ("A", "A", Some("B"), "same", "same"),
            ("B", "A", Some("A"), "follow", "follow"),
            ("A", "B", Some("A"), "kept", "follow"),
            ("B", "C", Some("A"), "differ", "follow"),
            ("B", "A", None, "differ", "follow"),
        ] {
            let case = format!("{there} there, {here} here, {brought:?} brought");
            assert_eq!(fate(there, here, brought, false), expected, "{case}");
            assert_eq!(fate(there, here, brought, true), with_theirs, "{case}");
        }
    }

    #[test]
    fn lists_are_sets_and_absent_is_null() {
        let theirs = fields(json!({ "components": ["b", "a"], "displayed_at": null }));
        let merged = merge(&theirs, &json!({ "components": ["a", "b"] }), None, false);
        assert_eq!(merged, Merged::default());
        let theirs = fields(json!({ "components": [{ "id": "a", "status": "operational" }] }));
        let here = json!({ "components": [{ "id": "a", "name": "Alpha", "status": "operational" }] });
        assert_eq!(merge(&theirs, &here, None, false), Merged::default());
    }
}
