//! A region that has one page for one set of visitors, and is gone after a visit: what an edge would answer there.

use std::collections::HashMap;

use axum::body::Bytes;
use ed25519_dalek::SigningKey;
use edge_worker::gateway::{self, Afterwards, Edge, Forms, PutKeys, Seen, Step, Visit};
use http::{Request, Response, header::COOKIE};
use origin_engine::random;
use page_address::cookie::{self, Kept, SessionCookie};
use page_model::{
    AudienceId, ContentHash, Host, Key, Record, Site,
    access::{Access, SESSION_ID_BYTES, Session, SessionKey},
    body,
    put::Cursor,
    session,
    site::{SitePage, Visibility},
};

pub struct PreviewRegion {
    records: HashMap<Key, Bytes>,
    host: Host,
    /// Of who sees more than strangers.
    cookie: Option<String>,
    now_ms: u64,
}

impl PreviewRegion {
    pub fn of(mut site: SitePage, records: Vec<Record>, host: Host, now_ms: u64) -> Self {
        let set = site.audiences.first().map(|current| current.audience.clone());
        let set = set.filter(|set| *set != AudienceId::public());
        let cookie = set.map(|set| let_in(&mut site, &host, set, now_ms));
        let (page, version) = (
            site.page.clone(),
            records.iter().map(|record| record.version).max().unwrap_or(0),
        );
        let held = records.into_iter().filter(|record| !record.is_tombstone());
        let mut held: HashMap<Key, Bytes> = held
            .map(|record| (record.key.clone(), record.to_bytes().into()))
            .collect();
        let key = Key::Site(host.clone());
        let site = Record::new(key.clone(), page, version, body::encode(&Site::Page(site)));
        held.insert(key, site.to_bytes().into());
        let cursor = Cursor {
            seq: version,
            at_ms: now_ms,
            ..Cursor::default()
        };
        held.insert(Key::Cursor, body::encode(&cursor).into());
        Self {
            records: held,
            host,
            cookie,
            now_ms,
        }
    }

    /// `None` for what is no address.
    pub fn visit(mut self, target: &str) -> Option<Response<Bytes>> {
        let edge = Edge {
            region: "preview".to_owned(),
            put_keys: PutKeys::default(),
            forms: Forms::plain,
            kv_lag_ms_max: 0,
            served_ms_max: 0,
            counts_puts: false,
            renderer: None,
        };
        match self.open(&edge, target)? {
            // A large page is drawn when nobody waits; here somebody does.
            (_, Some(work @ Afterwards::Render(_))) => {
                self.drive(work.begin(&edge));
                self.open(&edge, target).map(|(reply, _)| reply)
            }
            (reply, _) => Some(reply),
        }
    }

    fn open(&mut self, edge: &Edge, target: &str) -> Option<(Response<Bytes>, Option<Afterwards>)> {
        let mut request = Request::get(format!("https://{}{target}", self.host));
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        let visit = Visit {
            request: request.body(Bytes::new()).ok()?,
            now_ms: self.now_ms,
            client: None,
        };
        self.drive(gateway::open(edge, visit))
    }

    fn drive(&mut self, mut step: Step) -> Option<(Response<Bytes>, Option<Afterwards>)> {
        loop {
            step = match step {
                Step::Read(keys, next) | Step::ReadNow(keys, next) => {
                    let seen = |key: &Key| self.records.get(key).cloned().map_or(Seen::Absent, Seen::Found);
                    next.resume(keys.iter().map(seen).collect())
                }
                Step::Write(writes, next) => {
                    let stored = vec![true; writes.len()];
                    let writes = writes.into_iter().map(|(key, bytes)| (key, bytes.into()));
                    self.records.extend(writes);
                    next.resume(stored)
                }
                Step::Forward(_, next) => next.resume(None),
                Step::Reply(reply, work) => return Some((reply.response, work)),
                Step::Done => return None,
            };
        }
    }
}

/// The cookie of somebody whom the page lets in by a key that nobody has any longer. A page that is public for now is shown as it
/// would be to them.
fn let_in(site: &mut SitePage, host: &Host, set: AudienceId, now_ms: u64) -> String {
    if site.visibility == Visibility::Public {
        site.visibility = Visibility::Layered;
    }
    let key = SigningKey::from_bytes(&random::bytes());
    let access = site.access.get_or_insert_with(|| Box::new(Access::default()));
    access.keys = vec![SessionKey {
        id: 1,
        key: ContentHash(key.verifying_key().to_bytes()),
    }];
    let session = Session {
        page: site.page.clone(),
        host: host.clone(),
        audience: set,
        id: random::bytes::<SESSION_ID_BYTES>().to_vec(),
        revision: access.revision,
        epoch: access.epoch,
        began_ms: now_ms,
        renew_ms: now_ms + LASTS_MS,
        expires_ms: now_ms + LASTS_MS,
        person: None,
        way: None,
        proof: Vec::new(),
    };
    let cookie = SessionCookie {
        session: session::seal(&session, 1, &key),
        kept: Kept::UntilExpiry,
    };
    cookie::bring(host, &cookie)
}

/// Longer than a visit.
const LASTS_MS: u64 = 60_000;
