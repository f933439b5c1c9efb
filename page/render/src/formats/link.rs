//! Addresses as formats name them: whole, on the page's own host, else on the one that the visitor asks.

use page_model::{Host, Id, snapshot::Page};

/// `https://status.acme.com`
pub fn front(page: &Page, requested: &Host) -> String {
    format!("https://{}", host(page, requested))
}

/// The permanent link of an incident; a maintenance's leads on to its own page.
pub fn event(page: &Page, requested: &Host, id: &Id) -> String {
    format!("https://{}/incidents/{id}", host(page, requested))
}

pub fn maintenance(page: &Page, requested: &Host, id: &Id) -> String {
    format!("https://{}/maintenances/{id}", host(page, requested))
}

/// What names an event for ever, in the shape of its permanent link: it stays when the page moves.
pub fn event_name(page: &Page, requested: &Host, id: &Id) -> String {
    format!("https://{}/incidents/{id}", naming_host(page, requested))
}

/// The host by which feeds name what is in them.
pub fn naming_host<'a>(page: &'a Page, requested: &'a Host) -> &'a Host {
    page.first_host.as_ref().unwrap_or(host(page, requested))
}

pub fn host<'a>(page: &'a Page, requested: &'a Host) -> &'a Host {
    page.host.as_ref().unwrap_or(requested)
}
