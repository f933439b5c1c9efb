//! What a page may do, as its content security policy: nothing from elsewhere, inline blocks by their hash only.

use base64::{Engine, prelude::BASE64_STANDARD};
use page_model::ContentHash;

use crate::embedded::{EMBED_SCRIPT_HASH, EMBED_STYLE_HASH, SCRIPT_HASHES, STYLE_HASHES};

/// The policy of every page; `style` is the hash of the owner's own block.
pub fn content_security_policy(style: Option<&ContentHash>) -> String {
    page(style, "")
}

/// The policy of a skeleton, under which the page that completes it lives too: the renderer is our own file and
/// WebAssembly.
pub fn skeleton_content_security_policy(style: Option<&ContentHash>) -> String {
    page(style, " 'self' 'wasm-unsafe-eval'")
}

/// The policy of what stands in a frame on somebody's site.
pub fn embed_content_security_policy(style: Option<&ContentHash>) -> String {
    let style = own(style);
    format!(
        "default-src 'none'; style-src {EMBED_STYLE_HASH}{style}; script-src {EMBED_SCRIPT_HASH}; img-src 'self' data:; \
         connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"
    )
}

fn page(style: Option<&ContentHash>, scripts: &str) -> String {
    let style = own(style);
    format!(
        "default-src 'none'; style-src {STYLE_HASHES}{style}; script-src {SCRIPT_HASHES}{scripts}; img-src 'self' data:; \
         connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
}

fn own(style: Option<&ContentHash>) -> String {
    style.map_or(String::new(), |hash| {
        format!(" 'sha256-{}'", BASE64_STANDARD.encode(hash.0))
    })
}
