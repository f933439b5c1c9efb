//! The renderer for browsers: with it a visitor completes a skeleton without waiting for the edge.

use bytes::Bytes;
use http::Response;
use page_address::{
    Address, Encoding,
    cache_policy::{CachePolicy, Freshness},
};

use super::{
    edge::{Edge, Visit},
    error_page,
    media::Media,
    reply::{self, Reply, RequestFacts},
};

/// A file of the renderer, by its last path segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum File {
    Script,
    Module,
}

impl File {
    /// Of this build only: another one would draw other bytes.
    pub fn of(path: &str) -> Option<Self> {
        let path = path.strip_prefix(FOLDER)?.strip_prefix(page_render::TEMPLATE_BUILD)?;
        match path {
            "/complete.js" => Some(Self::Script),
            "/complete_bg.wasm" => Some(Self::Module),
            _ => None,
        }
    }
}

/// Where a skeleton finds the script; the module lies beside it.
pub fn script_path() -> String {
    format!("{FOLDER}{}/complete.js", page_render::TEMPLATE_BUILD)
}

/// It is ours and the same for everybody, so nobody is asked for.
pub fn open(edge: &Edge, file: File, address: Address, visit: &Visit) -> Reply {
    let facts = RequestFacts::new(address, &visit.request);
    let Some(renderer) = edge.renderer else {
        return error_page::nothing_here(&facts);
    };
    let (bytes, media) = match file {
        File::Script => (renderer.script, &Media::SCRIPT),
        File::Module => (renderer.module, &Media::MODULE),
    };
    let policy = CachePolicy::Public {
        freshness: Freshness::Forever,
        fresh_s: KEPT_S,
        keys: Vec::new(),
    };
    let mut response: Response<Bytes> = reply::framed(&facts, Bytes::from_static(bytes), media, None, &policy);
    Encoding::Gzip.write(response.headers_mut());
    Reply::new(response)
}

/// By our own host, so that the guest need not copy it out each time.
const KEPT_S: u64 = 3_600;
const FOLDER: &str = "/.pharos/renderer-";
