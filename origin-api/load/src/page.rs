//! Reads of a page what its records need, and no more: ninety days of status changes, days of incidents, changed months.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use origin_compose::{
    rows::{Component, Group, LinkedEvent, LivePage, Month, PageRows},
    style::style,
    uptime::Days,
};
use origin_engine::{
    outbox,
    rows::{id, of_json, optional_id, state, zone_name},
    sql::{self, Columns as _, Connection, Row},
};
use origin_objects::{branding as objects, moment::Day};
use origin_store::{
    access::{restricted, sets},
    archive::{
        archive_months::{self, ArchiveMonth},
        permalinks::{self, PermalinkShard},
    },
    maintenances::cancelled,
    pages::{
        assets,
        hosts::{self, Claims},
    },
};
use origin_time::zone;
use page_model::{
    Id, PageId,
    key::IdInitial,
    limits::PAST_DAYS,
    snapshot::{Announcement, Branding},
    status::Status,
};

use crate::{
    access,
    events::{incidents_of, maintenances_of, recent_incidents, recent_maintenances},
    metrics, seen,
};

/// `None` for a page that never was. Archives are loaded where they changed after `after`.
pub async fn load(conn: &mut Connection, page: &PageId, after: i64) -> sql::Result<Option<PageRows>> {
    let Some((seq, as_of_ms)) = outbox::latest(conn, page).await? else {
        return Ok(None);
    };
    let months = archive_months::of_page(conn, page).await?;
    let (live, former_sets) = match of_page(conn, page).await? {
        Some(row) => {
            let live = live(conn, page, &row, as_of_ms, &months).await?;
            (Some(live), sets::former(&row)?)
        }
        None => (None, sets::of_deleted(conn, page).await?),
    };
    Ok(Some(PageRows {
        page: page.clone(),
        seq: seq.unsigned_abs(),
        as_of_ms,
        live,
        former_sets,
        hosts_moved: hosts::claims(conn, page, Claims::Former).await?,
        hosts_gone: hosts::claims(conn, page, Claims::Gone).await?,
        months: changed_months(conn, page, months, after).await?,
        permalinks: changed_permalinks(conn, page, after).await?,
        assets: assets::changed(conn, page, after).await?,
    }))
}

async fn live(
    conn: &mut Connection,
    page: &PageId,
    row: &Row,
    as_of_ms: i64,
    months: &[ArchiveMonth],
) -> sql::Result<LivePage> {
    let time_zone = zone_name(row)?.into_string();
    let zone = zone::named(&time_zone);
    let since_ms = Days::ending(&zone, as_of_ms).start_ms();
    let span_ms = (past_start_ms(&zone, as_of_ms), as_of_ms);
    let visibility = state(row, "visibility")?;
    let is_restricted = restricted::is_restricted(conn, page).await?;
    Ok(LivePage {
        visibility,
        sets: sets::in_use(conn, page, visibility).await?,
        access: access::of_page(conn, page, row, visibility, as_of_ms).await?,
        name: row.try_get("name")?,
        description: row.try_get("description")?,
        description_html: row.try_get("description_html")?,
        language: state(row, "language")?,
        branding: branding(conn, page, row).await?,
        announcement: announcement(row)?,
        announcement_audiences: of_json(row, "announcement_audiences")?,
        website: row.try_get("website")?,
        time_zone,
        hosts: hosts::claims(conn, page, Claims::Live).await?,
        first_host: optional_id(row, "first_host")?,
        groups: groups(conn, page).await?,
        components: components(conn, page, since_ms).await?,
        gone_components: seen::gone_components(conn, page).await?,
        changes: changes(conn, page, since_ms).await?,
        incidents: recent_incidents(conn, page, span_ms).await?,
        maintenances: recent_maintenances(conn, page, span_ms).await?,
        cancelled: cancelled::since(conn, page, as_of_ms - CANCELLED_MS).await?,
        metrics: metrics::of_page(conn, page, as_of_ms).await?,
        archive_months: months
            .iter()
            .filter(|month| month.filled)
            .map(|month| month.month.clone())
            .collect(),
        traces: match is_restricted {
            true => Some(seen::month_traces(conn, page).await?),
            false => None,
        },
    })
}

async fn of_page(conn: &mut Connection, page: &PageId) -> sql::Result<Option<Row>> {
    let query = sql::query("SELECT * FROM pages WHERE id = $1").bind(page.as_str());
    query.fetch_optional(conn).await
}

async fn branding(conn: &mut Connection, page: &PageId, row: &Row) -> sql::Result<Branding> {
    let stored: objects::Branding = of_json(row, "branding")?;
    Ok(Branding {
        style: style(&stored),
        title: stored.title,
        logo: assets::of_page(conn, page, row.try_get("logo")?).await?,
        logo_dark: assets::of_page(conn, page, row.try_get("logo_dark")?).await?,
        favicon: assets::of_page(conn, page, row.try_get("favicon")?).await?,
        links: stored.links,
        embed: stored.embed,
        previewed: false,
    })
}

fn announcement(row: &Row) -> sql::Result<Option<Announcement>> {
    let body: Option<String> = row.try_get("announcement")?;
    let body_html: Option<String> = row.try_get("announcement_html")?;
    let announcement = body.zip(body_html);
    Ok(announcement.map(|(body, body_html)| Announcement { body, body_html }))
}

pub fn past_start_ms(zone: &TimeZone, as_of_ms: i64) -> i64 {
    let today = zone::date(zone, as_of_ms);
    zone::day_start_ms(zone, zone::days_before(today, PAST_DAYS - 1))
}

async fn groups(conn: &mut Connection, page: &PageId) -> sql::Result<Vec<Group>> {
    let query = sql::query("SELECT * FROM component_groups WHERE page_id = $1 ORDER BY position, ordinal");
    let rows = query.bind(page.as_str()).fetch_all(conn).await?;
    let groups = rows.iter().map(|row| {
        Ok(Group {
            id: id(row, "id")?,
            audiences: of_json(row, "audiences")?,
            name: row.try_get("name")?,
            description: row.try_get("description")?,
            description_html: row.try_get("description_html")?,
            display: state(row, "display")?,
            position: row.try_get("position")?,
            ordinal: row.try_get("ordinal")?,
            created_at_ms: row.try_get("created_at_ms")?,
            updated_at_ms: row.try_get("updated_at_ms")?,
        })
    });
    groups.collect()
}

async fn components(conn: &mut Connection, page: &PageId, since_ms: i64) -> sql::Result<Vec<Component>> {
    let query = sql::query(
        "SELECT c.*, (SELECT s.status FROM status_changes s
                      WHERE s.page_id = c.page_id AND s.component_id = c.id AND s.at_ms < $2
                      ORDER BY s.at_ms DESC LIMIT 1) AS before
         FROM components c WHERE c.page_id = $1 ORDER BY c.position, c.ordinal",
    );
    let rows = query.bind(page.as_str()).bind(since_ms).fetch_all(conn).await?;
    rows.iter().map(component).collect()
}

fn component(row: &Row) -> sql::Result<Component> {
    let before: Option<String> = row.try_get("before")?;
    Ok(Component {
        id: id(row, "id")?,
        audiences: of_json(row, "audiences")?,
        group_id: optional_id(row, "group_id")?,
        name: row.try_get("name")?,
        description: row.try_get("description")?,
        description_html: row.try_get("description_html")?,
        position: row.try_get("position")?,
        ordinal: row.try_get("ordinal")?,
        status: state(row, "status")?,
        show_uptime: row.try_get("show_uptime")?,
        only_show_if_degraded: row.try_get("only_show_if_degraded")?,
        started_on: optional_id::<Day>(row, "start_date")?.map(|day| day.0),
        created_at_ms: row.try_get("created_at_ms")?,
        updated_at_ms: row.try_get("updated_at_ms")?,
        before: before
            .and_then(|text| Status::parse(&text))
            .unwrap_or(Status::Operational),
    })
}

async fn changes(conn: &mut Connection, page: &PageId, since_ms: i64) -> sql::Result<HashMap<Id, Vec<(i64, Status)>>> {
    let query = sql::query(
        "SELECT s.component_id, s.at_ms, s.status FROM components c
         JOIN status_changes s ON s.page_id = c.page_id AND s.component_id = c.id AND s.at_ms >= $2
         WHERE c.page_id = $1 ORDER BY s.component_id, s.at_ms",
    );
    let mut changes: HashMap<Id, Vec<(i64, Status)>> = HashMap::new();
    for row in &query.bind(page.as_str()).bind(since_ms).fetch_all(conn).await? {
        let change = (row.try_get("at_ms")?, state(row, "status")?);
        changes.entry(id(row, "component_id")?).or_default().push(change);
    }
    Ok(changes)
}

async fn changed_months(
    conn: &mut Connection,
    page: &PageId,
    months: Vec<ArchiveMonth>,
    after: i64,
) -> sql::Result<Vec<Month>> {
    let mut changed = Vec::new();
    for month in months.into_iter().filter(|month| month.changed_seq > after) {
        changed.push(Month {
            filled: month.filled,
            incidents: incidents_of(conn, page, &month.month).await?,
            maintenances: maintenances_of(conn, page, &month.month).await?,
            month: month.month,
        });
    }
    Ok(changed)
}

async fn changed_permalinks(
    conn: &mut Connection,
    page: &PageId,
    after: i64,
) -> sql::Result<Vec<(IdInitial, Vec<LinkedEvent>)>> {
    let shards = permalinks::changed(conn, page, after).await?;
    let shards = shards.into_iter().filter_map(|PermalinkShard { initial, events }| {
        let initial = IdInitial::parse(&initial)?;
        Some((initial, events))
    });
    Ok(shards.collect())
}

/// How long calendars learn that a maintenance was called off.
const CANCELLED_MS: i64 = 30 * 24 * 60 * 60 * 1000;
