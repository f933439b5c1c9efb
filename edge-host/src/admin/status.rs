//! Where the region stands, and whether it has anything to serve.

use std::time::{Duration, Instant};

use bytes::Bytes;
use edge_guest::now_ms;
use http::{HeaderValue, Response, StatusCode, header::CONTENT_TYPE};
use http_body_util::Full;
use page_model::{Key, body, put::Cursor};

use super::{Admin, text};

impl Admin {
    /// Ready is an edge that has pages to serve. One whose disk is full serves what it has.
    pub fn ready(&self) -> Response<Full<Bytes>> {
        let is_draining = self.draining.is_cancelled();
        // A file that failed is opened anew, and what was lately read is served from memory meanwhile.
        let reason = match self.cursor().or_else(|error| self.lately_read().ok_or(error)) {
            _ if is_draining => "this edge is stopping".to_owned(),
            Err(error) => format!("the store cannot be read: {error}"),
            Ok(None) => "there is nothing to serve yet: no sync has put anything into this region".to_owned(),
            // Until it was filled once, what is not here may still come, and is answered 503.
            Ok(Some(cursor)) if cursor.filling && cursor.floor == 0 => {
                format!(
                    "this region is being filled: it stands at change {} of {}",
                    cursor.seq, cursor.head
                )
            }
            Ok(Some(_)) => return text(StatusCode::OK, "ok\n".into()),
        };
        text(StatusCode::SERVICE_UNAVAILABLE, reason + "\n")
    }

    /// Makes a small write, as only that tells whether a put would be stored: a disk that is full or failed reads as ever from memory.
    pub async fn status(&self) -> Response<Full<Bytes>> {
        let cursor = self.cursor();
        let (shown, read_error) = match &cursor {
            Ok(shown) => (shown.as_ref(), None),
            Err(error) => (None, Some(error.as_str())),
        };
        let written = self.kv.sync().await.err().map(|error| error.to_string());
        let parked = shown.iter().flat_map(|cursor| &cursor.parked);
        let status = serde_json::json!({
            "program": "edge",
            "version": env!("CARGO_PKG_VERSION"),
            "now_ms": now_ms(),
            "region": self.region,
            "ready": self.ready().status().is_success(),
            "storage_error": written.as_deref().or(read_error),
            "cursor": shown.map(|cursor| serde_json::json!({
                "seq": cursor.seq,
                "head": cursor.head,
                "at_ms": cursor.at_ms,
                "filling": cursor.filling,
            })),
            "parked": parked.map(|parked| parked.page.to_string()).collect::<Vec<_>>(),
        });
        let mut response = text(StatusCode::OK, status.to_string());
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(CONTENT_TYPE, json);
        response
    }

    pub fn show_cursor(&self) {
        if let Ok(Some(cursor)) = self.cursor() {
            let metrics = &self.edge.metrics;
            metrics.cursor.set(cursor.seq as f64);
            let age_ms = now_ms().saturating_sub(cursor.at_ms);
            metrics.cursor_age_seconds.set(age_ms as f64 / 1_000.0);
        }
    }

    fn cursor(&self) -> Result<Option<Cursor>, String> {
        let read = self.kv.view().and_then(|view| view.get(&Key::Cursor.to_string()));
        let value = read.map_err(|error| error.to_string())?;
        let cursor = value.map(|value| body::decode::<Cursor>(&value)).transpose();
        let cursor = cursor.map_err(|error| error.to_string())?;
        if let Ok(mut read) = self.read.lock() {
            *read = Some((Instant::now(), cursor.clone()));
        }
        Ok(cursor)
    }

    fn lately_read(&self) -> Option<Option<Cursor>> {
        let read = self.read.lock().ok()?;
        let (at, cursor) = read.as_ref()?;
        (at.elapsed() < READ_LATELY).then(|| cursor.clone())
    }
}

/// A file that fails for longer serves nobody whose page is not in memory.
const READ_LATELY: Duration = Duration::from_secs(30);
