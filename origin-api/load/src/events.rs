//! Incidents and maintenances with their updates, a set at a time, and of both kinds together.

use std::{collections::HashMap, sync::LazyLock};

use origin_compose::{
    affected::{Affected, affected},
    detail::UPDATES_MAX,
    rows::{Incident, Maintenance, Update},
    timeline::{Course, Timeline, Told, Word},
};
use origin_engine::{
    rows::{id, json, of_json, optional_id, state},
    scope::Kind,
    sql::{self, Columns as _, Connection, Row},
};
use origin_objects::string_enum::StringEnum;
use origin_store::timelines;
use page_model::{Id, PageId, snapshot::Touched};

/// What is read of a set once its rows are. `$1` is the page, `$2` and `$3` are the ids of incidents and of maintenances.
struct PartQueries {
    components: &'static str,
    /// Bytes of the texts of all updates.
    text_bytes: &'static str,
    /// Where these are not too many.
    updates: &'static str,
    /// What the updates said of components, newest first.
    words: &'static str,
}

/// What was read so, in the order of the queries.
type PartRows = [Vec<Row>; 4];

/// Events of both kinds, each newest first.
#[derive(Debug)]
pub struct Events {
    pub incidents: Vec<Incident>,
    pub maintenances: Vec<Maintenance>,
}

/// The set: the rows in order, and what belongs to each.
struct SetRows<S> {
    rows: Vec<Row>,
    components: HashMap<Id, Vec<Touched>>,
    updates: HashMap<Id, Vec<Update<S>>>,
}

/// Those that touched a month.
pub async fn of_month(conn: &mut Connection, page: &PageId, month: &str) -> sql::Result<Events> {
    let query = sql::query(OF_MONTH.as_str()).bind(page.as_str()).bind(month);
    let rows = sql::fetch_each(conn, query).await?;
    whole(conn, page, rows).await
}

/// Incidents and maintenances of which these are the rows, with all that belongs to them.
pub async fn whole(
    conn: &mut Connection,
    page: &PageId,
    [of_incidents, of_maintenances]: [Vec<Row>; 2],
) -> sql::Result<Events> {
    let (mut of_incident, mut of_maintenance) = (PartRows::default(), PartRows::default());
    if !of_incidents.is_empty() || !of_maintenances.is_empty() {
        let query = sql::query(PARTS.as_str()).bind(page.as_str());
        let query = query.bind(ids(&of_incidents)?).bind(ids(&of_maintenances)?);
        let [a, b, c, d, e, f, g, h] = sql::fetch_each(conn, query).await?;
        (of_incident, of_maintenance) = ([a, b, c, d], [e, f, g, h]);
    }
    Ok(Events {
        incidents: incidents(set(conn, page, Kind::Incident, of_incidents, of_incident).await?)?,
        maintenances: maintenances(set(conn, page, Kind::Maintenance, of_maintenances, of_maintenance).await?)?,
    })
}

/// As JSON, for a statement to go through.
fn ids(rows: &[Row]) -> sql::Result<String> {
    let ids = rows.iter().map(|row| id(row, "id"));
    let ids = ids.collect::<sql::Result<Vec<Id>>>()?;
    Ok(json(&ids))
}

async fn set<S: StringEnum + Course>(
    conn: &mut Connection,
    page: &PageId,
    kind: Kind,
    rows: Vec<Row>,
    [of_components, text_bytes, updates, of_words]: PartRows,
) -> sql::Result<SetRows<S>> {
    let mut components: HashMap<Id, Vec<Touched>> = HashMap::new();
    for row in &of_components {
        components.entry(id(row, "parent_id")?).or_default().push(touched(row)?);
    }
    let text_bytes: i64 = text_bytes.first().map_or(Ok(0), |row| row.try_get("text_bytes"))?;
    let update_rows = match text_bytes <= SET_TEXT_BYTES_MAX && updates.len() < SET_UPDATES_MAX {
        true => updates,
        false => newest(conn, page, kind, &rows).await?,
    };
    let mut words: HashMap<Id, Vec<Word>> = HashMap::new();
    for row in &of_words {
        words
            .entry(id(row, "update_id")?)
            .or_default()
            .push(timelines::word(row)?);
    }
    let mut affected = all_affected::<S>(&update_rows, &components, words)?;
    let mut updates: HashMap<Id, Vec<Update<S>>> = HashMap::new();
    // Each row goes as soon as its update is there: the texts of a set are megabytes.
    for row in update_rows {
        let update = update(&row, &mut affected)?;
        updates.entry(id(&row, "parent_id")?).or_default().push(update);
    }
    Ok(SetRows {
        rows,
        components,
        updates,
    })
}

/// For a set with thousands of updates, or with megabytes of them: the newest of each, a fair share.
async fn newest(conn: &mut Connection, page: &PageId, kind: Kind, rows: &[Row]) -> sql::Result<Vec<Row>> {
    let mut newest = Vec::new();
    let count = rows.len().max(1);
    let share = (SHARED_UPDATES_MAX / count).clamp(1, UPDATES_MAX) as i64;
    let share_bytes = SET_TEXT_BYTES_MAX / count as i64;
    for row in rows {
        let query = sql::query(NEWEST_UPDATES).bind(page.as_str()).bind(kind.as_str());
        let query = query.bind(row.try_get::<&str, _>("id")?).bind(share).bind(share_bytes);
        newest.extend(query.fetch_all(&mut *conn).await?);
    }
    Ok(newest)
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

/// All of a family that are `$which`, in an order; the first by `$keep` where they are more than a record can hold.
macro_rules! rows {
    ($name:literal, $which:literal, $keep:literal, $order:literal) => {
        concat!(
            "SELECT p.* FROM (SELECT p.* FROM ",
            $name,
            "s p WHERE p.page_id = $1 AND ",
            $which,
            " ORDER BY ",
            $keep,
            " LIMIT 1000) p ORDER BY ",
            $order
        )
    };
}

/// The updates of the events whose ids are the argument `$ids`. In this order: only an index finds the few of one event.
macro_rules! updates_of {
    ($name:literal, $ids:literal) => {
        concat!(
            "json_each(",
            $ids,
            ") e CROSS JOIN updates u ON u.page_id = $1 AND u.parent_kind = '",
            $name,
            "' AND u.parent_id = e.value"
        )
    };
}

macro_rules! text_bytes {
    ($name:literal, $ids:literal) => {
        concat!(
            "SELECT COALESCE(SUM(octet_length(u.body) + octet_length(u.body_html)), 0) AS text_bytes FROM ",
            updates_of!($name, $ids)
        )
    };
}

macro_rules! parts {
    ($name:literal, $ids:literal) => {
        PartQueries {
            components: concat!(
                "SELECT c.",
                $name,
                "_id AS parent_id, c.component_id, c.component_name FROM json_each(",
                $ids,
                ") e CROSS JOIN ",
                $name,
                "_components c ON c.page_id = $1 AND c.",
                $name,
                "_id = e.value"
            ),
            text_bytes: text_bytes!($name, $ids),
            updates: concat!(
                "SELECT u.* FROM ",
                updates_of!($name, $ids),
                " WHERE (",
                text_bytes!($name, $ids),
                ") <= 16777216 ORDER BY u.at_ms DESC, u.ordinal DESC LIMIT 4000"
            ),
            words: concat!(
                "SELECT r.update_id, r.component_id, r.component_name, r.status FROM ",
                updates_of!($name, $ids),
                " CROSS JOIN reported_statuses r ON r.page_id = u.page_id AND r.update_id = u.id
                 ORDER BY u.at_ms DESC, u.ordinal DESC, r.component_id LIMIT 20000"
            ),
        }
    };
}

static PARTS: LazyLock<String> = LazyLock::new(|| {
    let parts = [PARTS_OF_INCIDENTS, PARTS_OF_MAINTENANCES];
    let statements = parts.map(|of| [of.components, of.text_bytes, of.updates, of.words].join(";"));
    statements.join(";")
});
static OF_MONTH: LazyLock<String> = LazyLock::new(|| [INCIDENTS_OF, MAINTENANCES_OF].join(";"));

const PARTS_OF_INCIDENTS: PartQueries = parts!("incident", "$2");
const PARTS_OF_MAINTENANCES: PartQueries = parts!("maintenance", "$3");

/// The rows of what is recent of a page, `$1`, since the first moment of the last days, `$2`, as of a moment, `$3`.
///
/// Incidents: unresolved ones, those resolved in the last days, and the most recent and the last told up to now; newest first.
/// Maintenances: those that run, those completed in the last days, the most recent and the last told up to now, and the next that are
/// planned; newest start first.
pub const RECENT: [&str; 2] = [RECENT_INCIDENTS, RECENT_MAINTENANCES];
const RECENT_INCIDENTS: &str = rows!(
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
/// What runs is kept first and what is planned last, so the others have limits that leave room for the next of it.
const RECENT_MAINTENANCES: &str = rows!(
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
/// The rows of what touched a month, `$2`, newest first.
const INCIDENTS_OF: &str = rows!(
    "incident",
    "p.id IN (SELECT event_id FROM event_months WHERE page_id = $1 AND month = $2 AND kind = 'incident')",
    "p.started_at_ms DESC, p.ordinal DESC",
    "p.started_at_ms DESC, p.ordinal DESC"
);
const MAINTENANCES_OF: &str = rows!(
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
/// The limit in the queries.
const _: () = assert!(SET_TEXT_BYTES_MAX == 16_777_216);
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
        let parts = [PARTS_OF_INCIDENTS, PARTS_OF_MAINTENANCES];
        let parts = parts.map(|of| [of.components, of.text_bytes, of.updates, of.words]);
        let rows = [RECENT_INCIDENTS, INCIDENTS_OF, RECENT_MAINTENANCES, MAINTENANCES_OF];
        for sql in rows.into_iter().chain(parts.into_iter().flatten()) {
            let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
            let query = sql::query(explain).bind("page00000001").bind(0_i64).bind(1_i64);
            expect_no_scan(sql, &query.fetch_all(&mut *reader).await.expect("a plan"));
        }
    }

    fn expect_no_scan(sql: &str, plan: &[Row]) {
        let steps: Vec<String> = plan.iter().map(|row| row.try_get("detail").expect("a step")).collect();
        let reads_all = |step: &&String| {
            let inner = step.contains("subquery") || step.ends_with(" p") || step.starts_with("SCAN e VIRTUAL TABLE");
            step.starts_with("SCAN") && !inner || step.starts_with("SEARCH") && step.ends_with("(page_id=?)")
        };
        let whole = steps.iter().filter(reads_all).find(|step| !step.contains("_open"));
        assert_eq!(whole, None, "{sql}: {steps:#?}");
    }
}
