//! The one address of this listener.

use std::{collections::HashMap, net::IpAddr, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    response::{IntoResponse, Response},
    routing::post,
};
use ed25519_dalek::VerifyingKey;
use http::{HeaderMap, StatusCode, header};
use origin_access::{
    kiosks::{self, Kiosk},
    passwords, provider,
    visited::{self, VisitedPage},
};
use origin_engine::{clock::now_ms, outward::Outward, sql};
use origin_http::busy;
use origin_store::{Change, Condition, Store};
use page_model::{
    Host, PageId,
    sign_in::{Answer, Asked, CONTENT_TYPE, PATH, Question},
    site::Visibility,
};

use crate::{
    database::Database,
    flood::Flood,
    limits::{BUSY_RETRY_AFTER_S, QUESTION_BYTES_MAX, QUESTION_TIME_MAX, QUESTIONS_MAX},
    mail::answers::{Mails, Wanted},
    password::{Compared, Passwords},
    provider::Providers,
    regions::{Regions, Unheard},
    session::{self, Proof},
    token,
    tries::Network,
    ways::{self, Visit},
};

struct SignIn {
    store: Store,
    database: Database,
    /// `None` where this origin sends no mail.
    mails: Option<Mails>,
    regions: Regions,
    passwords: Passwords,
    flood: Flood,
    providers: Providers,
}

pub fn router(
    store: Store,
    database: Database,
    mails: Option<Mails>,
    regions: HashMap<String, VerifyingKey>,
    outward: Outward,
) -> anyhow::Result<Router> {
    token::use_ring();
    let sign_in = Arc::new(SignIn {
        store,
        providers: Providers::new(outward, database.clone())?,
        database,
        mails,
        regions: Regions::new(regions),
        passwords: Passwords::default(),
        flood: Flood::default(),
    });
    let router = Router::new().route(PATH, post(ask));
    Ok(busy::limited(router, QUESTIONS_MAX, QUESTION_TIME_MAX)
        .layer(DefaultBodyLimit::max(QUESTION_BYTES_MAX))
        .with_state(sign_in))
}

async fn ask(State(sign_in): State<Arc<SignIn>>, headers: HeaderMap, question: Bytes) -> Response {
    let now_ms = now_ms().unsigned_abs();
    let region = match sign_in.regions.verify(now_ms, &headers, &question) {
        Ok(region) => region,
        Err(unheard) => return refuse(&unheard),
    };
    let Some(question) = Question::from_bytes(&question) else {
        count("undecodable");
        return (StatusCode::BAD_REQUEST, "this question is not known here\n").into_response();
    };
    match sign_in.answer(question, now_ms).await {
        Ok(answer) => {
            count(outcome(&answer));
            ([(header::CONTENT_TYPE, CONTENT_TYPE)], answer.to_bytes()).into_response()
        }
        Err(error) => {
            tracing::error!(%error, region, "a visitor cannot be let in");
            count("failed");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// A clock that is off, and a key that is not registered, are the operator's to see.
fn refuse(unheard: &Unheard) -> Response {
    count("unheard");
    tracing::warn!(?unheard, "a question for a visitor is not listened to");
    let status = match unheard {
        Unheard::Full => StatusCode::SERVICE_UNAVAILABLE,
        Unheard::SentBefore => StatusCode::CONFLICT,
        Unheard::Unsigned | Unheard::UnknownRegion | Unheard::Rejected(_) => StatusCode::FORBIDDEN,
    };
    (
        status,
        "this question is not signed by a region that is known here, now\n",
    )
        .into_response()
}

impl SignIn {
    async fn answer(&self, question: Question, now_ms: u64) -> sql::Result<Answer> {
        let Question { host, client, asked } = question;
        let place = match &asked {
            Asked::Password { .. } => match self.passwords.place_at(&host) {
                None => return Ok(BUSY),
                place => place,
            },
            _ => None,
        };
        // One view: what is compared and what is counted against belong together.
        let mut view = self.store.view().await?;
        let page = visited::at(&mut view, &host).await?;
        let Some(page) = page.filter(|page| page.visibility != Visibility::Public) else {
            return Ok(Answer::NoWay);
        };
        if let Asked::Link { token } = &asked {
            let kiosk = kiosks::of_secret(&mut view, &page.page, token, now_ms).await?;
            if kiosk.is_some() || self.mails.is_none() {
                drop(view);
                return self.open_kiosk(&page, &host, kiosk, now_ms).await;
            }
        }
        match asked {
            asked @ (Asked::Mail { .. } | Asked::Link { .. } | Asked::Code { .. }) => {
                // A view is not held while others write.
                drop(view);
                self.answer_by_mail(&page, host, client, asked, now_ms).await
            }
            Asked::Renew { session } => {
                drop(view);
                let renewed = session::renewed(&self.store, &self.database, &page, &host, &session, now_ms).await?;
                Ok(renewed.map_or(Answer::Refused, |session| Answer::Session { session }))
            }
            Asked::SignOut { session } => {
                drop(view);
                session::end_everywhere(&self.store, &self.database, &page, &host, &session, now_ms).await
            }
            Asked::Password { password } => {
                let known = passwords::of_page(&mut view, &page.page).await?;
                if known.is_empty() {
                    return Ok(Answer::NoWay);
                }
                // A view is not held while others wait for a connection.
                drop(view);
                let network = client.map(Network::of);
                let compared = self.passwords.compare(&page.page, network, known, password).await;
                drop(place);
                self.let_in(&page, &host, compared, now_ms).await
            }
            Asked::Provider { port, return_to } => {
                let known = provider::known(&mut view, &page.page).await?;
                drop(view);
                let visit = Visit { page, host, now_ms };
                Ok(ways::to_provider(&self.providers, &visit, known, port, return_to).await)
            }
            Asked::Callback { flow, query } => {
                drop(view);
                let visit = Visit { page, host, now_ms };
                ways::from_provider(&self.store, &self.database, &self.providers, &visit, &flow, &query).await
            }
            Asked::Token { token } => {
                drop(view);
                let visit = Visit { page, host, now_ms };
                ways::by_token(&self.store, &self.database, &visit, &token).await
            }
        }
    }

    async fn let_in(&self, page: &VisitedPage, host: &Host, compared: Compared, now_ms: u64) -> sql::Result<Answer> {
        let proof = match compared {
            Compared::Right(proof) => proof,
            Compared::Wrong => {
                self.note_wrong(&page.page);
                return Ok(Answer::Refused);
            }
            Compared::Busy => return Ok(BUSY),
        };
        let session = session::begin(&self.store, &self.database, page, host, &proof, now_ms).await?;
        // The password may have been changed meanwhile.
        Ok(session.map_or(Answer::Refused, |session| Answer::Session { session }))
    }

    async fn open_kiosk(
        &self,
        page: &VisitedPage,
        host: &Host,
        kiosk: Option<Kiosk>,
        now_ms: u64,
    ) -> sql::Result<Answer> {
        let Some(kiosk) = kiosk else {
            return Ok(Answer::Refused);
        };
        let proof = Proof::Link {
            link: kiosk.link,
            name: kiosk.name,
        };
        let session = session::begin(&self.store, &self.database, page, host, &proof, now_ms).await?;
        Ok(session.map_or(Answer::Refused, |session| Answer::LetIn {
            session,
            return_to: "/".to_owned(),
        }))
    }

    /// Nobody waits for it: who guesses learns nothing of it.
    fn note_wrong(&self, page: &PageId) {
        if let Some(count) = self.flood.note_wrong(page) {
            let (store, page) = (self.store.clone(), page.clone());
            tokio::spawn(async move {
                let told = store.change(Change::Flooded(page, count), Condition::default()).await;
                if let Err(fault) = told {
                    tracing::warn!(?fault, "wrong passwords in numbers are not in the audit log");
                }
            });
        }
    }

    async fn answer_by_mail(
        &self,
        page: &VisitedPage,
        host: Host,
        client: Option<IpAddr>,
        asked: Asked,
        now_ms: u64,
    ) -> sql::Result<Answer> {
        let Some(mails) = &self.mails else {
            return Ok(Answer::NoWay);
        };
        let now_ms = i64::try_from(now_ms).unwrap_or(i64::MAX);
        match asked {
            Asked::Mail {
                address,
                language,
                port,
                return_to,
            } => {
                let wanted = Wanted {
                    address,
                    language,
                    port,
                    return_to,
                    network: client.map(Network::of),
                };
                mails.ask(page, host, wanted, now_ms).await
            }
            Asked::Link { token } => mails.link(page, host, &token, now_ms).await,
            Asked::Code { flow, code } => mails.code(page, host, (&flow, &code), now_ms).await,
            _ => Ok(Answer::NoWay),
        }
    }
}

const BUSY: Answer = Answer::Busy {
    retry_after_s: BUSY_RETRY_AFTER_S,
};

fn outcome(answer: &Answer) -> &'static str {
    match answer {
        Answer::Session { .. } | Answer::LetIn { .. } => "let_in",
        Answer::Mailed { .. } => "mailed",
        Answer::Refused => "refused",
        Answer::Busy { .. } => "busy",
        Answer::NoWay => "no_way",
        Answer::GoTo { .. } => "sent_to_provider",
        Answer::Failed => "failed_there",
        Answer::Away => "away",
    }
}

fn count(outcome: &'static str) {
    metrics::counter!("pharos_origin_sign_ins_total", "outcome" => outcome).increment(1);
}
