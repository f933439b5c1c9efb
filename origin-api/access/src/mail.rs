//! Who is let in by a mail to their address.

use origin_engine::{
    applied::Applied,
    rows::{id, of_json},
    sql::{self, Columns as _, Connection},
    tx::{Refusal, Tx},
};
use origin_objects::mail::{MailAddress, MailRule};
use page_model::{Id, PageId};

/// An audience that somebody is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownBy {
    pub audience: Id,
    /// The rule about a whole domain by which they are; `None` where they are named one by one.
    pub domain: Option<MailRule>,
}

/// The audiences that know an address, in their order.
pub async fn audiences_of(conn: &mut Connection, page: &PageId, address: &MailAddress) -> sql::Result<Vec<KnownBy>> {
    let query = sql::query(
        "SELECT a.id, a.emails, EXISTS (SELECT 1 FROM audience_members m
             WHERE m.page_id = a.page_id AND m.audience_id = a.id AND m.address = $2) AS is_member
         FROM audiences a WHERE a.page_id = $1 ORDER BY a.ordinal",
    );
    let query = query.bind(page.as_str()).bind(address.as_str());
    let mut known = Vec::new();
    for row in &query.fetch_all(conn).await? {
        let rules: Vec<MailRule> = of_json(row, "emails")?;
        let matching = || rules.iter().filter(|rule| rule.matches(address));
        let is_named = row.try_get("is_member")? || matching().any(|rule| !rule.is_of_domain());
        let domain = matching().next().filter(|_| !is_named).cloned();
        if is_named || domain.is_some() {
            known.push(KnownBy {
                audience: id(row, "id")?,
                domain,
            });
        }
    }
    Ok(known)
}

/// Whether the door offers to send a mail: there is somebody to let in so, and this origin sends mail.
pub async fn is_offered(conn: &mut Connection, page: &PageId) -> sql::Result<bool> {
    let query = sql::query_scalar(
        "SELECT (SELECT is_sent FROM mail) AND (
             EXISTS (SELECT 1 FROM audiences WHERE page_id = $1 AND emails <> '[]')
             OR EXISTS (SELECT 1 FROM audience_members WHERE page_id = $1))",
    );
    query.bind(page.as_str()).fetch_one(conn).await
}

/// Whether this origin sends mail. Where that changes, pages say so at their doors.
pub async fn set_sent(tx: &mut Tx<'_>, is_sent: bool) -> Result<Applied, Refusal> {
    let query = sql::query("UPDATE mail SET is_sent = $1 WHERE is_sent <> $1").bind(is_sent);
    if query.execute(&mut *tx.conn).await?.rows_affected() == 0 {
        return Ok(Applied::done());
    }
    let query = sql::query(
        "SELECT id FROM pages p WHERE visibility <> 'public' AND (
             EXISTS (SELECT 1 FROM audiences WHERE page_id = p.id AND emails <> '[]')
             OR EXISTS (SELECT 1 FROM audience_members WHERE page_id = p.id))",
    );
    for row in query.fetch_all(&mut *tx.conn).await? {
        tx.announce_in_passing(&id(&row, "id")?).await?;
    }
    Ok(Applied::done())
}
