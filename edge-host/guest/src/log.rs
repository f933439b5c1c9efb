//! What the guest writes to stdout and stderr becomes lines of the host's log.

use std::{
    io, mem,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};

use crate::limits::GUEST_LOG_LINE_BYTES_MAX;

#[derive(Clone)]
pub struct GuestLog {
    region: Arc<str>,
}

impl GuestLog {
    pub fn new(region: Arc<str>) -> Self {
        Self { region }
    }
}

impl IsTerminal for GuestLog {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for GuestLog {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(Lines {
            region: Arc::clone(&self.region),
            line: Vec::new(),
        })
    }
}

struct Lines {
    region: Arc<str>,
    line: Vec<u8>,
}

impl Lines {
    fn take(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match byte {
                b'\n' => self.end(),
                _ if self.line.len() < GUEST_LOG_LINE_BYTES_MAX => self.line.push(*byte),
                _ => {}
            }
        }
    }

    fn end(&mut self) {
        line(&self.region, &mem::take(&mut self.line));
    }
}

/// Whatever it holds, it stays one line.
pub fn line(region: &str, line: &[u8]) {
    let line = line.get(..GUEST_LOG_LINE_BYTES_MAX).unwrap_or(line);
    tracing::info!(region, "guest: {}", String::from_utf8_lossy(line).escape_debug());
}

impl AsyncWrite for Lines {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.take(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        if !self.line.is_empty() {
            self.end();
        }
    }
}
