//! What only a component that answers HTTP by itself can get wrong.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tests::{Page, Platform, System};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

#[tokio::test(flavor = "multi_thread")]
async fn head_and_body_arrive_in_one_read() -> Result<()> {
    System::journey_on(Platform::Spin, async |system| {
        let page = Page::create(&system.push, "alone", 10).await?;
        system.until_settled(&page).await?;
        system.until_shown(&page, &["Component 9"]).await?;
        let region = &system.regions[0];
        for round in 0..20 {
            // Nobody else asks meanwhile, so nothing but the component decides what is sent together.
            tokio::time::sleep(Duration::from_millis(20)).await;
            let mut socket = TcpStream::connect(region.visitor.addr()).await?;
            let request = format!("GET / HTTP/1.1\r\nhost: {}\r\naccept-encoding: br\r\n\r\n", page.host);
            socket.write_all(request.as_bytes()).await?;
            let mut buffer = vec![0; 256 * 1024];
            let read = socket.read(&mut buffer).await?;
            let reply = &buffer[..read];
            let end = reply.windows(4).position(|four| four == b"\r\n\r\n");
            let end = end.with_context(|| format!("round {round}: no whole head in {read} bytes"))? + 4;
            let head = String::from_utf8_lossy(&reply[..end]).to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.context("no content-length")?.trim().parse()?;
            ensure!(
                length > 0 && read - end == length,
                "round {round}: {} of {length} bytes of the body came with the head",
                read - end
            );
        }
        Ok(())
    })
    .await
}
