//! Addresses of e-mail, and rules by which they are known.

use page_model::Host;
use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

/// An address in the one spelling in which addresses are compared: in lower case, what follows the last `@` as DNS spells it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MailAddress(String);

/// Whom an audience knows by their address: one person (`person@example.com`), all of a domain (`example.com`), or all of the
/// domains below one (`*.example.com`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MailRule(String);

impl MailAddress {
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let shown = || text.chars().take(SHOWN_CHARS_MAX).collect::<String>();
        let none = || format!("{:?} is not an address such as person@example.com", shown());
        if text.len() > SPELLED_BYTES_MAX {
            return Err(none());
        }
        let (person, domain) = text.rsplit_once('@').ok_or_else(none)?;
        let domain = domain_of(domain).ok_or_else(none)?;
        if !is_person(person) {
            return Err(none());
        }
        let address = format!("{}@{domain}", person.to_ascii_lowercase());
        match address.len() > ADDRESS_CHARS_MAX {
            true => Err(none()),
            false => Ok(Self(address)),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl MailRule {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is about whole domains.
    pub fn is_of_domain(&self) -> bool {
        !self.0.contains('@')
    }

    pub fn matches(&self, address: &MailAddress) -> bool {
        match self.0.strip_prefix("*.") {
            Some(domain) => {
                let below = address.domain().strip_suffix(domain);
                below.is_some_and(|below| below.ends_with('.'))
            }
            None if self.is_of_domain() => self.0 == address.domain(),
            None => self.0 == address.as_str(),
        }
    }
}

impl TryFrom<String> for MailAddress {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<MailAddress> for String {
    fn from(address: MailAddress) -> Self {
        address.0
    }
}

impl TryFrom<String> for MailRule {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let text = text.trim();
        if text.contains('@') {
            return MailAddress::parse(text).map(|MailAddress(address)| Self(address));
        }
        let (below, domain) = match text.strip_prefix("*.") {
            Some(domain) => ("*.", domain),
            None => ("", text),
        };
        let domain = Some(domain).filter(|domain| domain.len() <= SPELLED_BYTES_MAX);
        let domain = domain.and_then(domain_of).ok_or_else(|| {
            let shown: String = text.chars().take(SHOWN_CHARS_MAX).collect();
            format!("{shown:?} is neither an address nor a domain such as example.com or *.example.com")
        })?;
        Ok(Self(format!("{below}{domain}")))
    }
}

impl From<MailRule> for String {
    fn from(rule: MailRule) -> Self {
        rule.0
    }
}

impl PartialSchema for MailAddress {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String);
        text.description(Some("An address of e-mail; upper and lower case are the same"))
            .max_length(Some(SPELLED_BYTES_MAX))
            .into()
    }
}

impl ToSchema for MailAddress {}

impl PartialSchema for MailRule {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String);
        let says = "`person@example.com`, all of `example.com`, or all of the domains below it: `*.example.com`";
        text.description(Some(says)).max_length(Some(SPELLED_BYTES_MAX)).into()
    }
}

impl ToSchema for MailRule {}

/// As DNS spells it (IDNA), of at least two labels: a rule about a whole top-level domain is a slip.
fn domain_of(text: &str) -> Option<String> {
    let Ok(url::Host::Domain(domain)) = url::Host::parse(text) else {
        return None;
    };
    let is_domain = domain.contains('.') && Host::parse(&domain).is_ok();
    is_domain.then_some(domain)
}

/// A dot-string of RFC 5321. What would have to be quoted nobody has, and it is what headers are attacked with.
fn is_person(text: &str) -> bool {
    let is_atom = |atom: &str| {
        let mut bytes = atom.bytes();
        !atom.is_empty() && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte))
    };
    text.len() <= PERSON_CHARS_MAX && text.split('.').all(is_atom)
}

/// RFC 5321, section 4.5.3.1, and RFC 3696, erratum 1690.
const ADDRESS_CHARS_MAX: usize = 254;
const PERSON_CHARS_MAX: usize = 64;
/// A domain in the letters of its language may be longer than as DNS spells it.
const SPELLED_BYTES_MAX: usize = 1_000;
const SHOWN_CHARS_MAX: usize = 80;

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(text: &str) -> MailRule {
        MailRule::try_from(text.to_owned()).expect("a rule")
    }

    fn address(text: &str) -> MailAddress {
        MailAddress::parse(text).expect("an address")
    }

    #[test]
    fn one_address_has_one_spelling() {
        for (text, spelled) in [
            ("Ada@Example.COM", "ada@example.com"),
            (" ada@example.com ", "ada@example.com"),
            ("ada+status@m\u{fc}nchen.example", "ada+status@xn--mnchen-3ya.example"),
            ("ada@M\u{dc}NCHEN.example", "ada@xn--mnchen-3ya.example"),
            ("o'brien@example.co.uk", "o'brien@example.co.uk"),
        ] {
            assert_eq!(address(text).as_str(), spelled);
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("{}@example.com", "a".repeat(65));
        let longer = format!("a@{}.example", ["a".repeat(60).as_str(); 5].join("."));
        for wrong in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "ada@localhost",
            "ada@example..com",
            "ada@example.com.",
            "ada@[192.0.2.1]",
            "ada@192.0.2.1",
            "a b@example.com",
            "\"ada\"@example.com",
            "ada@evil.example@",
            "ada.@example.com",
            "a..b@example.com",
            "ada@example.com\r\nBcc: eve@example.com",
            "ada\r\n@example.com",
            "<ada@example.com>",
            "ada@exam ple.com",
            "eve@evil.example, ada@example.com",
            &long,
            &longer,
            &"x".repeat(2_000),
        ] {
            assert!(MailAddress::parse(wrong).is_err(), "{wrong:.60}");
        }
    }

    #[test]
    fn rule_means_what_is_written_and_no_more() {
        for (of, known, strange) in [
            (
                "Person@Example.com",
                &["person@example.com", "PERSON@example.com"][..],
                &["person@sub.example.com", "other@example.com", "xperson@example.com"][..],
            ),
            (
                "example.com",
                &["a@example.com", "b@EXAMPLE.com"],
                &[
                    "a@sub.example.com",
                    "a@badexample.com",
                    "a@example.com.evil.example",
                    "example.com@evil.example",
                ],
            ),
            (
                "*.example.com",
                &["a@sub.example.com", "a@x.y.example.com"],
                &[
                    "a@example.com",
                    "a@badexample.com",
                    "a@sub.example.com.evil.example",
                    "a@sub.badexample.com",
                ],
            ),
            (
                "*.m\u{fc}nchen.example",
                &["a@x.xn--mnchen-3ya.example"],
                &["a@xn--mnchen-3ya.example"],
            ),
        ] {
            for one in known {
                assert!(rule(of).matches(&address(one)), "{of}: {one}");
            }
            for one in strange {
                assert!(!rule(of).matches(&address(one)), "{of}: {one}");
            }
        }
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        for wrong in [
            "",
            "com",
            "*.com",
            "*",
            "*.",
            "a.*.com",
            "*.*.com",
            "*@example.com@",
            "a b.com",
            "*.192.0.2.1",
        ] {
            assert!(MailRule::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
