//! Builds the replies of a page that the visitor may see. It decides nothing: `plan.rs` has.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use page_address::{Encoding, Subject, cache_policy::CachePolicy};
use page_render::Completion;

use super::{
    error_page::{self, ErrorPage},
    finished::Encoded,
    kind::LanguageSource,
    kinds::page,
    language,
    media::Media,
    reading::Reading,
    renderer,
    reply::{self, Reply},
    validator::Validator,
};

/// The finished page, which is current.
pub fn hit(reading: &Reading, finished: Encoded) -> Reply {
    kept(reading, finished, &reading.policy(&[]))
}

/// The finished page, whose content has changed since.
pub fn outdated(reading: &Reading, finished: Encoded) -> Reply {
    kept(reading, finished, &reading.passing_policy())
}

/// What was drawn within the visit: sent as it is, compressed and stored afterwards.
pub fn fresh(reading: &Reading, text: String, validator: &Validator, is_current: bool) -> Reply {
    let policy = match is_current {
        true => reading.policy(reading.html_key().as_slice()),
        false => reading.passing_policy(),
    };
    framed(reading, Encoding::Identity, Bytes::from(text), validator, &policy)
}

/// What the visitor has already.
pub fn not_modified(reading: &Reading, validator: &Validator) -> Reply {
    let encoding = reading
        .held_encoding(validator)
        .unwrap_or(reading.facts.address.negotiation.encoding);
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    let headers = response.headers_mut();
    headers.insert(header::ETAG, validator.etag(encoding));
    reading.view.kind.media.write_for_others(headers);
    reading.facts.write_for_whom(&reading.policy(&[]), false, headers);
    Reply::new(response)
}

/// The outline of the page, which completes itself.
pub fn skeleton(reading: &Reading) -> Reply {
    // The renderer draws the front page.
    let is_front = std::ptr::eq(reading.view.kind, &page::INDEX);
    let renderer = (reading.completes && is_front).then(renderer::script_path);
    let completion = Completion {
        language: reading.chosen.language,
        keeps_language: reading.chosen.by_address,
        renderer: renderer.as_deref(),
    };
    let html = page_render::skeleton(&reading.page.site, reading.page.current(), completion);
    let (style, policy) = (reading.page.site.style.as_ref(), reading.passing_policy());
    let mut response = reply::framed(&reading.facts, Bytes::from(html), &Media::SKELETON, style, &policy);
    let skeleton = HeaderValue::from_static("1");
    response.headers_mut().insert(SKELETON, skeleton);
    Reply::new(response)
}

/// Bytes as they lie in the KV.
pub fn bytes(reading: &Reading, bytes: Vec<u8>, validator: &Validator) -> Reply {
    let policy = reading.policy(&[]);
    framed(reading, Encoding::Identity, Bytes::from(bytes), validator, &policy)
}

/// To another path of the same host.
pub fn moved(reading: &Reading, status: StatusCode, path: &str) -> Reply {
    let to = reading.facts.address.target_at(path);
    Reply::elsewhere(status, &to, &reading.policy(&[]), &reading.facts)
}

/// The query asks for what does not exist; with the reason.
pub fn refused(reading: &Reading, status: StatusCode, why: &str) -> Reply {
    let (media, policy) = (reading.view.kind.media, reading.absent_policy());
    error_page::problem(status, why, media, &reading.facts, &policy)
}

pub fn error(reading: &Reading, error: ErrorPage) -> Reply {
    let chosen = language::choose(LanguageSource::Visitor, &reading.facts, reading.page.site.language);
    let (media, policy) = (reading.view.kind.media, reading.absent_policy());
    error.reply(&reading.host, media, &reading.facts, chosen.language, &policy)
}

fn kept(reading: &Reading, finished: Encoded, policy: &CachePolicy) -> Reply {
    let Encoded { validator, bytes } = finished;
    let encoding = reading.facts.address.negotiation.encoding;
    framed(reading, encoding, bytes, &validator, policy)
}

fn framed(reading: &Reading, encoding: Encoding, bytes: Bytes, validator: &Validator, policy: &CachePolicy) -> Reply {
    let kind = reading.view.kind;
    let style = reading.page.site.style.as_ref();
    let mut response = reply::framed(&reading.facts, bytes, kind.media, style, policy);
    let headers = response.headers_mut();
    encoding.write(headers);
    headers.insert(header::ETAG, validator.etag(encoding));
    if let Subject::Asset(asset) = &reading.view.subject {
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static(asset.kind().media_type()),
        );
    }
    if kind.language != LanguageSource::None {
        let language = HeaderValue::from_static(reading.chosen.language.tag());
        headers.insert(header::CONTENT_LANGUAGE, language);
    }
    if let Some(links) = kind.links {
        headers.insert(header::LINK, HeaderValue::from_static(links));
    }
    Reply::new(response)
}

/// By it the page that asks for itself knows that it is not there yet.
const SKELETON: HeaderName = HeaderName::from_static("pharos-skeleton");
