use std::fmt;

use page_model::{Id, limits::PASSWORD_CHARS_MAX};
use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

use crate::{
    address_range::{self, AddressRange},
    fault::Fault,
    mail::MailRule,
    moment::Moment,
    object::{Check, objects, present, present_objects, repeated},
    provider::ClaimRule,
    schema,
    text::{Name, within},
};

/// A named set of visitors, and by what they are known. A private page lets in those of its audiences.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Audience {
    #[schema(schema_with = schema::id)]
    pub id: Id,
    pub name: String,
    /// Whether it has a password that its visitors share; the password itself is not kept.
    pub has_password: bool,
    /// Whom it knows by their address; its members are known besides.
    pub emails: Vec<MailRule>,
    /// By what the page's provider says of them.
    pub claims: Vec<ClaimRule>,
    /// From where its visitors come: they are let in without signing in.
    pub ranges: Vec<AddressRange>,
    pub created_at: Moment,
    pub updated_at: Moment,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAudience {
    #[schema(schema_with = schema::optional_id)]
    pub id: Option<Id>,
    pub name: Name,
    pub password: Option<Password>,
    #[serde(default)]
    #[schema(max_items = 200)]
    pub emails: Vec<MailRule>,
    /// Whom the page's provider says one of these of.
    #[serde(default, deserialize_with = "objects")]
    #[schema(max_items = 50)]
    pub claims: Vec<ClaimRule>,
    #[serde(default)]
    #[schema(max_items = 100)]
    pub ranges: Vec<AddressRange>,
}

#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AudiencePatch {
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<Name>,
    /// `null` takes the password away. Who was let in by the former one is let in no longer.
    #[serde(default, deserialize_with = "present")]
    pub password: Option<Option<Password>>,
    /// Who is known by none of them any longer is let in no longer.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, max_items = 200)]
    pub emails: Option<Vec<MailRule>>,
    #[serde(default, deserialize_with = "present_objects")]
    #[schema(nullable = false, max_items = 50)]
    pub claims: Option<Vec<ClaimRule>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, max_items = 100)]
    pub ranges: Option<Vec<AddressRange>>,
}

/// What the visitors of an audience share. It is hashed before it comes to the store.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub enum Password {
    Plain(String),
    /// As Argon2 writes it (PHC string format).
    #[serde(skip)]
    Hashed(String),
}

impl Check for NewAudience {
    fn check(&self) -> Result<(), Fault> {
        check_emails(&self.emails)?;
        ClaimRule::check_all(&self.claims)?;
        address_range::check(&self.ranges)
    }
}

impl Check for AudiencePatch {
    fn check(&self) -> Result<(), Fault> {
        check_emails(self.emails.as_deref().unwrap_or_default())?;
        ClaimRule::check_all(self.claims.as_deref().unwrap_or_default())?;
        address_range::check(self.ranges.as_deref().unwrap_or_default())
    }
}

fn check_emails(emails: &[MailRule]) -> Result<(), Fault> {
    if emails.len() > AUDIENCE_EMAILS_MAX {
        let detail = format!("an audience has at most {AUDIENCE_EMAILS_MAX} rules; people one by one are its members");
        return Err(Fault::invalid("emails", detail));
    }
    match repeated(emails) {
        Some(index) => {
            let detail = format!("{} is listed twice", emails[index].as_str());
            Err(Fault::invalid(format!("emails[{index}]"), detail))
        }
        None => Ok(()),
    }
}

impl TryFrom<String> for Password {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        within("a password", &text, 0, PASSWORD_CHARS_MAX)?;
        if text.chars().count() < PASSWORD_CHARS_MIN {
            return Err(format!("a password has at least {PASSWORD_CHARS_MIN} characters"));
        }
        if text.chars().any(char::is_control) {
            return Err("a password has one line and no control characters".into());
        }
        Ok(Self::Plain(text))
    }
}

/// What is typed does not come into a log.
impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}

impl PartialSchema for Password {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String);
        let text = text.description(Some("What the visitors of an audience share; write-only"));
        text.min_length(Some(PASSWORD_CHARS_MIN))
            .max_length(Some(PASSWORD_CHARS_MAX))
            .write_only(true)
            .into()
    }
}

impl ToSchema for Password {}

/// OWASP's least for a password that somebody types.
const PASSWORD_CHARS_MIN: usize = 8;
/// Audiences of one page.
pub const PAGE_AUDIENCES_MAX: usize = 32;
/// Audiences of one page that have a password: whoever types one is compared with each.
pub const PAGE_PASSWORDS_MAX: usize = 4;
/// Sets of audiences of one page, each with content of its own in every region.
pub const PAGE_SETS_MAX: usize = 64;
/// Rules of one audience about addresses.
const AUDIENCE_EMAILS_MAX: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn password_is_not_told() {
        let password = Password::try_from("correct horse".to_owned()).expect("a password");
        assert!(!format!("{password:?}").contains("horse"));
        for wrong in ["short", "seven77", &"x".repeat(201), "line\nbreak and more"] {
            assert!(Password::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
        assert!(Password::try_from("pässwörd".to_owned()).is_ok());
    }
}
