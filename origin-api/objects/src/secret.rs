//! What publishers send and nobody is told again.

use std::fmt;

use serde::Deserialize;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

/// It does not come into a log, and no object that is read has it.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Secret(String);

impl Secret {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Secret {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        if text.is_empty() || text.len() > SECRET_BYTES_MAX {
            return Err(format!("a secret has between 1 and {SECRET_BYTES_MAX} bytes"));
        }
        match text.chars().any(char::is_control) {
            true => Err("a secret has one line and no control characters".into()),
            false => Ok(Self(text)),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl PartialSchema for Secret {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String);
        let text = text.description(Some("Write-only"));
        text.min_length(Some(1))
            .max_length(Some(SECRET_BYTES_MAX))
            .write_only(true)
            .into()
    }
}

impl ToSchema for Secret {}

const SECRET_BYTES_MAX: usize = 1_024;
