//! What is read of a page besides what it shows, to decide who sees what.

use origin_compose::rows::{GoneComponent, MonthTrace};
use origin_engine::{
    rows::{id, of_json},
    sql::{self, Columns as _, Connection, Row},
};
use page_model::PageId;

pub async fn gone_components(conn: &mut Connection, page: &PageId) -> sql::Result<Vec<GoneComponent>> {
    let query = sql::query(GONE_COMPONENTS).bind(page.as_str());
    gone(&query.fetch_all(conn).await?)
}

pub const GONE_COMPONENTS: &str = "SELECT id, audiences FROM gone_components WHERE page_id = $1 ORDER BY id";

pub fn gone(rows: &[Row]) -> sql::Result<Vec<GoneComponent>> {
    let gone = rows.iter().map(|row| {
        Ok(GoneComponent {
            id: id(row, "id")?,
            audiences: of_json(row, "audiences")?,
        })
    });
    gone.collect()
}

/// What touched each month, as far as who sees it goes: events that are alike in that are one.
pub async fn month_traces(conn: &mut Connection, page: &PageId) -> sql::Result<Vec<MonthTrace>> {
    let rows = sql::query(TRACES).bind(page.as_str()).fetch_all(conn).await?;
    let traces = rows.iter().map(|row| {
        Ok(MonthTrace {
            month: row.try_get("month")?,
            audiences: of_json(row, "audiences")?,
            components: of_json(row, "components")?,
        })
    });
    traces.collect()
}

const TRACES: &str = "
    SELECT m.month, e.audiences,
        (SELECT json_group_array(c.component_id) FROM incident_components c
         WHERE c.page_id = e.page_id AND c.incident_id = e.id) AS components
    FROM event_months m JOIN incidents e ON e.page_id = m.page_id AND e.id = m.event_id
    WHERE m.page_id = $1 AND m.kind = 'incident'
    UNION
    SELECT m.month, e.audiences,
        (SELECT json_group_array(c.component_id) FROM maintenance_components c
         WHERE c.page_id = e.page_id AND c.maintenance_id = e.id) AS components
    FROM event_months m JOIN maintenances e ON e.page_id = m.page_id AND e.id = m.event_id
    WHERE m.page_id = $1 AND m.kind = 'maintenance'";
