//! A state machine that asks: `open` takes a visit, every [`Step`] says what is needed next, and each continuation
//! takes what came of it. Nothing here fails: an unknown host, a record that does not decode and a broken KV each give
//! a proper page.

mod access;
mod afterwards;
mod arrival;
mod cache_policy;
mod encoding;
mod finished;
mod put_door;
mod reply;
mod route;
mod validator;
mod visiting;

use bytes::Bytes;
use http::{Request, StatusCode};
use page_model::{Host, Key};

pub use afterwards::Afterwards;
pub use put_door::PutKey;
pub use reply::Reply;

use cache_policy::CachePolicy;
use reply::Facts;
use route::Route;

/// What a region knows of itself.
#[derive(Debug, Clone)]
pub struct Edge {
    pub region: String,
    /// Verifies what kv-sync puts; without it every put is refused.
    pub put_key: Option<PutKey>,
}

/// A request with its body, the authority in its URI or in `host`, and the time at which it came.
#[derive(Debug)]
pub struct Visit {
    pub request: Request<Bytes>,
    pub now_ms: u64,
}

/// What a shell does next.
#[derive(Debug)]
pub enum Step {
    /// Look these keys up and hand what was seen, in order, to [`AfterRead::resume`].
    Read(Vec<Key>, AfterRead),
    /// Store these in order and hand to [`AfterWrite::resume`] whether each was stored.
    Write(Vec<(Key, Vec<u8>)>, AfterWrite),
    /// Send the response; then, where there is work afterwards, begin it.
    Reply(Reply, Option<Afterwards>),
    /// The work afterwards is over.
    Done,
}

/// What lies under a key.
#[derive(Debug)]
pub enum Seen {
    Found(Vec<u8>),
    Absent,
    Failed,
}

#[derive(Debug)]
pub enum AfterRead {
    Site(Box<arrival::Arrival>),
    Finished(Box<visiting::Visiting>),
    Source(Box<visiting::Visiting>, Option<finished::Finished>),
    Unhurried(Box<visiting::Visiting>),
    Existing(Box<put_door::Opened>),
}

#[derive(Debug)]
pub enum AfterWrite {
    Records(Box<put_door::Stored>),
    Cursor(Box<put_door::Stored>),
    Finished,
}

/// Begins a visit.
pub fn open(edge: &Edge, visit: Visit) -> Step {
    let route = Route::of(visit.request.method(), visit.request.uri().path());
    if route == Route::Put {
        return put_door::open(edge, visit);
    }
    let Some(host) = host_of(&visit.request) else {
        let text = "This request names no host.\n";
        return Reply::plain(StatusCode::BAD_REQUEST, text).into();
    };
    match route {
        Route::View(view) => arrival::open(host, view, &visit),
        Route::MethodNotAllowed => Reply::method_not_allowed().into(),
        Route::Put | Route::Unknown => {
            let html = page_render::not_found(host.as_str());
            Reply::page(StatusCode::NOT_FOUND, html, &CachePolicy::Never, &Facts::of(&visit)).into()
        }
    }
}

impl AfterRead {
    pub fn resume(self, seen: Vec<Seen>) -> Step {
        match self {
            Self::Site(arrival) => arrival.resume(seen),
            Self::Finished(visiting) => visiting.resume_finished(seen),
            Self::Source(visiting, outdated) => visiting.resume_source(outdated, seen),
            Self::Unhurried(visiting) => afterwards::resume_unhurried(&visiting, seen),
            Self::Existing(opened) => opened.resume(seen),
        }
    }
}

impl AfterWrite {
    pub fn resume(self, stored: Vec<bool>) -> Step {
        match self {
            Self::Records(stored_records) => stored_records.resume(&stored),
            Self::Cursor(stored_records) => stored_records.reply(),
            Self::Finished => Step::Done,
        }
    }
}

impl From<Reply> for Step {
    fn from(reply: Reply) -> Self {
        Step::Reply(reply, None)
    }
}

impl Seen {
    fn found(self) -> Option<Vec<u8>> {
        match self {
            Self::Found(bytes) => Some(bytes),
            Self::Absent | Self::Failed => None,
        }
    }
}

/// Spin passes the `host` header, wasmtime's own handler the authority.
fn host_of(request: &Request<Bytes>) -> Option<Host> {
    let authority = request.uri().authority().map(|authority| authority.as_str());
    let header = || request.headers().get(http::header::HOST)?.to_str().ok();
    Host::of_authority(authority.or_else(header)?).ok()
}
