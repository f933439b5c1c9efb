//! Where the edge of a region runs. The journeys of every platform are the same ones.

/// Which shell drives the gateway, and what stands around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// The gateway as native code with a map as its KV: no shell that ships, only the core.
    Core,
    /// `pharos edge`, which drives the gateway step by step.
    OwnHost,
    /// The component of `spin.toml` on a stand-in for Spin, with a map as its store.
    Spin,
    /// The bundle that `wrangler deploy` ships, on a bare workerd, with a KV that shows writes at once.
    Workerd,
    /// The same in the fast mode: what is current lies in Durable Objects.
    WorkerdFast,
}

impl Platform {
    /// There the platform speaks HTTP, and compresses.
    pub fn is_workerd(self) -> bool {
        matches!(self, Self::Workerd | Self::WorkerdFast)
    }
}
