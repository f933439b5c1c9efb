//! A state machine that asks: `open` takes a visit, every [`Step`] says what is needed next, and each continuation
//! takes what came of it. Nothing here fails: an unknown host, a record that does not decode and a broken KV each give
//! a proper page.

mod access;
mod admission;
mod afterwards;
mod arrival;
mod capability;
mod door;
mod edge;
mod encoding;
mod entrance;
mod error_page;
mod finished;
mod form;
mod guard;
mod host_record;
mod kind;
mod kinds;
mod language;
mod listing;
mod media;
mod plan;
mod progress;
mod put_batch;
mod put_endpoint;
mod read_ahead;
mod reading;
mod recent;
mod region_cursor;
mod renderer;
mod renewal;
mod reply;
mod respond;
mod route;
mod sign_on;
mod source;
mod step;
mod validator;
mod variant;
mod verified;
mod visitor;
mod warming;

use http::{HeaderName, Method, StatusCode, header};
use page_address::{
    Address, Unaddressed,
    cache_policy::{CachePolicy, SURROGATE_CAPABILITY},
    fetch::{SEC_FETCH_MODE, SEC_FETCH_SITE},
};
use page_model::{Key, put, sign_in::Answer};

pub use edge::{Edge, Renderer, Seen, Visit};
pub use finished::Forms;
pub use page_model::put::PutKeys;
pub use put_endpoint::{body_bytes_max, store};
pub use reply::Reply;
pub use route::addresses;
pub use step::{AfterForward, AfterRead, AfterWrite, Afterwards, Forward, Step};
pub use warming::turn;

use form::Entrance;
use reply::RequestFacts;
use route::Endpoint;
use visitor::Wants;

/// Whether a record says what is current. Where a KV shows writes late, these are worth a place that does not.
pub fn is_current(key: &Key) -> bool {
    matches!(key, Key::Site(_) | Key::Snapshot(..) | Key::Cursor)
}

/// The headers of a request that the gateway may look at; a shell need not carry over others.
pub const REQUEST_HEADERS: [HeaderName; 15] = [
    header::ACCEPT,
    header::ACCEPT_ENCODING,
    header::ACCEPT_LANGUAGE,
    header::AUTHORIZATION,
    header::COOKIE,
    header::HOST,
    header::IF_NONE_MATCH,
    header::ORIGIN,
    SEC_FETCH_MODE,
    SEC_FETCH_SITE,
    SURROGATE_CAPABILITY,
    put_endpoint::REGION,
    put_endpoint::TIME,
    put_endpoint::SIGNATURE,
    put_endpoint::DIGEST,
];

/// Begins a visit.
pub fn open(edge: &Edge, visit: Visit) -> Step {
    let (method, uri) = (visit.request.method(), visit.request.uri());
    let address = match Address::parse(method, uri, visit.request.headers()) {
        Ok(address) => address,
        // A region is filled at whatever name its operator gave it.
        Err(Unaddressed::NoPage) if method == Method::POST && uri.path() == put::PATH => {
            return put_endpoint::open(edge, visit);
        }
        Err(_) => {
            let text = "This request names no host.\n";
            return Reply::plain(StatusCode::BAD_REQUEST, text).into();
        }
    };
    match Endpoint::of(method, &address) {
        Endpoint::Put => put_endpoint::open(edge, visit),
        Endpoint::View(view) => arrival::open(edge, address, Wants::View(view), &visit),
        Endpoint::Entrance(allowed) => match Entrance::of(&address.host, &visit.request) {
            Ok(entrance) => arrival::open(edge, address, Wants::Entrance(entrance), &visit),
            Err(StatusCode::METHOD_NOT_ALLOWED) => Reply::method_not_allowed(allowed).into(),
            Err(status) => Reply::plain(status, "This form is too large.\n").into(),
        },
        Endpoint::Renderer(file) => renderer::open(edge, file, address, &visit).into(),
        Endpoint::Preflight => Reply::preflight().into(),
        Endpoint::MethodNotAllowed { preflight: true } => Reply::method_not_allowed("GET, HEAD, OPTIONS").into(),
        Endpoint::MethodNotAllowed { preflight: false } => Reply::method_not_allowed("GET, HEAD").into(),
        Endpoint::Slash(to) => {
            let facts = RequestFacts::new(address, &visit.request);
            let policy = CachePolicy::until_written(Vec::new());
            Reply::elsewhere(StatusCode::PERMANENT_REDIRECT, &to, &policy, &facts).into()
        }
        Endpoint::Unknown => error_page::nothing_here(&RequestFacts::new(address, &visit.request)).into(),
    }
}

impl AfterRead {
    pub fn resume(self, seen: Vec<Seen>) -> Step {
        match self {
            Self::Site(arrival) => arrival::resume(arrival, seen),
            Self::Finished(reading) => progress::resume_finished(reading, seen),
            Self::Source(reading, finished) => progress::resume_source(reading, finished, seen),
            Self::Permalinks(reading, finished) => progress::resume_permalinks(reading, finished, seen),
            Self::SourceAfterwards(reading, forms) => afterwards::resume_source(&reading, forms, seen),
            Self::ObjectsAfterwards(reading) => afterwards::resume_objects(&reading, seen),
            Self::Existing(batch) => put_endpoint::store_content(*batch, seen),
        }
    }
}

impl AfterForward {
    /// `answer` is what the origin said, if it said anything in time.
    pub fn resume(self, answer: Option<&[u8]>) -> Step {
        let answer = answer.and_then(Answer::from_bytes);
        match self {
            Self::Renewal(renewal) => {
                let (arrival, visited, session) = renewal::resume(*renewal, answer);
                arrival::enter(arrival, visited, session)
            }
            Self::SignIn(signing_in) => entrance::resume(*signing_in, answer),
            Self::SignOn(signing_on) => sign_on::resume(*signing_on, answer),
        }
    }
}

impl AfterWrite {
    pub fn resume(self, stored: Vec<bool>) -> Step {
        match self {
            Self::Closing(batch, rest) => put_endpoint::store_closed(batch, rest, &stored),
            Self::Content(batch) => put_endpoint::store_sites(batch, &stored),
            Self::Sites(batch) => put_endpoint::store_cursor(batch, &stored),
            Self::Cursor(batch) => put_endpoint::finish(batch, &stored),
            Self::Finished => Step::Done,
        }
    }
}
