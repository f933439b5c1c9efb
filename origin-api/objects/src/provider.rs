//! The identity provider by which visitors of a page sign in, and what of its claims an audience is known by.

use page_model::Host;
use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

use crate::{
    fault::Fault,
    object::{Check, present, repeated},
    secret::Secret,
    text::Name,
};

/// The OpenID Connect provider of a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Provider {
    /// Exactly as the provider calls itself.
    pub issuer: String,
    pub client_id: String,
    /// Whether there is a client secret; the secret itself is not told.
    pub has_client_secret: bool,
    /// What the door calls it: "Sign in with NAME".
    pub name: String,
    /// Domains whose mail addresses count although the provider does not say that it verified them.
    pub vouches_for: Vec<String>,
    /// The claim in which the provider lists somebody's groups; rules call it `groups`.
    pub groups_claim: String,
    /// What is asked for besides `openid`, `email` and `profile`.
    pub scopes: Vec<String>,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProvider {
    pub issuer: Issuer,
    pub client_id: Word,
    /// Absent: it stays what it was, if `issuer` and `client_id` do. `null`: the client has none.
    #[serde(default, deserialize_with = "present")]
    pub client_secret: Option<Option<Secret>>,
    pub name: Name,
    /// Only for an issuer that is one organisation's own, and gives out no address that is not theirs.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub vouches_for: Vec<Domain>,
    #[serde(default)]
    pub groups_claim: Option<Word>,
    #[serde(default)]
    #[schema(max_items = 10)]
    pub scopes: Vec<Word>,
}

/// A web address that names a provider: https, or http on this machine.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Issuer {
    pub text: String,
    pub url: Url,
}

/// Letters, digits and signs without blanks, as names of clients, claims and scopes are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Word(pub String);

/// In lower case, and in the letters of DNS.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Domain(pub String);

/// Whom a provider says this of is in the audience.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimRule {
    /// `groups` is what the provider calls so.
    pub claim: Word,
    /// What the claim is, or what its list has; compared letter by letter.
    #[serde(deserialize_with = "value")]
    #[schema(min_length = 1, max_length = 400)]
    pub value: String,
}

impl Check for NewProvider {
    fn check(&self) -> Result<(), Fault> {
        let short = |field: &str, count, most| match count > most {
            true => Err(Fault::invalid(field, format!("there are at most {most}"))),
            false => Ok(()),
        };
        short("vouches_for", self.vouches_for.len(), VOUCHED_MAX)?;
        short("scopes", self.scopes.len(), SCOPES_MAX)
    }
}

impl NewProvider {
    /// As it is read.
    pub fn told(&self, has_client_secret: bool) -> Provider {
        let groups_claim = self.groups_claim.as_ref().map_or(GROUPS, |word| word.0.as_str());
        Provider {
            issuer: self.issuer.text.clone(),
            client_id: self.client_id.0.clone(),
            has_client_secret,
            name: self.name.as_str().to_owned(),
            vouches_for: self.vouches_for.iter().map(|domain| domain.0.clone()).collect(),
            groups_claim: groups_claim.to_owned(),
            scopes: self.scopes.iter().map(|word| word.0.clone()).collect(),
        }
    }
}

impl Provider {
    /// Whether an address counts that the provider does not call verified.
    pub fn vouches_for(&self, address: &str) -> bool {
        let domain = address.rsplit_once('@').map(|(_, domain)| domain.to_ascii_lowercase());
        domain.is_some_and(|domain| self.vouches_for.contains(&domain))
    }

    /// What the provider calls a claim that a rule names.
    pub fn claim<'a>(&'a self, named: &'a str) -> &'a str {
        if named == GROUPS { &self.groups_claim } else { named }
    }
}

impl ClaimRule {
    pub fn check_all(rules: &[Self]) -> Result<(), Fault> {
        if rules.len() > CLAIM_RULES_MAX {
            let detail = format!("an audience has at most {CLAIM_RULES_MAX} rules");
            return Err(Fault::invalid("claims", detail));
        }
        if let Some(index) = repeated(rules) {
            return Err(Fault::invalid(format!("claims[{index}]"), "this rule stands twice"));
        }
        for (index, rule) in rules.iter().enumerate() {
            if OF_THE_TOKEN.contains(&rule.claim.0.as_str()) {
                let detail = "this claim is of the token, and says of nobody who they are; an address counts by the \
                              audience's rules for addresses, once the provider has verified it";
                return Err(Fault::invalid(format!("claims[{index}].claim"), detail));
            }
        }
        Ok(())
    }
}

impl TryFrom<String> for Issuer {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        if text.len() > ISSUER_CHARS_MAX {
            return Err(format!("an issuer has at most {ISSUER_CHARS_MAX} characters"));
        }
        let whole = || "an issuer is a whole address that begins with https://, as its provider writes it".to_owned();
        let url = Url::parse(&text).map_err(|_| whole())?;
        let is_plain = url.username().is_empty() && url.password().is_none();
        if !matches!(url.scheme(), "https" | "http") || url.host().is_none() || !is_plain {
            return Err(whole());
        }
        if url.query().is_some() || url.fragment().is_some() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("an issuer has no query, no fragment and no blanks".into());
        }
        Ok(Self { text, url })
    }
}

impl TryFrom<String> for Word {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        match (1..=WORD_CHARS_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            true => Ok(Self(text)),
            false => Err(format!(
                "this has between 1 and {WORD_CHARS_MAX} letters, digits and signs, and no blanks"
            )),
        }
    }
}

impl TryFrom<String> for Domain {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let host = Host::parse(&text.to_lowercase()).map_err(|error| format!("this is no domain: {error}"))?;
        match host.as_str().contains('.') {
            true => Ok(Self(host.as_str().to_owned())),
            false => Err("a domain has a dot, such as acme.com".into()),
        }
    }
}

fn value<'de, D: serde::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    match (1..=CLAIM_CHARS_MAX).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        true => Ok(text),
        false => Err(serde::de::Error::custom(format!(
            "a value has between 1 and {CLAIM_CHARS_MAX} characters, and no control characters"
        ))),
    }
}

fn text_schema(description: &str, chars_max: usize) -> RefOr<Schema> {
    let text = ObjectBuilder::new().schema_type(Type::String);
    let text = text.description(Some(description));
    text.min_length(Some(1)).max_length(Some(chars_max)).into()
}

impl PartialSchema for Issuer {
    fn schema() -> RefOr<Schema> {
        text_schema(
            "A whole address, exactly as the provider calls itself",
            ISSUER_CHARS_MAX,
        )
    }
}

impl PartialSchema for Word {
    fn schema() -> RefOr<Schema> {
        text_schema("Letters, digits and signs without blanks", WORD_CHARS_MAX)
    }
}

impl PartialSchema for Domain {
    fn schema() -> RefOr<Schema> {
        text_schema("A domain, such as acme.com", page_model::limits::HOST_CHARS_MAX)
    }
}

impl ToSchema for Issuer {}
impl ToSchema for Word {}
impl ToSchema for Domain {}

pub const GROUPS: &str = "groups";
/// Claims that say something of the token, or that a provider lets people choose. By an address one is known through the rules for
/// addresses alone, which look whether it was verified.
const OF_THE_TOKEN: [&str; 12] = [
    "aud",
    "azp",
    "at_hash",
    "auth_time",
    "c_hash",
    "email",
    "email_verified",
    "exp",
    "iat",
    "jti",
    "nbf",
    "nonce",
];
const ISSUER_CHARS_MAX: usize = 300;
const WORD_CHARS_MAX: usize = 255;
const CLAIM_CHARS_MAX: usize = 400;
/// Rules of one audience.
pub const CLAIM_RULES_MAX: usize = 50;
const VOUCHED_MAX: usize = 20;
const SCOPES_MAX: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issuer_is_kept_as_its_provider_writes_it() {
        for text in [
            "https://idp.acme.com",
            "https://idp.acme.com/",
            "https://a.b/realms/Acme",
        ] {
            assert_eq!(Issuer::try_from(text.to_owned()).expect("an issuer").text, text);
        }
        for text in [
            "",
            "idp.acme.com",
            "ftp://idp.acme.com",
            "https://",
            "https://user@idp.acme.com",
            "https://idp.acme.com?x",
            "https://idp.acme.com#x",
            "https://idp.acme.com/a b",
        ] {
            assert!(Issuer::try_from(text.to_owned()).is_err(), "{text}");
        }
    }

    #[test]
    fn provider_vouches_for_whole_domains_alone() {
        let new = r#"{"issuer": "https://a.b", "client_id": "x", "name": "Acme", "vouches_for": ["Acme.com"]}"#;
        let new: NewProvider = serde_json::from_str(new).expect("a provider");
        let provider = new.told(false);
        assert!(provider.vouches_for("ada@acme.com") && provider.vouches_for("a@b@ACME.com"));
        for other in [
            "ada@mail.acme.com",
            "ada@notacme.com",
            "acme.com",
            "ada@acme.com.evil.com",
            "",
        ] {
            assert!(!provider.vouches_for(other), "{other}");
        }
        assert_eq!((provider.claim("groups"), provider.claim("hd")), ("groups", "hd"));
    }
}
