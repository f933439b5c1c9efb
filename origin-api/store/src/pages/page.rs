use origin_access::revision;
use origin_compose::rows::HostClaim;
use origin_engine::{
    applied::Applied,
    paging::{Listed, Window},
    rows::{Versioned, id, json, moment, of_json, state, zone_name},
    scope::absent_page,
    sql::{self, Columns as _, Connection, Row},
    tx::{Refusal, Tx},
};
use origin_objects::{
    branding::Branding,
    fault::Fault,
    page::{NewPage, Page, PagePatch},
    sign_in::SignIn,
    string_enum::StringEnum,
};
use origin_time::zone;
use page_model::{Host, PageId};

use crate::{
    access::sets,
    archive::{archive_months, filing, permalinks},
    pages::{
        assets, days,
        hosts::{self, CLAIMS, Claims, claims_among, claims_by_page},
    },
};

/// Nothing is above a page that a condition could speak of.
pub async fn create(tx: &mut Tx<'_>, page: &PageId, new: NewPage) -> Result<Applied, Refusal> {
    tx.expect_known(None::<&Page>)?;
    let query = sql::query(
        "INSERT INTO pages (id, name, description, description_html, website, time_zone, language, branding,
             created_at_ms, ordinal, seq, visibility, sign_in, access_epoch)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $12, $13) ON CONFLICT DO NOTHING",
    );
    let query = query
        .bind(page.as_str())
        .bind(new.name.as_str())
        .bind(new.description.text);
    let query = query
        .bind(new.description.html)
        .bind(new.website.as_ref().map(|website| website.as_str()));
    let branding = Branding::default().changed(new.branding.unwrap_or_default());
    let query = query
        .bind(new.time_zone.as_str())
        .bind(new.language.as_str())
        .bind(json(&branding));
    let query = query.bind(tx.now_ms).bind(tx.seq).bind(new.visibility.as_str());
    let sign_in = SignIn::default().changed(&new.sign_in.unwrap_or_default());
    let query = query.bind(json(&sign_in)).bind(revision::first_epoch(tx.now_ms));
    if query.execute(&mut *tx.conn).await?.rows_affected() == 0 {
        return Err(Fault::taken("id", format!("there is a page {page} already")).into());
    }
    sets::begin(tx, page, new.visibility).await?;
    sql::query("DELETE FROM deleted_pages WHERE page_id = $1")
        .bind(page.as_str())
        .execute(&mut *tx.conn)
        .await?;
    hosts::assign(tx, page, &new.hosts).await?;
    Ok(Applied::created(page.as_str(), &existing(tx.conn, page).await?))
}

pub async fn change(tx: &mut Tx<'_>, page: &PageId, patch: PagePatch) -> Result<Applied, Refusal> {
    let before = existing(tx.conn, page).await?;
    tx.expect_known(Some(&before.object))?;
    let known = shown_in_archives(&before.object);
    if let Some(description) = &patch.description {
        describe(tx.conn, page, &description.text, &description.html).await?;
    }
    let website = patch
        .website
        .map_or(before.object.website, |new| new.map(|website| website.into_string()));
    let name = patch.name.map_or(before.object.name, |name| name.into_string());
    let zone_name = patch
        .time_zone
        .map_or(before.object.time_zone.clone(), |zone| zone.into_string());
    let branding = match patch.branding {
        Some(patch) => before.object.branding.changed(patch),
        None => before.object.branding,
    };
    let query = sql::query(
        "UPDATE pages SET name = $2, website = $3, time_zone = $4, language = $5, branding = $6, seq = $7,
             visibility = $8, sign_in = $9 WHERE id = $1",
    );
    let query = query.bind(page.as_str()).bind(name).bind(website).bind(&zone_name);
    let language = patch.language.unwrap_or(before.object.language);
    let query = query.bind(language.as_str()).bind(json(&branding)).bind(tx.seq);
    let visibility = patch.visibility.unwrap_or(before.object.visibility);
    let sign_in = before.object.sign_in.changed(&patch.sign_in.unwrap_or_default());
    let query = query.bind(visibility.as_str()).bind(json(&sign_in));
    query.execute(&mut *tx.conn).await?;
    if let Some(new) = &patch.hosts {
        hosts::assign(tx, page, new).await?;
    }
    if let Some(kept) = &patch.former_hosts {
        hosts::keep_former(tx, page, kept).await?;
    }
    sets::settle(tx, page).await?;
    if zone_name != before.object.time_zone {
        filing::file_all(tx, page, &zone::named(&zone_name)).await?;
        days::look_now(tx, page).await?;
    }
    let after = existing(tx.conn, page).await?;
    if shown_in_archives(&after.object) != known {
        archive_months::mark_all(tx, page).await?;
    }
    Ok(Applied::changed(&after))
}

/// Another host, or another way to sign in, sends no month of the past again.
fn shown_in_archives(page: &Page) -> String {
    let words = (&page.name, &page.description, &page.website, &page.time_zone);
    let settings = (page.language.as_str(), page.visibility.as_str(), &page.branding);
    json(&(words, settings, page.hosts.first()))
}

/// What the regions have of it is taken back: its hosts stay as hosts that are gone, its months as months without an archive.
pub async fn delete(tx: &mut Tx<'_>, page: &PageId) -> Result<Applied, Refusal> {
    expect_known(tx, page).await?;
    archive_months::empty_all(tx, page).await?;
    permalinks::empty_all(tx, page).await?;
    assets::empty_all(tx, page).await?;
    hosts::release(tx, page).await?;
    let sets = origin_access::sets::ever(tx.conn, page).await?;
    sql::query("DELETE FROM pages WHERE id = $1")
        .bind(page.as_str())
        .execute(&mut *tx.conn)
        .await?;
    let query = sql::query("INSERT INTO deleted_pages (page_id, deleted_ms, former_sets) VALUES ($1, $2, $3)");
    let query = query.bind(page.as_str()).bind(tx.now_ms).bind(json(&sets));
    query.execute(&mut *tx.conn).await?;
    Ok(Applied::deleted())
}

pub async fn read(conn: &mut Connection, page: &PageId) -> sql::Result<Option<Versioned<Page>>> {
    let query = sql::query("SELECT * FROM pages WHERE id = $1").bind(page.as_str());
    let Some(row) = query.fetch_optional(&mut *conn).await? else {
        return Ok(None);
    };
    let claims = sql::query(CLAIMS).bind(page.as_str()).fetch_all(&mut *conn).await?;
    versioned(conn, &row, &claims).await.map(Some)
}

/// All pages, or the one that a token is for.
pub async fn list(conn: &mut Connection, only: Option<&PageId>, window: Window) -> sql::Result<Listed<Page>> {
    let query = sql::query(
        "SELECT * FROM pages WHERE (created_at_ms, ordinal) > ($1, $2) AND ($3 IS NULL OR id = $3)
         ORDER BY created_at_ms, ordinal LIMIT $4",
    );
    let (sort, ordinal) = window.ascending();
    let query = query
        .bind(sort)
        .bind(ordinal)
        .bind(only.map(PageId::as_str))
        .bind(window.rows());
    let rows = query.fetch_all(&mut *conn).await?;
    let ids = rows.iter().map(|row| id(row, "id"));
    let ids = ids.collect::<sql::Result<Vec<PageId>>>()?;
    let mut claims = claims_by_page(conn, &ids).await?;
    let mut pages = Vec::with_capacity(rows.len());
    for (page, row) in ids.iter().zip(&rows) {
        pages.push(versioned(conn, row, &claims.remove(page).unwrap_or_default()).await?);
    }
    Ok(window.cut(pages))
}

/// The page exists, and is as the sender knows it.
pub async fn expect_known(tx: &mut Tx<'_>, page: &PageId) -> Result<(), Refusal> {
    let found = existing(tx.conn, page).await?;
    tx.expect_known(Some(&found.object))
}

async fn existing(conn: &mut Connection, page: &PageId) -> Result<Versioned<Page>, Refusal> {
    read(conn, page).await?.ok_or_else(|| absent_page(page).into())
}

async fn describe(conn: &mut Connection, page: &PageId, text: &str, html: &str) -> sql::Result<()> {
    let query = sql::query("UPDATE pages SET description = $2, description_html = $3 WHERE id = $1");
    query.bind(page.as_str()).bind(text).bind(html).execute(conn).await?;
    Ok(())
}

async fn versioned(conn: &mut Connection, row: &Row, claims: &[Row]) -> sql::Result<Versioned<Page>> {
    let page: PageId = id(row, "id")?;
    let named = |claims: Vec<HostClaim>| -> Vec<Host> { claims.into_iter().map(|claim| claim.host).collect() };
    let page = Page {
        name: row.try_get("name")?,
        hosts: named(claims_among(claims, Claims::Live)?),
        former_hosts: named(claims_among(claims, Claims::Former)?),
        description: row.try_get("description")?,
        website: row.try_get("website")?,
        time_zone: zone_name(row)?.into_string(),
        language: state(row, "language")?,
        visibility: state(row, "visibility")?,
        sign_in: of_json(row, "sign_in")?,
        branding: of_json(row, "branding")?,
        logo: assets::of_page(conn, &page, row.try_get("logo")?).await?,
        logo_dark: assets::of_page(conn, &page, row.try_get("logo_dark")?).await?,
        favicon: assets::of_page(conn, &page, row.try_get("favicon")?).await?,
        created_at: moment(row, "created_at_ms")?,
        id: page,
    };
    Versioned::of(row, page, row.try_get("created_at_ms")?)
}
