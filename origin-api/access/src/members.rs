//! People of an audience who are known by their address, one by one.

use origin_engine::{
    applied::Applied,
    audit::{self, Entry},
    paging::{Listed, Window},
    rows::{self, Versioned, id, moment},
    scope::Scope,
    sql::{self, Columns as _, Connection, Row},
    tx::{Refusal, Tx},
};
use origin_objects::{
    fault::Fault,
    mail::MailAddress,
    member::{AUDIENCE_MEMBERS_MAX, ChangedMembers, Member, NewMembers},
};
use page_model::{Id, PageId};
use serde_json::{Value, json};

use crate::revision;

/// An audience of a page, whose members these are.
#[derive(Debug, Clone)]
pub struct MembersOf {
    pub page: PageId,
    pub audience: Id,
}

#[derive(Debug)]
pub enum MembersChange {
    Put(MailAddress),
    Delete(MailAddress),
    /// Those are all.
    PutAll(NewMembers),
}

pub async fn apply(tx: &mut Tx<'_>, of: &MembersOf, change: MembersChange) -> Result<Applied, Refusal> {
    expect_audience(tx.conn, of).await?;
    match change {
        MembersChange::Put(address) => put(tx, of, &address).await,
        MembersChange::Delete(address) => delete(tx, of, &address).await,
        MembersChange::PutAll(new) => put_all(tx, of, &new).await,
    }
}

async fn put(tx: &mut Tx<'_>, of: &MembersOf, address: &MailAddress) -> Result<Applied, Refusal> {
    let before = read(tx.conn, of, address).await?;
    tx.expect_known(before.as_ref())?;
    if let Some(member) = before {
        return Ok(Applied::changed_to(&member));
    }
    let query = sql::query_scalar("SELECT COUNT(*) FROM audience_members WHERE page_id = $1 AND audience_id = $2");
    let query = query.bind(of.page.as_str()).bind(of.audience.as_str());
    let count: i64 = query.fetch_one(&mut *tx.conn).await?;
    if count >= AUDIENCE_MEMBERS_MAX as i64 {
        let detail = format!("an audience has at most {AUDIENCE_MEMBERS_MAX} members");
        return Err(Fault::conflict(detail).into());
    }
    add(tx, of, std::slice::from_ref(address)).await?;
    let member = read(tx.conn, of, address).await?;
    note(tx, of, ("created", json!({"email": {"after": address.as_str()}}))).await?;
    Ok(Applied::changed_to(&member))
}

async fn delete(tx: &mut Tx<'_>, of: &MembersOf, address: &MailAddress) -> Result<Applied, Refusal> {
    let Some(before) = read(tx.conn, of, address).await? else {
        return Err(absent(of, address).into());
    };
    tx.expect_known(Some(&before))?;
    let query = sql::query("DELETE FROM audience_members WHERE page_id = $1 AND audience_id = $2 AND address = $3");
    let query = query.bind(of.page.as_str()).bind(of.audience.as_str());
    query.bind(address.as_str()).execute(&mut *tx.conn).await?;
    note(tx, of, ("deleted", json!({"email": {"before": address.as_str()}}))).await?;
    revision::raise(tx, &of.page).await?;
    Ok(Applied::deleted())
}

async fn put_all(tx: &mut Tx<'_>, of: &MembersOf, new: &NewMembers) -> Result<Applied, Refusal> {
    let query = sql::query(
        "DELETE FROM audience_members WHERE page_id = $1 AND audience_id = $2
         AND address NOT IN (SELECT value FROM json_each($3))",
    );
    let query = query.bind(of.page.as_str()).bind(of.audience.as_str());
    let removed = query.bind(rows::json(&new.addresses)).execute(&mut *tx.conn).await?;
    let removed = removed.rows_affected() as usize;
    let added = add(tx, of, &new.addresses).await?;
    if removed > 0 {
        revision::raise(tx, &of.page).await?;
    }
    note(tx, of, ("set", json!({"added": added, "removed": removed}))).await?;
    Ok(Applied::changed_to(&ChangedMembers {
        added,
        removed,
        unchanged: new.addresses.len() - added,
    }))
}

async fn note(tx: &mut Tx<'_>, of: &MembersOf, (action, changed): (&'static str, Value)) -> sql::Result<()> {
    let entry = Entry {
        page: Some(&of.page),
        action,
        kind: "member",
        object: Some(of.audience.as_str()),
        changed: Some(changed),
    };
    audit::note(tx, entry).await
}

/// What putting all of them would change.
pub async fn compare(conn: &mut Connection, of: &MembersOf, new: &NewMembers) -> Result<ChangedMembers, Refusal> {
    expect_audience(conn, of).await?;
    let query = sql::query(
        "SELECT COUNT(*) AS members, COUNT(CASE WHEN address IN (SELECT value FROM json_each($3)) THEN 1 END) AS kept
         FROM audience_members WHERE page_id = $1 AND audience_id = $2",
    );
    let query = query.bind(of.page.as_str()).bind(of.audience.as_str());
    let row = query.bind(rows::json(&new.addresses)).fetch_one(conn).await?;
    let (members, unchanged): (i64, i64) = (row.try_get("members")?, row.try_get("kept")?);
    let (members, unchanged) = (members as usize, unchanged as usize);
    Ok(ChangedMembers {
        added: new.addresses.len() - unchanged,
        removed: members - unchanged,
        unchanged,
    })
}

/// One statement for all: tens of thousands take a fraction of a second, which other changes wait for.
async fn add(tx: &mut Tx<'_>, of: &MembersOf, addresses: &[MailAddress]) -> sql::Result<usize> {
    let query = sql::query(
        "INSERT INTO audience_members (page_id, audience_id, address, created_at_ms, seq, ordinal)
         SELECT $1, $2, value, $4, $5, key FROM json_each($3) WHERE true ON CONFLICT DO NOTHING",
    );
    let query = query.bind(of.page.as_str()).bind(of.audience.as_str());
    let query = query.bind(rows::json(&addresses)).bind(tx.now_ms).bind(tx.seq);
    let added = query.execute(&mut *tx.conn).await?;
    Ok(added.rows_affected() as usize)
}

pub async fn read(conn: &mut Connection, of: &MembersOf, address: &MailAddress) -> sql::Result<Option<Member>> {
    let query = sql::query(
        "SELECT address, created_at_ms FROM audience_members
         WHERE page_id = $1 AND audience_id = $2 AND address = $3",
    );
    let query = query.bind(of.page.as_str()).bind(of.audience.as_str());
    let row = query.bind(address.as_str()).fetch_optional(conn).await?;
    row.as_ref().map(member).transpose()
}

pub async fn list(conn: &mut Connection, of: &MembersOf, window: Window) -> Result<Listed<Member>, Refusal> {
    expect_audience(conn, of).await?;
    let query = sql::query(
        "SELECT address, created_at_ms, seq, ordinal FROM audience_members
         WHERE page_id = $1 AND audience_id = $2 AND (seq, ordinal) > ($3, $4) ORDER BY seq, ordinal LIMIT $5",
    );
    let (sort, ordinal) = window.ascending();
    let query = query.bind(of.page.as_str()).bind(of.audience.as_str());
    let rows = query
        .bind(sort)
        .bind(ordinal)
        .bind(window.rows())
        .fetch_all(conn)
        .await?;
    let members = rows
        .iter()
        .map(|row| Versioned::of(row, member(row)?, row.try_get("seq")?));
    Ok(window.cut(members.collect::<sql::Result<_>>()?))
}

pub async fn expect_audience(conn: &mut Connection, of: &MembersOf) -> Result<(), Refusal> {
    let query = sql::query("SELECT id FROM audiences WHERE page_id = $1 AND id = $2");
    let query = query.bind(of.page.as_str()).bind(of.audience.as_str());
    match query.fetch_optional(conn).await? {
        Some(_) => Ok(()),
        None => Err(Scope::page(of.page.clone()).absent("audience", &of.audience).into()),
    }
}

pub fn absent(of: &MembersOf, address: &MailAddress) -> Fault {
    Fault::absent(format!("{} is no member of audience {}", address.as_str(), of.audience))
}

fn member(row: &Row) -> sql::Result<Member> {
    Ok(Member {
        email: id(row, "address")?,
        created_at: moment(row, "created_at_ms")?,
    })
}
