//! One journey, a test for each platform.

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
            async fn spin() -> anyhow::Result<()> {
                $crate::System::journey_on($crate::Platform::Spin, super::$journey).await
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
