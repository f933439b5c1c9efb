//! Ports that nobody listens on.

use std::{
    env,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    process,
    sync::atomic::{AtomicU16, Ordering},
};

/// An address on loopback that is free and that this process hands out once. It lies below the range from which the
/// kernel takes the ports of outgoing connections, so a killed program finds its port free when it starts again.
pub fn free() -> SocketAddr {
    loop {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = FIRST + (process_offset() + step) % COUNT;
        let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        if TcpListener::bind(addr).is_ok() {
            return addr;
        }
    }
}

/// Keeps two test processes apart that run at the same time: nextest tells each its slot among those that run. In a slot the next test
/// begins elsewhere, since programs of the last one may just be ending.
fn process_offset() -> u16 {
    let slot: Option<u32> = env::var("NEXTEST_TEST_GLOBAL_SLOT")
        .ok()
        .and_then(|slot| slot.parse().ok());
    let offset = match slot {
        Some(slot) => slot * SLOT_PORTS + process::id().wrapping_mul(31) % SLOT_PORTS,
        None => process::id().wrapping_mul(101),
    };
    (offset % u32::from(COUNT)) as u16
}

const FIRST: u16 = 18_000;
const COUNT: u16 = 14_000;
const SLOT_PORTS: u32 = 500;
static NEXT: AtomicU16 = AtomicU16::new(0);
