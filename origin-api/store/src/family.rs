//! Objects of a page come in families. All are listed, read, created, changed and deleted alike, so that is written once,
//! here; a family says only what differs: its columns, its checks, and what follows from a change.

use std::fmt::Debug;

use origin_engine::{
    applied::{Applied, Outcome},
    audit::{self, Entry},
    paging::{Listed, Window},
    random,
    rows::{Versioned, json},
    scope::{Kind, Scope},
    sql::{self, Columns as _, Connection, Row},
    tx::{Refusal, Tx},
};
use origin_objects::{Check, fault::Fault};
use page_model::Id;
use serde::{Serialize, de::DeserializeOwned};

/// An object with its rows. A trait, because the verbs are the same code for types that have nothing in common but this.
pub trait Family: Serialize + Send + Sync + Sized + 'static {
    type New: DeserializeOwned + Check + Debug + Send;
    type Patch: DeserializeOwned + Check + Debug + Send;

    const TABLE: &'static str;
    /// What one is called, such as `incident template`.
    const NAME: &'static str;
    /// What one is called where its id is taken, with its article.
    const TAKEN: &'static str;
    const ORDER: Order;
    /// Columns that are read of other tables, each behind a comma: lists cost as many queries as single objects.
    const MORE: &'static str = "";
    /// How many a page has at most, and what several are called; `None` for any number.
    const MOST: Option<(usize, &'static str)> = None;
    /// The table of another family whose objects have their permanent links at the same addresses, and what one of them is
    /// called.
    const SHARES_LINKS_WITH: Option<(&'static str, &'static str)> = None;
    /// What it belongs to besides the page.
    const PARENT: Option<Kind> = None;

    /// The id that a request gives.
    fn id(new: &Self::New) -> Option<&Id>;

    /// An object from its row.
    fn load(conn: &mut Connection, scope: &Scope, row: &Row) -> impl Future<Output = sql::Result<Self>> + Send;

    /// Writes a new object and what follows from it; false where its id is taken.
    fn insert(
        tx: &mut Tx<'_>,
        scope: &Scope,
        id: &Id,
        new: Self::New,
    ) -> impl Future<Output = Result<bool, Refusal>> + Send;

    /// Writes a changed object, with the version `tx.seq`, and what follows from it.
    fn update(
        tx: &mut Tx<'_>,
        scope: &Scope,
        id: &Id,
        before: Versioned<Self>,
        patch: Self::Patch,
    ) -> impl Future<Output = Result<(), Refusal>> + Send;

    /// The object with what only the answer to a change says, where there is such a thing.
    fn answer(self, _: &mut Connection, _: &Scope) -> impl Future<Output = sql::Result<Option<Self>>> + Send {
        async { Ok(None) }
    }

    /// Takes an object away, and what follows from it.
    fn remove(
        tx: &mut Tx<'_>,
        scope: &Scope,
        id: &Id,
        before: Versioned<Self>,
    ) -> impl Future<Output = Result<Applied, Refusal>> + Send;
}

/// How lists are sorted, by a column and then by the order of creation.
#[derive(Debug, Clone, Copy)]
pub enum Order {
    Ascending(&'static str),
    Descending(&'static str),
    /// By the order of creation alone.
    Creation,
}

/// A change of one object.
#[derive(Debug)]
pub struct FamilyChange<F: Family> {
    pub scope: Scope,
    pub verb: Verb<F>,
}

#[derive(Debug)]
pub enum Verb<F: Family> {
    Create(F::New),
    Change(Id, F::Patch),
    Delete(Id),
}

pub async fn apply<F: Family>(tx: &mut Tx<'_>, change: FamilyChange<F>) -> Result<Applied, Refusal> {
    let scope = &change.scope;
    let (id, action) = match &change.verb {
        Verb::Create(_) => (None, "created"),
        Verb::Change(id, _) => (Some(id.clone()), "changed"),
        Verb::Delete(id) => (Some(id.clone()), "deleted"),
    };
    let before = match &id {
        Some(id) if tx.condition.by.is_some() => read::<F>(tx.conn, scope, id).await?,
        _ => None,
    };
    let before = before.map(|before| json(&before.object));
    let applied = match change.verb {
        Verb::Create(new) => create::<F>(tx, scope, new).await,
        Verb::Change(id, patch) => {
            expect_known::<F>(tx, scope, &id).await?;
            self::change::<F>(tx, scope, &id, patch).await
        }
        Verb::Delete(id) => {
            expect_known::<F>(tx, scope, &id).await?;
            delete::<F>(tx, scope, &id).await
        }
    }?;
    let after = applied.object.as_deref().filter(|_| action != "deleted");
    let created = match &applied.outcome {
        Outcome::Created { id } => Some(id.as_str()),
        _ => None,
    };
    let entry = Entry {
        page: Some(&scope.page),
        action,
        kind: F::NAME,
        object: created.or(id.as_ref().map(Id::as_str)),
        changed: audit::difference(before.as_deref(), after),
    };
    audit::note(tx, entry).await?;
    Ok(applied)
}

/// The condition under which a change is sent, of the object that it names.
pub async fn expect_known<F: Family>(tx: &mut Tx<'_>, scope: &Scope, id: &Id) -> Result<(), Refusal> {
    if tx.condition.if_match.is_none() {
        return Ok(());
    }
    let found = existing::<F>(tx.conn, scope, id).await?;
    tx.expect_known(Some(&found.object))
}

pub async fn create<F: Family>(tx: &mut Tx<'_>, scope: &Scope, new: F::New) -> Result<Applied, Refusal> {
    scope.expect(tx.conn).await?;
    expect_room::<F>(tx.conn, scope).await?;
    let id = F::id(&new).cloned().unwrap_or_else(random::id);
    expect_free_link::<F>(tx.conn, scope, &id).await?;
    if !F::insert(tx, scope, &id, new).await? {
        return Err(Fault::taken("id", format!("the page has {} {id} already", F::TAKEN)).into());
    }
    answered::<F>(tx.conn, scope, &id, |created| Applied::created(id.as_str(), created)).await
}

pub async fn change<F: Family>(tx: &mut Tx<'_>, scope: &Scope, id: &Id, patch: F::Patch) -> Result<Applied, Refusal> {
    let before = existing::<F>(tx.conn, scope, id).await?;
    F::update(tx, scope, id, before, patch).await?;
    answered::<F>(tx.conn, scope, id, Applied::changed).await
}

/// What became of a change, with all that the answer says.
async fn answered<F: Family>(
    conn: &mut Connection,
    scope: &Scope,
    id: &Id,
    applied: impl FnOnce(&Versioned<F>) -> Applied,
) -> Result<Applied, Refusal> {
    let found = existing::<F>(conn, scope, id).await?;
    let applied = applied(&found);
    Ok(match found.object.answer(conn, scope).await? {
        Some(answer) => applied.answering(&answer),
        None => applied,
    })
}

pub async fn delete<F: Family>(tx: &mut Tx<'_>, scope: &Scope, id: &Id) -> Result<Applied, Refusal> {
    let before = existing::<F>(tx.conn, scope, id).await?;
    F::remove(tx, scope, id, before).await
}

pub async fn read<F: Family>(conn: &mut Connection, scope: &Scope, id: &Id) -> sql::Result<Option<Versioned<F>>> {
    let (within, next) = within::<F>();
    let sql = format!("SELECT *{} FROM {} WHERE {within} AND id = ${next}", F::MORE, F::TABLE);
    let query = bind(sql::query(sql::built(sql)), scope).bind(id.as_str());
    match query.fetch_optional(&mut *conn).await? {
        Some(row) => versioned(conn, scope, &row).await.map(Some),
        None => Ok(None),
    }
}

/// An object that must exist.
pub async fn existing<F: Family>(conn: &mut Connection, scope: &Scope, id: &Id) -> Result<Versioned<F>, Refusal> {
    let found = read(conn, scope, id).await?;
    if found.is_none() && F::PARENT.is_some() {
        scope.expect(conn).await?;
    }
    found.ok_or_else(|| scope.absent(F::NAME, id).into())
}

pub async fn list<F: Family>(conn: &mut Connection, scope: &Scope, window: Window) -> sql::Result<Listed<F>> {
    let (within, next) = within::<F>();
    let (sort, ordinal, limit) = (format!("${next}"), format!("${}", next + 1), next + 2);
    let (more, table, (after, order)) = (F::MORE, F::TABLE, F::ORDER.clauses(&sort, &ordinal));
    let sql = format!("SELECT *{more} FROM {table} WHERE {within} AND {after} ORDER BY {order} LIMIT ${limit}");
    let (sort, ordinal) = match F::ORDER {
        Order::Descending(_) => window.descending(),
        Order::Ascending(_) | Order::Creation => window.ascending(),
    };
    let query = bind(sql::query(sql::built(sql)), scope).bind(sort).bind(ordinal);
    let mut found = Vec::new();
    for row in query.bind(window.rows()).fetch_all(&mut *conn).await? {
        found.push(versioned(conn, scope, &row).await?);
    }
    Ok(window.cut(found))
}

pub async fn versioned<F: Family>(conn: &mut Connection, scope: &Scope, row: &Row) -> sql::Result<Versioned<F>> {
    Ok(Versioned {
        object: F::load(conn, scope, row).await?,
        version: row.try_get("seq")?,
        sort: F::ORDER.column().map_or(Ok(0), |column| row.try_get(column))?,
        ordinal: row.try_get("ordinal")?,
    })
}

/// Deletes the row itself.
pub async fn delete_row<F: Family>(tx: &mut Tx<'_>, scope: &Scope, id: &Id) -> sql::Result<()> {
    let (within, next) = within::<F>();
    let sql = format!("DELETE FROM {} WHERE {within} AND id = ${next}", F::TABLE);
    let query = bind(sql::query(sql::built(sql)), scope).bind(id.as_str());
    query.execute(&mut *tx.conn).await.map(|_| ())
}

async fn expect_free_link<F: Family>(conn: &mut Connection, scope: &Scope, id: &Id) -> Result<(), Refusal> {
    let Some((table, other)) = F::SHARES_LINKS_WITH else {
        return Ok(());
    };
    let sql = sql::built(format!("SELECT id FROM {table} WHERE page_id = $1 AND id = $2"));
    let query = sql::query(sql).bind(scope.page.as_str()).bind(id.as_str());
    match query.fetch_optional(conn).await? {
        None => Ok(()),
        Some(_) => Err(Fault::taken(
            "id",
            format!("the page has {other} {id}, whose permanent link is the same"),
        )
        .into()),
    }
}

async fn expect_room<F: Family>(conn: &mut Connection, scope: &Scope) -> Result<(), Refusal> {
    let Some((most, several)) = F::MOST else {
        return Ok(());
    };
    let sql = sql::built(format!("SELECT COUNT(*) FROM {} WHERE page_id = $1", F::TABLE));
    let count: i64 = sql::query_scalar(sql).bind(scope.page.as_str()).fetch_one(conn).await?;
    if count < most as i64 {
        return Ok(());
    }
    Err(Fault::conflict(format!("a page has at most {most} {several}")).into())
}

/// The condition that keeps to a scope, and the number of the next parameter behind those that `bind` binds.
fn within<F: Family>() -> (String, usize) {
    match F::PARENT {
        None => ("page_id = $1".into(), 2),
        Some(kind) => {
            let kind = kind.as_str();
            (format!("page_id = $1 AND parent_kind = '{kind}' AND parent_id = $2"), 3)
        }
    }
}

fn bind<'q>(query: sql::Query<'q>, scope: &'q Scope) -> sql::Query<'q> {
    let query = query.bind(scope.page.as_str());
    match &scope.parent {
        Some((_, parent)) => query.bind(parent.as_str()),
        None => query,
    }
}

impl Order {
    fn column(self) -> Option<&'static str> {
        match self {
            Self::Ascending(column) | Self::Descending(column) => Some(column),
            Self::Creation => None,
        }
    }

    /// What comes behind a cursor, and the order.
    fn clauses(self, sort: &str, ordinal: &str) -> (String, String) {
        match self {
            Self::Ascending(column) => (
                format!("({column}, ordinal) > ({sort}, {ordinal})"),
                format!("{column}, ordinal"),
            ),
            Self::Descending(column) => (
                format!("({column}, ordinal) < ({sort}, {ordinal})"),
                format!("{column} DESC, ordinal DESC"),
            ),
            // The cursor's first number is bound all the same, so that every list has the same parameters.
            Self::Creation => (format!("{sort} IS NOT NULL AND ordinal > {ordinal}"), "ordinal".into()),
        }
    }
}
