//! Ways in by what others say of somebody: an identity provider, or the publisher's own product.

use origin_access::{claims, provider, token_keys, visited::VisitedPage};
use origin_engine::sql;
use origin_store::Store;
use page_model::{Host, sign_in::Answer};

use crate::{
    database::Database,
    provider::{Failure, Providers, claims::is_overage, claims::proof},
    session::{self, Proof},
    token::{self, Invalid},
};

/// Where somebody wants to be let in, and when.
pub struct Visit {
    pub page: VisitedPage,
    pub host: Host,
    pub now_ms: u64,
}

pub async fn to_provider(
    providers: &Providers,
    visit: &Visit,
    known: Option<provider::Known>,
    port: Option<u16>,
    return_to: String,
) -> Answer {
    let Some(known) = known else {
        return Answer::NoWay;
    };
    let begun = providers.begin(&visit.page, &visit.host, &known, port, return_to, visit.now_ms);
    match begun.await {
        Ok(begun) => {
            count_provider("sent");
            Answer::GoTo {
                url: begun.url,
                flow: begun.flow,
            }
        }
        Err(failure) => not_let_in(visit, &known, &failure),
    }
}

pub async fn from_provider(
    store: &Store,
    database: &Database,
    providers: &Providers,
    visit: &Visit,
    flow: &str,
    query: &str,
) -> sql::Result<Answer> {
    let (page, host) = (&visit.page, &visit.host);
    let mut reader = store.reader().await?;
    let known = provider::known(&mut reader, &page.page).await?;
    // Nobody has a connection while a provider is waited for.
    drop(reader);
    let Some(known) = known else {
        return Ok(Answer::NoWay);
    };
    let said = match providers.finish(page, host, &known, flow, query, visit.now_ms).await {
        Ok(said) => said,
        Err(failure) => return Ok(not_let_in(visit, &known, &failure)),
    };
    if is_overage(&known.provider, &said.claims) {
        count_provider("groups_overage");
        let claim = &known.provider.groups_claim;
        tracing::warn!(page = %page.page, claim, "the provider lists no groups of somebody who is in too many: none counts");
    }
    let mut reader = store.reader().await?;
    let rules = claims::of_page(&mut reader, &page.page).await?;
    drop(reader);
    let session = match proof(&known.provider, &rules, &said.claims) {
        Some(proof) => session::begin(store, database, page, host, &Proof::Provider(proof), visit.now_ms).await?,
        None => None,
    };
    Ok(match session {
        Some(session) => {
            count_provider("let_in");
            Answer::LetIn {
                session,
                return_to: said.return_to,
            }
        }
        None => not_let_in(visit, &known, &Failure::NotKnown),
    })
}

pub async fn by_token(store: &Store, database: &Database, visit: &Visit, token: &str) -> sql::Result<Answer> {
    let (page, host) = (&visit.page, &visit.host);
    let mut reader = store.reader().await?;
    let keys = token_keys::known(&mut reader, &page.page).await?;
    if keys.is_empty() {
        return Ok(Answer::NoWay);
    }
    let audiences = claims::names(&mut reader, &page.page).await?;
    drop(reader);
    let verified = token::verified(database, &page.page, host, &keys, &audiences, token, visit.now_ms);
    let proof = match verified.await {
        Ok(proof) => Proof::Token(proof),
        Err(Invalid::Database(error)) => return Err(error),
        Err(invalid) => {
            tracing::warn!(page = %page.page, %invalid, "a platform token lets nobody in");
            return Ok(Answer::Failed);
        }
    };
    let session = session::begin(store, database, page, host, &proof, visit.now_ms).await?;
    Ok(session.map_or(Answer::Refused, |session| Answer::Session { session }))
}

/// One line of the log for each, with what the operator can do something about.
fn not_let_in(visit: &Visit, known: &provider::Known, failure: &Failure) -> Answer {
    count_provider(failure.name());
    let (page, issuer) = (&visit.page.page, &known.provider.issuer);
    tracing::warn!(%page, issuer, outcome = failure.name(), %failure, "a provider lets nobody in");
    failure.answer()
}

fn count_provider(outcome: &'static str) {
    metrics::counter!("pharos_origin_provider_sign_ins_total", "outcome" => outcome).increment(1);
}
