use origin_engine::{
    applied::Applied,
    audit::{self, Entry},
    paging::{Listed, Window},
    random,
    rows::{Versioned, id, json, moment, optional_id},
    scope::page_exists,
    sql::{self, Columns as _, Connection, Row},
    tx::{Refusal, Tx},
};
use origin_objects::{
    fault::Fault,
    token::{NewToken, Token, TokenPatch},
};
use page_model::{Id, PageId};
use sha2::{Digest, Sha256};

/// The secret goes into this answer only; the store keeps its hash. Nothing is above a token that a condition could speak of.
pub async fn create(tx: &mut Tx<'_>, new: NewToken) -> Result<Applied, Refusal> {
    tx.expect_known(None::<&Token>)?;
    if let Some(page) = &new.page
        && !page_exists(tx.conn, page).await?
    {
        return Err(Fault::invalid("page", format!("there is no page {page}")).into());
    }
    let token = new.id.unwrap_or_else(random::id);
    let secret = random::secret();
    let query = sql::query(
        "INSERT INTO tokens (id, name, page_id, secret_sha256, created_at_ms, ordinal, seq)
         VALUES ($1, $2, $3, $4, $5, (SELECT COALESCE(MAX(ordinal), 0) + 1 FROM tokens), 1) ON CONFLICT DO NOTHING",
    );
    let query = query
        .bind(token.as_str())
        .bind(new.name.as_str())
        .bind(new.page.as_ref().map(PageId::as_str));
    let query = query.bind(hash(&secret).as_slice()).bind(tx.now_ms);
    if query.execute(&mut *tx.conn).await?.rows_affected() == 0 {
        return Err(Fault::taken("id", format!("there is a token {token} already")).into());
    }
    let created = existing(tx.conn, &token).await?;
    let applied = Applied::created(token.as_str(), &created);
    note(tx, "created", (None, Some(&created.object))).await?;
    let shown = Token {
        secret: Some(secret),
        ..created.object
    };
    Ok(Applied {
        shown_once: Some(json(&shown)),
        ..applied
    })
}

pub async fn change(tx: &mut Tx<'_>, token: &Id, patch: TokenPatch) -> Result<Applied, Refusal> {
    let before = existing(tx.conn, token).await?;
    tx.expect_known(Some(&before.object))?;
    let query = sql::query("UPDATE tokens SET name = $2, seq = seq + 1 WHERE id = $1");
    let known = before.object;
    let name = patch.name.map_or(known.name.clone(), |name| name.into_string());
    query.bind(token.as_str()).bind(name).execute(&mut *tx.conn).await?;
    let after = existing(tx.conn, token).await?;
    note(tx, "changed", (Some(&known), Some(&after.object))).await?;
    Ok(Applied::changed(&after))
}

pub async fn delete(tx: &mut Tx<'_>, token: &Id) -> Result<Applied, Refusal> {
    let before = existing(tx.conn, token).await?;
    tx.expect_known(Some(&before.object))?;
    sql::query("DELETE FROM tokens WHERE id = $1")
        .bind(token.as_str())
        .execute(&mut *tx.conn)
        .await?;
    note(tx, "deleted", (Some(&before.object), None)).await?;
    Ok(Applied::deleted())
}

pub async fn read(conn: &mut Connection, token: &Id) -> sql::Result<Option<Versioned<Token>>> {
    let query = sql::query("SELECT * FROM tokens WHERE id = $1");
    let row = query.bind(token.as_str()).fetch_optional(conn).await?;
    row.as_ref().map(versioned).transpose()
}

pub async fn list(conn: &mut Connection, window: Window) -> sql::Result<Listed<Token>> {
    let query = sql::query(
        "SELECT * FROM tokens WHERE (created_at_ms, ordinal) > ($1, $2) ORDER BY created_at_ms, ordinal LIMIT $3",
    );
    let (sort, ordinal) = window.ascending();
    let rows = query
        .bind(sort)
        .bind(ordinal)
        .bind(window.rows())
        .fetch_all(conn)
        .await?;
    Ok(window.cut(rows.iter().map(versioned).collect::<Result<_, _>>()?))
}

/// The token with that secret.
pub async fn with_secret(conn: &mut Connection, secret: &str) -> sql::Result<Option<Token>> {
    let query = sql::query("SELECT * FROM tokens WHERE secret_sha256 = $1");
    let row = query.bind(hash(secret).as_slice()).fetch_optional(conn).await?;
    row.map(|row| Ok(versioned(&row)?.object)).transpose()
}

/// A secret of 256 random bits needs no slow hash.
pub fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// In the log of the page that it is for.
async fn note(
    tx: &mut Tx<'_>,
    action: &'static str,
    (before, after): (Option<&Token>, Option<&Token>),
) -> sql::Result<()> {
    let Some(token) = after.or(before) else {
        return Ok(());
    };
    let (before, after) = (before.map(json), after.map(json));
    let entry = Entry {
        page: token.page.as_ref(),
        action,
        kind: "token",
        object: Some(token.id.as_str()),
        changed: audit::difference(before.as_deref(), after.as_deref()),
    };
    audit::note(tx, entry).await
}

async fn existing(conn: &mut Connection, token: &Id) -> Result<Versioned<Token>, Refusal> {
    read(conn, token)
        .await?
        .ok_or_else(|| Fault::absent(format!("there is no token {token}")).into())
}

fn versioned(row: &Row) -> sql::Result<Versioned<Token>> {
    let token = Token {
        id: id(row, "id")?,
        name: row.try_get("name")?,
        page: optional_id(row, "page_id")?,
        created_at: moment(row, "created_at_ms")?,
        secret: None,
    };
    Versioned::of(row, token, row.try_get("created_at_ms")?)
}
