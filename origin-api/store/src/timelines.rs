//! The updates of an event as they lie in the store, and what is written of that which follows from them.

use std::collections::HashMap;

use origin_compose::timeline::{Course, Timeline, Told, Word};
use origin_engine::{
    rows::{id, state},
    scope::{Kind, Parent, Scope},
    sql::{self, Columns as _, Connection, Row},
    tx::Tx,
};
use origin_objects::string_enum::StringEnum;
use page_model::{Id, snapshot::Touched};

pub async fn load<S: StringEnum>(conn: &mut Connection, event: Parent<'_>) -> sql::Result<Timeline<S>> {
    let query = sql::query(UPDATES).bind(event.page.as_str()).bind(event.kind.as_str());
    let updates = query.bind(event.id.as_str()).fetch_all(&mut *conn).await?;
    let query = sql::query(WORDS).bind(event.page.as_str()).bind(event.kind.as_str());
    let mut words: HashMap<Id, Vec<Word>> = HashMap::new();
    for row in query.bind(event.id.as_str()).fetch_all(&mut *conn).await? {
        words.entry(id(&row, "update_id")?).or_default().push(word(&row)?);
    }
    let updates = updates.iter().map(|row| told(row, &mut words));
    Ok(Timeline {
        updates: updates.collect::<sql::Result<_>>()?,
        listed: match event.kind {
            Kind::Incident => Vec::new(),
            Kind::Maintenance => listed(conn, event).await?,
        },
    })
}

/// What an update says of components. One that says nothing itself may imply something by its place in the event's course.
pub async fn said<S: StringEnum + Course>(
    conn: &mut Connection,
    scope: &Scope,
    row: &Row,
    may_imply: bool,
) -> sql::Result<Vec<Word>> {
    let (update, is_given): (Id, bool) = (id(row, "id")?, row.try_get("components_given")?);
    match &scope.parent {
        Some((kind, event)) if may_imply && !is_given => {
            let page = &scope.page;
            let event = Parent {
                page,
                kind: *kind,
                id: event,
            };
            let timeline: Timeline<S> = load(conn, event).await?;
            let said = timeline.updates.iter().zip(timeline.said());
            Ok(said
                .filter(|(told, _)| told.update == update)
                .flat_map(|(_, said)| said)
                .collect())
        }
        _ => {
            let query = sql::query(
                "SELECT component_id, component_name, status FROM reported_statuses
                 WHERE page_id = $1 AND update_id = $2",
            );
            let query = query.bind(scope.page.as_str()).bind(update.as_str());
            query.fetch_all(conn).await?.iter().map(word).collect()
        }
    }
}

/// Writes the status of each update that leaves its event as it was, where another follows from the course than before.
pub async fn keep_statuses<S: StringEnum + Course>(
    tx: &mut Tx<'_>,
    event: Parent<'_>,
    before: &Timeline<S>,
    after: &Timeline<S>,
) -> sql::Result<()> {
    let kept: HashMap<&Id, S> = before.course().map(|(told, status)| (&told.update, status)).collect();
    let follows = after.course().filter(|(told, _)| told.status.is_none());
    for (told, status) in follows.filter(|(told, status)| kept.get(&told.update) != Some(status)) {
        let query =
            sql::query("UPDATE updates SET status = $3, seq = $4 WHERE page_id = $1 AND id = $2 AND status <> $3");
        let query = query.bind(event.page.as_str()).bind(told.update.as_str());
        query.bind(status.as_str()).bind(tx.seq).execute(&mut *tx.conn).await?;
    }
    Ok(())
}

/// An update with the columns `id`, `at_ms`, `status`, `status_given` and `components_given`, and its words.
pub fn told<S: StringEnum>(row: &Row, words: &mut HashMap<Id, Vec<Word>>) -> sql::Result<Told<S>> {
    let update: Id = id(row, "id")?;
    let (status_given, words_given): (bool, bool) = (row.try_get("status_given")?, row.try_get("components_given")?);
    Ok(Told {
        at_ms: row.try_get("at_ms")?,
        status: if status_given {
            Some(state(row, "status")?)
        } else {
            None
        },
        words: words_given.then(|| words.remove(&update).unwrap_or_default()),
        update,
    })
}

pub fn word(row: &Row) -> sql::Result<Word> {
    Ok(Word {
        component: id(row, "component_id")?,
        name: row.try_get("component_name")?,
        status: state(row, "status")?,
    })
}

async fn listed(conn: &mut Connection, maintenance: Parent<'_>) -> sql::Result<Vec<Touched>> {
    let query = sql::query(
        "SELECT component_id, component_name FROM maintenance_components
         WHERE page_id = $1 AND maintenance_id = $2 AND listed",
    );
    let query = query.bind(maintenance.page.as_str()).bind(maintenance.id.as_str());
    let rows = query.fetch_all(conn).await?;
    let listed = rows.iter().map(|row| {
        Ok(Touched {
            id: id(row, "component_id")?,
            name: row.try_get("component_name")?,
        })
    });
    listed.collect()
}

const UPDATES: &str = "
    SELECT id, at_ms, status, status_given, components_given FROM updates
    WHERE page_id = $1 AND parent_kind = $2 AND parent_id = $3 ORDER BY at_ms, ordinal";
const WORDS: &str = "
    SELECT r.update_id, r.component_id, r.component_name, r.status FROM updates u
    JOIN reported_statuses r ON r.page_id = u.page_id AND r.update_id = u.id
    WHERE u.page_id = $1 AND u.parent_kind = $2 AND u.parent_id = $3";
