//! Every URL of the edge on one screen.

use http::Method;
use page_model::{key::Month, put};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    View(PageView),
    Put,
    MethodNotAllowed,
    Unknown,
}

/// What of a page is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageView {
    /// `/`
    Index,
    /// `/history/{yyyy-mm}`
    Month(Month),
}

impl Route {
    pub fn of(method: &Method, path: &str) -> Self {
        if path == put::PATH {
            return if method == Method::POST {
                Self::Put
            } else {
                Self::Unknown
            };
        }
        match PageView::of(path) {
            None => Self::Unknown,
            Some(_) if method != Method::GET && method != Method::HEAD => Self::MethodNotAllowed,
            Some(view) => Self::View(view),
        }
    }
}

impl PageView {
    fn of(path: &str) -> Option<Self> {
        match path {
            "/" => Some(Self::Index),
            _ => path.strip_prefix("/history/").and_then(Month::parse).map(Self::Month),
        }
    }
}
