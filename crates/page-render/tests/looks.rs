//! The HTML of every state, committed: a change of a template shows in the review as what it changes.

mod fixture;

#[test]
fn every_state_looks_as_committed() {
    for (name, page) in fixture::states::moods().unwrap() {
        insta::assert_snapshot!(name, without_style(&page));
    }
}

/// The style and the scripts are alike in all of them, and read better where they are written.
fn without_style(page: &str) -> String {
    let mut rest = page;
    let mut kept = String::new();
    for (open, close) in [("<style>", "</style>"), ("<script>", "</script>")] {
        if let Some((before, after)) = rest.split_once(open) {
            let (_, after) = after.split_once(close).expect("a block ends");
            kept += &format!("{before}{open}…{close}");
            rest = after;
        }
    }
    kept + rest
}
