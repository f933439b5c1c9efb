//! Addresses that a page links to.

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};
use url::Url;

use crate::visible::is_seen;

/// A whole web address, as it is kept: in the letters of its language, which browsers read as well as we do.
pub fn web(what: &str, text: &str) -> Result<String, String> {
    let text = text.trim();
    let whole = || format!("{what} is a whole address that begins with https:// or http://");
    let (scheme, rest) = text.split_once("://").ok_or_else(whole)?;
    let scheme = scheme.to_ascii_lowercase();
    // A browser reads a host out of `https:///path` too; nobody means that.
    if !matches!(scheme.as_str(), "https" | "http") || rest.starts_with(['/', '\\', '?', '#']) {
        return Err(whole());
    }
    if text.contains(|c: char| !is_seen(c) && !is_mark(c)) {
        return Err(format!("{what} has no spaces and no invisible characters"));
    }
    let address = format!("{scheme}://{rest}");
    let url = Url::parse(&address).map_err(|error| format!("{what} is not an address: {error}"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(format!("{what} has no user name and no password; everybody sees it"));
    }
    Ok(address)
}

/// Letters of many languages are written with marks.
fn is_mark(c: char) -> bool {
    c.general_category_group() == GeneralCategoryGroup::Mark
}

/// A web address, or one to write to.
pub fn web_or_mail(text: &str) -> Result<String, String> {
    let mail = text.trim();
    let is_mail = mail.strip_prefix("mailto:").is_some_and(|to| to.contains('@'));
    if is_mail && mail.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(mail.to_owned());
    }
    match text.contains("://") {
        true => web("a link", text),
        false => Err("a link is a whole address that begins with https://, http:// or mailto:".into()),
    }
}
