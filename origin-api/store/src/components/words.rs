//! What updates say of components, with the names that these have then.

use origin_compose::{context::full_name, timeline::Word};
use origin_engine::{
    sql::{self, Columns as _, Connection},
    tx::{Refusal, Tx},
};
use origin_objects::{
    fault::Fault,
    status_change::{ReportedStatus, StatusChange},
};
use page_model::{Id, PageId};

/// Writes down what an update says, and answers it with the names. `field` is where the request says it.
pub async fn add(
    tx: &mut Tx<'_>,
    page: &PageId,
    update: &Id,
    changes: &[StatusChange],
    field: &str,
) -> Result<Vec<Word>, Refusal> {
    let mut words = Vec::with_capacity(changes.len());
    for (index, change) in changes.iter().enumerate() {
        let name = name_of(tx.conn, page, &change.id).await?;
        let name = name.ok_or_else(|| absent(&change.id).at(format!("{field}[{index}].id")))?;
        let query = sql::query(
            "INSERT INTO reported_statuses (page_id, update_id, component_id, component_name, status)
             VALUES ($1, $2, $3, $4, $5)",
        );
        let query = query.bind(page.as_str()).bind(update.as_str());
        let query = query.bind(change.id.as_str()).bind(&name).bind(change.status.as_str());
        query.execute(&mut *tx.conn).await?;
        words.push(Word {
            component: change.id.clone(),
            name,
            status: change.status,
        });
    }
    Ok(words)
}

/// The full name of a component; `None` where the page has none of that id.
pub async fn name_of(conn: &mut Connection, page: &PageId, component: &Id) -> sql::Result<Option<String>> {
    let query = sql::query(
        "SELECT c.name, g.name AS group_name FROM components c
         LEFT JOIN component_groups g ON g.page_id = c.page_id AND g.id = c.group_id
         WHERE c.page_id = $1 AND c.id = $2",
    );
    let query = query.bind(page.as_str()).bind(component.as_str());
    let Some(row) = query.fetch_optional(conn).await? else {
        return Ok(None);
    };
    let group: Option<&str> = row.try_get("group_name")?;
    Ok(Some(full_name(group, row.try_get("name")?)))
}

pub fn absent(component: &Id) -> Fault {
    Fault::invalid("components", format!("the page has no component {component}"))
}

pub fn reported(words: Vec<Word>) -> Vec<ReportedStatus> {
    let reported = words.into_iter().map(|word| ReportedStatus {
        id: word.component,
        name: word.name,
        status: word.status,
    });
    reported.collect()
}
