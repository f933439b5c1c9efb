//! What the gateway is given: the region that it stands in, a visit, and what lies in the KV.

use std::net::IpAddr;

use bytes::Bytes;
use http::Request;
use page_model::{limits::RECORD_HEAD_BYTES_MAX, put::PutKeys};

use super::finished::Forms;

/// What a region knows of itself.
#[derive(Debug, Clone)]
pub struct Edge {
    pub region: String,
    /// Verify what kv-sync puts; without any every put is refused.
    pub put_keys: PutKeys,
    /// The encodings in which finished pages are kept: `Forms::compressed`, or `Forms::plain` where the platform
    /// compresses.
    pub forms: fn(String) -> Forms,
    /// How long this region's KV may show what was there before a write.
    pub kv_lag_ms_max: u64,
    /// How long visitors may be served what was there before a write.
    pub served_ms_max: u64,
    /// What a put writes is one transaction on the region's own disk, so that the put can be counted with it.
    pub counts_puts: bool,
    /// What completes a skeleton in the browser, where the edge has it to give.
    pub renderer: Option<Renderer>,
}

/// The files of `page-browser` as wasm-bindgen makes them, in gzip, which every browser that runs WebAssembly takes.
#[derive(Debug, Clone, Copy)]
pub struct Renderer {
    pub script: &'static [u8],
    pub module: &'static [u8],
}

/// A request with its body, the authority in its URI or in `host`, and the time at which it came.
#[derive(Debug)]
pub struct Visit {
    pub request: Request<Bytes>,
    pub now_ms: u64,
    /// Where the visitor's connection comes from, if the platform itself knows; what a visitor says of it is not it.
    pub client: Option<IpAddr>,
}

/// What lies under a key. A finished page is cut out of it and not copied, so that a shell can tell where it lies.
#[derive(Debug)]
pub enum Seen {
    Found(Bytes),
    Absent,
    Failed,
}

impl Seen {
    pub fn found(self) -> Option<Bytes> {
        match self {
            Self::Found(bytes) => Some(bytes),
            Self::Absent | Self::Failed => None,
        }
    }

    /// What of it tells which version it is; the rest is let go, as a put reads hundreds of these.
    pub fn beginning(self) -> Self {
        match self {
            Self::Found(bytes) if bytes.len() > RECORD_HEAD_BYTES_MAX => {
                Self::Found(Bytes::copy_from_slice(&bytes[..RECORD_HEAD_BYTES_MAX]))
            }
            seen => seen,
        }
    }
}
