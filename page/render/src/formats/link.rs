//! Addresses as formats name them: whole, on the page's own host, else on the one that the visitor asks.

use page_model::{Host, Id, snapshot::Page};

/// `https://status.acme.com`
pub fn front(page: &Page, asked: &Host) -> String {
    format!("https://{}", host(page, asked))
}

/// The permanent link of an incident; a maintenance's leads on to its own page.
pub fn event(page: &Page, asked: &Host, id: &Id) -> String {
    format!("https://{}/incidents/{id}", host(page, asked))
}

pub fn maintenance(page: &Page, asked: &Host, id: &Id) -> String {
    format!("https://{}/maintenances/{id}", host(page, asked))
}

pub fn host<'a>(page: &'a Page, asked: &'a Host) -> &'a Host {
    page.host.as_ref().unwrap_or(asked)
}
