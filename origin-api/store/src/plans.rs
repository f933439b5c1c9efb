//! What is asked all the time, or inside of the writer, reads what it answers with and no more, however many pages there are.

use origin_engine::{
    outbox,
    sql::{self, Columns as _, Row},
};

use crate::{
    Store, agenda,
    archive::archive_months,
    components::history,
    events::deliveries,
    retention::{BY_AGE, GIVEN_UP, TOLD_EVERYWHERE},
};

#[tokio::test]
async fn hot_statements_scan_no_table_that_grows() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let (store, _writer) = Store::open(folder.path()).await.expect("it opens");
    let mut reader = store.reader().await.expect("a reader");
    let others = [
        outbox::CHANGED,
        deliveries::OF_PAGE,
        archive_months::NAMED,
        archive_months::PLACED,
        TOLD_EVERYWHERE,
        GIVEN_UP,
    ];
    let by_age = BY_AGE.map(|(_, sql, _)| sql);
    for sql in agenda::QUERIES.into_iter().chain(others).chain(by_age) {
        let query = sql::query(sql::built(format!("EXPLAIN QUERY PLAN {sql}")));
        let query = (0..sql.matches('$').count().min(3)).fold(query, |query, _| query.bind(1_i64));
        let plan = query.fetch_all(&mut *reader).await.expect("a plan");
        let steps: Vec<String> = plan
            .iter()
            .map(|row: &Row| row.try_get("detail").expect("a step"))
            .collect();
        let reads_all =
            |step: &&String| step.starts_with("SCAN") && !MAY_BE_SCANNED.iter().any(|one| step.ends_with(one));
        assert_eq!(steps.iter().find(reads_all), None, "{sql}: {steps:#?}");
        let sorts =
            |step: &&String| step.contains("TEMP B-TREE FOR ORDER BY") || step.contains("TEMP B-TREE FOR GROUP BY");
        assert_eq!(steps.iter().find(sorts), None, "{sql}: {steps:#?}");
    }
}

/// A long past is not read for a change of now.
#[tokio::test]
async fn history_of_a_component_is_read_from_the_span() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let (store, _writer) = Store::open(folder.path()).await.expect("it opens");
    let mut reader = store.reader().await.expect("a reader");
    for sql in history::QUERIES {
        let query = sql::query(sql::built(format!("EXPLAIN QUERY PLAN {sql}")));
        let query = query.bind("page00000001").bind("comp00000001").bind(0_i64).bind(1_i64);
        let plan = query.fetch_all(&mut *reader).await.expect("a plan");
        let steps: Vec<String> = plan.iter().map(|row| row.try_get("detail").expect("a step")).collect();
        let reads_all = |step: &&String| {
            let inner = step.contains("subquery") || step.ends_with(" p");
            step.starts_with("SCAN") && !inner || step.starts_with("SEARCH") && step.ends_with("(page_id=?)")
        };
        let whole = steps.iter().filter(reads_all).find(|step| !step.contains("_open"));
        assert_eq!(whole, None, "{sql}: {steps:#?}");
        assert!(steps.iter().any(|step| step.contains("at_ms>?")), "{sql}: {steps:#?}");
    }
}

/// Indexes of what is still to be done, read in order up to a limit, and the regions, which are few.
const MAY_BE_SCANNED: [&str; 6] = [
    "INDEX maintenances_due",
    "INDEX reminders_due",
    "INDEX maintenance_series_due",
    "INDEX metric_folds_due",
    "SCAN r",
    "INDEX regions_by_age",
];
