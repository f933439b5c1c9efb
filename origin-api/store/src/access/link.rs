use origin_access::{open, revision};
use origin_engine::{
    applied::Applied,
    random,
    rows::{Versioned, id, json, moment, of_json, state},
    scope::Scope,
    sql::{self, Columns as _, Connection, Row},
    tx::{Refusal, Tx},
};
use origin_objects::{
    fault::Fault,
    link::{Link, LinkPatch, NewLink, PAGE_LINKS_MAX},
    link_formats::LinkFormats,
    moment::Moment,
    string_enum::StringEnum as _,
};
use page_model::{Id, PageId, capability};

use crate::{
    access::audiences,
    family::{self, Family, FamilyChange, Order, Verb, delete_row},
};

pub type LinkChange = FamilyChange<Link>;

impl Family for Link {
    type New = NewLink;
    type Patch = LinkPatch;

    const TABLE: &'static str = "links";
    const NAME: &'static str = "link";
    const TAKEN: &'static str = "a link";
    const ORDER: Order = Order::Creation;
    const MOST: Option<(usize, &'static str)> = Some((PAGE_LINKS_MAX, "links"));

    fn id(new: &NewLink) -> Option<&Id> {
        new.id.as_ref()
    }

    async fn load(_: &mut Connection, _: &Scope, row: &Row) -> sql::Result<Self> {
        let expires_at_ms: Option<i64> = row.try_get("expires_at_ms")?;
        Ok(Self {
            id: id(row, "id")?,
            name: row.try_get("name")?,
            audiences: of_json(row, "audiences")?,
            formats: state(row, "formats")?,
            expires_at: expires_at_ms.map(Moment),
            created_at: moment(row, "created_at_ms")?,
            updated_at: moment(row, "updated_at_ms")?,
            secret: None,
        })
    }

    async fn insert(tx: &mut Tx<'_>, scope: &Scope, id: &Id, new: NewLink) -> Result<bool, Refusal> {
        audiences::expect(tx.conn, &scope.page, &new.audiences).await?;
        expect_to_come(tx, new.expires_at)?;
        let query = sql::query(
            "INSERT INTO links (page_id, id, name, audiences, formats, secret_hash, expires_at_ms, created_at_ms,
                 updated_at_ms, ordinal, seq)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $9) ON CONFLICT DO NOTHING",
        );
        let query = query.bind(scope.page.as_str()).bind(id.as_str());
        let query = query.bind(new.name.as_str()).bind(json(&new.audiences));
        let query = query.bind(new.formats.as_str()).bind(new.hash.to_vec());
        let query = query.bind(new.expires_at.map(|at| at.0)).bind(tx.now_ms).bind(tx.seq);
        let is_new = query.execute(&mut *tx.conn).await?.rows_affected() > 0;
        open::expect_room(tx, &scope.page).await?;
        Ok(is_new)
    }

    async fn update(
        tx: &mut Tx<'_>,
        scope: &Scope,
        id: &Id,
        before: Versioned<Self>,
        patch: LinkPatch,
    ) -> Result<(), Refusal> {
        let before = before.object;
        let audiences = audiences::patched(tx, &scope.page, &before.audiences, patch.audiences.as_ref()).await?;
        expect_to_come(tx, patch.expires_at.flatten())?;
        let expires_at = patch.expires_at.unwrap_or(before.expires_at);
        let is_same = patch.audiences.is_none_or(|now| now == before.audiences) && expires_at == before.expires_at;
        let name = patch.name.map_or(before.name, |name| name.into_string());
        let query = sql::query(
            "UPDATE links SET name = $3, audiences = $4, expires_at_ms = $5, updated_at_ms = $6, seq = $7
             WHERE page_id = $1 AND id = $2",
        );
        let query = query.bind(scope.page.as_str()).bind(id.as_str());
        let query = query.bind(name).bind(audiences);
        let query = query.bind(expires_at.map(|at| at.0)).bind(tx.now_ms).bind(tx.seq);
        query.execute(&mut *tx.conn).await?;
        if before.formats == LinkFormats::Kiosk && !is_same {
            revision::raise(tx, &scope.page).await?;
        }
        open::expect_room(tx, &scope.page).await
    }

    /// The screens that it opened are asked again, and refused.
    async fn remove(tx: &mut Tx<'_>, scope: &Scope, id: &Id, before: Versioned<Self>) -> Result<Applied, Refusal> {
        delete_row::<Self>(tx, scope, id).await?;
        if before.object.formats == LinkFormats::Kiosk {
            revision::raise(tx, &scope.page).await?;
        }
        Ok(Applied::deleted())
    }
}

/// The secret of a new link; the store keeps its hash.
pub fn begin(change: &mut LinkChange) -> Option<String> {
    let Verb::Create(new) = &mut change.verb else {
        return None;
    };
    let secret = random::short_secret();
    new.hash = capability::hash(&secret);
    Some(secret)
}

/// The secret goes into the answer that creates the link, and nowhere else.
pub async fn shown_once(conn: &mut Connection, page: &PageId, id: &str, secret: String) -> Result<String, Refusal> {
    let id = Id::parse(id).map_err(|_| Fault::internal())?;
    let link = family::existing::<Link>(conn, &Scope::page(page.clone()), &id).await?;
    Ok(json(&Link {
        secret: Some(secret),
        ..link.object
    }))
}

/// The links that name an audience, as somebody would call them.
pub async fn of_audience(conn: &mut Connection, page: &PageId, audience: &Id) -> sql::Result<Vec<String>> {
    let query = sql::query(
        "SELECT id FROM links WHERE page_id = $1
         AND EXISTS (SELECT 1 FROM json_each(audiences) WHERE value = $2) ORDER BY id",
    );
    let rows = query
        .bind(page.as_str())
        .bind(audience.as_str())
        .fetch_all(conn)
        .await?;
    rows.iter()
        .map(|row| Ok(format!("link {}", row.try_get::<&str, _>("id")?)))
        .collect()
}

fn expect_to_come(tx: &Tx<'_>, expires_at: Option<Moment>) -> Result<(), Refusal> {
    match expires_at {
        Some(at) if at.0 <= tx.now_ms => Err(Fault::invalid("expires_at", "a link cannot expire in the past").into()),
        _ => Ok(()),
    }
}
