//! What an edge asks the origin for a visitor who wants to be let in, `POST /visitors/v1/sign-in`, signed with the region's own
//! key, and what comes back.

use std::{net::IpAddr, slice};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{SigningKey, VerifyingKey};

use crate::{ids::Host, language::Language, limits::SIGN_IN_CLOCK_SKEW_MS_MAX, signed::Use};

pub const PATH: &str = "/visitors/v1/sign-in";
pub const CONTENT_TYPE: &str = "text/plain; charset=utf-8";
/// The region whose key signed; then the time in milliseconds since 1970 by its clock, and the Ed25519 signature in unpadded
/// URL-safe base64.
pub const HEADER_REGION: &str = "pharos-region";
pub const HEADER_TIME: &str = "pharos-time";
pub const HEADER_SIGNATURE: &str = "pharos-signature";

/// Sent as four lines: the host, the client or nothing, what is asked, such as `password` or `session`, and the rest of the body
/// is what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The host that was visited.
    pub host: Host,
    /// Where the visitor comes from, if the edge knows.
    pub client: Option<IpAddr>,
    pub asked: Asked,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// Somebody typed a password.
    Password { password: String },
    /// Whether a session, as text, still holds.
    Renew { session: String },
    /// Somebody wants every session ended that is theirs, on every device; the answer is that it holds no longer.
    SignOut { session: String },
    /// Somebody wants to be let in by a mail to their address.
    Mail {
        /// As it was typed.
        address: String,
        language: Language,
        /// At which port the browser sees the host, where the address says one.
        port: Option<u16>,
        /// Where they wanted to go, a path of the host.
        return_to: String,
    },
    /// Somebody follows the link of such a mail.
    Link { token: String },
    /// Somebody types the code of such a mail where they asked for it.
    Code { flow: String, code: String },
    /// Somebody wants to be let in by the page's identity provider.
    Provider {
        /// As of [`Asked::Mail`].
        port: Option<u16>,
        return_to: String,
    },
    /// Somebody comes back from there.
    Callback { flow: String, query: String },
    /// Somebody brings a token of the publisher's own product.
    Token { token: String },
}

/// Sent as two lines: what it is, such as `session` or `refused`, and what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The visitor is let in with this session, as text, until it expires.
    Session { session: String },
    /// The same, and where they wanted to go when they began: a path of the host.
    LetIn { session: String, return_to: String },
    /// Somewhere else they say who they are; what the browser keeps until it comes back.
    GoTo { url: String, flow: String },
    /// What they bring is not what they were given, or not in time.
    Failed,
    /// Who would have to be asked does not answer.
    Away,
    /// A mail is on its way, if the address is known; what the browser keeps until a code is typed.
    Mailed { flow: String },
    /// The password is none of the page's, the link or the code counts no longer, or the session holds no longer.
    Refused,
    /// Too much is asked for the moment; nothing was looked at.
    Busy { retry_after_s: u32 },
    /// The page has no such way in, or there is no such page.
    NoWay,
}

impl Question {
    pub fn to_bytes(&self) -> Vec<u8> {
        let client = self.client.map(|client| client.to_string()).unwrap_or_default();
        let port;
        let (way, texts): (&str, &[&str]) = match &self.asked {
            Asked::Password { password } => ("password", &[password]),
            Asked::Renew { session } => ("session", &[session]),
            Asked::SignOut { session } => ("sign-out", &[session]),
            Asked::Mail {
                address,
                language,
                port: at,
                return_to,
            } => {
                port = at.map(|at| at.to_string()).unwrap_or_default();
                ("mail", &[language.tag(), &port, return_to, address])
            }
            Asked::Link { token } => ("link", &[token]),
            Asked::Code { flow, code } => ("code", &[flow, code]),
            Asked::Provider { port: at, return_to } => {
                port = at.map(|at| at.to_string()).unwrap_or_default();
                ("provider", &[&port, return_to])
            }
            Asked::Callback { flow, query } => ("callback", &[flow, query]),
            Asked::Token { token } => ("token", &[token]),
        };
        let lines = [&[self.host.as_str(), &client, way], texts].concat();
        lines.join("\n").into_bytes()
    }

    /// `None` for what is not a question that is known here.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut lines = std::str::from_utf8(bytes).ok()?.splitn(4, '\n');
        let (host, client) = (Host::parse(lines.next()?).ok()?, lines.next()?);
        let client = match client {
            "" => None,
            client => Some(client.parse().ok()?),
        };
        let (way, text) = (lines.next()?, lines.next()?.to_owned());
        let asked = match way {
            "password" => Asked::Password { password: text },
            "session" => Asked::Renew { session: text },
            "sign-out" => Asked::SignOut { session: text },
            "mail" => {
                let mut lines = text.splitn(4, '\n');
                Asked::Mail {
                    language: Language::parse(lines.next()?).unwrap_or_default(),
                    port: read_port(lines.next()?)?,
                    return_to: lines.next()?.to_owned(),
                    address: lines.next()?.to_owned(),
                }
            }
            "link" => Asked::Link { token: text },
            "code" => {
                let (flow, code) = text.split_once('\n')?;
                Asked::Code {
                    flow: flow.to_owned(),
                    code: code.to_owned(),
                }
            }
            "provider" => {
                let (port, return_to) = text.split_once('\n')?;
                Asked::Provider {
                    port: read_port(port)?,
                    return_to: return_to.to_owned(),
                }
            }
            "callback" => {
                let (flow, query) = text.split_once('\n')?;
                Asked::Callback {
                    flow: flow.to_owned(),
                    query: query.to_owned(),
                }
            }
            "token" => Asked::Token { token: text },
            _ => return None,
        };
        Some(Self { host, client, asked })
    }
}

impl Answer {
    pub fn to_bytes(&self) -> Vec<u8> {
        let text = match self {
            Self::Session { session } => format!("session\n{session}"),
            Self::LetIn { session, return_to } => format!("let-in\n{session}\n{return_to}"),
            Self::Mailed { flow } => format!("mailed\n{flow}"),
            Self::GoTo { url, flow } => format!("go-to\n{url}\n{flow}"),
            Self::Failed => "failed\n".to_owned(),
            Self::Away => "away\n".to_owned(),
            Self::Refused => "refused\n".to_owned(),
            Self::Busy { retry_after_s } => format!("busy\n{retry_after_s}"),
            Self::NoWay => "no-way\n".to_owned(),
        };
        text.into_bytes()
    }

    /// `None` for what is not an answer that is known here, which is as good as none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (what, text) = std::str::from_utf8(bytes).ok()?.split_once('\n')?;
        Some(match what {
            "session" => Self::Session {
                session: text.to_owned(),
            },
            "let-in" => {
                let (session, return_to) = text.split_once('\n')?;
                Self::LetIn {
                    session: session.to_owned(),
                    return_to: return_to.to_owned(),
                }
            }
            "go-to" => {
                let (url, flow) = text.split_once('\n')?;
                Self::GoTo {
                    url: url.to_owned(),
                    flow: flow.to_owned(),
                }
            }
            "failed" => Self::Failed,
            "away" => Self::Away,
            "mailed" => Self::Mailed { flow: text.to_owned() },
            "refused" => Self::Refused,
            "busy" => Self::Busy {
                retry_after_s: text.parse().ok()?,
            },
            "no-way" => Self::NoWay,
            _ => return None,
        })
    }
}

/// `None` for what is no port; nothing stands for none.
fn read_port(text: &str) -> Option<Option<u16>> {
    match text {
        "" => Some(None),
        port => port.parse().ok().map(Some),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    #[error("the question's time is more than {SIGN_IN_CLOCK_SKEW_MS_MAX} ms from this clock")]
    Time,
    #[error("the signature does not match")]
    Signature,
}

pub fn sign(key: &SigningKey, region: &str, time_ms: u64, body: &[u8]) -> [u8; 64] {
    USE.sign(key, region, time_ms, body)
}

/// What a question is sent with.
pub fn headers(key: &SigningKey, region: &str, time_ms: u64, body: &[u8]) -> [(&'static str, String); 4] {
    let signature = URL_SAFE_NO_PAD.encode(sign(key, region, time_ms, body));
    [
        ("content-type", CONTENT_TYPE.to_owned()),
        (HEADER_REGION, region.to_owned()),
        (HEADER_TIME, time_ms.to_string()),
        (HEADER_SIGNATURE, signature),
    ]
}

/// A region's own key as `pharos keygen` writes it: 32 bytes in unpadded URL-safe base64.
pub fn key(text: &str) -> Option<SigningKey> {
    let bytes = URL_SAFE_NO_PAD.decode(text.trim()).ok()?;
    Some(SigningKey::from_bytes(&bytes.try_into().ok()?))
}

pub fn verify(
    key: &VerifyingKey,
    now_ms: u64,
    region: &str,
    time_ms: u64,
    signature: &[u8; 64],
    body: &[u8],
) -> Result<(), Rejected> {
    if now_ms.abs_diff(time_ms) > SIGN_IN_CLOCK_SKEW_MS_MAX {
        return Err(Rejected::Time);
    }
    match USE.verify(slice::from_ref(key), region, time_ms, signature, body) {
        true => Ok(()),
        false => Err(Rejected::Signature),
    }
}

const USE: Use = Use("pharos sign-in 1");

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn question(client: Option<&str>, asked: Asked) -> Question {
        Question {
            host: Host::parse("status.acme.com").expect("a host"),
            client: client.map(|client| client.parse().expect("an address")),
            asked,
        }
    }

    /// Edges and origins of different builds speak so.
    fn expect_as_it_ever_was(asked: Asked, rest: &str) {
        for (client, first) in [
            (None, "status.acme.com\n"),
            (Some("2001:db8::7"), "status.acme.com\n2001:db8::7"),
        ] {
            let (question, bytes) = (question(client, asked.clone()), format!("{first}\n{rest}"));
            assert_eq!(question.to_bytes(), bytes.as_bytes());
            assert_eq!(Question::from_bytes(bytes.as_bytes()), Some(question));
        }
    }

    fn text(text: &str) -> String {
        text.to_owned()
    }

    #[test]
    fn what_is_typed_and_brought_travels_as_it_ever_did() {
        for (asked, bytes) in [
            (
                Asked::Password {
                    password: text("correct horse\nbattery"),
                },
                "password\ncorrect horse\nbattery",
            ),
            (Asked::Renew { session: text("a.b") }, "session\na.b"),
            (Asked::SignOut { session: text("a.b") }, "sign-out\na.b"),
            (
                Asked::Mail {
                    address: text("ada@example.com"),
                    language: Language::De,
                    port: Some(8080),
                    return_to: text("/history?lang=de"),
                },
                "mail\nde\n8080\n/history?lang=de\nada@example.com",
            ),
            (Asked::Link { token: text("t0k") }, "link\nt0k"),
            (
                Asked::Code {
                    flow: text("fl0w"),
                    code: text("1234 5678"),
                },
                "code\nfl0w\n1234 5678",
            ),
        ] {
            expect_as_it_ever_was(asked, bytes);
        }
    }

    #[test]
    fn what_others_say_of_somebody_travels_as_it_ever_did() {
        for (asked, bytes) in [
            (
                Asked::Provider {
                    port: Some(8080),
                    return_to: text("/history"),
                },
                "provider\n8080\n/history",
            ),
            (
                Asked::Callback {
                    flow: text("fl0w"),
                    query: text("code=a&state=b"),
                },
                "callback\nfl0w\ncode=a&state=b",
            ),
            (Asked::Token { token: text("a.b.c") }, "token\na.b.c"),
        ] {
            expect_as_it_ever_was(asked, bytes);
        }
    }

    #[test]
    fn answers_travel_as_they_ever_did() {
        for (answer, bytes) in [
            (Answer::Session { session: text("a.b") }, "session\na.b"),
            (
                Answer::LetIn {
                    session: text("a.b"),
                    return_to: text("/history"),
                },
                "let-in\na.b\n/history",
            ),
            (Answer::Mailed { flow: text("fl0w") }, "mailed\nfl0w"),
            (
                Answer::GoTo {
                    url: text("https://idp.acme.com/auth?x"),
                    flow: text("fl0w"),
                },
                "go-to\nhttps://idp.acme.com/auth?x\nfl0w",
            ),
            (Answer::Failed, "failed\n"),
            (Answer::Away, "away\n"),
            (Answer::Refused, "refused\n"),
            (Answer::Busy { retry_after_s: 2 }, "busy\n2"),
            (Answer::NoWay, "no-way\n"),
        ] {
            assert_eq!(answer.to_bytes(), bytes.as_bytes());
            assert_eq!(Answer::from_bytes(bytes.as_bytes()), Some(answer));
        }
    }

    #[test]
    fn what_is_not_known_here_is_none() {
        for bytes in [
            "",
            "a.example",
            "a.example\n\n",
            "a.example\n\nface\nx",
            "a.example\nx\nsession\nx",
            "a b\n\nsession\nx",
            "a.example\n\nmail\nde\n\n/",
            "a.example\n\nmail\nde\nx\n/\na@b",
            "a.example\n\ncode\nx",
            "a.example\n\ncallback\nx",
            "a.example\n\nprovider\n/",
            "a.example\n\nprovider\n99999\n/",
        ] {
            assert_eq!(Question::from_bytes(bytes.as_bytes()), None, "{bytes:?}");
        }
        for bytes in [
            "",
            "session",
            "let-in\na.b",
            "go-to\nx",
            "later\n",
            "busy\n",
            "busy\n-1",
        ] {
            assert_eq!(Answer::from_bytes(bytes.as_bytes()), None, "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn a_question_comes_as_it_was_sent(text in any::<String>(), what in 0..5) {
            let asked = match what {
                0 => Asked::Password { password: text },
                1 => Asked::Renew { session: text },
                2 => Asked::Link { token: text },
                3 => Asked::Code { flow: "flow".to_owned(), code: text },
                _ => Asked::Mail {
                    address: text,
                    language: Language::Ja,
                    port: None,
                    return_to: "/".to_owned(),
                },
            };
            let sent = question(Some("192.0.2.7"), asked);
            prop_assert_eq!(Question::from_bytes(&sent.to_bytes()), Some(sent));
        }

        #[test]
        fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = (Question::from_bytes(&bytes), Answer::from_bytes(&bytes));
        }
    }
}
