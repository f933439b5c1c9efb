//! Incidents and maintenances with their updates, a set at a time: four queries instead of three for each of them.

use std::collections::HashMap;

use origin_compose::{
    affected::{Affected, affected},
    detail::UPDATES_MAX,
    rows::{Incident, Maintenance, Update},
    timeline::{Course, Timeline, Told, Word},
};
use origin_engine::{
    rows::{id, of_json, optional_id, state},
    scope::Kind,
    sql::{self, Columns as _, Connection, Row},
};
use origin_objects::string_enum::StringEnum;
use origin_store::timelines;
use page_model::{Id, PageId, snapshot::Touched};

/// What is read of a set. `$1` is the page, `$2` and `$3` are what bounds the set.
struct SetQueries {
    kind: Kind,
    rows: &'static str,
    components: &'static str,
    /// Bytes of the texts of all updates.
    text_bytes: &'static str,
    updates: &'static str,
    /// What the updates said of components, newest first.
    words: &'static str,
}

#[derive(Clone, Copy)]
enum Bounds<'a> {
    /// The first moment of the last days, and the moment at which all is true.
    Span(i64, i64),
    Month(&'a str),
}

/// The set: the rows in order, and what belongs to each.
struct SetRows<S> {
    rows: Vec<Row>,
    components: HashMap<Id, Vec<Touched>>,
    updates: HashMap<Id, Vec<Update<S>>>,
}

/// Unresolved ones, those resolved in the last days, and the most recent and the last told up to now; newest first.
pub async fn recent_incidents(
    conn: &mut Connection,
    page: &PageId,
    (since_ms, now_ms): (i64, i64),
) -> sql::Result<Vec<Incident>> {
    incidents(
        RECENT_INCIDENTS
            .fetch(conn, page, Bounds::Span(since_ms, now_ms))
            .await?,
    )
}

/// Those that touched a month, newest first.
pub async fn incidents_of(conn: &mut Connection, page: &PageId, month: &str) -> sql::Result<Vec<Incident>> {
    incidents(INCIDENTS_OF.fetch(conn, page, Bounds::Month(month)).await?)
}

/// Those that run, those completed in the last days, the most recent and the last told up to now, and the next that are
/// planned; newest start first.
pub async fn recent_maintenances(
    conn: &mut Connection,
    page: &PageId,
    (since_ms, now_ms): (i64, i64),
) -> sql::Result<Vec<Maintenance>> {
    maintenances(
        RECENT_MAINTENANCES
            .fetch(conn, page, Bounds::Span(since_ms, now_ms))
            .await?,
    )
}

/// Those that touched a month, newest first.
pub async fn maintenances_of(conn: &mut Connection, page: &PageId, month: &str) -> sql::Result<Vec<Maintenance>> {
    maintenances(MAINTENANCES_OF.fetch(conn, page, Bounds::Month(month)).await?)
}

impl SetQueries {
    async fn fetch<S: StringEnum + Course>(
        &self,
        conn: &mut Connection,
        page: &PageId,
        bounds: Bounds<'_>,
    ) -> sql::Result<SetRows<S>> {
        let rows = fetch(conn, self.rows, page, bounds).await?;
        let mut components: HashMap<Id, Vec<Touched>> = HashMap::new();
        let mut updates: HashMap<Id, Vec<Update<S>>> = HashMap::new();
        if !rows.is_empty() {
            for row in fetch(conn, self.components, page, bounds).await? {
                components
                    .entry(id(&row, "parent_id")?)
                    .or_default()
                    .push(touched(&row)?);
            }
            let update_rows = self.updates(conn, page, bounds, &rows).await?;
            let mut words: HashMap<Id, Vec<Word>> = HashMap::new();
            for row in fetch(conn, self.words, page, bounds).await? {
                words
                    .entry(id(&row, "update_id")?)
                    .or_default()
                    .push(timelines::word(&row)?);
            }
            let mut affected = all_affected::<S>(&update_rows, &components, words)?;
            for row in &update_rows {
                let update = update(row, &mut affected)?;
                updates.entry(id(row, "parent_id")?).or_default().push(update);
            }
        }
        Ok(SetRows {
            rows,
            components,
            updates,
        })
    }

    async fn updates(
        &self,
        conn: &mut Connection,
        page: &PageId,
        bounds: Bounds<'_>,
        rows: &[Row],
    ) -> sql::Result<Vec<Row>> {
        let sums = fetch(conn, self.text_bytes, page, bounds).await?;
        let text_bytes: i64 = sums.first().map_or(Ok(0), |row| row.try_get("text_bytes"))?;
        if text_bytes <= SET_TEXT_BYTES_MAX {
            let updates = fetch(conn, self.updates, page, bounds).await?;
            if updates.len() < SET_UPDATES_MAX {
                return Ok(updates);
            }
        }
        self.newest(conn, page, rows).await
    }

    /// For a set with thousands of updates, or with megabytes of them: the newest of each, a fair share.
    async fn newest(&self, conn: &mut Connection, page: &PageId, rows: &[Row]) -> sql::Result<Vec<Row>> {
        let mut newest = Vec::new();
        let count = rows.len().max(1);
        let share = (SHARED_UPDATES_MAX / count).clamp(1, UPDATES_MAX) as i64;
        let share_bytes = SET_TEXT_BYTES_MAX / count as i64;
        for row in rows {
            let query = sql::query(NEWEST_UPDATES).bind(page.as_str()).bind(self.kind.as_str());
            let query = query.bind(row.try_get::<&str, _>("id")?).bind(share).bind(share_bytes);
            newest.extend(query.fetch_all(&mut *conn).await?);
        }
        Ok(newest)
    }
}

async fn fetch(conn: &mut Connection, sql: &'static str, page: &PageId, bounds: Bounds<'_>) -> sql::Result<Vec<Row>> {
    let query = sql::query(sql).bind(page.as_str());
    let query = match bounds {
        Bounds::Span(since_ms, now_ms) => query.bind(since_ms).bind(now_ms),
        Bounds::Month(month) => query.bind(month),
    };
    query.fetch_all(conn).await
}

fn incidents(mut set: SetRows<page_model::status::IncidentStatus>) -> sql::Result<Vec<Incident>> {
    let mut incidents = Vec::with_capacity(set.rows.len());
    for row in &set.rows {
        let incident: Id = id(row, "id")?;
        let updates = set.updates.remove(&incident).unwrap_or_default();
        incidents.push(Incident {
            audiences: of_json(row, "audiences")?,
            ordinal: row.try_get("ordinal")?,
            name: row.try_get("name")?,
            status: state(row, "status")?,
            impact: state(row, "impact")?,
            impact_is_given: row.try_get("impact_is_given")?,
            started_at_ms: row.try_get("started_at_ms")?,
            monitoring_at_ms: row.try_get("monitoring_at_ms")?,
            resolved_at_ms: row.try_get("resolved_at_ms")?,
            updated_at_ms: updated_at_ms(row, &updates)?,
            components: set.components.remove(&incident).unwrap_or_default(),
            updates,
            id: incident,
        });
    }
    Ok(incidents)
}

fn maintenances(mut set: SetRows<page_model::status::MaintenanceStatus>) -> sql::Result<Vec<Maintenance>> {
    let mut maintenances = Vec::with_capacity(set.rows.len());
    for row in &set.rows {
        let maintenance: Id = id(row, "id")?;
        let updates = set.updates.remove(&maintenance).unwrap_or_default();
        maintenances.push(Maintenance {
            audiences: of_json(row, "audiences")?,
            ordinal: row.try_get("ordinal")?,
            name: row.try_get("name")?,
            status: state(row, "status")?,
            announced_at_ms: row.try_get("announced_at_ms")?,
            starts_at_ms: row.try_get("starts_at_ms")?,
            ends_at_ms: row.try_get("ends_at_ms")?,
            began_at_ms: row.try_get("began_at_ms")?,
            completed_at_ms: row.try_get("completed_at_ms")?,
            updated_at_ms: updated_at_ms(row, &updates)?,
            revision: row.try_get("revision")?,
            series: optional_id(row, "series_id")?,
            reminder_minutes: of_json(row, "reminder_minutes")?,
            components: set.components.remove(&maintenance).unwrap_or_default(),
            updates,
            id: maintenance,
        });
    }
    Ok(maintenances)
}

fn update<S: StringEnum>(row: &Row, affected: &mut HashMap<Id, Vec<Affected>>) -> sql::Result<Update<S>> {
    let update: Id = id(row, "id")?;
    Ok(Update {
        status: state(row, "status")?,
        audiences: of_json(row, "audiences")?,
        at_ms: row.try_get("at_ms")?,
        displayed_at_ms: row.try_get("displayed_at_ms")?,
        updated_at_ms: row.try_get("updated_at_ms")?,
        body: row.try_get("body")?,
        body_html: row.try_get("body_html")?,
        affected: affected.remove(&update),
        id: update,
    })
}

/// What the updates of a set say of components, each event for itself. The rows are newest first.
fn all_affected<S: StringEnum + Course>(
    updates: &[Row],
    components: &HashMap<Id, Vec<Touched>>,
    mut words: HashMap<Id, Vec<Word>>,
) -> sql::Result<HashMap<Id, Vec<Affected>>> {
    let mut told: HashMap<Id, Vec<Told<S>>> = HashMap::new();
    for row in updates.iter().rev() {
        let update = timelines::told(row, &mut words)?;
        told.entry(id(row, "parent_id")?).or_default().push(update);
    }
    let mut all = HashMap::new();
    for (event, updates) in told {
        let listed = components.get(&event).cloned().unwrap_or_default();
        let timeline = Timeline { listed, updates };
        let ids = timeline.updates.iter().map(|told| told.update.clone());
        all.extend(affected(ids.zip(timeline.said())));
    }
    Ok(all)
}

fn touched(row: &Row) -> sql::Result<Touched> {
    Ok(Touched {
        id: id(row, "component_id")?,
        name: row.try_get("component_name")?,
    })
}

/// When an event was changed, where that is later than its newest update.
fn updated_at_ms<S>(row: &Row, updates: &[Update<S>]) -> sql::Result<Option<i64>> {
    let updated_at_ms: Option<i64> = row.try_get("updated_at_ms")?;
    let newest_ms = updates.iter().map(|update| update.at_ms).max();
    Ok(updated_at_ms.filter(|at_ms| Some(*at_ms) > newest_ms))
}

macro_rules! set {
    ($name:literal, $which:literal, $order:literal) => {
        concat!(
            "(SELECT p.* FROM ",
            $name,
            "s p WHERE p.page_id = $1 AND ",
            $which,
            " ORDER BY ",
            $order,
            " LIMIT 1000) p"
        )
    };
}

/// A set is all of a family that are `$which`, in an order; the first by `$keep` where they are more than a record can hold.
macro_rules! queries {
    ($kind:ident, $name:literal, $which:literal, $keep:literal, $order:literal) => {
        SetQueries {
            kind: Kind::$kind,
            rows: concat!("SELECT p.* FROM ", set!($name, $which, $keep), " ORDER BY ", $order),
            components: concat!(
                "SELECT c.",
                $name,
                "_id AS parent_id, c.component_id, c.component_name FROM ",
                set!($name, $which, $keep),
                " JOIN ",
                $name,
                "_components c ON c.page_id = p.page_id AND c.",
                $name,
                "_id = p.id"
            ),
            text_bytes: concat!(
                "SELECT COALESCE(SUM(octet_length(u.body) + octet_length(u.body_html)), 0) AS text_bytes FROM ",
                set!($name, $which, $keep),
                " JOIN updates u ON u.page_id = p.page_id AND u.parent_kind = '",
                $name,
                "' AND u.parent_id = p.id"
            ),
            updates: concat!(
                "SELECT u.* FROM ",
                set!($name, $which, $keep),
                " JOIN updates u ON u.page_id = p.page_id AND u.parent_kind = '",
                $name,
                "' AND u.parent_id = p.id ORDER BY u.at_ms DESC, u.ordinal DESC LIMIT 4000"
            ),
            words: concat!(
                "SELECT r.update_id, r.component_id, r.component_name, r.status FROM ",
                set!($name, $which, $keep),
                " JOIN updates u ON u.page_id = p.page_id AND u.parent_kind = '",
                $name,
                "' AND u.parent_id = p.id
                 JOIN reported_statuses r ON r.page_id = u.page_id AND r.update_id = u.id
                 ORDER BY u.at_ms DESC, u.ordinal DESC, r.component_id LIMIT 20000"
            ),
        }
    };
}

const RECENT_INCIDENTS: SetQueries = queries!(
    Incident,
    "incident",
    "p.id IN (
         SELECT id FROM incidents WHERE page_id = $1 AND resolved_at_ms IS NULL
         UNION SELECT id FROM incidents WHERE page_id = $1 AND resolved_at_ms >= $2
         UNION SELECT id FROM (SELECT id FROM incidents WHERE page_id = $1 AND started_at_ms <= $3
                               ORDER BY started_at_ms DESC, ordinal DESC LIMIT 50)
         UNION SELECT parent_id FROM (SELECT parent_id, MAX(at_ms) AS told_at_ms FROM (
                 SELECT parent_id, at_ms FROM updates WHERE page_id = $1 AND parent_kind = 'incident' AND at_ms <= $3
                 ORDER BY at_ms DESC LIMIT 200) GROUP BY parent_id ORDER BY told_at_ms DESC LIMIT 50))",
    "p.resolved_at_ms IS NOT NULL, p.started_at_ms DESC, p.ordinal DESC",
    "p.started_at_ms DESC, p.ordinal DESC"
);
const INCIDENTS_OF: SetQueries = queries!(
    Incident,
    "incident",
    "p.id IN (SELECT event_id FROM event_months WHERE page_id = $1 AND month = $2 AND kind = 'incident')",
    "p.started_at_ms DESC, p.ordinal DESC",
    "p.started_at_ms DESC, p.ordinal DESC"
);
/// What runs is kept first and what is planned last, so the others have limits that leave room for the next of it.
const RECENT_MAINTENANCES: SetQueries = queries!(
    Maintenance,
    "maintenance",
    "p.id IN (
         SELECT id FROM maintenances WHERE page_id = $1 AND completed_at_ms IS NULL
         UNION SELECT id FROM (SELECT id FROM maintenances WHERE page_id = $1 AND completed_at_ms >= $2
                               ORDER BY completed_at_ms DESC LIMIT 400)
         UNION SELECT id FROM (SELECT id FROM maintenances WHERE page_id = $1 AND starts_at_ms <= $3
                               ORDER BY starts_at_ms DESC, ordinal DESC LIMIT 50)
         UNION SELECT parent_id FROM (SELECT parent_id, MAX(at_ms) AS told_at_ms FROM (
                 SELECT parent_id, at_ms FROM updates WHERE page_id = $1 AND parent_kind = 'maintenance' AND at_ms <= $3
                 ORDER BY at_ms DESC LIMIT 200) GROUP BY parent_id ORDER BY told_at_ms DESC LIMIT 50))",
    "CASE WHEN p.completed_at_ms IS NOT NULL THEN 1 WHEN p.status = 'scheduled' THEN 2 ELSE 0 END,
     CASE WHEN p.status = 'scheduled' THEN p.starts_at_ms ELSE -p.starts_at_ms END, p.ordinal",
    "p.starts_at_ms DESC, p.ordinal DESC"
);
const MAINTENANCES_OF: SetQueries = queries!(
    Maintenance,
    "maintenance",
    "p.id IN (SELECT event_id FROM event_months WHERE page_id = $1 AND month = $2 AND kind = 'maintenance')",
    "p.starts_at_ms DESC, p.ordinal DESC",
    "p.starts_at_ms DESC, p.ordinal DESC"
);
/// The newest one whatever it has.
const NEWEST_UPDATES: &str = "
    SELECT u.* FROM (
        SELECT id, ROW_NUMBER() OVER newest AS place, SUM(text_bytes) OVER newest AS text_bytes FROM (
            SELECT id, at_ms, ordinal, octet_length(body) + octet_length(body_html) AS text_bytes FROM updates
            WHERE page_id = $1 AND parent_kind = $2 AND parent_id = $3
            ORDER BY at_ms DESC, ordinal DESC LIMIT $4)
        WINDOW newest AS (ORDER BY at_ms DESC, ordinal DESC ROWS UNBOUNDED PRECEDING)) n
    JOIN updates u ON u.page_id = $1 AND u.id = n.id
    WHERE n.place = 1 OR n.text_bytes <= $5
    ORDER BY u.at_ms DESC, u.ordinal DESC";
/// Texts of updates, with their HTML, that are read at once: twice what a record has room for.
const SET_TEXT_BYTES_MAX: i64 = 16 * 1024 * 1024;
const _: () = assert!(SET_TEXT_BYTES_MAX as usize == 2 * page_model::limits::BODY_BYTES_MAX);
/// Updates of a set that are read at once; the limit in the queries.
const SET_UPDATES_MAX: usize = 4_000;
/// Updates of a set that are read when it has more.
const SHARED_UPDATES_MAX: usize = 20_000;
/// The limit in the queries.
const _: () = assert!(page_model::limits::RECENT_EVENTS_MAX == 50);

#[cfg(test)]
mod tests {
    use origin_store::Store;

    use super::*;

    /// Reading a page's whole history for each question would be right too, and take seconds.
    #[tokio::test]
    async fn no_query_scans_a_whole_page() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let (store, _writer) = Store::open(folder.path()).await.expect("it opens");
        let mut reader = store.reader().await.expect("a reader");
        let sets = [RECENT_INCIDENTS, INCIDENTS_OF, RECENT_MAINTENANCES, MAINTENANCES_OF];
        let sets = sets.map(|set| [set.rows, set.components, set.text_bytes, set.updates, set.words]);
        for sql in sets.into_iter().flatten() {
            let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
            let query = sql::query(explain).bind("page00000001").bind(0_i64).bind(1_i64);
            expect_no_scan(sql, &query.fetch_all(&mut *reader).await.expect("a plan"));
        }
    }

    fn expect_no_scan(sql: &str, plan: &[Row]) {
        let steps: Vec<String> = plan.iter().map(|row| row.try_get("detail").expect("a step")).collect();
        let reads_all = |step: &&String| {
            let inner = step.contains("subquery") || step.ends_with(" p");
            step.starts_with("SCAN") && !inner || step.starts_with("SEARCH") && step.ends_with("(page_id=?)")
        };
        let whole = steps.iter().filter(reads_all).find(|step| !step.contains("_open"));
        assert_eq!(whole, None, "{sql}: {steps:#?}");
    }
}
