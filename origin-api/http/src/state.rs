//! What every handler works with.

use std::{io, ops::Deref, sync::Arc};

use origin_engine::{outward::Outward, places::Places, sql::Readers};
use origin_store::{Store, accounts::tokens::hash};
use page_model::PageId;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::{
    busy::{REQUESTS_MAX, REQUESTS_PAGE_MAX},
    long_work::LongWork,
    sync::{
        recent::{Recent, UNHURRIED_MAX},
        shown::Shown,
        traces::Traces,
    },
    wrong_tokens::WrongTokens,
};

#[derive(Clone)]
pub struct Origin(Arc<Parts>);

pub struct Parts {
    pub store: Store,
    /// Requests of publishers, by the page that they are about.
    pub requests: Places<PageId>,
    pub recent: Recent,
    /// Places for pages that are composed and that nobody waits for.
    pub unhurried: Semaphore,
    pub long_work: LongWork,
    pub shown: Shown,
    /// Who was let in, at an origin that lets visitors in.
    pub sign_ins: Option<Readers>,
    pub traces: Traces,
    /// The same of the pictures of pages.
    pub previewed: Shown,
    /// Where publishers may have the origin connect to.
    pub outward: Outward,
    /// Cancelled when the origin drains, so that long polls end.
    pub closing: CancellationToken,
    pub wrong_tokens: WrongTokens,
    admin_token: [u8; 32],
    sync_token: [u8; 32],
}

impl Origin {
    pub fn new(
        store: Store,
        sign_ins: Option<Readers>,
        admin_token: &str,
        sync_token: &str,
        outward: Outward,
        closing: CancellationToken,
    ) -> io::Result<Self> {
        Ok(Self(Arc::new(Parts {
            store,
            requests: Places::new(REQUESTS_MAX, REQUESTS_PAGE_MAX),
            sign_ins,
            recent: Recent::default(),
            unhurried: Semaphore::new(UNHURRIED_MAX),
            long_work: LongWork::start()?,
            shown: Shown::default(),
            traces: Traces::default(),
            previewed: Shown::default(),
            outward,
            closing,
            wrong_tokens: WrongTokens::default(),
            admin_token: hash(admin_token),
            sync_token: hash(sync_token),
        })))
    }
}

impl Parts {
    /// Hashes are compared, so the time that it takes tells nothing of the token.
    pub fn is_admin(&self, token: &str) -> bool {
        hash(token) == self.admin_token
    }

    pub fn is_sync(&self, token: &str) -> bool {
        hash(token) == self.sync_token
    }
}

impl Deref for Origin {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}
