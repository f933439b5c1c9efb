//! Where the region stands, and whether it has anything to serve.

use std::time::Duration;

use bytes::Bytes;
use edge_guest::now_ms;
use http::{HeaderValue, Response, StatusCode, header::CONTENT_TYPE};
use http_body_util::Full;
use page_model::{Key, body, put::Cursor};
use tokio::time::sleep;

use super::{Admin, text};

impl Admin {
    /// Ready is an edge that has pages to serve. One whose disk is full serves what it has.
    pub async fn ready(&self) -> Response<Full<Bytes>> {
        let is_draining = self.draining.is_cancelled();
        let mut cursor = self.cursor();
        // A file that failed is opened anew at the next write, which is soon.
        for _ in 0..READS_MAX {
            if cursor.is_ok() {
                break;
            }
            sleep(READ_PAUSE).await;
            cursor = self.cursor();
        }
        let reason = match cursor {
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
            "ready": self.ready().await.status().is_success(),
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
        let Some(value) = read.map_err(|error| error.to_string())? else {
            return Ok(None);
        };
        body::decode(&value).map(Some).map_err(|error| error.to_string())
    }
}

const READS_MAX: usize = 20;
const READ_PAUSE: Duration = Duration::from_millis(50);
