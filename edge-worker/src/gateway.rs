//! A state machine that asks: `open` takes a visit, every [`Step`] says what is needed next, and each continuation
//! takes what came of it. Nothing here fails: an unknown host, a record that does not decode and a broken KV each give
//! a proper page.

mod access;
mod afterwards;
mod arrival;
mod cache_policy;
mod encoding;
mod error_page;
mod finished;
mod kind;
mod kinds;
mod media;
mod put_endpoint;
mod query;
mod renderer;
mod reply;
mod route;
mod source;
mod tongue;
mod validator;
mod variant;
mod visiting;
mod warming;

use std::net::IpAddr;

use bytes::Bytes;
use http::{Request, StatusCode};
use page_model::{Host, Key};

pub use afterwards::Afterwards;
pub use finished::Forms;
pub use put_endpoint::PutKey;
pub use renderer::Renderer;
pub use reply::Reply;
pub use route::addresses;
pub use warming::turn;

use cache_policy::CachePolicy;
use reply::Facts;
use route::Route;

/// What a region knows of itself.
#[derive(Debug, Clone)]
pub struct Edge {
    pub region: String,
    /// Verifies what kv-sync puts; without it every put is refused.
    pub put_key: Option<PutKey>,
    /// The encodings in which finished pages are kept: `Forms::compressed`, or `Forms::plain` where the platform
    /// compresses.
    pub forms: fn(String) -> Forms,
    /// How long this region's KV may show what was there before a write.
    pub kv_lag_ms_max: u64,
    /// What completes a skeleton in the browser, where the edge has it to give.
    pub renderer: Option<Renderer>,
}

/// A request with its body, the authority in its URI or in `host`, and the time at which it came.
#[derive(Debug)]
pub struct Visit {
    pub request: Request<Bytes>,
    pub now_ms: u64,
    /// Where the visitor's connection comes from, if the platform itself knows; what a visitor says of it is not it.
    pub client: Option<IpAddr>,
}

/// What a shell does next.
#[derive(Debug)]
pub enum Step {
    /// Look these keys up and hand what was seen, in order, to [`AfterRead::resume`].
    Read(Vec<Key>, AfterRead),
    /// The same, but past everything that remembers an earlier look: what is written next depends on it.
    ReadNow(Vec<Key>, AfterRead),
    /// Store these, all at once if the platform likes, and hand to [`AfterWrite::resume`] whether each was stored.
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
    Unhurried(Box<visiting::Visiting>, fn(String) -> Forms),
    Existing(Box<put_endpoint::SignedBatch>),
}

#[derive(Debug)]
pub enum AfterWrite {
    Content(Box<put_endpoint::StoringBatch>),
    Sites(Box<put_endpoint::StoringBatch>),
    Cursor(Box<put_endpoint::StoringBatch>),
    Finished,
}

/// Whether a record says what is current. Where a KV shows writes late, these are worth a place that does not.
pub fn is_current(key: &Key) -> bool {
    matches!(key, Key::Site(_) | Key::Snapshot(..) | Key::Cursor)
}

/// Begins a visit.
pub fn open(edge: &Edge, visit: Visit) -> Step {
    let route = Route::of(visit.request.method(), visit.request.uri().path());
    if route == Route::Put {
        return put_endpoint::open(edge, visit);
    }
    let Some(host) = host_of(&visit.request) else {
        let text = "This request names no host.\n";
        return Reply::plain(StatusCode::BAD_REQUEST, text).into();
    };
    match route {
        Route::View(view) => arrival::open(edge, host, view, &visit),
        Route::Renderer(file) => renderer::open(edge, file, &host, &visit).into(),
        Route::Preflight => Reply::preflight().into(),
        Route::MethodNotAllowed { preflight: true } => Reply::method_not_allowed("GET, HEAD, OPTIONS").into(),
        Route::MethodNotAllowed { preflight: false } => Reply::method_not_allowed("GET, HEAD").into(),
        Route::Slash(path) => {
            let facts = Facts::of(&visit);
            let to = format!("{path}{}", facts.query.as_asked());
            Reply::elsewhere(StatusCode::PERMANENT_REDIRECT, &to, &CachePolicy::Never, &facts).into()
        }
        Route::Put | Route::Unknown => error_page::nothing_here(&host, &Facts::of(&visit)).into(),
    }
}

impl AfterRead {
    pub fn resume(self, seen: Vec<Seen>) -> Step {
        match self {
            Self::Site(arrival) => arrival.resume(seen),
            Self::Finished(visiting) => visiting.resume_finished(seen),
            Self::Source(visiting, outdated) => visiting.resume_source(outdated, seen),
            Self::Unhurried(visiting, forms) => afterwards::resume_unhurried(&visiting, forms, seen),
            Self::Existing(opened) => opened.resume(seen),
        }
    }
}

impl AfterWrite {
    pub fn resume(self, stored: Vec<bool>) -> Step {
        match self {
            Self::Content(content) => content.then_sites(&stored),
            Self::Sites(sites) => sites.then_cursor(&stored),
            Self::Cursor(cursor) => cursor.finish(&stored),
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
