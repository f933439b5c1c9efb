use origin_compose::timeline::Timeline;
use origin_engine::{
    applied::Applied,
    random,
    rows::{Versioned, id, json, moment, of_json, optional_id, optional_moment, state},
    scope::{Kind, Parent, Scope},
    sql::{self, Columns as _, Connection, Row},
    tx::{Refusal, Tx},
};
use origin_objects::{
    audiences::Audiences,
    fault::Fault,
    incident::{Incident, IncidentContent, IncidentPatch, NewIncident},
    incident_template::IncidentTemplate,
};
use origin_time::zone;
use page_model::{Id, PageId, status::Impact};

use crate::{
    access::audiences,
    archive::filing,
    family::{self, Family, FamilyChange, Order},
    incidents::{
        components,
        state::{mark_changed, settle},
    },
    pages::lookup,
    timelines,
    updates::{self, NewUpdate},
};

pub type IncidentChange = FamilyChange<Incident>;

impl Family for Incident {
    type New = NewIncident;
    type Patch = IncidentPatch;

    const TABLE: &'static str = "incidents";
    const NAME: &'static str = "incident";
    const TAKEN: &'static str = "an incident";
    const ORDER: Order = Order::Descending("started_at_ms");
    const MORE: &'static str = ",
        (SELECT u.id FROM updates u WHERE u.page_id = incidents.page_id AND u.parent_kind = 'incident'
             AND u.parent_id = incidents.id ORDER BY u.ordinal DESC LIMIT 1) AS latest_update,
        (SELECT json_group_array(json_array(c.component_id, c.component_name, c.status)) FROM incident_components c
         WHERE c.page_id = incidents.page_id AND c.incident_id = incidents.id) AS reported";
    const SHARES_LINKS_WITH: Option<(&'static str, &'static str)> = Some(("maintenances", "a maintenance"));

    fn id(new: &NewIncident) -> Option<&Id> {
        new.id.as_ref()
    }

    async fn load(_: &mut Connection, _: &Scope, row: &Row) -> sql::Result<Self> {
        Ok(Self {
            name: row.try_get("name")?,
            audiences: of_json(row, "audiences")?,
            status: state(row, "status")?,
            impact: state(row, "impact")?,
            started_at: moment(row, "started_at_ms")?,
            resolved_at: optional_moment(row, "resolved_at_ms")?,
            updated_at: optional_moment(row, "updated_at_ms")?,
            latest_update: optional_id(row, "latest_update")?,
            components: components::of(row)?,
            id: id(row, "id")?,
        })
    }

    async fn insert(tx: &mut Tx<'_>, scope: &Scope, id: &Id, new: NewIncident) -> Result<bool, Refusal> {
        let page = &scope.page;
        audiences::expect(tx.conn, page, &new.audiences).await?;
        let at_ms = tx.moment(new.at)?;
        let month = zone::month(&lookup::zone_of(tx.conn, page).await?, at_ms);
        let filled = filled(tx.conn, scope, &new).await?;
        if !insert_row(tx, page, (id, &new.audiences), &filled, at_ms, &month).await? {
            return Ok(false);
        }
        let first = NewUpdate {
            id: &new.update_id.unwrap_or_else(random::id),
            status: Some(filled.status),
            audiences: None,
            body: &filled.body,
            at_ms,
            displayed_at: new.displayed_at,
            components: Some(&filled.components),
            field: "components",
        };
        let incident = parent(page, id);
        let first = updates::insert_first(tx, incident, first).await?;
        let before = Timeline::default();
        settle(tx, incident, &before, &before.with(first)).await?;
        Ok(true)
    }

    async fn update(
        tx: &mut Tx<'_>,
        scope: &Scope,
        id: &Id,
        before: Versioned<Self>,
        patch: IncidentPatch,
    ) -> Result<(), Refusal> {
        let known = &before.object;
        let is_named = patch.name.as_ref().is_some_and(|name| name.as_str() != known.name);
        let audiences = audiences::patched(tx, &scope.page, &known.audiences, patch.audiences.as_ref()).await?;
        let is_change = is_named || patch.impact.is_some_and(|impact| impact != known.impact);
        let query = sql::query(
            "UPDATE incidents SET name = $3, impact = $4, impact_is_given = impact_is_given OR $5, seq = $6,
                 audiences = $7
             WHERE page_id = $1 AND id = $2",
        );
        let query = query.bind(scope.page.as_str()).bind(id.as_str());
        let query = query.bind(patch.name.map_or(known.name.clone(), |name| name.into_string()));
        let query = query.bind(patch.impact.unwrap_or(known.impact).as_str());
        let query = query.bind(patch.impact.is_some()).bind(tx.seq).bind(audiences);
        query.execute(&mut *tx.conn).await?;
        if patch.audiences.is_some_and(|audiences| audiences != known.audiences) {
            audiences::mark_seen(tx, &scope.page).await?;
        }
        if is_change {
            mark_changed(tx, parent(&scope.page, id)).await?;
            filing::file(tx, parent(&scope.page, id)).await?;
        }
        Ok(())
    }

    /// As if it had never been: what it said goes too.
    async fn remove(tx: &mut Tx<'_>, scope: &Scope, id: &Id, _: Versioned<Self>) -> Result<Applied, Refusal> {
        let page = &scope.page;
        let incident = parent(page, id);
        let before = timelines::load(tx.conn, incident).await?;
        updates::remove_all(tx, incident).await?;
        let query = sql::query("DELETE FROM incidents WHERE page_id = $1 AND id = $2");
        let query = query.bind(page.as_str()).bind(id.as_str());
        query.execute(&mut *tx.conn).await?;
        components::follow(tx, incident, &before, &Timeline::default()).await?;
        filing::file(tx, incident).await?;
        Ok(Applied::deleted())
    }
}

fn parent<'a>(page: &'a PageId, incident: &'a Id) -> Parent<'a> {
    Parent {
        page,
        kind: Kind::Incident,
        id: incident,
    }
}

/// What the request holds, and the template where the request holds nothing.
async fn filled(conn: &mut Connection, scope: &Scope, new: &NewIncident) -> Result<IncidentContent, Refusal> {
    let Some(from) = &new.template else {
        return Ok(new.content(None)?);
    };
    let template = family::read::<IncidentTemplate>(conn, scope, &from.id).await?;
    let absent = || Fault::invalid("template.id", format!("the page has no incident template {}", from.id));
    let template = template.ok_or_else(absent)?;
    Ok(new.content(Some(&template.object))?)
}

async fn insert_row(
    tx: &mut Tx<'_>,
    page: &PageId,
    (incident, audiences): (&Id, &Audiences),
    new: &IncidentContent,
    at_ms: i64,
    month: &str,
) -> sql::Result<bool> {
    let query = sql::query(
        "INSERT INTO incidents (page_id, id, name, status, impact, impact_is_given, started_at_ms, month, ordinal, seq,
             audiences)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10) ON CONFLICT DO NOTHING",
    );
    let query = query.bind(page.as_str()).bind(incident.as_str());
    let query = query.bind(new.name.as_str()).bind(new.status.as_str());
    let query = query.bind(new.impact.unwrap_or(Impact::None).as_str());
    let query = query.bind(new.impact.is_some()).bind(at_ms);
    let query = query.bind(month).bind(tx.seq).bind(json(audiences));
    Ok(query.execute(&mut *tx.conn).await?.rows_affected() > 0)
}
