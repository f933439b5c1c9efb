//! Sign-ins by mail that are under way: who asked, and what lets them in.

use origin_engine::{
    random,
    rows::id,
    sql::{self, Columns as _, Connection},
};
use origin_objects::mail::MailAddress;
use page_model::{Host, Language, PageId};

use super::{hash, letters};
use crate::{
    database::Database,
    limits::{ADDRESS_MAILS_MAX, CODE_TRIES_MAX, FLOWS_MAX, MAIL_KEPT_MS, NETWORK_FLOWS_MAX, PAGE_FLOWS_MAX},
};

/// Somebody wants a mail.
#[derive(Debug, Clone)]
pub struct NewFlow {
    pub page: PageId,
    pub host: Host,
    /// What stands before the path of the link.
    pub origin: String,
    pub address: MailAddress,
    pub language: Language,
    /// A path of the host.
    pub return_to: String,
    /// Whom the client counts as; empty where nobody knows.
    pub network: String,
}

/// A sign-in whose link or code somebody brought.
#[derive(Debug, Clone)]
pub struct Flow {
    hash: Vec<u8>,
    pub address: MailAddress,
    pub return_to: String,
}

/// Where a link or a code was brought.
#[derive(Debug, Clone)]
pub struct Brought {
    pub page: PageId,
    pub host: Host,
    pub now_ms: i64,
}

/// What the browser keeps, whatever becomes of it: one that may have no more mails gets a flow that leads to nothing, as one does
/// whose address nobody knows. `None` where more are under way than may be.
pub async fn begin(database: &Database, new: NewFlow, now_ms: i64) -> sql::Result<Option<String>> {
    let flow = letters(&random::bytes::<16>());
    let flow_hash = hash("flow", flow.as_bytes());
    let begun = database.write(move |conn| {
        Box::pin(async move {
            forget(conn, now_ms).await?;
            let counted = Counted::of(conn, &new).await?;
            if counted.is_full() {
                return Ok(false);
            }
            if counted.of_address < ADDRESS_MAILS_MAX {
                insert(conn, &new, flow_hash, now_ms).await?;
            }
            Ok(true)
        })
    });
    Ok(begun.await?.then_some(flow))
}

struct Counted {
    all: i64,
    of_page: i64,
    of_network: i64,
    of_address: i64,
}

impl Counted {
    async fn of(conn: &mut Connection, new: &NewFlow) -> sql::Result<Self> {
        let query = sql::query(
            "SELECT (SELECT COUNT(*) FROM mail_sign_ins) AS everyone,
                 (SELECT COUNT(*) FROM mail_sign_ins WHERE page_id = $1) AS of_page,
                 (SELECT COUNT(*) FROM mail_sign_ins WHERE network = $2 AND network <> '') AS of_network,
                 (SELECT COUNT(*) FROM mail_sign_ins WHERE address = $3) AS of_address",
        );
        let query = query.bind(new.page.as_str()).bind(&new.network);
        let row = query.bind(new.address.as_str()).fetch_one(conn).await?;
        Ok(Self {
            all: row.try_get("everyone")?,
            of_page: row.try_get("of_page")?,
            of_network: row.try_get("of_network")?,
            of_address: row.try_get("of_address")?,
        })
    }

    fn is_full(&self) -> bool {
        self.all >= FLOWS_MAX || self.of_page >= PAGE_FLOWS_MAX || self.of_network >= NETWORK_FLOWS_MAX
    }
}

async fn insert(conn: &mut Connection, new: &NewFlow, flow_hash: Vec<u8>, now_ms: i64) -> sql::Result<()> {
    let query = sql::query(
        "INSERT INTO mail_sign_ins (flow_hash, page_id, host, origin, address, language, return_to, network, asked_ms, due_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
    );
    let query = query.bind(flow_hash).bind(new.page.as_str()).bind(new.host.as_str());
    let query = query.bind(&new.origin).bind(new.address.as_str());
    let query = query.bind(new.language.tag()).bind(&new.return_to).bind(&new.network);
    query.bind(now_ms).execute(conn).await.map(|_| ())
}

/// Those whose time is over.
pub async fn forget(conn: &mut Connection, now_ms: i64) -> sql::Result<()> {
    let query = sql::query("DELETE FROM mail_sign_ins WHERE asked_ms <= $1");
    query.bind(now_ms - MAIL_KEPT_MS).execute(conn).await.map(|_| ())
}

/// Whose link that is. Looking does not use it up.
pub async fn of_link(conn: &mut Connection, at: &Brought, token: &str) -> sql::Result<Option<Flow>> {
    let query = sql::query(
        "SELECT s.flow_hash, s.address, s.return_to FROM mail_links l JOIN mail_sign_ins s ON s.flow_hash = l.flow_hash
         WHERE l.token_hash = $1 AND s.page_id = $2 AND s.host = $3 AND s.asked_ms > $4",
    );
    let query = query.bind(hash("link", token.as_bytes())).bind(at.page.as_str());
    let query = query.bind(at.host.as_str()).bind(at.now_ms - MAIL_KEPT_MS);
    query.fetch_optional(conn).await?.as_ref().map(flow).transpose()
}

/// Whose code that is, in the browser that has the flow. A wrong one is counted, and a few are enough.
pub async fn of_code(database: &Database, at: Brought, flow: &str, code: &str) -> sql::Result<Option<Flow>> {
    let flow_hash = hash("flow", flow.as_bytes());
    let code_hash = code_hash(&flow_hash, code);
    let found = database.write(move |conn| {
        Box::pin(async move {
            let query = sql::query(
                "UPDATE mail_sign_ins SET tries = tries + 1
                 WHERE flow_hash = $1 AND page_id = $2 AND host = $3 AND asked_ms > $4 AND tries < $5
                 RETURNING flow_hash, address, return_to",
            );
            let query = query.bind(&flow_hash).bind(at.page.as_str()).bind(at.host.as_str());
            let query = query.bind(at.now_ms - MAIL_KEPT_MS).bind(CODE_TRIES_MAX);
            let Some(row) = query.fetch_optional(&mut *conn).await? else {
                return Ok(None);
            };
            let query = sql::query("SELECT token_hash FROM mail_links WHERE flow_hash = $1 AND code_hash = $2");
            let is_right = query
                .bind(&flow_hash)
                .bind(&code_hash)
                .fetch_optional(conn)
                .await?
                .is_some();
            is_right.then(|| self::flow(&row)).transpose()
        })
    });
    found.await
}

/// Uses it up: of those who bring it at the same time one is let in.
pub async fn take(database: &Database, flow: &Flow) -> sql::Result<bool> {
    let flow_hash = flow.hash.clone();
    let taken = database.write(move |conn| {
        Box::pin(async move {
            let query = sql::query("DELETE FROM mail_sign_ins WHERE flow_hash = $1");
            Ok(query.bind(flow_hash).execute(conn).await?.rows_affected() > 0)
        })
    });
    taken.await
}

/// Worth nothing without the flow.
pub(super) fn code_hash(flow_hash: &[u8], code: &str) -> Vec<u8> {
    hash("code", &[flow_hash, code.as_bytes()].concat())
}

fn flow(row: &sql::Row) -> sql::Result<Flow> {
    Ok(Flow {
        hash: row.try_get("flow_hash")?,
        address: id(row, "address")?,
        return_to: row.try_get("return_to")?,
    })
}
