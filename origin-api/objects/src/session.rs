//! Sessions of visitors, as publishers see them.

use page_model::access::Way;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    moment::Moment,
    schema,
    string_enum::{StringEnum, string_enums},
};

/// Somebody who was let in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VisitorSession {
    /// 32 digits of hexadecimal.
    #[schema(schema_with = schema::session_id)]
    pub id: SessionId,
    /// By what they were let in.
    pub way: SessionWay,
    /// Their address, or what the provider or your product calls them; the name of a link; `null` where nobody knows, as with a password that many have.
    pub person: Option<String>,
    /// The page's host where they are let in.
    pub host: String,
    pub began_at: Moment,
    /// When the origin last said that it holds; it is asked every hour, if they come.
    pub renewed_at: Moment,
    pub expires_at: Moment,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionWay {
    Password,
    Mail,
    Provider,
    Token,
    /// Their screen, by a link.
    Link,
    /// By the operator, at the origin's machine.
    Minted,
}

string_enums!(SessionWay {
    Password = "password",
    Mail = "mail",
    Provider = "provider",
    Token = "token",
    Link = "link",
    Minted = "minted"
});

impl SessionWay {
    /// What visitors are told of it themselves, in their language.
    pub fn shown(self) -> Option<Way> {
        match self {
            Self::Password => Some(Way::Password),
            Self::Mail => Some(Way::Mail),
            Self::Provider => Some(Way::Provider),
            Self::Token | Self::Link | Self::Minted => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionId(pub [u8; 16]);

impl SessionId {
    /// As it is written, and in no other way.
    pub fn parse(text: &str) -> Option<Self> {
        let number = u128::from_str_radix(text, 16).ok()?;
        let id = Self(number.to_be_bytes());
        (id.to_string() == text).then_some(id)
    }
}

impl std::fmt::Display for SessionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl Serialize for SessionId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_written_in_one_way() {
        let id = SessionId([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255]);
        assert_eq!(id.to_string(), "000102030405060708090a0b0c0d0eff");
        assert_eq!(SessionId::parse(&id.to_string()), Some(id));
        for other in [
            "",
            "ff",
            "000102030405060708090A0B0C0D0EFF",
            "+00102030405060708090a0b0c0d0eff",
            "é",
        ] {
            assert_eq!(SessionId::parse(other), None, "{other}");
        }
    }
}
