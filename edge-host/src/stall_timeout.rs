//! A socket that gives up on a peer that moves no byte for too long, or takes none: what it sends meanwhile does not count.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

pub struct StallTimeout<S> {
    socket: S,
    limit: Duration,
    moved: Instant,
    /// Since when the peer takes no byte that is there for it.
    full_since: Option<Instant>,
    /// Looks at `moved` when it fires and is then set anew, so that moving a byte costs no timer.
    alarm: Pin<Box<Sleep>>,
}

impl<S> StallTimeout<S> {
    pub fn new(socket: S, limit: Duration) -> Self {
        Self {
            socket,
            limit,
            moved: Instant::now(),
            full_since: None,
            alarm: Box::pin(sleep(limit)),
        }
    }

    /// Passes the socket's result on, unless it has been pending for too long.
    fn watch<T>(&mut self, cx: &mut Context<'_>, poll: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if poll.is_ready() {
            self.moved = Instant::now();
            if self.full_since.is_none() {
                return poll;
            }
        }
        while self.alarm.as_mut().poll(cx).is_ready() {
            let end = self.full_since.unwrap_or(self.moved).min(self.moved) + self.limit;
            if Instant::now() >= end {
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the peer has stalled")));
            }
            self.alarm.as_mut().reset(end.into());
        }
        poll
    }

    fn watch_write<T>(&mut self, cx: &mut Context<'_>, poll: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        match poll.is_ready() {
            true => self.full_since = None,
            false => drop(self.full_since.get_or_insert_with(Instant::now)),
        }
        self.watch(cx, poll)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for StallTimeout<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.socket).poll_read(cx, buf);
        self.watch(cx, poll)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for StallTimeout<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.socket).poll_write(cx, bytes);
        self.watch_write(cx, poll)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.socket).poll_write_vectored(cx, bytes);
        self.watch_write(cx, poll)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn times_out_when_the_peer_sends_nothing() {
        let (_peer, socket) = tokio::io::duplex(8);
        let mut socket = StallTimeout::new(socket, Duration::from_millis(30));
        let error = socket.read_u8().await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn times_out_when_the_peer_does_not_read() {
        let (_peer, socket) = tokio::io::duplex(8);
        let mut socket = StallTimeout::new(socket, Duration::from_millis(30));
        let error = socket.write_all(&[0; 64]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn what_a_peer_sends_is_no_reason_to_wait_until_it_reads() {
        let (mut peer, mut socket) = tokio::io::duplex(8);
        let sending = tokio::spawn(async move {
            while peer.write_u8(0).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
        let mut socket = StallTimeout::new(&mut socket, Duration::from_millis(60));
        let both = poll_fn(|cx| {
            let mut read = [0; 8];
            loop {
                let mut read = ReadBuf::new(&mut read);
                match Pin::new(&mut socket).poll_read(cx, &mut read) {
                    Poll::Ready(Ok(())) => {}
                    Poll::Ready(Err(error)) => return Poll::Ready(error),
                    Poll::Pending => break,
                }
            }
            loop {
                match Pin::new(&mut socket).poll_write(cx, &[0; 8]) {
                    Poll::Ready(Ok(_)) => {}
                    Poll::Ready(Err(error)) => return Poll::Ready(error),
                    Poll::Pending => return Poll::Pending,
                }
            }
        });
        let error = tokio::time::timeout(Duration::from_secs(20), both).await.unwrap();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        drop(socket);
        sending.abort();
    }

    #[tokio::test]
    async fn slow_peers_do_not_time_out() {
        let (mut peer, socket) = tokio::io::duplex(8);
        let mut socket = StallTimeout::new(socket, Duration::from_millis(200));
        let slow = tokio::spawn(async move {
            for byte in 0..6 {
                tokio::time::sleep(Duration::from_millis(60)).await;
                peer.write_u8(byte).await.unwrap();
            }
        });
        for byte in 0..6 {
            assert_eq!(socket.read_u8().await.unwrap(), byte);
        }
        slow.await.unwrap();
    }
}
