//! Looks up who wants a mail, and sends it to those who are known. A page that many ask for mails of takes its turn among others.

use std::sync::Arc;

use origin_access::{mail, visited};
use origin_engine::{
    clock::now_ms,
    random,
    rows::{id, of_json},
    sql::{self, Columns as _, Connection},
};
use origin_objects::{branding::Branding, mail::MailAddress};
use origin_store::Store;
use page_model::{Host, Language, PageId, site::Visibility};
use tokio::{sync::Notify, time::timeout};

use super::{
    flows::{self, code_hash},
    hash, letters,
    message::Mail,
    smtp::{Sent, Smtp},
};
use crate::{
    database::Database,
    limits::{DOMAIN_MAILS_MAX, MAIL_KEPT_MS, MAIL_LOOK_PAUSE, MAIL_PAUSES_MS, ROUND_MAILS_MAX, ROUND_MAILS_PAGE_MAX},
};

pub struct Mailer {
    pub store: Store,
    pub database: Database,
    pub smtp: Smtp,
    /// Somebody asked.
    pub woken: Arc<Notify>,
}

/// A mail that is to be looked at.
struct Due {
    flow_hash: Vec<u8>,
    page: PageId,
    host: Host,
    origin: String,
    address: MailAddress,
    language: Language,
    attempts: i64,
}

/// Somebody who is known, and the page that they are known at.
struct Known {
    due: Due,
    name: String,
    accent: Option<String>,
    /// The rule about a whole domain that knows them.
    domain: Option<String>,
}

/// What a mail lets in by.
struct Secrets {
    token: String,
    code: String,
}

impl Mailer {
    /// Until it is dropped. A mail that was on its way then is sent once more after the next start.
    pub async fn run(&self) {
        loop {
            match self.round(now_ms()).await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => {
                    tracing::error!(%error, "mails cannot be sent: what waits for that cannot be read or written")
                }
            }
            let _ = timeout(MAIL_LOOK_PAUSE, self.woken.notified()).await;
        }
    }

    /// Whether there was something to do.
    async fn round(&self, now_ms: i64) -> sql::Result<bool> {
        let (due, waiting, is_over) = self.due(now_ms).await?;
        metrics::gauge!("pharos_origin_mails_waiting").set(waiting as f64);
        if due.is_empty() {
            if is_over {
                let write = self.database.write(move |conn| Box::pin(flows::forget(conn, now_ms)));
                write.await?;
            }
            return Ok(false);
        }
        let mut known = Vec::new();
        let mut settled = Vec::new();
        let mut view = self.store.view().await?;
        for due in due {
            match look_up(&mut view, due).await? {
                Ok(one) => known.push(one),
                Err(due) => settled.push(due.flow_hash),
            }
        }
        drop(view);
        count("unknown", settled.len());
        let allowed = self.claim(known, settled, now_ms).await?;
        if !allowed.is_empty() {
            self.send(allowed, now_ms).await?;
        }
        Ok(true)
    }

    /// What is due, each page's share of it; how many wait in all; and whether there is something to forget.
    async fn due(&self, now_ms: i64) -> sql::Result<(Vec<Due>, i64, bool)> {
        let mut reader = self.database.reader().await?;
        let query = sql::query(
            "SELECT flow_hash, page_id, host, origin, address, language, attempts FROM (
                 SELECT *, ROW_NUMBER() OVER (PARTITION BY page_id ORDER BY due_ms) AS turn
                 FROM mail_sign_ins WHERE due_ms <= $1 AND asked_ms > $2) AS due
             WHERE turn <= $3 ORDER BY due_ms LIMIT $4",
        );
        let query = query.bind(now_ms).bind(now_ms - MAIL_KEPT_MS);
        let query = query.bind(ROUND_MAILS_PAGE_MAX).bind(ROUND_MAILS_MAX);
        let rows = query.fetch_all(&mut *reader).await?;
        let due = rows.iter().map(|row| {
            Ok(Due {
                flow_hash: row.try_get("flow_hash")?,
                page: id(row, "page_id")?,
                host: id(row, "host")?,
                origin: row.try_get("origin")?,
                address: id(row, "address")?,
                language: Language::parse(row.try_get("language")?).unwrap_or_default(),
                attempts: row.try_get("attempts")?,
            })
        });
        let due = due.collect::<sql::Result<_>>()?;
        let query = sql::query(
            "SELECT (SELECT COUNT(*) FROM mail_sign_ins WHERE due_ms IS NOT NULL) AS waiting,
                 EXISTS (SELECT 1 FROM mail_sign_ins WHERE asked_ms <= $1) AS is_over",
        );
        let row = query.bind(now_ms - MAIL_KEPT_MS).fetch_one(&mut *reader).await?;
        Ok((due, row.try_get("waiting")?, row.try_get("is_over")?))
    }

    /// Notes what lets in by each mail, and when it is tried again if nobody says that it is sent. Those that are known by a whole
    /// domain have a budget: whoever asks can make up names in it.
    async fn claim(&self, known: Vec<Known>, settled: Vec<Vec<u8>>, now_ms: i64) -> sql::Result<Vec<(Known, Secrets)>> {
        let write = self.database.write(move |conn| {
            Box::pin(async move {
                for flow_hash in settled {
                    settle(conn, &flow_hash).await?;
                }
                let mut allowed = Vec::new();
                let mut limited = 0;
                for one in known {
                    if !has_room(conn, &one).await? {
                        settle(conn, &one.due.flow_hash).await?;
                        limited += 1;
                        continue;
                    }
                    let secrets = Secrets::new();
                    note(conn, &one, &secrets, now_ms).await?;
                    allowed.push((one, secrets));
                }
                count("limited", limited);
                Ok(allowed)
            })
        });
        write.await
    }

    async fn send(&self, allowed: Vec<(Known, Secrets)>, now_ms: i64) -> sql::Result<()> {
        let mut mails = Vec::with_capacity(allowed.len());
        for (one, secrets) in &allowed {
            let bytes = message(one, secrets, self.smtp.from(), now_ms);
            let bytes = bytes.map_err(sql::Error::Io)?;
            mails.push((one.due.address.clone(), bytes));
        }
        let mut sent = Vec::with_capacity(mails.len());
        if let Err(error) = self.smtp.send(&mails, &mut sent).await {
            tracing::warn!(%error, smtp = ?self.smtp, "mails wait: the server does not take them");
        }
        count("later", mails.len() - sent.len());
        let mut settled = Vec::new();
        for ((one, _), sent) in allowed.into_iter().zip(sent) {
            match sent {
                Sent::Taken => count("sent", 1),
                Sent::Refused(error) => {
                    count("refused", 1);
                    tracing::warn!(%error, page = %one.due.page, "the server refuses a mail");
                }
                Sent::Later(error) => {
                    count("later", 1);
                    tracing::info!(%error, page = %one.due.page, "the server takes a mail later");
                    continue;
                }
            }
            settled.push(one.due.flow_hash);
        }
        let write = self.database.write(move |conn| {
            Box::pin(async move {
                for flow_hash in settled {
                    settle(conn, &flow_hash).await?;
                }
                Ok(())
            })
        });
        write.await
    }
}

/// Who is known now, at a page that still is at that host.
async fn look_up(conn: &mut Connection, due: Due) -> sql::Result<Result<Known, Due>> {
    let page = visited::at(conn, &due.host).await?;
    let is_here = page.is_some_and(|page| page.page == due.page && page.visibility != Visibility::Public);
    let known = mail::audiences_of(conn, &due.page, &due.address).await?;
    if !is_here || known.is_empty() {
        return Ok(Err(due));
    }
    let query = sql::query("SELECT name, branding FROM pages WHERE id = $1");
    let row = query.bind(due.page.as_str()).fetch_one(conn).await?;
    let branding: Branding = of_json(&row, "branding")?;
    let is_named = known.iter().any(|known| known.domain.is_none());
    let domain = known.into_iter().find_map(|known| known.domain).filter(|_| !is_named);
    Ok(Ok(Known {
        due,
        name: row.try_get("name")?,
        accent: branding.accent_color,
        domain: domain.map(String::from),
    }))
}

async fn has_room(conn: &mut Connection, one: &Known) -> sql::Result<bool> {
    let Some(domain) = one.domain.as_ref().filter(|_| one.due.attempts == 0) else {
        return Ok(true);
    };
    let query = sql::query_scalar("SELECT COUNT(*) FROM mail_sign_ins WHERE page_id = $1 AND matched = $2");
    let count: i64 = query.bind(one.due.page.as_str()).bind(domain).fetch_one(conn).await?;
    Ok(count < DOMAIN_MAILS_MAX)
}

async fn note(conn: &mut Connection, one: &Known, secrets: &Secrets, now_ms: i64) -> sql::Result<()> {
    let flow_hash = &one.due.flow_hash;
    let query = sql::query("INSERT INTO mail_links (token_hash, flow_hash, code_hash) VALUES ($1, $2, $3)");
    let query = query.bind(hash("link", secrets.token.as_bytes())).bind(flow_hash);
    query
        .bind(code_hash(flow_hash, &secrets.code))
        .execute(&mut *conn)
        .await?;
    let pause = usize::try_from(one.due.attempts)
        .ok()
        .and_then(|at| MAIL_PAUSES_MS.get(at));
    let query =
        sql::query("UPDATE mail_sign_ins SET attempts = attempts + 1, matched = $2, due_ms = $3 WHERE flow_hash = $1");
    let query = query
        .bind(flow_hash)
        .bind(&one.domain)
        .bind(pause.map(|pause| now_ms + pause));
    query.execute(conn).await.map(|_| ())
}

/// There is nothing to send any longer.
async fn settle(conn: &mut Connection, flow_hash: &[u8]) -> sql::Result<()> {
    let query = sql::query("UPDATE mail_sign_ins SET due_ms = NULL WHERE flow_hash = $1");
    query.bind(flow_hash).execute(conn).await.map(|_| ())
}

fn message(one: &Known, secrets: &Secrets, from: &MailAddress, now_ms: i64) -> std::io::Result<Vec<u8>> {
    let Secrets { token, code } = secrets;
    let (first, second) = code.split_at(code.len() / 2);
    Mail {
        name: &one.name,
        host: &one.due.host,
        accent: one.accent.as_deref(),
        language: one.due.language,
        link: &format!("{}/.pharos/link?token={token}", one.due.origin),
        code: &format!("{first} {second}"),
        from: from.as_str(),
        to: one.due.address.as_str(),
        at_ms: now_ms,
    }
    .to_bytes()
}

impl Secrets {
    fn new() -> Self {
        let number = u64::from_be_bytes(random::bytes::<8>()) % 10_u64.pow(CODE_DIGITS as u32);
        Self {
            token: letters(&random::bytes::<16>()),
            code: format!("{number:0CODE_DIGITS$}"),
        }
    }
}

fn count(outcome: &'static str, mails: usize) {
    metrics::counter!("pharos_origin_mails_total", "outcome" => outcome).increment(mails as u64);
}

const CODE_DIGITS: usize = 8;
