//! What the guest counts, by region.

use metrics::{
    Counter, Gauge, Histogram, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};

#[derive(Clone)]
pub struct GuestMetrics {
    pub calls: Counter,
    pub seconds: Histogram,
    pub instances: Gauge,
    /// Instances that trapped, asked for too much memory included.
    pub traps: Counter,
    /// Instances that were ended because they took too long.
    pub timeouts: Counter,
    /// Visits for which no guest instance became free in time.
    pub busy: Counter,
    /// Replies whose work afterwards was left to the next visit.
    pub left: Counter,
    /// Questions to the origin for visitors who want to be let in, and those that it did not answer.
    pub questions: Counter,
    pub unanswered: Counter,
}

impl GuestMetrics {
    pub fn new(region: &str) -> Self {
        describe();
        let by = |kind: &'static str| counter!("pharos_edge_guest_failures_total", "region" => region.to_owned(), "kind" => kind);
        Self {
            calls: counter!("pharos_edge_guest_calls_total", "region" => region.to_owned()),
            seconds: histogram!("pharos_edge_guest_seconds", "region" => region.to_owned()),
            instances: gauge!("pharos_edge_guest_instances", "region" => region.to_owned()),
            traps: by("trap"),
            timeouts: by("timeout"),
            busy: by("busy"),
            left: counter!("pharos_edge_guest_work_left_total", "region" => region.to_owned()),
            questions: counter!("pharos_edge_questions_total", "region" => region.to_owned()),
            unanswered: counter!("pharos_edge_questions_unanswered_total", "region" => region.to_owned()),
        }
    }
}

fn describe() {
    describe_counter!("pharos_edge_guest_calls_total", "Calls of the guest component.");
    describe_counter!(
        "pharos_edge_guest_failures_total",
        "Guest calls that gave no reply, by kind."
    );
    describe_counter!(
        "pharos_edge_guest_work_left_total",
        "Replies whose work afterwards, such as keeping the finished page, was left to the next visit."
    );
    describe_counter!(
        "pharos_edge_questions_total",
        "Questions to the origin for visitors of private pages."
    );
    describe_counter!(
        "pharos_edge_questions_unanswered_total",
        "Questions for visitors that the origin did not answer in time."
    );
    describe_histogram!(
        "pharos_edge_guest_seconds",
        "Time from calling the guest to its complete reply."
    );
    describe_gauge!("pharos_edge_guest_instances", "Instances of the guest component.");
}
