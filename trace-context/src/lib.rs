//! The trace that a change is part of, as it goes from program to program (W3C Trace Context). Where no traces are made, its spans cost
//! nothing and nothing is handed on.

use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// The target of spans that make up traces; no other span goes into one, and these stay out of the log.
pub const TARGET: &str = "pharos_traces";
pub const HEADER: &str = "traceparent";

/// What the next program is told, if the span is part of a trace.
pub fn traceparent(span: &Span) -> Option<String> {
    let context = span.context();
    let span = context.span();
    let known = span.span_context();
    let flags = known.trace_flags().to_u8();
    known
        .is_valid()
        .then(|| format!("00-{}-{}-{flags:02x}", known.trace_id(), known.span_id()))
}

/// The span goes on with the trace that another program began.
pub fn follow(span: &Span, traceparent: &str) {
    if let Some(parent) = parsed(traceparent) {
        let parent = opentelemetry::Context::new().with_remote_span_context(parent);
        // Fails only where nobody makes traces.
        let _ = span.set_parent(parent);
    }
}

fn parsed(traceparent: &str) -> Option<SpanContext> {
    let mut parts = traceparent.trim().split('-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    if version != "00" || trace.len() != 32 || span.len() != 16 || flags.len() != 2 || parts.next().is_some() {
        return None;
    }
    let context = SpanContext::new(
        TraceId::from_hex(trace).ok()?,
        SpanId::from_hex(span).ok()?,
        TraceFlags::new(u8::from_str_radix(flags, 16).ok()?),
        true,
        TraceState::default(),
    );
    context.is_valid().then_some(context)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_the_standard_says_and_nothing_else() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let context = parsed(good).expect("a context");
        assert_eq!(context.trace_id().to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert!(context.is_remote() && context.is_sampled());
        for bad in [
            "",
            "00",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473x-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0é",
        ] {
            assert!(parsed(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn nothing_is_handed_on_where_no_traces_are_made() {
        let span = tracing::info_span!(target: TARGET, "push");
        follow(&span, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        assert_eq!(traceparent(&span), None);
    }
}
