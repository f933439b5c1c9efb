//! A state machine that asks: `open` takes a visit, every [`Step`] says what is needed next, and each continuation
//! takes what came of it. Nothing here fails: an unknown host, a record that does not decode and a broken KV each give
//! a proper page.

mod access;
mod afterwards;
mod arrival;
mod cache_policy;
mod edge;
mod encoding;
mod error_page;
mod finished;
mod kind;
mod kinds;
mod media;
mod plan;
mod progress;
mod put_batch;
mod put_endpoint;
mod put_key;
mod query;
mod reading;
mod renderer;
mod reply;
mod respond;
mod route;
mod source;
mod step;
mod tongue;
mod validator;
mod variant;
mod warming;

use bytes::Bytes;
use http::{Request, StatusCode};
use page_model::{Host, Key};

pub use edge::{Edge, Renderer, Seen, Visit};
pub use finished::Forms;
pub use put_key::PutKey;
pub use reply::Reply;
pub use route::addresses;
pub use step::{AfterRead, AfterWrite, Afterwards, Step};
pub use warming::turn;

use cache_policy::CachePolicy;
use reply::Facts;
use route::Route;

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
            Self::Site(arrival) => arrival::resume(*arrival, seen),
            Self::Finished(reading) => progress::resume_finished(reading, seen),
            Self::Source(reading, finished) => progress::resume_source(reading, finished, seen),
            Self::Permalinks(reading, finished) => progress::resume_permalinks(reading, finished, seen),
            Self::SourceAfterwards(reading, forms) => afterwards::resume_source(&reading, forms, seen),
            Self::Existing(batch) => put_endpoint::store_content(*batch, seen),
        }
    }
}

impl AfterWrite {
    pub fn resume(self, stored: Vec<bool>) -> Step {
        match self {
            Self::Content(batch) => put_endpoint::store_sites(batch, &stored),
            Self::Sites(batch) => put_endpoint::store_cursor(batch, &stored),
            Self::Cursor(batch) => put_endpoint::finish(batch, &stored),
            Self::Finished => Step::Done,
        }
    }
}

/// Spin passes the `host` header, wasmtime's own handler the authority.
fn host_of(request: &Request<Bytes>) -> Option<Host> {
    let authority = request.uri().authority().map(|authority| authority.as_str());
    let header = || request.headers().get(http::header::HOST)?.to_str().ok();
    Host::of_authority(authority.or_else(header)?).ok()
}
