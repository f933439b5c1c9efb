//! Where the edge of a region runs. The journeys of every platform are the same ones.

/// Which shell drives the gateway, and what stands around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// The gateway as native code with a map as its KV: no shell that ships, only the core.
    Core,
    /// `pharos edge`, which runs the component that Spin runs too.
    OwnHost,
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

/// Makes of each journey one test for each platform: `journey::own_host`, `journey::workerd` and so on.
#[macro_export]
macro_rules! on_every_platform {
    ($($journey:ident),+ $(,)?) => { $(
        mod $journey {
            #[tokio::test(flavor = "multi_thread")]
            async fn core() -> anyhow::Result<()> {
                $crate::System::journey_on($crate::Platform::Core, super::$journey).await
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn own_host() -> anyhow::Result<()> {
                $crate::System::journey_on($crate::Platform::OwnHost, super::$journey).await
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn workerd() -> anyhow::Result<()> {
                $crate::System::journey_on($crate::Platform::Workerd, super::$journey).await
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn workerd_fast() -> anyhow::Result<()> {
                $crate::System::journey_on($crate::Platform::WorkerdFast, super::$journey).await
            }
        }
    )+ };
}
