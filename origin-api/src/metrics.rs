//! What an origin counts, in words, and at zero from the start: who watches must be able to tell "never" from "not counted".

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};

pub fn begin(head: i64) {
    describe();
    for about in DATABASE {
        counter!("pharos_origin_database_errors_total", "about" => about).increment(0);
        counter!("pharos_origin_batches_failed_total", "about" => about).increment(0);
    }
    for looks_at in CLOCK {
        for about in DATABASE.into_iter().chain(["refused"]) {
            counter!("pharos_origin_clock_errors_total", "looks_at" => looks_at, "about" => about).increment(0);
        }
    }
    for kept in KEPT {
        counter!("pharos_origin_forgotten_total", "kept" => kept).increment(0);
    }
    for outcome in SIGN_INS {
        counter!("pharos_origin_sign_ins_total", "outcome" => outcome).increment(0);
    }
    for outcome in PROVIDER_SIGN_INS {
        counter!("pharos_origin_provider_sign_ins_total", "outcome" => outcome).increment(0);
    }
    for outcome in MAILS {
        counter!("pharos_origin_mails_total", "outcome" => outcome).increment(0);
    }
    counter!("pharos_origin_unseen_changes_total").increment(0);
    counter!("pharos_origin_sets_without_room_total").increment(0);
    gauge!("pharos_origin_mails_waiting").increment(0.0);
    gauge!("pharos_origin_idempotency_bytes").increment(0.0);
    gauge!("pharos_origin_head_seq").set(head as f64);
    // Without a label; each is measured from the first of its kind.
    let _ = (
        histogram!("pharos_origin_batch_seconds"),
        histogram!("pharos_origin_batch_changes"),
        histogram!("pharos_origin_compose_seconds"),
    );
}

fn describe() {
    describe_counter!(
        "pharos_origin_database_errors_total",
        "Requests that the database could not serve, by what was wrong: row, statement, full, database."
    );
    describe_counter!(
        "pharos_origin_batches_failed_total",
        "Transactions of changes that were given up whole, by what was wrong."
    );
    describe_counter!(
        "pharos_origin_clock_errors_total",
        "What time should have changed and could not, by what was looked at and what was wrong."
    );
    describe_counter!(
        "pharos_origin_forgotten_total",
        "Rows that have served and were forgotten, by kind."
    );
    describe_counter!(
        "pharos_origin_sign_ins_total",
        "Questions of edges for visitors of private pages, by how they ended."
    );
    describe_counter!(
        "pharos_origin_provider_sign_ins_total",
        "Sign-ins by an identity provider that failed, by why."
    );
    describe_counter!("pharos_origin_mails_total", "Mails to visitors, by how they ended.");
    describe_counter!(
        "pharos_origin_unseen_changes_total",
        "Changes after which a page showed what it showed before."
    );
    describe_counter!(
        "pharos_origin_sets_without_room_total",
        "Visitors who see less than they may, as their page has too many sets of audiences."
    );
    describe_gauge!("pharos_origin_mails_waiting", "Mails that wait to be sent.");
    describe_gauge!(
        "pharos_origin_idempotency_bytes",
        "Bytes of the answers that idempotency keys hold."
    );
    describe_gauge!("pharos_origin_head_seq", "The last change that is on disk.");
    describe_histogram!(
        "pharos_origin_batch_seconds",
        "Time of a transaction of changes, with its commit to disk."
    );
    describe_histogram!("pharos_origin_batch_changes", "Changes in one transaction.");
    describe_histogram!(
        "pharos_origin_compose_seconds",
        "Time of making a page's records for the regions."
    );
    describe_histogram!(
        "pharos_origin_request_seconds",
        "Time of a request to the push API or by the sync, by route, method and status."
    );
}

const DATABASE: [&str; 4] = ["row", "statement", "full", "database"];
const CLOCK: [&str; 6] = ["maintenances", "reminders", "series", "days", "points", "kept"];
const KEPT: [&str; 9] = [
    "idempotency",
    "events",
    "reminders",
    "audience_sets",
    "audit",
    "audit_people",
    "regions",
    "deleted_pages",
    "hosts",
];
const SIGN_INS: [&str; 11] = [
    "let_in",
    "mailed",
    "refused",
    "busy",
    "no_way",
    "sent_to_provider",
    "failed_there",
    "away",
    "undecodable",
    "failed",
    "unheard",
];
const PROVIDER_SIGN_INS: [&str; 16] = [
    "busy",
    "away",
    "flow",
    "state",
    "replayed",
    "cancelled",
    "not_exchanged",
    "unreadable",
    "signature",
    "issuer",
    "audience",
    "nonce",
    "expired",
    "not_known",
    "groups_overage",
    "database",
];
const MAILS: [&str; 5] = ["sent", "later", "refused", "unknown", "limited"];
