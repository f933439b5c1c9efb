//! Markdown, shaped once: whoever holds one of these holds the sanitised HTML too.

pub use origin_content::markdown::{RULES, html_of};
use page_model::limits::{DESCRIPTION_CHARS_MAX, UPDATE_CHARS_MAX};
use serde::Deserialize;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

use crate::text::{not_blank, printable, within};

macro_rules! markdown {
    ($(#[$doc:meta])* $name:ident, $what:literal, $chars_min:literal, $chars_max:expr, $valid:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name {
            pub text: String,
            pub html: String,
        }

        impl TryFrom<String> for $name {
            type Error = String;
            fn try_from(text: String) -> Result<Self, String> {
                within($what, &text, $chars_min, $chars_max)?;
                $valid(&text)?;
                Ok(Self { html: html_of(&text), text })
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .description(Some("Markdown; line breaks stay, and bare addresses are links."))
                    .min_length(Some($chars_min))
                    .max_length(Some($chars_max))
                    .into()
            }
        }

        impl ToSchema for $name {}
    };
}

markdown!(
    /// A description; may be empty.
    #[derive(Default)]
    Description,
    "a description",
    0,
    DESCRIPTION_CHARS_MAX,
    printable
);
markdown!(
    /// The text of an update.
    Body,
    "the text of an update",
    1,
    UPDATE_CHARS_MAX,
    not_blank
);
