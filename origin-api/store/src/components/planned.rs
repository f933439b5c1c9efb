//! What is planned for a component that goes.

use origin_engine::{
    rows::id,
    sql::{self, Columns as _, Connection, Row},
    tx::Tx,
};
use page_model::{Id, PageId};

use crate::access::audiences;

/// Takes a component out of the maintenances that have not begun, and answers which. They, the series and the templates that
/// name it change with that.
pub async fn leave_out(tx: &mut Tx<'_>, page: &PageId, component: &Id) -> sql::Result<Vec<Id>> {
    audiences::keep_narrow(tx, page, component).await?;
    let mut left = Vec::new();
    for row in planned(tx.conn, page, component).await? {
        let maintenance: Id = id(&row, "id")?;
        for sql in [UNLIST, FORGET] {
            let query = sql::query(sql).bind(page.as_str()).bind(maintenance.as_str());
            query.bind(component.as_str()).execute(&mut *tx.conn).await?;
        }
        let query = sql::query(
            "UPDATE maintenances SET seq = $3, revision = revision + 1, updated_at_ms = $4 WHERE page_id = $1 AND id = $2",
        );
        let query = query.bind(page.as_str()).bind(maintenance.as_str());
        query.bind(tx.seq).bind(tx.now_ms).execute(&mut *tx.conn).await?;
        // The series goes on deciding of it.
        let query =
            sql::query("UPDATE occurrences SET seq = $3 WHERE page_id = $1 AND maintenance_id = $2 AND seq = $4");
        let query = query.bind(page.as_str()).bind(maintenance.as_str()).bind(tx.seq);
        query.bind(row.try_get::<i64, _>("seq")?).execute(&mut *tx.conn).await?;
        left.push(maintenance);
    }
    for sql in [SERIES, TEMPLATES] {
        let query = sql::query(sql).bind(page.as_str()).bind(component.as_str());
        query.bind(tx.seq).execute(&mut *tx.conn).await?;
    }
    Ok(left)
}

async fn planned(conn: &mut Connection, page: &PageId, component: &Id) -> sql::Result<Vec<Row>> {
    let query = sql::query(
        "SELECT m.id, m.seq FROM maintenance_components c
         JOIN maintenances m ON m.page_id = c.page_id AND m.id = c.maintenance_id
         WHERE c.page_id = $1 AND c.component_id = $2 AND c.listed AND m.status = 'scheduled' AND m.began_at_ms IS NULL
         ORDER BY m.starts_at_ms, m.ordinal",
    );
    let query = query.bind(page.as_str()).bind(component.as_str());
    query.fetch_all(conn).await
}

const UNLIST: &str = "
    UPDATE maintenance_components SET listed = FALSE
    WHERE page_id = $1 AND maintenance_id = $2 AND component_id = $3";
/// One that an update named goes on being what that update is about.
const FORGET: &str = "
    DELETE FROM maintenance_components
    WHERE page_id = $1 AND maintenance_id = $2 AND component_id = $3 AND NOT EXISTS (
        SELECT 1 FROM updates u
        JOIN reported_statuses r ON r.page_id = u.page_id AND r.update_id = u.id AND r.component_id = $3
        WHERE u.page_id = $1 AND u.parent_kind = 'maintenance' AND u.parent_id = $2)";
const SERIES: &str = "UPDATE maintenance_series SET seq = $3 WHERE page_id = $1 AND id IN
    (SELECT series_id FROM maintenance_series_components WHERE page_id = $1 AND component_id = $2)";
const TEMPLATES: &str = "UPDATE incident_templates SET seq = $3 WHERE page_id = $1 AND id IN
    (SELECT template_id FROM incident_template_components WHERE page_id = $1 AND component_id = $2)";
