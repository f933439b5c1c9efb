//! What somebody wants who comes to be let in or out: the addresses for that, and the form that the door sends.

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, Uri, header};
use page_address::{
    CALLBACK, LINK, PLATFORM_TOKEN, PROVIDER, Query, RETURN_TO, SESSION, SIGN_IN, SIGN_OUT, TOKEN,
    authority::authority,
    cookie::{self, Kept},
    fetch::SEC_FETCH_SITE,
};
use page_model::{Host, limits::FORM_BYTES_MAX};

/// What somebody wants who comes to be let in or out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entrance {
    /// To see the door.
    Look,
    SignIn(Form),
    /// To see the page to which the link of a mail leads. Programs that look through mails come here too, so nothing is used up.
    LookAtLink,
    SignOut {
        /// Whether this page sent it, and not another site.
        is_own: bool,
        /// On every device.
        everywhere: bool,
    },
    /// To see what their session is.
    Session,
    SignOn(SignOn),
}

/// What somebody wants of whom somebody else says who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignOn {
    /// To go to the page's identity provider.
    Provider { port: Option<u16>, return_to: String },
    /// To come back from there.
    Callback { query: String },
    /// To be let in by a token of the publisher's own product, which is on another site.
    Token { token: String, return_to: String },
    /// To go on as whom the token speaks of, and whether this page asked them whether they want to.
    Continue { return_to: String, agreed: bool },
}

/// A form of the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    pub is_own: bool,
    /// At which port the browser sees this host, where the address says one.
    pub port: Option<u16>,
    pub typed: Typed,
    pub return_to: String,
    pub kept: Kept,
}

/// By what somebody wants to be let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    Password(String),
    Address(String),
    Code { flow: String, code: String },
    Link(String),
}

/// What is at one of these addresses, or the methods that it takes. `None` elsewhere.
pub fn methods(path: &str) -> Option<&'static str> {
    match path {
        SIGN_IN | LINK => Some("GET, HEAD, POST"),
        SIGN_OUT => Some("POST"),
        SESSION | PROVIDER | CALLBACK => Some("GET, HEAD"),
        PLATFORM_TOKEN => Some("GET, HEAD, POST"),
        _ => None,
    }
}

impl Entrance {
    /// What a request to such an address wants; `None` where its method is not one of them, or its body too large.
    pub fn of(host: &Host, request: &Request<Bytes>) -> Result<Self, StatusCode> {
        let is_read = request.method() == Method::GET || request.method() == Method::HEAD;
        let is_sent = request.method() == Method::POST;
        if is_sent && request.body().len() > FORM_BYTES_MAX {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        match request.uri().path() {
            SIGN_IN if is_read => Ok(Self::Look),
            SIGN_IN | LINK if is_sent => Ok(Self::SignIn(Form::of(host, request))),
            LINK if is_read => Ok(Self::LookAtLink),
            SIGN_OUT if is_sent => Ok(Self::SignOut {
                is_own: own(host, request.headers()).is_some(),
                everywhere: request.body().starts_with(EVERYWHERE),
            }),
            SESSION if is_read => Ok(Self::Session),
            _ => SignOn::of(host, request, is_read, is_sent).map(Self::SignOn),
        }
    }

    /// Whether it matters to it that a session still holds.
    pub fn depends_on_session(&self) -> bool {
        matches!(self, Self::Look | Self::Session | Self::SignOn(SignOn::Continue { .. }))
    }
}

impl SignOn {
    fn of(host: &Host, request: &Request<Bytes>, is_read: bool, is_sent: bool) -> Result<Self, StatusCode> {
        let query = request.uri().query();
        let asked = Query::whole(query);
        let return_to = |fields: &Query| here(fields.get(RETURN_TO.name));
        match request.uri().path() {
            PROVIDER if is_read => Ok(Self::Provider {
                port: authority(request.uri(), request.headers())
                    .ok()
                    .and_then(|at| at.port_u16()),
                return_to: return_to(&asked),
            }),
            CALLBACK if query.is_some_and(|query| query.len() > FORM_BYTES_MAX) => Err(StatusCode::PAYLOAD_TOO_LARGE),
            CALLBACK if is_read => Ok(Self::Callback {
                query: query.unwrap_or_default().to_owned(),
            }),
            PLATFORM_TOKEN if is_read => Ok(Self::Continue {
                return_to: return_to(&asked),
                agreed: false,
            }),
            PLATFORM_TOKEN if is_sent => {
                let fields = Query::whole(std::str::from_utf8(request.body()).ok());
                let return_to = return_to(&fields);
                Ok(match fields.get("token") {
                    Some(token) => Self::Token { token, return_to },
                    None => Self::Continue {
                        return_to,
                        agreed: own(host, request.headers()).is_some(),
                    },
                })
            }
            _ => Err(StatusCode::METHOD_NOT_ALLOWED),
        }
    }
}

impl Form {
    fn of(host: &Host, request: &Request<Bytes>) -> Self {
        let fields = Query::whole(std::str::from_utf8(request.body()).ok());
        let own = own(host, request.headers());
        let field = |name| fields.get(name);
        let typed = if request.uri().path() == LINK {
            Typed::Link(field(TOKEN.name).unwrap_or_default())
        } else if let Some(address) = field("email") {
            Typed::Address(address)
        } else if let Some(code) = field("code") {
            let flow = cookie::brought_flow(host, request.headers()).unwrap_or_default();
            Typed::Code { flow, code }
        } else {
            Typed::Password(field("password").unwrap_or_default())
        };
        Self {
            is_own: own.is_some(),
            port: own.and_then(|own| own.port_u16()),
            typed,
            return_to: here(fields.get(RETURN_TO.name)),
            kept: match fields.get("shared") {
                Some(_) => Kept::WhileBrowserIsOpen,
                None => Kept::UntilExpiry,
            },
        }
    }
}

/// Where this host is in the browser, if a page of it sent the form. `SameSite` alone does not stop the other hosts of a domain.
fn own(host: &Host, headers: &HeaderMap) -> Option<Uri> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let site = text(SEC_FETCH_SITE);
    let origin: Option<Uri> = text(header::ORIGIN).and_then(|origin| origin.parse().ok());
    let authority = origin.as_ref().and_then(Uri::authority);
    let of = authority.and_then(|authority| Host::of_authority(authority.as_str()).ok());
    origin.filter(|_| site.is_none_or(|site| site == "same-origin") && of.as_ref() == Some(host))
}

/// A path of this host, as it was asked for; whatever leads elsewhere, or back to the door, leads to the front page.
pub fn here(path: Option<String>) -> String {
    let is_here = |path: &String| {
        path.starts_with('/')
            && !path.starts_with("//")
            && !path.starts_with(DOOR)
            && !path.starts_with(LINK)
            && path.len() <= RETURN_TO.chars_max
            && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
    };
    path.filter(is_here).unwrap_or_else(|| "/".to_owned())
}

const DOOR: &str = "/.pharos/sign-";
/// As the one button sends it that has a name.
const EVERYWHERE: &[u8] = b"everywhere=";

#[cfg(test)]
#[path = "form_tests.rs"]
mod tests;
