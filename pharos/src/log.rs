//! What the programs say while they run: lines on standard error, and traces.

use std::io::IsTerminal as _;

use tracing::Subscriber;
use tracing_subscriber::{
    EnvFilter, Layer as _, filter::filter_fn, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use crate::{config, traces};

/// Logs to standard error, and makes traces of a program where somebody wants them: its name, and where they go.
pub fn begin(traced: Option<(&'static str, &str)>) -> anyhow::Result<Option<traces::Sending>> {
    // One that is no address is told with all other settings.
    let traced = traced.filter(|(_, endpoint)| config::url(endpoint).is_ok());
    let sending = traced
        .map(|(program, endpoint)| traces::Sending::begin(program, endpoint))
        .transpose()?;
    let shown = EnvFilter::try_from_env("PHAROS_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    subscriber(shown, sending.as_ref()).init();
    Ok(sending)
}

/// Takes nothing below the levels that are shown: parsers of others tell of each letter at theirs, and would be asked for it.
fn subscriber(shown: EnvFilter, sending: Option<&traces::Sending>) -> impl Subscriber + Send + Sync + use<> {
    // The level of the last filter is the layer's.
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_filter(filter_fn(|of| of.target() != trace_context::TARGET))
        .with_filter(shown);
    let layer = sending.map(traces::Sending::layer);
    tracing_subscriber::registry().with(lines).with(layer)
}

#[cfg(test)]
mod tests {
    use tracing::level_filters::LevelFilter;

    use super::*;

    #[test]
    fn levels_that_are_not_shown_are_asked_for_nowhere() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let sending = traces::Sending::begin("origin", "http://127.0.0.1:9").expect("it begins");
        for sending in [None, Some(&sending)] {
            for level in [LevelFilter::INFO, LevelFilter::TRACE] {
                let subscriber = subscriber(EnvFilter::new(level.to_string()), sending);
                assert_eq!(subscriber.max_level_hint(), Some(level));
            }
        }
    }
}
