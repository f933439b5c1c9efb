//! A socket that gives up on a peer that moves no byte for too long, reading or writing.

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
    /// Looks at `moved` when it fires and is then set anew, so that moving a byte costs no timer.
    alarm: Pin<Box<Sleep>>,
}

impl<S> StallTimeout<S> {
    pub fn new(socket: S, limit: Duration) -> Self {
        Self {
            socket,
            limit,
            moved: Instant::now(),
            alarm: Box::pin(sleep(limit)),
        }
    }

    /// Passes the socket's result on, unless it has been pending for too long.
    fn watch<T>(&mut self, cx: &mut Context<'_>, poll: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if poll.is_ready() {
            self.moved = Instant::now();
            return poll;
        }
        while self.alarm.as_mut().poll(cx).is_ready() {
            let end = self.moved + self.limit;
            if Instant::now() >= end {
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the peer has stalled")));
            }
            self.alarm.as_mut().reset(end.into());
        }
        Poll::Pending
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
        self.watch(cx, poll)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.socket).poll_write_vectored(cx, bytes);
        self.watch(cx, poll)
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
