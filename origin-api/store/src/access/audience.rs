use origin_access::{open, revision};
use origin_engine::{
    applied::Applied,
    rows::{Versioned, id, json, moment, of_json},
    scope::Scope,
    sql::{self, Columns as _, Connection, Row},
    tx::{Refusal, Tx},
};
use origin_objects::{
    audience::{Audience, AudiencePatch, NewAudience, PAGE_AUDIENCES_MAX, PAGE_PASSWORDS_MAX, Password},
    fault::Fault,
    mail::MailRule,
    provider::ClaimRule,
};
use page_model::{Id, PageId};

use crate::{
    access::{audiences, link},
    family::{Family, FamilyChange, Order, delete_row},
};

pub type AudienceChange = FamilyChange<Audience>;

impl Family for Audience {
    type New = NewAudience;
    type Patch = AudiencePatch;

    const TABLE: &'static str = "audiences";
    const NAME: &'static str = "audience";
    const TAKEN: &'static str = "an audience";
    const ORDER: Order = Order::Creation;
    const MOST: Option<(usize, &'static str)> = Some((PAGE_AUDIENCES_MAX, "audiences"));

    fn id(new: &NewAudience) -> Option<&Id> {
        new.id.as_ref()
    }

    async fn load(_: &mut Connection, _: &Scope, row: &Row) -> sql::Result<Self> {
        Ok(Self {
            id: id(row, "id")?,
            name: row.try_get("name")?,
            has_password: row.try_get::<Option<&str>, _>("password_hash")?.is_some(),
            emails: of_json(row, "emails")?,
            claims: of_json(row, "claims")?,
            ranges: of_json(row, "ranges")?,
            created_at: moment(row, "created_at_ms")?,
            updated_at: moment(row, "updated_at_ms")?,
        })
    }

    async fn insert(tx: &mut Tx<'_>, scope: &Scope, id: &Id, new: NewAudience) -> Result<bool, Refusal> {
        if new.password.is_some() {
            expect_room(tx, &scope.page).await?;
        }
        let query = sql::query(
            "INSERT INTO audiences (page_id, id, name, password_hash, password_seq, created_at_ms, updated_at_ms,
                 ordinal, seq, emails, claims, ranges)
             VALUES ($1, $2, $3, $4, $5, $6, $6, $5, $5, $7, $8, $9) ON CONFLICT DO NOTHING",
        );
        let query = query.bind(scope.page.as_str()).bind(id.as_str());
        let query = query.bind(new.name.as_str()).bind(hashed(new.password)?);
        let query = query.bind(tx.seq).bind(tx.now_ms).bind(json(&new.emails));
        let query = query.bind(json(&new.claims)).bind(json(&new.ranges));
        let is_new = query.execute(&mut *tx.conn).await?.rows_affected() > 0;
        open::expect_ranges(tx, &scope.page).await?;
        Ok(is_new)
    }

    async fn update(
        tx: &mut Tx<'_>,
        scope: &Scope,
        id: &Id,
        before: Versioned<Self>,
        patch: AudiencePatch,
    ) -> Result<(), Refusal> {
        let before = before.object;
        if let Some(password) = patch.password {
            if password.is_some() && !before.has_password {
                expect_room(tx, &scope.page).await?;
            }
            tx.secrets_changed.push("password");
            set_password(tx, scope, id, hashed(password)?).await?;
        }
        if let Some(emails) = patch.emails.filter(|emails| *emails != before.emails) {
            set_emails(tx, scope, id, &before.emails, &emails).await?;
        }
        if let Some(ranges) = patch.ranges.filter(|ranges| *ranges != before.ranges) {
            let query =
                sql::query("UPDATE audiences SET ranges = $3, updated_at_ms = $4 WHERE page_id = $1 AND id = $2");
            let query = query.bind(scope.page.as_str()).bind(id.as_str()).bind(json(&ranges));
            query.bind(tx.now_ms).execute(&mut *tx.conn).await?;
            open::expect_ranges(tx, &scope.page).await?;
        }
        if let Some(claims) = patch.claims.filter(|claims| *claims != before.claims) {
            set_claims(tx, scope, id, &claims).await?;
        }
        if let Some(name) = patch.name.filter(|name| name.as_str() != before.name) {
            let query = sql::query("UPDATE audiences SET name = $3, updated_at_ms = $4 WHERE page_id = $1 AND id = $2");
            let query = query.bind(scope.page.as_str()).bind(id.as_str());
            let query = query.bind(name.into_string()).bind(tx.now_ms);
            query.execute(&mut *tx.conn).await?;
        }
        let query = sql::query("UPDATE audiences SET seq = $3 WHERE page_id = $1 AND id = $2");
        let query = query.bind(scope.page.as_str()).bind(id.as_str());
        query.bind(tx.seq).execute(&mut *tx.conn).await?;
        Ok(())
    }

    /// Its visitors are let in no longer. What was for them alone would be for nobody, so that must be decided first.
    async fn remove(tx: &mut Tx<'_>, scope: &Scope, id: &Id, _: Versioned<Self>) -> Result<Applied, Refusal> {
        let mut uses = audiences::uses(tx.conn, &scope.page, id).await?;
        uses.extend(link::of_audience(tx.conn, &scope.page, id).await?);
        if !uses.is_empty() {
            return Err(audiences::in_use(uses).into());
        }
        audiences::forget(tx, &scope.page, id).await?;
        delete_row::<Self>(tx, scope, id).await?;
        revision::raise(tx, &scope.page).await?;
        Ok(Applied::deleted())
    }
}

/// Who was let in by the former one is asked again.
async fn set_password(tx: &mut Tx<'_>, scope: &Scope, id: &Id, hash: Option<String>) -> Result<(), Refusal> {
    let query = sql::query(
        "UPDATE audiences SET password_hash = $3, password_seq = $4, updated_at_ms = $5 WHERE page_id = $1 AND id = $2",
    );
    let query = query.bind(scope.page.as_str()).bind(id.as_str()).bind(hash);
    query.bind(tx.seq).bind(tx.now_ms).execute(&mut *tx.conn).await?;
    revision::raise(tx, &scope.page).await?;
    Ok(())
}

/// Who was let in by a former rule is asked again.
async fn set_claims(tx: &mut Tx<'_>, scope: &Scope, id: &Id, claims: &[ClaimRule]) -> Result<(), Refusal> {
    let query = sql::query("UPDATE audiences SET claims = $3, updated_at_ms = $4 WHERE page_id = $1 AND id = $2");
    let query = query.bind(scope.page.as_str()).bind(id.as_str()).bind(json(&claims));
    query.bind(tx.now_ms).execute(&mut *tx.conn).await?;
    revision::raise(tx, &scope.page).await?;
    Ok(())
}

/// Who was let in by one that is gone is asked again.
async fn set_emails(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: &Id,
    before: &[MailRule],
    emails: &[MailRule],
) -> Result<(), Refusal> {
    let query = sql::query("UPDATE audiences SET emails = $3, updated_at_ms = $4 WHERE page_id = $1 AND id = $2");
    let query = query.bind(scope.page.as_str()).bind(id.as_str()).bind(json(&emails));
    query.bind(tx.now_ms).execute(&mut *tx.conn).await?;
    if before.iter().any(|rule| !emails.contains(rule)) {
        revision::raise(tx, &scope.page).await?;
    }
    Ok(())
}

async fn expect_room(tx: &mut Tx<'_>, page: &PageId) -> Result<(), Refusal> {
    let query = sql::query_scalar("SELECT COUNT(*) FROM audiences WHERE page_id = $1 AND password_hash IS NOT NULL");
    let count: i64 = query.bind(page.as_str()).fetch_one(&mut *tx.conn).await?;
    if count < PAGE_PASSWORDS_MAX as i64 {
        return Ok(());
    }
    let detail = format!("at most {PAGE_PASSWORDS_MAX} audiences of a page have a password");
    Err(Fault::conflict(detail).at("password").into())
}

/// Hashing takes as long as hundreds of changes, so it is done before one comes here.
fn hashed(password: Option<Password>) -> Result<Option<String>, Refusal> {
    match password {
        None => Ok(None),
        Some(Password::Hashed(hash)) => Ok(Some(hash)),
        Some(Password::Plain(_)) => Err(Fault::internal().into()),
    }
}
