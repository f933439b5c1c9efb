use origin_engine::{
    applied::Applied,
    rows::{Versioned, id, json, of_json, state},
    scope::Scope,
    sql::{self, Columns as _, Connection, Row},
    tx::{Refusal, Tx},
};
use origin_objects::{
    fault::Fault,
    incident_template::{IncidentTemplate, IncidentTemplatePatch, NewIncidentTemplate},
    status_change::StatusChange,
};
use page_model::{Id, PageId, status::Impact};

use crate::family::{Family, FamilyChange, Order, delete_row};

pub type IncidentTemplateChange = FamilyChange<IncidentTemplate>;

impl Family for IncidentTemplate {
    type New = NewIncidentTemplate;
    type Patch = IncidentTemplatePatch;

    const TABLE: &'static str = "incident_templates";
    const NAME: &'static str = "incident template";
    const TAKEN: &'static str = "a template";
    const ORDER: Order = Order::Creation;
    const MOST: Option<(usize, &'static str)> = Some((PAGE_TEMPLATES_MAX, "incident templates"));

    fn id(new: &NewIncidentTemplate) -> Option<&Id> {
        new.id.as_ref()
    }

    async fn load(conn: &mut Connection, scope: &Scope, row: &Row) -> sql::Result<Self> {
        let template: Id = id(row, "id")?;
        let impact: Option<String> = row.try_get("impact")?;
        Ok(Self {
            name: row.try_get("name")?,
            title: row.try_get("title")?,
            body: row.try_get("body")?,
            status: state(row, "status")?,
            impact: impact.as_deref().and_then(Impact::parse),
            components: components(conn, &scope.page, &template).await?,
            variables: of_json(row, "variables")?,
            id: template,
        })
    }

    async fn insert(tx: &mut Tx<'_>, scope: &Scope, id: &Id, new: NewIncidentTemplate) -> Result<bool, Refusal> {
        let query = sql::query(
            "INSERT INTO incident_templates (page_id, id, name, title, body, status, impact, variables, ordinal, seq)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) ON CONFLICT DO NOTHING",
        );
        let query = query
            .bind(scope.page.as_str())
            .bind(id.as_str())
            .bind(new.name.as_str());
        let query = query.bind(new.title.text).bind(new.body.text).bind(new.status.as_str());
        let query = query.bind(new.impact.map(Impact::as_str)).bind(json(&new.variables));
        if query.bind(tx.seq).execute(&mut *tx.conn).await?.rows_affected() == 0 {
            return Ok(false);
        }
        add_components(tx.conn, &scope.page, id, &new.components).await?;
        Ok(true)
    }

    async fn update(
        tx: &mut Tx<'_>,
        scope: &Scope,
        id: &Id,
        before: Versioned<Self>,
        patch: IncidentTemplatePatch,
    ) -> Result<(), Refusal> {
        let patched = patch.apply(before.object)?;
        let query = sql::query(
            "UPDATE incident_templates SET name = $3, title = $4, body = $5, status = $6, impact = $7, variables = $8,
                 seq = $9
             WHERE page_id = $1 AND id = $2",
        );
        let query = query.bind(scope.page.as_str()).bind(id.as_str()).bind(&patched.name);
        let query = query.bind(&patched.title).bind(&patched.body);
        let query = query
            .bind(patched.status.as_str())
            .bind(patched.impact.map(Impact::as_str));
        let query = query.bind(json(&patched.variables)).bind(tx.seq);
        query.execute(&mut *tx.conn).await?;
        let query = sql::query("DELETE FROM incident_template_components WHERE page_id = $1 AND template_id = $2");
        let query = query.bind(scope.page.as_str()).bind(id.as_str());
        query.execute(&mut *tx.conn).await?;
        add_components(tx.conn, &scope.page, id, &patched.components).await
    }

    async fn remove(tx: &mut Tx<'_>, scope: &Scope, id: &Id, _: Versioned<Self>) -> Result<Applied, Refusal> {
        delete_row::<Self>(tx, scope, id).await?;
        Ok(Applied::deleted())
    }
}

async fn components(conn: &mut Connection, page: &PageId, template: &Id) -> sql::Result<Vec<StatusChange>> {
    let query = sql::query(
        "SELECT component_id, status FROM incident_template_components WHERE page_id = $1 AND template_id = $2",
    );
    let rows = query
        .bind(page.as_str())
        .bind(template.as_str())
        .fetch_all(conn)
        .await?;
    let components = rows.iter().map(|row| {
        Ok(StatusChange {
            id: id(row, "component_id")?,
            status: state(row, "status")?,
        })
    });
    components.collect()
}

async fn add_components(
    conn: &mut Connection,
    page: &PageId,
    template: &Id,
    components: &[StatusChange],
) -> Result<(), Refusal> {
    for (index, change) in components.iter().enumerate() {
        let query = sql::query(
            "INSERT INTO incident_template_components (page_id, template_id, component_id, status)
             SELECT page_id, $2, id, $4 FROM components WHERE page_id = $1 AND id = $3",
        );
        let query = query.bind(page.as_str()).bind(template.as_str());
        let query = query.bind(change.id.as_str()).bind(change.status.as_str());
        if query.execute(&mut *conn).await?.rows_affected() == 0 {
            let detail = format!("the page has no component {}", change.id);
            return Err(Fault::invalid(format!("components[{index}].id"), detail).into());
        }
    }
    Ok(())
}

const PAGE_TEMPLATES_MAX: usize = 100;
