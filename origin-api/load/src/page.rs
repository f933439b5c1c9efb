//! Reads of a page what its records need, and no more: ninety days of status changes, days of incidents, changed months.

use std::{collections::HashMap, sync::LazyLock};

use jiff::tz::TimeZone;
use origin_access::{restricted::IS_RESTRICTED, sets};
use origin_compose::{
    rows::{Component, Group, LinkedEvent, LivePage, Month, PageRows},
    style::style,
    uptime::Days,
};
use origin_engine::{
    outbox::{self, Latest},
    rows::{id, of_json, optional_id, state, zone_name},
    sql::{self, Columns as _, Connection, Row},
};
use origin_objects::{branding as objects, moment::Day};
use origin_store::{
    archive::{
        archive_months::{self, ArchiveMonth, archive_month},
        permalinks::{self, PermalinkShard},
    },
    maintenances::cancelled::{self, cancelled},
    pages::{
        assets,
        hosts::{CLAIMS, Claims, claims_among},
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

use crate::{access, events, metrics, seen};

/// What is read of every page, in one command: a page costs more for each than for most of what is read.
struct Standing {
    months: Vec<ArchiveMonth>,
    hosts: Vec<Row>,
    groups: Vec<Row>,
    gone_components: Vec<Row>,
    is_restricted: bool,
    metrics: Vec<Row>,
}

static STANDING: LazyLock<String> = LazyLock::new(|| {
    let statements = [
        outbox::LATEST,
        "SELECT * FROM pages WHERE id = $1",
        archive_months::OF_PAGE,
        CLAIMS,
        GROUPS,
        seen::GONE_COMPONENTS,
        IS_RESTRICTED,
        metrics::OF_PAGE,
        permalinks::CHANGED,
        assets::CHANGED,
    ];
    statements.join(";")
});

/// What follows from the page's moment, in one command too.
static RECENT: LazyLock<String> = LazyLock::new(|| {
    let [incidents, maintenances] = events::RECENT;
    [COMPONENTS, CHANGES, cancelled::SINCE, incidents, maintenances].join(";")
});

/// `None` for a page that never was. Archives are loaded where they changed after `after`.
pub async fn load(conn: &mut Connection, page: &PageId, after: i64) -> sql::Result<Option<PageRows>> {
    let query = sql::query(STANDING.as_str()).bind(page.as_str()).bind(after);
    let [
        latest,
        row,
        months,
        hosts,
        groups,
        gone,
        restricted,
        metrics,
        shards,
        pictures,
    ] = sql::fetch_each(conn, query).await?;
    let Some(latest) = latest.first() else {
        return Ok(None);
    };
    let Latest { seq, at_ms, .. } = outbox::latest_of(latest)?;
    let standing = Standing {
        months: months.iter().map(archive_month).collect::<sql::Result<_>>()?,
        hosts,
        groups,
        gone_components: gone,
        is_restricted: restricted
            .first()
            .map_or(Ok(false), |row| row.try_get("is_restricted"))?,
        metrics,
    };
    let (live, former_sets) = match row.first() {
        Some(row) => {
            let live = live(conn, page, row, at_ms, &standing).await?;
            (Some(live), sets::former(row)?)
        }
        None => (None, sets::of_deleted(conn, page).await?),
    };
    Ok(Some(PageRows {
        page: page.clone(),
        seq: seq.unsigned_abs(),
        as_of_ms: at_ms,
        live,
        former_sets,
        hosts_moved: claims_among(&standing.hosts, Claims::Former)?,
        hosts_gone: claims_among(&standing.hosts, Claims::Gone)?,
        months: changed_months(conn, page, standing.months, after).await?,
        permalinks: changed_permalinks(conn, page, &shards, standing.is_restricted).await?,
        assets: pictures.iter().map(assets::changed).collect::<sql::Result<_>>()?,
    }))
}

async fn live(
    conn: &mut Connection,
    page: &PageId,
    row: &Row,
    as_of_ms: i64,
    standing: &Standing,
) -> sql::Result<LivePage> {
    let time_zone = zone_name(row)?.into_string();
    let zone = zone::named(&time_zone);
    let since_ms = Days::ending(&zone, as_of_ms).start_ms();
    let visibility = state(row, "visibility")?;
    let query = sql::query(RECENT.as_str()).bind(page.as_str());
    let query = query.bind(past_start_ms(&zone, as_of_ms)).bind(as_of_ms).bind(since_ms);
    let query = query.bind(as_of_ms - CANCELLED_MS);
    let [components, status_changes, called_off, incidents, maintenances] = sql::fetch_each(conn, query).await?;
    let recent = events::whole(conn, page, [incidents, maintenances]).await?;
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
        hosts: claims_among(&standing.hosts, Claims::Live)?,
        first_host: optional_id(row, "first_host")?,
        groups: standing.groups.iter().map(group).collect::<sql::Result<_>>()?,
        components: components.iter().map(component).collect::<sql::Result<_>>()?,
        gone_components: seen::gone(&standing.gone_components)?,
        changes: changes(&status_changes)?,
        incidents: recent.incidents,
        maintenances: recent.maintenances,
        cancelled: called_off.iter().map(cancelled).collect::<sql::Result<_>>()?,
        metrics: metrics::measured_of(conn, page, &standing.metrics, as_of_ms).await?,
        archive_months: standing
            .months
            .iter()
            .filter(|month| month.filled)
            .map(|month| month.month.clone())
            .collect(),
        traces: match standing.is_restricted {
            true => Some(seen::month_traces(conn, page).await?),
            false => None,
        },
    })
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

fn group(row: &Row) -> sql::Result<Group> {
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

fn changes(rows: &[Row]) -> sql::Result<HashMap<Id, Vec<(i64, Status)>>> {
    let mut changes: HashMap<Id, Vec<(i64, Status)>> = HashMap::new();
    for row in rows {
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
        let events = events::of_month(conn, page, &month.month).await?;
        changed.push(Month {
            filled: month.filled,
            incidents: events.incidents,
            maintenances: events.maintenances,
            month: month.month,
        });
    }
    Ok(changed)
}

async fn changed_permalinks(
    conn: &mut Connection,
    page: &PageId,
    shards: &[Row],
    is_restricted: bool,
) -> sql::Result<Vec<(IdInitial, Vec<LinkedEvent>)>> {
    let shards = permalinks::shards(conn, page, shards, is_restricted).await?;
    let shards = shards.into_iter().filter_map(|PermalinkShard { initial, events }| {
        let initial = IdInitial::parse(&initial)?;
        Some((initial, events))
    });
    Ok(shards.collect())
}

const GROUPS: &str = "SELECT * FROM component_groups WHERE page_id = $1 ORDER BY position, ordinal";
/// `$4` is the first moment of the days that are shown.
const COMPONENTS: &str = "
    SELECT c.*, (SELECT s.status FROM status_changes s
                 WHERE s.page_id = c.page_id AND s.component_id = c.id AND s.at_ms < $4
                 ORDER BY s.at_ms DESC LIMIT 1) AS before
    FROM components c WHERE c.page_id = $1 ORDER BY c.position, c.ordinal";
const CHANGES: &str = "
    SELECT s.component_id, s.at_ms, s.status FROM components c
    JOIN status_changes s ON s.page_id = c.page_id AND s.component_id = c.id AND s.at_ms >= $4
    WHERE c.page_id = $1 ORDER BY s.component_id, s.at_ms";
/// How long calendars learn that a maintenance was called off.
const CANCELLED_MS: i64 = 30 * 24 * 60 * 60 * 1000;
