//! Texts are stored with the HTML that was made of them. When that was done by other rules than this build has, it is done
//! anew before anybody is served: in portions, each with how far it came, so that a restart goes on where it stopped.

use std::collections::BTreeSet;

use origin_engine::{
    outbox,
    rows::id,
    sql::{self, Columns as _, Connection, Row, execute},
    tx::{Condition, Refusal, Tx},
};
use origin_objects::markdown::{RULES, html_of};
use page_model::PageId;

use crate::archive::archive_months;

/// Where texts of publishers lie.
struct Place {
    name: &'static str,
    table: &'static str,
    /// The column that says of which page a row is.
    page: &'static str,
    source: &'static str,
    html: &'static str,
}

pub async fn renew(conn: &mut Connection, now_ms: i64) -> sql::Result<()> {
    for place in &PLACES {
        let mut mark = Mark::read(conn, place).await?;
        let mut changed = 0;
        while !mark.whole {
            execute(conn, "BEGIN IMMEDIATE").await?;
            changed += place.portion(conn, &mut mark, now_ms).await?;
            execute(conn, "COMMIT").await?;
            if !mark.whole {
                tracing::info!(
                    place.name,
                    changed,
                    "rendering texts anew, as the rules of Markdown changed"
                );
            }
        }
        if changed > 0 {
            tracing::info!(place.name, changed, "texts are rendered anew");
        }
    }
    Ok(())
}

impl Place {
    /// Renders the next rows, and says of each page that something of it changed. Answers how many texts did.
    async fn portion(&self, conn: &mut Connection, mark: &mut Mark, now_ms: i64) -> sql::Result<usize> {
        let rows = self.rows(conn, mark).await?;
        let mut changed = 0;
        let mut pages = BTreeSet::new();
        for row in &rows {
            let (source, html): (String, String) = (row.try_get("source")?, row.try_get("html")?);
            let page: PageId = id(row, "page")?;
            let rendered = html_of(&source);
            if rendered != html {
                self.write(conn, row, &rendered).await?;
                pages.insert(page.clone());
                changed += 1;
            }
            (mark.after_page, mark.after_id) = (page.to_string(), row.try_get("id")?);
        }
        mark.whole = rows.len() < PORTION;
        mark.write(conn, self).await?;
        let mut head = outbox::head(conn).await?;
        for page in pages {
            let mut tx = Tx::new(conn, now_ms, head + 1, Condition::default());
            archive_months::mark_all(&mut tx, &page).await?;
            head = tx.announce_in_passing(&page).await.map_err(failed)?;
        }
        Ok(changed)
    }

    async fn rows(&self, conn: &mut Connection, mark: &Mark) -> sql::Result<Vec<Row>> {
        let Self {
            table,
            page,
            source,
            html,
            ..
        } = self;
        let query = sql::query(sql::built(format!(
            "SELECT {page} AS page, id, {source} AS source, COALESCE({html}, '') AS html FROM {table}
             WHERE ({page}, id) > ($1, $2) AND {source} IS NOT NULL ORDER BY {page}, id LIMIT {PORTION}"
        )));
        query.bind(&mark.after_page).bind(&mark.after_id).fetch_all(conn).await
    }

    async fn write(&self, conn: &mut Connection, row: &Row, rendered: &str) -> sql::Result<()> {
        let Self { table, page, html, .. } = self;
        let query = sql::query(sql::built(format!(
            "UPDATE {table} SET {html} = $3 WHERE {page} = $1 AND id = $2"
        )));
        let (page, id): (String, String) = (row.try_get("page")?, row.try_get("id")?);
        query.bind(page).bind(id).bind(rendered).execute(conn).await?;
        Ok(())
    }
}

/// How far a place is rendered by the rules of this build.
#[derive(Default)]
struct Mark {
    after_page: String,
    after_id: String,
    whole: bool,
}

impl Mark {
    async fn read(conn: &mut Connection, place: &Place) -> sql::Result<Self> {
        let query =
            sql::query("SELECT after_page, after_id, whole FROM rendered_texts WHERE place = $1 AND rules = $2");
        let Some(row) = query.bind(place.name).bind(RULES).fetch_optional(conn).await? else {
            return Ok(Self::default());
        };
        Ok(Self {
            after_page: row.try_get("after_page")?,
            after_id: row.try_get("after_id")?,
            whole: row.try_get("whole")?,
        })
    }

    async fn write(&self, conn: &mut Connection, place: &Place) -> sql::Result<()> {
        let query = sql::query(
            "INSERT INTO rendered_texts (place, rules, after_page, after_id, whole) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (place) DO UPDATE SET rules = excluded.rules, after_page = excluded.after_page,
                 after_id = excluded.after_id, whole = excluded.whole",
        );
        let query = query
            .bind(place.name)
            .bind(RULES)
            .bind(&self.after_page)
            .bind(&self.after_id);
        query.bind(self.whole).execute(conn).await?;
        Ok(())
    }
}

/// Nothing but the database refuses here.
fn failed(refusal: Refusal) -> sql::Error {
    match refusal {
        Refusal::Database(error) => error,
        Refusal::Fault(fault) => sql::unreadable(fault.detail),
    }
}

const PLACES: [Place; 5] = [
    Place {
        name: "descriptions of pages",
        table: "pages",
        page: "id",
        source: "description",
        html: "description_html",
    },
    Place {
        name: "announcements",
        table: "pages",
        page: "id",
        source: "announcement",
        html: "announcement_html",
    },
    Place {
        name: "descriptions of groups",
        table: "component_groups",
        page: "page_id",
        source: "description",
        html: "description_html",
    },
    Place {
        name: "descriptions of components",
        table: "components",
        page: "page_id",
        source: "description",
        html: "description_html",
    },
    Place {
        name: "updates",
        table: "updates",
        page: "page_id",
        source: "body",
        html: "body_html",
    },
];
/// Texts that are rendered in one transaction: some tens of milliseconds.
const PORTION: usize = 500;
