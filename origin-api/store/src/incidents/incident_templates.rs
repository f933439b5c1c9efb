use origin_objects::{
    status_change::StatusChange,
    fault::Fault,
    incident_template::{IncidentTemplate, IncidentTemplatePatch, NewIncidentTemplate},
};
use page_model::{
    Id, PageId,
    status::{Impact, IncidentStatus},
};

use crate::{
    engine::{
        paging::{Listed, Window},
        random,
        rows::{Kept, id, json, of_json, state},
        sql::{self, Columns as _, Connection, Row},
        tx::{Answer, Refusal, Tx},
    },
    pages,
};

pub async fn create(tx: &mut Tx<'_>, page: &PageId, new: NewIncidentTemplate) -> Result<Answer, Refusal> {
    if !pages::exists(tx.conn, page).await? {
        return Err(pages::absent(page).into());
    }
    room(tx.conn, page).await?;
    let template = new.id.unwrap_or_else(random::id);
    let query = sql::query(
        "INSERT INTO incident_templates (page_id, id, name, title, body, status, impact, variables, ordinal, seq)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) ON CONFLICT DO NOTHING",
    );
    let query = query
        .bind(page.as_str())
        .bind(template.as_str())
        .bind(new.name.as_str());
    let query = query.bind(new.title.text).bind(new.body.text).bind(new.status.as_str());
    let query = query.bind(new.impact.map(Impact::as_str)).bind(json(&new.variables));
    if query.bind(tx.seq).execute(&mut *tx.conn).await?.rows_affected() == 0 {
        return Err(Fault::taken("id", format!("the page has a template {template} already")).into());
    }
    add_components(tx.conn, page, &template, &new.components).await?;
    let kept = existing(tx.conn, page, &template).await?;
    let location = format!("/v1/pages/{page}/incident-templates/{template}");
    Ok(Answer::created(&kept.object, tx.seq, location))
}

pub async fn change(
    tx: &mut Tx<'_>,
    page: &PageId,
    template: &Id,
    patch: IncidentTemplatePatch,
) -> Result<Answer, Refusal> {
    let before = existing(tx.conn, page, template).await?;
    tx.expect_version(before.seq)?;
    let patched = patch.apply(before.object)?;
    let query = sql::query(
        "UPDATE incident_templates SET name = $3, title = $4, body = $5, status = $6, impact = $7, variables = $8, seq = $9
         WHERE page_id = $1 AND id = $2",
    );
    let query = query.bind(page.as_str()).bind(template.as_str()).bind(&patched.name);
    let query = query
        .bind(&patched.title)
        .bind(&patched.body)
        .bind(patched.status.as_str());
    let query = query
        .bind(patched.impact.map(Impact::as_str))
        .bind(json(&patched.variables));
    query.bind(tx.seq).execute(&mut *tx.conn).await?;
    let query = sql::query("DELETE FROM incident_template_components WHERE page_id = $1 AND template_id = $2");
    let query = query.bind(page.as_str()).bind(template.as_str());
    query.execute(&mut *tx.conn).await?;
    add_components(tx.conn, page, template, &patched.components).await?;
    Ok(Answer::changed(&patched, tx.seq))
}

pub async fn delete(tx: &mut Tx<'_>, page: &PageId, template: &Id) -> Result<Answer, Refusal> {
    let before = existing(tx.conn, page, template).await?;
    tx.expect_version(before.seq)?;
    let query = sql::query("DELETE FROM incident_templates WHERE page_id = $1 AND id = $2");
    let query = query.bind(page.as_str()).bind(template.as_str());
    query.execute(&mut *tx.conn).await?;
    Ok(Answer::done())
}

pub async fn read(conn: &mut Connection, page: &PageId, template: &Id) -> sql::Result<Option<Kept<IncidentTemplate>>> {
    let query = sql::query("SELECT * FROM incident_templates WHERE page_id = $1 AND id = $2");
    let query = query.bind(page.as_str()).bind(template.as_str());
    let Some(row) = query.fetch_optional(&mut *conn).await? else {
        return Ok(None);
    };
    kept(conn, page, &row).await.map(Some)
}

/// In the order in which they were created.
pub async fn list(conn: &mut Connection, page: &PageId, window: Window) -> sql::Result<Listed<IncidentTemplate>> {
    let query =
        sql::query("SELECT * FROM incident_templates WHERE page_id = $1 AND ordinal > $2 ORDER BY ordinal LIMIT $3");
    let (_, ordinal) = window.ascending();
    let query = query.bind(page.as_str()).bind(ordinal).bind(window.rows());
    let mut templates = Vec::new();
    for row in query.fetch_all(&mut *conn).await? {
        templates.push(kept(conn, page, &row).await?);
    }
    Ok(window.cut(templates))
}

async fn existing(conn: &mut Connection, page: &PageId, template: &Id) -> Result<Kept<IncidentTemplate>, Refusal> {
    let kept = read(conn, page, template).await?;
    kept.ok_or_else(|| Fault::absent(format!("page {page} has no incident template {template}")).into())
}

async fn add_components(
    conn: &mut Connection,
    page: &PageId,
    template: &Id,
    components: &[StatusChange],
) -> Result<(), Refusal> {
    for (index, told) in components.iter().enumerate() {
        let query = sql::query(
            "INSERT INTO incident_template_components (page_id, template_id, component_id, status)
             SELECT page_id, $2, id, $4 FROM components WHERE page_id = $1 AND id = $3",
        );
        let query = query.bind(page.as_str()).bind(template.as_str());
        let query = query.bind(told.id.as_str()).bind(told.status.as_str());
        if query.execute(&mut *conn).await?.rows_affected() == 0 {
            let detail = format!("the page has no component {}", told.id);
            return Err(Fault::invalid(format!("components[{index}].id"), detail).into());
        }
    }
    Ok(())
}

async fn room(conn: &mut Connection, page: &PageId) -> Result<(), Refusal> {
    let query = sql::query_scalar("SELECT COUNT(*) FROM incident_templates WHERE page_id = $1");
    let count: i64 = query.bind(page.as_str()).fetch_one(conn).await?;
    if count < PAGE_TEMPLATES_MAX {
        return Ok(());
    }
    Err(Fault::conflict(format!("a page has at most {PAGE_TEMPLATES_MAX} incident templates")).into())
}

async fn kept(conn: &mut Connection, page: &PageId, row: &Row) -> sql::Result<Kept<IncidentTemplate>> {
    let template: Id = id(row, "id")?;
    let query = sql::query(
        "SELECT component_id, status FROM incident_template_components WHERE page_id = $1 AND template_id = $2",
    );
    let query = query.bind(page.as_str()).bind(template.as_str());
    let components = query.fetch_all(conn).await?;
    let components = components.iter().map(|row| {
        Ok(StatusChange {
            id: id(row, "component_id")?,
            status: state(row, "status")?,
        })
    });
    let impact: Option<String> = row.try_get("impact")?;
    let status: IncidentStatus = state(row, "status")?;
    let template = IncidentTemplate {
        id: template,
        name: row.try_get("name")?,
        title: row.try_get("title")?,
        body: row.try_get("body")?,
        status,
        impact: impact.as_deref().and_then(Impact::parse),
        components: components.collect::<sql::Result<_>>()?,
        variables: of_json(row, "variables")?,
    };
    Kept::of(row, template, 0)
}

const PAGE_TEMPLATES_MAX: i64 = 100;
