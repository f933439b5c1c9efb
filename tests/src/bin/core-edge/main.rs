//! The core with nothing around it that ships: the gateway as native code, a map as its KV, a listener.
//!
//! What a journey shows here is the gateway's own doing; what it shows elsewhere and not here is a shell's or a host's.

use std::net::SocketAddr;

use anyhow::Result;
use clap::Parser;
use tests::memory_region::{MemoryRegion, Visits};
use tokio::net::TcpListener;

#[derive(Parser)]
struct Args {
    #[arg(long)]
    region: String,
    #[arg(long)]
    put_verify_key: String,
    #[arg(long)]
    listen: SocketAddr,
}

#[tokio::main]
async fn main() -> Result<()> {
    let args = Args::parse();
    let region = MemoryRegion::new(&args.region, &args.put_verify_key, Visits::Pages)?;
    axum::serve(TcpListener::bind(args.listen).await?, region.routes()).await?;
    Ok(())
}
